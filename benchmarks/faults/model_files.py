"""Model files that are damaged, and such that were made to do harm: each is refused, or is the model that it was."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

import attime
from attime.errors import AttimeError, ModelFileError
from attime.persistence import ModelFile, read_model, write_model
from faults.counts import CRASHED, LOST, SURVIVED, WRONG, Counts, is_clear
from faults.hostile_json import HOSTILE
from faults.isolated import outcomes

MEMORY = 2**30
Harm = Callable[[bytes, np.random.Generator], bytes]


def mutate(model_path: str | os.PathLike[str], n: int, seed: int) -> Counts:
    """Damage a model file in `n` ways, drawn by `seed`, and count what loading it comes to.

    Survived has what is refused by a ModelFileError, or predicts the same; wrong is what predicts something else.
    """
    sound = Path(model_path).read_bytes()
    torch.set_num_threads(1)  # threads do not outlive a fork
    expected = answers(attime.load(model_path))

    def make(number: int, path: Path) -> str:
        rng = np.random.default_rng([seed, number])
        name, damaged = list(HARMS)[rng.integers(len(HARMS))], sound
        while damaged == sound:
            damaged = HARMS[name](sound, rng)
        path.write_bytes(damaged)
        return name

    return _loaded(make, n, expected, f"seed {seed}")


def forge(model_path: str | os.PathLike[str], n: int, seed: int) -> Counts:
    """Write hostile values into a specification, with a checksum that fits; count what loading and asking come to.

    What predicts something else is not wrong here: it was forged, which a checksum does not tell. What is loaded must
    predict something, though, or refuse to with one clear error.
    """
    file = read_model(model_path)

    def make(number: int, path: Path) -> str:
        rng = np.random.default_rng([seed, number])
        place, told = "", file.specification
        while told == file.specification:
            place, told = _with_hostile_value(file.specification, rng)
        write_model(path, ModelFile(told, file.tensors))
        return place

    return _loaded(make, n, None, f"seed {seed}")


def answers(model: object) -> bytes:
    """Return what a model predicts for random series, bit for bit."""
    rng = np.random.default_rng(0)
    if isinstance(model, attime.AttentionForecaster):
        return model.predict().to_numpy(str).tobytes()
    if isinstance(model, attime.AttentionDetector):
        series = rng.normal(size=(3 * model.window_, model.n_features_in_))
        return np.asarray(model.score_samples(series)).tobytes()
    if isinstance(model, attime.AttentionClassifier):
        return model.predict_proba(rng.normal(size=(3, model.n_channels_, model.n_steps_))).tobytes()
    assert isinstance(model, attime.AttentionRegressor)
    return model.predict(rng.normal(size=(3, model.n_channels_, model.n_steps_))).tobytes()


def _loaded(make: Callable[[int, Path], str], n: int, expected: bytes | None, told: str) -> Counts:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.attime"
        found = list(outcomes(lambda number: _load(make, number, path, expected), n, memory=MEMORY))
        names = [make(number, path) if outcome != SURVIVED else "" for number, outcome in enumerate(found)]
    return Counts.of((f"{name}, number {number}, {told}", it) for number, (name, it) in enumerate(zip(names, found)))  # noqa: B905


def _load(make: Callable[[int, Path], str], number: int, path: Path, expected: bytes | None) -> str:
    make(number, path)
    before = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = attime.load(path)
            same = _answers_right(model, expected)
    except ModelFileError as error:
        same = is_clear(error)
    except Exception:
        return CRASHED
    if path.read_bytes() != before:
        return LOST
    if not torch.is_grad_enabled():  # what comes after in this process must not suffer
        return CRASHED
    return SURVIVED if same else WRONG


def _answers_right(model: object, expected: bytes | None) -> bool:
    """Whether a model answers as expected; if nothing is expected, in any way, or with a clear refusal."""
    try:
        return answers(model) == expected or expected is None
    except AttimeError as error:
        return expected is None and is_clear(error)


def _flip_bit(content: bytes, rng: np.random.Generator) -> bytes:
    array = np.frombuffer(content, np.uint8).copy()
    array[rng.integers(len(array))] ^= np.uint8(1 << rng.integers(8))
    return array.tobytes()


def _flip_bit_of_header(content: bytes, rng: np.random.Generator) -> bytes:
    n_header = 8 + int.from_bytes(content[:8], "little")
    return _flip_bit(content[:n_header], rng) + content[n_header:]


def _change_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    array = np.frombuffer(content, np.uint8).copy()
    places = rng.integers(len(array), size=rng.integers(1, 9))
    array[places] = rng.integers(256, size=len(places))
    return array.tobytes()


def _cut(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: rng.integers(len(content))]


def _lengthen(content: bytes, rng: np.random.Generator) -> bytes:
    more = rng.bytes(rng.integers(1, 99))
    return content + (more if rng.random() < 0.5 else bytes(len(more)))


def _random_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    return rng.bytes(rng.integers(1, len(content)))


def _blank(content: bytes, rng: np.random.Generator) -> bytes:
    start, end = sorted(rng.integers(len(content) + 1, size=2))
    return content[:start] + bytes(int(end - start)) + content[end:]


def _splice(content: bytes, rng: np.random.Generator) -> bytes:
    start, end, to = (int(place) for place in rng.integers(len(content), size=3))
    return content[:to] + content[start:end] + content[to + max(0, end - start) :]


def _other_length(content: bytes, rng: np.random.Generator) -> bytes:
    size = int(rng.choice([0, 1, 8, len(content), 2**20, 2**32, 2**40, 2**63 - 1, int(rng.integers(2**62))]))
    return size.to_bytes(8, "little") + content[8:]


def _hostile_header(content: bytes, rng: np.random.Generator) -> bytes:
    header = HOSTILE[rng.integers(len(HOSTILE))]()
    kept = 8 + int.from_bytes(content[:8], "little")
    return len(header).to_bytes(8, "little") + header + content[kept:]


def _replace_in_header(content: bytes, rng: np.random.Generator) -> bytes:
    """Change what would still be JSON: names, digits, types, letters of either case."""
    n_header = 8 + int.from_bytes(content[:8], "little")
    header = content[8:n_header]
    swaps = ((b"F32", b"I32"), (b"F64", b"I64"), (b":3", b":2"), (b": 3", b": 2"), (b"true", b"null"), (b"0", b"1"),
             (b"1", b"9"), (b"a", b"A"), (b"[", b"{"), (b"module", b"scale"), (b"checksum", b"checksun"))  # fmt: skip
    old, new = swaps[rng.integers(len(swaps))]
    header = header.replace(old, new, int(rng.integers(1, 4)))
    return len(header).to_bytes(8, "little") + header + content[n_header:]


HARMS: dict[str, Harm] = {
    "a bit": _flip_bit,
    "a bit of the header": _flip_bit_of_header,
    "some bytes": _change_bytes,
    "cut": _cut,
    "longer": _lengthen,
    "random bytes": _random_bytes,
    "zeros": _blank,
    "spliced": _splice,
    "another length of the header": _other_length,
    "a hostile header": _hostile_header,
    "other words in the header": _replace_in_header,
}

VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1, 10**6, 10**9, 10**12, 2**63, 10**400, -0.5, 1e308, float("nan"), float("inf"), "", "linear",
    "entmax15", "__import__", "x" * 10_000, [], {}, ["tuple"], ["options"], ["options", "Backdoor", {}],
    ["options", "Transformer", {"n_layers": 10**6}], ["options", "Convolutional", {"width": 10**6}],
    ["options", "Convolutional", {"dilations": ["tuple", *[1] * 50_000]}], ["options", "Recurrent", {"hidden": 10**9}],
    ["options", "Dictionary", {"n_dilations": 10**9}], ["options", "Mixture", {"parts": ["tuple"]}],
    ["options", "Mixture", {"parts": ["tuple", *[["options", "Dictionary", {}]] * 300]}],
    ["options", "RIM", {"n_modules": 10**6}], ["options", "MaskedTransformer", {"n_layers": 10**6, "n_heads": 1}],
    ["mapping"], ["mapping", [1, 2, 3]], [["list"]] * 1000, [{"best_epoch": 0, "ended": "finished"}] * 100_000,
)  # fmt: skip


def _with_hostile_value(specification: dict[str, object], rng: np.random.Generator) -> tuple[str, dict[str, object]]:
    """Return a copy in which one to three values, wherever they stand, are hostile; and where."""
    told, places = _copy(specification), []
    for _ in range(rng.integers(1, 4)):
        holder, keys = told, []
        while True:
            names = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not names:
                break
            name = names[rng.integers(len(names))]
            keys.append(str(name))
            inner = holder[name]
            if isinstance(inner, dict | list) and inner and rng.random() < 0.8:
                holder = inner
                continue
            if rng.random() < 0.1 and isinstance(holder, dict):
                del holder[name]
            else:
                holder[name] = _copy(VALUES[rng.integers(len(VALUES))])
            break
        places.append(".".join(keys))
    return ", ".join(places), told


def _copy(value: object) -> object:
    """Copy lists and mappings; much quicker than the general way."""
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [*map(_copy, value)] if isinstance(value, list) else value
