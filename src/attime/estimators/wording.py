"""What stands in model files, as words for people: numbers, lists of names, and the course of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from attime.persistence import ModelFile
from attime.training import History

MOST_NAMES = 12
NOT_KEPT = "not kept in this file"
Rows = dict[str, str]


@dataclass(frozen=True)
class Facts:
    """What is known: tables of a label and a value by heading, and what to know before the model is used."""

    tables: Mapping[str, Rows]
    limits: tuple[str, ...]


def course(histories: tuple[History, ...]) -> Rows:
    """Return how long each network was trained, why that ended, and what its loss came to."""
    rows = {}
    for number, part in enumerate(histories, start=1):
        seconds = f"{float(np.sum(part.seconds)):.3g} s"
        course = f"{part.n_epochs:,} epochs, {part.ended}; epoch {part.best_epoch + 1:,} was kept; {seconds}; loss "
        losses = f"{part.train_loss[0]:.4g} at first, {part.train_loss[-1]:.4g} at last" if part.n_epochs else ""
        rows[f"network {number}"] = course + losses if part.n_epochs else f"in closed form, {seconds}"
    return rows


def held_out(history: History) -> Rows:
    """Return the loss on cases that were not learnt from, where there is one."""
    if history.n_epochs == 0:
        return {"loss on cases left out": number(history.train_loss[-1])} if len(history.train_loss) else {}
    if not len(history.validation_loss):
        return {}
    return {"loss on cases held out": number(history.validation_loss[history.best_epoch])}


def size(file: ModelFile) -> str:
    """Count the numbers in the network."""
    return f"{sum(part.numel() for name, part in file.tensors.items() if name.startswith('module.')):,}"


def count(number: int | None) -> str:
    """Write a number, or say that older files do not tell it."""
    return NOT_KEPT if number is None else f"{number:,}"


def counted(number: int, word: str) -> str:
    """Write how many there are of something."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def number(value: float | None) -> str:
    """Write a number in four digits."""
    return "–" if value is None else f"{value:.4g}"


def listed(names: Any) -> str:
    """Write the first names, and how many more there are."""
    first = ", ".join(map(str, names[:MOST_NAMES]))
    return f"{first} and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else first


def shown(value: object) -> str:
    """Write a description, or any other value, as Python would."""
    return value if isinstance(value, str) else repr(value)
