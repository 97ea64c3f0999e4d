"""The explorer as one page: template, style and scripts put together, and the policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from attime.plot import style
from attime.report.frame import PALETTE

#: Of the report, then of this room; later ones call earlier ones.
SHARED = ("draw.js", "theme.js")
SCRIPTS = ("state.js", "long.js", "lanes.js", "editing.js", "results.js", "reading.js", "pointer.js", "explorer.js")


@dataclass(frozen=True)
class Page:
    """A page, and what it may do: run its own script, and ask the service that it came from."""

    html: str
    policy: str


def explorer_page() -> Page:
    """Return the explorer."""
    script = "\n".join(
        [_asset("attime.report", name) for name in SHARED] + [_asset("attime.service", name) for name in SCRIPTS]
    )
    colours = "\n".join(f"  --{name.replace('_', '-')}: {getattr(style, name.upper())};" for name in PALETTE)
    sheets = _asset("attime.report", "report.css"), _asset("attime.service", "explorer.css")
    sheet = "\n".join((f":root {{\n{colours}\n}}", *sheets))
    environment = Environment(loader=PackageLoader("attime.service"), autoescape=True, undefined=StrictUndefined)
    html = environment.get_template("explorer.html.j2").render(sheet=Markup(sheet), script=Markup(script))
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(sheet)}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Page(html, policy)


def _asset(room: str, name: str) -> str:
    return files(room).joinpath("assets", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return a hash as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
