"""The variational recurrent autoencoder: what its codes cost, and that the cost does not grow with the window."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn
from torch.distributions import Laplace, Normal, kl_divergence

from attime.nn.networks.detection import VariationalRecurrent
from attime.nn.reconstruction import Annealed, reconstruction_log_probability
from attime.nn.reconstruction.recurrent import noisy

SMALL = VariationalRecurrent(hidden=4, d_code=3, d_context=2, context_weight=0.5)


def whole(values):
    return values, torch.ones_like(values, dtype=torch.bool)


def constant_codes_(network, *, mean: float = 0.7):
    """Let the codes be the same whatever is read: z and every c_t with that mean."""
    for linear in (network.mean, network.deviation, network.attend.mean, network.attend.log_variance):
        nn.init.zeros_(linear.weight)
        nn.init.zeros_(linear.bias)
    nn.init.constant_(network.mean.bias, mean)
    nn.init.constant_(network.attend.mean.bias, mean)


def term_of(network, values, observed) -> float:
    (term,) = network(values, observed).terms
    return term(torch.zeros(len(values))).item()


@pytest.mark.parametrize(("factor", "axis"), [(2, 2), (7, 2), (2, 1), (3, 0)], ids=["time", "long", "channel", "case"])
def test_the_balance_of_likelihood_and_divergence_is_that_of_the_bound_for_any_window(build, factor, axis):
    """loss · values = −Σ log p + λ (KL_z + η Σ_t KL_c), as many steps, channels and cases as there may be."""
    shape = [4, 2, 24]
    shape[axis] *= factor
    network = build(SMALL, n_channels=shape[1])
    constant_codes_(network)
    posterior = network.encode(*whole(torch.randn(shape)))
    z, of_step = posterior.z, posterior.attended.divergence[0, 0].item()
    of_code = kl_divergence(Normal(z.mean[0], z.stddev[0]), Normal(0.0, 1.0)).sum().item()
    paid = term_of(network, *whole(torch.randn(shape)))
    assert paid * shape[1] * shape[2] == pytest.approx(of_code + 0.5 * shape[2] * of_step, rel=1e-5)


def test_a_window_twice_as_long_pays_no_more_for_a_step(build):
    """The mean of KL_c stays, and what is paid once for a window is shared by more steps."""
    network = build(dataclasses.replace(SMALL, context_weight=1.0))
    constant_codes_(network)
    nn.init.zeros_(network.mean.bias)
    nn.init.constant_(network.deviation.bias, float(torch.tensor(1 - 1e-4).expm1().log()))  # z is its prior: KL_z = 0
    short, long = (term_of(network, *whole(torch.randn(3, 2, n_steps))) for n_steps in (24, 48))
    assert short == pytest.approx(long, rel=1e-4)
    nn.init.zeros_(network.attend.mean.bias)
    nn.init.constant_(network.mean.bias, 1.0)  # now KL_c = 0
    short, long = (term_of(network, *whole(torch.randn(3, 2, n_steps))) for n_steps in (24, 48))
    assert short == pytest.approx(2 * long, rel=1e-4)


def test_the_divergence_is_zero_just_where_the_posterior_is_the_prior(build, windows):
    network = build(SMALL)
    assert (network.divergence(network.encode(*windows)) > 0).all()
    constant_codes_(network, mean=0.0)
    nn.init.constant_(network.deviation.bias, float(torch.tensor(1 - 1e-4).expm1().log()))
    torch.testing.assert_close(network.divergence(network.encode(*windows)), torch.zeros(5), atol=1e-6, rtol=0)
    for linear in (network.mean, network.deviation, network.attend.mean, network.attend.log_variance):
        with torch.no_grad():
            linear.bias += 0.1
        whole_cases = network.divergence(network.encode(*windows))[:4]
        assert (whole_cases > 1e-4).all()
        with torch.no_grad():
            linear.bias -= 0.1


def test_padding_costs_nothing(build, windows):
    values, observed = windows
    network = build(SMALL)
    padded = (nn.functional.pad(values, (0, 9)), nn.functional.pad(observed, (0, 9)))
    assert term_of(network, *padded) == pytest.approx(term_of(network, values, observed), rel=1e-5)


def test_the_map_is_a_share_of_each_step_that_was_observed(build, windows):
    output = build(SMALL)(*windows)
    (look,) = output.maps
    assert (look.name, look.axes, look.weights.shape) == ("self-attention", ("case", "query", "key"), (5, 24, 24))
    assert (look.weights.mT[~windows[1].any(1)] == 0).all()
    torch.testing.assert_close(look.weights[:3].sum(-1), torch.ones(3, 24))
    assert (look.weights[3, 17:] == 0).all()  # padding does not ask


def test_training_draws_and_use_takes_the_mean(build, windows):
    network = build(SMALL)
    assert torch.equal(network(*windows).prediction, network(*windows).prediction)
    network.train()
    assert not torch.equal(network(*windows).prediction, network(*windows).prediction)


def test_noise_has_a_share_of_the_variance_of_each_series():
    torch.manual_seed(0)
    x = torch.tensor([1.0, 5.0])[:, None, None] * torch.randn(2, 1, 40_000)
    observed = torch.rand(x.shape) < 0.5
    added = (noisy(x, observed, share=0.1) - x)[observed.expand_as(x)].split(observed.sum((1, 2)).tolist())
    for number, scale in enumerate((1.0, 5.0)):
        assert float(added[number].var()) == pytest.approx(0.1 * scale**2, rel=0.05)


def test_the_probability_is_the_mean_of_logarithms_over_draws(build, windows):
    values, observed = windows
    network, seed = build(SMALL), torch.Generator().manual_seed(3)
    drawn = [d.log_prob(values) for d in network.draws(values, observed, n_samples=4, generator=seed)]
    taken = reconstruction_log_probability(
        network, values, observed, n_samples=4, generator=torch.Generator().manual_seed(3)
    )
    torch.testing.assert_close(taken[observed], torch.stack(drawn).mean(0)[observed])


def test_more_draws_come_nearer_to_the_expectation(build, windows):
    def probability(n_samples, seed):
        generator = torch.Generator().manual_seed(seed)
        return reconstruction_log_probability(network, *windows, n_samples=n_samples, generator=generator)

    network, there = build(SMALL), windows[1]
    few, many = ((probability(n, 0) - probability(n, 1))[there].square().mean().sqrt() for n in (2, 50))
    assert 2.5 < few / many < 10  # √25 = 5


def test_the_weight_is_annealed_in_training_and_whole_in_use(build, windows):
    network = build(dataclasses.replace(SMALL, annealing=4, weight=2.0)).train()
    assert [network(*windows).terms[0].weight for _ in range(6)] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.0]
    assert network.eval()(*windows).terms[0].weight == 2.0
    assert Annealed(0.3, n_updates=0)() == 0.3


@pytest.mark.parametrize("n_cases", [1, 5])
def test_every_weight_learns(build, n_cases):
    network = build(SMALL).train()
    network.weight.n_updates = 0
    torch.manual_seed(1)
    values, observed = whole(torch.randn(n_cases, 2, 24))
    output = network(values, observed)
    losses = -output.distribution.log_prob(values)
    (losses.mean() + output.terms[0](losses.flatten(1))).backward()
    for name, weight in network.named_parameters():
        if not weight.requires_grad:
            continue  # the second bias of a gate
        assert weight.grad is not None, name
        assert (weight.grad != 0).any(), name


def test_in_use_the_distribution_has_the_means_of_the_codes(build, windows):
    network = build(SMALL)
    posterior = network.encode(*windows)
    expected = network.decode(posterior.z.mean, posterior.attended.context.mean, posterior.within)
    output = network(*windows)
    assert isinstance(output.distribution, Laplace)
    torch.testing.assert_close(output.prediction, expected.mean)
    torch.testing.assert_close(output.latent, posterior.z.mean)


def test_the_mean_context_is_that_of_the_steps_there_are(build, windows):
    values, observed = windows
    network = build(SMALL)
    expected = network.encode(values, observed).attended.context.mean
    padded = network(nn.functional.pad(values, (0, 9)), nn.functional.pad(observed, (0, 9))).context
    torch.testing.assert_close(padded[:3], expected[:3].mean(1))
    torch.testing.assert_close(padded[3], expected[3, :17].mean(0))
    assert padded[4].tolist() == [0.0, 0.0]
