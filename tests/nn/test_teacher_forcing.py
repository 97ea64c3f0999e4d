"""The share of truth a decoder is fed: from first to last, never the other way round, and counted in training alone."""

from __future__ import annotations

import pickle
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attime.errors import OptionError
from attime.nn.teacher_forcing import SHAPES, TeacherForcing

SHARES = st.floats(0, 1)
every_shape = pytest.mark.parametrize("shape", SHAPES)


@every_shape
@settings(deadline=None)
@given(one=SHARES, other=SHARES, updates=st.integers(1, 60))
def test_the_share_falls_from_first_to_last_and_stays_there(shape, one, other, updates):
    first, last = max(one, other), min(one, other)
    forcing = TeacherForcing(first=first, last=last, updates=updates, shape=shape)
    shares = [forcing.next_share() for _ in range(updates + 3)]
    assert shares[0] == pytest.approx(first)
    assert shares[updates:] == [last] * 3
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(shares))
    assert all(last - 1e-12 <= share <= first + 1e-12 for share in shares)


@every_shape
@settings(deadline=None)
@given(share=SHARES, updates=st.integers(1, 20))
def test_between_equal_shares_nothing_changes(shape, share, updates):
    forcing = TeacherForcing(first=share, last=share, updates=updates, shape=shape)
    assert {forcing.next_share() for _ in range(updates + 2)} == {share}


@every_shape
def test_the_share_may_rise_too(shape):
    forcing = TeacherForcing(first=0.25, last=0.75, updates=10, shape=shape)
    shares = [forcing.next_share() for _ in range(11)]
    assert (shares[0], shares[-1]) == (0.25, 0.75)
    assert shares == sorted(shares)


def test_half_way_the_shapes_have_left_what_they_say():
    half = {shape: TeacherForcing(first=1.0, last=0.0, updates=2, shape=shape) for shape in SHAPES}
    shares = {shape: [forcing.next_share() for _ in range(2)][1] for shape, forcing in half.items()}
    assert shares["linear"] == 0.5
    assert shares["inverse_sigmoid"] == pytest.approx(0.5)
    assert shares["exponential"] < 0.1


@every_shape
@pytest.mark.parametrize("seen", [0, 3, 9])
def test_a_schedule_goes_on_where_it_was_saved(shape, seen):
    options = {"first": 0.9, "last": 0.1, "updates": 8, "shape": shape}
    forcing, restored = TeacherForcing(**options), TeacherForcing(**options)
    for _ in range(seen):
        forcing.next_share()
    restored.load_state_dict(forcing.state_dict())
    copied = pickle.loads(pickle.dumps(forcing))
    for _ in range(4):
        assert forcing.next_share() == restored.next_share() == copied.next_share()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"first": 1.1}, "teacher forcing's first share is 1.1, expected a number from 0 to 1"),
        ({"last": -0.1}, "teacher forcing's last share is -0.1, expected"),
        ({"last": float("nan")}, "teacher forcing's last share is nan, expected"),
        ({"updates": 0}, "teacher forcing is to change over 0 updates, expected at least 1"),
        ({"shape": "liner"}, f"'liner' is unknown, expected one of {', '.join(SHAPES)}; did you mean 'linear'?"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(OptionError, match=message.replace("?", r"\?")):
        TeacherForcing(**options)
