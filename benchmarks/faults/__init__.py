"""What becomes of attime when files, processes and requests are damaged or hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common import Result, Settings


def run(settings: Settings) -> Result:
    """Let everything go wrong; `faults.table` says what."""
    from faults import table  # late: each kind of fault can be had without the others

    return table.run(settings)
