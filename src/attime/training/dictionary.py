"""What the codes of a dictionary are worth, found in closed form: a ridge regression for each family, then a stack."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from attime.nn import WithStatic
from attime.nn.dictionary import DictionaryClassifier, Family
from attime.nn.static import without_static
from attime.training.cases import Cases, spread
from attime.training.checkpoint import slot_for
from attime.training.fingerprint import fingerprint_of
from attime.training.history import History
from attime.training.processes import divided, from_first
from attime.training.progress import progress_bar
from attime.training.ridge import Ridge, ridge_classifier
from attime.training.shares import make_alike, refuse_other_cases
from attime.training.stacking import stack
from attime.training.state import ended_state, restore
from attime.training.static import add_static

LEARNT_FROM = 2**15  # numbers from which the levels are learnt
FEWEST = 32  # cases for it


@torch.no_grad()
def fit_dictionary(
    module: DictionaryClassifier | WithStatic, cases: Cases, *, progress: bool | Literal["auto"] = "auto"
) -> tuple[Float[Tensor, "case class"], History]:
    """Fit a classifier to cases, and return its logits for each case as if it had been left out, and the course.

    The families are weighed by how likely they make the cases left out, which calibrates them, too; static covariates
    likewise. So the only "validation loss" is that of all cases, none of which was seen.
    """
    start = time.perf_counter()
    inner = without_static(module)
    assert isinstance(inner, DictionaryClassifier)
    refuse_other_cases(cases)
    left_out = _fit_series(inner, cases, progress)
    if isinstance(module, WithStatic):
        left_out = add_static(module, cases, left_out)
    module.eval()
    make_alike(module)
    left_out = from_first(left_out)
    return left_out, _history(float(F.cross_entropy(left_out, cases.targets)), time.perf_counter() - start)


def fit_dictionary_once(
    module: DictionaryClassifier | WithStatic, cases: Cases, *, progress: bool | Literal["auto"] = "auto"
) -> tuple[Float[Tensor, "case class"], History]:
    """Do as `fit_dictionary`, but within `checkpointing` not again what was done before."""
    slot = slot_for(lambda: fingerprint_of(module, cases.values.device, cases=cases))
    if (state := from_first(slot.ended())) is not None:
        return state.tensors["left_out"], restore(module, state)
    left_out, history = fit_dictionary(module, cases, progress=progress)
    slot.finish(lambda: ended_state(module, history).with_tensors({"left_out": left_out}))
    return left_out, history


def _fit_series(
    module: DictionaryClassifier, cases: Cases, progress: bool | Literal["auto"]
) -> Float[Tensor, "case class"]:
    some = spread(cases.targets, max(FEWEST, LEARNT_FROM // cases.values[0].numel()))
    module.learn(cases.values[some], cases.observed[some])
    families = list(module.families)
    with progress_bar("fitting", len(families), show=progress) as tick:

        def fit_one(number: int) -> Ridge:
            family = families[number]
            found = ridge_classifier(_features(module, family, cases), cases.targets, family.n_classes)
            tick(f"family {number + 1} of {len(families)}")
            return found

        fits = divided(len(families), fit_one)
    trust = stack([fit.left_out for fit in fits], cases.targets).tolist()
    for family, fit, weight in zip(families, fits, trust, strict=True):
        family.put(fit.weights * weight, fit.mean)
    bias = sum(fit.intercept * weight for fit, weight in zip(fits, trust, strict=True))
    module.bias.copy_(bias - bias.mean())
    return sum(fit.left_out * weight for fit, weight in zip(fits, trust, strict=True))


def _features(module: DictionaryClassifier, family: Family, cases: Cases) -> Float[Tensor, "case feature"]:
    batches = cases.batches(module.cases_at_once(cases.values), cases.values.device)
    features = torch.cat([family.features(module.ask(part.values, part.observed)) for part in batches])
    if not features.sum().isnan():
        return features
    return torch.where(features.isnan(), features.nanmean(0).nan_to_num(), features)


def _history(loss: float, seconds: float) -> History:
    return History(
        train_loss=np.array([loss]),
        validation_loss=np.array([loss]),
        learning_rate=np.zeros(1),
        seconds=np.array([seconds]),
        best_epoch=0,
        ended="at once",
    )
