"""Packages that come with an extra: imported when they are needed, or one line that says how to get them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from attime.errors import MissingExtraError


def imported(module: str, *, who: str, extra: str, package: str | None = None, instead: str = "") -> Any:
    """Import a module of an optional package.

    Parameters
    ----------
    module
        What to import, such as ``"pyarrow.parquet"``.
    who
        What needs it, with the verb: ``"tuning needs"``, ``"parquet files need"``.
    extra
        The extra of attime that brings the package.
    package
        What the package is called; the first part of `module` if not given.
    instead
        What else may be done, after a comma.

    Raises
    ------
    MissingExtraError
        If the package is not installed.

    Examples
    --------
    >>> imported("nowhere.at_all", who="this needs", extra="tune")
    Traceback (most recent call last):
    attime.errors.MissingExtraError: this needs the package nowhere, which is not installed: pip install 'attime[tune]'
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = package or module.partition(".")[0]
        remedy = f"pip install 'attime[{extra}]'" + (f", {instead}" if instead else "")
        raise MissingExtraError(f"{who} the package {name}, which is not installed: {remedy}") from error
