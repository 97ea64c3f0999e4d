"""From `ReportData` to one HTML file: what its template and its figures are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from attime.explain import Faithfulness
from attime.explain.measured import KINDS
from attime.report.data import ReportData
from attime.report.frame import fill_page, grouped
from attime.report.gallery import Gallery
from attime.report.pack import pack
from attime.report.probabilities import errors_of
from attime.report.words import merits_of

#: In the order in which they are put together: later ones call earlier ones.
SCRIPTS = (
    "data.js",
    "draw.js",
    "lines.js",
    "theme.js",
    "evidence.js",
    "figures.js",
    "reliability.js",
    "case.js",
    "thumb.js",
    "known.js",
    "gallery.js",
    "page.js",
)


def page_of(data: ReportData) -> str:
    """Return the HTML of a report."""
    texts = {
        "data": data,
        "merits": merits_of(data.report) if data.report else (),
        "errors": errors_of(data.calibration, data.report) if data.calibration and data.report else (),
        "measures": _side_by_side(data.trust),
        "headings": grouped(data.facts),
        "signs": {"better": "▲", "worse": "▼", "undecided": "≈", None: ""},
    }
    return fill_page("report.html.j2", SCRIPTS, _numbers(data), texts)


def _numbers(data: ReportData) -> dict[str, Any]:
    """Return what the scripts of the page draw from."""
    return {
        "classes": data.classes,
        "channels": data.channels,
        "history": {
            "train": data.history.train_loss,
            "validation": data.history.validation_loss,
            "best": data.history.best_epoch,
        },
        "calibration": data.calibration,
        "gallery": _of_gallery(data.gallery),
        "views": {
            "width": data.views.width,
            "classes": [None if view is None else asdict(view) for view in data.views.classes],
        },
        "trust": [
            {
                "method": part.method,
                "shares": part.deletion.shares,
                "probability": part.deletion.probabilities.mean(axis=0),
                "random": part.deletion.random_probabilities.mean(axis=0),
            }
            for part in data.trust
        ],
    }


def _of_gallery(gallery: Gallery) -> dict[str, Any]:
    shown = len(gallery.cases)
    by_channel = gallery.values.reshape(-1, *gallery.values.shape[2:])  # a scale for each channel of each case
    return {
        "cases": gallery.cases,
        "predicted": gallery.predicted,
        "true": gallery.true,
        "probabilities": gallery.probabilities,
        "logits": gallery.logits,
        "bias": gallery.bias,
        "values": pack(by_channel),
        "evidence": pack(gallery.evidence.reshape(shown, -1), around_zero=True),
        "evidenceChannels": gallery.evidence.shape[2],
        "attention": pack(gallery.attention, around_zero=True),
        "times": None if gallery.times is None else pack(gallery.times),
        "truth": gallery.truth,
        "lengths": gallery.lengths,
        "known": gallery.known,
        "bins": gallery.values.shape[2],
        "width": gallery.width,
    }


def _side_by_side(trust: Sequence[Faithfulness]) -> list[dict[str, Any]]:
    """Return a row for each measure with what each method reached, None where it was not measured."""
    found = {one.name: one for part in trust for one in part.measures}
    return [
        {
            "label": found[name].label,
            "higher_is_better": found[name].higher_is_better,
            "cells": [next((one for one in part.measures if one.name == name), None) for part in trust],
        }
        for name in KINDS
        if name in found
    ]
