"""What a transformer encoder keeps to: who looks at whom, where tokens are said to stand, and what its maps say."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attime.attention import POSITIONS, SCOPES, SCORES, WEIGHINGS, Attention, Dot, MultiHead, ScaledDot
from attime.nn import Transformer
from attime.nn.transformer import TransformerEncoder, TransformerLayer, token_times

N_STEPS = 12
TELL_TIMES = ["sinusoidal", "rotary", "relative", "time_stamps"]
every_position = pytest.mark.parametrize("position", POSITIONS)
every_patch = pytest.mark.parametrize("patch", [1, 2, 5])


def build(
    *, position="none", patch=1, score="scaled_dot", weigh="softmax", scope="global", n_steps=N_STEPS
) -> TransformerEncoder:
    torch.manual_seed(0)
    n_tokens = -(-n_steps // patch)
    layers = []
    for _ in range(2):
        attention = Attention(
            SCORES[score].sized(d_query=4, d_key=4, n_keys=n_tokens),
            weigh=WEIGHINGS[weigh](),
            scope=SCOPES[scope].sized(d_query=4, window=2),
        )
        attend = MultiHead(attention, d_model=8, n_heads=2)
        layers.append(TransformerLayer(attend, d_model=8, d_hidden=8, dropout=0.2))
    place = POSITIONS[position].sized(d_model=8, n_heads=2, n_tokens=n_tokens)
    encoder = TransformerEncoder(3, layers=layers, position=place, d_model=8, patch=patch)
    for weight in encoder.parameters():
        nn.init.normal_(weight, std=0.5)
    return encoder.double().eval()


def draw(n_steps=N_STEPS):
    """Return series of three lengths, zero where they have ended, and irregular times."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(3, 3, n_steps, generator=generator, dtype=torch.float64)
    present = torch.arange(n_steps) < torch.tensor([[n_steps], [7], [n_steps - 1]])
    times = (0.2 + 8 * torch.rand(3, n_steps, generator=generator, dtype=torch.float64)).cumsum(1)
    return x * present.unsqueeze(1), present, times


def counted(n_steps=N_STEPS) -> torch.Tensor:
    return torch.arange(n_steps, dtype=torch.float64).expand(3, -1)


