"""Reference attention does what its equation says, with masks and without."""

from __future__ import annotations

import pytest
import torch

from attime.nn.reference import CENTRED, VIEWS, ReferenceAttention, farthest_first, squared_distances


@pytest.fixture(params=[False, True], ids=["complete", "with gaps"])
def parts(request):
    """Give 20 windows that ask and 30 keys, of 3 channels and 16 steps, and what of them is present."""
    generator = torch.Generator().manual_seed(0)
    windows, keys = torch.randn(20, 3, 16, generator=generator), torch.randn(30, 3, 16, generator=generator)
    here, there = (torch.ones(part.shape, dtype=torch.bool) for part in (windows, keys))
    if request.param:
        here, there = (torch.rand(part.shape, generator=generator) > 0.2 for part in (windows, keys))
        here[0, 1], there[3, 2] = False, False  # whole channels
    return windows.masked_fill(~here, 0), here, keys.masked_fill(~there, 0), there


def attention_to(keys, present, **options):
    attention = ReferenceAttention(*keys.shape, **options)
    attention.keys.copy_(keys)
    attention.present.copy_(present)
    return attention


def plain_distances(query, here, key, there, *, centred=False):
    """Go through queries and keys one by one: the mean squared difference over the steps that both have."""
    found = torch.full((len(query), len(key)), torch.inf)
    for i, (q, m) in enumerate(zip(query, here, strict=True)):
        for j, (k, n) in enumerate(zip(key, there, strict=True)):
            common = m & n
            if 2 * common.sum() >= len(q):
                difference = q[common] - k[common]
                found[i, j] = (difference - difference.mean() * centred).square().mean()
    return found


class TestDistances:
    def test_they_are_the_mean_squared_difference_over_common_steps(self, parts):
        query, here, key, there = (part[:, 0] for part in parts)
        torch.testing.assert_close(squared_distances(query, here, key, there), plain_distances(query, here, key, there))

    def test_from_a_window_to_itself_there_are_none(self, parts):
        query, here, *_ = (part[:, 0] for part in parts)
        found = squared_distances(query, here, query, here).diagonal()
        assert found[found.isfinite()].abs().max() < 1e-6

    def test_there_and_back_they_are_the_same(self, parts):
        query, here, key, there = (part[:, 0] for part in parts)
        there_and_back = squared_distances(key, there, query, here).mT
        torch.testing.assert_close(squared_distances(query, here, key, there), there_and_back)

    def test_without_means_a_gap_is_no_difference(self):
        step = torch.arange(40.0).view(1, -1)
        here = (step < 25) & torch.ones(1, 40, dtype=torch.bool)
        views = [(CENTRED[0], values, present) for values, present in ((step, here), (step + 7, here | True))]
        query, key = (VIEWS[view](values.masked_fill(~present, 0), present) for view, values, present in views)
        assert squared_distances(*query, *key, centred=True).item() < 1e-3


