"""Other libraries measure the same, where they define the same; each skipped unless it is installed."""

from __future__ import annotations

import pytest

from attime.evaluate.detection import (
    affiliation,
    auc_roc,
    point_adjusted_f1,
    range_f1,
    range_precision,
    range_recall,
    ucr_score,
    vus_roc,
)

SEEDS = range(60)
BIASES = ("flat", "front", "middle", "back")


@pytest.mark.filterwarnings("ignore")
def test_aeon_agrees(draw):
    """On ranges and on the ROC without a buffer: its other volumes are defined in another way, see `vus_pr`."""
    theirs = pytest.importorskip("aeon.benchmarking.metrics.anomaly_detection", reason="aeon is not installed")
    for seed in SEEDS:
        labels, scores, predictions = draw(seed)
        pairs = [
            (theirs.roc_auc_score(labels, scores), auc_roc(labels, scores)),
            (theirs.range_roc_auc_score(labels, scores, buffer_size=0), vus_roc(labels, scores, length=0)),
        ]
        for bias in BIASES:
            for cardinality in ("one", "reciprocal"):
                ours = {"bias": bias, "cardinality": cardinality}
                pairs += [
                    (theirs.range_precision(labels, predictions, **ours), range_precision(labels, predictions, **ours)),
                    (
                        theirs.range_recall(labels, predictions, alpha=0.3, **ours),
                        range_recall(labels, predictions, existence=0.3, **ours),
                    ),
                    (
                        theirs.range_f_score(
                            labels, predictions, r_alpha=0.3, p_bias=bias, r_bias=bias, cardinality=cardinality
                        ),
                        range_f1(labels, predictions, existence=0.3, **ours),
                    ),
                ]
        for expected, found in pairs:
            assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_dtaianomaly_agrees(draw):
    theirs = pytest.importorskip("dtaianomaly.evaluation", reason="dtaianomaly is not installed")
    for seed in SEEDS:
        labels, scores, predictions = draw(seed)
        found = affiliation(labels, predictions)
        pairs = [
            (theirs.AreaUnderROC().compute(labels, scores), auc_roc(labels, scores)),
            (theirs.AffiliationPrecision().compute(labels, predictions), found.precision),
            (theirs.AffiliationRecall().compute(labels, predictions), found.recall),
            (theirs.AffiliationFBeta().compute(labels, predictions), found.f1),
            (theirs.PointAdjustedFBeta().compute(labels, predictions), point_adjusted_f1(labels, predictions)),
        ]
        for bias in BIASES:
            ours = {"bias": bias, "cardinality": "reciprocal"}
            pairs += [
                (
                    theirs.RangeBasedPrecision(bias).compute(labels, predictions),
                    range_precision(labels, predictions, **ours),
                ),
                (
                    theirs.RangeBasedRecall(0.3, bias).compute(labels, predictions),
                    range_recall(labels, predictions, existence=0.3, **ours),
                ),
            ]
        one_event = labels * 0
        one_event[7:12] = 1
        if len(set(scores)) == len(scores):  # of equal scores they take the first
            pairs.append((theirs.UCRScore(20).compute(one_event, scores), ucr_score(one_event, scores, tolerance=20)))
        for expected, measured in pairs:
            assert measured == pytest.approx(expected, abs=1e-6)
