"""Columns that are sums of later values of another: shifted copies, differences, centred means, any filter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, Series, Values, period_of, varies
from attime.measures.leaks.relation import Relation, Source, made_of_past, of_other, of_target

ENOUGH = 300  # steps; shorter series are looked at together
MOST = 10  # longer series that are looked at: a column is made in one way
LONGEST = 400  # steps of the period of a calendar
WIDE = 2.0  # a target whose largest value is so many times the smallest may have been taken to logarithms


def linear_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that are explained by later values of the target, or by a window around each time of another."""
    enough = [one for one in panel.series if len(one.time) >= ENOUGH]
    short = [one for one in panel.series if len(one.time) < ENOUGH]
    for i in np.unique(np.linspace(0, len(enough) - 1, min(len(enough), MOST)).astype(int)):
        for column, relation in _relations(panel, enough[i]).items():
            yield _finding(column, (enough[i].name,), relation)
    if short:
        for column, relation in _relations(panel, _together(short)).items():
            yield _finding(column, tuple(one.name for one in short), relation)


def _relations(panel: Panel, one: Series) -> dict[str, Relation]:
    """Accuse columns of knowing the target, and then those that are left of knowing each other."""
    found = dict[str, Relation]()
    columns = [name for name in panel.columns if varies(one.values[name])]
    y = one.values[panel.target]
    forms = {panel.target: y} | ({f"log({panel.target})": np.log(y)} if varies(y) and np.nanmin(y) > 0 else {})
    targets = {
        ahead: [Source(form, values, one.stretch, ahead) for form, values in forms.items()] for ahead in (False, True)
    }
    for name in columns if varies(y) else ():
        relation = _of_target(one.values[name], *targets[name in panel.future])
        if relation is not None:
            found[name] = relation
    # Calendars repeat themselves, and explain each other.
    left = [name for name in columns if name not in found and period_of(one.values[name], longest=LONGEST) is None]
    pairs = dict[tuple[str, str], Relation]()
    for source in left:
        lags = Source(source, one.values[source], one.stretch)
        for name in (name for name in left if source in panel.sources(name)):
            relation = of_other(one.values[name], lags)
            if relation is not None:
                pairs[name, source] = relation
    pairs = dict(sorted(pairs.items(), key=lambda pair: left.index(pair[0][0])))
    # Of two that explain each other the rougher is the source; and what is explained explains nothing.
    rough = {name: _roughness(one.values[name]) for name in left}
    pairs = {pair: it for pair, it in pairs.items() if pair[::-1] not in pairs or rough[pair[0]] < rough[pair[1]]}
    accused = {name for name, _ in pairs}
    honest = [name for name in left if name not in accused]
    for (name, source), relation in pairs.items():
        # Of two lags of a third, that of fewer steps reaches ahead of the other, and is honest.
        if any(made_of_past(one.values[name], one.values[other], one.stretch) for other in honest if other != source):
            continue
        if source not in accused and (name not in found or relation.after < found[name].after):
            found[name] = relation
    return found


def _of_target(column: Values, target: Source, log: Source | None = None) -> Relation | None:
    """Look into the target as it is and, where that might make a difference, into its logarithm."""
    plain = of_target(column, target)
    narrow = np.nanmax(target.values) < WIDE * np.nanmin(target.values)
    if log is None or (plain is not None and plain.exact) or (plain is None and narrow):
        return plain
    of_log = of_target(column, log)
    return of_log if of_log is not None and (plain is None or of_log.exact) else plain


def _finding(column: str, names: tuple[str, ...], found: Relation) -> Finding:
    share = 1 - found.after / found.before
    last = found.lags[-1]
    where = f"{'' if len(found.lags) == 1 else 'up to '}{last} {'step' if last == 1 else 'steps'} later"
    rest = "of it" if found.exact else "of its news (what its own past does not tell)"
    return Finding(
        kind=found.kind,
        column=column,
        series=names,
        severity="certain" if found.certain else "suspect",
        strength=share,
        evidence=f"Values of {found.source!r} {where} explain {100 * share:.4g} % of what earlier ones leave open; "
        f"these leave {100 * found.before:.3g} % {rest} open, both together {100 * found.after:.2g} %.",
    )


def _roughness(values: Values) -> float:
    """Mean squared step relative to the variance: the smaller, the smoother."""
    return float(np.nanmean(np.diff(values) ** 2) / np.nanvar(values))


def _together(series: list[Series]) -> Series:
    """Join series, each a stretch of its own."""
    stretches, start = [], 0
    for one in series:
        stretches.append(one.stretch + start)
        start += int(one.stretch.max(initial=-1)) + 1
    return Series(
        "together",
        np.concatenate([one.time for one in series]),
        np.concatenate(stretches),
        {name: np.concatenate([one.values[name] for one in series]) for name in series[0].values},
    )
