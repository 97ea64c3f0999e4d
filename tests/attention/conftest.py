"""Every point of the product score × weighing × scope × heads, for the contract tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from attime.attention import SCOPES, SCORES, WEIGHINGS, Attended, Attention, Capped, MultiHead
from attime.errors import MissingExtraError

D_MODEL = 4


@dataclass(frozen=True)
class Mechanism:
    """One choice of each kind; `n_heads` is 0 for attention that stands alone, without projections."""

    score: str
    weigh: str
    scope: str
    n_heads: int

    def __str__(self) -> str:
        return f"{self.score}-{self.weigh}-{self.scope}-{f'{self.n_heads}heads' if self.n_heads else 'alone'}"

    @property
    def sums_to_one(self) -> bool:
        return WEIGHINGS[self.weigh].sums_to_one

    @property
    def is_hard(self) -> bool:
        return not WEIGHINGS[self.weigh].differentiable

    @property
    def modes(self) -> tuple[bool, ...]:
        """Return whether to train, for all cases in which that makes a difference."""
        return (False, True) if self.is_hard else (False,)

    def build(self, *, n_keys: int = 6, window: int = 2) -> Attention | MultiHead:
        """Return it with the same parameters each time, in eval mode: hard attention draws nothing then."""
        d = D_MODEL // max(self.n_heads, 1)
        torch.default_generator.manual_seed(0)  # torch.manual_seed seeds other devices too, slowly
        try:
            weigh = WEIGHINGS[self.weigh]()
        except MissingExtraError as error:
            pytest.skip(str(error))
        score = SCORES[self.score.removeprefix("capped_")].sized(d_query=d, d_key=d, n_keys=n_keys)
        attend = Attention(
            Capped(score) if self.score.startswith("capped_") else score,
            weigh=weigh,
            scope=SCOPES[self.scope].sized(d_query=d, window=window),
        )
        return (MultiHead(attend, d_model=D_MODEL, n_heads=self.n_heads) if self.n_heads else attend).double().eval()

    def softly(self) -> Mechanism:
        """Return the same with a softmax."""
        return replace(self, weigh="softmax")

    def zeros(self, attend: Attention | MultiHead, attended: Attended) -> Tensor:
        """Return the values of queries that found nothing: zero, and in heads what the last projection adds to it."""
        nothing = torch.zeros_like(attended.values)
        return nothing + attend.W_out.bias if isinstance(attend, MultiHead) else nothing


PRODUCT = [
    Mechanism(*choices) for choices in itertools.product([*SCORES, "capped_additive"], WEIGHINGS, SCOPES, [0, 2])
]


@pytest.fixture(params=PRODUCT, ids=str)
def mechanism(request: pytest.FixtureRequest) -> Mechanism:
    """Give every point of the product."""
    return request.param


@pytest.fixture(params=[mechanism for mechanism in PRODUCT if mechanism.is_hard], ids=str)
def hard_mechanism(request: pytest.FixtureRequest) -> Mechanism:
    """Give those that pick a single key."""
    return request.param


class Draw:
    """Normal numbers in double precision, from a generator of their own."""

    def __init__(self) -> None:
        self.generator = torch.Generator().manual_seed(1)

    def __call__(self, *shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
        return torch.randn(*shape, dtype=dtype, generator=self.generator)


@pytest.fixture
def draw() -> Draw:
    """Give a function from a shape to normal numbers, the same in every run of a test."""
    return Draw()
