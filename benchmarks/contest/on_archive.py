"""One archive, from its folder to the result: what ucr and uea have in common.

Peers get data as they are; one that refuses gaps or unequal lengths is recorded as failed, and once more with the data
filled in. Figures are means over seeds, then over sets.
"""

from __future__ import annotations

from collections.abc import Sequence

from common import Result, Settings

from contest.archive import Archived, find_sets
from contest.contenders import chosen
from contest.published import Published
from contest.report import report
from contest.run import Heat, compete

SEEDS = 5


def on_archive(settings: Settings, archive: str, *, columns: Sequence[str]) -> Result:
    """Let all contenders meet on every set of an archive, and tell it beside published `columns`."""
    models = chosen(settings.models)
    n_seeds = settings.seeds or (1 if settings.quick else SEEDS)
    seeds = range(settings.first_seed, settings.first_seed + n_seeds)
    folders = find_sets(settings, archive)
    heats = [Heat(Archived(folder), seed, {"set": folder.name}) for folder in folders for seed in seeds]
    outcome = compete(heats, models, settings)
    return report(outcome, Published.beside(settings.data, archive), settings, name=archive, columns=columns)
