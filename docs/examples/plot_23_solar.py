r"""
A solar plant and what goes wrong
=================================

Power in quarters of an hour, of which every step is known: what it is, and what it would have been. It is made of the
sun's place over the year, of clouds and of noise,

.. math::

    P = P_\text{rated} \cdot 0.8 \cdot \frac{G(\text{day}, \text{hour})}{1000\ \text{W/m}^2} \cdot
    k(\text{weather}) \cdot (1 + \varepsilon) .
"""

# %%
# A year
# ------
# The first year of two is normal; in the second, things happen.

import matplotlib.pyplot as plt
import numpy as np

from attime.data.detection import SOLAR_KINDS, make_solar
from attime.plot import plot_series

data = make_solar(random_state=5)
print(data)
energy = data.clean[: data.n_train].sum(axis=0) / 4
print("kWh a year and kW rated:", (energy / data.plant.rated).round().astype(int).tolist())

# %%
# A clear, a broken and an overcast day of spring. The panels of the first inverter face a little to the east.

days = data.days()
chosen = [max(day for day in range(130) if data.skies[day] == sky) for sky in ("clear", "broken", "overcast")]
plot_series(np.concatenate(days.values[chosen], axis=1), channels=data.channels, title="clear, broken, overcast")

# %%
# What happens
# ------------
# The first event of each kind, with a day before and after it. Dashed is what would have been normal; steps with a
# label are grey.

figure, axes = plt.subplots(len(SOLAR_KINDS), figsize=(7, 9), layout="constrained")
for ax, kind in zip(axes, SOLAR_KINDS, strict=True):
    event = next(event for event in data.events if event.kind == kind)
    first, last = event.start // 96 - 1, (event.end - 1) // 96 + 2
    part, channel = slice(first * 96, last * 96), event.channels[0]
    day = np.arange(last * 96 - first * 96) / 96
    ax.fill_between(day, 0, 10, where=data.labels[part, channel] == 1, step="mid", color="#DCDCDC")
    ax.plot(day, data.clean[part, channel], "--", color="#D55E00", linewidth=0.8)
    ax.plot(day, data.values[part, channel], color="black", linewidth=0.9)
    place = data.channels[channel] if len(event.channels) == 1 else "all inverters"
    ax.set(title=f"{kind}: {place}", ylabel="kW", ylim=(0, 10), yticks=(0, 5, 10))
axes[-1].set_xlabel("day")
print([event.kind for event in data.events])
