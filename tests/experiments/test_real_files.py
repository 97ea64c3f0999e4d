"""Real files of the public archives end in a sensible report; skipped where they are not at hand."""

from __future__ import annotations

import pytest

from attime import AttentionClassifier
from attime.experiments import evaluate_file, fit_file


@pytest.mark.parametrize(("name", "accuracy"), [("ECG200", 0.8), ("ItalyPowerDemand", 0.9)])
def test_a_set_of_the_ucr_archive(name, accuracy, archived):
    train, test = (archived(f"ucr/{name}/{name}_{part}.tsv") for part in ("TRAIN", "TEST"))
    judgement = fit_file(train, AttentionClassifier(training={"max_epochs": 40}, random_state=0), test=test)
    assert judgement.report.accuracy > accuracy
    again = evaluate_file(judgement.classifier, test)
    assert again.report.to_dict() == judgement.report.to_dict()


def test_twelve_channels_of_unequal_length(as_long_csv):
    train, test = (as_long_csv(f"uea/JapaneseVowels/JapaneseVowels_{part}.ts.gz") for part in ("TRAIN", "TEST"))
    clf = AttentionClassifier(training={"max_epochs": 20}, random_state=0)
    judgement = fit_file(train, clf, test=test, target="speaker")
    assert len(judgement.report.classes) == 9
    assert judgement.report.accuracy > 0.9
