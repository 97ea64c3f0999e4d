r"""
Did it look at the right place?
===============================

A sine wave, and a sine wave that stands still for a while: a classifier learns to tell them apart. It is told which
series are flattened, never where. Does it find out by itself, and can its picture be trusted?

The network gives every time step :math:`t` features :math:`z_t`, and one learned query :math:`q` asks all steps the
same question. How well each of them answers becomes a weight, and what each of them says for a class counts with that
weight:

.. math::

    \alpha_t = \frac{\exp \, \operatorname{score}(q, z_t)}{\sum_j \, \exp \, \operatorname{score}(q, z_j)}, \qquad
    e_{ct} = \alpha_t \, (W z_t)_c

.. math::

    \operatorname{logit}_c = \sum_t e_{ct} + b_c

:math:`\alpha_t` is the *attention*, :math:`e_{ct}` the *evidence* for class :math:`c`. Attention says where the network
looked; evidence says what it took from there.
"""

# %%
# The data
# --------
# This is the headline experiment with a tenth of its series. Every series comes with the mask of its flat part, which
# the classifier never sees.

import numpy as np

from attime import AttentionClassifier, SineConfig, make_sine, split
from attime.evaluate import classification_report
from attime.explain import measure_localisation
from attime.plot import CasePicture, case_title, plot_cases

series = make_sine(SineConfig(n_series=1000))
parts = split(series)
print(series)
print(f"{len(parts.train)} to learn from, {len(parts.validation)} to choose the epoch, {len(parts.test)} to judge by")

# %%
# Learning
# --------
# The validation series choose the epoch whose weights are kept. The test series are touched once, at the end.

clf = AttentionClassifier(random_state=0).fit(parts.train, validation=parts.validation)

test = parts.test
probabilities = clf.predict_proba(test)
report = classification_report(test.labels, probabilities, clf.classes_, positive="flattened")
print(f"accuracy {report.accuracy:.3f}, F1 {report.f1:.3f} after {clf.history_.n_epochs} epochs")

# %%
# Where did it look?
# ------------------
# Accuracy says nothing about that. Since the flat part is known, it can be measured: are the steps with the most
# evidence for "flattened" those of the flat part? Each number stands beside the one that the same values reach in a
# random order of the steps. That is what *chance* means, and only the distance to it counts.

flattened = clf.classes_.tolist().index("flattened")
evidence = clf.evidence(test)  # case, class, channel, time
attention = clf.attention(test)  # case, time

by_evidence = measure_localisation(evidence[:, flattened].sum(axis=1), test.truth).mean()
by_attention = measure_localisation(attention, test.truth).mean()

print(f"{by_evidence.n_cases} flattened series  evidence  attention  chance")
for name in ("average_precision", "mass", "pointing", "iou"):
    row = getattr(by_evidence, name), getattr(by_attention, name), getattr(by_evidence, f"chance_{name}")
    print(f"{name:21} {row[0]:8.3f} {row[1]:10.3f} {row[2]:7.3f}")

# %%
# The picture
# -----------
# A flattened series on the left, a normal one on the right. On top, the attention as a dashed line over the series;
# below, the evidence for the class that was predicted, step by step: vermillion speaks for it, blue and hatched would
# speak against it. The grey part is the true one, which the classifier was never shown.

pictures = []
for label in ("flattened", "normal"):
    case = int(np.flatnonzero(test.labels == label)[0])
    winner = int(probabilities[case].argmax())
    pictures.append(
        CasePicture(
            series=test.values[case],
            attention=attention[case],
            evidence=evidence[case, winner].sum(axis=0),
            truth=test.truth[case],
            title=case_title(label, clf.classes_[winner], probabilities[case, winner]),
        )
    )

plot_cases(pictures)

# %%
# In the normal series nothing stands still, and the network says "normal" by what it finds instead. The whole
# experiment, with 10,000 series, is ``attime demo --out results``.
