"""Explanations and how far they can be trusted: measures that stand beside the value of a random order."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from attime.explain.agreement import Agreement, agreement
from attime.explain.compare import compare
from attime.explain.curve import Curve
from attime.explain.curves import deletion_curve, insertion_curve
from attime.explain.erasing import ERASER_SHARES, aopcr, aopcr_probability, comprehensiveness, sufficiency
from attime.explain.explain import explain
from attime.explain.explanation import Explanation
from attime.explain.faithfulness import Faithfulness, faithfulness
from attime.explain.intervals import Interval, mean_interval
from attime.explain.localisation import Localisation, LocalisationSummary, measure_localisation
from attime.explain.measured import Measured
from attime.explain.methods import (
    BASELINES,
    METHODS,
    Captum,
    Evidence,
    GradientTimesInput,
    IntegratedGradients,
    Method,
    Occlusion,
    PoolingAttention,
    RandomRelevance,
    Relevance,
    Rollout,
)
from attime.explain.overview import (
    Aligned,
    ChannelImportance,
    ClassProfile,
    ConfusionCells,
    TypicalCases,
    align,
    channel_importance,
    confusion_cells,
    relevance_by_class,
    typical_cases,
)
from attime.explain.ranking import ndcg_at_n
from attime.explain.replacing import REPLACEMENTS
from attime.explain.sensitivity import Sensitivity, max_sensitivity
from attime.explain.weights_check import WeightsCheck, randomised_weights_check

__all__ = [
    "BASELINES",
    "ERASER_SHARES",
    "METHODS",
    "REPLACEMENTS",
    "Agreement",
    "Aligned",
    "Captum",
    "ChannelImportance",
    "ClassProfile",
    "ConfusionCells",
    "Curve",
    "Evidence",
    "Explanation",
    "Faithfulness",
    "GradientTimesInput",
    "IntegratedGradients",
    "Interval",
    "Localisation",
    "LocalisationSummary",
    "Measured",
    "Method",
    "Occlusion",
    "PoolingAttention",
    "RandomRelevance",
    "Relevance",
    "Rollout",
    "Sensitivity",
    "TypicalCases",
    "WeightsCheck",
    "agreement",
    "align",
    "aopcr",
    "aopcr_probability",
    "channel_importance",
    "compare",
    "comprehensiveness",
    "confusion_cells",
    "deletion_curve",
    "explain",
    "faithfulness",
    "insertion_curve",
    "max_sensitivity",
    "mean_interval",
    "measure_localisation",
    "ndcg_at_n",
    "randomised_weights_check",
    "relevance_by_class",
    "sufficiency",
    "typical_cases",
]


class _Room(ModuleType):
    """The room can be called like the function it is named after: ``attime.explain(…)`` and ``attime.explain.align``.

    Python keeps one object under the name ``attime.explain``, and once the room is loaded that is the room.
    """

    __call__ = staticmethod(explain)

    def __reduce__(self) -> tuple[object, tuple[str]]:  # a function can be pickled, and so can this
        return import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Room
