"""The UCR archive: every set that is found, on its own split, beside other libraries and published figures."""

from __future__ import annotations

from common import Result, Settings
from contest.on_archive import on_archive

PUBLISHED = (
    "HC2", "LITErepo_InceptionTime", "LITErepo_MultiROCKET", "MR-Hydra", "LITErepo_LITETime", "LITErepo_ROCKET",
    "H-InceptionTime", "QUANT", "MiniROCKET", "1NN-DTW",
)  # fmt: skip


def run(settings: Settings) -> Result:
    """Let all contenders meet on all sets."""
    return on_archive(settings, "ucr", columns=PUBLISHED)
