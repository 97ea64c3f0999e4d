r"""
Which module, when?
===================

Recurrent independent mechanisms are modules with a state each that compete for the input. At each step only those that
look at it most are active and change; the others stay as they are:

.. math::

    \tilde h_m = \operatorname{cell}_m(A_m, h_m), \qquad h'_m = \tilde h_m + \text{told}_m
    \quad \text{for the active } m

With a cell that smooths its state exponentially this is the :math:`\alpha_t`-RIM (see :doc:`/rim`). Which module was
active when can be read off.
"""

# %%
# A price and what is said about it
# ---------------------------------
# A price that swings in some seasons and lies calm in others, and a mood that announces the swings. Made up, so that we
# know what there is to find.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from attime.estimators.forecasting import AttentionForecaster
from attime.nn.networks.forecasting import RIM
from attime.plot import plot_activation

rng = np.random.default_rng(0)
n_steps = 360
restless = np.sin(2 * np.pi * np.arange(n_steps) / 80) > 0.3
swing = 3 * np.sin(2 * np.pi * np.arange(n_steps) / 8) * restless
price = 100 + swing + 0.3 * rng.normal(size=n_steps).cumsum()
mood = np.roll(restless, -3) + 0.2 * rng.normal(size=n_steps)
data = pd.DataFrame({"ds": pd.bdate_range("2022-01-03", periods=n_steps), "y": price, "mood": mood})

# %%
# Six modules, three of which are active at a step. The last 80 days are not learnt from.

rim = RIM(n_modules=6, n_active=3, hidden=16, n_heads=2)
options = {"look_back": 10, "training": {"max_epochs": 15}, "random_state": 0}
backtests = {}
for name, columns in (("price alone", ["ds", "y"]), ("price and mood", ["ds", "y", "mood"])):
    forecaster = AttentionForecaster(5, rim, **options).fit(data[columns][:-80], look_for_leaks=False)
    backtests[name] = forecaster.backtest(data[columns])
    print(f"{name}: {backtests[name].verdict().sentence}")

# %%
# Over the held-out days
# ----------------------
# A column for each day: which modules were active when the network read it as the last one. On top the price alone,
# below price and mood laid over each other.

figure, axes = plt.subplots(2, 1, figsize=(8, 7.2), layout="constrained")
for ax, (name, backtest) in zip(axes, backtests.items(), strict=True):
    read = data.set_index("ds").mood[backtest.forecast.past_stamps[:, -1]].to_numpy()
    plot_activation(backtest.forecast, None, beside={"mood": read} if "mood" in name else None, ax=ax)
    ax.set_title(name, loc="right", fontsize="medium")

# %%
# What do they tell apart?
# ------------------------
# A pattern in a picture may be chance. So, in numbers: how often is each module active on days on which the price is
# above its mean of the last ten days, and on the others? Beside the largest difference stands what it comes to when the
# activation is moved in time, so that it has nothing to do with the price.


def largest(active, high):
    """Return the largest difference of any module between high days and the others."""
    return np.abs(active[high].mean(axis=0) - active[~high].mean(axis=0)).max()


for name, backtest in backtests.items():
    forecast = backtest.forecast
    active, high = forecast.activation()[:, -1], forecast.past[:, -1] > forecast.past.mean(axis=1)
    moved = [largest(np.roll(active, by, axis=0), high) for by in range(3, len(active) - 3)]
    print(name)
    print(pd.DataFrame({"high": active[high].mean(0), "low": active[~high].mean(0)}).T.round(2).to_string())
    print(f"largest difference {largest(active, high):.2f}, moved in time {np.mean(moved):.2f}")

# %%
# As a table, with time stamps:

print(backtests["price and mood"].forecast.activation_frame().head(6).to_string(index=False, float_format="%.2f"))
