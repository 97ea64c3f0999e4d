"""What a model file says about its model, in words: for the model card, and from nothing but the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from attime.estimators.facts_of_long_series import of_detector, of_forecaster
from attime.estimators.specification import from_json, histories_from, values_of
from attime.estimators.wording import NOT_KEPT, Facts, count, counted, course, held_out, listed, number, shown, size
from attime.persistence import ModelFile


@dataclass(frozen=True)
class Kind:
    """A kind of estimator: what it does, which command takes its file, and where its facts stand."""

    what: str
    command: str
    facts: Callable[[ModelFile], Facts]


def facts_of(file: ModelFile) -> Facts:
    """Return the facts of a model file of one of the `KINDS`."""
    told = file.specification
    own = KINDS[told["estimator"]].facts(file)
    parameters = {name: shown(value) for name, value in values_of(told["parameters"]).items() if value is not None}
    versions = {name: str(file.versions.get(name, NOT_KEPT)) for name in ("attime", "torch", "numpy")}
    written = {"SHA-256 of the content": file.checksum or NOT_KEPT, **versions}
    extra = ["It needs the extra: pip install 'attime[entmax]'."] if _uses_entmax(told) else []
    tables = {**own.tables, "What it was told": parameters, "The file": written}
    return Facts(tables, (*own.limits, *extra))


def _uses_entmax(told: Mapping[str, Any]) -> bool:
    """Return whether a network weighs by what that package brings; classes and columns may be called as they like."""
    parts = {name: part for name, part in told.items() if name not in ("classes", "column_names", "names", "histories")}
    return '"entmax' in json.dumps(parts)


def _named(learnt: Mapping[str, Any]) -> str:
    """Return the names of several channels, where they have any."""
    names = list(learnt.get("channels_", ()))
    return f": {listed(names)}" if len(names) > 1 and names != list(map(str, range(len(names)))) else ""


def _of_cases(file: ModelFile) -> Facts:
    """Tell of a classifier or a regressor."""
    told = file.specification
    learnt = values_of(told["learnt"])
    n_channels, n_steps = learnt["n_channels_"], learnt["n_steps_"]
    data = {
        "series": count(learnt.get("n_cases_")),
        "channels": f"{n_channels:,}{_named(learnt)}",
        "steps": f"{n_steps:,}, all series alike" if learnt["equal_lengths_"] else f"{n_steps:,} at most",
        "values missing within series": "some" if learnt["has_gaps_"] else "none",
    }
    limits = [
        f"It takes series of {counted(n_channels, 'channel')}, in the order of those it learnt from.",
        f"Series of more than {n_steps:,} steps are longer than any it has seen"
        f"{': it warns of them' if learnt['equal_lengths_'] else ''}.",
    ]
    if "classes" in told:
        labels = from_json(told["classes"]["labels"])
        data["classes"] = f"{len(labels):,}: {listed(labels)}"
        limits.append("It knows no other classes: a series of another kind gets one of these.")
    else:
        data["mean of the target"] = number(learnt.get("target_mean_"))
        data["deviation of the target"] = number(learnt.get("target_deviation_"))
    if told.get("static") is not None:
        names = [entry[0] for entry in from_json(told["static"])]
        data["static covariates"] = listed(names)
        limits.append(f"It takes the static covariates {listed(names)} beside each series.")
    if not learnt["has_gaps_"]:
        limits.append("No value was missing within what it learnt from; how well it copes with gaps is not known.")
    model = {
        "network": shown(learnt["network_"]),
        "why this one": learnt["reason_"] or "it was asked for",
        "numbers in it": size(file),
        "scaling": learnt["scaling_"],
        "training": shown(learnt["training_"]),
    }
    histories = histories_from(file)
    measured = {f"network {number}: {label}": value for number, history in enumerate(histories, start=1)
                for label, value in held_out(history).items()}  # fmt: skip
    if not measured:
        limits.append("Nothing was held out in fit, so that the file knows nothing about unseen series.")
    else:
        limits.append("Its losses on what was held out chose its weights and flatter: judge it by other series.")
    return Facts(
        {
            "What it learnt from": data,
            "What it is": model,
            "How training went": course(histories),
            "What was measured": measured,
        },
        tuple(limits),
    )


KINDS = {
    "AttentionClassifier": Kind(
        "says of which class a series is, and which steps made it so", "attime predict {model} DATA", _of_cases
    ),
    "AttentionRegressor": Kind(
        "says which number belongs to a series, and which steps made it so", "attime predict {model} DATA", _of_cases
    ),
    "AttentionForecaster": Kind(
        "says how series go on, and between which limits", "attime forecast DATA --load {model}", of_forecaster
    ),
    "AttentionDetector": Kind(
        "says which steps of a series are out of the ordinary", "attime detect DATA --load {model}", of_detector
    ),
}
