"""What decoding promises: greedy takes the best step, beam search finds the best sequence, nothing follows an end."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attime.errors import OptionError
from attime.nn import EncoderDecoder, SequenceToSequence, beam, greedy
from attime.nn.sequence_to_sequence import Decoded
from attime.nn.teacher_forcing import TeacherForcing

END = 1
SCORES = [None, "additive", "dot", "location"]


def writer(*, score: str | None = "additive", n_symbols: int = 3, seed: int = 0, **choices):
    """Return a model with opinions, and a source of two lengths for it to read."""
    torch.manual_seed(seed)
    model = EncoderDecoder(hidden=4, score=score, n_source_steps=8, **choices)
    model = model.for_tokens(n_source=5, n_target=n_symbols, end=END)
    for weight in model.parameters():
        nn.init.normal_(weight)
    return model.eval(), torch.randint(5, (4, 6)), torch.arange(6) < torch.tensor([[6], [4], [5], [6]])


def chain(first: list[float], after: list[list[float]]) -> tuple[SequenceToSequence, torch.Tensor, torch.Tensor]:
    """Return a model that writes a Markov chain: `first` are the probabilities of the first symbol."""
    n_symbols = len(first)
    model = EncoderDecoder(hidden=n_symbols + 1, score=None).for_tokens(n_source=2, n_target=n_symbols, end=END)
    one_hot, log_p = torch.eye(n_symbols + 1), torch.tensor([*after, first]).log()
    model.outcome.embedding.weight.data, model.outcome.start.data = one_hot[:-1], one_hot[-1]
    model.decode = lambda read, memory, *, at=0, asking=None: Decoded(log_p[read.argmax(-1)], memory.state, None)
    return model.eval(), torch.zeros(1, 2, dtype=torch.long), torch.ones(1, 2, dtype=torch.bool)


@torch.no_grad()
def log_probability_by_hand(model, source, present, steps: list[int], case: int) -> tuple[float, int]:
    """Add up the log-probabilities of the steps of one case up to its end, one step after the other."""
    one = slice(case, case + 1)
    memory, read, total = model.remember(source[one], present[one]), model.start(1), 0.0
    for number, step in enumerate(steps):
        decoded = model.decode(read, memory, at=number)
        memory, read = replace(memory, state=decoded.state), model.outcome.read(torch.tensor([[step]]))
        total += float(decoded.prediction[0, 0].log_softmax(-1)[step])
        if step == END:
            return total, number + 1
    return total, len(steps)


def assert_same(one, other):
    assert torch.equal(one.steps, other.steps)
    assert torch.equal(one.present, other.present)
    torch.testing.assert_close(one.log_probability, other.log_probability)
    assert [(m.name, m.axes) for m in one.maps] == [(m.name, m.axes) for m in other.maps]
    for a, b in zip(one.maps, other.maps, strict=True):
        torch.testing.assert_close(a.weights, b.weights)


@pytest.mark.parametrize("scope", ["causal", "local_m"])
def test_a_beam_asks_from_where_it_stands(scope):
    model, source, present = writer(n_symbols=5, scope=scope, window=1)
    assert_same(beam(model, source, present, n_steps=7, n_beams=1), greedy(model, source, present, n_steps=7))


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("seed", range(3))
def test_a_beam_of_one_is_greedy(score, seed):
    model, source, present = writer(score=score, n_symbols=5, seed=seed)
    assert_same(beam(model, source, present, n_steps=7, n_beams=1), greedy(model, source, present, n_steps=7))


@pytest.mark.parametrize("decode", [greedy, beam])
@settings(deadline=None, max_examples=10)
@given(score=st.sampled_from(SCORES), n_steps=st.integers(1, 6), seed=st.integers(0, 999))
def test_what_was_written_is_as_probable_as_its_steps(decode, score, n_steps, seed):
    model, source, present = writer(score=score, seed=seed)
    written = decode(model, source, present, n_steps=n_steps)
    assert written.steps.shape == written.present.shape
    for case, steps in enumerate(written.steps.tolist()):
        log_p, length = log_probability_by_hand(model, source, present, steps, case)
        assert float(written.log_probability[case]) == pytest.approx(log_p, rel=1e-4, abs=1e-5)
        assert written.present[case].tolist() == [number < length for number in range(len(steps))]
        assert set(steps[length:]) <= {END}


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_that_holds_everything_finds_the_most_probable_sequence(score, seed):
    model, source, present = writer(score=score, seed=seed)
    written = beam(model, source, present, n_steps=3, n_beams=27)
    every = torch.tensor(list(product(range(3), repeat=3)))
    for case in range(len(source)):
        with torch.no_grad():
            output = model(source[case].expand(27, -1), present[case].expand(27, -1), every)
        log_p = output.prediction.log_softmax(-1).gather(-1, every.unsqueeze(-1)).squeeze(-1)
        possible = {}
        for steps, of_step in zip(every.tolist(), log_p, strict=True):
            length = steps.index(END) + 1 if END in steps else 3
            possible[tuple(steps[:length])] = float(of_step[:length].sum())  # whatever follows an end is the same
        assert sum(torch.tensor(list(possible.values())).exp()) == pytest.approx(1, abs=1e-4)
        best = max(possible, key=possible.get)
        assert tuple(written.steps[case][written.present[case]].tolist()) == best
        assert float(written.log_probability[case]) == pytest.approx(possible[best], rel=1e-4, abs=1e-5)
    assert (written.log_probability >= greedy(model, source, present, n_steps=3).log_probability - 1e-5).all()


def test_a_beam_escapes_where_greedy_is_led_astray():
    # 0 looks best at first, but what follows it is anybody's guess; after 2 all is certain.
    model, source, present = chain([0.5, 0.1, 0.4], [[0.4, 0.3, 0.3], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    assert greedy(model, source, present, n_steps=2).steps.tolist() == [[0, 0]]
    written = beam(model, source, present, n_steps=2, n_beams=2)
    assert written.steps.tolist() == [[2, END]]
    assert float(written.log_probability.exp()) == pytest.approx(0.4)


@pytest.mark.parametrize(("length_penalty", "best"), [(0.0, [END]), (1.0, [0, 2, END])])
def test_a_length_penalty_speaks_for_longer_sequences(length_penalty, best):
    # The end at once has .4, the best of three steps .6 · .6: less likely as a whole, likelier for each step.
    model, source, present = chain([0.6, 0.4, 0.0], [[0.0, 0.4, 0.6], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    written = beam(model, source, present, n_steps=3, n_beams=9, length_penalty=length_penalty)
    assert written.steps[written.present].tolist() == best
    assert float(written.log_probability.exp()) == pytest.approx(0.4 if best == [END] else 0.36)


def test_what_has_ended_does_not_go_on_and_takes_one_place_of_the_beam():
    model, source, present = chain([0.3, 0.5, 0.2], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    best = beam(model, source, present, n_steps=4, n_beams=2, length_penalty=1.0)
    assert best.steps.tolist() == [[0, 2, END]]  # kept beside the end at once, which has .5
    likeliest = beam(model, source, present, n_steps=4, n_beams=2)
    assert likeliest.steps.tolist() == [[END, END, END]]
    assert likeliest.present.tolist() == [[True, False, False]]


def test_decoding_ends_when_every_case_has_ended():
    model, source, present = chain([0.9, 0.1], [[0.0, 1.0], [0.0, 1.0]])
    assert greedy(model, source, present, n_steps=50).steps.tolist() == [[0, END]]
    assert beam(model, source, present, n_steps=50, n_beams=2).steps.tolist() == [[0, END]]


@pytest.mark.parametrize("decode", [greedy, beam])
def test_cases_are_decoded_each_on_its_own(decode):
    model, source, present = writer(n_symbols=5, seed=3)
    together = decode(model, source, present, n_steps=6)
    for case in range(len(source)):
        alone = decode(model, source[case : case + 1], present[case : case + 1], n_steps=6)
        assert alone.steps[alone.present].tolist() == together.steps[case][together.present[case]].tolist()
        torch.testing.assert_close(alone.log_probability, together.log_probability[case : case + 1])


@pytest.mark.parametrize("n_beams", [1, 2, 3, 5, 40])
def test_beams_of_any_number_work(n_beams):
    model, source, present = writer(n_symbols=3)
    written = beam(model, source, present, n_steps=4, n_beams=n_beams)
    assert torch.isfinite(written.log_probability).all()
    assert written.maps[0].weights.shape == (*written.steps.shape, 6)


def test_numbers_are_read_back_as_they_were_written():
    torch.manual_seed(0)
    model = EncoderDecoder(hidden=4).for_numbers(n_source=2, n_target=3).eval()
    source, present = torch.randn(4, 6, 2), torch.arange(6) < torch.tensor([[6], [4], [5], [6]])
    written = greedy(model, source, present, n_steps=5)
    steps = torch.zeros(4, 0, 3)
    for _ in range(5):  # by hand: append a step that does not matter, predict it, keep the prediction
        steps = torch.cat([steps, torch.zeros(4, 1, 3)], dim=1)
        steps[:, -1] = model(source, present, steps).prediction[:, -1].detach()
    assert written.steps.shape == (4, 5, 3)
    torch.testing.assert_close(written.steps, steps)
    assert written.present.all()
    assert (written.log_probability == 0).all()
    assert written.maps[0].weights.shape == (4, 5, 6)


@pytest.mark.parametrize("decode", [greedy, beam])
@pytest.mark.parametrize("weigh", ["softmax", "gumbel", "reinforce"])
def test_a_model_in_training_decodes_as_it_will_afterwards_and_goes_on_training(decode, weigh):
    model, source, present = writer(n_symbols=5, weigh=weigh)
    model.teacher_forcing = TeacherForcing(first=0.5, last=0.0, updates=4)
    model.eval()
    expected = decode(model, source, present, n_steps=6)
    model.train()
    model.encoder.eval()  # as one does with a part that shall not change
    modes = {name: part.training for name, part in model.named_modules()}
    assert_same(decode(model, source, present, n_steps=6), expected)
    assert {name: part.training for name, part in model.named_modules()} == modes
    assert int(model.teacher_forcing.count) == 0
    assert not expected.maps[0].weights.requires_grad


@pytest.mark.parametrize("decode", [greedy, beam])
def test_an_error_while_decoding_leaves_the_model_in_training(decode, monkeypatch):
    model, source, present = writer()
    monkeypatch.setattr(model, "decode", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        decode(model.train(), source, present, n_steps=3)
    assert all(part.training for part in model.modules())


@pytest.mark.parametrize(
    ("decode", "options", "message"),
    [
        (greedy, {"n_steps": 0}, "n_steps is 0, expected at least 1"),
        (beam, {"n_steps": 0}, "n_steps is 0, expected at least 1"),
        (beam, {"n_steps": 3, "n_beams": 0}, "n_beams is 0, expected at least 1"),
    ],
)
def test_decoding_nothing_is_refused(decode, options, message):
    with pytest.raises(OptionError, match=message):
        decode(*writer(), **options)


def test_a_beam_needs_symbols():
    model = EncoderDecoder(hidden=4).for_numbers(n_source=1, n_target=1)
    with pytest.raises(OptionError, match="this model writes numbers; use greedy"):
        beam(model, torch.zeros(1, 3, 1), torch.ones(1, 3, dtype=torch.bool), n_steps=2)
