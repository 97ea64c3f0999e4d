"""Pairs of sequences stay together in training, their losses see only what is present, and attention learns of them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attime.errors import DataError
from attime.nn import EncoderDecoder, Output, greedy
from attime.training import Pairs, SquaredError, TokenCrossEntropy, TrainingOptions, run, train
from attime.training.pairs import Target

CPU = torch.device("cpu")
both_losses = pytest.mark.parametrize(
    "loss", [TokenCrossEntropy(), SquaredError()], ids=lambda loss: type(loss).__name__
)


def reversing(n_cases: int, *, seed: int, longest: int = 6) -> Pairs:
    """Draw sequences of the symbols 1 to 5, to be written backwards and ended with 0."""
    generator = torch.Generator().manual_seed(seed)
    length = torch.randint(2, longest + 1, (n_cases, 1), generator=generator)
    step = torch.arange(longest)
    source = torch.randint(1, 6, (n_cases, longest), generator=generator) * (step < length)
    backwards = source.gather(1, (length - 1 - step).clamp(min=0)) * (step < length)
    return Pairs(source, step < length, nn.functional.pad(backwards, (0, 1)), torch.arange(longest + 1) <= length)


def numbered(n_cases: int) -> Pairs:
    """Return pairs whose four parts all tell the number of their case."""
    number = torch.arange(n_cases).unsqueeze(1)
    return Pairs(
        number.expand(-1, 9), torch.arange(9) <= number % 9, number.expand(-1, 4) + 1000, torch.arange(4) <= number % 4
    )


def drawn(loss, *, n_steps: int = 7) -> tuple[torch.Tensor, Target]:
    """Draw predictions of three cases and what they should have been; the last case has nothing that is present."""
    generator = torch.Generator().manual_seed(n_steps)
    prediction = torch.randn(3, n_steps, 4, generator=generator)
    steps = torch.randint(4, (3, n_steps), generator=generator)
    if isinstance(loss, SquaredError):
        steps = torch.randn(3, n_steps, 4, generator=generator)
    return prediction, Target(steps, torch.arange(n_steps) < torch.tensor([[n_steps], [2], [0]]))


@settings(deadline=None, max_examples=30)
@given(n_cases=st.integers(1, 40), size=st.integers(1, 50))
def test_batches_keep_the_parts_of_a_pair_together(n_cases, size):
    pairs = numbered(n_cases)
    for batches in (list(pairs.batches(size, CPU)), list(pairs.shuffled_batches(size, CPU))):
        number = torch.cat([batch.source[:, 0] for batch in batches])
        assert sorted(number.tolist()) == list(range(n_cases))
        assert all(len(batch) <= size for batch in batches)
        assert torch.equal(torch.cat([batch.target[:, 0] for batch in batches]), number + 1000)
        assert torch.equal(torch.cat([batch.source_present for batch in batches]), pairs.source_present[number])
        assert torch.equal(torch.cat([batch.target_present for batch in batches]), pairs.target_present[number])
    in_order = torch.cat([batch.source for batch in pairs.batches(size, CPU)])
    assert torch.equal(in_order, pairs.source)


@pytest.mark.parametrize("which", [slice(3, 6), torch.tensor([5, 0, 5])], ids=["slice", "numbers"])
def test_some_of_the_pairs_are_pairs(which):
    pairs = numbered(10)
    some = pairs.take(which, CPU)
    assert len(some) == 3
    for part, whole in zip(some.inputs, pairs.inputs, strict=True):
        assert torch.equal(part, whole[which])
    assert some.targets.steps is some.target
    assert some.targets.present is some.target_present


def test_cross_entropy_is_what_the_symbols_of_a_case_cost_on_average():
    prediction, target = drawn(TokenCrossEntropy())
    losses = TokenCrossEntropy()(Output(prediction), target).mean(1)
    surprise = [
        [-float(prediction[case, i].log_softmax(-1)[target.steps[case, i]]) for i in range(7)] for case in (0, 1)
    ]
    torch.testing.assert_close(losses, torch.tensor([sum(surprise[0]) / 7, sum(surprise[1][:2]) / 2, 0.0]))


def test_squared_error_is_the_mean_over_steps_and_features():
    prediction, target = drawn(SquaredError())
    losses = SquaredError()(Output(prediction), target).mean(1)
    off = (prediction - target.steps).square()
    torch.testing.assert_close(losses, torch.stack([off[0].mean(), off[1, :2].mean(), torch.tensor(0.0)]))


@both_losses
def test_what_stands_in_padding_costs_nothing_and_teaches_nothing(loss):
    (prediction, target), (longer, garbage) = drawn(loss), drawn(loss, n_steps=12)
    present = nn.functional.pad(target.present, (0, 5))
    longer[present], garbage.steps[present] = prediction[target.present], target.steps[target.present]
    losses = loss(Output(longer.requires_grad_()), Target(garbage.steps, present)).mean(1)
    torch.testing.assert_close(losses, loss(Output(prediction), target).mean(1))
    losses.sum().backward()
    assert (longer.grad[~present] == 0).all()
    assert longer.grad[present].any(-1).all()


@both_losses
def test_half_the_digits_are_enough_to_predict_but_not_to_add_up(loss):
    prediction, target = drawn(loss)
    losses = loss(Output(prediction.bfloat16()), target)
    assert losses.dtype == torch.float32
    torch.testing.assert_close(losses, loss(Output(prediction.bfloat16().float()), target))


def test_pairs_are_made_of_sequences_of_any_length():
    pairs = Pairs.of([[1, 2], [3]], [[2, 1], [3]], end=0)
    assert pairs.source.tolist() == [[1, 2], [3, 0]]
    assert pairs.target.tolist() == [[2, 1, 0], [3, 0, 0]]
    assert pairs.target_present.tolist() == [[True] * 3, [True, True, False]]
    numbers = Pairs.of([torch.zeros(3, 2), torch.zeros(1, 2)], [torch.ones(2, 1), torch.ones(2, 1)])
    assert numbers.source.shape == (2, 3, 2)
    assert numbers.source_present.sum() == 4


@pytest.mark.parametrize(
    ("sources", "targets", "message"),
    [
        ([[1]], [[1], [2]], "1 sources and 2 targets arrived"),
        ([[1], []], [[1], [2]], "the shortest of 0 steps"),
        ([[1.5]], [[1]], r"expected symbols \(step,\) as whole numbers or numbers \(step, feature\)"),
        ([[[1.0]], [[1.0, 2.0]]], [[1], [2]], "the sources cannot be put together"),
        ([["a"]], [[1]], "the sources cannot be put together"),
        ([], [], "the sources cannot be put together"),
        ([[1, 2]], [[1, 0, 2]], "the symbol 0, which ends a target, stands within one"),
        ([[-1]], [[1]], "a symbol below 0 arrived among the sources"),
    ],
)
def test_pairs_that_cannot_be_are_refused(sources, targets, message):
    with pytest.raises(DataError, match=message):
        Pairs.of(sources, targets, end=0)


def test_attention_learns_to_reverse():
    torch.manual_seed(0)
    model = EncoderDecoder(hidden=24).for_tokens(n_source=6, n_target=6)
    options = TrainingOptions(max_epochs=15, batch_size=64, learning_rate=0.01, device="cpu")
    train(model, reversing(1000, seed=1), None, loss=TokenCrossEntropy(), options=options)
    unseen = reversing(200, seed=2)
    written = greedy(model, unseen.source, unseen.source_present, n_steps=7)
    steps = nn.functional.pad(written.steps, (0, 7 - written.steps.shape[1]))
    assert (steps == unseen.target)[unseen.target_present].float().mean() > 0.95
    rows = zip(unseen.source.tolist(), unseen.source_present.sum(1).tolist(), strict=True)
    right = [found == row[:n][::-1] for found, (row, n) in zip(written.as_lists(), rows, strict=True)]
    assert sum(right) > 0.9 * len(right)


@pytest.mark.parametrize("forcing", [1.0, 0.0])
def test_numbers_are_learnt_with_the_truth_and_without_it(forcing):
    torch.manual_seed(0)
    start = torch.rand(128, 1, 1) * 6
    series = torch.sin(start + 0.5 * torch.arange(16).unsqueeze(1))
    there = torch.ones(128, 8, dtype=torch.bool)
    pairs = Pairs(series[:, :8], there, series[:, 8:], there)
    model = EncoderDecoder(hidden=16, teacher_forcing=forcing, forcing_updates=40).for_numbers(n_source=1, n_target=1)
    history = train(
        model,
        pairs,
        pairs,
        loss=SquaredError(),
        options=TrainingOptions(max_epochs=8, batch_size=16, learning_rate=0.02, device="cpu"),
    )
    assert history.validation_loss.min() < 0.05 < history.train_loss[0]
    (output,) = run(model, pairs)
    assert float(SquaredError()(output, pairs.targets).mean()) == pytest.approx(history.validation_loss.min(), rel=1e-4)
    free = greedy(model, pairs.source, pairs.source_present, n_steps=8)
    assert (free.steps - pairs.target).square().mean() < 0.1
