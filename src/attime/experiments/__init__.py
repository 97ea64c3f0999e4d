"""Whole runs, from data to figures of merit: what the commands of the command line do, as functions and values."""

from __future__ import annotations

from attime.experiments.files import Judgement, evaluate_file, fit_file, static_columns, write_judgement
from attime.experiments.forecasting import backtest_held_out, leaks_in
from attime.experiments.models import explain_file, report_file, write_table
from attime.experiments.numbers import NumberJudgement, evaluate_numbers, fit_numbers, write_numbers
from attime.experiments.sine import PUBLISHED, SineRun, run_sine, write_sine

__all__ = [
    "PUBLISHED", "Judgement", "NumberJudgement", "SineRun", "backtest_held_out", "evaluate_file", "evaluate_numbers",
    "explain_file", "fit_file", "fit_numbers", "leaks_in", "report_file",
    "run_sine", "static_columns", "write_judgement", "write_numbers", "write_sine", "write_table",
]  # fmt: skip
