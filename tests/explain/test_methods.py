"""What every method of explanation promises, and what each one promises besides."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from attime import AttentionClassifier, SeriesSet
from attime.errors import OptionError
from attime.estimators.recipes import RECIPES
from attime.explain import (
    METHODS,
    REPLACEMENTS,
    Captum,
    Evidence,
    GradientTimesInput,
    IntegratedGradients,
    Method,
    Occlusion,
    Rollout,
    explain,
    measure_localisation,
)
from attime.explain.methods import ALGORITHMS, BASELINES
from attime.explain.methods.slope import GRADIENT_BATCH, CentredLogit

VARIANTS: dict[str, Method] = {
    **{name: method() for name, method in METHODS.items() if name != "captum"},
    "integrated_gradients": IntegratedGradients(n_steps=4),
    "integrated_gradients, mean": IntegratedGradients(n_steps=4, baseline="mean"),
    "occlusion, per channel": Occlusion(window=7, stride=5, per_channel=True),
    "occlusion, mean": Occlusion(window=10, replacement="mean"),
    "occlusion, line": Occlusion(replacement="interpolation", per_channel=True),
    **{f"captum, {name}": Captum(name, n_samples=3, window=5) for name in ALGORITHMS},
}
DRAWING = {"random", "captum, GradientShap", "captum, ShapleyValueSampling"}
UNDIVIDED = {"evidence", "attention", "rollout", "random", "occlusion", "occlusion, mean"}
PLAIN = [name for name in METHODS if name != "captum"] + ["captum, GradientShap"]
# Every method with the two networks that matter most, the other options with the quickest.
PAIRS = [(name, network) for name in PLAIN for network in ("convolutional", "transformer")]
PAIRS += [(name, "bilstm") for name in VARIANTS if name not in PLAIN] + [("gradient_times_input", "bilstm")]
PAIRS.remove(("rollout", "convolutional"))  # nothing to roll out
PAIRS += [(name, "dictionary") for name in ("evidence", "attention", "occlusion", "captum, ShapleyValueSampling")]
FOLLOWING = {"gradient_times_input", "integrated_gradients", "captum"}


@pytest.fixture(params=PAIRS, ids=" on ".join)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A method and a network, by name."""
    if request.param[0].startswith("captum"):
        pytest.importorskip("captum", reason="the package captum is not installed")
    return request.param


@pytest.fixture
def variant(pair: tuple[str, str]) -> str:
    return pair[0]


@pytest.fixture
def method(pair: tuple[str, str]) -> Method:
    return VARIANTS[pair[0]]


@pytest.fixture
def estimator(pair: tuple[str, str], beginners: dict[str, AttentionClassifier]) -> AttentionClassifier:
    return beginners[pair[1]]


@pytest.fixture
def cases(estimator: AttentionClassifier, ragged: SeriesSet) -> SeriesSet:
    """Cases as the estimator wants them: in three channels, of unequal lengths, with gaps."""
    return suited(estimator, ragged)[:8]


def suited(estimator: AttentionClassifier, series: SeriesSet) -> SeriesSet:
    """Return series with times only if the estimator was fitted on some."""
    return series if estimator.time_unit_ is not None else replace(series, times=None)


def centred(logits: np.ndarray) -> np.ndarray:
    return logits - logits.mean(axis=1, keepdims=True)


def of_class(estimator: AttentionClassifier, series: SeriesSet, target: int) -> np.ndarray:
    return centred(estimator.logits(series).astype(np.float64))[:, target]


def close(found: np.ndarray, expected: np.ndarray) -> None:
    """Assert that two relevances are the same but for rounding, measured at the largest of the case."""
    size = np.abs(expected).max(axis=(1, 2), keepdims=True) + 1e-6
    np.testing.assert_allclose(found / size, expected / size, atol=2e-3)


