"""Compute what keras' attention layers answer, and store it beside this file for `test_agrees_with_keras`.

Run it in the `bench` environment, which the tests themselves do not need:

    pip install "attime[bench]"
    KERAS_BACKEND=torch python tests/attention/make_keras_cases.py
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np

SHAPES = [(2, 3, 5, 4), (3, 4, 4, 3), (1, 1, 6, 2)]  # cases, queries, keys, features
MASKS = ["none", "values", "both"]


def main() -> None:
    """Write the cases."""
    import keras  # here, because pytest imports this file too when it looks for examples in docstrings

    generator = np.random.default_rng(0)
    options = itertools.product(["Attention", "AdditiveAttention"], [False, True], [False, True])
    cases = [
        one_case(keras.layers, generator, layer, use_scale, causal, masks, SHAPES[(turn + number) % len(SHAPES)])
        for turn, (layer, use_scale, causal) in enumerate(options)
        for number, masks in enumerate(MASKS)
    ]
    cases.append(nothing_to_look_at(keras.layers, generator))
    lines = ",\n".join(json.dumps(case) for case in cases)
    text = f'{{"keras": "{keras.__version__}", "backend": "{keras.backend.backend()}", "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name("keras_cases.json").write_text(text, encoding="utf-8")


def one_case(
    layers: Any,
    generator: np.random.Generator,
    layer: str,
    use_scale: bool,
    causal: bool,
    masks: str,
    shape: tuple[int, int, int, int],
) -> dict[str, Any]:
    """Draw one case and have keras answer it; the first key is always there, so that no row is masked throughout."""
    n_cases, n_queries, n_keys, d = shape
    query, value, key = (generator.normal(size=(n_cases, n, d)) for n in (n_queries, n_keys, n_keys))
    asking = generator.random((n_cases, n_queries)) < 0.7 if masks == "both" else None
    present = generator.random((n_cases, n_keys)) < 0.6 if masks != "none" else None
    if present is not None:
        present[:, 0] = True
    scale = generator.normal(size=d if layer == "AdditiveAttention" else ()) if use_scale else None
    return answered(layers, layer, query, key, value, asking=asking, present=present, scale=scale, causal=causal)


def nothing_to_look_at(layers: Any, generator: np.random.Generator) -> dict[str, Any]:
    """Draw a case whose keys are all masked: here keras answers otherwise than we do."""
    query, value, key = (generator.normal(size=(1, n, 2)) for n in (2, 3, 3))
    present = np.zeros((1, 3), dtype=bool)
    return answered(layers, "Attention", query, key, value, asking=None, present=present, scale=None, causal=False)


def answered(
    layers: Any,
    layer: str,
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    *,
    asking: np.ndarray | None,
    present: np.ndarray | None,
    scale: np.ndarray | None,
    causal: bool,
) -> dict[str, Any]:
    """Return the case with the values and weights that keras computes."""
    query, key, value = (x.astype("float32") for x in (query, key, value))
    attend = getattr(layers, layer)(use_scale=scale is not None)
    attend.build([query.shape, value.shape, key.shape])
    if scale is not None:
        attend.set_weights([scale.astype("float32")])
    values, weights = attend(
        [query, value, key], mask=[asking, present], return_attention_scores=True, use_causal_mask=causal
    )
    arrays = {"query": query, "key": key, "value": value, "asking": asking, "present": present, "scale": scale}
    arrays |= {"values": values.detach().numpy(), "weights": weights.detach().numpy()}
    return {"layer": layer, "causal": causal, **{name: as_lists(x) for name, x in arrays.items()}}


def as_lists(x: np.ndarray | None) -> Any:
    """Return nested lists of the shortest decimals that are the same float32; None and booleans as they are."""
    if x is None or x.dtype == bool:
        return None if x is None else x.tolist()
    short = np.array([float(str(number)) for number in x.astype("float32").ravel()])
    return short.reshape(x.shape).tolist()


if __name__ == "__main__":
    main()
