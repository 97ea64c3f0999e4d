"""The verdict: what the measures of an explanation come to, in sentences that need no glossary."""

from __future__ import annotations

from collections.abc import Sequence

from attime.explain.measured import Measured
from attime.explain.weights_check import LIMIT

HARDLY = 0.01  # a difference in probability that nobody would notice
FEW_CASES = 30  # up to here a difference that is not seen may hide behind too few cases
UNIFORM = "It is the same at every step, so it names none."
TAKING_AWAY = {
    "delete": "Deleting",
    "missing": "Hiding",
    "mean": "Putting the mean in place of",
    "interpolation": "Putting a line in place of",
    "other": "Putting another series in place of",
}


def verdict_of(
    measures: Sequence[Measured], replacement: str, *, second: str = "missing", not_checked: str = ""
) -> str:
    """Say in words what the measures come to.

    Parameters
    ----------
    measures
        From `faithfulness`; "aopcr_probability" must be among them.
    replacement, second
        How steps were taken away, and how for the measure "aopcr_second".
    not_checked
        A sentence about what could not be measured.

    Examples
    --------
    >>> import numpy as np
    >>> from attime.explain.measured import measured
    >>> print(verdict_of([measured("aopcr_probability", np.linspace(0.3, 0.5, 9), np.zeros(9))], "delete"))
    Deleting the steps it names changes the prediction more than deleting random steps, in 100 % of the cases
    (on average by .40 of its probability).
    """
    found = {one.name: one for one in measures}
    first, other = found["aopcr_probability"], found.get("aopcr_second")
    sentences = [_taken_away(first, replacement, alone=other is None or other.beside_random == first.beside_random)]
    if other is not None:
        sentences.append(_second_way(first, other, second))
    if "insertion_gain" in found:
        sentences.append(_put_back(found["insertion_gain"], found["aopcr_probability"]))
    if "randomised_weights" in found:
        sentences.append(_weights(found["randomised_weights"]))
    if "max_sensitivity" in found:
        sentences.append(_noise(found["max_sensitivity"]))
    sentences.append(not_checked)
    if "average_precision" in found:
        sentences.append(_truth(found["average_precision"]))
    return " ".join(filter(None, sentences))


def _second_way(first: Measured, other: Measured, second: str) -> str:
    """Say whether it matters what stands in place of a step."""
    if other.beside_random == first.beside_random:
        return "" if first.n_cases <= FEW_CASES else f"{TAKING_AWAY[second]} them instead says the same."
    if "better" not in (first.beside_random, other.beside_random):
        return f"{_taken_away(other, second, alone=False)} So do not trust it."
    return f"{_taken_away(other, second, alone=False)} So it hangs on what stands in place of a step."


def _taken_away(one: Measured, replacement: str, *, alone: bool) -> str:
    """Say what taking the steps away does; whether that is reason for trust only if it stands alone."""
    doing = TAKING_AWAY[replacement]
    share = f"{100 * (one.better_share or 0):.0f} %"
    distrust = ", do not trust it" if alone else ""
    size = f"on average by {_number(abs(one.value))} of its probability"
    if one.beside_random != "undecided" and abs(one.value) < HARDLY:
        return f"{doing} the steps it names does hardly another thing than {doing.lower()} random steps ({size})."
    if one.beside_random == "better" and (one.better_share or 0) < 0.5:
        return (
            f"{doing} the steps it names changes the prediction more than {doing.lower()} random steps {size}, though "
            f"in {share} of the cases only."
        )
    if one.beside_random == "better":
        return (
            f"{doing} the steps it names changes the prediction more than {doing.lower()} random steps, in {share} of "
            f"the cases ({size})."
        )
    if one.beside_random == "worse":
        return (
            f"{doing} the steps it names changes the prediction less than {doing.lower()} random steps ({size}): "
            f"worse than a random order{distrust}."
        )
    if one.n_cases <= FEW_CASES:
        number = _cases(one)
        return f"{doing} the steps it names cannot be told from {doing.lower()} random steps with {number}: take more."
    return f"{doing} the steps it names: no better than a random order{distrust}."


def _put_back(one: Measured, taken_away: Measured) -> str:
    """Speak only where putting back does not say what taking away said."""
    if one.beside_random == taken_away.beside_random or one.n_cases <= FEW_CASES:
        return ""
    if one.beside_random == "better" and one.value >= HARDLY:
        return "Put back first, they do restore the prediction sooner than random steps."
    if taken_away.beside_random == "better" and taken_away.value >= HARDLY:
        return "But put back first, they do not restore the prediction sooner than random steps."
    return ""


def _weights(one: Measured) -> str:
    correlation = f"(correlation {_number(one.value)})"
    if one.value > LIMIT:
        return (
            f"It stays the same when the model's weights are randomised {correlation}, so it does not show what the "
            "model has learnt."
        )
    if one.high > LIMIT:
        few = " from so few cases" if one.n_cases <= FEW_CASES else ""
        return f"Whether it changes when the weights are randomised cannot be told{few} {correlation}."
    return f"It changes when the weights are randomised {correlation}."


def _noise(one: Measured) -> str:
    """Speak only of what is wrong."""
    if one.random is None or one.value < one.random:
        return ""
    return "A little noise in the series changes it as much as shuffling it would."


def _truth(one: Measured) -> str:
    numbers = f"average precision {_number(one.value)} (by chance {_number(one.random or 0.0)})"
    if one.beside_random == "better":
        return f"It lies on the true steps: {numbers}."
    if one.beside_random == "worse":
        return f"It avoids the true steps: {numbers}."
    few = f" with {_cases(one)} of known truth" if one.n_cases <= FEW_CASES else ""
    return f"That it lies on the true steps cannot be told from chance{few}: {numbers}."


def _cases(one: Measured) -> str:
    return "1 case" if one.n_cases == 1 else f"{one.n_cases} cases"


def _number(value: float) -> str:
    """Write .97 for 0.97."""
    text = f"{value:.2f}"
    text = text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
    return text.replace("-", "−")