class TestEveryMethod:
    """Several channels, unequal lengths, missing values and three classes, in several kinds of models."""

    def test_relevance_has_its_shape_and_is_finite_and_zero_where_nothing_was_observed(
        self, variant, method, estimator, cases
    ):
        explanation = explain(estimator, cases, method=method)
        divided = variant not in UNDIVIDED or (variant == "evidence" and estimator.network == "dictionary")
        assert explanation.relevance.shape == (8, 3 if divided else 1, 50)
        assert np.isfinite(explanation.relevance).all()
        observed = cases.observed if divided else cases.observed.any(axis=1, keepdims=True)
        assert (explanation.relevance[~observed] == 0).all()
        assert (explanation.relevance != 0).any()

    def test_padding_changes_nothing(self, variant, method, estimator, cases):
        if variant in DRAWING:
            pytest.skip("more steps, other draws")
        more = np.concatenate([cases.values, np.full((8, 3, 11), np.nan)], axis=2)
        times = None if cases.times is None else np.pad(cases.times, ((0, 0), (0, 11)), mode="edge")
        padded = replace(cases, values=more, times=times)
        found = explain(estimator, padded, method=method).relevance
        assert (found[:, :, 50:] == 0).all()
        close(found[:, :, :50], explain(estimator, cases, method=method).relevance)

    def test_company_and_order_do_not_matter(self, variant, method, estimator, cases):
        if variant in DRAWING:
            pytest.skip("other cases, other draws")
        whole = explain(estimator, cases, method=method)
        order = np.random.default_rng(0).permutation(8)
        close(explain(estimator, cases[order], method=method).relevance, whole.relevance[order])
        close(explain(estimator, cases[3], method=method).relevance, whole.relevance[[3]])

    def test_an_equal_seed_gives_the_same_and_leaves_the_users_generators_alone(self, method, estimator, cases):
        states = torch.get_rng_state(), copy.deepcopy(np.random.get_state())  # noqa: NPY002
        first, second = (explain(estimator, cases, method=method, random_state=3).relevance for _ in range(2))
        np.testing.assert_array_equal(first, second)
        assert torch.equal(torch.get_rng_state(), states[0])
        np.testing.assert_array_equal(np.random.get_state()[1], states[1][1])  # noqa: NPY002

    def test_the_module_stays_as_it_was(self, method, estimator, cases):
        module = estimator.module_
        before = {name: part.clone() for name, part in module.state_dict().items()}
        for part in module.parameters():
            part.grad = None  # training has left some
        wanted = [part.requires_grad for part in module.parameters()]
        hooks = [len(part._forward_hooks) + len(part._backward_hooks) for part in module.modules()]
        explain(estimator, cases, method=method)
        assert all(torch.equal(part, before[name]) for name, part in module.state_dict().items())
        assert not any(part.training for part in module.modules())
        assert all(part.grad is None for part in module.parameters())
        assert [part.requires_grad for part in module.parameters()] == wanted
        assert [len(part._forward_hooks) + len(part._backward_hooks) for part in module.modules()] == hooks
        assert torch.is_grad_enabled()

    def test_it_works_where_the_caller_wants_no_gradients(self, method, estimator, cases):
        expected = explain(estimator, cases, method=method).relevance
        with torch.inference_mode():
            close(explain(estimator, cases, method=method).relevance, expected)


@pytest.mark.parametrize("name", ["gradient_times_input", "occlusion"])
def test_more_cases_than_fit_into_a_batch(name, beginners, ragged):
    estimator, series = beginners["bilstm"], replace(ragged, times=None)
    some = np.arange(3 * GRADIENT_BATCH) % 8
    found = explain(estimator, series[some], method=name).relevance
    close(found, explain(estimator, series[:8], method=name).relevance[some])


@pytest.mark.parametrize("network", sorted(set(RECIPES) - {network for _, network in PAIRS}))
def test_every_method_knows_the_other_networks_too(network, beginners, ragged):
    pytest.importorskip("captum", reason="the package captum is not installed")
    estimator = beginners[network]
    series = suited(estimator, ragged)[:2]
    for name in METHODS:
        if name != "rollout" and (estimator.module_.has_gradient or name not in FOLLOWING):
            assert np.isfinite(explain(estimator, series, method=name).relevance).all()


@pytest.mark.parametrize("network", RECIPES)
def test_evidence_and_bias_are_the_centred_logit(network, beginners, ragged):
    estimator = beginners[network]
    series = suited(estimator, ragged)
    for target, name in enumerate(estimator.classes_):
        evidence = explain(estimator, series, target=name).relevance.sum(axis=(1, 2))
        bias = (estimator.bias_ - estimator.bias_.mean())[target]
        np.testing.assert_allclose(evidence + bias, of_class(estimator, series, target), atol=1e-5)


@pytest.mark.parametrize("name", ["gradient_times_input", "integrated_gradients", "occlusion"])
def test_of_two_classes_one_gets_what_the_other_loses(name, finder, level):
    one, other = (explain(finder, level[:3], method=name, target=label).relevance for label in ("level", "normal"))
    close(one, -other)


