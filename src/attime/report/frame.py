"""The frame of every report: one HTML file that asks nobody for anything.

Text and tables are written by a template that escapes whatever it is given. Figures are drawn by the page itself from
numbers that lie in it as JSON. The page allows no script and no style but its own, known by their hashes, and no
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

from attime.plot import style
from attime.report.facts import Fact
from attime.report.words import count, share

PALETTE = ("orange", "sky_blue", "green", "yellow", "blue", "vermillion", "purple")


def fill_page(template: str, scripts: Sequence[str], numbers: object, texts: dict[str, Any]) -> str:
    """Return the HTML of a page.

    Parameters
    ----------
    template
        Which one; it extends ``frame.html.j2``.
    scripts
        Files among the assets, in the order in which they are put together: later ones call earlier ones.
    numbers
        What the scripts draw from, to become JSON.
    texts
        What the template says: ``data``, which has a title, and more.
    """
    script = "\n".join(_asset(name) for name in scripts)
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
    return environment.get_template(template).render(
        **texts,
        sheet=Markup(sheet),
        script=Markup(script),
        sheet_hash=_hash(sheet),
        script_hash=_hash(script),
        numbers=Markup(as_script_data(numbers)),
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


def grouped(facts: Sequence[Fact]) -> dict[str, list[tuple[str, str]]]:
    """Return names and values of facts under their headings."""
    headings: dict[str, list[tuple[str, str]]] = {}
    for fact in facts:
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
