r"""
Gaps and channels
=================

A step that was not observed has no weight and no evidence. Attention over channels does with channels what pooling does
with steps:

.. math::

    z_t = \sum_k \beta_{kt} \, z_{kt}, \qquad
    e_{ckt} = \alpha_t \, \beta_{kt} \, (W z_{kt})_c, \qquad
    \operatorname{logit}_c = b_c + \sum_{k, t} e_{ckt} .
"""

# %%
# Which channel?
# --------------
# Noise in three channels, and in half of the cases a bump in one of them.

import numpy as np

from attime import AttentionClassifier
from attime.data import SeriesSet
from attime.nn import Convolutional
from attime.plot import plot_map


def make(n_cases: int, rng: np.random.Generator) -> tuple[SeriesSet, np.ndarray]:
    """Return the series, and the channel in which each bump would be."""
    values = 0.3 * rng.standard_normal((n_cases, 3, 60))
    channel, start = rng.integers(3, size=n_cases), rng.integers(5, 45, size=n_cases)
    labels = np.array(["bump", "none"])[np.arange(n_cases) % 2]
    for case in np.flatnonzero(labels == "bump"):
        values[case, channel[case], start[case] : start[case] + 10] += 2
    return SeriesSet.of(values, labels), channel


rng = np.random.default_rng(0)
train, _ = make(160, rng)
test, channel = make(40, rng)
network = Convolutional(width=8, dilations=(1, 2), channels="attention")
clf = AttentionClassifier(network, training={"max_epochs": 15}, random_state=0).fit(train)
weights = clf.attention_maps(test)[1]
print(f"accuracy {clf.score(test, test.labels):.2f}; the bump of case 0 is in channel {channel[0]}")
plot_map(weights, case=0)

# %%
# The same with a third of the values deleted, and of case 0 one channel altogether. It is passed over.

values = test.values.copy()
values[rng.random(values.shape) < 1 / 3] = np.nan
values[0, (channel[0] + 1) % 3] = np.nan
gaps = SeriesSet.of(values, test.labels)
print(f"accuracy {clf.score(gaps, gaps.labels):.2f}")
plot_map(clf.attention_maps(gaps)[1], case=0)