@pytest.mark.parametrize(
    "method",
    [
        Evidence(),
        GradientTimesInput(),
        IntegratedGradients(n_steps=16),
        Occlusion(),
        Occlusion(window=6, replacement="interpolation"),
        Captum(n_samples=10),
    ],
    ids=repr,
)
def test_the_planted_steps_are_found_better_than_by_chance(method, finder, level):
    if isinstance(method, Captum):
        pytest.importorskip("captum", reason="the package captum is not installed")
    planted = level[level.labels == "level"][:40]
    found = explain(finder, planted, method=method, target="true")
    summary = measure_localisation(found.by_step.astype(np.float64), planted.truth).mean()
    assert summary.average_precision > summary.chance_average_precision + 0.1


class TestGradients:
    def test_they_are_the_derivatives_of_the_centred_logit(self, beginners, ragged):
        estimator, series = beginners["bilstm"], replace(ragged, times=None)[:3]
        cases = estimator.cases(series)
        found = explain(estimator, series, method="gradient_times_input", target="b").relevance
        ask, other, size = CentredLogit(estimator.module_), torch.ones(3, dtype=torch.int64), np.abs(found).max()
        for channel, step in ((0, 0), (1, 7), (2, 20)):
            shift = torch.zeros_like(cases.values)
            shift[:, channel, step] = 0.05
            with torch.no_grad():
                up, down = (ask(cases.values + sign * shift, cases.observed, other) for sign in (1, -1))
            expected = (cases.values[:, channel, step] * (up - down) / 0.1).numpy()
            np.testing.assert_allclose(found[:, channel, step], expected, atol=0.01 * size)

    @pytest.mark.parametrize(
        ("network", "baseline"),
        [*(("bilstm", baseline) for baseline in BASELINES), ("lstm", "zero"), ("reference", "zero")],
    )
    def test_integrated_gradients_are_complete(self, network, baseline, beginners, ragged):
        estimator, series = beginners[network], replace(ragged, times=None)[:8]
        assert_complete(estimator, series, IntegratedGradients(n_steps=32, baseline=baseline), atol=2e-4)

    def test_they_are_complete_though_differences_jump_at_a_flat_baseline(self, finder, level):
        assert_complete(finder, level[:4], IntegratedGradients(n_steps=128), atol=0.05)

    def test_few_points_are_enough_to_come_near(self, finder, level):
        assert_complete(finder, level[:16], IntegratedGradients(), atol=0.25)

    @pytest.mark.gpu
    @pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no graphics card")
    @pytest.mark.parametrize("network", ["bilstm", "convolutional"])
    def test_a_graphics_card_gives_the_same(self, network, beginners, ragged):
        estimator = copy.deepcopy(beginners[network])
        series = suited(estimator, ragged)
        for one in (GradientTimesInput(), IntegratedGradients(8), Occlusion()):
            expected = explain(estimator, series, method=one).relevance
            estimator.module_.cuda()
            close(explain(estimator, series, method=one).relevance, expected)
            estimator.module_.cpu()

    def test_a_channel_that_stands_still_has_finite_relevance(self, beginners, ragged):
        still = replace(ragged, times=None, values=ragged.values.copy())[:4]
        still.values[:, 1] = np.where(np.isnan(still.values[:, 1]), np.nan, 3.0)
        for name in ("gradient_times_input", "integrated_gradients"):
            assert np.isfinite(explain(beginners["convolutional"], still, method=name).relevance).all()

    def test_views_of_a_channel_are_added_up(self, level):
        clf = AttentionClassifier("bilstm", scaling="both", training={"max_epochs": 1}, random_state=0)
        clf.fit(np.repeat(level.values, 2, axis=1), level.labels)
        series = SeriesSet.of(np.repeat(level.values[:4], 2, axis=1))
        assert clf.cases(series).values.shape[1] == 4
        assert_complete(clf, series, IntegratedGradients(), atol=1e-4)
        explanation = explain(clf, series, method="gradient_times_input")
        assert explanation.relevance.shape == (4, 2, 60)

    def test_a_baseline_that_does_not_exist_or_needs_another_case(self, finder, level):
        with pytest.raises(OptionError, match="baseline 'zeros' is unknown"):
            explain(finder, level[:2], method=IntegratedGradients(baseline="zeros"))
        with pytest.raises(OptionError, match="there is one case only; explain more cases"):
            explain(finder, level[0], method=IntegratedGradients(baseline="other"))


