"""An adapter whose library is missing says how to get it."""

from __future__ import annotations

import importlib
import sys

import pytest

from attime.errors import MissingExtraError


@pytest.mark.parametrize("name", ["aeon", "sktime"])
def test_an_adapter_without_its_library_says_what_to_install(name, monkeypatch):
    for module in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"attime.adapters.{name}", raising=False)
    with pytest.raises(MissingExtraError, match=rf"pip install 'attime\[{name}\]'"):
        importlib.import_module(f"attime.adapters.{name}")
