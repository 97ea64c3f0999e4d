"""Deletion curves of every method beside each other on sets of the UCR archive, and what an explanation costs."""

from __future__ import annotations

import time

from common import Result, Row, Settings, seconds_by_turns, show_table
from contest.archive import TEN_SETS as SETS
from contest.archive import read_part

from attime import AttentionClassifier, SineConfig, make_sine
from attime.errors import DataError
from attime.explain import aopcr, aopcr_probability, deletion_curve, explain

METHODS = ("evidence", "attention", "gradient_times_input", "integrated_gradients", "occlusion", "random")
RIVALS = ("integrated_gradients", "occlusion")
MOST_CASES = 100


def run(settings: Settings) -> Result:
    """Fit the default classifier on each set, and delete what each method names."""
    root = settings.data / "classification" / "ucr"
    names = [name for name in SETS if (root / name).is_dir() and (settings.only or "") in name]
    if not names:
        raise DataError(f"{root}: none of {', '.join(SETS)} found; give the folder of data sets by --data")
    rows: list[Row] = []
    for name in names[:2] if settings.quick else names:
        rows += measure(settings, name)
        show_table(rows[-len(METHODS) :], title=name)
    return Result({**summary_of(rows), **cost(settings)}, rows)


def measure(settings: Settings, name: str) -> list[Row]:
    """Fit on the training part; explain some of the test part."""
    folder = settings.data / "classification" / "ucr" / name
    train, test = read_part(folder, "TRAIN"), read_part(folder, "TEST")[:MOST_CASES]
    clf = AttentionClassifier("convolutional", random_state=settings.first_seed).fit(train)
    accuracy = float((clf.predict(test) == test.labels).mean())
    rows: list[Row] = []
    gains = {}
    for method in METHODS:
        start = time.perf_counter()
        explanation = explain(clf, test, method=method, random_state=settings.first_seed)
        seconds = time.perf_counter() - start
        curve = deletion_curve(clf, explanation, random_state=settings.first_seed)
        filled = deletion_curve(clf, explanation, replacement="interpolation", random_state=settings.first_seed)
        gain = gains[method] = aopcr(curve)
        rows.append(
            {
                "set": name,
                "method": method,
                "accuracy": accuracy,
                "aopcr": float(gain.mean()),
                "aopcr_probability": float(aopcr_probability(curve).mean()),
                "aopcr_interpolation": float(aopcr(filled).mean()),
                "beats_random": float((gain > 0).mean()),
                # By how much evidence is above this method, case by case, with half the width of the 95 % interval.
                "evidence_above": float((gains["evidence"] - gain).mean()),
                "give_or_take": 1.96 * float((gains["evidence"] - gain).std(ddof=1)) / len(gain) ** 0.5,
                "seconds": seconds,
            }
        )
    return rows


def cost(settings: Settings) -> dict[str, float | None]:
    """Time an explanation by evidence of 1,000 series of 500 steps beside their prediction, by turns."""
    series = make_sine(SineConfig(n_series=100 if settings.quick else 1000))
    clf = AttentionClassifier("convolutional", training={"max_epochs": 1}, random_state=0).fit(series)
    tasks = {"predict": lambda: clf.predict(series), "explain": lambda: explain(clf, series)}
    seconds = seconds_by_turns(tasks, repeats=5)
    return {"explain_over_predict": seconds["explain"] / seconds["predict"], "predict_seconds": seconds["predict"]}


def summary_of(rows: list[Row]) -> dict[str, float | None]:
    """Return on how many sets no rival has a higher AOPCR, and the means over sets."""
    sets = list(dict.fromkeys(str(row["set"]) for row in rows))
    value = {(row["set"], row["method"]): row for row in rows}
    summary: dict[str, float | None] = {"n_sets": len(sets)}
    for key in ("aopcr", "aopcr_probability", "aopcr_interpolation"):
        summary[f"sets_where_evidence_is_not_beaten_{key}"] = sum(
            all(float(value[name, "evidence"][key]) >= float(value[name, rival][key]) for rival in RIVALS)  # type: ignore[arg-type]
            for name in sets
        )
    beaten = {
        row["set"]
        for row in rows
        if row["method"] in RIVALS and float(row["evidence_above"]) + float(row["give_or_take"]) < 0  # type: ignore[arg-type]
    }
    summary["sets_where_evidence_is_beaten_beyond_chance_aopcr"] = len(beaten)
    for method in METHODS:
        own = [row for row in rows if row["method"] == method]
        for key in ("aopcr", "aopcr_probability", "beats_random", "seconds"):
            summary[f"{method}_{key}"] = sum(float(row[key]) for row in own) / len(own)  # type: ignore[arg-type]
    return summary
