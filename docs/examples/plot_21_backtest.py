r"""
Forecast again what is known by now
===================================

A forecast is judged where it had not been learnt from, beside forecasts that need no model, by a test that knows that
windows overlap. And its limits are judged by what they promise: 80 % limits should hold 80 %.
"""

# %%
# A series whose noise doubles
# ----------------------------
# A cycle of twelve steps, learnt from 1,500 of them. In the 1,500 after that the noise is twice as large.

import matplotlib.pyplot as plt
import numpy as np

from attime.estimators.forecasting import AttentionForecaster
from attime.plot import plot_backtest, plot_errors_by_step, plot_verdict

rng = np.random.default_rng(0)
steps = np.arange(3000)
noise = rng.normal(size=3000) * np.where(steps < 1500, 0.5, 1.0)
series = 10 + 2 * np.sin(2 * np.pi * steps / 12) + noise
forecaster = AttentionForecaster(12, "linear").fit(series[:1500])
backtest = forecaster.backtest(series)
verdict = backtest.verdict()
print(verdict)

# %%

plot_verdict(verdict)

# %%
# Step by step: the last value is a poor guide half a season ahead, the value of the last season as good at every step,
# and the model better at each of them.

plot_errors_by_step(backtest)

# %%
# Limits that follow
# ------------------
# Limits from errors of the fit (split) no longer hold what they promise once the noise has doubled. Those that follow
# the errors as they become known (adaptive, the default) do again by the end. They go by the last 1,000 errors, so that
# takes a while: here are the last 120 windows, and below how it goes on the way there.

figure, axes = plt.subplots(2, 1, figsize=(8, 6.4), layout="constrained")
for ax, name, adaptive in ((axes[0], "split", False), (axes[1], "adaptive", True)):
    plot_backtest(forecaster.backtest(series, n_windows=120, adaptive=adaptive), step=2, ax=ax)
    ax.set_ylabel(name)

# %%

forecast = backtest.forecast
held = (forecast.low[0] <= backtest.actual) & (backtest.actual <= forecast.high[0])  # the 80 % limits
for first in range(0, 1400, 350):
    print(f"windows {first} to {first + 349}: {100 * held[first : first + 350].mean():.0f} %")

# %%
# When there is nothing to find
# -----------------------------
# Tomorrow's value of a random walk is today's. The library should say so, and not sell a model.

walk = rng.normal(size=1500).cumsum()
forecaster = AttentionForecaster(5, "linear").fit(walk[:1000])
print(forecaster.reason_)
print(forecaster.backtest(walk).verdict().sentence)
