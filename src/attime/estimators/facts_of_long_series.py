"""What the file of a forecaster or a detector says about it, in words."""

from __future__ import annotations

from attime.data.forecasting import Frequency
from attime.estimators.specification import histories_from, values_of
from attime.estimators.wording import Facts, count, counted, course, listed, number, shown, size
from attime.persistence import ModelFile

COVARIATES = ("past", "future", "static", "calendar")


def of_forecaster(file: ModelFile) -> Facts:
    """Tell of a forecaster."""
    told = file.specification
    learnt, plan, roles = (values_of(told[name]) for name in ("learnt", "plan", "roles"))
    names, look_back, horizon = told["names"], plan["look_back"], plan["horizon"]
    data = {
        "series": f"{len(names):,}: {listed(names)}",
        "steps in all": count(learnt.get("n_steps_")),
        "distance of steps": "not always the same" if told["frequency"] is None
        else str(Frequency(**values_of(told["frequency"]))),
        **{f"covariates, {kind}": listed(roles[kind]) for kind in COVARIATES if roles[kind]},
    }  # fmt: skip
    model = {
        "network": shown(plan["network"]) if plan["network"] else "linear",
        "why this one": learnt["reason_"],
        "numbers in it": size(file),
        "steps it reads": f"{look_back:,}",
        "steps ahead": f"{horizon:,}",
        "season": f"{learnt['period_']:,} steps" if learnt["period_"] else "none",
        "training": shown(learnt["training_"]),
    }
    limits = [
        f"More than {horizon:,} steps ahead are forecast from forecasts.",
        f"The file holds the last {look_back + 1:,} steps of each series of fit, as they were.",
        "Series must come in steps as those it learnt from, with the covariates named above.",
    ]
    measured = {"limits rest on": f"{file.tensors['limits.errors'].shape[1]:,} windows of each series at most"}
    if (verdict := told.get("verdict")) is not None:
        measured["beside naive forecasts"] = verdict["sentence"]
        measured |= {f"note {number}": note for number, note in enumerate(verdict["notes"], start=1)}
        by = verdict["by"]
        for name, errors in verdict["errors"].items():
            measured[f"{by}, {name.replace('_', ' ')}"] = number(errors.get(by))
        limits.append("The steps it was judged by also chose what it is, and flatter: a backtest is stricter.")
    else:
        limits.append("No steps were held out in fit, so that the file knows nothing about its errors.")
    if (leaks := told.get("leaks")) is not None:
        found = [str(finding["column"] or "rows") for finding in leaks["findings"]]
        measured["columns that seem to know the future"] = listed(found) if found else "none"
    return Facts(
        {
            "What it learnt from": data,
            "What it is": model,
            "How training went": course(histories_from(file)),
            "What was measured": measured,
        },
        tuple(limits),
    )


def of_detector(file: ModelFile) -> Facts:
    """Tell of a detector."""
    told = file.specification
    learnt, parameters = values_of(told["learnt"]), values_of(told["parameters"])
    window, channels, n_scores = learnt["window_"], learnt["channels_"], len(file.tensors["calibration"])
    whole, rate, rarest = parameters["unit"] == "series", parameters["alarm_rate"], 1000 / (1 + n_scores)
    data = {
        "series": count(learnt.get("n_cases_")),
        "steps in all": count(learnt.get("n_steps_")),
        "channels": f"{len(channels):,}: {listed(channels)}",
    }
    model = {
        "model": shown(parameters["model"]),
        "numbers in it": size(file),
        "window": f"{window:,} steps",
        "judges": "each series as a whole" if whole else "each step",
    }
    measured = {
        "threshold of the score": number(learnt["threshold_"]),
        "false alarms asked for": f"{rate:g} in 1,000 {'series' if whole else 'steps'}",
        "scores it rests on": f"{n_scores:,}, of what was not learnt from",
    }
    limits = [
        f"It takes series of {counted(len(channels), 'channel')} and of {-(-window // 2):,} steps at least.",
        "What was learnt from is taken for normal: a fault that was there often enough is not found.",
    ]
    if rarest > rate:
        limits.append(f"Alarms rarer than {rarest:.3g} in 1,000 it cannot tell, so that none is raised at first.")
    if "module.keys" in file.tensors:
        limits.append("The file holds windows of the series of fit, scaled.")
    return Facts(
        {
            "What it learnt from": data,
            "What it is": model,
            "How training went": course(histories_from(file)),
            "What was measured": measured,
        },
        tuple(limits),
    )
