"""What dictionaries must keep to: evidence is what was added up, and what was not observed leaves no trace."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from attime.errors import OptionError
from attime.nn import Convolutional, Dictionary, DictionaryClassifier, Mixture
from attime.nn.dictionary import FAMILIES, VIEWS, Asked, Levels, Sizes, Winners
from attime.nn.dictionary.codebook import contrasts
from attime.nn.dictionary.views import LONGEST_GAP, counted
from attime.nn.gaps import bridged, span

every_family = pytest.mark.parametrize("family", FAMILIES)


def draw(seed=0, *, n_cases=5, n_channels=2, n_steps=30):
    """Random series: whole, shorter, with gaps in one channel and in all, and without one of the channels."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(n_cases, n_channels, n_steps, generator=generator)
    observed = torch.rand(n_cases, n_channels, n_steps, generator=generator) > 0.2
    observed[0] = True
    observed[1, :, n_steps // 2 :] = False
    observed[2, 0] = n_channels == 1
    observed[3:, :, 1:3] = False
    return values, observed


def build(*families, values, observed, n_classes=3, n_dilations=3, gaps=True) -> DictionaryClassifier:
    """Return a classifier whose words are worth something at random."""
    n_channels, n_steps = values.shape[1:]
    description = Dictionary(families=families or Dictionary().families, n_dilations=n_dilations)
    module = description.build(n_channels=n_channels, n_classes=n_classes, n_steps=n_steps, gaps=gaps)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        module.learn(values, observed)
        for worth in module.parameters():
            worth.normal_(std=0.03, generator=generator)
        module.bias.normal_(generator=generator)
    return module.eval()


def off(output) -> float:
    """Return by how much evidence and bias miss the logits."""
    return float((output.evidence.sum((2, 3)) + output.bias - output.prediction).detach().abs().max())


class TestEvidence:
    @every_family
    @settings(max_examples=15, deadline=None)
    @given(st.integers(2, 6), st.integers(2, 40), st.integers(2, 4), st.integers(0, 99))
    def test_it_adds_up_to_the_logits(self, family, n_channels, n_steps, n_classes, seed):
        values, observed = draw(seed, n_channels=n_channels, n_steps=n_steps)
        output = build(family, values=values, observed=observed, n_classes=n_classes)(values, observed)
        assert output.evidence.shape == (5, n_classes, n_channels, n_steps)
        assert off(output) < 1e-5
        assert not output.evidence.permute(0, 2, 3, 1)[~observed].any()

    @pytest.mark.parametrize("n_channels", [1, 3, 30])
    def test_it_adds_up_over_all_families(self, n_channels):
        values, observed = draw(n_channels=n_channels, n_steps=60)
        assert off(build(values=values, observed=observed)(values, observed)) < 1e-5

    def test_it_adds_up_in_a_mixture_with_networks(self):
        values, observed = draw()
        parts = (Dictionary(families=("levels",)), Convolutional(width=8))
        module = Mixture(parts=parts).build(n_channels=2, n_classes=3, n_steps=30, gaps=True).eval()
        module.favour(torch.tensor([1.0, 0.0, -2.0]))
        module.sharpen(0.7)
        output = module(values, observed)
        assert output.evidence.shape == (5, 3, 1, 30)
        assert off(output) < 1e-5

    def test_half_the_digits_change_nothing(self):
        values, observed = draw()
        module = build(values=values, observed=observed)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = module(values, observed)
        assert torch.equal(output.prediction, module(values, observed).prediction)
        assert off(output) < 1e-5

    @pytest.mark.parametrize("factor", [0.1, 3.0])
    def test_sharpening_multiplies_all_of_it(self, factor):
        values, observed = draw()
        module = build("levels", values=values, observed=observed)
        before = module(values, observed)
        expected = before.prediction * factor, before.evidence * factor
        module.sharpen(factor)
        after = module(values, observed)
        torch.testing.assert_close((after.prediction, after.evidence), expected)
        assert off(after) < 1e-5


class TestWhatIsNotThere:
    @every_family
    @pytest.mark.parametrize("padding", [1, 7, 64])
    def test_more_padding_changes_nothing(self, family, padding):
        values, observed = draw()
        module = build(family, values=values, observed=observed)
        plain, padded = module(values, observed), module(F.pad(values, (0, padding)), F.pad(observed, (0, padding)))
        torch.testing.assert_close(padded.prediction, plain.prediction, atol=1e-6, rtol=0)
        torch.testing.assert_close(padded.evidence[..., :30], plain.evidence, atol=1e-6, rtol=0)
        assert not padded.evidence[..., 30:].any()

    @every_family
    @pytest.mark.parametrize("filling", [-1e6, 3.0, 1e30])
    def test_what_stands_in_its_place_does_not_matter(self, family, filling):
        values, observed = draw()
        others = torch.where(observed, values, filling)
        module, same = (build(family, values=of, observed=observed) for of in (values, others))
        expected = module(values, observed).prediction
        assert torch.equal(module(others, observed).prediction, expected)
        assert torch.equal(same(values, observed).prediction, expected)  # neither does it in what levels are learnt

    @every_family
    def test_evidence_and_weights_lie_on_what_was_observed_alone(self, family):
        values, observed = draw()
        output = build(family, values=values, observed=observed)(values, observed)
        assert not output.evidence.movedim(1, -1)[~observed].any()
        weights = output.maps[0].weights
        assert not weights[~observed.any(1)].any()
        torch.testing.assert_close(weights.sum(1), observed.any((1, 2)).float())

    def test_what_is_hidden_from_a_model_that_has_seen_no_gaps_says_nothing(self):
        values, observed = draw()
        for gaps, expected in ((False, observed), (True, counted(observed))):
            module = build("levels", values=values, observed=observed, gaps=gaps)
            assert torch.equal(module.ask(values, observed).counted, expected)

    def test_a_short_gap_says_what_the_line_across_it_says_and_a_long_one_nothing(self):
        for gap, n_counted in ((LONGEST_GAP, 60), (LONGEST_GAP + 1, 60 - LONGEST_GAP - 1)):
            observed = torch.ones(1, 1, 60, dtype=torch.bool)
            observed[..., 20 : 20 + gap] = False
            assert int(counted(observed).sum()) == n_counted

    def test_padding_does_not_turn_the_running_sum_of_a_constant(self):
        values, observed = torch.full((1, 1, 30), 0.3), torch.ones(1, 1, 30, dtype=torch.bool)
        for padding in (0, 7, 64):
            view = VIEWS["sums"](F.pad(values, (0, padding)), F.pad(observed, (0, padding)))
            assert not view.any()

    @every_family
    def test_cases_do_not_see_each_other(self, family):
        values, observed = draw()
        module = build(family, values=values, observed=observed)
        alone = torch.cat([module(values[case : case + 1], observed[case : case + 1]).prediction for case in range(5)])
        torch.testing.assert_close(alone, module(values, observed).prediction, atol=1e-5, rtol=1e-5)


class TestViews:
    @settings(deadline=None)
    @given(st.integers(1, 12), st.integers(0, 999))
    def test_a_line_goes_from_neighbour_to_neighbour(self, n_steps, seed):
        values, observed = draw(seed, n_steps=n_steps)
        line, within = bridged(torch.where(observed, values, 0), observed), span(observed)
        assert torch.equal(line[observed], values[observed])
        assert not line[~within].any()
        for case, channel in torch.cartesian_prod(torch.arange(5), torch.arange(2)).tolist():
            steps = observed[case, channel].nonzero()[:, 0]
            assert int(within[case, channel].sum()) == (int(steps[-1] - steps[0]) + 1 if len(steps) else 0)
            for first, last in zip(steps[:-1].tolist(), steps[1:].tolist(), strict=True):
                ends = values[case, channel, first], values[case, channel, last]
                expected = torch.linspace(*map(float, ends), last - first + 1)
                torch.testing.assert_close(line[case, channel, first : last + 1], expected, atol=1e-6, rtol=1e-5)

    @pytest.mark.parametrize("view", VIEWS)
    def test_nothing_is_seen_outside_of_the_span(self, view):
        values, observed = draw()
        assert not Asked.of(values, observed).view(view)[~span(observed)].any()

    def test_what_views_are_called_they_are(self):
        values, observed = torch.tensor([[[1.0, 4.0, 9.0, 16.0, 0.0]]]), torch.tensor([[[True] * 4 + [False]]])
        asked = Asked.of(values, observed)
        assert asked.view("differences").tolist() == [[[3, 5, 7, 0, 0]]]
        assert asked.view("second_differences").tolist() == [[[2, 2, -7, 0, 0]]]
        assert asked.view("sums").tolist() == [[[-6.5, -10, -8.5, 0, 0]]]


class TestCodebooks:
    def test_levels_are_about_equally_frequent(self):
        view = torch.randn(1, 1, 20_000, generator=torch.Generator().manual_seed(0))
        book = Levels(contrasts()[:3], n_channels=1, n_levels=8)
        book.learn([(view, torch.ones_like(view, dtype=torch.bool))])
        shares = torch.stack([(book(view) == code).float().mean((0, 1, 3)) for code in range(8)])
        torch.testing.assert_close(shares, torch.full((8, 3), 1 / 8), atol=0.02, rtol=0)

    def test_a_winner_is_the_kernel_that_answers_most(self):
        book = Winners(n_groups=4, generator=torch.Generator().manual_seed(0))
        view = torch.randn(2, 3, 50, generator=torch.Generator().manual_seed(1))
        answers = F.conv1d(view.flatten(0, 1).unsqueeze(1), book.kernels, padding=4).view(2, 3, 8, 4, 50)
        assert torch.equal(book(view).long(), answers.argmax(2))

    @pytest.mark.parametrize(("n_steps", "expected"), [(2, (1,)), (9, (1,)), (17, (1, 2)), (801, (1, 10, 100))])
    def test_kernels_reach_from_one_step_to_a_whole_series(self, n_steps, expected):
        assert Sizes(n_channels=1, n_classes=2, n_steps=n_steps, n_dilations=3).dilations == expected

    @pytest.mark.parametrize("n_channels", [1, 4, 30, 1000])
    def test_many_channels_do_not_make_it_larger_than_four(self, n_channels):
        sizes = Sizes(n_channels=n_channels, n_classes=2, n_steps=100, n_dilations=8)
        assert 1 <= sizes.fewer(84) <= 84
        assert sizes.fewer(84) * n_channels <= max(4 * 84, n_channels)


@every_family
@pytest.mark.parametrize("n_steps", [1, 2, 3, 7])
def test_short_series_work(family, n_steps):
    values, observed = (part[..., :n_steps] for part in draw())
    output = build(family, values=values, observed=observed)(values, observed)
    assert torch.isfinite(output.prediction).all()
    assert off(output) < 1e-5


@every_family
def test_series_may_be_longer_than_those_it_was_built_for(family):
    values, observed = draw()
    longer = draw(n_steps=100)
    output = build(family, values=values, observed=observed)(*longer)
    assert output.evidence.shape == (5, 3, 2, 100)
    assert off(output) < 1e-5


def test_favoured_classes_are_more_probable_by_their_weights():
    values, observed = draw()
    module, weights = build("levels", values=values, observed=observed), torch.tensor([1.0, 10.0, 0.5])
    before = module(values, observed).prediction.softmax(1) * weights
    module.favour(weights.log())
    after = module(values, observed).prediction.softmax(1)
    torch.testing.assert_close(after, before / before.sum(1, keepdim=True))


@pytest.mark.parametrize("families", [(), ("pairs",)], ids=str)
def test_a_dictionary_that_sees_nothing_is_refused(families):
    with pytest.raises(OptionError, match="for series of 1 channels, expected one family"):
        Dictionary(families=families).build(n_channels=1, n_classes=2, n_steps=30)


def test_an_unknown_family_is_answered_with_the_names_there_are():
    with pytest.raises(OptionError, match="family 'level' is unknown, expected one of levels"):
        Dictionary(families=("level",)).build(n_channels=1, n_classes=2, n_steps=30)
