"""What all descriptions of networks share: they build a network once the data are known.

A description is a plain dataclass. It can be printed, compared, written to JSON, and searched over by
``GridSearchCV`` through ``network__width`` and the like.
"""

from __future__ import annotations

from torch import nn

from attime.options import Options


class Network(Options):
    """What all descriptions of networks share."""

    @property
    def knows_times(self) -> bool:
        """Whether it makes a difference to the network when steps were measured, not only in which order."""
        return False

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> nn.Module:
        """Return a new network with random weights.

        Parameters
        ----------
        n_channels, n_classes, n_steps
            Sizes of the series, and the number of classes.
        gaps
            Whether values are missing in the midst of series; the network then sees where.
        """
        raise NotImplementedError


def stride_for(n_steps: int) -> int:
    """Return the steps for each token that leave about 50 tokens or more: 8, 4, 2 or 1.

    Examples
    --------
    >>> stride_for(500), stride_for(100), stride_for(50)
    (8, 2, 1)
    """
    return next((stride for stride in (8, 4, 2) if n_steps / stride >= 50), 1)
