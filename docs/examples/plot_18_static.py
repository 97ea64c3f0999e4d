r"""
What is known of a case
=======================

An age or a machine type does not change over time. It stands beside the series and brings evidence of its own:

.. math::

    \operatorname{logit}_c = b_c + \sum_t e_{ct} + \sum_f w_{cf} \, z_f .
"""

# %%
# Series and facts
# ----------------
# Vibration of machines. Worn ones have a short burst, but so have some of the type "press" in good order; old ones are
# worn more often.

import numpy as np
import pandas as pd

from attime import AttentionClassifier, explain
from attime.data import SeriesSet
from attime.plot import plot_explanation, plot_static


def make(n_cases: int, rng: np.random.Generator) -> SeriesSet:
    """Return series with labels, and age and type of each machine."""
    static = pd.DataFrame({"age": rng.uniform(0, 20, n_cases).round(1), "type": rng.choice(["press", "pump"], n_cases)})
    worn = rng.random(n_cases) < 1 / (1 + np.exp((10 - static["age"]) / 2))
    burst = worn | ((static["type"] == "press") & (rng.random(n_cases) < 0.5))
    values = rng.normal(scale=0.3, size=(n_cases, 80))
    for case in np.flatnonzero(burst):
        start = rng.integers(5, 60)
        values[case, start : start + 15] += np.sin(np.arange(15) * 1.5)
    return SeriesSet.of(values, np.where(worn, "worn", "sound"), static=static)


rng = np.random.default_rng(0)
train, test = make(150, rng), make(200, rng)
clf = AttentionClassifier(random_state=0).fit(train)
alone = AttentionClassifier(random_state=0).fit(train.values, train.labels)
print(f"accuracy {clf.score(test, test.labels):.2f}, of the series alone {alone.score(test.values, test.labels):.2f}")

# %%
# Why this one?
# -------------
# The steps of a case, and below what all of them add beside what is known of it.

explanation = explain(clf, test)
case = int(np.flatnonzero((test.labels == "worn") & (test.static["type"] == "pump"))[0])
plot_explanation(explanation, case=case)

# %%

plot_static(explanation, case=case)

# %%
# Bias, steps and covariates add up to the logit. What is missing, or was never seen, adds nothing.

evidence, known = clf.evidence(test), clf.static_evidence(test)
print(np.allclose(clf.bias_ + evidence.sum((2, 3)) + known.sum(2), clf.logits(test), atol=1e-4))
unknown = SeriesSet.of(test, static=test.static.assign(age=np.nan, type="lathe"))
print(clf.static_.columns, np.abs(known).mean((0, 1)).round(2), np.abs(clf.static_evidence(unknown)).max())
