"""Properties of weights for whatever shapes, masks and energies hypothesis comes up with."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from attime.attention import Additive, Attention, Causal, Dot, Gate, Global, ScaledDot, Softmax, Sparsemax
from attime.attention.weighing import NEVER

BATCHES = st.lists(st.integers(1, 3), max_size=3).map(tuple)


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, Tensor], tuple[int, ...]]:
    """Draw queries, keys, values and a mask of any number of batch axes, and of any length from one on."""
    batch, n_queries, n_keys = draw(BATCHES), draw(st.integers(1, 6)), draw(st.integers(1, 7))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    scale = draw(st.sampled_from([0.0, 1e-3, 1.0, 1e3]))
    sizes = {"query": n_queries, "key": n_keys, "value": n_keys}
    arrays = {name: scale * torch.randn(*batch, n, 4, generator=generator) for name, n in sizes.items()}
    arrays["present"] = torch.rand(*batch, n_keys, generator=generator) < draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    return arrays, (*batch, n_queries, n_keys)


@settings(deadline=None)
@given(
    asked=questions(),
    score=st.sampled_from([Dot, ScaledDot, Additive]),
    weigh=st.sampled_from([Softmax, Sparsemax, Gate]),
    scope=st.sampled_from([Global, Causal]),
)
def test_weights_are_shares_of_the_allowed_keys(asked, score, weigh, scope):
    arrays, shape = asked
    arrays["query"].requires_grad_()
    attended = Attention(score(4, 4), weigh=weigh(), scope=scope())(**arrays)
    attended.values.sum().backward()
    allowed = arrays["present"].unsqueeze(-2).expand(shape)
    if scope is Causal:
        allowed = allowed & torch.ones(shape[-2:], dtype=torch.bool).tril()
    weights, total = attended.weights, attended.weights.sum(-1)
    assert weights.shape == shape
    assert (weights >= 0).all()
    assert (weights[~allowed] == 0).all()
    assert torch.isfinite(attended.values).all()
    assert torch.isfinite(arrays["query"].grad).all()
    most = allowed.any(-1).to(total)
    if weigh.sums_to_one:
        torch.testing.assert_close(total, most, atol=1e-5, rtol=0)
    else:
        assert (total <= most + 1e-6).all()


@settings(deadline=None)
@given(asked=questions(), score=st.sampled_from([Dot, ScaledDot]), scope=st.sampled_from([Global, Causal]))
def test_fused_values_are_the_weighted_sum(asked, score, scope):
    arrays, _ = asked
    arrays = {name: x.double() if x.is_floating_point() else x for name, x in arrays.items()}
    attended = Attention(score(4, 4), scope=scope())(**arrays)
    torch.testing.assert_close(attended.values, attended.weights @ arrays["value"], atol=1e-9, rtol=1e-9)


ENERGIES = st.lists(st.floats(-1e6, 1e6) | st.floats(-2, 2) | st.just(NEVER), min_size=1, max_size=8).filter(
    lambda energies: max(energies) > NEVER
)


@settings(deadline=None)
@given(energies=ENERGIES)
def test_sparsemax_is_the_projection_onto_the_simplex(energies):
    """The conditions of Karush, Kuhn and Tucker: e_j − w_j is one number τ where w_j > 0, and e_j ≤ τ elsewhere."""
    energy = torch.tensor([energies], dtype=torch.float64)
    weights = Sparsemax()(energy)
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(), torch.ones_like(weights.sum()), atol=1e-8, rtol=0)
    above = weights > 0
    tau = (energy - weights)[above]
    torch.testing.assert_close(tau, tau[:1].expand_as(tau), atol=1e-8, rtol=1e-12)
    assert (energy[~above] <= tau.max() + 1e-8).all()