def assert_complete(estimator: AttentionClassifier, series: SeriesSet, method: IntegratedGradients, *, atol: float):
    targets = np.arange(len(series)) % len(estimator.classes_)
    cases = replace(estimator.cases(series), classes=torch.from_numpy(targets))
    baseline = BASELINES[method.baseline](cases, np.random.default_rng(5))
    with torch.inference_mode():
        ask = CentredLogit(estimator.module_.eval())
        at, below = (ask(values, cases.observed, cases.classes, cases.times) for values in (cases.values, baseline))
    found = method.relevance(estimator, series, targets, np.random.default_rng(5)).values
    assert (at - below).abs().max() > 20 * atol  # or little would be proved
    np.testing.assert_allclose(found.sum(axis=(1, 2)), (at - below).numpy(), atol=atol)


class TestOcclusion:
    @pytest.mark.parametrize("replacement", [name for name in REPLACEMENTS if name != "delete"])
    @pytest.mark.parametrize("per_channel", [False, True])
    def test_relevance_is_the_mean_fall_over_the_windows_that_cover_a_step(
        self, replacement, per_channel, beginners, ragged
    ):
        estimator, series = beginners["bilstm"], replace(ragged, times=None)[:3]
        window, stride, target = 13, 6, 1
        method = Occlusion(window=window, stride=stride, replacement=replacement, per_channel=per_channel)
        found = explain(estimator, series, method=method, target="b").relevance
        seed = int(np.random.default_rng(0).integers(2**63))
        falls = [[[] for _ in range(50)] for _ in range(3 if per_channel else 1)]
        for start in range(stride - window, 50, stride):
            steps = np.zeros((3, 50), dtype=bool)
            steps[:, max(0, start) : start + window] = True
            changed = REPLACEMENTS[replacement](series, steps, np.random.default_rng(seed))
            for row, of_row in enumerate(falls):
                values = changed.values
                if per_channel:
                    values = series.values.copy()
                    values[:, row] = changed.values[:, row]
                fall = of_class(estimator, series, target) - of_class(estimator, replace(series, values=values), target)
                for step in np.flatnonzero(steps[0]):
                    of_row[step].append(fall)
        expected = np.array([[np.mean(step, axis=0) for step in row] for row in falls]).transpose(2, 0, 1)
        observed = series.observed if per_channel else series.observed.any(axis=1, keepdims=True)
        covered = covered_at_all(series, window, stride, per_channel)
        assert covered[observed].all()
        np.testing.assert_allclose(found[observed], expected[observed], atol=1e-5)

    def test_the_window_comes_from_the_series_in_fit(self, finder, level):
        default = explain(finder, level[:3], method=Occlusion())
        given = explain(finder, level[:3], method=Occlusion(window=3, stride=2))
        np.testing.assert_array_equal(default.relevance, given.relevance)

    @pytest.mark.parametrize("window", [60, 1000])
    def test_what_is_left_of_nothing_is_the_bias(self, window, finder, level):
        found = explain(finder, level[:3], method=Occlusion(window=window, stride=window), target="level").relevance
        bias = centred(finder.bias_[np.newaxis])[0, 0]
        expected = of_class(finder, level[:3], 0) - bias
        np.testing.assert_allclose(found[:, 0], np.repeat(expected[:, np.newaxis], 60, axis=1), atol=1e-5)

    def test_channels_that_say_nothing_have_no_relevance(self, level):
        rng = np.random.default_rng(0)
        values = np.concatenate(
            [level.values, np.zeros_like(level.values), rng.normal(size=level.values.shape)], axis=1
        )
        clf = AttentionClassifier("bilstm", scaling="training", training={"max_epochs": 2}, random_state=0)
        clf.fit(values, level.labels)
        found = explain(clf, values[:5], method=Occlusion(replacement="mean", per_channel=True)).relevance
        np.testing.assert_allclose(found[:, 1], 0, atol=1e-6)  # its mean is what it is
        assert np.abs(found[:, 0]).max() > 1e-4

    def test_what_cannot_be_done(self, finder, level):
        with pytest.raises(OptionError, match=r"'delete' arrived, but occlusion needs .* use 'missing'"):
            explain(finder, level[:2], method=Occlusion(replacement="delete"))
        with pytest.raises(OptionError, match=r"replacement 'men' is unknown.*did you mean 'mean'"):
            explain(finder, level[:2], method=Occlusion(replacement="men"))
        with pytest.raises(OptionError, match="stride=5 with window=3 leaves steps between the windows"):
            explain(finder, level[:2], method=Occlusion(window=3, stride=5))
        with pytest.raises(OptionError, match="there is one case only"):
            explain(finder, level[0], method=Occlusion(replacement="other"))


