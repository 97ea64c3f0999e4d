"""Attention for time series that you can check: at what time did the model look?

The names below are the front door. Each is imported when it is first used, so that ``import attime`` costs next to
nothing and the command line can answer ``--help`` before torch has been loaded.

Examples
--------
>>> import attime
>>> "AttentionClassifier" in dir(attime)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attime.attention import Attention
    from attime.data import SeriesSet, Shards, SineConfig, make_sine, read, shards, split, write
    from attime.data.detection import make_solar, read_collection, read_labelled
    from attime.errors import AttimeError
    from attime.estimators import AttentionClassifier, AttentionRegressor, load
    from attime.estimators.detection import AttentionDetector
    from attime.estimators.forecasting import AttentionForecaster
    from attime.explain import Explanation, explain, faithfulness
    from attime.measures.leaks import leak_check
    from attime.report import write_detection_report, write_forecast_report, write_report
    from attime.training import TrainingOptions, checkpointing

    __version__: str

# To add a public name: one line here, one in `__all__`, one above for type checkers, one in docs/api.rst.
_ROOM_OF = {
    "Attention": "attime.attention",
    "AttentionClassifier": "attime.estimators",
    "AttentionDetector": "attime.estimators.detection",
    "AttentionForecaster": "attime.estimators.forecasting",
    "AttentionRegressor": "attime.estimators",
    "AttimeError": "attime.errors",
    "Explanation": "attime.explain",
    "SeriesSet": "attime.data",
    "Shards": "attime.data",
    "SineConfig": "attime.data",
    "TrainingOptions": "attime.training",
    "checkpointing": "attime.training",
    "explain": "attime.explain",
    "faithfulness": "attime.explain",
    "leak_check": "attime.measures.leaks",
    "load": "attime.estimators",
    "make_sine": "attime.data",
    "make_solar": "attime.data.detection",
    "read": "attime.data",
    "read_collection": "attime.data.detection",
    "read_labelled": "attime.data.detection",
    "shards": "attime.data",
    "split": "attime.data",
    "write": "attime.data",
    "write_detection_report": "attime.report",
    "write_forecast_report": "attime.report",
    "write_report": "attime.report",
}

__all__ = [
    "Attention",
    "AttentionClassifier",
    "AttentionDetector",
    "AttentionForecaster",
    "AttentionRegressor",
    "AttimeError",
    "Explanation",
    "SeriesSet",
    "Shards",
    "SineConfig",
    "TrainingOptions",
    "__version__",
    "checkpointing",
    "explain",
    "faithfulness",
    "leak_check",
    "load",
    "make_sine",
    "make_solar",
    "read",
    "read_collection",
    "read_labelled",
    "shards",
    "split",
    "write",
    "write_detection_report",
    "write_forecast_report",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        # Looked up late: importlib.metadata takes longer to import than all the rest of this file.
        from importlib.metadata import version

        value: object = version("attime")
    elif name in _ROOM_OF:
        room = import_module(_ROOM_OF[name])
        # `explain` is a room and a function: the room itself can be called, or its name would hide it from imports.
        value = room if room.__name__ == f"attime.{name}" else getattr(room, name)
    else:
        raise AttributeError(f"module 'attime' has no attribute {name!r}")
    globals()[name] = value  # found once, this function is not asked again
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
