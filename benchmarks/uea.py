"""The UEA archive of several channels, on the archive's own split, beside other libraries and published figures."""

from __future__ import annotations

from common import Result, Settings
from contest.on_archive import on_archive

PUBLISHED = (
    "CIF", "DrCIF", "HC2", "ROCKET", "Arsenal", "InceptionT", "LITErepo_ConvTran", "LITErepo_LITEMVTime", "1NN-DTW-D",
)  # fmt: skip


def run(settings: Settings) -> Result:
    """Let all contenders meet on all sets."""
    return on_archive(settings, "uea", columns=PUBLISHED)
