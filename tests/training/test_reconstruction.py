"""Learning to reconstruct: what counts, that it is learnt in the one loop, and that a fault then stands out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Laplace

from attime.errors import DataError, TrainingError
from attime.nn.networks.detection import MaskedTransformer, PlainRecurrent, VariationalRecurrent
from attime.nn.reconstruction import Reconstruction, reconstruction_log_probability
from attime.training import TrainingOptions, train
from attime.training.reconstruction import Unlabelled, reconstruction_loss

CPU = torch.device("cpu")
DESCRIPTIONS = {
    "variational": VariationalRecurrent(hidden=8, d_code=4, d_context=4),
    "recurrent": PlainRecurrent(hidden=8, d_code=4),
    "masked": MaskedTransformer(d_model=16, n_heads=2, patch=2),
}
every_network = pytest.mark.parametrize("name", DESCRIPTIONS)


def days(n_days: int, *, seed: int = 0, gaps: bool = False) -> np.ndarray:
    """Bumps of 24 steps, each of a height of its own and with a little noise; a fifth missing if there are gaps."""
    rng = np.random.default_rng(seed)
    bump = np.clip(np.sin(2 * np.pi * (np.arange(24) - 6) / 24), 0, None)
    values = rng.uniform(0.7, 1.3, (n_days, 1, 1)) * bump + 0.03 * rng.standard_normal((n_days, 1, 24))
    if gaps:
        values[rng.random(values.shape) < 0.2] = np.nan
    return (values - 0.32) / 0.42


def waves(n_windows: int, *, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sin(2 * np.pi * (np.arange(20) / 10 + rng.random((n_windows, 2, 1))))


def learnt(name: str, values: np.ndarray, validation: np.ndarray | None = None, **options):
    torch.manual_seed(0)
    network = DESCRIPTIONS[name].build(n_channels=values.shape[1], n_steps=values.shape[2])
    held_out = None if validation is None else Unlabelled.of(validation)
    options = TrainingOptions(device="cpu", progress=False, **options)
    return network, train(network, Unlabelled.of(values), held_out, loss=reconstruction_loss, options=options)


def log_probability(network, values: np.ndarray) -> np.ndarray:
    inputs = Unlabelled.of(values).inputs
    return reconstruction_log_probability(network, *inputs, generator=torch.Generator().manual_seed(0)).numpy()


@every_network
def test_the_bound_is_raised_in_a_few_updates(name):
    _, history = learnt(name, waves(64), waves(32, seed=1), max_epochs=20, batch_size=16)
    assert history.validation_loss[-1] < history.validation_loss[0] - 0.05
    assert history.train_loss[-1] < history.train_loss[0]


@every_network
def test_a_fault_is_less_probable_than_what_is_normal(name):
    network, _ = learnt(name, days(80, gaps=True), max_epochs=25, batch_size=20)
    faulty = days(20, seed=1)
    faulty[:, :, 10:14] = (0 - 0.32) / 0.42  # the inverter stands still at noon
    probability, usual = log_probability(network, faulty)[:, 0], log_probability(network, days(40, seed=2))[:, 0]
    assert (probability[:, 10:14].mean(1) < np.quantile(usual[:, 10:14].mean(1), 0.05)).mean() >= 0.95
    assert probability[:, 10:14].mean() < probability[:, 16:].mean() - 0.5


@every_network
@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_any_size_of_batch_does(name, batch_size):
    _, history = learnt(name, days(7), days(1, seed=1), max_epochs=1, batch_size=batch_size)
    assert np.isfinite([*history.train_loss, *history.validation_loss]).all()


@every_network
def test_equal_seeds_give_equal_bits(name):
    first, second = (learnt(name, days(10, gaps=True), max_epochs=2, batch_size=4)[0] for _ in range(2))
    assert np.array_equal(log_probability(first, days(3)), log_probability(second, days(3)))


@every_network
def test_what_stands_in_place_of_a_missing_value_is_not_learnt(name):
    whole = Unlabelled.of(days(10, gaps=True))
    fillings = (0.0, 50.0, torch.nan)
    weights = []
    for filling in fillings:
        cases = Unlabelled(torch.where(whole.observed, whole.values, torch.tensor(filling)), whole.observed)
        torch.manual_seed(0)
        network = DESCRIPTIONS[name].build(n_channels=1, n_steps=24)
        train(network, cases, loss=reconstruction_loss, options=TrainingOptions(max_epochs=1, device="cpu"))
        weights.append(torch.cat([weight.flatten() for weight in network.parameters()]))
    assert all(torch.equal(weights[0], other) for other in weights[1:])


def test_the_loss_is_the_mean_over_the_values_that_count():
    values = torch.randn(3, 2, 5)
    observed, hidden = torch.rand(2, 3, 2, 5) < 0.5
    distribution = Laplace(torch.zeros(3, 2, 5), 0.5)
    each = -distribution.log_prob(values)
    for judged, counted in ((None, observed), (hidden, observed & hidden)):
        output = Reconstruction(distribution.mean, distribution=distribution, hidden=judged)
        loss = reconstruction_loss(output, Unlabelled(values, observed))
        assert loss.shape == (3, 5)
        torch.testing.assert_close(loss.mean(), each[counted].mean())


def test_nothing_to_learn_from_costs_nothing():
    nothing = Unlabelled.of(np.full((2, 1, 5), np.nan))
    output = Reconstruction(torch.zeros(2, 1, 5), distribution=Laplace(torch.zeros(2, 1, 5), 1.0))
    assert reconstruction_loss(output, nothing).tolist() == torch.zeros(2, 5).tolist()


def test_windows_that_overlap_are_copied_batch_by_batch():
    series = torch.randn(2, 100)
    values = series.unfold(1, 20, 1).transpose(0, 1)
    windows = Unlabelled(values, torch.ones(1, 1, 1, dtype=torch.bool).expand_as(values))
    assert windows.values.untyped_storage().size() == series.untyped_storage().size()
    batch = windows.take(torch.tensor([0, 7]), CPU)
    torch.testing.assert_close(batch.values[1], series[:, 7:27])


@every_network
def test_weights_that_run_away_are_told_of(name):
    with pytest.raises(TrainingError, match="try a lower learning_rate"):
        learnt(name, days(8), max_epochs=5, batch_size=2, learning_rate=1e30, clip_norm=None)


def test_numbers_too_far_out_are_refused():
    with pytest.raises(DataError, match="values of case 1 lie more than"):
        Unlabelled.of(np.array([[[1.0]], [[1e30]]]))
