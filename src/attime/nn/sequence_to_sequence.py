"""Sequence to sequence: an encoder reads the source, a decoder writes the target, attention looks back at every step.

Without attention all that the decoder ever knows of the source is one vector of fixed size, its first state. Both are
here the same model but for the context, so that the difference can be measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from attime.attention import Attended, Attention, AttentionMap, ChoiceTerm, MultiHead, Term
from attime.attention.batchwide import own_rows, whole_size
from attime.nn.encoder import Encoder
from attime.nn.outcomes import Outcome
from attime.nn.output import Output, steps_to_tokens, tokens_to_steps
from attime.nn.teacher_forcing import TeacherForcing


@dataclass(frozen=True, eq=False)
class Memory:
    """What the decoder knows of the source: its tokens, which of them are present, and the summary it starts from."""

    tokens: Float[Tensor, "case token width"]
    present: Bool[Tensor, "case token"]
    state: Float[Tensor, "layer case hidden"]
    maps: tuple[AttentionMap, ...]
    terms: tuple[Term, ...]

    def take(self, which: Shaped[Tensor, " chosen"]) -> Memory:
        """Return some of the cases, in this order, for decoding: without maps and terms."""
        return Memory(self.tokens[which], self.present[which], self.state[:, which], (), ())


@dataclass(frozen=True, eq=False)
class Decoded:
    """Some steps of the decoder: what it predicts, its state after the last of them, and where it looked, if it did."""

    prediction: Float[Tensor, "case step outcome"]
    state: Float[Tensor, "layer case hidden"]
    attended: Attended | None


class SequenceToSequence(nn.Module):
    """An encoder and a decoder, with or without attention.

        s_0 = tanh(W_s [h_first; h_last])        s_t = GRU(y_{t−1}, s_{t−1})
        c_t = attention(s_t, h)                  y_t = write(tanh(W_c [c_t; s_t]))

    h are the tokens of the encoder. The order state, then attention, then prediction is that of Luong et al. 2015
    (https://arxiv.org/abs/1508.04025), equation 5, without feeding the context to the next state; so all steps of a
    target that is known are computed at once. With an additive score the attention is that of Bahdanau et al. 2015
    (https://arxiv.org/abs/1409.0473), but for the query, which is there s_{t−1}.

    Parameters
    ----------
    embed
        From the source, (case, step) or (case, step, feature), to features (case, step, feature).
    encoder
        From those features to tokens.
    outcome
        What the decoder writes: ``Tokens`` or ``Numbers``.
    hidden
        Units of the decoder, and features that the outcome reads and writes.
    attention
        How a state of the decoder (`hidden` features) looks at the tokens of the encoder; None for none.
    teacher_forcing
        How often the decoder is fed the true step in training; always if not given. When it is handed a target in
        evaluation it is always fed the truth, which gives the likelihood of the target; ``decoding`` lets it run free.

    Examples
    --------
    >>> from attime.attention import Additive
    >>> from attime.nn.outcomes import Tokens
    >>> from attime.nn.recurrent import RecurrentEncoder
    >>> encoder = RecurrentEncoder(8, hidden=16)
    >>> model = SequenceToSequence(
    ...     nn.Embedding(10, 8), encoder, Tokens(6, width=32), hidden=32, attention=Attention(Additive(32, 32))
    ... )
    >>> source, target = torch.randint(10, (4, 7)), torch.randint(6, (4, 5))
    >>> output = model(source, torch.ones(4, 7, dtype=torch.bool), target)
    >>> output.prediction.shape, output.maps[0].weights.shape  # case, step, logit; case, query, key
    (torch.Size([4, 5, 6]), torch.Size([4, 5, 7]))
    """

    def __init__(
        self,
        embed: nn.Module,
        encoder: Encoder,
        outcome: Outcome,
        *,
        hidden: int,
        attention: Attention | MultiHead | None = None,
        teacher_forcing: TeacherForcing | None = None,
    ) -> None:
        super().__init__()
        self.embed, self.encoder, self.outcome = embed, encoder, outcome
        self.attention = attention
        self.teacher_forcing = teacher_forcing or TeacherForcing()
        self.W_state = nn.Linear(2 * encoder.width, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.W_context = nn.Linear(hidden + (encoder.width if attention is not None else 0), hidden)

    def forward(
        self,
        source: Shaped[Tensor, "case source_step *source_feature"],
        present: Bool[Tensor, "case source_step"],
        target: Shaped[Tensor, "case step *feature"],
        target_present: Bool[Tensor, "case step"] | None = None,
    ) -> Output:
        """Predict each step of the target, given the source and the steps before it.

        Parameters
        ----------
        source
            What is read: numbers of symbols, or features.
        present
            False for padding of the source.
        target
            What is to be written. In steps that are padding, here and in the source, any symbol or finite number will
            do.
        target_present
            False for padding of the target, which then does not attend; all of it is present if not given.
        """
        memory = self.remember(source, present)
        share = self.teacher_forcing.next_share() if self.training else 1.0
        if share == 1:
            decoded = self.decode(self._shifted(target), memory, asking=target_present)
            if decoded.attended is not None:
                attended = replace(decoded.attended, terms=_charged_by_step(decoded.attended.terms))
                decoded = replace(decoded, attended=attended)
        else:
            decoded = self._decode_sampling(target, target_present, memory, share)
        return self._output(decoded, memory, present)

    def remember(
        self,
        source: Shaped[Tensor, "case source_step *source_feature"],
        present: Bool[Tensor, "case source_step"],
    ) -> Memory:
        """Read the source."""
        features = self.embed(source) * present.unsqueeze(-1)
        encoded = self.encoder(features.mT, present)
        tokens, there = encoded.tokens, steps_to_tokens(present, self.encoder.stride)
        position = torch.arange(tokens.shape[1], device=tokens.device)
        case = torch.arange(tokens.shape[0], device=tokens.device)
        first, last = there.int().argmax(-1), (position * there).amax(-1)
        state = torch.tanh(self.W_state(torch.cat([tokens[case, first], tokens[case, last]], dim=-1)))
        return Memory(tokens, there, state.unsqueeze(0), encoded.maps, encoded.terms)

    def start(self, n_cases: int) -> Float[Tensor, "case 1 hidden"]:
        """Return what the decoder reads before it has written anything."""
        return self.outcome.start.expand(n_cases, 1, -1)

    def decode(
        self,
        read: Float[Tensor, "case step hidden"],
        memory: Memory,
        *,
        at: int = 0,
        asking: Bool[Tensor, "case step"] | None = None,
    ) -> Decoded:
        """Run the decoder from the state in `memory` over steps whose inputs are known, the first of them step `at`."""
        states, last = self.gru(read, memory.state)
        attended, features = None, states
        if self.attention is not None:
            steps = torch.arange(at, at + read.shape[1], device=read.device)
            attended = self.attention(states, memory.tokens, present=memory.present, asking=asking, at=steps)
            features = torch.cat([attended.values, states], dim=-1)
        return Decoded(self.outcome.write(torch.tanh(self.W_context(features))), last, attended)

    def _shifted(self, target: Shaped[Tensor, "case step *feature"]) -> Float[Tensor, "case step hidden"]:
        return torch.cat([self.start(len(target)), self.outcome.read(target[:, :-1])], dim=1)

    def _decode_sampling(
        self,
        target: Shaped[Tensor, "case step *feature"],
        present: Bool[Tensor, "case step"] | None,
        memory: Memory,
        share: float,
    ) -> Decoded:
        """Decode step by step; each step and case is fed the truth with probability `share`, else what was written."""
        truth = self.outcome.read(target)
        read, parts = self.start(len(target)), []
        for step in range(target.shape[1]):
            asking = None if present is None else present[:, step : step + 1]
            part = self.decode(read, memory, at=step, asking=asking)
            memory = replace(memory, state=part.state)
            parts.append(part)
            written = self.outcome.read(self.outcome.choose(part.prediction))
            forced = own_rows(torch.rand(whole_size(len(target)), 1, 1, device=truth.device)) < share
            read = torch.where(forced, truth[:, step : step + 1], written)
        return Decoded(torch.cat([part.prediction for part in parts], dim=1), memory.state, joined(parts))

    def _output(self, decoded: Decoded, memory: Memory, present: Bool[Tensor, "case source_step"]) -> Output:
        if decoded.attended is None:
            return Output(decoded.prediction, memory.maps, memory.terms)
        attended, stride = decoded.attended, self.encoder.stride
        heads = ("head",) if isinstance(self.attention, MultiHead) else ()
        alignment = AttentionMap(
            "alignment",
            lambda: tokens_to_steps(attended.weights, present, stride),  # both axes count steps, whatever the encoder
            ("case", *heads, "query", "key"),
        )
        return Output(decoded.prediction, (alignment, *memory.maps), (*attended.terms, *memory.terms))


def _charged_by_step(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Charge choices with their own step: where the true steps are read, one choice does not bear on another's step."""
    return tuple(replace(term, own_step=True) if isinstance(term, ChoiceTerm) else term for term in terms)


def joined(parts: list[Decoded]) -> Attended | None:
    """Return the attention of steps that were decoded one by one; None where there was none."""
    every = [part.attended for part in parts if part.attended is not None]
    if not every:
        return None
    return Attended(
        torch.cat([attended.values for attended in every], dim=1),
        lambda: torch.cat([attended.weights for attended in every], dim=-2),
        _of_all_steps([term for attended in every for term in attended.terms]),
    )


def _of_all_steps(terms: list[Term]) -> tuple[Term, ...]:
    """Make one term of the choices of all steps: their baseline may learn of a batch once, and after all of them."""
    choices = [term for term in terms if isinstance(term, ChoiceTerm)]
    others = tuple(term for term in terms if not isinstance(term, ChoiceTerm))
    if not choices:
        return others
    log_probability = torch.cat([choice.log_probability for choice in choices], dim=-1)
    entropy = torch.cat([choice.entropy for choice in choices], dim=-1)
    return replace(choices[0], log_probability=log_probability, entropy=entropy), *others
