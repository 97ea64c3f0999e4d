"""What someone needs to make the same report again: parameters, sizes, versions, data, seed and date."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from attime.data import SeriesSet
from attime.estimators import AttentionClassifier


@dataclass(frozen=True)
class Fact:
    """A line of the list; those with the same heading stand together."""

    heading: str
    name: str
    value: str


def facts_of(
    estimator: AttentionClassifier, series: SeriesSet, *, random_state: int, now: datetime
) -> tuple[Fact, ...]:
    """Write down how the model was made, what it was shown, and with which versions.

    Parameters
    ----------
    estimator
        A fitted classifier.
    series
        What the report is about.
    random_state
        The seed of the report.
    now
        When it is made.
    """
    lists = {
        "Model": _of_model(estimator),
        "Training": {"seed": estimator.random_state, **asdict(estimator.training_), **_of_history(estimator)},
        "Data": {
            "source": Path(series.source).name or "not told",
            "cases": len(series),
            "channels": _channels(series),
            "steps": series.n_steps,
            "missing values": int(series.gaps.sum()),
            **({} if series.static is None else {"static covariates": ", ".join(series.static.columns)}),
        },
        "Report": {**versions(now), "seed": random_state},
    }
    return listed(lists)


def listed(lists: Mapping[str, Mapping[str, object]]) -> tuple[Fact, ...]:
    """Return names and values under their headings as facts."""
    return tuple(
        Fact(heading, name.replace("_", " "), _text(value))
        for heading, part in lists.items()
        for name, value in part.items()
    )


def versions(now: datetime) -> dict[str, str]:
    """Return when this is, and with which versions the report is made."""
    return {
        "made": now.strftime("%Y-%m-%d %H:%M"),
        "attime": version("attime"),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "Python": platform.python_version(),
    }


def _of_model(estimator: AttentionClassifier) -> dict[str, Any]:
    network = estimator.network_
    options: dict[str, Any] = asdict(network) if is_dataclass(network) else {}
    return {
        "estimator": type(estimator).__name__,
        "network": type(network).__name__,
        **options,
        "scaling": estimator.scaling_,
        "class weight": estimator.class_weight,
        "networks": estimator.n_networks,
        "parameters": sum(part.numel() for part in estimator.module_.parameters()),
        "classes": ", ".join(map(str, estimator.classes_)),
    }


def _of_history(estimator: AttentionClassifier) -> dict[str, Any]:
    history = estimator.history_
    epochs = {"epochs run": history.n_epochs, "epoch kept": history.best_epoch + 1} if history.n_epochs else {}
    return {
        **epochs,
        "ended": history.ended,
        "seconds": round(sum(float(np.sum(part.seconds)) for part in estimator.histories_), 1),
    }


def _channels(series: SeriesSet) -> str:
    """Count the channels, and name them if they have names."""
    named = series.channels != tuple(map(str, range(series.n_channels)))
    return f"{series.n_channels}" + (f": {', '.join(series.channels)}" if named else "")


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    return f"{value:,}" if isinstance(value, int) else str(value)
