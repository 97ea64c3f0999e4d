"""Recurrent independent mechanisms: who is active, what happens to the others, and that all is learnt at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from attime.errors import OptionError
from attime.nn.networks.forecasting.rim import RIM
from attime.nn.rim import (
    CELLS,
    AlphaCell,
    Communication,
    GRUCell,
    InputAttention,
    LSTMCell,
    Mechanisms,
    ModulewiseLinear,
)
from attime.training import TrainingOptions, train
from attime.training.losses import forecast_loss
from attime.training.windows import Windows

UNSCALED = {"centre": "none", "spread": False}
SMALL = {"n_modules": 5, "n_active": 2, "hidden": 6, "n_heads": 2, **UNSCALED}
every_cell = pytest.mark.parametrize("cell", CELLS)


def build(n_features=2, n_ahead=0, **options):
    torch.manual_seed(0)
    return RIM(**{**SMALL, **options}).build(look_back=12, horizon=3, n_features=n_features, n_ahead=n_ahead).eval()


def draw(n_cases=4, n_features=2, n_steps=12):
    values = torch.randn(n_cases, n_features, n_steps, generator=torch.Generator().manual_seed(1))
    observed = torch.ones_like(values, dtype=torch.bool)
    observed[1, :, :5] = False  # a short series
    observed[2, 0, 3:9] = False  # a gap in one feature
    observed[3, :, 6:8] = False  # a gap in all
    return values, observed


def one_step(n_modules=5, n_active=2, cell="alpha"):
    """Make mechanisms, a state that is not zero, and a step."""
    torch.manual_seed(0)
    mechanisms = Mechanisms(
        InputAttention(n_modules, n_active, n_in=3, hidden=6, d_key=4, d_value=5),
        CELLS[cell](n_modules, 5, 6),
        Communication(n_modules, hidden=6, n_heads=2, d_key=4, d_value=7),
    )
    state = tuple(torch.randn_like(part) for part in mechanisms.cell.start(8))
    return mechanisms, torch.randn(8, 3), state


def maps_of(output):
    return {found.name: found.weights for found in output.maps}


@every_cell
@pytest.mark.parametrize("n_active", [1, 2, 5])
def test_as_many_modules_as_asked_are_active_at_each_observed_step_and_none_elsewhere(cell, n_active):
    values, observed = draw()
    maps = maps_of(build(cell=cell, n_active=n_active)(values, observed))
    assert torch.equal(maps["activation"].sum(2), n_active * observed.any(1).float())
    assert torch.equal(maps["input"] > 0, observed.any(1).unsqueeze(2).expand_as(maps["input"]))
    read = maps["communication"].sum(-1)
    torch.testing.assert_close(read, maps["activation"])  # those that are active read, and their weights sum to one


def test_those_are_active_that_look_most():
    maps = maps_of(build()(*draw()))
    least = torch.where(maps["activation"] == 1, maps["input"], 1).amin(2)
    assert (torch.where(maps["activation"] == 0, maps["input"], 0).amax(2) <= least).all()


@every_cell
def test_modules_that_are_not_active_keep_their_state_exactly(cell):
    mechanisms, x, state = one_step(cell=cell)
    present = torch.arange(8) > 0
    step = mechanisms(x, present, state)
    for new, old in zip(step.state, state, strict=True):
        assert torch.equal(new[~step.taken.active], old[~step.taken.active])
        assert torch.equal(new[0], old[0])
        assert (new[step.taken.active] != old[step.taken.active]).all()


@every_cell
def test_modules_that_are_not_active_get_no_gradient(cell):
    mechanisms, x, state = one_step(cell=cell)
    state = tuple(part[:1].requires_grad_() for part in state)
    step = mechanisms(x[:1], torch.tensor([True]), state)
    active = step.taken.active
    step.state[0][active].sum().backward()
    assert state[0].grad[active].all()
    assert not state[0].grad[~active].any()
    for linear in (part for part in mechanisms.modules() if isinstance(part, ModulewiseLinear)):
        assert not linear.W.grad[~active[0]].any()
        assert linear.W.grad[active[0]].flatten(1).any(1).all()


def test_what_an_inactive_module_keeps_is_read_by_active_ones():
    mechanisms, x, state = one_step()
    step = mechanisms(x, torch.ones(8, dtype=torch.bool), state)
    other = (torch.where(step.taken.active.unsqueeze(2), state[0], state[0] + 0.01),)
    again = mechanisms(x, torch.ones(8, dtype=torch.bool), other)
    assert torch.equal(step.taken.active, again.taken.active)
    assert (again.state[0][step.taken.active] != step.state[0][step.taken.active]).any()


def test_a_step_of_zeros_is_the_empty_slot():
    mechanisms, x, state = one_step()
    taken = mechanisms.attend(state[0], torch.zeros_like(x), torch.ones(8, dtype=torch.bool))
    assert (taken.weights == 0.5).all()
    assert (taken.values == 0).all()


@every_cell
def test_steps_at_which_nothing_was_observed_change_nothing(cell):
    network = build(cell=cell)
    values, observed = draw()
    output = network(values, observed)
    other = torch.where(observed, values, 1e6)
    assert torch.equal(network(other, observed).prediction, output.prediction)
    seen = observed[3].any(0)
    alone = network(values[3:, :, seen], observed[3:, :, seen]).prediction
    torch.testing.assert_close(alone, output.prediction[3:], atol=1e-6, rtol=1e-6)
    assert torch.isfinite(network(values, torch.zeros_like(observed)).prediction).all()


def test_covariates_ahead_are_made_use_of():
    network = build(n_features=3, n_ahead=1)
    values, observed = draw(n_features=3)
    ahead = torch.randn(4, 1, 3)
    assert network(values, observed, ahead).prediction.shape == (4, 3)
    assert (network(values, observed, ahead).prediction != network(values, observed, ahead + 1).prediction).all()


def test_equal_seeds_give_equal_forecasts_in_training_too():
    def forecast():
        network = build(dropout=0.3).train()
        torch.manual_seed(5)
        return network(*draw()).prediction

    assert torch.equal(forecast(), forecast())
    assert not torch.equal(forecast(), build(dropout=0.3)(*draw()).prediction)


@every_cell
def test_gradient_reaches_all_parameters(cell):
    network = build(cell=cell)
    values, observed = draw(n_cases=64)
    network(values, observed).prediction.square().mean().backward()
    assert all(part.grad.any() for part in network.parameters())


def test_a_cell_for_all_modules_does_what_one_for_each_would():
    torch.manual_seed(0)
    x, h, c = (torch.randn(7, 4, size) for size in (3, 5, 5))
    with torch.no_grad():
        gru, lstm = GRUCell(4, 3, 5), LSTMCell(4, 3, 5)
        for module in range(4):
            for cell, alone in ((gru, nn.GRUCell(3, 5)), (lstm, nn.LSTMCell(3, 5))):
                alone.weight_ih.copy_(cell.read.W[module].T)
                alone.weight_hh.copy_(cell.recall.W[module].T)
                alone.bias_ih.copy_(cell.read.b[module])
                alone.bias_hh.zero_()
                state = (h, c)[: cell.n_states]
                found = torch.stack([part[:, module] for part in cell(x, state)])
                own = [part[:, module] for part in state]
                expected = alone(x[:, module], *own) if len(own) == 1 else torch.stack(alone(x[:, module], tuple(own)))
                torch.testing.assert_close(found, expected.reshape(found.shape))


def test_an_alpha_cell_smooths_exponentially_and_is_a_simple_network_where_alpha_is_one():
    torch.manual_seed(0)
    x, h = torch.randn(7, 4, 3), torch.randn(7, 4, 5)
    cell = AlphaCell(4, 3, 5)
    (found,) = cell(x, (h,))
    for module in range(4):
        both = x[:, module] @ cell.read.W[module] + h[:, module] @ cell.recall.W[module] + cell.read.b[module]
        share, new = both[:, :5].sigmoid(), both[:, 5:].tanh()
        torch.testing.assert_close(found[:, module], share * new + (1 - share) * h[:, module])
    for bias, expected in ((50.0, (cell.read(x) + cell.recall(h))[..., 5:].tanh()), (-50.0, h)):
        nn.init.constant_(cell.read.b[:, :5], bias)
        torch.testing.assert_close(cell(x, (h,))[0], expected)


def test_communication_is_attention_among_modules_head_by_head():
    torch.manual_seed(0)
    communicate = Communication(4, hidden=5, n_heads=2, d_key=3, d_value=6)
    h, active = torch.randn(1, 4, 5), torch.tensor([[True, True, False, True]])
    told = communicate(h, active)
    projected = torch.stack([h[0, module] @ communicate.W.W[module] for module in range(4)]).unflatten(1, (2, 12))
    for module in range(4):
        heads = []
        for head in range(2):
            q, k, v = projected[:, head].split([3, 3, 6], 1)
            weights = torch.softmax(q[module] @ k.T / 3**0.5, 0) * active[0, module]
            torch.testing.assert_close(told.weights[0, head, module], weights)
            heads.append(weights @ v)
        torch.testing.assert_close(told.values[0, module], torch.cat(heads) @ communicate.W_out.W[module])


def test_more_active_modules_than_there_are_is_refused():
    with pytest.raises(OptionError, match="n_active is 7, expected 1 to 5"):
        build(n_active=7)


def test_two_regimes_are_learnt_better_than_any_linear_forecast_can():
    rng = np.random.default_rng(0)
    series = []
    for sign in rng.choice([-1, 1], size=300):  # x_t = ±.9 x_t−1 + noise: only the regime tells what comes next
        steps = [rng.normal()]
        for noise in rng.normal(size=17):
            steps.append(sign * 0.9 * steps[-1] + 0.19**0.5 * noise)
        series.append(np.array([steps]))
    training, test = (
        Windows.of(part, look_back=6, horizon=1, origins=[[6, 12]] * len(part)) for part in (series[:240], series[240:])
    )
    torch.manual_seed(0)
    network = RIM(n_modules=4, n_active=2, hidden=12, **UNSCALED).build(look_back=6, horizon=1, n_features=1)
    options = TrainingOptions(max_epochs=25, learning_rate=2e-2, device="cpu", progress=False)
    train(network, training, loss=forecast_loss, options=options)
    with torch.no_grad():
        output = network(*test.inputs)
    # The mean: 1. The best linear forecast: 1 − .81² = .34. Whoever knows the regime: .19.
    assert forecast_loss(output, test.targets).mean() < 0.34
    assert (output.maps[0].weights.mean((0, 1)) < 1).all()  # and who is active hangs on the case and the step
