"""Published accuracies on the archives' own splits, where a table of them lies beside the data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from common import Row

FOLDER = Path("published") / "classification"
SHARE_OF_SETS = 0.9  # a published classifier is compared in the mean only if it has figures on that many of the sets


@dataclass(frozen=True, eq=False)
class Published:
    """Accuracies of shape (set, classifier), NaN where there is none; empty where nothing is known."""

    accuracies: pd.DataFrame

    @classmethod
    def beside(cls, data: Path, archive: str) -> Published:
        """Read ARCHIVE_default_split_accuracy*.csv in the folder of published figures beside the folder of data."""
        paths = sorted((data.resolve().parent / FOLDER).glob(f"{archive}_default_split_accuracy*.csv"))
        tables = [pd.read_csv(path, index_col=0).apply(pd.to_numeric, errors="coerce") for path in paths]
        return cls(pd.concat(tables) if tables else pd.DataFrame())

    def of(self, name: str, columns: tuple[str, ...]) -> Row:
        """Return the chosen columns for one set, and the best of all, as fields of a record."""
        if name not in self.accuracies.index:
            return {}
        found = self.accuracies.loc[name].dropna()
        chosen = {f"published_{column}": float(found[column]) for column in columns if column in found}
        return chosen | {"published_best": float(found.max())}

    def on(self, sets: list[str]) -> pd.DataFrame:
        """Return accuracies of classifiers with figures on most sets, on the sets where all of these have one."""
        known = self.accuracies.loc[[name for name in sets if name in self.accuracies.index]]
        if known.empty:
            return known
        covered = known.notna().mean() >= SHARE_OF_SETS
        return known.loc[:, covered].dropna()

    def best_column(self, sets: list[str]) -> tuple[str, float] | None:
        """Return the classifier with the highest mean accuracy over the sets, and that mean."""
        known = self.on(sets)
        if known.empty or not known.shape[1]:
            return None
        means = known.mean()
        return str(means.idxmax()), float(means.max())
