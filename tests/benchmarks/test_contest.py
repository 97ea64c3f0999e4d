"""How contenders are measured: margins become probabilities, refusals become records, records survive a stop."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from contest.contenders import Contender
from contest.peers import RidgePeer, as_aeon_takes_it
from contest.published import Published
from contest.results import by_set, complete, summary_of, wide
from contest.rowfile import RowFile
from contest.trial import Trial, measure
from scipy.special import softmax
from sklearn.linear_model import RidgeClassifierCV

from attime.data import SeriesSet
from attime.errors import DataError


class FlatRidge:
    """Stands for a classifier of another library: series laid flat, a ridge classifier at the end."""

    def fit(self, X, y):
        self.head = RidgeClassifierCV().fit(np.asarray(X).reshape(len(X), -1), y)
        self.classes_ = self.head.classes_
        return self

    def predict(self, X):
        return self.head.predict(np.asarray(X).reshape(len(X), -1))


class Refusing:
    """Refuses whatever it gets."""

    def fit(self, X):
        raise ValueError("no gaps,\n please")


def parts(n_classes: int = 3) -> tuple[SeriesSet, SeriesSet]:
    """Return a set that is easy to tell apart."""
    labels = np.arange(30) % n_classes
    values = np.random.default_rng(0).normal(scale=0.1, size=(30, 1, 12))
    values[np.arange(30), 0, labels] += 3  # each class has its own step
    return SeriesSet.of(values, labels), SeriesSet.of(values + 0.1, labels)


class TestPeers:
    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_probabilities_are_the_softmax_of_the_margins(self, n_classes: int):
        train, test = parts(n_classes)
        peer = RidgePeer(FlatRidge(), head="head").fit(train)
        probabilities = peer.predict_proba(test)
        margins = peer.classifier.head.decision_function(test.values.reshape(30, -1))
        margins = np.stack([-margins, margins], axis=1) if n_classes == 2 else margins
        assert np.allclose(probabilities, softmax(margins, axis=1))
        assert np.array_equal(peer.classes_[probabilities.argmax(1)], peer.classifier.predict(test.values))

    def test_unequal_lengths_go_as_a_list_and_gaps_as_they_are(self):
        ragged = as_aeon_takes_it(SeriesSet.of([[1.0, 2.0], [1.0, 2.0, 3.0]]))
        assert [case.shape for case in ragged] == [(1, 2), (1, 3)]
        assert np.isnan(as_aeon_takes_it(SeriesSet.of([[1.0, np.nan, 3.0]]))).sum() == 1


class TestTrial:
    def test_a_record_has_every_figure(self):
        row = measure(Trial(parts, "peer", 0), Contender(lambda *_: RidgePeer(FlatRidge(), head="head")), 1)
        assert row["status"] == "ok"
        assert row["accuracy"] == row["balanced_accuracy"] == 1.0
        assert row["whole"] is True
        assert all(row[name] >= 0 for name in ("nll", "ece", "fit_seconds", "predict_seconds", "memory_mb"))

    def test_a_refusal_is_a_record_on_one_line(self):
        row = measure(Trial(parts, "peer", 0, {"set": "easy"}), Contender(lambda *_: Refusing()), 1)
        assert (row["set"], row["status"], row["n_train"]) == ("easy", "failed: ValueError: no gaps, please", 30)

    def test_what_would_cost_too_much_is_skipped_with_the_reason(self):
        contender = Contender(lambda *_: Refusing(), too_costly=lambda *_: "too long")
        assert measure(Trial(parts, "peer", 0), contender, 1)["status"] == "skipped: too long"

    def test_a_set_that_cannot_be_read_is_a_record(self):
        def broken():
            raise DataError("half a file")

        assert "half a file" in measure(Trial(broken, "peer", 0), Contender(lambda *_: Refusing()), 1)["status"]


class TestRowFile:
    def test_a_stopped_run_goes_on_with_its_whole_lines(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        RowFile(path, resume=False).add({"set": "a", "model": "m", "seed": 0, "filled": False, "nll": float("nan")})
        with path.open("a") as file:
            file.write('{"set": "b", "mod')
        again = RowFile(path, resume=True)
        assert again.find({"set": "a", "model": "m", "seed": 0, "filled": False})["nll"] is None
        assert again.find({"set": "b", "model": "m", "seed": 0, "filled": False}) is None
        assert [json.loads(line)["set"] for line in path.read_text().splitlines()] == ["a"]

    def test_a_run_that_is_stopped_while_it_resumes_keeps_its_rows(self, tmp_path, monkeypatch):
        path = tmp_path / "rows.jsonl"
        RowFile(path, resume=False).add({"set": "a"})
        before, write = path.read_bytes(), Path.write_text

        def stopped(self, text, **options):
            write(self, text[:5], **options)
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "write_text", stopped)
        with pytest.raises(KeyboardInterrupt):
            RowFile(path, resume=True)
        assert path.read_bytes() == before
        assert [*tmp_path.iterdir()] == [path]

    def test_a_new_run_begins_with_nothing(self, tmp_path):
        path = tmp_path / "rows.jsonl"
        RowFile(path, resume=False).add({"set": "a"})
        assert RowFile(path, resume=False).rows == []


def row(model: str, name: str, seed: int, accuracy: float) -> dict[str, object]:
    """Return a record with what summaries read."""
    return {
        "model": model, "set": name, "seed": seed, "status": "ok", "accuracy": accuracy, "balanced_accuracy": accuracy,
        "nll": None, "ece": 0.1, "fit_seconds": 1.0, "predict_seconds": 1.0, "memory_mb": 1.0,
    }  # fmt: skip


class TestResults:
    def test_seeds_are_averaged_before_sets_and_seconds_are_those_of_one_seed(self):
        table = by_set([row("ours", "a", 0, 0.0), row("ours", "a", 1, 1.0), row("ours", "b", 0, 1.0)])
        summary = summary_of(table)
        assert (summary["accuracy_mean"], summary["seconds_total"], summary["n_sets"]) == (0.75, 4.0, 2)
        assert summary["nll_mean"] is None

    def test_a_model_that_lacks_many_sets_is_not_ranked_one_that_lacks_few_costs_these_sets(self):
        scores = pd.DataFrame(np.ones((20, 3)), columns=["all", "few", "many"])
        scores.loc[0, "few"] = scores.loc[:10, "many"] = np.nan
        assert complete(scores).shape == (19, 2)

    def test_sets_are_rows_and_models_columns(self):
        table = wide(by_set([row("ours", "a", 0, 0.5), row("peer", "b", 0, 0.7)]), "accuracy")
        assert table.loc["a", "ours"] == 0.5
        assert np.isnan(table.loc["a", "peer"])


class TestPublished:
    def test_the_best_column_has_figures_on_nearly_all_sets(self):
        table = pd.DataFrame({"few": [1.0, np.nan], "low": [0.5, 0.6], "high": [0.6, 0.7]}, index=["a", "b"])
        published = Published(table)
        assert published.best_column(["a", "b", "unknown"]) == ("high", pytest.approx(0.65))
        assert published.of("a", ("low",)) == {"published_low": 0.5, "published_best": 1.0}

    def test_nothing_published_is_nothing_beside(self, tmp_path):
        published = Published.beside(tmp_path / "data", "ucr")
        assert published.best_column(["a"]) is None
        assert published.of("a", ("low",)) == {}
