"""Series as dictionaries are asked about them: gaps bridged, and which steps count."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from attime.nn.dictionary.views import VIEWS, bridged, span


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
        Which steps were observed; only they choose words.
    """

    values: Float[Tensor, "case channel time"]
    within: Bool[Tensor, "case channel time"]
    counted: Bool[Tensor, "case channel time"]
    _views: dict[str, Tensor] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> Asked:
        """Prepare series; what stands where nothing was observed does not matter."""
        values = torch.where(observed, values, 0)
        return cls(bridged(values, observed), span(observed), observed)

    def view(self, name: str) -> Float[Tensor, "case channel time"]:
        """Return the view of that name in ``VIEWS``."""
        if name not in self._views:
            self._views[name] = VIEWS[name](self.values, self.within)
        return self._views[name]
