r"""
A table of one's own
====================

From a CSV file to a judged and saved classifier. The table is wide, one row for each case and one column for each time
step, and it is as tables are: some cells are empty, and not all cases have the same length.

Nothing is imputed. Each cell has a mask beside it, and what was not observed gets no attention: with :math:`m_t = 1`
where step :math:`t` was observed and 0 elsewhere,

.. math::

    \alpha_t = \frac{m_t \, \exp \, \operatorname{score}(q, z_t)}{\sum_j m_j \, \exp \, \operatorname{score}(q, z_j)}
"""

# %%
# A table
# -------
# So that this page needs no download, the table is made here: three kinds of daily load curves. *weekday* has two
# peaks, *weekend* one broad one, *holiday* hardly any. Readings were lost, and some recordings broke off early.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import attime
from attime import AttentionClassifier
from attime.evaluate import classification_report
from attime.plot import plot_confusion, plot_history, plot_roc, plot_strip

rng = np.random.default_rng(0)
hours = np.linspace(0, 24, 96, endpoint=False)  # one value each quarter of an hour


def bump(centre, width):
    """Return a peak around an hour."""
    return np.exp(-0.5 * ((hours - centre) / width) ** 2)


rows = []
for kind in rng.permutation(["weekday"] * 200 + ["weekend"] * 100 + ["holiday"] * 60):
    size, shift = rng.uniform(0.5, 2), rng.normal(0, 1)
    if kind == "weekday":
        curve = bump(7.5 + shift, 1.2) + 1.2 * bump(18.5 + shift, 1.8)
    elif kind == "weekend":
        curve = bump(13 + 2 * shift, 4)
    else:
        curve = rng.uniform(0, 0.7) * bump(13 + 2 * shift, 4)
    curve = size * (curve + 0.3) + rng.normal(0, 0.4, 96)
    curve[rng.random(96) < 0.05] = np.nan  # lost readings
    if rng.random() < 0.3:
        curve[rng.integers(70, 96) :] = np.nan  # the recording broke off
    rows.append([kind, *curve.round(3)])

folder = Path(tempfile.mkdtemp())
table = pd.DataFrame(rows, columns=["day", *(f"{hour:05.2f}" for hour in hours)])
table.to_csv(folder / "load.csv", index=False)
table.iloc[:4, :8]

# %%
# Reading and splitting
# ---------------------
# ``target`` names the column of labels; all other columns are time steps, in their order. Empty cells become NaN.
# A test part is put aside before anything is learnt; every class is in every part in the same proportion.

series = attime.read(folder / "load.csv", target="day")
print(series.n_steps, "steps; lengths from", series.lengths.min(), "to", series.lengths.max())
print(f"{1 - series.observed.mean():.1%} of the cells are missing")
parts = attime.split(series, shares=(0.6, 0.2, 0.2))

# %%
# Fitting
# -------
# Weekdays are more than half of the cases. ``class_weight="balanced"`` makes the classes count the same.

clf = AttentionClassifier("convolutional", class_weight="balanced", random_state=0)
clf.fit(parts.train, validation=parts.validation)
print(f"{clf.history_.n_epochs} epochs, the best was number {clf.history_.best_epoch + 1}")

# %%
# Judging
# -------
# On cases that took no part in the fitting. A share of right answers alone would flatter a classifier that knows
# weekdays only (their share is 56 %), so the report has the balanced accuracy beside it, and the negative
# log-likelihood, which punishes misplaced confidence: log 3 = 1.10 is what an honest guess gets.

test = parts.test
probabilities = clf.predict_proba(test)
report = classification_report(test.labels, probabilities, clf.classes_)
for name in ("accuracy", "balanced_accuracy", "roc_auc", "negative_log_likelihood"):
    print(f"{name:24} {getattr(report, name):.3f}")

# %%
# Saving and loading
# ------------------
# A model is one file of tensors with a JSON specification. Nothing in it is code, so loading a stranger's file runs
# nothing. The loaded classifier predicts the same bits.

clf.save(folder / "load.attime")
loaded = AttentionClassifier.load(folder / "load.attime")
assert np.array_equal(loaded.predict_proba(test), probabilities)
print("the file has", (folder / "load.attime").stat().st_size // 1000, "kB")

# %%
# The pictures
# ------------
# What is confused with what, how well one class is told from the rest, how training went, and one case with its gaps:
# lost readings are gaps in the line, and the strip of evidence is white there.

figure, axes = plt.subplots(2, 2, figsize=(9.5, 7.4), layout="compressed")
plot_confusion(report, ax=axes[0, 0])
holiday = clf.classes_.tolist().index("holiday")
plot_roc(test.labels, probabilities[:, holiday], positive="holiday", ax=axes[0, 1])
plot_history(clf.history_, ax=axes[1, 0])
case = int(np.flatnonzero((test.labels == "weekday") & (test.lengths < 96))[0])
winner = int(probabilities[case].argmax())
plot_strip(
    test.values[case],
    clf.evidence(test[case])[0, winner].sum(axis=0),
    label=f"evidence for {clf.classes_[winner]}",
    title=f"true: {test.labels[case]}, {test.lengths[case]} of 96 steps",
    ax=axes[1, 1],
)
