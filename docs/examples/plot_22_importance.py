r"""
What does the forecast live on?
===============================

Replace what was read of a covariate by what it was in another window, and measure how much worse the forecast is:

.. math::

    \text{importance}(x) = \operatorname{mean}_w \left( |y_w - \hat y(x_{w'})| - |y_w - \hat y(x_w)| \right)

Its interval comes from the windows, which were not learnt from.
"""

# %%
# We know what matters
# --------------------
# Sales follow the advertising of three days before and the price of the day, which is known ahead. The third column is
# noise.

import numpy as np
import pandas as pd

from attime.estimators.forecasting import AttentionForecaster
from attime.explain.forecasting import importance
from attime.plot import plot_importance

rng = np.random.default_rng(0)
n_steps = 900
advertising, price, noise = rng.normal(size=(3, n_steps))
week = 4 * np.isin(np.arange(n_steps) % 7, (4, 5))
sales = 50 + week + 2 * np.roll(advertising, 3) - 3 * price + rng.normal(size=n_steps)
data = pd.DataFrame({"ds": pd.date_range("2022-01-01", periods=n_steps), "y": sales})
data = data.assign(advertising=advertising, noise=noise, price=price)

forecaster = AttentionForecaster(3, "linear", look_back=14).fit(data[:700], future=["price"], look_for_leaks=False)
found = importance(forecaster, data, n_blocks=14)
print(found.sentence)
print(found.to_frame().round(3).to_string(index=False))

# %%
# Price, the past of the series (its weeks) and advertising matter; noise cannot be told from nothing.

plot_importance(found)

# %%
# Over the past
# -------------
# Replaced day by day: advertising counts in the last three days, since it takes three days to work; of the series
# itself the week before counts, and the week before that a little. The price of a week ago matters, too: it is needed
# to know what sales would have been without it.

plot_importance(found, over="step")

# %%
# Over time
# ---------
# The same by the time of the forecast. A covariate that counted in one season alone would show here.

plot_importance(found, over="origin")
