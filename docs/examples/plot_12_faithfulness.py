r"""
Can an explanation be trusted?
==============================

If the steps that an explanation names made the prediction, then taking them away changes it sooner than taking random
steps away does. With :math:`F_k` the logit of the explained class after the :math:`k`-th share of the steps is gone,

.. math::

    \operatorname{AOPC} = \frac{1}{K + 1} \sum_{k=1}^{K} (F_0 - F_k), \qquad
    \operatorname{AOPCR} = \operatorname{AOPC} - \operatorname{E}_{\text{random order}} \operatorname{AOPC}

That needs no known truth. But one measure is not enough: the explanation below that never looks at the network passes
this one, and is caught by another.
"""

# %%
# A network, and what it says
# ---------------------------
# Random waves, and in half of them a part that is noisier than the rest.

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np

from attime import AttentionClassifier, explain, faithfulness, split
from attime.data import make_planted
from attime.explain import Method, Relevance
from attime.plot import plot_curve, plot_faithfulness

parts = split(make_planted("noise", n_series=500))
clf = AttentionClassifier("convolutional", training={"cases_shown": 8000}, random_state=0)
clf.fit(parts.train, validation=parts.validation)
test = parts.test
noisy = test[test.labels == "noise"]
print(f"accuracy on {len(test)} unseen series: {np.mean(clf.predict(test) == test.labels):.3f}")

# %%
# An explanation that ignores the network
# ---------------------------------------
# A method of one's own is a dataclass with one function; its fields are its options. This one calls a step relevant if
# the series is rough around it. It would say the same of any network, even of one that has learnt nothing.


@dataclass
class Roughness(Method):
    """The mean size of the second differences around a step."""

    window: int = 15

    def relevance(self, estimator, series, targets, rng):
        """Return the mean over a window."""
        size = np.abs(np.diff(series.values[:, 0], n=2, prepend=0.0, append=0.0))
        smooth = [np.convolve(case, np.ones(self.window) / self.window, mode="same") for case in size]
        return Relevance(np.array(smooth)[:, np.newaxis])


explanations = {
    "evidence": explain(clf, noisy, method="evidence"),
    "Roughness": explain(clf, noisy, method=Roughness()),
    "random": explain(clf, noisy, method="random"),
}

# %%
# The verdicts
# ------------
# ``faithfulness`` measures deletion, insertion, the change under small noise, the correlation with explanations of
# networks with randomised weights and, as the truth is known here, localisation. Every number stands beside that of a
# random order, with its interval over the cases; ``verdict`` says in words what they come to.

found = {
    name: faithfulness(clf, explanation, method=Roughness() if name == "Roughness" else None)
    for name, explanation in explanations.items()
}
for name, one in found.items():
    print(f"{name}: {one.verdict}\n")

# %%
# Roughness lies on the true steps, and deleting them changes the prediction, for it is the noisy part that is rough. It
# names the right steps and yet explains nothing: it stays the same when the network forgets all it has learnt. Had the
# network been right for another reason, roughness would not have told.
#
# Some of the numbers:

table = found["evidence"].to_frame()
table[["value", "low", "high", "random", "better_share", "beside_random"]].round(2)

# %%
# The pictures
# ------------
# How the probability falls as steps are deleted, and all measures of both explanations. A full blue dot is better than
# a random order, an open one is not; grey diamonds are the random orders. Where there is none, as for randomised
# weights, the dot is black, and the best value is 0.

figure = plt.figure(figsize=(9, 11.5), layout="constrained")
axes = figure.subplots(3, 1, height_ratios=[0.8, 1, 1])
plot_curve([one.deletion for one in found.values()], probabilities=True, ax=axes[0])
plot_faithfulness(found["evidence"], ax=axes[1])
plot_faithfulness(found["Roughness"], ax=axes[2])
