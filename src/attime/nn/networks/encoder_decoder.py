"""The description of an encoder–decoder: what to build, with which attention or none, for symbols or for numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import nn

from attime.attention import Attention
from attime.nn.networks.by_name import attention
from attime.nn.outcomes import Numbers, Outcome, Tokens
from attime.nn.recurrent import CELLS, RecurrentEncoder
from attime.nn.sequence_to_sequence import SequenceToSequence
from attime.nn.teacher_forcing import TeacherForcing
from attime.options import Count, Options, Probability


@dataclass
class EncoderDecoder(Options):
    """A recurrent encoder both ways, and a recurrent decoder.

    Parameters
    ----------
    hidden
        Units of the decoder, and of the two directions of the encoder taken together.
    cell
        Of the encoder: ``"lstm"`` or ``"gru"``.
    score
        How the decoder looks at the source: a name in ``attime.attention.SCORES``; None for no attention, so that all
        of the source must fit into the first state.
    weigh, scope
        Names in ``attime.attention.WEIGHINGS`` and ``SCOPES``.
    window
        Steps to either side that a local scope reaches.
    n_source_steps
        Longest source, for a score that must know it (``"location"``).
    teacher_forcing
        Share of true steps the decoder is fed at the end of its schedule; it begins with 1.
    forcing_updates, forcing_shape
        Length and shape of that schedule: see ``TeacherForcing``.

    Examples
    --------
    >>> model = EncoderDecoder(hidden=32, score="dot").for_tokens(n_source=12, n_target=20, end=0)
    >>> type(model.attention.score).__name__
    'Dot'
    >>> EncoderDecoder(score=None).for_numbers(n_source=1, n_target=1).attention is None
    True
    """

    hidden: Count = 64
    cell: Literal["lstm", "gru"] = "gru"
    score: str | None = "additive"
    weigh: str = "softmax"
    scope: str = "global"
    window: Count = 10
    n_source_steps: Count = 512
    teacher_forcing: Probability = 1.0
    forcing_updates: Count = 1000
    forcing_shape: str = "linear"

    def for_tokens(self, *, n_source: int, n_target: int, end: int = 0) -> SequenceToSequence:
        """Return a new model from symbols to symbols.

        Parameters
        ----------
        n_source, n_target
            Number of different symbols on either side.
        end
            The symbol that ends a target.
        """
        options = self.checked()
        return options._build(nn.Embedding(n_source, options.hidden), Tokens(n_target, width=options.hidden, end=end))

    def for_numbers(self, *, n_source: int, n_target: int) -> SequenceToSequence:
        """Return a new model from series of `n_source` features to series of `n_target` features."""
        options = self.checked()
        return options._build(nn.Linear(n_source, options.hidden), Numbers(n_target, width=options.hidden))

    def _build(self, embed: nn.Module, outcome: Outcome) -> SequenceToSequence:
        encoder = RecurrentEncoder(self.hidden, hidden=max(1, self.hidden // 2), cell=CELLS[self.cell])
        return SequenceToSequence(
            embed,
            encoder,
            outcome,
            hidden=self.hidden,
            attention=self._attention(encoder.width),
            teacher_forcing=TeacherForcing(
                last=self.teacher_forcing, updates=self.forcing_updates, shape=self.forcing_shape
            ),
        )

    def _attention(self, width: int) -> Attention | None:
        if self.score is None:
            return None
        return attention(
            self.score,
            weigh=self.weigh,
            scope=self.scope,
            d_query=self.hidden,
            d_key=width,
            n_keys=self.n_source_steps,
            window=self.window,
        )
