"""The solar generator: what is physical about it, and that its labels are the truth."""

from __future__ import annotations

import numpy as np
import pytest

from attime.data.detection import SOLAR_KINDS, SolarData, SolarPlant, make_solar
from attime.data.detection.clouds import SKIES, draw_clouds
from attime.data.detection.sun import clear_sky, declination
from attime.errors import OptionError

MANY = {"snow": 4, "shading": 3, "fault": 5, "clipping": 3, "drift": 2}


@pytest.fixture(scope="module")
def data() -> SolarData:
    return make_solar(anomalies=MANY, random_state=3)


def test_labels_mark_exactly_what_differs_from_the_clean_twin(data: SolarData) -> None:
    twin = make_solar(anomalies={}, random_state=3)
    assert not twin.labels.any()
    assert not twin.events
    np.testing.assert_array_equal(data.clean, twin.values)
    np.testing.assert_array_equal(data.labels == 1, data.values != twin.values)


def test_every_event_asked_for_is_there_and_changes_its_own_first_and_last_step(data: SolarData) -> None:
    kinds = [event.kind for event in data.events]
    assert {kind: kinds.count(kind) for kind in SOLAR_KINDS} == MANY
    for event in data.events:
        assert data.n_train <= event.start < event.end
        for step in (event.start, event.end - 1):
            assert data.labels[step, event.channels].any()


def test_masks_of_the_kinds_share_out_all_labels_and_no_step_has_two(data: SolarData) -> None:
    masks = np.array([data.mask(kind) for kind in SOLAR_KINDS])
    np.testing.assert_array_equal(masks.sum(axis=0), data.labels)


