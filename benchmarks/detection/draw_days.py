"""Pictures of solar days: what was found of each kind, days with their scores, and what the network looked at."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.data.detection.sun import STEPS_A_DAY
from attime.errors import DataError
from attime.estimators.detection import AttentionDetector, Detection
from attime.explain.detection import codes, look
from attime.plot.detection import plot_attention, plot_latent
from attime.plot.style import BLACK, BLUE, CHANCE, GREEN, MISSING, ORANGE, PURPLE, SKY_BLUE, VERMILLION, tidy
from detection.days import EVENTS, MONTH, SolarDays, one_a_month

LOOKS = {
    "variational": (VERMILLION, "o"),
    "recurrent": (BLUE, "s"),
    "default": (GREEN, "^"),
    "nearest": (SKY_BLUE, "v"),
    "masked": (PURPLE, "D"),
}
KIND_LOOKS = {
    "fault": (VERMILLION, "o"),
    "snow": (BLUE, "s"),
    "shading": (ORANGE, "^"),
    "clipping": (PURPLE, "D"),
}
GOAL = 0.95


def draw_recall(rows: pd.DataFrame, path: Path) -> None:
    """Draw the share of events found by kind, with a point for each seed; faults and snow after dirty training."""
    figure = Figure(figsize=(10.5, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1.7, 1])
    clean = rows[rows["share"] == 0]
    models = list(dict.fromkeys(rows["model"]))
    width = 0.8 / len(models)
    for number, model in enumerate(models):
        colour, marker = LOOKS.get(model, (CHANCE, "x"))
        places = np.arange(len(EVENTS)) + (number - (len(models) - 1) / 2) * width
        values = clean.loc[clean["model"] == model, [f"recall_{kind}" for kind in EVENTS]].to_numpy()
        left.bar(places, values.mean(0), width=0.9 * width, color=colour, alpha=0.55, label=model)
        left.plot(np.tile(places, len(values)), values.ravel(), marker, color=colour, markersize=3.5, linestyle="")
        line = rows[rows["model"] == model].groupby("share")["event_recall"].mean()
        right.plot(100 * line.index, line.to_numpy(), color=colour, marker=marker, label=model)
    for ax in (left, right):
        ax.axhline(GOAL, color=CHANCE, linewidth=1, linestyle=":")
        ax.set_ylim(0, 1.04)
        tidy(ax)
    n_events = [f"{kind}\n{count} a seed" for kind, count in EVENTS.items()]
    left.set_xticks(np.arange(len(EVENTS)), labels=n_events)
    left.set(ylabel="events found", title="at one false alarm a month")
    right.set(xlabel="days of training with a fault, %", title="faults and snow, after training with faults")
    right.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(path, dpi=150)


def draw_days(days: SolarDays, detector: AttentionDetector, folder: Path) -> None:
    """Draw the score of every day of one seed with the thresholds, and of each kind the event that is least unusual.

    Beside these what the network has inside, where it has it: see `draw_inside`.
    """
    scores = -detector.score_samples(days.test)
    figure = Figure(figsize=(10.5, 5.8), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[1.25, 1])
    _scores(above.subplots(), days, scores, detector.threshold_)
    panels = below.subplots(1, len(EVENTS) + 1, sharey=True)
    usual = int(np.argsort(np.where(days.normal, scores, np.inf))[days.normal.sum() // 2])
    _day(panels[0], days.test[usual], f"usual day, score {scores[usual]:.2g}")
    for ax, kind in zip(panels[1:], EVENTS, strict=True):
        own = [event for event in days.events if event.kind == kind]
        highest = [days.days_of(event).start + int(scores[days.days_of(event)].argmax()) for event in own]
        lowest = min(highest, key=lambda day: scores[day])
        _day(ax, days.test[lowest], f"{kind}, score {scores[lowest]:.2g}")
    panels[0].set_ylabel("power (kW)")
    figure.savefig(folder / "solar_days.png", dpi=150)
    draw_inside(days, detector, folder)


def _scores(ax: Axes, days: SolarDays, scores: np.ndarray, threshold: float) -> None:
    numbers = np.arange(len(scores))
    ax.plot(numbers[days.normal], scores[days.normal], ".", color=MISSING, markersize=4, label="normal day")
    for kind, (colour, marker) in KIND_LOOKS.items():
        own = np.concatenate([numbers[days.days_of(event)] for event in days.events if event.kind == kind])
        ax.plot(own, scores[own], marker, color=colour, markersize=4, label=kind, linestyle="")
    month = one_a_month(scores[days.normal])
    ax.axhline(month, color=CHANCE, linestyle=":", linewidth=1, label="one false alarm a month")
    ax.axhline(
        threshold, color=BLACK, linestyle="--", linewidth=1, label=f"set by calibration\nfor one in {MONTH} days"
    )
    if scores.min() > 0:
        ax.set_yscale("log")
    else:
        ax.set_yscale("symlog", linthresh=1)
    ax.set(xlabel="day of the test", ylabel="score of the day", xlim=(0, len(scores)))
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    tidy(ax)


def _day(ax: Axes, day: np.ndarray, title: str) -> None:
    hours = np.arange(day.shape[1]) * 24 / day.shape[1]
    for row, colour, dash in zip(day, (BLACK, VERMILLION, BLUE), ("-", "--", ":"), strict=False):
        ax.plot(hours, row, dash, color=colour, linewidth=1.1)
    ax.set_title(title, fontsize=9)
    ax.set(xlabel="hour", xticks=(0, 6, 12, 18, 24))
    tidy(ax)


def draw_inside(days: SolarDays, detector: AttentionDetector, folder: Path) -> None:
    """Draw the latent space coloured by score, and the attention within a usual day and a faulty one.

    Nothing for a model that has no codes, or does not attend within windows.
    """
    stepwise = copy(detector).set_params(unit="step")  # the same network, asked for the steps of each day
    found = stepwise.detect(days.test)
    assert isinstance(found, Detection)
    scores = -detector.score_samples(days.test)
    try:
        every = [codes(stepwise, day) for day in found]
        faulty = [days.days_of(event).start for event in days.events if event.kind == "fault"]
        usual = int(np.argsort(np.where(days.normal, scores, np.inf))[days.normal.sum() // 2])
        shown = {"a usual day": usual, "a day with a fault": max(faulty, key=lambda day: scores[day])}
        looks = {title: look(stepwise, found[day], 0) for title, day in shown.items()}
    except DataError:
        return
    latent = replace(
        every[0],
        values=np.concatenate([day.values for day in every]),
        starts=STEPS_A_DAY * np.arange(len(every)),
        scores=scores,
        threshold=one_a_month(scores[days.normal]),
    )
    figure = Figure(figsize=(13, 4), layout="constrained")
    panels = figure.subplots(1, 1 + len(looks))
    plot_latent(latent, ax=panels[0])
    for ax, (title, one) in zip(panels[1:], looks.items(), strict=True):
        plot_attention(one, ax=ax)
        ax.set_title(title)
    figure.savefig(folder / "solar_inside.png", dpi=150)
