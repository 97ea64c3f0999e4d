r"""
Can the probabilities be believed?
==================================

A classifier that is 80 % sure should be right in 80 % of such cases. Sorted into bins :math:`b` by how sure they are,
the answers of each bin have a mean probability and an accuracy. How far these are apart is the expected calibration
error

.. math::

    \mathrm{ECE} = \sum_b \frac{n_b}{n} \, \lvert \mathrm{acc}_b - \mathrm{conf}_b \rvert .
"""

# %%
# Sure, and right?
# ----------------
# Three classes of random waves: with a bump, with a saw, or with nothing. A dot on the dashed line is right as often as
# it says. The lines are 95 % intervals, and a dot is full where they miss the dashed line.

import numpy as np
from scipy.special import softmax

from attime import AttentionClassifier, split
from attime.data import make_planted
from attime.evaluate import calibration
from attime.plot import plot_reliability
from attime.training import fit_temperature

parts = split(make_planted("bump or saw", n_series=1000, n_steps=100), shares=(0.3, 0.2, 0.5))
clf = AttentionClassifier("convolutional", training={"cases_shown": 2000}, random_state=0).fit(parts.train)
found = calibration(parts.test.labels, clf.predict_proba(parts.test), clf.classes_)
print(found.verdict)
plot_reliability(found)

# %%
# Too sure
# --------
# With logits four times as large every answer stays the same, and so does the accuracy. Only the probabilities are
# wrong.

logits = 4 * clf.logits(parts.test)
found = calibration(parts.test.labels, softmax(logits, axis=1), clf.classes_)
print(found.verdict)
plot_reliability(found)

# %%
# The temperature
# ---------------
# One number divides the logits, found on cases that are neither learnt from nor looked at in the end.

held_out = np.searchsorted(clf.classes_, parts.validation.labels)
temperature = fit_temperature(4 * clf.logits(parts.validation), held_out)
found = calibration(parts.test.labels, softmax(logits / temperature, axis=1), clf.classes_)
print(f"temperature {temperature:.2f}. {found.verdict}")
plot_reliability(found)
