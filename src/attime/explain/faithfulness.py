"""`faithfulness`: everything that can be measured about an explanation, each number beside that of a random order."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from attime.data.split import generator_of
from attime.errors import DataError
from attime.estimators import AttentionClassifier
from attime.explain.curve import Curve
from attime.explain.curves import SHARES, SHORTENING, deletion_curve, insertion_curve
from attime.explain.erasing import ERASER_SHARES, aopcr, aopcr_probability, comprehensiveness, sufficiency
from attime.explain.explanation import Explanation
from attime.explain.localisation import measure_localisation
from attime.explain.measured import Measured, measured
from attime.explain.methods import METHODS, Method
from attime.explain.orders import refuse_regressors
from attime.explain.sensitivity import max_sensitivity
from attime.explain.verdict import UNIFORM, verdict_of
from attime.explain.weights_check import randomised_weights_check

MOST_RERUN = 100  # cases that are explained anew: a slow method runs eleven more times over them
RANDOM = "random"  # the control
LOCALISED = ("average_precision", "pointing", "iou", "mass", "ndcg")


@dataclass(frozen=True, eq=False, repr=False)
class Faithfulness:
    """How far an explanation can be trusted.

    Attributes
    ----------
    method
        Which method explained.
    n_cases
        How many cases were explained; a measure may count fewer, see ``Measured.n_cases``.
    measures
        Each number with its interval and the value of a random order.
    deletion, insertion
        How the prediction falls without the named steps, and comes back with them.
    verdict
        What the measures come to, in words.
    """

    method: str
    n_cases: int
    measures: tuple[Measured, ...]
    deletion: Curve
    insertion: Curve
    verdict: str

    def __repr__(self) -> str:
        return f"Faithfulness({self.method}, {self.n_cases} cases: {self.verdict})"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each measure."""
        return pd.DataFrame([dataclasses.asdict(one) for one in self.measures]).set_index("name")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types; of the curves their means over cases. What is infinite becomes None."""
        return {
            "method": self.method,
            "n_cases": self.n_cases,
            "verdict": self.verdict,
            "measures": [{k: _plain(v) for k, v in dataclasses.asdict(one).items()} for one in self.measures],
            "deletion": _means(self.deletion),
            "insertion": _means(self.insertion),
        }


def faithfulness(
    estimator: AttentionClassifier,
    explanation: Explanation,
    *,
    replacement: str = "delete",
    method: Method | None = None,
    random_state: int | None = 0,
) -> Faithfulness:
    """Measure how far an explanation can be trusted.

    Deletion: AOPCR, on logits as published and on probabilities, and comprehensiveness; AOPCR on probabilities once
    more with another replacement (steps hidden by the mask, or a line if hiding was asked for), because a cut makes
    jumps that may themselves look like a class. Insertion: gain in area and
    sufficiency, with the mean as replacement where `replacement` leaves nothing to begin with. Explaining anew, for at
    most 100 of the cases: the change under small noise, and the correlation with explanations from randomised weights.
    Where ``explanation.series.truth`` is known: whether relevance lies on it, for the cases in which the explained
    class is the labelled one (the truth of another class is not known).

    Parameters
    ----------
    estimator
        The classifier that was explained.
    explanation
        By any method.
    replacement
        What is left in place of a step: ``"delete"``, ``"missing"``, ``"mean"``, ``"interpolation"`` or ``"other"``.
    method
        The method, if it is one of your own, so that it can explain anew.
    random_state
        Seed of everything that is drawn; None for a new one each time.

    Raises
    ------
    OptionError
        If there is no such replacement, or it needs other series and there is one case only; or if the estimator is no
        classifier.
    DataError
        If classes or channels of explanation and estimator differ, or there are no cases.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> found = faithfulness(clf, explain(clf, series[:10]))
    >>> found.to_frame().loc["aopcr", ["value", "low", "high", "random", "better_share"]].shape
    (5,)
    """
    refuse_regressors(estimator)
    check_is_fitted(estimator, "module_")
    if len(explanation) == 0:
        raise DataError("the explanation has no cases, so there is nothing to measure; explain one at least")
    shares = sorted({*SHARES, *ERASER_SHARES})
    deletion = deletion_curve(estimator, explanation, replacement=replacement, shares=shares, random_state=random_state)
    insertion = insertion_curve(
        estimator,
        explanation,
        replacement="mean" if replacement in SHORTENING else replacement,
        shares=shares,
        random_state=random_state,
    )
    second = "interpolation" if replacement == "missing" else "missing"
    otherwise = deletion_curve(estimator, explanation, replacement=second, random_state=random_state)
    measures = _of_curves(deletion, otherwise, insertion)
    not_checked = ""
    if method is not None or explanation.method in METHODS:
        measures += _of_reruns(estimator, explanation, method, random_state)
    else:
        not_checked = f"Whether it hangs on the model's weights was not checked: pass method={explanation.method}(…)."
    measures += _of_truth(explanation)
    return Faithfulness(
        method=explanation.method,
        n_cases=len(explanation),
        measures=tuple(measures),
        deletion=deletion.at(SHARES),
        insertion=insertion.at(SHARES),
        verdict=UNIFORM
        if explanation.uniform.all()
        else verdict_of(measures, replacement, second=second, not_checked=not_checked),
    )


def _of_curves(deletion: Curve, otherwise: Curve, insertion: Curve) -> list[Measured]:
    published = deletion.at(SHARES)
    removed, kept = deletion.at(ERASER_SHARES), insertion.at(ERASER_SHARES)
    by_logit, by_probability = aopcr(published), aopcr_probability(published)
    back = insertion.at(SHARES).gain(probabilities=True)
    second = aopcr_probability(otherwise)
    return [
        measured("aopcr", by_logit, np.zeros_like(by_logit)),
        measured("aopcr_probability", by_probability, np.zeros_like(by_probability)),
        measured("aopcr_second", second, np.zeros_like(second)),
        measured("insertion_gain", back, np.zeros_like(back)),
        measured("comprehensiveness", comprehensiveness(removed), comprehensiveness(removed.random)),
        measured("sufficiency", sufficiency(kept), sufficiency(kept.random)),
    ]


def _of_reruns(
    estimator: AttentionClassifier, explanation: Explanation, method: Method | None, random_state: int | None
) -> list[Measured]:
    rng = generator_of(random_state)
    chosen = np.sort(rng.permutation(len(explanation))[:MOST_RERUN])
    some, seed = explanation[chosen], int(rng.integers(2**63))
    moved = max_sensitivity(estimator, some, method=method, random_state=seed)
    weights = randomised_weights_check(estimator, some, method=method, random_state=seed)
    found = [measured("randomised_weights", weights.correlation)]
    if np.isfinite(moved.values).any() and explanation.method != RANDOM:  # not for what no series has a say in
        found.insert(0, measured("max_sensitivity", moved.values, moved.random))
    return found


def _of_truth(explanation: Explanation) -> list[Measured]:
    series = explanation.series
    if series.truth is None:
        return []
    right = np.ones(len(series), dtype=bool) if series.labels is None else series.labels == explanation.target
    true, present = series.truth & explanation.present, explanation.present
    partly = true.any(axis=1) & (present & ~true).any(axis=1) & right
    if not partly.any():
        return []
    found = measure_localisation(explanation.by_step[partly], true[partly], present=present[partly])
    return [measured(name, getattr(found, name), getattr(found, f"chance_{name}")) for name in LOCALISED]


def _means(curve: Curve) -> dict[str, Any]:
    parts = ("logits", "probabilities", "random_logits", "random_probabilities")
    return {
        "replacement": curve.replacement,
        "shares": curve.shares.tolist(),
        **{name: getattr(curve, name).mean(axis=0).tolist() for name in parts},
    }


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