def test_events_keep_a_day_between_them(data: SolarData) -> None:
    ends = np.array([event.end - 1 for event in data.events])
    starts = np.array([event.start for event in data.events])
    assert (starts[1:] // 96 - ends[:-1] // 96 >= 2).all()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(data: SolarData) -> None:
    again = make_solar(anomalies=MANY, random_state=3)
    assert again.values.tobytes() == data.values.tobytes()
    assert again.events == data.events
    assert again.skies == data.skies
    assert make_solar(anomalies=MANY, random_state=4).values.tobytes() != data.values.tobytes()


def test_training_days_are_normal(data: SolarData) -> None:
    assert not data.labels[: data.n_train].any()
    assert data.n_train == 365 * 96


@pytest.mark.parametrize("latitude", [-60, -35, 0, 48, 60])
def test_power_is_never_negative_and_nights_are_dark(latitude: float) -> None:
    plant = SolarPlant(latitude=latitude, noise=0.2)
    # At 0° the sun is never low enough for snow.
    counts = {"fault": 3, "shading": 1} | ({"snow": 2} if latitude else {})
    data = make_solar(365, n_train_days=30, plant=plant, anomalies=counts)
    assert data.values.min() == 0
    dark = clear_sky(np.arange(1, 366), np.zeros(1), latitude=latitude, tilt=0.0)[:, 0].ravel() == 0
    assert dark.mean() == pytest.approx(0.5, abs=0.02)
    assert not data.values[dark].any()
    assert not data.labels[dark].any()


def test_the_energy_of_a_year_is_that_of_real_plants(data: SolarData) -> None:
    yearly = data.clean[: 365 * 96].sum(axis=0) / 4 / data.plant.rated  # kWh for each kW
    assert ((yearly > 900) & (yearly < 1400)).all()
    assert data.clean.max() < data.plant.rated


def test_summer_brings_more_than_winter_on_both_sides_of_the_equator() -> None:
    for latitude in (48.0, -48.0):
        months = make_solar(365, anomalies={}, plant=SolarPlant(latitude=latitude))
        energy = months.clean.sum(axis=1).reshape(365, 96).sum(axis=1)
        january, july = energy[:31].mean(), energy[181:212].mean()
        assert (july > 2 * january) == (latitude > 0)
        assert (january > 2 * july) == (latitude < 0)


def test_a_clear_day_is_a_curve_that_mirrors_at_noon_and_panels_to_the_east_are_early() -> None:
    east, south, west = clear_sky(np.array([100]), np.array([-40.0, 0.0, 40.0]), latitude=48.0, tilt=30.0)[0]
    np.testing.assert_allclose(south, south[::-1], atol=1e-9)
    np.testing.assert_allclose(east, west[::-1], atol=1e-9)
    assert east.argmax() < south.argmax() < west.argmax()
    # On the equator, on a day of equinox, the sun stands overhead at noon: both formulas by hand.
    flat = clear_sky(np.array([81]), np.zeros(1), latitude=0.0, tilt=0.0)[0, 0]
    assert flat.max() == pytest.approx(1098 * np.exp(-0.059), rel=1e-3)
    assert np.rad2deg(declination(np.array([172]))[0]) == pytest.approx(23.45, abs=0.01)


def test_days_of_one_weather_differ_as_their_names_say() -> None:
    clouds = {name: draw_clouds(np.full(200, n), 2, rng=np.random.default_rng(0)) for n, name in enumerate(SKIES)}
    means = {name: share.mean() for name, share in clouds.items()}
    jumps = {name: abs(np.diff(share, axis=2)).mean() for name, share in clouds.items()}
    assert means["overcast"] < means["broken"] < means["clear"]
    assert jumps["broken"] > 5 * max(jumps["clear"], jumps["overcast"])
    for share in clouds.values():  # neighbours in time are alike, and so are neighbours on the roof
        assert np.corrcoef(share[:, 0, :-1].ravel(), share[:, 0, 1:].ravel())[0, 1] > 0.6
        assert np.corrcoef(share[:, 0].ravel(), share[:, 1].ravel())[0, 1] > 0.8


def test_snow_comes_in_winter_over_all_inverters_and_leaves_a_tenth_at_most(data: SolarData) -> None:
    mask = data.mask("snow")
    assert (mask.any(axis=0)).all()
    assert (data.values[mask] <= 0.1 * data.clean[mask]).all()
    months = {int(str(data.times[event.start])[5:7]) for event in data.events if event.kind == "snow"}
    assert months <= {10, 11, 12, 1, 2}


def test_a_fault_gives_nothing_while_the_others_run(data: SolarData) -> None:
    for event in (event for event in data.events if event.kind == "fault"):
        (channel,) = event.channels
        inside = slice(event.start, event.end)
        assert not data.values[inside, channel].any()
        np.testing.assert_array_equal(
            np.delete(data.values[inside], channel, axis=1), np.delete(data.clean[inside], channel, axis=1)
        )
        assert data.labels[inside, channel].sum() > 0
        assert event.end - event.start <= 48 * 4


def test_shading_returns_at_the_same_hour(data: SolarData) -> None:
    for event in (event for event in data.events if event.kind == "shading"):
        steps = event.start + np.flatnonzero(data.labels[event.start : event.end, event.channels[0]])
        assert np.ptp(steps % 96) < 10  # two and a half hours
        assert len(np.unique(steps // 96)) >= 5


def test_clipping_has_a_flat_top_below_what_would_have_been(data: SolarData) -> None:
    for event in (event for event in data.events if event.kind == "clipping"):
        inside = (slice(event.start, event.end), event.channels[0])
        tops = data.values[inside][data.labels[inside] == 1]
        assert np.ptp(tops) == 0
        assert tops[0] == data.values[inside].max() < 0.75 * data.clean[inside].max()


def test_drift_grows_from_nothing_over_weeks(data: SolarData) -> None:
    for event in (event for event in data.events if event.kind == "drift"):
        inside = (slice(event.start, event.end), event.channels[0])
        lit = data.clean[inside] > 0
        loss = 1 - data.values[inside][lit] / data.clean[inside][lit]
        assert (np.diff(loss) > -1e-9).all()
        assert loss[0] < 0.02
        assert 0.24 < loss[-1] <= 0.4
        assert event.end - event.start > 20 * 96


def test_flat_tops_at_the_nameplate_are_normal() -> None:
    data = make_solar(60, first_day="2023-05-01", plant=SolarPlant(nameplate=6.0), anomalies={})
    assert data.values.max() == 6.0
    assert (data.values == 6.0).sum() > 100
    assert not data.labels.any()


def test_times_are_quarters_of_an_hour() -> None:
    data = make_solar(2, anomalies={}, first_day="2024-02-28")
    assert len(data.times) == len(data.values) == 192
    assert str(data.times[0]) == "2024-02-28T00:00:00.000000000"[: len(str(data.times[0]))]
    assert set(np.diff(data.times)) == {np.timedelta64(15, "m")}


def test_days_are_cases_of_96_steps_with_their_truth(data: SolarData) -> None:
    days = data.days()
    assert days.values.shape == (730, 3, 96)
    assert days.channels == data.channels == ("inverter 1", "inverter 2", "inverter 3")
    np.testing.assert_array_equal(days.values[400, 1], data.values[400 * 96 : 401 * 96, 1])
    assert days.truth is not None
    np.testing.assert_array_equal(days.truth.ravel(), data.labels.any(axis=1))
    np.testing.assert_array_equal(days.labels, days.truth.any(axis=1))


def test_as_a_series_it_has_the_labels_of_any_inverter(data: SolarData) -> None:
    series = data.series()
    np.testing.assert_array_equal(series.values, data.values)
    np.testing.assert_array_equal(series.labels, data.labels.any(axis=1))
    assert series.n_train == data.n_train
    assert series.channels == data.channels


def test_one_inverter_is_enough() -> None:
    data = make_solar(60, n_train_days=20, plant=SolarPlant(n_inverters=1), anomalies={"fault": 2})
    assert data.values.shape == (5760, 1)
    assert {event.channels for event in data.events} == {(0,)}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"anomalies": {"snw": 1}}, "did you mean 'snow'"),
        ({"anomalies": {"snow": -1}}, "-1 events of 'snow' arrived, expected a whole number from 0"),
        ({"anomalies": {"fault": 500}}, "no 3 days in a row are left for an event of 'fault'"),
        ({"anomalies": {"snow": 1}, "first_day": "2023-05-01"}, "in winter for an event of 'snow'"),
        ({"n_train_days": 60}, "n_days=60 and n_train_days=60 arrived"),
        ({"n_train_days": -1}, "n_train_days=-1"),
        ({"first_day": "soon"}, "first_day='soon' arrived, expected a date"),
        ({"random_state": -1}, "random_state=-1 arrived"),
    ],
)
def test_what_cannot_be_made_is_said(options: dict[str, object], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        make_solar(60, **{"anomalies": {}, **options})


@pytest.mark.parametrize(
    "options",
    [{"n_inverters": 0}, {"latitude": 70}, {"tilt": 91}, {"rated": 0}, {"nameplate": -1}, {"noise": float("nan")}],
)
def test_a_plant_that_cannot_be_built_is_said(options: dict[str, float]) -> None:
    (name,) = options
    with pytest.raises(OptionError, match=f"{name}=.* arrived, expected"):
        SolarPlant(**options)
