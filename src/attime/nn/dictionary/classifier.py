"""A classifier without hidden layers: logit_c = b_c + Σ_t Σ_books worth(word that step t chose, c) / steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.dictionary.asked import Asked
from attime.nn.dictionary.family import Family
from attime.nn.dictionary.views import counted
from attime.nn.gaps import credited
from attime.nn.output import Output

ANSWERS_AT_ONCE = 2**20


class DictionaryClassifier(nn.Module):
    """Every step looks up what its words are worth; their mean over the steps are the logits.

    So evidence is not taken apart afterwards: each step's share is what was added up. Words are chosen by fixed
    kernels; what they are worth is found in closed form (``attime.training.fit_dictionary``).

    Parameters
    ----------
    families
        The codebooks, by view.
    n_classes
        Number of classes.
    reads_gaps
        Whether steps in short gaps count, along a line. Of use where training cases have gaps: a model that has seen
        none does not know what lines look like, and what is hidden from it should say nothing.
    """

    bias: Float[Tensor, " class"]
    has_gradient = False  # of the logits by the values: a step keeps its words until it chooses others

    def __init__(self, families: Sequence[Family], *, n_classes: int, reads_gaps: bool = False) -> None:
        super().__init__()
        self.reads_gaps = reads_gaps
        self.families: Iterable[Family] = nn.ModuleList(families)  # type: ignore[assignment]
        self.register_buffer("bias", torch.zeros(n_classes))

    def learn(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> None:
        """Take from the training cases what is not learnt from labels: where the levels of a codebook lie."""
        parts = self._parts(values, observed)
        for family in self.families:
            family.learn(parts)

    def cases_at_once(self, values: Float[Tensor, "case channel time"]) -> int:
        """Return how many cases to look at in one go: so many that what kernels answer stays near the processor."""
        n_kernels = max(len(book.kernels) for family in self.families for book in family.codebooks)
        return max(1, ANSWERS_AT_ONCE // (n_kernels * values.shape[1] * values.shape[2]))

    def favour(self, logs: Float[Tensor, " class"]) -> None:
        """Add to the bias: classes that count for more, or are more frequent than in training, by their log weights."""
        self.bias.add_(logs - logs.mean())

    @torch.no_grad()
    def sharpen(self, factor: float) -> None:
        """Multiply all logits, and with them evidence and bias."""
        self.bias.mul_(factor)
        for family in self.families:
            for worth in family.worth:
                worth.mul_(factor)

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Output:
        """Classify series; every step counts the same, one in a short gap through those on either side of it.

        Parameters
        ----------
        values
            The series; what stands where nothing was observed does not matter, as long as it is a finite number.
        observed
            False for padding and missing values.
        times
            Not used.
        """
        parts = self._parts(values, observed)
        return Output(
            prediction=self.bias + torch.cat([self._logits(part) for part in parts]),
            maps=(AttentionMap("pooling", lambda: self._weights(observed), ("case", "time")),),
            evidence_source=lambda: credited(torch.cat([self._evidence(part) for part in parts]), observed),
            bias=self.bias,
        )

    def _parts(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> list[Asked]:
        if torch.compiler.is_exporting():  # the number of cases is not known
            return [self.ask(values, observed)]
        size = self.cases_at_once(values)
        return [self.ask(*part) for part in zip(values.split(size), observed.split(size), strict=True)]

    def ask(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> Asked:
        """Return series as dictionaries are asked about them."""
        return Asked.of(values, observed, reads_gaps=self.reads_gaps)

    def _logits(self, asked: Asked) -> Float[Tensor, "case class"]:
        if torch.compiler.is_exporting():  # graphs cannot count words, but they can add up evidence
            return self._evidence(asked).sum((2, 3))
        with torch.autocast(asked.values.device.type, enabled=False):  # half the digits may choose another word
            # One after the other, for how a stack is summed goes by where a case stands among the others.
            first, *others = (family.logits(asked) for family in self.families)
            return sum(others, first)

    def _evidence(self, asked: Asked) -> Float[Tensor, "case class channel time"]:
        with torch.autocast(asked.values.device.type, enabled=False):
            first, *others = (family.evidence(asked) for family in self.families)
            return sum(others, first)

    def _weights(self, observed: Bool[Tensor, "case channel time"]) -> Float[Tensor, "case time"]:
        """Return the share that each step has in the mean over the steps, and over the channels that have any."""
        chosen = counted(observed) if self.reads_gaps else observed
        shares = credited((chosen / chosen.sum(-1, keepdim=True).clamp(min=1)).unsqueeze(1), observed).sum((1, 2))
        return shares / chosen.any(-1).sum(-1, keepdim=True).clamp(min=1)