@settings(deadline=None, max_examples=50)
@given(n_steps=st.integers(1, 20), stride=st.integers(1, 7), seed=st.integers(0, 999))
def test_a_token_stands_at_the_mean_time_of_its_steps_that_are_present(n_steps, stride, seed):
    generator = torch.Generator().manual_seed(seed)
    times = 10 * torch.rand(2, n_steps, generator=generator)
    present = torch.rand(2, n_steps, generator=generator) > 0.4
    unknown = times.masked_fill(~present, float("nan"))
    tokens = token_times(unknown, present, stride)
    assert tokens.shape == (2, -(-n_steps // stride))
    for case in range(2):
        for token in range(tokens.shape[1]):
            steps = slice(token * stride, (token + 1) * stride)
            known = times[case, steps][present[case, steps]]
            mean = float(known.mean()) if len(known) else 0.0
            assert float(tokens[case, token]) == pytest.approx((mean - (stride - 1) / 2) / stride, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("stride", [1, 2, 5])
def test_at_equal_distances_tokens_are_counted(stride):
    times, present = torch.arange(20.0).expand(1, -1), torch.ones(1, 20, dtype=torch.bool)
    torch.testing.assert_close(token_times(times, present, stride)[0], torch.arange(20.0 / stride))


@every_patch
@pytest.mark.parametrize("position", TELL_TIMES)
def test_it_matters_when_steps_were_measured(position, patch):
    (x, present, times), encoder = draw(), build(position=position, patch=patch)
    plain, other = encoder(x, present, counted()).tokens, encoder(x, present, times).tokens
    assert ((plain - other).abs().amax((1, 2)) > 1e-4).all()


@every_patch
def test_without_a_position_it_does_not_matter_when_steps_were_measured(patch):
    (x, present, times), encoder = draw(), build(position="none", patch=patch)
    torch.testing.assert_close(encoder(x, present, times).tokens, encoder(x, present).tokens)


def test_a_classifier_hands_times_on():
    torch.manual_seed(0)
    module = Transformer(d_model=8, n_heads=2, position="rotary", patch=2).build(n_channels=3, n_classes=2, n_steps=12)
    x, present, times = draw()
    values, observed = x.float(), present.unsqueeze(1).expand(x.shape)
    plain, other = (module.eval()(values, observed, t.float()).prediction for t in (counted(), times))
    assert not torch.allclose(plain, other)


@every_patch
@pytest.mark.parametrize("position", ["none", "rotary", "relative"])
def test_positions_that_are_relative_do_not_know_when_a_series_began(position, patch):
    (x, present, times), encoder = draw(), build(position=position, patch=patch)
    torch.testing.assert_close(encoder(x, present, times + 120).tokens, encoder(x, present, times).tokens)


@pytest.mark.parametrize("position", ["sinusoidal", "time_stamps"])
def test_positions_that_are_absolute_know_when_a_series_began(position):
    (x, present, times), encoder = draw(), build(position=position)
    assert not torch.allclose(encoder(x, present, times + 120).tokens, encoder(x, present, times).tokens)


@every_position
def test_without_times_steps_are_counted(position):
    (x, present, _), encoder = draw(), build(position=position)
    torch.testing.assert_close(encoder(x, present).tokens, encoder(x, present, counted()).tokens)


@pytest.mark.parametrize("position", ["none", "rotary", "relative"])
@pytest.mark.parametrize("patch", [2, 3])
def test_patches_are_as_far_apart_as_their_steps_say(position, patch):
    (x, _, _), encoder = draw(), build(position=position, patch=patch)
    present = torch.ones(3, N_STEPS, dtype=torch.bool)
    torch.testing.assert_close(encoder(x, present).tokens, encoder(x, present, counted()).tokens)


@every_patch
@pytest.mark.parametrize("position", TELL_TIMES)
def test_what_is_said_of_the_times_of_absent_steps_does_not_matter(position, patch):
    (x, present, times), encoder = draw(), build(position=position, patch=patch)
    unknown = times.masked_fill(~present, float("nan"))
    torch.testing.assert_close(encoder(x, present, unknown).tokens, encoder(x, present, times).tokens)


@every_patch
@every_position
def test_tokens_that_are_absent_are_zeros_and_change_nothing(position, patch):
    (x, present, times), encoder = draw(), build(position=position, patch=patch, n_steps=N_STEPS + 10)
    times = None if position == "learned" else times
    plain = encoder(x, present, times)
    padding = (0, 10)
    more = nn.functional.pad(x, padding), nn.functional.pad(present, padding)
    padded = encoder(*more, None if times is None else nn.functional.pad(times, padding, value=1e3))
    n_tokens = plain.tokens.shape[1]
    torch.testing.assert_close(padded.tokens[:, :n_tokens], plain.tokens)
    assert (padded.tokens[:, n_tokens:] == 0).all()
    assert (plain.tokens[1, -(-7 // patch) :] == 0).all()
    assert plain.tokens[1, : -(-7 // patch)].abs().sum(-1).all()


@every_patch
@pytest.mark.parametrize("weigh", WEIGHINGS)
@pytest.mark.parametrize("scope", SCOPES)
def test_maps_are_shares_of_tokens_that_are_present_layer_by_layer(weigh, scope, patch):
    (x, present, _), encoder = draw(), build(weigh=weigh, scope=scope, patch=patch)
    maps = encoder(x, present).maps
    there = nn.functional.pad(present, (0, -N_STEPS % patch)).unflatten(1, (-1, patch)).any(-1)
    n_tokens = there.shape[1]
    assert [layer.name for layer in maps] == ["layer 1", "layer 2"]
    for layer in maps:
        assert layer.axes == ("case", "head", "query", "key")
        assert layer.stride == patch
        assert layer.weights.shape == (3, 2, n_tokens, n_tokens)
        assert (layer.weights.movedim(-1, 1)[~there] == 0).all()
        assert (layer.weights.movedim(2, 1)[~there] == 0).all()
        total = layer.weights.sum(-1).movedim(1, 2)[there]
        if WEIGHINGS[weigh].sums_to_one:
            torch.testing.assert_close(total, torch.ones_like(total))
        else:
            assert (total <= 1 + 1e-12).all()


@every_patch
@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("position", ["sinusoidal", "rotary", "relative"])
def test_a_causal_token_knows_nothing_of_later_ones(score, position, patch):
    (x, _, _), encoder = draw(), build(score=score, scope="causal", position=position, patch=patch)
    present = torch.ones(3, N_STEPS, dtype=torch.bool)
    plain = encoder(x, present).tokens
    for token in range(plain.shape[1]):
        other = x.clone()
        other[..., token * patch :] += 1
        changed = (encoder(other, present).tokens - plain).abs().amax((0, 2)) > 1e-9
        assert not changed[:token].any()
        assert changed[token]


@pytest.mark.parametrize("scope", ["global", "causal"])
def test_order_is_seen_where_there_is_a_position_or_a_scope_and_nowhere_else(scope):
    (x, _, _), order = draw(), torch.randperm(N_STEPS, generator=torch.Generator().manual_seed(3))
    present = torch.ones(3, N_STEPS, dtype=torch.bool)
    present[1, 4:6] = False
    for position in POSITIONS:
        encoder = build(position=position, scope=scope)
        shuffled = encoder(x[..., order], present[:, order]).tokens
        same = torch.allclose(shuffled, encoder(x, present).tokens[:, order])
        assert same == (position == "none" and scope == "global")


@every_position
@pytest.mark.parametrize("score", ["dot", "scaled_dot"])
def test_weights_that_nobody_reads_are_not_computed(score, position, monkeypatch):
    asked, original = [], Dot.forward

    def spy(self, query, key):
        asked.append(self)
        return original(self, query, key)

    monkeypatch.setattr(Dot, "forward", spy)
    (x, present, _), encoder = draw(), build(score=score, position=position).train()
    encoded = encoder(x, present)
    encoded.tokens.sum().backward()
    assert asked == []
    assert encoded.maps[1].weights is encoded.maps[1].weights
    assert asked == [encoder.layers[1].attend.attention.score]


@pytest.mark.parametrize("position", ["none", "rotary", "relative"])
def test_the_weights_that_are_read_are_those_that_were_used(position, monkeypatch):
    (x, present, _), encoder = draw(), build(position=position, scope="local_m")
    fused = encoder(x, present)
    monkeypatch.setattr(Attention, "_has_kernel", property(lambda self: False))
    plain = encoder(x, present)
    torch.testing.assert_close(fused.tokens, plain.tokens)
    for one, other in zip(fused.maps, plain.maps, strict=True):
        torch.testing.assert_close(one.weights, other.weights)


@pytest.mark.parametrize("training", [True, False])
def test_choices_of_every_layer_are_terms_in_training(training):
    (x, present, _), encoder = draw(), build(weigh="reinforce").train(training)
    terms = encoder(x, present).terms
    assert len(terms) == (2 if training else 0)
    assert len({id(term.baseline) for term in terms}) == len(terms)
    for term in terms:
        assert term.log_probability.shape == (3, 2, N_STEPS)
        assert (term.log_probability.movedim(1, 2)[~present] == 0).all()


def test_a_layer_is_the_same_whoever_computes_it():
    torch.manual_seed(0)
    attend = MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2)
    ours = TransformerLayer(attend, d_model=8, d_hidden=16).double().eval()
    torchs = nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", batch_first=True, norm_first=True).double().eval()
    projections = [attend.W_query, attend.W_key, attend.W_value]
    with torch.no_grad():
        torchs.self_attn.in_proj_weight.copy_(torch.cat([part.weight for part in projections]))
        torchs.self_attn.in_proj_bias.copy_(torch.cat([part.bias for part in projections]))
        for one, other in (
            (torchs.self_attn.out_proj, attend.W_out),
            (torchs.norm1, ours.norm_attend),
            (torchs.norm2, ours.norm_mlp),
            (torchs.linear1, ours.mlp[0]),
            (torchs.linear2, ours.mlp[2]),
        ):
            one.load_state_dict(other.state_dict())
    z, present = torch.randn(3, 6, 8, dtype=torch.float64), torch.arange(6) < torch.tensor([[6], [3], [5]])
    place = POSITIONS["none"].sized(d_model=8, n_heads=2, n_tokens=6)(torch.arange(6.0))
    expected = torchs(z, src_key_padding_mask=~present)
    torch.testing.assert_close(ours(z, present, place).values[present], expected[present])
