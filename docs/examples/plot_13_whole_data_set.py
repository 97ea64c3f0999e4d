r"""
Explanations of a whole data set
================================

One picture of one case may be luck. What do the explanations of a class have in common, and which cases fall out? If
every case brings its event at another time, the mean over cases

.. math::

    \bar r_{ct} = \frac{1}{n_c} \sum_{i \in c} r_{it}

is flat, whatever the evidence :math:`r_{it}` says. Moved by the place :math:`\tau_i` of its strongest evidence, each
event lies over the others, and the mean of :math:`r_{i, \tau_i + t}` has a shape.
"""

# %%
# Three classes
# -------------
# Random waves, and in two of three classes something is added anywhere: a *bump* that rises and falls, or a *saw* that
# rises slowly and falls at once.

import numpy as np

from attime import AttentionClassifier, explain, split
from attime.data import make_planted
from attime.explain import Occlusion, align, channel_importance, confusion_cells, relevance_by_class, typical_cases
from attime.plot import plot_aligned, plot_channels, plot_profile, plot_typical

parts = split(make_planted("bump or saw", n_series=600, n_steps=200))
clf = AttentionClassifier("convolutional", training={"cases_shown": 8000}, random_state=0)
clf.fit(parts.train, validation=parts.validation)
explanation = explain(clf, parts.test)  # evidence for the predicted class
confusion_cells(explanation).to_frame()

# %%
# The mean over time
# ------------------
# Evidence by class and time, under the mean series. It is spread over all of the time, and the mean series shows what
# is left of random waves: the events are anywhere. If they came at one time, as in a heartbeat, this would be the
# picture to look at.

plot_profile(relevance_by_class(explanation), label="evidence")

# %%
# Laid over each other
# --------------------
# The same cases, each moved so that its strongest evidence stands in the middle. The strip below is dark in the middle
# whatever the method, for by that the cases were moved. What it means is told by the series above: on average they have
# the shape of the class, which nobody told the classifier or the alignment. A bump is told by its top, a saw by its
# fall; the slow rise before it has little evidence.

plot_aligned(align(explanation[explanation.prediction != "normal"], width=81), label="evidence")

# %%
# Typical and strange
# -------------------
# The score of a case is the correlation of its evidence with the mean of the others of its class, again around its
# strongest evidence. Grey is where the event was planted. The strangest bumps are narrow or lie at the end of the
# series, and their evidence is faint or smeared; the strangest saws are cut short by the end of the series.

typical = typical_cases(explanation, aligned=True, n=2)
plot_typical(explanation, typical, label="evidence")

# %%
# Which channel?
# --------------
# Another set: series of three channels, and in half of them the level of one channel, any of the three, is higher for a
# while. The network mixes channels before it judges, so its evidence does not say which one it was. Occlusion does, if
# it covers each channel alone: relevance then is what the logit loses without a window of that channel.

parts = split(make_planted("one of three channels", n_series=600, n_steps=200))
clf = AttentionClassifier("convolutional", training={"cases_shown": 8000}, random_state=0)
clf.fit(parts.train, validation=parts.validation)
right = (clf.predict(parts.test) == parts.test.labels) & (parts.test.labels == "level")
level = parts.test[right]
by_channel = explain(clf, level, method=Occlusion(window=20, per_channel=True))
importance = channel_importance(by_channel)

# %%
# The mean share of each channel is about a third, as it should be. That does not mean that the channels are alike: the
# wide intervals say that the share is another one in each case. In a single case, is the channel with the largest share
# the one with the higher level? That is known: it is the one that jumps where the planted part begins or ends.

edges = np.diff(level.truth.astype(int), axis=1) != 0
jumps = np.abs(np.diff(level.values, axis=2)) * edges[:, np.newaxis]
planted = jumps.sum(axis=2).argmax(axis=1)
hit = importance.share.argmax(axis=1) == planted
of_planted = importance.share[np.arange(len(level)), planted]
print(
    f"{len(level)} cases rightly told: the largest share is on the right channel in {hit.mean():.0%}, by chance in 33 %"
)
print(f"share of the right channel, the mean over cases: {of_planted.mean():.2f}")

plot_channels(importance)
