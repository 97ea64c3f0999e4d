"""What every network gives back: a prediction, the attention maps on the way, and the evidence it is the sum of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional as F

from attime.attention import AttentionMap, Term

Evidence = Float[Tensor, "case class channel time"]


@dataclass(frozen=True, eq=False)
class Output:
    """The result of every network; no option changes its type.

    Attributes
    ----------
    prediction
        Logits of a classifier, shape (case, class); of a decoder one row for each step, (case, step, class or feature).
    maps
        Attention weights with named axes.
    terms
        What training should add to the loss, on account of attention that draws or of latent variables.
    evidence_source
        The evidence, or a function that computes it, or None where a network has no such sum; read it through
        `evidence`.
    bias
        The part of each logit that no step brought, the same for every case.
    static_evidence
        What each feature of the static covariates adds to each logit; None where a network gets none.
    """

    prediction: Float[Tensor, "case *step outcome"]
    maps: tuple[AttentionMap, ...] = ()
    terms: tuple[Term, ...] = ()
    evidence_source: Evidence | Callable[[], Evidence] | None = None
    bias: Float[Tensor, " class"] | None = None
    static_evidence: Float[Tensor, "case class feature"] | None = None

    @cached_property
    def evidence(self) -> Evidence | None:
        """What each step adds to each logit; computed when first read.

        Summed over channel and time, and with `bias` and `static_evidence`, it is the prediction. The channel axis has
        one entry where the network mixes the channels before it judges.
        """
        return self.evidence_source() if callable(self.evidence_source) else self.evidence_source


def tokens_to_steps(
    tokens: Float[Tensor, "*axes token"], present: Bool[Tensor, "case time"], stride: int
) -> Float[Tensor, "*axes time"]:
    """Share what a token has equally among the steps it stands for, so that sums over time stay the same.

    Token i stands for the steps i·stride … (i+1)·stride − 1; those that are not present get nothing.

    Parameters
    ----------
    tokens
        One number for each token; the first axis is the case.
    present
        Which steps exist: False for padding and for steps with no measurement.
    stride
        Steps for each token.

    Examples
    --------
    >>> import torch
    >>> present = torch.tensor([[True, True, True, False]])
    >>> tokens_to_steps(torch.tensor([[1.0, 1.0]]), present, stride=2).tolist()
    [[0.5, 0.5, 1.0, 0.0]]
    """
    n_steps = present.shape[-1]
    cells = F.pad(present, (0, -n_steps % stride)).unflatten(-1, (-1, stride))
    share = cells / cells.sum(-1, keepdim=True).clamp(min=1)
    share = share.reshape(share.shape[0], *[1] * (tokens.ndim - 2), *share.shape[1:])
    return (tokens.unsqueeze(-1) * share).flatten(-2)[..., :n_steps]


def steps_to_tokens(present: Bool[Tensor, "case time"], stride: int) -> Bool[Tensor, "case token"]:
    """Return which tokens stand for at least one step that is present.

    Examples
    --------
    >>> import torch
    >>> steps_to_tokens(torch.tensor([[True, False, False, False, False]]), stride=2).tolist()
    [[True, False, False]]
    """
    return F.pad(present, (0, -present.shape[-1] % stride)).unflatten(-1, (-1, stride)).any(-1)