def covered_at_all(series: SeriesSet, window: int, stride: int, per_channel: bool) -> np.ndarray:
    """Return for which values some window has anything to take away."""
    observed = series.observed if per_channel else series.observed.any(axis=1, keepdims=True)
    covered = np.zeros_like(observed)
    for start in range(stride - window, series.n_steps, stride):
        part = slice(max(0, start), start + window)
        covered[:, :, part] |= observed[:, :, part].any(axis=2, keepdims=True)
    return covered


class TestRollout:
    @pytest.mark.parametrize("network", ["dictionary", "convolutional", "bilstm"])
    def test_it_needs_layers_that_attend(self, network, beginners, ragged):
        with pytest.raises(
            OptionError, match="has no layers of self-attention to roll out; use the method 'attention'"
        ):
            explain(beginners[network], replace(ragged, times=None)[:2], method="rollout")

    def test_it_shares_out_all_of_the_attention(self, beginners, ragged):
        explanation = explain(beginners["transformer"], ragged, method=Rollout())
        np.testing.assert_allclose(explanation.relevance.sum(axis=(1, 2)), 1, atol=1e-5)
        assert [part.name for part in explanation.maps][-1] == "rollout"


class TestCaptum:
    @pytest.fixture(autouse=True)
    def _with_captum(self):
        pytest.importorskip("captum", reason="the package captum is not installed")

    @pytest.mark.parametrize("network", ["convolutional", "transformer", "bilstm"])
    def test_its_gradient_times_input_is_ours(self, network, beginners, ragged):
        estimator = beginners[network]
        series = suited(estimator, ragged)
        ours, its = (explain(estimator, series, method=one) for one in (GradientTimesInput(), Captum("InputXGradient")))
        close(its.relevance, ours.relevance)

    @pytest.mark.parametrize("baseline", ["zero", "mean"])
    def test_its_integrated_gradients_are_ours_where_nothing_jumps(self, baseline, beginners, ragged):
        estimator, series = beginners["bilstm"], replace(ragged, times=None)[:4]
        ours, its = (
            explain(estimator, series, method=one)
            for one in (IntegratedGradients(32, baseline), Captum("IntegratedGradients", 32, baseline))
        )
        close(its.relevance, ours.relevance)

    @pytest.mark.parametrize("window", [1, 10])
    def test_shapley_values_add_up(self, window, beginners, ragged):
        estimator, series = beginners["convolutional"], replace(ragged, times=None)[:2]
        method = Captum("ShapleyValueSampling", n_samples=1, window=window)
        found = explain(estimator, series, method=method, target="b").relevance
        cases = replace(estimator.cases(series), classes=torch.ones(2, dtype=torch.int64))
        with torch.inference_mode():
            ask = CentredLogit(estimator.module_)
            at, below = (ask(x, cases.observed, cases.classes) for x in (cases.values, torch.zeros_like(cases.values)))
        np.testing.assert_allclose(found.sum(axis=(1, 2)), (at - below).numpy(), atol=1e-5)

    def test_a_window_shares_its_relevance_among_what_was_observed(self, beginners, ragged):
        found = explain(
            beginners["bilstm"], replace(ragged, times=None)[:4], method=Captum("FeatureAblation", window=10)
        )
        for start in range(0, 50, 10):
            part = found.relevance[:, :, start : start + 10]
            highest = np.where(found.series.observed[:, :, start : start + 10], part, -np.inf).max(axis=2)
            lowest = np.where(found.series.observed[:, :, start : start + 10], part, np.inf).min(axis=2)
            seen = np.isfinite(highest)
            np.testing.assert_allclose(highest[seen], lowest[seen], atol=1e-7)

    def test_an_algorithm_that_is_not_offered(self, finder, level):
        with pytest.raises(OptionError, match="algorithm of captum 'DeepLift' is unknown, expected one of Integrated"):
            explain(finder, level[:2], method=Captum("DeepLift"))
