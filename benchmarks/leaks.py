"""The leakage check: which of the leaks that were planted it finds, and what it accuses in honest data.

Leaks and honest columns are made of the forecasting data of the folder and of random series, one at a time. The stocks
come with a leak that somebody else planted: `conv_filter` is to be found, and the sentiment it is made of is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pandas as pd
from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile
from forecasting.draw_leaks import draw_leaks
from forecasting.honest_columns import COLUMN, HONEST
from forecasting.leak_tables import KNOWN_LEAK, LeakTable, given_tables, honest_views, random_tables
from forecasting.planted_leaks import LEAK, LEAKS, by_series

from attime.errors import OptionError
from attime.measures.leaks import LeakReport, leak_check

SEEDS = 3  # random series of each kind
PUBLISHED = f"{KNOWN_LEAK}, as published"
AS_IT_IS = "nothing"
SHOWN = ("set", "model", "seed", "missed", "accused", "found", "failed")
QUICK = 3  # every third leak and column


def run(settings: Settings) -> Result:
    """Check every table that is asked for."""
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    for heading, measure in trials(settings):
        if (settings.only or "") in f"{heading['set']}, {heading['model']}" and file.find(heading) is None:
            row = file.add(heading | outcome(measure))
            if row["missed"] or row["accused"] or row.get("failed"):
                print({name: row.get(name) for name in SHOWN}, flush=True)
    if not file.rows:
        raise OptionError(f"--only {settings.only} leaves nothing; give a part of a name such as 'etth1, centred mean'")
    rows = pd.DataFrame(file.rows)
    kinds = rows.groupby(["kind", "model"], sort=False)[["missed", "accused"]].agg(["sum", "size"])
    shown = kinds["missed"].rename(columns={"sum": "missed", "size": "tables"})
    shown["with an honest column accused"] = kinds["accused"]["sum"]
    show_table(shown.reset_index().to_dict("records"), title="leaks that were missed, honest columns that were accused")
    draw_leaks(rows, settings.pictures / "leaks.png")
    return Result(summary_of(rows), file.rows)


def trials(settings: Settings) -> Iterator[tuple[Row, Callable[[], Row]]]:
    """Go through the tables: what tells one from others, and what checks it; a quick run takes fewer of each."""
    every = QUICK if settings.quick else 1
    first, n_seeds = settings.first_seed, settings.seeds or (1 if settings.quick else SEEDS)
    given = [*given_tables(settings.data)]
    for view in honest_views(settings.data):
        yield {"set": view.name, "model": AS_IT_IS, "seed": first, "kind": "honest"}, partial(honest, view)
    for table in given:
        if KNOWN_LEAK in table.frame:
            heading: Row = {"set": table.name, "model": PUBLISHED, "seed": first, "kind": "two_sided_filter"}
            yield heading, partial(published, table)
    drawn = [(seed, table) for seed in range(first, first + n_seeds) for table in random_tables(seed)]
    for seed, table in [*((first, table.to_plant_in()) for table in given), *drawn]:
        for number, (name, leak) in enumerate(LEAKS.items()):
            if number % every == 0 and (table.has_several or not leak.of_several):
                heading = {"set": table.name, "model": name, "seed": seed, "kind": leak.kind}
                yield heading, partial(planted, table, name, 100 * seed + number)
        for number, name in enumerate(HONEST):
            if number % every == 0:
                heading = {"set": table.name, "model": name, "seed": seed, "kind": "honest"}
                yield heading, partial(with_honest, table, name, 100 * seed + number)


def outcome(measure: Callable[[], Row]) -> Row:
    """Return what a check came to; one that fails has found nothing, and accused nothing."""
    start = time.perf_counter()
    try:
        return measure()
    except Exception as error:
        row: Row = {"missed": True, "named": False, "accused": False, "seconds": time.perf_counter() - start}
        return row | {"failed": f"{type(error).__name__}: {error}"}


def planted(table: LeakTable, name: str, seed: int) -> Row:
    """Plant a leak, and tell whether it is found, and by its name."""
    leak = LEAKS[name]
    report, row = checked(LeakTable(table.name, leak.plant(table, seed)), until=table.train_until)
    blamed = [found for found in report.findings if found.column == (None if leak.in_rows else LEAK)]
    kinds = {found.kind for found in blamed}
    missed = leak.kind not in kinds if leak.in_rows else not kinds
    others = [found.column for found in report.findings if found.column not in (None, LEAK)]
    return row | {"missed": missed, "named": leak.kind in kinds, "accused": bool(others)}


def published(table: LeakTable) -> Row:
    """Tell whether the leak that others planted is found, and the column it is made of is not accused."""
    report, row = checked(table, until=table.train_until)
    columns = {found.column for found in report.findings}
    return row | {
        "missed": KNOWN_LEAK not in columns,
        "named": "two_sided_filter" in {found.kind for found in report.findings if found.column == KNOWN_LEAK},
        "accused": bool(columns - {KNOWN_LEAK}),
    }


def with_honest(table: LeakTable, name: str, seed: int) -> Row:
    """Add an honest column, and check."""
    return honest(LeakTable(table.name, by_series(HONEST[name], COLUMN)(table, seed)))


def honest(table: LeakTable) -> Row:
    """Check what has no leak: whatever is accused is a false alarm."""
    report, row = checked(table, until=table.train_until)
    return row | {"missed": False, "named": False, "accused": bool(report)}


def checked(table: LeakTable, *, until: object) -> tuple[LeakReport, Row]:
    """Check a table; the record says what was found and how long it took."""
    start = time.perf_counter()
    report = leak_check(table.frame, future=table.future, train_until=until)
    seconds = time.perf_counter() - start
    found = "; ".join(f"{one.kind} {one.column or 'rows'} {one.severity}" for one in report.findings)
    return report, {"n_rows": len(table.frame), "found": found, "seconds": seconds}


def summary_of(rows: pd.DataFrame) -> dict[str, float | None]:
    """Return the share of planted leaks that were found and named, also by kind, and of honest tables accused."""
    leaks, clean = rows[rows["kind"] != "honest"], rows[rows["kind"] == "honest"]
    by_hand = clean[clean["model"] != AS_IT_IS]
    stocks = leaks[leaks["model"] == PUBLISHED]
    summary = {
        "found_share": share(~leaks["missed"]),
        "false_alarm_share": share(clean["accused"]),
        "named_share": share(leaks["named"]),
        "false_alarm_share_as_given": share(clean.loc[clean["model"] == AS_IT_IS, "accused"]),
        "false_alarm_share_honest_columns": share(by_hand["accused"]),
        "others_accused_beside_a_leak_share": share(leaks["accused"]),
        "found_conv_filter": share(~stocks["missed"]),
        "sentiment_accused": share(stocks["accused"]),
        "n_failed": float(rows["failed"].notna().sum()) if "failed" in rows else 0.0,
        "n_planted": float(len(leaks)),
        "n_kinds": float(leaks["kind"].nunique()),
        "n_honest": float(len(clean)),
        "seconds_median": float(rows["seconds"].median()),
        "seconds_max": float(rows["seconds"].max()),
    }
    for kind, own in leaks.groupby("kind", sort=False):
        summary[f"found_{kind}"] = share(~own["missed"])
    return summary


def share(hits: Sequence[bool] | pd.Series) -> float | None:
    """Return the share of those that are true, or None of nothing."""
    return float(pd.Series(hits, dtype=float).mean()) if len(hits) else None
