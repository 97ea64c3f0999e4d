"""What every network must keep to, whatever is chosen in its description."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from attime.attention import POSITIONS, SCOPES, SCORES, WEIGHINGS
from attime.errors import OptionError
from attime.estimators.recipes import RECIPES
from attime.nn import Convolutional, Recurrent, Transformer
from attime.nn.convolution import ConvolutionEncoder, MaskedBatchNorm
from attime.nn.initial import INITIAL
from attime.nn.networks import POOLINGS
from attime.nn.pooling import SigmoidScore
from attime.nn.recurrent import CELLS

SMALL = {"d_model": 8, "n_heads": 2, "window": 3}
NETWORKS = [
    *(Convolutional(width=8, pooling=pooling) for pooling in POOLINGS),
    *(Convolutional(width=8, score=score) for score in SCORES),
    *(Convolutional(width=8, stride=stride, differences=False) for stride in (1, 3, 8)),
    *(Recurrent(hidden=4, pooling=pooling) for pooling in POOLINGS),
    *(Recurrent(hidden=4, cell=cell, layers=2) for cell in CELLS),
    *(Recurrent(hidden=4, initial=initial) for initial in INITIAL),
    Recurrent(hidden=4, bidirectional=False),
    Recurrent(hidden=4, sigmoid=True),
    *(Convolutional(width=8, weigh=weigh) for weigh in WEIGHINGS),
    *(Transformer(**SMALL, score=score) for score in SCORES),
    *(Transformer(**SMALL, weigh=weigh) for weigh in WEIGHINGS),
    *(Transformer(**SMALL, scope=scope) for scope in SCOPES),
    *(Transformer(**SMALL, position=position, patch=2) for position in POSITIONS),
]
every_network = pytest.mark.parametrize("network", NETWORKS, ids=str)


def build(network, *, n_channels=2, n_classes=3, n_steps=30, gaps=True) -> nn.Module:
    torch.manual_seed(0)
    module = network.build(n_channels=n_channels, n_classes=n_classes, n_steps=n_steps, gaps=gaps)
    for part in module.modules():  # running statistics as after training, not the neutral ones of a new network
        if isinstance(part, nn.BatchNorm1d):
            part.running_mean.normal_()
            part.running_var.uniform_(0.5, 2)
    nn.init.normal_(module.pooling.class_scores.b)
    return module.eval()


def draw(n_cases=5, n_channels=2, n_steps=30):
    values = torch.randn(n_cases, n_channels, n_steps, generator=torch.Generator().manual_seed(1))
    observed = torch.ones(n_cases, n_channels, n_steps, dtype=torch.bool)
    observed[1, :, 17:] = False  # a shorter series
    observed[2, 0, 3:9] = False  # a gap in one channel
    observed[3, :, 10:14] = False  # a gap in all channels
    observed[3, :, 0] = False  # a late start
    return values, observed


@every_network
def test_evidence_adds_up_with_half_the_digits_too(network):
    module = build(network)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = module(*draw())
    torch.testing.assert_close(output.evidence.sum((2, 3)) + output.bias, output.prediction, atol=1e-5, rtol=1e-5)
    module.train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.isfinite(module(*draw()).prediction).all()


@every_network
@pytest.mark.parametrize("n_classes", [2, 3])
def test_evidence_and_bias_add_up_to_the_logits(network, n_classes):
    output = build(network, n_classes=n_classes)(*draw())
    assert output.evidence.shape == (5, n_classes, 1, 30)
    torch.testing.assert_close(output.evidence.sum((2, 3)) + output.bias, output.prediction, atol=1e-5, rtol=1e-5)


@every_network
def test_steps_without_a_measurement_have_no_weight_and_no_evidence(network):
    values, observed = draw()
    output = build(network)(values, observed)
    absent = ~observed.any(1)
    pooling = output.maps[0]
    assert pooling.axes == ("case", "time")
    assert (pooling.weights >= 0).all()
    assert (pooling.weights[absent] == 0).all()
    assert (output.evidence[:, :, 0].transpose(1, 2)[absent] == 0).all()


@every_network
def test_what_stands_in_place_of_a_missing_value_does_not_matter(network):
    values, observed = draw()
    module = build(network)
    others = torch.where(observed, values, torch.tensor(1e3))
    torch.testing.assert_close(module(others, observed).prediction, module(values, observed).prediction)


@every_network
@pytest.mark.parametrize("padding", [1, 7, 64])
def test_more_padding_changes_nothing(network, padding):
    if "location" in str(network) or "learned" in str(network):
        pytest.skip("has weights for each position, and none beyond the longest series it was built for")
    values, observed = draw()
    module = build(network)
    plain = module(values, observed)
    padded = module(nn.functional.pad(values, (0, padding)), nn.functional.pad(observed, (0, padding)))
    torch.testing.assert_close(padded.prediction, plain.prediction)
    torch.testing.assert_close(padded.evidence[..., :30], plain.evidence)
    assert (padded.evidence[..., 30:] == 0).all()


@every_network
def test_cases_do_not_see_each_other(network):
    values, observed = draw()
    module = build(network)
    torch.testing.assert_close(module(values[1:2], observed[1:2]).prediction, module(values, observed).prediction[1:2])


@every_network
def test_every_weight_learns(network):
    values, observed = draw()
    module = build(network).train()
    output = module(values, observed)
    losses = output.prediction.square().sum(1)
    (losses.mean() + sum(term(losses) for term in output.terms)).backward()
    idle = [name for name, weight in module.named_parameters() if weight.requires_grad and weight.grad is None]
    if "location" in str(network):  # the keys have no say in it
        idle = [name for name in idle if "W_key" not in name]
    assert not idle


@every_network
@pytest.mark.parametrize("n_steps", [1, 2, 3, 7, 9])
def test_short_series_work(network, n_steps):
    if "local_" in str(network) and n_steps <= SMALL["window"]:
        pytest.skip("a window larger than the series is refused")
    output = build(network, n_steps=n_steps)(*(part[..., :n_steps] for part in draw()))
    assert torch.isfinite(output.prediction).all()
    assert output.evidence.shape[-1] == n_steps


@pytest.mark.parametrize("pooling", ["attention", "capped_attention", "mean"])
def test_attention_weights_sum_to_one_over_the_steps(pooling):
    (weights,) = (part.weights for part in build(Convolutional(width=8, stride=4, pooling=pooling))(*draw()).maps)
    torch.testing.assert_close(weights.sum(1), torch.ones(5))


def test_evidence_is_for_one_class_against_the_others():
    evidence = build(Convolutional(width=8))(*draw()).evidence
    torch.testing.assert_close(evidence.sum(1), torch.zeros(5, 1, 30), atol=1e-6, rtol=0)


def test_one_unit_for_two_classes_is_a_sigmoid():
    z = torch.randn(4, 5, 8)
    score = SigmoidScore(8)
    probability = score(z).softmax(-1)[..., 1]
    torch.testing.assert_close(probability, torch.sigmoid(score.W(z))[..., 0])


def test_a_token_sees_its_receptive_field_and_nothing_else():
    encoder = ConvolutionEncoder(1, width=4, stride=4, kernel=3, dilations=(1, 2)).eval()
    for weight in encoder.parameters():
        nn.init.ones_(weight)  # so that every relu lets everything through
    x = torch.ones(1, 1, 400, requires_grad=True)
    encoder(x, torch.ones(1, 400, dtype=torch.bool)).tokens[0, 50].sum().backward()
    seen = x.grad[0, 0].nonzero()
    assert int(seen.max() - seen.min()) + 1 == encoder.receptive_field
    assert int(seen.min()) <= 50 * 4 < 51 * 4 <= int(seen.max()) + 1


def test_batch_statistics_leave_out_what_is_not_there():
    x = torch.randn(4, 10, 3)
    present = torch.arange(10) < torch.tensor([[10], [4], [7], [1]])
    masked, plain = MaskedBatchNorm(3).train(), nn.BatchNorm1d(3).train()
    torch.testing.assert_close(masked(x, present)[present], plain(x[present]))
    torch.testing.assert_close(masked.running_mean, plain.running_mean)
    torch.testing.assert_close(masked.running_var, plain.running_var)


@every_network
def test_a_gap_is_told_from_a_zero(network):
    values, observed = torch.zeros(1, 2, 30), torch.ones(1, 2, 30, dtype=torch.bool)
    gap = observed.clone()
    gap[:, 0, 10:20] = False
    module = build(network)
    assert not torch.equal(module(values, observed).prediction, module(values, gap).prediction)


def test_the_reference_has_the_weights_of_the_articles_network():
    module = RECIPES["reference"].network.build(n_channels=1, n_classes=2, n_steps=500)
    lstm, dense, score, out = 2 * 4 * (32 * (1 + 32) + 32), 64 * 64 + 64, 64, 64 + 1
    # The article's score has a bias, too, which a softmax cannot see.
    assert sum(weight.numel() for weight in module.parameters() if weight.requires_grad) == lstm + dense + score + out


def test_the_references_first_weights_are_keras():
    lstm = build(Recurrent(hidden=16, sigmoid=True, initial="keras")).encoder.rnn
    torch.testing.assert_close(lstm.weight_hh_l0.T @ lstm.weight_hh_l0, torch.eye(16), atol=1e-5, rtol=1e-5)
    assert lstm.bias_ih_l0[16:32].tolist() == [1.0] * 16


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Convolutional(width=0), r"Convolutional.width is 0; input should be greater than or equal to 1"),
        (Convolutional(dilations=(1, -2)), r"Convolutional.dilations.1 is -2"),
        (Recurrent().set_params(hidden="many"), r"Recurrent.hidden is 'many'"),
    ],
)
def test_options_out_of_range_are_refused(network, message):
    with pytest.raises(OptionError, match=message):
        network.checked()


@pytest.mark.parametrize("name", ["pooling", "score"])
def test_an_unknown_name_is_answered_with_the_names_there_are(name):
    with pytest.raises(OptionError, match=f"{name} 'atention' is unknown, expected one of"):
        dataclasses.replace(Convolutional(), **{name: "atention"}).build(n_channels=1, n_classes=2, n_steps=30)


def test_dropout_falls_on_training_alone():
    module = build(Transformer(**SMALL, dropout=0.5))
    torch.testing.assert_close(module(*draw()).prediction, module(*draw()).prediction)
    module.train()
    assert not torch.equal(module(*draw()).prediction, module(*draw()).prediction)
    certain = build(Transformer(**SMALL, dropout=0.0)).train()
    torch.testing.assert_close(certain(*draw()).prediction, certain(*draw()).prediction)
