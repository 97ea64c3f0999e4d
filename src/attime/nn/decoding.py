"""Decoding: let a decoder run free, taking the best step at each time (greedy) or keeping several hypotheses (beam)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from attime.attention import AttentionMap
from attime.errors import OptionError
from attime.nn.outcomes import Tokens
from attime.nn.sequence_to_sequence import Memory, SequenceToSequence


@dataclass(frozen=True, eq=False)
class Written:
    """What a decoder wrote.

    Attributes
    ----------
    steps
        Symbols (case, step), with the end symbol after the end; or numbers (case, step, feature).
    present
        True up to the end symbol, which is still included; numbers have no end.
    log_probability
        Of the whole sequence of symbols in nats; zero for numbers, which have none.
    maps
        Where the decoder looked, the alignment first; empty without attention.
    end
        The symbol that ends a sequence; None for numbers.
    """

    steps: Shaped[Tensor, "case step *feature"]
    present: Bool[Tensor, "case step"]
    log_probability: Float[Tensor, " case"]
    maps: tuple[AttentionMap, ...]

    end: int | None = None

    def as_lists(self) -> list[list[Any]]:
        """Return what was written in each case, without the end: a list of symbols, or of lists of numbers."""
        kept = self.present if self.end is None else self.present & (self.steps != self.end)
        return [steps[there].tolist() for steps, there in zip(self.steps, kept, strict=True)]


@torch.no_grad()
def greedy(
    model: SequenceToSequence,
    source: Shaped[Tensor, "case source_step *source_feature"],
    present: Bool[Tensor, "case source_step"],
    *,
    n_steps: int,
) -> Written:
    """Write the most probable step each time, and read it back; numbers are read back as they are.

    Parameters
    ----------
    model
        It is in evaluation mode meanwhile, and afterwards as it was.
    source, present
        What is read, as in ``SequenceToSequence.forward``.
    n_steps
        Most steps to be written; symbols stop earlier when every case has ended.

    Raises
    ------
    OptionError
        If `n_steps` is below 1.

    Examples
    --------
    >>> from attime.nn import EncoderDecoder
    >>> model = EncoderDecoder(hidden=8).for_numbers(n_source=1, n_target=1).eval()
    >>> greedy(model, torch.randn(4, 20, 1), torch.ones(4, 20, dtype=torch.bool), n_steps=5).steps.shape
    torch.Size([4, 5, 1])
    """
    _check_that_it_is_one_at_least(n_steps, "n_steps")
    with _evaluating(model):
        memory = model.remember(source, present)
        read, steps = model.start(len(source)), []
        end = model.outcome.end if isinstance(model.outcome, Tokens) else None
        ended = torch.zeros(len(source), dtype=torch.bool, device=present.device)
        for number in range(n_steps):
            decoded = model.decode(read, memory, at=number)
            memory = replace(memory, state=decoded.state)
            step = model.outcome.choose(decoded.prediction)
            if end is not None:
                step = step.masked_fill(ended.unsqueeze(1), end)
                ended = ended | (step[:, 0] == end)
            steps.append(step)
            read = model.outcome.read(step)
            if end is not None and bool(ended.all()):
                break
        return _written(model, source, present, torch.cat(steps, dim=1))


@torch.no_grad()
def beam(
    model: SequenceToSequence,
    source: Shaped[Tensor, "case source_step *source_feature"],
    present: Bool[Tensor, "case source_step"],
    *,
    n_steps: int,
    n_beams: int = 4,
    length_penalty: float = 0.0,
) -> Written:
    """Keep the `n_beams` most probable beginnings at each step, and return the best sequence of each case.

    Parameters
    ----------
    model
        One that writes symbols. It is in evaluation mode meanwhile, and afterwards as it was.
    source, present
        What is read, as in ``SequenceToSequence.forward``.
    n_steps
        Most steps to be written.
    n_beams
        Hypotheses kept. One makes it greedy.
    length_penalty
        The a in log p / length^a, by which the last hypotheses are compared: 0 takes the most probable one, 1 the one
        most probable for each of its steps.

    Raises
    ------
    OptionError
        If the model writes numbers, among which there are no hypotheses to choose, `n_steps` or `n_beams` is below 1,
        or `length_penalty` below 0.
    """
    outcome = model.outcome
    if not isinstance(outcome, Tokens):
        raise OptionError("beam search chooses among symbols, but this model writes numbers; use greedy")
    _check_that_it_is_one_at_least(n_steps, "n_steps")
    _check_that_it_is_one_at_least(n_beams, "n_beams")
    if not length_penalty >= 0:
        raise OptionError(f"length_penalty is {length_penalty}, expected 0 or more")
    with _evaluating(model):
        hypotheses = _Hypotheses(model, outcome, model.remember(source, present), n_beams)
        for number in range(n_steps):
            hypotheses.grow(number)
            if hypotheses.all_ended:
                break
        return _written(model, source, present, hypotheses.best(length_penalty))


class _Hypotheses:
    """Beginnings of sequences, `n_beams` for each case, with their log-probabilities."""

    def __init__(self, model: SequenceToSequence, outcome: Tokens, memory: Memory, n_beams: int) -> None:
        self.model, self.outcome, self.n_beams = model, outcome, n_beams
        self.n_cases, device = len(memory.tokens), memory.tokens.device
        self.memory = memory.take(torch.arange(self.n_cases, device=device).repeat_interleave(n_beams))
        self.steps = torch.empty(self.n_cases * n_beams, 0, dtype=torch.long, device=device)
        self.ended = torch.zeros(self.n_cases * n_beams, dtype=torch.bool, device=device)
        # All hypotheses of a case begin alike: only the first of them may grow at first.
        self.log_p = torch.full((self.n_cases, n_beams), float("-inf"), device=device)
        self.log_p[:, 0] = 0.0

    @property
    def all_ended(self) -> bool:
        return bool(self.ended.all())

    def grow(self, number: int) -> None:
        read = self.model.start(len(self.steps)) if number == 0 else self.outcome.read(self.steps[:, -1:])
        decoded = self.model.decode(read, self.memory, at=number)
        log_p = decoded.prediction[:, 0].float().log_softmax(-1)
        n_tokens, end = log_p.shape[-1], self.outcome.end
        # What has ended stays as it is: the end follows with certainty, and nothing else does.
        log_p = log_p.masked_fill(self.ended.unsqueeze(-1), float("-inf"))
        log_p[:, end] = log_p[:, end].masked_fill(self.ended, 0.0)
        total = self.log_p.unsqueeze(-1) + log_p.unflatten(0, (self.n_cases, self.n_beams))
        self.log_p, chosen = total.flatten(1).topk(self.n_beams, dim=-1)
        offset = self.n_beams * torch.arange(self.n_cases, device=chosen.device).unsqueeze(1)
        parent, token = (chosen // n_tokens + offset).flatten(), (chosen % n_tokens).flatten()
        self.memory = replace(self.memory, state=decoded.state[:, parent])
        self.steps = torch.cat([self.steps[parent], token.unsqueeze(1)], dim=1)
        self.ended = self.ended[parent] | (token == end)

    def best(self, length_penalty: float) -> Int[Tensor, "case step"]:
        length = _until_end(self.steps, self.outcome.end).sum(-1).unflatten(0, (self.n_cases, self.n_beams))
        winner = (self.log_p / length**length_penalty).argmax(-1)
        return self.steps.unflatten(0, (self.n_cases, self.n_beams))[
            torch.arange(self.n_cases, device=winner.device), winner
        ]


def _written(
    model: SequenceToSequence,
    source: Shaped[Tensor, "case source_step *source_feature"],
    present: Bool[Tensor, "case source_step"],
    steps: Shaped[Tensor, "case step *feature"],
) -> Written:
    """Say of finished sequences how probable they are and where the decoder looked, all steps at once."""
    if not isinstance(model.outcome, Tokens):
        there = torch.ones(steps.shape[:2], dtype=torch.bool, device=steps.device)
        output = model(source, present, steps, there)
        return Written(steps, there, torch.zeros(len(steps), device=steps.device), output.maps)
    there = _until_end(steps, model.outcome.end)
    output = model(source, present, steps, there)
    log_p = output.prediction.float().log_softmax(-1).gather(-1, steps.unsqueeze(-1)).squeeze(-1)
    return Written(steps, there, (log_p * there).sum(-1), output.maps, model.outcome.end)


@contextmanager
def _evaluating(model: SequenceToSequence) -> Iterator[None]:
    """Let nothing be drawn and no update be counted; afterwards each part is in the mode in which it was."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _check_that_it_is_one_at_least(number: int, name: str) -> None:
    if number < 1:
        raise OptionError(f"{name} is {number}, expected at least 1")


def _until_end(steps: Int[Tensor, "case step"], end: int) -> Bool[Tensor, "case step"]:
    is_end = steps == end
    return is_end.cumsum(-1) - is_end.int() == 0
