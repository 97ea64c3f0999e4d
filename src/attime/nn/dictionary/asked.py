"""Series as dictionaries are asked about them: gaps bridged, and which steps count."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from attime.nn.dictionary.views import VIEWS, counted
from attime.nn.gaps import bridged, span


@dataclass(frozen=True, eq=False)
class Asked:
    """Series and their views, each of which is worked out once.

    Attributes
    ----------
    values
        With a line across every gap, zero before the first and after the last step observed.
    within
        From the first to the last step observed.
    counted
        Which steps choose words: those observed, and maybe those in short gaps.
    """

    values: Float[Tensor, "case channel time"]
    within: Bool[Tensor, "case channel time"]
    counted: Bool[Tensor, "case channel time"]
    _views: dict[str, Tensor] = field(default_factory=dict, repr=False)
    _stretches: dict[int, Tensor] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        *,
        reads_gaps: bool = False,
    ) -> Asked:
        """Prepare series, of which short gaps count or not; what stands where nothing was observed does not matter."""
        values = torch.where(observed, values, 0)
        return cls(bridged(values, observed), span(observed), counted(observed) if reads_gaps else observed)

    def view(self, name: str) -> Float[Tensor, "case channel time"]:
        """Return the view of that name in ``VIEWS``."""
        if name not in self._views:
            self._views[name] = VIEWS[name](self.values, self.within)
        return self._views[name]

    def stretch(self, n_stretches: int) -> Int[Tensor, "case time"]:
        """Return in which of so many equal parts each step lies; a series ends with the last step of any channel."""
        if n_stretches not in self._stretches:
            steps = torch.arange(1, self.counted.shape[-1] + 1, device=self.counted.device)
            lengths = (self.counted.any(1) * steps).amax(-1, keepdim=True).clamp(min=1)
            self._stretches[n_stretches] = ((steps - 1) * n_stretches // lengths).clamp_(max=n_stretches - 1)
        return self._stretches[n_stretches]

    def n_steps(self, n_stretches: int) -> Float[Tensor, "case channel stretch"]:
        """Return how many steps count in each part."""
        stretch = self.stretch(n_stretches).unsqueeze(1).expand_as(self.counted)
        n_steps = torch.zeros(*self.counted.shape[:2], n_stretches, device=stretch.device)
        return n_steps.scatter_add_(2, stretch, self.counted.float())
