"""The description of a classifier that looks up what steps are worth in dictionaries of fixed kernels."""

from __future__ import annotations

from dataclasses import dataclass

from attime.errors import OptionError
from attime.names import pick
from attime.nn.dictionary import FAMILIES, DictionaryClassifier, Sizes
from attime.nn.networks.network import Network
from attime.options import Count

QUICK = ("levels", "levels_of_differences", "values_by_16th", "pairs", "pairs_by_16th")
THOROUGH = (
    *QUICK,
    "levels_of_second_differences",
    "levels_of_sums",
    "levels_of_differences_by_quarter",
    "winners",
    "winners_of_differences",
    "winners_of_second_differences",
    "winners_of_sums",
)


@dataclass
class Dictionary(Network):
    """Fixed kernels over the series; every step chooses a code of each, and what codes are worth is found at once.

    Nothing is trained by gradients: see ``attime.training.fit_dictionary``.

    Parameters
    ----------
    families
        Names in ``attime.nn.dictionary.FAMILIES``; those of pairs are passed over where there is one channel.
    n_dilations
        Distances from tap to tap of the kernels, at most: from one step to where a kernel spans a series.

    Examples
    --------
    >>> module = Dictionary(families=("levels", "winners")).build(n_channels=1, n_classes=2, n_steps=100)
    >>> [family.view for family in module.families]
    ['values', 'values']
    """

    families: tuple[str, ...] = THOROUGH
    n_dilations: Count = 7

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> DictionaryClassifier:
        """Return a classifier whose codes are worth nothing yet; with `gaps` steps in short gaps count.

        Raises
        ------
        OptionError
            If a family is unknown, or all are of pairs and there is one channel.
        """
        sizes = Sizes(n_channels=n_channels, n_classes=n_classes, n_steps=n_steps, n_dilations=self.n_dilations)
        plans = [pick(FAMILIES, name, what="family") for name in self.families]
        families = [plan.build(sizes) for plan in plans if n_channels > 1 or not plan.of_pairs]
        if not families:
            raise OptionError(
                f"Dictionary.families={self.families!r} arrived for series of {n_channels} channels, expected one "
                "family that can look at them; add 'levels'"
            )
        return DictionaryClassifier(families, n_classes=n_classes, reads_gaps=gaps)
