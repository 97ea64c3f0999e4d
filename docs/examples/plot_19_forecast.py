r"""
A forecast that can be read back
================================

A number for tomorrow is easy to say and hard to trust. So a forecast starts from a sum that anybody can check: each
step ahead is a weighted sum of the past,

.. math::

    \hat y_s = \sum_t A_{ts} \, y_t, \qquad \sum_t A_{ts} = 1,

and attention comes beside it where that makes it better on steps that were held out.
"""

# %%
# A power grid
# ------------
# The demand of a town: a cycle of a day, weekends, warm and cold spells that come and go. The forecast for tomorrow's
# temperature is known today, so it is a covariate that is known ahead.

import numpy as np
import pandas as pd

from attime.estimators.forecasting import AttentionForecaster
from attime.plot import plot_forecast, plot_look_back, plot_verdict

rng = np.random.default_rng(0)
n_steps = 24 * 7 * 8
stamps = pd.date_range("2024-01-01", periods=n_steps + 48, freq="h")
hour, weekend = stamps.hour.to_numpy(), stamps.day_of_week.to_numpy() >= 5
spell = np.convolve(rng.normal(size=len(stamps) + 71), np.ones(72) / 72**0.5, mode="valid")
temperature = 8 + 4 * np.sin(2 * np.pi * (hour - 9) / 24) + 3 * spell
daily = 6 * np.sin(2 * np.pi * (hour - 8) / 24) + 3 * np.sin(4 * np.pi * (hour - 8) / 24)
demand = 50 + daily * np.where(weekend, 0.6, 1.0) - 0.8 * temperature + rng.normal(size=len(stamps))
data = pd.DataFrame({"ds": stamps, "y": demand, "temperature": temperature})
data.loc[n_steps:, "y"] = np.nan  # the two days that are to come

# %%
# Fit and forecast
# ----------------
# It says what it did, and how good that is beside what needs no model at all.

forecaster = AttentionForecaster(48, look_back=24 * 8, training={"max_epochs": 5}, random_state=0)
forecaster.fit(data, future=["temperature"])
print(forecaster.reason_)
print(forecaster.verdict_.sentence)
forecast = forecaster.forecast()
print(forecast.to_frame().head(3).to_string(index=False, float_format="%.1f"))

# %%
# The last week, what is expected, its limits, and in the strip below how much each hour of the past counts.

plot_forecast(forecast, actual=demand[n_steps:], n_past=24 * 7)

# %%
# Hour by hour ahead: the same hour yesterday, and a week ago. Weights have a sign, for differences count as well; they
# are hatched where they are negative.

plot_look_back(forecast)

# %%
# As a table, with real time stamps:

looked = forecast.look_back_frame()
print(looked.nlargest(5, "weight").to_string(index=False, float_format="%.3f"))
print(f"sum for each hour ahead: {looked.groupby('ds_ahead').weight.sum().round(3).unique()}")

# %%
# Is it worth it?
# ---------------

plot_verdict(forecaster.verdict_)
