r"""
A number from a series
======================

How high is the bump? Learnt from series and numbers alone, without being told that there is a bump, let alone where.
The number is a sum over the steps, so that each step's share of it can be read off:

.. math::

    \hat y = b + \sum_t e_t, \qquad e_t = \alpha_t \, w^\top z_t

Where a step pulls the number above the bias :math:`b`, its evidence :math:`e_t` is positive; where it pulls it below,
negative. Both are in the unit of :math:`y`.
"""

# %%
# Bumps in noise
# --------------
# Each series has one bump, somewhere, between 1 and 5 mm high.

import matplotlib.pyplot as plt
import numpy as np

from attime import AttentionRegressor, SeriesSet, split
from attime.evaluate import regression_report
from attime.explain import measure_localisation
from attime.plot import plot_numbers, plot_strip

rng = np.random.default_rng(0)
n_series, n_steps = 500, 100
place, height = rng.uniform(15, 85, (n_series, 1)), rng.uniform(1, 5, (n_series, 1))
distance = np.abs(np.arange(n_steps) - place)
values = height * np.exp(-((distance / 4) ** 2) / 2) + rng.normal(scale=0.3, size=(n_series, n_steps))
parts = split(SeriesSet.of(values, height[:, 0], truth=distance < 8))

# %%
# How good is it?
# ---------------
# No error says much by itself. So the report puts beside it what predicting the mean of the training cases would cost,
# which needs no series at all.

reg = AttentionRegressor(training={"cases_shown": 12000}, random_state=0)
reg.fit(parts.train, validation=parts.validation)
predictions = reg.predict(parts.test)
report = regression_report(parts.test.labels, predictions, mean=reg.target_mean_)
print(report.verdict)
print(f"R² {report.r2:.3f}, mean absolute error {report.mean_absolute_error:.3f} mm")

# %%
# The sum, checked
# ----------------

evidence = reg.evidence(parts.test)  # case, 1, channel, time: in mm
by_hand = evidence.sum(axis=(1, 2, 3)) + reg.bias_
assert np.allclose(by_hand, predictions, atol=1e-4)
print(f"largest difference between sum and prediction: {np.abs(by_hand - predictions).max():.1e} mm")

# %%
# Where does the number come from?
# --------------------------------
# If the steps are ranked by the size of their evidence, do those of the bump come first?

found = measure_localisation(np.abs(evidence[:, 0, 0]), parts.test.truth).mean()
print(f"average precision {found.average_precision:.3f} (chance {found.chance_average_precision:.3f})")

# %%
# A low bump and a high one, under one scale of colours. What pulls the number down is blue, what pulls it up is red.

low, high = np.argsort(parts.test.labels)[[2, -3]]
limit = float(np.abs(evidence[[low, high]]).max())
figure, axes = plt.subplots(1, 3, figsize=(11.5, 3.6), layout="constrained", width_ratios=(1, 1, 0.9))
for ax, case in zip(axes, (low, high), strict=False):
    plot_strip(
        parts.test.values[case],
        evidence[case, 0, 0],
        truth=parts.test.truth[case],
        label="evidence [mm]",
        title=f"true {parts.test.labels[case]:.2f} mm, predicted {predictions[case]:.2f} mm",
        limit=limit,
        ax=ax,
    )
_ = plot_numbers(parts.test.labels, predictions, mean=reg.target_mean_, ax=axes[2])
