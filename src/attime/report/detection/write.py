"""`write_detection_report`: what a detector found in a series, as one HTML file."""

from __future__ import annotations

import os

import numpy as np
from jaxtyping import Shaped

from attime.errors import OptionError
from attime.estimators.detection import AttentionDetector, Departure
from attime.estimators.detection.arriving import Data
from attime.files import check_file, whole_file
from attime.report.detection.collect import collect_detection
from attime.report.detection.page import detection_page_of


def write_detection_report(
    detector: AttentionDetector,
    X: Data | Departure,
    path: str | os.PathLike[str],
    *,
    labels: Shaped[np.ndarray, " time"] | None = None,
    title: str | None = None,
    max_events: int = 20,
) -> None:
    """Write what is out of the ordinary, and what would have been normal instead, as a page for any browser.

    The file needs no network and sends nothing anywhere. It holds the series that it shows: give it only to people who
    may see them.

    Parameters
    ----------
    detector
        Fitted.
    X
        One series, as in `AttentionDetector.detect`; or what `AttentionDetector.explain` said of it.
    path
        The HTML file.
    labels
        1 at steps that are known to be anomalous, 0 at others; then the page tells how well scores agree with them.
    title
        Heading of the page.
    max_events
        How many events can be looked at, the most severe.

    Raises
    ------
    OutputError
        If the file cannot be written; that is found out before any work is done.
    OptionError
        If it is no detector, several series arrived, or fewer than one event is to be shown.
    DataError
        If the series does not fit the detector, or there is not one label for each step.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> series = np.sin(np.arange(600) / 4)
    >>> series[500:510] = 0
    >>> detector = AttentionDetector(window=25).fit(series[:400])
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_detection_report(detector, series[400:], page)
    >>> page.read_text(encoding="utf-8")[:15]
    '<!DOCTYPE html>'
    """
    if not isinstance(detector, AttentionDetector):
        raise OptionError(
            f"an estimator of type {type(detector).__name__} arrived, expected an AttentionDetector; the page of a "
            "classifier is written by attime.report.write_report"
        )
    check_file(path)
    page = detection_page_of(collect_detection(detector, X, labels=labels, title=title, max_events=max_events))
    with whole_file(path) as unfinished:
        unfinished.write_text(page, encoding="utf-8")
