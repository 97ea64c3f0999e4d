r"""
Few cases: dictionaries
=======================

Sixty random walks, half of them with a short oscillation in their midst. A network would learn them by heart. So every
step looks up what it is worth instead:

.. math::

    \text{logit}_c = b_c + \sum_t e_{ct}, \qquad
    e_{ct} = \frac{1}{T} \sum_k w_{k,\,\text{code}_k(t),\,c}

The codes are chosen by kernels that nobody trains; the table :math:`w` is found in closed form.
"""

# %%
# Sixty walks to learn from, two hundred to judge by
# --------------------------------------------------

import matplotlib.pyplot as plt
import numpy as np

from attime import AttentionClassifier
from attime.plot import plot_strip

rng = np.random.default_rng(0)


def walks(n_series):
    """Return random walks of 100 steps; every other one oscillates for 20 steps from a random one on."""
    series = rng.normal(size=(n_series, 100)).cumsum(axis=1)
    shaken = np.arange(n_series) % 2
    starts = rng.integers(10, 70, n_series)
    for case in np.flatnonzero(shaken):
        series[case, starts[case] : starts[case] + 20] += 3 * np.sin(1.5 * np.arange(20))
    return series, np.where(shaken, "shaken", "calm"), starts


X, y, _ = walks(60)
X_new, y_new, starts = walks(200)
clf = AttentionClassifier(random_state=0).fit(X, y)
print(clf.reason_)
print(f"{(clf.predict(X_new) == y_new).mean():.3f} of {len(X_new)} new walks are told rightly")

# %%
# The sum, checked
# ----------------

evidence = clf.evidence(X_new)  # case, class, channel, time
difference = np.abs(evidence.sum(axis=(2, 3)) + clf.bias_ - clf.logits(X_new)).max()
print(f"largest difference between sum and logit: {difference:.1e}")

# %%
# Where did it look?
# ------------------
# Evidence for "shaken", on a shaken walk and on a calm one. The dashed lines bound the oscillation, of which the
# classifier was told nothing but that it is there.

shaken = list(clf.classes_).index("shaken")
figure, axes = plt.subplots(2, 1, figsize=(7, 4.5), layout="constrained")
for ax, case in zip(axes, (1, 0), strict=True):
    plot_strip(X_new[case], evidence[case, shaken].sum(axis=0), ax=ax)
    ax.set_title(f"{y_new[case]}, taken for {clf.predict(X_new[[case]])[0]}")
for border in (starts[1], starts[1] + 20):
    axes[0].axvline(border, color="0.4", linestyle="--", linewidth=0.8)
