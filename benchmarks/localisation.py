"""Planted tasks: does the evidence of the default classifier lie on what was planted, whatever that is?"""

from __future__ import annotations

import time

from common import Result, Row, Settings, median, show_table

from attime import AttentionClassifier
from attime.data import PLANTED, make_planted
from attime.data.planted import NORMAL
from attime.errors import OptionError
from attime.explain import explain, measure_localisation

N_TRAIN, N_TEST = 1000, 500
METHODS = ("evidence", "attention", "random")
MEASURES = ("average_precision", "pointing", "mass", "iou", "ndcg")


def run(settings: Settings) -> Result:
    """Fit and explain each task."""
    tasks = [task for task in PLANTED if (settings.only or "") in task]
    if not tasks:
        raise OptionError(f"no task is called like {settings.only!r}; there are {', '.join(PLANTED)}")
    rows: list[Row] = []
    for task in tasks:
        for seed in range(settings.first_seed, settings.first_seed + (settings.seeds or 1)):
            rows += measure(task, seed, quick=settings.quick)
    show_table(rows, title="planted tasks")
    return Result(summary_of(rows), rows)


def measure(task: str, seed: int, *, quick: bool) -> list[Row]:
    """Fit on some series, explain others, and compare with where the event is."""
    n_train, n_test = (100, 50) if quick else (N_TRAIN, N_TEST)
    series = make_planted(task, n_series=n_train + n_test, random_state=seed)
    train, test = series[:n_train], series[n_train:]
    start = time.perf_counter()
    clf = AttentionClassifier(random_state=seed).fit(train)
    seconds = time.perf_counter() - start
    accuracy = float((clf.predict(test) == test.labels).mean())
    events = test[test.labels != NORMAL]
    assert events.truth is not None
    rows: list[Row] = []
    for method in METHODS:
        found = explain(clf, events, method=method, target="true", random_state=seed)
        summary = measure_localisation(found.by_step, events.truth).mean()
        rows.append(
            {
                "task": task,
                "method": method,
                "seed": seed,
                "accuracy": accuracy,
                **{name: getattr(summary, name) for name in MEASURES},
                "chance_average_precision": summary.chance_average_precision,
                "train_seconds": seconds,
            }
        )
    return rows


def summary_of(rows: list[Row]) -> dict[str, float | None]:
    """Return the average precision of the evidence, task by task, its mean and its lowest."""
    evidence = [row for row in rows if row["method"] == "evidence"]
    by_task = {
        task: median([row for row in evidence if row["task"] == task], "average_precision")
        for task in dict.fromkeys(str(row["task"]) for row in evidence)
    }
    known = [value for value in by_task.values() if value is not None]
    attention = [float(row["average_precision"]) for row in rows if row["method"] == "attention"]  # type: ignore[arg-type]
    return {
        "average_precision_mean": sum(known) / len(known),
        "average_precision_min_task": min(known),
        "attention_average_precision_mean": sum(attention) / len(attention),
        **{f"{task.replace(' ', '_')}_average_precision": value for task, value in by_task.items()},
    }
