"""A part of the cases, gone through block by block, so that what is made of many cases never stands beside all of them.

Where values lie in a file (`attime.data.shards.gathered`), what is made of them comes to lie in a file, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Int
from torch import Tensor

from attime.data import SeriesSet
from attime.data.shards import ArrayFile
from attime.training import Cases

HELD = ("classes", "numbers", "static")  # what is small enough to stay in memory


@dataclass(frozen=True, eq=False)
class Part:
    """Some cases of a set, of which a block at a time is copied.

    Attributes
    ----------
    series
        The set.
    which
        The numbers of the cases, ascending; all if None.
    """

    series: SeriesSet
    which: Int[np.ndarray, " chosen"] | None = None

    def __len__(self) -> int:
        return len(self.series) if self.which is None else len(self.which)

    @property
    def static(self) -> pd.DataFrame | None:
        """The static covariates of the cases."""
        frame = self.series.static
        return frame if frame is None or self.which is None else frame.iloc[self.which].reset_index(drop=True)

    def blocks(self) -> Iterator[SeriesSet]:
        """Yield the cases in their order."""
        if self.which is None:
            yield from self.series.blocks()
            return
        size = len(next(self.series.blocks()))
        for start in range(0, len(self.which), size):
            yield self.series[self.which[start : start + size]]

    def spread(self, n_numbers: int) -> SeriesSet:
        """Return cases at even distances from each other that have about so many steps; all if they have fewer."""
        n_cases = max(1, n_numbers // self.series.n_steps)
        places = np.linspace(0, len(self) - 1, min(n_cases, len(self))).round().astype(int)
        return self.series[places if self.which is None else self.which[places]]


def cases_of(part: Part, cases_of_block: Callable[[SeriesSet], Cases], folder: Path | None) -> Cases:
    """Return the cases of a part as tensors: in memory, or in files of an empty folder."""
    blocks = map(cases_of_block, part.blocks())
    return _in_memory(blocks) if folder is None else _in_files(blocks, folder)


def _in_memory(blocks: Iterator[Cases]) -> Cases:
    first, *others = blocks
    return first.joined(*others) if others else first


def _in_files(blocks: Iterator[Cases], folder: Path) -> Cases:
    folder.mkdir()
    held: list[dict[str, Tensor | None]] = []
    with ExitStack() as opened:
        files = {
            name: opened.enter_context(ArrayFile.new(folder / name, dtype))
            for name, dtype in (("values", np.float32), ("observed", np.bool_), ("times", np.float32))
        }
        for block in blocks:
            for name, file in files.items():
                rows: Tensor | None = getattr(block, name)
                if rows is not None:
                    file.add(rows.numpy())
            held.append({name: getattr(block, name) for name in HELD})
    parts: dict[str, Any] = {name: torch.from_numpy(file.mapped("r+")) for name, file in files.items() if file.shape}
    parts |= {name: _together([block[name] for block in held]) for name in HELD}
    return Cases(**parts)


def _together(parts: list[Tensor | None]) -> Tensor | None:
    known = [part for part in parts if part is not None]
    return torch.cat(known) if known else None
