"""The description of several networks as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, cast

from pydantic import InstanceOf

from attime.nn.ensemble import Classifier, Ensemble
from attime.nn.networks.network import Network


@dataclass
class Mixture(Network):
    """Networks whose logits are added up, each as far as it is trusted: what a default classifier may come to.

    Parameters
    ----------
    parts
        Descriptions of the networks.

    Examples
    --------
    >>> from attime.nn import Convolutional, Dictionary
    >>> module = Mixture(parts=(Dictionary(), Convolutional())).build(n_channels=1, n_classes=2, n_steps=50)
    >>> module.trust
    tensor([0.5000, 0.5000])
    """

    parts: tuple[InstanceOf[Network], ...] = ()

    def checked(self) -> Self:
        """Return a copy in which every part is checked."""
        return type(self)(parts=tuple(part.checked() for part in super().checked().parts))

    @property
    def knows_times(self) -> bool:
        """Whether any of the parts makes use of when steps were measured."""
        return any(part.knows_times for part in self.parts)

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> Ensemble:
        """Return new networks that are trusted alike."""
        built = (
            part.build(n_channels=n_channels, n_classes=n_classes, n_steps=n_steps, gaps=gaps) for part in self.parts
        )
        return Ensemble([cast(Classifier, module) for module in built])
