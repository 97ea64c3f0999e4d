"""Likelihoods: what each value is drawn from, and what a scale that is fixed makes of the loss."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from attime.nn.networks.detection import PlainRecurrent
from attime.nn.reconstruction import Likelihood


@pytest.mark.parametrize(("kind", "distance"), [("laplace", torch.abs), ("gaussian", lambda x: x.square() / 2)])
def test_with_a_fixed_scale_the_loss_is_a_distance(build, windows, kind, distance):
    values, _ = windows
    output = build(PlainRecurrent(hidden=4, likelihood=kind, fixed_scale=1.0))(*windows)
    costs, best = -output.distribution.log_prob(values), -output.distribution.log_prob(output.prediction)
    torch.testing.assert_close(costs - best, distance(values - output.prediction))


def test_the_tails_of_student_are_heavier_than_those_of_laplace_and_gauss():
    far = {
        kind: Likelihood(2, 1, kind=kind, fixed_scale=1.0)(torch.zeros(1, 1, 2), 1).log_prob(torch.tensor(50.0)).item()
        for kind in ("student", "laplace", "gaussian")
    }
    assert far["student"] > far["laplace"] > far["gaussian"]


def test_a_scale_never_becomes_less_than_the_least():
    likelihood = Likelihood(2, 1, least_scale=0.3)
    nn.init.constant_(likelihood.W_scale.bias, -1e4)
    assert likelihood(torch.zeros(1, 5, 2), 5).scale.tolist() == [[pytest.approx([0.3] * 5)]]


def test_a_patch_writes_its_steps_in_their_order():
    likelihood = Likelihood(6, 2, patch=3, fixed_scale=1.0)
    with torch.no_grad():
        likelihood.W_location.weight.copy_(torch.eye(6))
        likelihood.W_location.bias.zero_()
    written = likelihood(torch.arange(12.0).reshape(1, 2, 6), n_steps=5).mean
    assert written.tolist() == [[[0, 1, 2, 6, 7], [3, 4, 5, 9, 10]]]