class TestForward:
    @pytest.mark.parametrize("view", VIEWS)
    @pytest.mark.parametrize("n_nearest", [1, 3])
    def test_it_is_the_mean_distance_to_the_nearest_keys(self, parts, view, n_nearest):
        windows, here, keys, there = parts
        found = attention_to(keys, there, views=[view], n_nearest=n_nearest)(windows, here)[..., 0]
        seen = [(VIEWS[view](windows[:, c], here[:, c]), VIEWS[view](keys[:, c], there[:, c])) for c in range(3)]
        squares = torch.stack([plain_distances(*query, *key, centred=view in CENTRED) for query, key in seen])
        known = squares.isfinite()
        jointly = squares.masked_fill(~known, 0).sum(0) / known.sum(0)
        jointly = jointly.masked_fill(known.sum(0) < 0.5 * len(squares), torch.inf)
        for group, expected in enumerate([*squares, jointly]):
            near = expected.sort(1).values[:, :n_nearest]
            roots = near.sqrt().masked_fill(near.isinf(), torch.nan)
            torch.testing.assert_close(found[:, group], roots.nanmean(1), atol=1e-5, rtol=1e-4, equal_nan=True)

    def test_one_channel_has_no_joint_judgement(self, parts):
        windows, here, keys, there = (part[:, :1] for part in parts)
        assert attention_to(keys, there)(windows, here).shape == (20, 1, len(VIEWS))

    def test_the_nearest_key_of_a_key_is_itself(self, parts):
        *_, keys, there = parts
        found = attention_to(keys, there, n_nearest=1)(keys, there)
        assert found.nan_to_num().abs().max() == 0

    def test_windows_are_judged_one_by_one(self, parts):
        windows, here, keys, there = parts
        attention = attention_to(keys, there)
        alone = torch.cat([attention(windows[i : i + 1], here[i : i + 1]) for i in range(len(windows))])
        torch.testing.assert_close(attention(windows, here), alone, equal_nan=True)

    def test_more_windows_than_are_asked_at_once_are_judged_alike(self, parts):
        windows, here, keys, there = parts
        attention = attention_to(keys, there)
        many = attention(windows.repeat(60, 1, 1), here.repeat(60, 1, 1))
        torch.testing.assert_close(many[-20:], attention(windows, here), equal_nan=True)

    def test_some_of_the_keys_are_those_keys_alone(self, parts):
        windows, here, keys, there = parts
        some = torch.tensor([2, 3, 5, 7, 11])
        torch.testing.assert_close(
            attention_to(keys, there)(windows, here, some),
            attention_to(keys[some], there[some])(windows, here),
            equal_nan=True,
        )

    def test_a_window_with_nothing_in_it_gets_no_number(self, parts):
        windows, here, keys, there = parts
        assert attention_to(keys, there)(windows * 0, here & False).isnan().all()

    def test_what_is_not_given_counts_as_present(self, parts):
        windows, _, keys, there = parts
        everything = torch.ones(windows.shape, dtype=torch.bool)
        attention = attention_to(keys, there)
        torch.testing.assert_close(attention(windows), attention(windows, everything), equal_nan=True)


class TestAttend:
    def test_weights_sum_to_one(self, parts):
        windows, here, keys, there = parts
        weights = attention_to(keys, there).attend(windows, here).weights
        torch.testing.assert_close(weights.sum(1), torch.ones(20))
        assert (weights.diff(dim=1) <= 1e-6).all()

    def test_they_are_those_of_the_equation(self):
        keys = torch.tensor([[[0.0, 0.0]], [[1.0, 1.0]], [[3.0, 3.0]]])
        attention = attention_to(keys, torch.ones(3, 1, 2, dtype=torch.bool), n_nearest=2)
        found = attention.attend(torch.full((1, 1, 2), 2.0))
        assert set(found.keys[0].tolist()) == {1, 2}
        torch.testing.assert_close(found.weights, torch.full((1, 2), 0.5))
        torch.testing.assert_close(found.context, torch.full((1, 1, 2), 2.0))
        found = attention.attend(torch.full((1, 1, 2), 1 / 3))
        ratio = found.weights[0, 1] / found.weights[0, 0]  # the second key is twice as far
        torch.testing.assert_close(ratio, torch.tensor(-1.5).exp())

    def test_a_key_attends_to_itself_and_finds_itself_normal(self, parts):
        *_, keys, there = parts
        found = attention_to(keys, there).attend(keys, there)
        assert found.keys[:, 0].tolist() == list(range(30))
        torch.testing.assert_close(found.weights[:, 0], torch.ones(30))
        torch.testing.assert_close(found.context[there], keys[there])
        assert found.context[~there].isnan().all()


class TestCoreset:
    def test_no_point_is_farther_than_the_last_chosen_were_from_each_other(self):
        points = torch.randn(200, 5, generator=torch.Generator().manual_seed(0))
        chosen = farthest_first(points, 20)
        assert len(chosen.unique()) == 20
        between = torch.cdist(points[chosen], points[chosen]) + torch.eye(20) * 1e9
        assert torch.cdist(points, points[chosen]).min(1).values.max() <= between.min() + 1e-5

    def test_a_lone_point_is_among_the_first(self):
        points = torch.randn(300, 200, generator=torch.Generator().manual_seed(0)) * 0.1
        points[123] += 5
        assert 123 in farthest_first(points, 2)

    def test_repetitions_are_left_out(self):
        points = torch.randn(7, 3, generator=torch.Generator().manual_seed(0)).repeat(10, 1)
        assert len(farthest_first(points, 40)) == 7

    def test_it_is_the_same_every_time_and_leaves_generators_alone(self):
        points = torch.randn(100, 90, generator=torch.Generator().manual_seed(0))
        state = torch.get_rng_state()
        assert torch.equal(farthest_first(points, 10), farthest_first(points, 10))
        assert torch.equal(torch.get_rng_state(), state)
