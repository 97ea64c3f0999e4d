r"""
Evidence adds up to the prediction
==================================

An attention weight says where a network looked. It does not say for which class, nor how much it mattered: a step may
be looked at and say nothing. What every step *adds* to the logit of a class does say that, and it can be read from the
network without any approximation, because the network is built as a sum:

.. math::

    e_{ct} = \alpha_t \, (W z_t)_c, \qquad \operatorname{logit}_c = b_c + \sum_t e_{ct}, \qquad
    p_c = \frac{\exp \, \operatorname{logit}_c}{\sum_{c'} \exp \, \operatorname{logit}_{c'}}

This page checks the sum with numbers, and compares three ways to choose :math:`\alpha_t`.
"""

# %%
# Three poolings
# --------------
# The poolings differ in :math:`\alpha_t` alone (:math:`n` is the number of steps):
#
# * *mean*: :math:`\alpha_t = 1/n`. Every step counts the same; class activation maps (Zhou et al. 2016) work like this.
# * *attention*: :math:`\alpha_t = \operatorname{softmax}_t \operatorname{score}(q, z_t)`. The steps compete (Bahdanau
#   et al. 2015).
# * *conjunctive*: :math:`\alpha_t = \sigma(\operatorname{score}(q, z_t)) / n`. Each step is judged on its own (Early et
#   al. 2024).

import matplotlib.pyplot as plt
import numpy as np

from attime import AttentionClassifier, SineConfig, make_sine, split
from attime.explain import measure_localisation
from attime.nn import Convolutional
from attime.plot import plot_strip

parts = split(make_sine(SineConfig(n_series=600, n_steps=300)))
test = parts.test
short = {"cases_shown": 8000}  # fewer than by default, and enough here

fitted = {}
for pooling in ("mean", "attention", "conjunctive"):
    network = Convolutional(pooling=pooling)
    fitted[pooling] = AttentionClassifier(network, training=short, random_state=0).fit(
        parts.train, validation=parts.validation
    )

# %%
# The sum, checked
# ----------------
# From the evidence, and the bias, the probabilities are computed by hand. They are those that the classifier predicts,
# up to the rounding of single precision.

for pooling, clf in fitted.items():
    evidence = clf.evidence(test)  # case, class, channel, time
    logit = evidence.sum(axis=(2, 3)) + clf.bias_
    odds = np.exp(logit - logit.max(axis=1, keepdims=True))
    by_hand = odds / odds.sum(axis=1, keepdims=True)
    difference = np.abs(by_hand - clf.predict_proba(test)).max()
    assert difference < 1e-5
    print(f"{pooling:12} largest difference between sum and prediction: {difference:.1e}")

# %%
# One case in detail: all numbers that make the prediction.

clf = fitted["attention"]
case = int(np.flatnonzero(test.labels == "flattened")[1])
evidence = clf.evidence(test[case])[0].sum(axis=1)  # class, time
on_flat_part = test.truth[case]
for number, label in enumerate(clf.classes_):
    flat, other = evidence[number, on_flat_part].sum(), evidence[number, ~on_flat_part].sum()
    bias = clf.bias_[number]
    logit = flat + other + bias
    print(f"{label:10} flat part {flat:+.2f}, other steps {other:+.2f}, bias {bias:+.2f}, logit {logit:+.2f}")

# %%
# With two classes the evidence for one is that for the other with its sign turned: what every step says for a class is
# counted against the average of the classes, for a softmax does not notice what is added to all of them.
#
# Three poolings, one series
# --------------------------
# All three solve the task. They need not agree on *where* they find it solved, which is why a picture of evidence
# should never be shown without a measure of it. Average precision asks: if the steps are ranked by their evidence for
# "flattened", do those of the flat part come first?

for pooling, clf in fitted.items():
    flattened = clf.classes_.tolist().index("flattened")
    found = measure_localisation(clf.evidence(test)[:, flattened].sum(axis=1), test.truth).mean()
    accuracy = np.mean(clf.predict(test) == test.labels)
    print(
        f"{pooling:12} accuracy {accuracy:.3f}, average precision {found.average_precision:.3f} "
        f"(chance {found.chance_average_precision:.3f}), mass {found.mass:.3f} (chance {found.chance_mass:.3f})"
    )

# %%
# Evidence for "flattened" in the same series. Each strip has its own scale, since the logits of the networks do.

figure, axes = plt.subplots(3, 1, figsize=(7.5, 7.2), layout="constrained", sharex=True)
for ax, (pooling, clf) in zip(axes, fitted.items(), strict=True):
    flattened = clf.classes_.tolist().index("flattened")
    plot_strip(
        test.values[case],
        clf.evidence(test[case])[0, flattened].sum(axis=0),
        truth=test.truth[case],
        label="evidence",
        title=f"{pooling} pooling",
        ax=ax,
    )
for ax in axes[:-1]:
    ax.set_xlabel("")
