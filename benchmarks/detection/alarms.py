"""How often normal steps that were held out raise an alarm, beside how often that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from common import Row
from jaxtyping import Bool
from scipy.ndimage import binary_dilation

from attime.data.detection import LabelledSeries
from attime.estimators.detection import MODELS, AttentionDetector
from attime.estimators.detection.calibration import Level

RATES = (5, 10, 50)  # alarms per 1,000 steps
KINDS = ("adaptive", "fixed")  # a level that follows the alarms, and one that stays


def normal_steps(series: LabelledSeries, window: int) -> Bool[np.ndarray, " test_time"]:
    """Return which steps after the training part are normal, and further than a window from any anomaly.

    >>> series = LabelledSeries.of(np.zeros(8), [0, 0, 0, 0, 1, 0, 0, 0], name="", n_train=1)
    >>> normal_steps(series, 2).astype(int).tolist()
    [1, 0, 0, 0, 0, 0, 1]
    """
    near = binary_dilation(series.labels == 1, np.ones(2 * window + 1, dtype=bool))
    return ~near[series.n_train :]


def alarms_of(detector: AttentionDetector, series: LabelledSeries) -> Row:
    """Count the alarms at normal steps after the training part, for each rate, with a level that adapts and without.

    The series is scored once: alarms follow from p-values.
    """
    normal = normal_steps(series, detector.window_)
    p_values = detector.detect(series.test).p_values
    row: Row = {"n_normal": int(normal.sum())}
    for rate in RATES:
        levels = Level(rate / 1000, rate / 1000).follow(p_values)
        row[f"alarms_{rate}_adaptive"] = int((p_values <= levels)[normal].sum())
        row[f"alarms_{rate}_fixed"] = int((p_values <= rate / 1000)[normal].sum())
    return row


def alarm_ratios(rows: pd.DataFrame, *, by: Sequence[str] = ("model", "track", "source")) -> pd.DataFrame:
    """Return the share of normal steps with an alarm over the rate asked for, pooled over the files of a group.

    Of our detectors only. A group without a normal step has none.
    """
    ours = rows[rows["model"].isin(MODELS)]
    found = []
    known = ours[ours["n_normal"] > 0] if "n_normal" in ours else ours[:0]
    for group, own in known.groupby([*by], sort=False):
        n_normal = own["n_normal"].sum()
        for rate in RATES:
            for kind in KINDS:
                ratio = own[f"alarms_{rate}_{kind}"].sum() / n_normal / (rate / 1000)
                found.append((*group, rate, kind, ratio, n_normal))
    return pd.DataFrame(found, columns=[*by, "rate", "kind", "ratio", "n_normal"])


def worst_factor(ratios: pd.DataFrame) -> float:
    """Return the largest factor between what was asked for and what came, whichever is more.

    No alarm at all counts as one, so that the factor is finite.

    >>> worst_factor(pd.DataFrame({"rate": [10, 10], "ratio": [1.25, 0.0], "n_normal": [800, 400]}))
    4.0
    """
    one_alarm = 1000 / (ratios["rate"] * ratios["n_normal"])
    ratio = np.maximum(ratios["ratio"], one_alarm)
    return float(np.maximum(ratio, 1 / ratio).max())
