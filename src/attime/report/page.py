"""From `ReportData` to one HTML file that asks nobody for anything.

Text and tables are written here, by a template that escapes whatever it is given. Figures are drawn by the page itself
from numbers that lie in it as JSON. The page allows no script and no style but its own, known by their hashes, and no
request: so a class that is called ``</script><script>…`` is a class with an odd name and nothing more.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from attime.explain import Faithfulness
from attime.explain.measured import KINDS
from attime.plot import style
from attime.report.data import ReportData
from attime.report.gallery import Gallery
from attime.report.pack import pack
from attime.report.probabilities import errors_of
from attime.report.words import count, merits_of, share

#: In the order in which they are put together: later ones call earlier ones.
SCRIPTS = (
    "data.js",
    "draw.js",
    "figures.js",
    "reliability.js",
    "case.js",
    "thumb.js",
    "known.js",
    "gallery.js",
    "page.js",
)
PALETTE = ("orange", "sky_blue", "green", "yellow", "blue", "vermillion", "purple")


def page_of(data: ReportData) -> str:
    """Return the HTML of a report."""
    script = "\n".join(_asset(name) for name in SCRIPTS)
    colours = "\n".join(f"  --{name.replace('_', '-')}: {getattr(style, name.upper())};" for name in PALETTE)
    sheet = f":root {{\n{colours}\n}}\n{_asset('report.css')}"
    environment = Environment(
        loader=PackageLoader("attime.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"share": share, "count": count, "number": _number}
    return environment.get_template("report.html.j2").render(
        data=data,
        merits=merits_of(data.report) if data.report else (),
        errors=errors_of(data.calibration, data.report) if data.calibration and data.report else (),
        measures=_side_by_side(data.trust),
        headings=_grouped(data),
        signs={"better": "▲", "worse": "▼", "undecided": "≈", None: ""},
        sheet=Markup(sheet),
        script=Markup(script),
        sheet_hash=_hash(sheet),
        script_hash=_hash(script),
        numbers=Markup(as_script_data(_numbers(data))),
    )


def as_script_data(value: object) -> str:
    r"""Return a value as JSON that can stand in a ``<script>`` element, whatever its texts hold.

    Examples
    --------
    >>> as_script_data({"class": "</script>"})
    '{"class":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


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


def _grouped(data: ReportData) -> dict[str, list[tuple[str, str]]]:
    headings: dict[str, list[tuple[str, str]]] = {}
    for fact in data.facts:
        headings.setdefault(fact.heading, []).append((fact.name, fact.value))
    return headings


def _number(value: float) -> str:
    """Return a number as a table shows it, with a true minus sign."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3
    rounded = round(value, digits) or 0.0  # no minus before a zero
    return f"{rounded:,.{digits}f}".replace("-", "−")


def _plain(value: object) -> object:
    """Return arrays and values as JSON knows them: five significant digits, and null for what is no number."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, np.ndarray) and value.ndim > 1:
        return list(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return [float(f"{number:.5g}") if math.isfinite(number) else None for number in value.tolist()]
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON")


def _asset(name: str) -> str:
    return files("attime.report").joinpath("assets", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return a hash as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
