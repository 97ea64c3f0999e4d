"""`Explanation` as a value: parts of it are explanations, a file gives it back, a table shows what was observed."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attime import AttentionClassifier, SeriesSet
from attime.attention import AttentionMap
from attime.errors import DataError, ModelFileError, OptionError, OutputError
from attime.explain import Explanation, explain
from attime.persistence import ModelFile, read_model, write_model

ARRAYS = ("relevance", "target", "probabilities", "classes", "by_step", "by_channel", "present", "prediction")


def make(
    n_cases: int = 4,
    n_channels: int = 2,
    n_steps: int = 5,
    *,
    divided: bool = True,
    classes: np.ndarray | list[object] = ("a", "b", "c"),
    truth: bool = True,
    times: bool = True,
    labels: bool = True,
    maps: bool = True,
) -> Explanation:
    rng = np.random.default_rng(n_cases)
    classes = np.asarray(classes)
    values = rng.normal(size=(n_cases, n_channels, n_steps)).astype(np.float32)
    values[::2, :, -1] = np.nan
    values[:, 0, 1] = np.nan
    series = SeriesSet(
        values,
        classes[rng.integers(len(classes), size=n_cases)] if labels else None,
        rng.random((n_cases, n_steps)) < 0.5 if truth else None,
        tuple(f"channel {number}" for number in range(n_channels)),
        "somewhere",
        np.cumsum(rng.random((n_cases, n_steps)), axis=1) if times else None,
        np.cumsum(rng.integers(1, 3, (n_cases, n_steps)), axis=1).astype(float) if times else None,
    )
    observed = series.observed if divided else series.observed.any(axis=1, keepdims=True)
    probabilities = rng.random((n_cases, len(classes)))
    return Explanation(
        series=series,
        relevance=np.where(observed, rng.normal(size=observed.shape), 0.0),
        target=classes[rng.integers(len(classes), size=n_cases)],
        probabilities=probabilities / probabilities.sum(axis=1, keepdims=True),
        classes=classes,
        method="occlusion",
        maps=(
            AttentionMap("pooling", torch.from_numpy(rng.random((n_cases, n_steps))), ("case", "time")),
            AttentionMap(
                "layer 1", torch.from_numpy(rng.random((n_cases, 2, 3, 3))), ("case", "head", "query", "key"), stride=2
            ),
        )
        if maps
        else (),
        options={"window": 3, "stride": None, "per_channel": divided},
    )


def assert_same(one: Explanation, other: Explanation) -> None:
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("values", "labels", "truth", "times", "steps"):
        left, right = getattr(one.series, name), getattr(other.series, name)
        assert (left is None) == (right is None), name
        if left is not None:
            np.testing.assert_array_equal(left, right, err_msg=name)
            assert left.dtype.kind == right.dtype.kind, name
    assert (one.method, dict(one.options)) == (other.method, dict(other.options))
    assert (one.series.channels, one.series.source) == (other.series.channels, other.series.source)
    assert one.relevance.dtype == other.relevance.dtype
    assert one.classes.dtype.kind == other.classes.dtype.kind
    assert [(part.name, part.axes, part.stride) for part in one.maps] == [
        (part.name, part.axes, part.stride) for part in other.maps
    ]
    for left, right in zip(one.maps, other.maps, strict=True):
        assert torch.equal(left.weights, right.weights)


def saved(explanation: Explanation, folder) -> Explanation:
    explanation.save(folder / "one.attime")
    return Explanation.load(folder / "one.attime")


class TestParts:
    @settings(max_examples=50, deadline=None)
    @given(
        st.one_of(
            st.integers(-4, 3),
            st.slices(4),
            st.lists(st.integers(-4, 3)),
            st.lists(st.booleans(), min_size=4, max_size=4),
        ),
        st.booleans(),
    )
    def test_a_part_holds_what_the_whole_has_of_the_same_cases(self, index, as_array):
        whole = make()
        cases = np.arange(4)[np.asarray(index, dtype=None if np.size(index) else int)
                             if not isinstance(index, slice) else index].reshape(-1)  # fmt: skip
        if as_array and isinstance(index, list) and index:
            index = np.array(index)
        part = whole[index]
        assert len(part) == len(cases)
        for name in set(ARRAYS) - {"classes"}:
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[cases], err_msg=name)
        np.testing.assert_array_equal(part.series.values, whole.series.values[cases])
        np.testing.assert_array_equal(part.series.times, whole.series.times[cases])
        for of_part, of_whole in zip(part.maps, whole.maps, strict=True):
            np.testing.assert_array_equal(of_part.weights.numpy(), of_whole.weights.numpy()[cases])
            assert of_part.stride == of_whole.stride

    def test_a_case_that_there_is_not(self):
        with pytest.raises(IndexError):
            make()[4]

    def test_going_through_the_cases_one_by_one(self):
        assert [one.target[0] for one in make()] == make().target.tolist()

    def test_a_part_of_a_part(self):
        assert_same(make()[1:][[0, 2]], make()[[1, 3]])


class TestValues:
    def test_sums(self):
        explanation = make()
        np.testing.assert_allclose(explanation.by_step, explanation.relevance.sum(axis=1))
        np.testing.assert_allclose(explanation.by_channel, np.abs(explanation.relevance).sum(axis=2))

    def test_the_numbers_of_the_classes(self):
        explanation = make()
        np.testing.assert_array_equal(explanation.classes[explanation.target_index], explanation.target)
        np.testing.assert_array_equal(
            explanation.classes[explanation.probabilities.argmax(axis=1)], explanation.prediction
        )

    def test_present_is_where_any_channel_was_observed(self):
        np.testing.assert_array_equal(make().present, make().series.observed.any(axis=1))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"relevance": np.zeros((4, 2, 6))}, r"relevance of shape \(4, 2, 6\) arrived"),
            ({"relevance": np.zeros((4, 3, 5))}, "or one channel for all"),
            ({"target": np.array(["a"])}, r"target of shape \(1,\) arrived, expected \(4,\)"),
            ({"probabilities": np.zeros((4, 2))}, r"probabilities of shape \(4, 2\) arrived, expected \(4, 3\)"),
            ({"target": np.array(["a", "b", "c", "d"])}, "classes that the model does not know: 'd'"),
        ],
    )
    def test_parts_that_do_not_agree(self, changes, message):
        explanation = make()
        for name, part in changes.items():
            object.__setattr__(explanation, name, part)  # past the check of shapes that only the tests have
        with pytest.raises(DataError, match=message):
            explanation.__post_init__()

    def test_it_says_what_it_is(self):
        assert repr(make()) == (
            "Explanation(occlusion, SeriesSet(4 cases, 2 channels, 5 steps, labelled, with truth, with times, "
            "from somewhere))"
        )


class TestTables:
    def test_a_row_for_each_value_that_was_observed(self):
        explanation = make()
        table = explanation.to_frame()
        measured = ["case", "channel", "time", "measured_at", "value"]
        assert list(table) == [*measured, "relevance", "target", "prediction", "truth"]
        assert len(table) == explanation.series.observed.sum()
        assert table["relevance"].sum() == pytest.approx(explanation.relevance.sum())
        case, channel, time = 1, 1, 3
        row = table[(table.case == case) & (table.channel == "channel 1") & (table.time == time)].iloc[0]
        assert row.value == explanation.series.values[case, channel, time]
        assert row.relevance == explanation.relevance[case, channel, time]
        assert (row.target, row.prediction) == (explanation.target[case], explanation.prediction[case])
        assert row.truth == explanation.series.truth[case, time]

    def test_a_row_for_each_step_where_relevance_is_not_divided(self):
        explanation = make(divided=False, truth=False)
        table = explanation.to_frame()
        values = [f"value_{name}" for name in explanation.series.channels]
        assert list(table) == ["case", "channel", "time", "measured_at", *values, "relevance", "target", "prediction"]
        assert set(table["channel"]) == {"all"}
        assert len(table) == explanation.present.sum()


class TestFiles:
    @settings(max_examples=25, deadline=None)
    @given(
        st.integers(1, 4), st.integers(1, 3), st.integers(2, 6), *[st.booleans()] * 5
    )  # fmt: skip
    def test_a_file_gives_everything_back(
        self, tmp_path_factory, n_cases, n_channels, n_steps, divided, truth, times, labels, maps
    ):
        explanation = make(
            n_cases, n_channels, n_steps, divided=divided, truth=truth, times=times, labels=labels, maps=maps
        )
        assert_same(saved(explanation, tmp_path_factory.mktemp("files")), explanation)

    @pytest.mark.parametrize(
        "classes",
        [
            np.array(["a", "ä", ""]),
            np.array([0, 1]),
            np.array([0, 200], dtype=np.uint8),
            np.array([-1, 1], dtype=np.int8),
            np.array([-1.5, 0.1]),
            np.array([-1.5, 0.1], dtype=np.float32),
            np.array([False, True]),
            np.array(["x", "y"], dtype=object),
            np.array([1, 2], dtype=object),
            np.array([np.int64(1), np.int64(2)], dtype=object),
        ],
        ids=lambda classes: f"{classes.dtype} {classes.tolist()}",
    )
    def test_labels_of_every_kind_come_back(self, classes, tmp_path):
        explanation = make(classes=classes)
        assert_same(saved(explanation, tmp_path), explanation)

    @pytest.mark.parametrize(
        "classes",
        [
            np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[D]"),
            np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[ns]"),
            np.array([datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)], dtype=object),
            np.array([b"a", b"b"]),
        ],
        ids=lambda classes: str(classes.dtype),
    )
    def test_labels_that_json_does_not_know_become_text(self, classes, tmp_path):
        explanation = make(classes=classes)
        loaded = saved(explanation, tmp_path)
        assert loaded.classes.tolist() == [str(name) for name in explanation.classes]
        np.testing.assert_array_equal(loaded.target_index, explanation.target_index)
        np.testing.assert_array_equal(loaded.series.labels, [str(name) for name in explanation.series.labels])

    def test_arrays_that_must_not_be_written_to_or_that_share_memory(self, tmp_path):
        explanation = make()
        explanation.series.values.flags.writeable = False
        shared = replace(
            explanation, relevance=np.broadcast_to(np.float32(1.0), (4, 1, 5)), maps=explanation.maps[:1] * 2
        )
        assert_same(saved(shared, tmp_path), shared)
        same = replace(explanation, relevance=explanation.series.values)
        assert_same(saved(same, tmp_path), same)

    def test_an_explanation_of_no_case(self, tmp_path):
        assert_same(saved(make()[[]], tmp_path), make()[[]])

    def test_what_explain_made_comes_back(self, beginners, ragged, tmp_path):
        explanation = explain(beginners["transformer"], ragged, method="rollout")
        assert explanation.maps
        assert_same(saved(explanation, tmp_path), explanation)

    def test_an_option_without_a_form_in_a_file(self, tmp_path):
        with pytest.raises(OptionError, match="cannot be saved"):
            replace(make(), options={"function": len}).save(tmp_path / "one.attime")
        assert not list(tmp_path.iterdir())

    def test_a_place_that_cannot_be_written_to(self, tmp_path):
        with pytest.raises(OutputError):
            make().save(tmp_path / "nowhere" / "one.attime")

    def test_another_kind_of_model(self, finder, tmp_path):
        finder.save(tmp_path / "model.attime")
        with pytest.raises(ModelFileError, match="holds the model AttentionClassifier, expected an explanation"):
            Explanation.load(tmp_path / "model.attime")
        make().save(tmp_path / "one.attime")
        with pytest.raises(ModelFileError, match="holds the model explanation, expected AttentionClassifier"):
            AttentionClassifier.load(tmp_path / "one.attime")

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(ModelFileError, match="there is no such file"):
            Explanation.load(tmp_path / "none.attime")

    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
    def test_a_file_that_ends_early(self, share, tmp_path):
        make().save(tmp_path / "one.attime")
        content = (tmp_path / "one.attime").read_bytes()
        (tmp_path / "cut.attime").write_bytes(content[: int(share * len(content))])
        with pytest.raises(ModelFileError, match="damaged"):
            Explanation.load(tmp_path / "cut.attime")

    @pytest.mark.parametrize("name", ["values", "relevance", "probabilities", "map 1"])
    def test_a_file_that_lacks_an_array(self, name, tmp_path):
        make().save(tmp_path / "one.attime")
        file = read_model(tmp_path / "one.attime")
        tensors = {key: tensor for key, tensor in file.tensors.items() if key != name}
        write_model(tmp_path / "one.attime", ModelFile(file.specification, tensors))
        with pytest.raises(ModelFileError, match="does not fit together"):
            Explanation.load(tmp_path / "one.attime")

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("names", None),
            ("names", {"target": ["U", ["a"]], "classes": ["U", ["a", "b", "c"]]}),
            ("names", {"target": ["X", []], "classes": ["U", []]}),
            ("names", {"target": ["i", [10**30] * 4], "classes": ["i", [1, 2, 3]]}),
            ("names", {"target": ["U", ["d"] * 4], "classes": ["U", ["a", "b", "c"]]}),
            ("channels", ["one"]),
            ("channels", 3),
            ("maps", [{"name": "pooling"}]),
            ("maps", [{"name": "pooling", "axes": ["case"], "stride": 1}]),
            ("options", 3),
        ],
        ids=str,
    )
    def test_a_file_that_does_not_fit_together(self, key, value, tmp_path):
        make().save(tmp_path / "one.attime")
        file = read_model(tmp_path / "one.attime")
        write_model(tmp_path / "one.attime", ModelFile(file.specification | {key: value}, file.tensors))
        with pytest.raises(ModelFileError, match="does not fit together"):
            Explanation.load(tmp_path / "one.attime")
