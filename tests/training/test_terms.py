"""What an attention asks training to add to the loss is added, in training as it should, and not at prediction."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from attime.attention import DivergenceTerm
from attime.attention.terms import MovingBaseline
from attime.nn import Convolutional, EncoderDecoder, Output, Recurrent, Transformer
from attime.nn.transformer import TransformerEncoder
from attime.training import Cases, CrossEntropy, Pairs, TokenCrossEntropy, TrainingOptions, run, train

HARD = [
    Convolutional(width=8, weigh="reinforce"),
    Recurrent(hidden=4, weigh="reinforce"),
    Transformer(d_model=8, n_heads=2, n_layers=1, weigh="reinforce"),
]

every_hard_network = pytest.mark.parametrize("description", HARD, ids=lambda description: type(description).__name__)
CPU = torch.device("cpu")


def choosing(network: nn.Module) -> list[nn.Parameter]:
    """Return the weights that the energies are made of, and nothing else is."""
    if isinstance(network.encoder, TransformerEncoder):
        attend = network.encoder.layers[0].attend
        return [attend.W_query.weight, attend.W_key.weight]
    return list(network.pooling.step_weights.attention.score.parameters())


def make_cases(n_cases: int = 48) -> Cases:
    """Noise, to which class 1 has a bump added."""
    generator = torch.Generator().manual_seed(0)
    classes = torch.arange(n_cases) % 2
    values = 0.3 * torch.randn(n_cases, 1, 24, generator=generator)
    values[:, 0, 8:14] += 2.0 * classes.unsqueeze(1)
    return Cases(values, torch.ones(n_cases, 1, 24, dtype=torch.bool), classes)


def build(description) -> nn.Module:
    torch.manual_seed(0)
    return description.build(n_channels=1, n_classes=2, n_steps=24)


def plainly(**options) -> TrainingOptions:
    """Return options with which nothing but the gradient moves a weight."""
    return TrainingOptions(**{"weight_decay": 0.0, "schedule": "constant", "device": "cpu", **options})


class Narrow(nn.Module):
    """Predicts nothing, and has a divergence w² for each case."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight, self.w = weight, nn.Parameter(torch.tensor(1.0))

    def forward(self, values, observed) -> Output:
        divergence = self.w.square().expand(len(values), 3) / 3  # for three queries
        return Output(torch.zeros(len(values), 2), terms=(DivergenceTerm(divergence, self.weight),))


@pytest.mark.parametrize("weight", [0.0, 0.5, 2.0])
def test_a_divergence_counts_with_its_weight(weight):
    network = Narrow(weight)
    options = plainly(max_epochs=1, batch_size=48, learning_rate=0.01)
    history = train(network, make_cases(), make_cases(), loss=CrossEntropy(), options=options)
    assert history.train_loss[0] == pytest.approx(math.log(2) + weight * 1.0)
    assert history.validation_loss[0] == pytest.approx(math.log(2) + weight * float(network.w.detach()) ** 2)
    assert float(network.w.detach()) == pytest.approx(0.99 if weight else 1.0, abs=1e-4)


def test_terms_add_up():
    class Both(Narrow):
        def forward(self, values, observed) -> Output:
            output = super().forward(values, observed)
            return Output(output.prediction, terms=(*output.terms, *output.terms))

    history = train(Both(0.5), make_cases(), None, loss=CrossEntropy(), options=plainly(max_epochs=1, batch_size=48))
    assert history.train_loss[0] == pytest.approx(math.log(2) + 2 * 0.5)


@every_hard_network
def test_hard_attention_learns_by_its_term_alone(description):
    cases, network = make_cases(), build(description).train()
    output = network(*cases.inputs)
    losses = CrossEntropy()(output, cases.targets)
    losses.mean().backward(retain_graph=True)
    assert all(weight.grad is None for weight in choosing(network))
    sum(term(losses) for term in output.terms).backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in choosing(network))


@every_hard_network
def test_training_moves_what_chooses_and_keeps_count_of_what_choices_cost(description):
    network = build(description)
    before = [weight.detach().clone() for weight in choosing(network)]
    (baseline,) = (part for part in network.modules() if isinstance(part, MovingBaseline))
    assert not baseline.started
    train(network, make_cases(), None, loss=CrossEntropy(), options=plainly(max_epochs=3, learning_rate=0.01))
    assert all((weight - old).abs().max() > 1e-3 for weight, old in zip(choosing(network), before, strict=True))
    assert baseline.started
    assert 0 < float(baseline.value) < 2 * math.log(2)
    restored = build(description)
    restored.load_state_dict(network.state_dict())
    torch.testing.assert_close(restored.state_dict(), network.state_dict())


