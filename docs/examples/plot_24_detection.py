r"""
What is out of the ordinary
===========================

Nobody has to say what a fault looks like: a window of the series asks the windows of a time when all was well, and how
far the nearest are is how unusual it is,

.. math::

    d(q, k)^2 = \frac{1}{T} \sum_t (q_t - k_t)^2, \qquad w_k \propto e^{-d(q, k)^2 / 2 d_1^2}, \qquad
    \text{context} = \sum_k w_k \, k ,

with :math:`d_1` the distance of the nearest key :math:`k`. What is attended to is what would have been normal.
"""

# %%
# A pump
# ------
# Three channels that go through a cycle of 50 steps, each cycle a little stronger or weaker. After 1,500 steps without
# faults come three: the flow stands still, the current has a spike, the pressure has another shape.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from attime import AttentionDetector
from attime.plot.detection import plot_detected, plot_event


def cycles(n_steps: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.arange(n_steps) / 50
    strength = np.repeat(rng.normal(1, 0.1, n_steps // 50), 50)
    noise = rng.normal(scale=0.08, size=(3, n_steps))
    pressure = 4 + strength * np.sin(phase) + noise[0]
    flow = 20 + 6 * strength * np.clip(np.sin(phase - 0.6), -0.2, None) + 5 * noise[1]
    current = 1.5 + 0.5 * strength * np.abs(np.sin(phase)) + 0.5 * noise[2]
    return pd.DataFrame({"pressure": pressure, "flow": flow, "current": current})


normal, later = cycles(1500, seed=0), cycles(1000, seed=1)
later.loc[210:249, "flow"] = later.flow[210]
later.loc[520:522, "current"] += 1.2
later.loc[750:799, "pressure"] = 4 + np.sin(4 * np.pi * np.arange(50) / 50)
truth = np.zeros(1000, dtype=int)
truth[210:250] = truth[520:523] = truth[750:800] = 1

# %%
# Learn, and look
# ---------------
# The window is a cycle, which the detector finds. How rare a score is among those of normal steps, each part judged by
# the others, is its p-value. ``alarm_rate`` says how many false alarms in 1,000 steps are worth it.

detector = AttentionDetector(alarm_rate=5).fit(normal)
print("steps of a window:", detector.window_)
found = detector.detect(later)
print(found)
print(found.to_events().drop(columns=["begins", "ends"]).round(3).to_string(index=False))

# %%
# The score is drawn beside the one that belongs to the rate asked for, and below it how rare it is. On top is marked
# where the faults are, which the detector was not told.

plot_detected(found, truth=truth)

# %%
# Why?
# ----
# ``explain`` says how far each step of each channel is from what it attended to, and which normal windows these are.

departure = detector.explain(later)
worst = departure.worst[0]
for name, share in zip(departure.events[worst].channels, departure.events[worst].shares, strict=True):
    print(f"{name:8} {share:.0%}")
plot_event(departure, worst)

# %%
# As it arrives
# -------------
# Piece by piece the scores are the same, and no more of the past is kept than two windows. The score of a step is final
# a window later, once all windows that cover it are complete.

stream = detector.stream()
parts = [stream.push(later.iloc[first : first + 10].to_numpy()) for first in range(0, 1000, 10)]
scores = np.concatenate([part.scores for part in (*parts, stream.finish())])
print("largest difference:", abs(scores - found.scores).max().round(6))

# %%
# What is normal after all
# ------------------------
# The third was no fault but a test of the pump. ``update`` adds what is normal, without fitting again; what is still
# unusual stays so.

before = -detector.score_samples(later)
after = -detector.update(later.iloc[700:850]).score_samples(later)

fig, ax = plt.subplots(figsize=(7, 2.5), layout="constrained")
ax.plot(before, label="before", color="#D55E00")
ax.plot(after, label="after", color="#0072B2")
ax.set(title="A test of the pump, before and after it was said to be normal", ylabel="score", xlabel="time step")
ax.legend(frameon=False)
ax.margins(x=0)
