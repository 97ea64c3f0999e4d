"""Our attention against the numbers that keras' layers computed (`make_keras_cases.py`), weights included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from attime.attention import Additive, Attended, Attention, Causal, Dot, Global

STORED = json.loads(Path(__file__).with_name("keras_cases.json").read_text(encoding="utf-8"))["cases"]
*ALIKE, NOTHING_TO_LOOK_AT = STORED


def name(case: dict[str, Any]) -> str:
    options = {
        case["layer"]: True,
        "scale": case["scale"],
        "causal": case["causal"],
        "asking": case["asking"],
        "present": case["present"],
    }
    return "-".join(option for option, given in options.items() if given)


def tensor(case: dict[str, Any], entry: str) -> Tensor | None:
    return None if case[entry] is None else torch.tensor(case[entry])


def ours(case: dict[str, Any]) -> Attended:
    query, key, scale = tensor(case, "query"), tensor(case, "key"), tensor(case, "scale")
    d = query.shape[-1]
    if case["layer"] == "Attention":
        score = Dot(d, d)
        query = query if scale is None else scale * query  # keras learns one factor for all energies
    else:
        score = Additive(d, d)  # keras has no matrices in it: Σ scale · tanh(q + k)
        with torch.no_grad():
            score.W.weight.copy_(torch.eye(d))
            score.U.weight.copy_(torch.eye(d))
            score.U.bias.zero_()
            score.v.weight.copy_(torch.ones(d) if scale is None else scale)
    attend = Attention(score, scope=Causal() if case["causal"] else Global())
    masks = {"present": tensor(case, "present"), "asking": tensor(case, "asking")}
    return attend(query, key, tensor(case, "value"), **masks)


@pytest.mark.parametrize("case", ALIKE, ids=[f"{number}-{name(case)}" for number, case in enumerate(ALIKE)])
def test_values_and_weights_are_those_of_keras(case):
    attended = ours(case)
    weights, asking = tensor(case, "weights"), tensor(case, "asking")
    if asking is not None:  # keras blanks the values of such queries and leaves their weights; here both are zero
        weights = weights * asking.unsqueeze(-1)
    torch.testing.assert_close(attended.values, tensor(case, "values"), atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(attended.weights, weights, atol=1e-6, rtol=1e-6)


def test_a_query_without_keys_gets_zeros_where_keras_looks_at_all_the_masked_ones():
    n_keys = len(NOTHING_TO_LOOK_AT["key"][0])
    keras_weights = tensor(NOTHING_TO_LOOK_AT, "weights")
    torch.testing.assert_close(keras_weights, torch.full_like(keras_weights, 1 / n_keys))
    attended = ours(NOTHING_TO_LOOK_AT)
    assert (attended.weights == 0).all()
    assert (attended.values == 0).all()


def test_the_stored_cases_reach_every_option():
    for entry in ("scale", "asking", "present"):
        assert {case[entry] is None for case in ALIKE} == {True, False}
    assert {(case["layer"], case["causal"]) for case in ALIKE} == {
        (layer, causal) for layer in ("Attention", "AdditiveAttention") for causal in (True, False)
    }