@every_hard_network
def test_nothing_is_drawn_or_counted_at_prediction(description):
    network, cases = build(description), make_cases()
    state = {name: part.clone() for name, part in network.state_dict().items()}
    (first,), (second,) = run(network, cases), run(network, cases)
    assert first.terms == second.terms == ()
    assert torch.equal(first.prediction, second.prediction)
    torch.testing.assert_close(dict(network.state_dict()), state)


@every_hard_network
def test_the_history_tells_what_predictions_cost_and_not_the_surrogate(description):
    losses = []

    class Watched(CrossEntropy):
        def __call__(self, output, targets):
            losses.append(super().__call__(output, targets))
            return losses[-1]

    history = train(build(description), make_cases(), None, loss=Watched(), options=plainly(max_epochs=1))
    assert history.train_loss[0] == pytest.approx(float(torch.cat(losses).mean().detach()), rel=1e-5)


def test_padding_of_the_target_chooses_nothing():
    model = EncoderDecoder(hidden=8, weigh="reinforce").for_tokens(n_source=5, n_target=5).train()
    source, there = torch.randint(5, (3, 4)), torch.ones(3, 4, dtype=torch.bool)
    present = torch.tensor([[True, True, False, False]]).expand(3, -1)
    (term,) = model(source, there, source, present).terms
    assert (term.log_probability[:, :2] != 0).all()
    assert (term.log_probability[:, 2:] == 0).all()
    assert (term.entropy[:, 2:] == 0).all()


def test_the_baseline_is_what_batches_cost_lately():
    network, cases, losses = build(HARD[0]), make_cases(), []

    class Watched(CrossEntropy):
        def __call__(self, output, targets):
            of_cases = super().__call__(output, targets)
            losses.append(float(of_cases.detach().mean()))
            return of_cases

    train(network, cases, None, loss=Watched(), options=plainly(max_epochs=2, batch_size=16))
    expected = losses[0]
    for loss in losses[1:]:
        expected = 0.9 * expected + 0.1 * loss
    assert len(losses) == 6
    assert float(network.pooling.step_weights.attention.weigh.baseline.value) == pytest.approx(expected, rel=1e-5)


def test_hard_attention_learns_where_to_look():
    torch.manual_seed(0)
    source, there = torch.randint(5, (640, 4)), torch.ones(640, 4, dtype=torch.bool)
    pairs = Pairs(source, there, source.flip(1), there)
    description = EncoderDecoder(hidden=8, score="location", weigh="reinforce", n_source_steps=4)
    model = description.for_tokens(n_source=5, n_target=6, end=5)
    for weight in model.W_state.parameters():  # all that the decoder knows of the source is what it looks at
        nn.init.zeros_(weight).requires_grad_(False)
    options = TrainingOptions(max_epochs=30, batch_size=64, learning_rate=0.02, device="cpu")
    train(model, pairs.take(slice(512), CPU), None, loss=TokenCrossEntropy(), options=options)
    unseen = pairs.take(slice(512, None), CPU)
    (output,) = run(model, unseen)
    backwards = torch.eye(4).flip(0).expand(128, -1, -1)
    assert (output.prediction.argmax(-1) == unseen.target).float().mean() > 0.9  # by chance: .2
    assert (output.maps[0].weights * backwards).sum(-1).mean() > 0.9  # by chance: .25


@settings(deadline=None, max_examples=30)
@given(
    weights=st.lists(st.floats(0.01, 100), min_size=4, max_size=4),
    classes=st.lists(st.integers(0, 3), min_size=1, max_size=20),
)
def test_the_mean_of_weighted_losses_is_a_weighted_mean(weights, classes):
    targets, of_class = torch.tensor(classes), torch.tensor(weights)
    prediction = torch.randn(len(classes), 4, generator=torch.Generator().manual_seed(0))
    losses = CrossEntropy(of_class)(Output(prediction), targets)
    assert losses.shape == (len(classes),)
    torch.testing.assert_close(losses.mean(), F.cross_entropy(prediction, targets, weight=of_class))
    torch.testing.assert_close(
        CrossEntropy()(Output(prediction), targets), F.cross_entropy(prediction, targets, reduction="none")
    )
