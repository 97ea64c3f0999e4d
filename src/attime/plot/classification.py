"""What a classifier confuses, and what its probabilities are worth at every threshold."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from sklearn.metrics import roc_auc_score, roc_curve

from attime.errors import DataError
from attime.evaluate import ClassificationReport
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, share_colours, short, tidy

MOST_WITH_NUMBERS = 20


def plot_confusion(report: ClassificationReport, *, ax: Axes | None = None) -> Axes:
    """Draw the confusion matrix: numbers are cases, darkness is the share of the true class.

    Beyond twenty classes the numbers are left out, since they could not be read, and darkness goes by the root of the
    share, so that rare confusions are seen.

    Parameters
    ----------
    report
        From ``attime.evaluate.classification_report``.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Examples
    --------
    >>> from attime.evaluate import classification_report
    >>> probabilities = np.array([[0.9, 0.1], [0.6, 0.4]])
    >>> report = classification_report(np.array(["no", "yes"]), probabilities, np.array(["no", "yes"]))
    >>> [text.get_text() for text in plot_confusion(report).texts]
    ['1', '0', '1', '0']
    """
    counts = report.confusion_matrix
    n_classes = len(counts)
    names = [short(name) for name in report.classes.tolist()]
    longest = max(map(len, names))
    if ax is None:
        side = max(2.6, min(0.55 * n_classes, 2.0 + 0.14 * n_classes)) + 0.07 * longest
        ax = new_axes(width=side + 1.0, height=side, compressed=True)
    of_class = counts.sum(axis=1, keepdims=True)
    share = counts / np.maximum(of_class, 1)
    with_numbers = n_classes <= MOST_WITH_NUMBERS
    # Without numbers rare confusions must be seen by their colour alone; the root lifts them off the white.
    image = ax.imshow(share, cmap=share_colours(), norm=PowerNorm(1.0 if with_numbers else 0.5, vmin=0.0, vmax=1.0))
    if with_numbers:
        for (true, predicted), count in np.ndenumerate(counts):
            colour = "white" if share[true, predicted] > 0.45 else "black"
            size = min(11.0, 90 / n_classes)
            ax.text(predicted, true, f"{count:,}", ha="center", va="center", color=colour, fontsize=size)
    size = min(10.0, 360 / n_classes)
    slanted = longest > 3 and longest * n_classes > 24
    ax.set_xticks(range(n_classes), names, fontsize=size, rotation=(40 if with_numbers else 90) if slanted else 0)
    if slanted and with_numbers:
        for tick in ax.get_xticklabels():
            tick.set(ha="right", rotation_mode="anchor")
    ax.set_yticks(range(n_classes), names, fontsize=size)
    ax.tick_params(length=0 if with_numbers else 2)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.set_title(f"accuracy {report.accuracy:.3f}, {report.n_cases:,} cases", fontsize="medium")
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.045, pad=0.03)
    bar.set_label("share of the true class")
    bar.outline.set_linewidth(0.5)
    return ax


def plot_roc(
    labels: Shaped[np.ndarray, " case"],
    probabilities: Float[np.ndarray, " case"],
    *,
    positive: Hashable,
    ax: Axes | None = None,
) -> Axes:
    """Draw the receiver operating characteristic of one class, with the area under it.

    Parameters
    ----------
    labels
        True class of each case.
    probabilities
        Probability, or another score, of the class `positive`.
    positive
        The class whose detection is drawn; all others count as negative.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If the labels are all of `positive`, or none of them is, for then there is no such curve.

    Examples
    --------
    >>> labels = np.array(["no", "no", "yes", "yes"])
    >>> ax = plot_roc(labels, np.array([0.1, 0.6, 0.4, 0.9]), positive="yes")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['yes (AUC 0.750)', 'chance (AUC 0.500)']
    """
    is_positive = np.array([label == positive for label in labels.tolist()])
    if is_positive.all() or not is_positive.any():
        raise DataError(
            f"{is_positive.sum()} of the {len(labels)} labels are {positive!r}; a ROC curve needs some but not all"
        )
    false_alarms, hits, _ = roc_curve(is_positive, probabilities)
    area = float(roc_auc_score(is_positive, probabilities))
    if ax is None:
        ax = new_axes(width=4.2, height=4.0)
    # Not clipped, for a perfect curve runs along the very edges.
    ax.plot(
        false_alarms, hits, color=BLUE, linewidth=2.2, clip_on=False, zorder=3, label=f"{positive} (AUC {_area(area)})"
    )
    ax.plot([0, 1], [0, 1], color=CHANCE, linewidth=1.0, linestyle="--", label="chance (AUC 0.500)")
    ax.set(xlabel="false positive rate", ylabel="true positive rate", xlim=(-0.02, 1), ylim=(0, 1.02), aspect="equal")
    ax.legend(loc="lower right", frameon=False)
    tidy(ax)
    return ax


def _area(area: float) -> str:
    """Never "1.000" for an area that is not 1."""
    return f"{area:.3f}" if area < 0.9995 or area == 1 else "> 0.999"
