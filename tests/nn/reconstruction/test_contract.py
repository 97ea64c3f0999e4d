"""What every network that reconstructs keeps to: shapes, masks, padding, repeatability."""

from __future__ import annotations

import copy
import dataclasses

import pytest
import torch

from attime.errors import OptionError
from attime.nn.networks.detection import RECONSTRUCTORS, VariationalRecurrent
from attime.nn.reconstruction import LIKELIHOODS, reconstruction_log_probability

every_likelihood = pytest.mark.parametrize("likelihood", LIKELIHOODS)


def log_probability(network, values, observed, *, seed=0, n_samples=3):
    generator = torch.Generator().manual_seed(seed)
    return reconstruction_log_probability(network, values, observed, n_samples=n_samples, generator=generator)


@every_likelihood
def test_each_value_has_a_location_a_scale_and_a_probability(description, likelihood, build, windows):
    network = build(dataclasses.replace(description, likelihood=likelihood))
    output = network(*windows)
    assert output.prediction.shape == output.distribution.scale.shape == (5, 2, 24)
    assert torch.equal(output.prediction, output.distribution.loc)
    assert torch.isfinite(output.distribution.log_prob(windows[0])).all()
    assert (output.distribution.scale >= description.least_scale).all()


def test_missing_values_have_no_probability(description, build, windows):
    probability = log_probability(build(description), *windows)
    assert torch.equal(torch.isfinite(probability), windows[1])
    assert torch.equal(torch.isnan(probability), ~windows[1])


def test_what_stands_in_place_of_a_missing_value_does_not_matter(description, build, windows):
    values, observed = windows
    network = build(description)
    expected = network(values, observed).prediction
    for other in (1e3, torch.nan):
        filled = torch.where(observed, values, torch.tensor(other))
        torch.testing.assert_close(network(filled, observed).prediction, expected)
        torch.testing.assert_close(
            log_probability(network, filled, observed), log_probability(network, values, observed), equal_nan=True
        )


def test_padding_changes_nothing(description, build, windows):
    values, observed = windows
    network = build(description)
    plain = network(values, observed)
    padded = network(torch.nn.functional.pad(values, (0, 12)), torch.nn.functional.pad(observed, (0, 12)))
    within = observed.any(1).flip(1).cummax(1).values.flip(1).unsqueeze(1).expand_as(observed)
    torch.testing.assert_close(padded.prediction[..., :24][within], plain.prediction[within])
    torch.testing.assert_close(padded.distribution.scale[..., :24][within], plain.distribution.scale[within])


def test_what_a_case_gets_does_not_depend_on_the_others(description, build, windows):
    values, observed = windows
    network = build(description)
    everybody = log_probability(network, values, observed)
    alone = torch.cat([log_probability(network, values[i : i + 1], observed[i : i + 1]) for i in range(5)])
    torch.testing.assert_close(alone, everybody, equal_nan=True)


def test_equal_seeds_give_equal_bits(description, build, windows):
    first, second = (log_probability(build(description), *windows) for _ in range(2))
    assert torch.equal(first.nan_to_num(), second.nan_to_num())
    network = build(description)
    assert torch.equal(network(*windows).prediction, network(*windows).prediction)


def test_the_global_generator_is_left_alone(description, build, windows):
    network = build(description)
    before = torch.get_rng_state()
    log_probability(network, *windows)
    assert torch.equal(torch.get_rng_state(), before)


def test_descriptions_are_checked_and_copied(description):
    assert description.checked() == copy.deepcopy(description) == description
    assert set(description.get_params()) == {field.name for field in dataclasses.fields(description)}


@pytest.mark.parametrize("name", RECONSTRUCTORS)
@pytest.mark.parametrize("n_steps", [2, 7, 96])
def test_windows_of_any_length_do(name, n_steps):
    network = RECONSTRUCTORS[name].build(n_channels=1, n_steps=n_steps).eval()
    values = torch.randn(1, 1, n_steps)
    assert network(values, torch.ones_like(values, dtype=torch.bool)).prediction.shape == (1, 1, n_steps)


def test_an_unknown_likelihood_is_refused():
    with pytest.raises(OptionError, match=r"likelihood 'laplac' is unknown.*did you mean 'laplace'"):
        VariationalRecurrent(likelihood="laplac").build(n_channels=1, n_steps=10)
