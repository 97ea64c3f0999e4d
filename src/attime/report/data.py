"""`ReportData`: everything a report says, as one value, before it becomes a page."""

from __future__ import annotations

from dataclasses import dataclass

from attime.evaluate import Calibration, ClassificationReport
from attime.explain import Faithfulness
from attime.report.facts import Fact
from attime.report.gallery import Gallery
from attime.report.views import Views
from attime.training import History


@dataclass(frozen=True, eq=False)
class ReportData:
    """What a report is made of.

    Attributes
    ----------
    title, verdict
        What it is about, and the outcome in words.
    n_cases
        Number of all cases, also of those that are not shown.
    classes, channels
        Their names, as text.
    report, calibration
        Figures of merit, and how well the probabilities fit, over all cases; None without labels.
    history
        The course of the training.
    reason
        What was picked and why; empty where there was no choice.
    gallery
        The cases to look at one by one.
    views
        The evidence over many cases at once.
    trust
        How faithful each method of explanation is; empty if nothing could be measured.
    facts
        What is needed to make all this again.
    notes
        What is left out and why, a sentence each.
    """

    title: str
    verdict: str
    n_cases: int
    classes: tuple[str, ...]
    channels: tuple[str, ...]
    report: ClassificationReport | None
    calibration: Calibration | None
    history: History
    reason: str
    gallery: Gallery
    views: Views
    trust: tuple[Faithfulness, ...]
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
