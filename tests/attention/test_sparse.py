"""Weighings that are not a softmax against their defining equations, solved in another way."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from attime.attention import WEIGHINGS, Entmax15, Gate, Softmax, Sparsemax
from attime.attention.weighing import NEVER


def projection(energy: Tensor) -> Tensor:
    """Return the point of the simplex nearest to the energies: the best of those for every set of keys above zero."""
    candidates = []
    for size in range(1, len(energy) + 1):
        for keys in itertools.combinations(range(len(energy)), size):
            chosen = energy[list(keys)]
            point = torch.zeros_like(energy)
            point[list(keys)] = chosen - (chosen.sum() - 1) / size
            if (point >= 0).all():
                candidates.append(point)
    return min(candidates, key=lambda point: float((point - energy).square().sum()))


def bisected_entmax15(energy: Tensor) -> Tensor:
    """Return max(e/2 − τ, 0)² for the τ at which they sum to one; the sum falls as τ grows."""
    half = energy / 2
    low, high = half.max() - 1, half.max()
    for _ in range(100):
        tau = (low + high) / 2
        low, high = (tau, high) if (half - tau).clamp(min=0).square().sum() > 1 else (low, tau)
    return (half - low).clamp(min=0).square()


@pytest.fixture
def entmax15() -> Entmax15:
    pytest.importorskip("entmax", reason="the package entmax is not installed")
    return Entmax15()


ENERGIES = torch.randn(50, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * torch.logspace(
    -1, 1, 50, dtype=torch.float64
).unsqueeze(-1)  # from nearly even ones to those with a clear winner


def test_sparsemax_is_the_nearest_point_of_the_simplex():
    expected = torch.stack([projection(energy) for energy in ENERGIES])
    torch.testing.assert_close(Sparsemax()(ENERGIES), expected)
    assert set((expected > 0).sum(-1).tolist()) == {1, 2, 3, 4, 5}  # or the test saw too little


def test_sparsemax_ties_share():
    assert Sparsemax()(torch.tensor([[1.0, -9.0, 1.0]])).tolist() == [[0.5, 0, 0.5]]


def test_entmax_solves_its_equation(entmax15):
    expected = torch.stack([bisected_entmax15(energy) for energy in ENERGIES])
    torch.testing.assert_close(entmax15(ENERGIES), expected, atol=1e-12, rtol=0)


def test_entmax_is_between_softmax_and_sparsemax(entmax15):
    n_keys = [(weigh(ENERGIES) > 0).sum() for weigh in (Sparsemax(), entmax15, Softmax())]
    assert n_keys == sorted(n_keys)
    assert n_keys[0] < n_keys[1] < n_keys[2]


def test_a_gate_judges_each_key_on_its_own():
    energy = torch.tensor([[0.5, -2.0, NEVER, 3.0]])
    expected = torch.sigmoid(energy) / 3
    torch.testing.assert_close(Gate()(energy), expected)
    energy[0, 1] = 7.0
    assert Gate()(energy)[0, 0] == expected[0, 0]


@pytest.fixture(params=WEIGHINGS)
def weigh(request):
    """Give every weighing, as it is after training."""
    if request.param == "entmax15":
        pytest.importorskip("entmax", reason="the package entmax is not installed")
    return WEIGHINGS[request.param]().eval()


def test_a_forbidden_key_is_left_out_of_the_weighing(weigh):
    energy = torch.tensor([[1.0, NEVER, 2.0]])
    weights = weigh(energy)
    torch.testing.assert_close(weights[:, [0, 2]], weigh(energy[:, [0, 2]]))
    assert weights[0, 1] == 0


@pytest.mark.parametrize("size", [1e4, 1e9, 1e30])
def test_large_energies_are_weighed_by_their_order(weigh, size):
    """In single precision, where size + 1 is size."""
    weights = weigh(size * torch.tensor([[-1.0, 1.0, 0.5, 1.0]]))
    best = {"Gate": [0, 0.25, 0.25, 0.25], "GumbelHard": [0, 1.0, 0, 0], "ReinforceHard": [0, 1.0, 0, 0]}
    expected = torch.tensor([best.get(type(weigh).__name__, [0, 0.5, 0, 0.5])])
    torch.testing.assert_close(weights, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", [name for name, weigh in WEIGHINGS.items() if weigh.sums_to_one])
def test_only_differences_of_energies_matter(name):
    if name == "entmax15":
        pytest.importorskip("entmax", reason="the package entmax is not installed")
    weigh = WEIGHINGS[name]().eval()
    torch.testing.assert_close(weigh(ENERGIES + 123.0), weigh(ENERGIES), atol=1e-10, rtol=0)
