"""What dictionaries, alone and in a mixture, can be asked: exact evidence, no gradients, attention without a choice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attime import AttentionClassifier, SeriesSet
from attime.errors import DataWarning, OptionError, UnsuitableError
from attime.explain import (
    METHODS,
    Captum,
    Explanation,
    GradientTimesInput,
    IntegratedGradients,
    Occlusion,
    channel_importance,
    compare,
    explain,
    faithfulness,
    measure_localisation,
    randomised_weights_check,
)
from attime.explain.methods import ALGORITHMS
from attime.explain.methods.captum import GRADIENT_FREE
from attime.explain.weights_check import randomised

MODELS = ("reader", "both")


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> AttentionClassifier:
    """Dictionaries alone, and a mixture with a network."""
    return request.getfixturevalue(request.param)


class TestGradients:
    @pytest.mark.parametrize("method", [GradientTimesInput(), IntegratedGradients()], ids=repr)
    def test_there_are_none_and_it_is_said_what_to_use(self, method, model, level):
        with pytest.raises(UnsuitableError, match=r"which this model does not have.*'evidence', .* or 'occlusion'"):
            explain(model, level[:2], method=method)

    @pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name not in GRADIENT_FREE])
    def test_nor_for_captum(self, algorithm, model, level):
        with pytest.raises(OptionError, match=f"captum, {algorithm}' follows gradients"):
            explain(model, level[:2], method=Captum(algorithm))

    @pytest.mark.parametrize("algorithm", GRADIENT_FREE)
    def test_captum_can_do_without(self, algorithm, model, level):
        pytest.importorskip("captum", reason="the package captum is not installed")
        found = explain(model, level[:2], method=Captum(algorithm, n_samples=2, window=20))
        assert not found.uniform.any()

    def test_a_network_alone_has_them(self, finder):
        assert finder.module_.has_gradient

    def test_a_comparison_leaves_out_what_does_not_suit_with_a_warning(self, reader, level):
        wanted = ["evidence", "rollout", "gradient_times_input"]
        with pytest.warns(DataWarning, match="left out of the comparison: .*(rollout|roll out|gradients)") as told:
            table = compare(reader, wanted, level[:4])
        assert len(told) == 2
        assert table.index.tolist() == ["evidence", "random"]


class TestAttention:
    def test_of_dictionaries_it_is_the_same_at_every_step_and_says_so(self, reader, level):
        found = explain(reader, level[:4], method="attention")
        assert found.uniform.all()
        assert repr(found).startswith("Explanation(attention, the same at every step, ")
        assert faithfulness(reader, found).verdict == "It is the same at every step, so it names none."

    def test_of_a_mixture_it_is_not(self, both, level):
        found = explain(both, level[:4], method="attention")
        assert not found.uniform.any()
        assert "the same at every step" not in repr(found)

    @pytest.mark.parametrize("method", ["evidence", "occlusion", "random"])
    def test_other_methods_do_name_steps(self, method, reader, level):
        assert not explain(reader, level[:4], method=method).uniform.any()


def test_steps_that_are_absent_make_no_difference_to_being_uniform(level):
    values = level.values[:2].copy()
    values[:, :, 40:] = np.nan
    relevance = np.where(np.isnan(values), 0.0, 0.1)
    shares = np.full((2, 2), 0.5)
    names = np.array(["level", "normal"])
    found = Explanation(SeriesSet.of(values), relevance, names, shares, names, "own")
    assert found.uniform.tolist() == [True, True]
    relevance[1, 0, 3] = 0.2
    assert Explanation(SeriesSet.of(values), relevance, names, shares, names, "own").uniform.tolist() == [True, False]


class TestEvidence:
    def test_it_adds_up_to_the_centred_logit(self, model, level):
        logits, bias = model.logits(level[:9]).astype(np.float64), model.bias_
        for target, name in enumerate(model.classes_):
            found = explain(model, level[:9], target=name).relevance.sum(axis=(1, 2))
            expected = logits[:, target] - logits.mean(axis=1) - (bias - bias.mean())[target]
            np.testing.assert_allclose(found, expected, atol=1e-4)

    @pytest.mark.parametrize("method", ["evidence", Occlusion()], ids=str)
    def test_it_finds_the_planted_steps_better_than_chance(self, method, model, level):
        planted = level[level.labels == "level"][:20]
        found = explain(model, planted, method=method, target="true")
        summary = measure_localisation(found.by_step.astype(np.float64), planted.truth).mean()
        assert summary.average_precision > summary.chance_average_precision + 0.1


def parts_of(model: AttentionClassifier) -> list[torch.nn.Module]:
    return list(getattr(model.module_, "networks", [model.module_]))


class TestRandomisedWeights:
    def test_every_part_of_a_model_is_thrown_together(self, model):
        for known, ignorant in zip(parts_of(model), parts_of(randomised(model, 0)), strict=True):
            for one, other in zip(known.parameters(), ignorant.parameters(), strict=True):
                assert torch.equal(one.flatten().sort().values, other.flatten().sort().values)
                assert one.numel() < 10 or one.std() == 0 or not torch.equal(one, other)

    def test_evidence_changes_with_them(self, model, level):
        assert not randomised_weights_check(model, explain(model, level[:20])).unchanged


@pytest.fixture(scope="module")
def second_of_three(level: SeriesSet) -> SeriesSet:
    """Three channels, of which the second alone tells the classes."""
    noise = np.random.default_rng(0).normal(size=(len(level), 2, level.n_steps))
    values = np.stack([noise[:, 0], level.values[:, 0], noise[:, 1]], axis=1)
    return SeriesSet.of(values, level.labels, channels=["left", "middle", "right"])


def test_evidence_lies_on_the_channel_that_decides(second_of_three):
    clf = AttentionClassifier(quality="fast", random_state=0).fit(second_of_three)
    found = explain(clf, second_of_three[:30])
    assert found.relevance.shape == (30, 3, 60)
    of_level = channel_importance(found).to_frame().set_index(["class", "channel"])["mean"]["level"]
    assert of_level["middle"] > 2 * max(of_level["left"], of_level["right"])


@pytest.mark.parametrize("name", METHODS)
def test_every_method_either_answers_or_says_what_to_use(name, model, level):
    if name in {"rollout", "gradient_times_input", "integrated_gradients", "captum"}:
        with pytest.raises(UnsuitableError, match="use the method"):
            explain(model, level[:2], method=name)
    else:
        assert np.isfinite(explain(model, level[:2], method=name).relevance).all()
