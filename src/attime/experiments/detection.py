"""What a detector finds in a file: it learns from the beginning, or is there already, and judges the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Int8

from attime.data.detection.watched_file import SeriesFile
from attime.errors import DataError, OptionError
from attime.estimators.detection import AttentionDetector, Departure
from attime.evaluate.detection import DetectionScores
from attime.report.detection import measured_by


@dataclass(frozen=True, eq=False)
class FileFound:
    """What was found in the part of a file that was not learnt from.

    Attributes
    ----------
    detector
        Fitted.
    departure
        What is out of the ordinary, and why.
    n_train
        Steps before it.
    labels
        1 at steps known to be anomalous; None where nobody says.
    """

    detector: AttentionDetector
    departure: Departure
    n_train: int
    labels: Int8[np.ndarray, " time"] | None

    @property
    def measured(self) -> DetectionScores | None:
        """How well scores agree with labels; None without, or where they mark nothing or everything."""
        return measured_by(self.departure, self.labels)

    def scores_frame(self) -> pd.DataFrame:
        """Return a row for each step, by time: score, p_value, alarm, event."""
        return self.departure.detected.to_frame().set_index("time")

    def events_frame(self) -> pd.DataFrame:
        """Return a row for each event; steps are counted from the beginning of the file."""
        frame = self.departure.detected.to_events().drop(columns=["series", "channel"])
        frame[["start", "end"]] += self.n_train
        frame["channels"] = [" > ".join(part.channels) for part in self.departure.events]
        return frame.rename_axis("event")


def detect_file(file: SeriesFile, detector: AttentionDetector, *, until: str | None, fitted: bool) -> FileFound:
    """Learn from the beginning of a file unless the detector is fitted, and judge what comes after.

    Parameters
    ----------
    file
        From `read_series`.
    detector
        Fitted or not; it will be.
    until
        The end of what is learnt from: a number of steps or a time. If not given, what the file says.
    fitted
        Then all of the file is judged.

    Raises
    ------
    OptionError
        If nothing tells how much may be learnt from.
    """
    if fitted:
        n_train = 0
    elif until is not None:
        n_train = file.steps_until(until)
    elif file.n_train:
        n_train = file.n_train
    else:
        raise OptionError(
            "no --train-until arrived, expected how many steps at the start may be learnt from, or the last time of "
            "them; give it, or --load a fitted detector"
        )
    if not fitted:
        detector.fit(file.frame.iloc[:n_train])
    departure = detector.explain(file.frame.iloc[n_train:])
    if not isinstance(departure, Departure):
        raise DataError("several series arrived, expected one")
    return FileFound(detector, departure, n_train, None if file.labels is None else file.labels[n_train:])
