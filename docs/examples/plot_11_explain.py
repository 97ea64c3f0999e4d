r"""
One series, several explanations
================================

An explanation says how relevant each time step was for a class. There are several ways to ask. Evidence is part of the
network's own sum, gradients ask how the logit :math:`F_c` would answer to a small change of a value, and occlusion asks
what it loses when a window :math:`w` is hidden:

.. math::

    \operatorname{logit}_c = b_c + \sum_t e_{ct}, \qquad
    x_t \, \frac{\partial F_c}{\partial x_t}, \qquad
    \frac{1}{|\{w \ni t\}|} \sum_{w \ni t} \bigl( F_c(x) - F_c(x \text{ without } w) \bigr)

Do they name the same steps, and are these the right ones? Where something was planted into the series, that can be
measured.
"""

# %%
# A planted task
# --------------
# All series are two waves with a fine hum and noise. In half of them a slower vibration is added to one part. The
# classifier is told which series these are, never where; ``truth`` is kept for the judgement.

import matplotlib.pyplot as plt
import numpy as np

from attime import AttentionClassifier, explain, split
from attime.data import make_planted
from attime.explain import Occlusion, agreement, measure_localisation
from attime.plot import plot_strip

parts = split(make_planted("vibration", n_series=500))
clf = AttentionClassifier("convolutional", training={"cases_shown": 8000}, random_state=0)
clf.fit(parts.train, validation=parts.validation)
accuracy = np.mean(clf.predict(parts.test) == parts.test.labels)
print(f"accuracy on {len(parts.test)} unseen series: {accuracy:.3f}")

# %%
# Explaining
# ----------
# ``explain`` takes the name of a method, or a method with options of one's own. What comes back is always the same kind
# of value: ``relevance`` of shape (case, channel, time) for the class ``target``.

vibrating = parts.test[parts.test.labels == "vibration"]
methods = {
    "evidence": "evidence",
    "attention": "attention",
    "gradient × input": "gradient_times_input",
    "integrated gradients": "integrated_gradients",
    "occlusion": Occlusion(window=30, stride=5),
    "random": "random",
}
found = {name: explain(clf, vibrating, method=method, target="vibration") for name, method in methods.items()}
print(found["evidence"], found["evidence"].relevance.shape)

# %%
# Are they right?
# ---------------
# All over the cases, beside what the same values would reach in random order. *Average precision*: do the true steps
# come first? *Pointing*: is the highest step a true one? *Overlap*: are the steps above half of the highest the true
# ones, all of them and no others? *Mass*: how much of what speaks for the class lies on true steps?

print(f"{len(vibrating)} series            average precision  pointing  overlap  mass")
for name, explanation in found.items():
    by = measure_localisation(explanation.by_step, vibrating.truth).mean()
    print(f"{name:21} {by.average_precision:19.2f} {by.pointing:9.2f} {by.iou:8.2f} {by.mass:5.2f}")
print(f"{'chance, of evidence':21}", end=" ")
chance = measure_localisation(found["evidence"].by_step, vibrating.truth).mean()
print(f"{chance.chance_average_precision:19.2f} {chance.chance_pointing:9.2f}", end=" ")
print(f"{chance.chance_iou:8.2f} {chance.chance_mass:5.2f}")

# %%
# The highest step of nearly every method is a true one. So pointing alone would call them equally good; the other
# measures do not.
#
# Do they agree?
# --------------
# Rank correlation of the steps, evidence against each other method, the mean over the cases. Random orders have 0.

table = agreement(found).to_frame()
for row in table[table["one"] == "evidence"].itertuples():
    print(f"evidence and {row.other:21} {row.correlation:+.2f}")

# %%
# The picture
# -----------
# One series, five explanations of the same answer of the same network; grey is the planted part. Each strip has its own
# scale, for relevance has no common unit.
#
# Evidence and attention cover the part and little else, but for the few steps that a token shares with its neighbours.
# Gradients change their sign from step to step, as the vibration does: what a small change of one value would do is
# another question than what the value said. Occlusion is strongest in the middle of the part and fades towards its
# ends, where a window hides less of it. With windows half as wide, which are its default here, its average precision is
# .87: beside a narrow window enough vibration is left for the logit to stay high.

shown = [name for name in found if name != "random"]
case = int(np.argsort(vibrating.truth.sum(axis=1))[len(vibrating) // 2])
figure, axes = plt.subplots(len(shown), 1, figsize=(7.5, 9.5), layout="constrained", sharex=True)
for ax, name in zip(axes, shown, strict=True):
    relevance, truth = found[name].by_step[case], vibrating.truth[case]
    precision = measure_localisation(relevance[np.newaxis], truth[np.newaxis]).average_precision[0]
    title = f"{name} (average precision {precision:.2f})"
    plot_strip(vibrating.values[case], relevance, truth=truth, label="relevance", title=title, ax=ax)
for ax in axes[:-1]:
    ax.set_xlabel("")
