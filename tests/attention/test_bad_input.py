"""What cannot be computed is refused with one clear sentence: what arrived, what was expected, what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from attime.attention import (
    POSITIONS,
    SCOPES,
    SCORES,
    WEIGHINGS,
    Additive,
    Attention,
    Capped,
    Dot,
    Entmax15,
    General,
    GumbelHard,
    Learned,
    LocalM,
    LocalP,
    Location,
    MultiHead,
    Rotary,
    ScaledDot,
    Sinusoidal,
    TimeStamps,
)
from attime.errors import MissingExtraError, OptionError
from attime.names import pick


@pytest.mark.parametrize("score", [Dot, ScaledDot])
def test_a_dot_product_of_unequal_sizes(score):
    with pytest.raises(OptionError, match="4 and 6 features; use the score 'general' or 'additive'"):
        score(4, 6)


@pytest.mark.parametrize("n_heads", [5, 0, -2, 24])
def test_heads_that_do_not_divide_the_model(n_heads):
    with pytest.raises(OptionError, match=f"d_model 12 does not divide by n_heads {n_heads}; choose a divisor of 12"):
        MultiHead(Attention(ScaledDot(4, 4)), d_model=12, n_heads=n_heads)


def test_a_score_that_does_not_fit_the_heads():
    with pytest.raises(OptionError, match=r"3 heads of 12 features have 4 each; build it for \(4, 4\)"):
        MultiHead(Attention(ScaledDot(12, 12)), d_model=12, n_heads=3)


@pytest.mark.parametrize(
    ("score", "built_as"),
    [
        (Dot(6, 6), "Dot"),
        (General(6, 6), "General"),
        (Location(6, 6), "Location"),
        (Capped(Additive(6, 6)), "Additive"),  # the score to be built anew, and not the cap
    ],
)
def test_queries_or_keys_of_another_size(score, built_as):
    sizes = r"queries of 4 and keys of 4 features arrived, but the score was built for 6 and 6; build it as "
    with pytest.raises(OptionError, match=rf"{sizes}{built_as}\(4, 4\), or project them"):
        Attention(score)(torch.zeros(5, 4), torch.zeros(5, 4))
    with pytest.raises(OptionError, match=r"queries of 6 and keys of 4 features arrived"):
        Attention(score)(torch.zeros(5, 6), torch.zeros(5, 4))


def test_inputs_of_heads_of_another_size():
    heads, x = MultiHead(Attention(ScaledDot(4, 4)), d_model=12, n_heads=3), torch.zeros(2, 5, 6)
    expected = r"queries, keys and values of 6, 6, 6 features arrived, .* built for d_model=12; project them"
    with pytest.raises(OptionError, match=expected):
        heads(x, x)


@pytest.mark.parametrize("window", [0, -1])
@pytest.mark.parametrize("name", ["local_m", "local_p"])
def test_a_window_below_one(name, window):
    with pytest.raises(OptionError, match=f"window is {window}, expected at least 1"):
        SCOPES[name].sized(d_query=2, window=window)


@pytest.mark.parametrize("scope", [LocalM(window=6), LocalP(2, window=6)])
@pytest.mark.parametrize("n_keys", [6, 3])
def test_a_window_that_holds_all_keys(scope, n_keys):
    attend, x = Attention(Dot(2, 2), scope=scope), torch.zeros(n_keys, 2)
    expected = f"window of 6 keys .* has {n_keys} keys .*: nothing would be left out; choose a smaller window"
    with pytest.raises(OptionError, match=expected):
        attend(x, x)
    assert attend(torch.zeros(7, 2), torch.zeros(7, 2)).values.shape == (7, 2)  # one key more, and it fits


def test_more_keys_than_locations():
    with pytest.raises(OptionError, match="for 5 positions was given 6 keys; build it with n_keys=6 or more"):
        Attention(Location(2, 2, n_keys=5))(torch.zeros(3, 2), torch.zeros(6, 2))


@pytest.mark.parametrize("times", [[0.0, 5.0], [-1.0, 2.0], [0.0, 0.5], [0.0, float("nan")]])
def test_positions_that_were_not_learned(times):
    with pytest.raises(OptionError, match=r"learned positions are the whole numbers 0 to 4, .* use 'sinusoidal'"):
        Learned(8, n_tokens=5)(torch.tensor(times))


def test_pairs_of_features_that_do_not_come_out_even():
    with pytest.raises(OptionError, match="d_model is 5, expected an even number"):
        Sinusoidal(5)
    with pytest.raises(OptionError, match="the size of a head is 3, expected an even number"):
        Rotary(3)
    with pytest.raises(OptionError, match="the size of a head is 5, expected an even number"):
        Rotary.sized(d_model=10, n_heads=2, n_tokens=7)


@pytest.mark.parametrize("longest", [0.0, -3.0, float("nan")])
def test_a_stretch_of_time_without_length(longest):
    with pytest.raises(OptionError, match=f"longest is {longest}, expected a length of time above 0"):
        TimeStamps(8, longest=longest)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_that_is_not_above_zero(temperature):
    with pytest.raises(OptionError, match=f"temperature is {temperature}, expected a number above 0"):
        GumbelHard(temperature=temperature)


def test_a_missing_package_is_named_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "entmax", None)  # an import of it fails now
    with pytest.raises(MissingExtraError, match=r"pip install 'attime\[entmax\]', or use the weighing 'sparsemax'"):
        Entmax15()


@pytest.mark.parametrize(
    ("table", "what", "typo", "meant"),
    [
        (SCORES, "score", "aditive", "additive"),
        (WEIGHINGS, "weighing", "softmacs", "softmax"),
        (SCOPES, "scope", "local-m", "local_m"),
        (POSITIONS, "position", "sinusodial", "sinusoidal"),
    ],
)
def test_an_unknown_name_is_answered_with_all_names_and_the_likeliest(table, what, typo, meant):
    expected = f"{what} '{typo}' is unknown, expected one of {', '.join(table)}; did you mean '{meant}'"
    with pytest.raises(OptionError, match=expected):
        pick(table, typo, what=what)


# The shapes and types that the tests check at each call would refuse these first; users have no such checks.
UNCHECKED = """
import torch
from attime.attention import Attention, Causal, Dot
from attime.errors import OptionError

x = torch.ones(2, 5, 4)
for call in (
    lambda: Attention("dot"),
    lambda: Attention(Dot),
    lambda: Attention(Dot(4, 4), weigh="softmax"),
    lambda: Attention(Dot(4, 4), scope=Causal),
    lambda: Attention(Dot(4, 4))(x, x, torch.ones(2, 4, 4)),
    lambda: Attention(Dot(4, 4))(x, x, torch.ones(2, 1, 4)),
):
    try:
        call()
    except OptionError as error:
        print(error)
"""


def test_names_classes_and_missing_values_are_refused():
    run = subprocess.run([sys.executable, "-c", UNCHECKED], capture_output=True, text=True, check=True)
    refused = run.stdout.splitlines()
    assert len(refused) == 6
    assert all("expected an object such as Additive(8, 8), Softmax() or Causal()" in line for line in refused[:4])
    assert refused[4].startswith("5 keys and 4 values arrived")
    assert refused[5].startswith("5 keys and 1 values arrived")
