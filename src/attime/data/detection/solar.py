"""Daily curves of solar power, with the weather, and with planted faults of which every step is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int8, Shaped

from attime.data.detection.clouds import SKIES, draw_skies
from attime.data.detection.faults import SOLAR_KINDS, SolarEvent, plant_events
from attime.data.detection.labelled import LabelledSeries
from attime.data.detection.plant import SolarPlant, normal_power
from attime.data.detection.sun import STEPS_A_DAY, declination
from attime.data.series import SeriesSet
from attime.data.split import generator_of
from attime.errors import OptionError
from attime.names import pick

#: How many events of which kind are planted unless told otherwise.
USUAL_EVENTS = {"snow": 3, "shading": 3, "fault": 6, "clipping": 3, "drift": 1}

WINTER = -0.4  # of its largest declination: the sun is lower from the end of October to the middle of February


@dataclass(frozen=True, eq=False, repr=False)
class SolarData:
    """Power of a plant in quarters of an hour, and what is wrong with it where and when.

    Attributes
    ----------
    values
        The power in kW, mean of each quarter of an hour, shape (time, channel); a channel is an inverter.
    clean
        What it would have been without the events.
    times
        When each quarter begins, in solar time: the sun is highest at noon.
    labels
        1 where an event changes a value, that is where `values` and `clean` differ; else 0. Shape (time, channel).
    events
        What was planted, in the order of time.
    skies
        The weather of each day: "clear", "broken" or "overcast".
    n_train
        How many steps at the start, whole days, are free of events.
    plant
        The plant.
    """

    values: Float64[np.ndarray, "time channel"]
    clean: Float64[np.ndarray, "time channel"]
    times: Shaped[np.ndarray, " time"]
    labels: Int8[np.ndarray, "time channel"]
    events: tuple[SolarEvent, ...]
    skies: tuple[str, ...]
    n_train: int
    plant: SolarPlant

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the inverters."""
        return tuple(f"inverter {number}" for number in range(1, self.values.shape[1] + 1))

    def mask(self, kind: str) -> Bool[np.ndarray, "time channel"]:
        """Return where events of a kind change a value.

        Raises
        ------
        OptionError
            If there is no such kind.
        """
        pick(SOLAR_KINDS, kind, what="kind of event")
        mask = np.zeros(self.labels.shape, dtype=bool)
        for event in self.events:
            if event.kind == kind:
                mask[event.start : event.end, event.channels] = True
        return mask & (self.labels == 1)

    def days(self) -> SeriesSet:
        """Return each day as a case of shape (channel, 96).

        The label of a day is 1 if anything in it is changed; `truth` marks the steps at which any inverter is.
        """
        values = self.values.reshape(-1, STEPS_A_DAY, self.values.shape[1]).transpose(0, 2, 1)
        truth = self.labels.any(axis=1).reshape(-1, STEPS_A_DAY)
        return SeriesSet.of(
            values, truth.any(axis=1).astype(np.int8), truth=truth, channels=self.channels, source="make_solar"
        )

    def series(self) -> LabelledSeries:
        """Return it as one labelled series; a step is anomalous where any inverter is."""
        return LabelledSeries.of(
            self.values,
            self.labels.any(axis=1),
            name="make_solar",
            n_train=self.n_train,
            times=self.times,
            channels=self.channels,
        )

    def __repr__(self) -> str:
        sizes = ((len(self.skies), "day"), (self.values.shape[1], "inverter"), (len(self.events), "event"))
        told = [f"{size} {name}{'' if size == 1 else 's'}" for size, name in sizes]
        return f"SolarData({', '.join(told)})"


def make_solar(
    n_days: int = 730,
    *,
    n_train_days: int | None = None,
    anomalies: Mapping[str, int] | None = None,
    plant: SolarPlant | None = None,
    first_day: str = "2023-01-01",
    random_state: int = 0,
) -> SolarData:
    """Draw the power of a solar plant: clear sky × clouds × noise, and what goes wrong after a normal time.

    The clear sky follows from the sun's place over the year (`sun`), clouds from the weather of each day (`clouds`);
    heat, wind and the horizon are left out. With the same seed, weather and noise are the same whatever is planted.

    ============  ================================================  ==================  ==================
    kind          what happens                                      how long            where
    ============  ================================================  ==================  ==================
    ``snow``      nothing is left, or a tenth; in winter            a morning…3 days    all inverters
    ``shading``   40…70 % are gone at the same time of each day     5…15 days           one inverter
    ``fault``     nothing comes, while the others run               2…48 hours          one inverter
    ``clipping``  the top is flat, at 40…70 % of its height         3…10 days           one inverter
    ``drift``     dirt settles, until 25…40 % are gone              21…42 days          one inverter
    ============  ================================================  ==================  ==================

    Parameters
    ----------
    n_days
        How many days of 96 quarters of an hour.
    n_train_days
        How many days at the start have no events; half of them if not given.
    anomalies
        How many events of which kind; ``{}`` for none, `USUAL_EVENTS` if not given. No two fall on the same day.
    plant
        Place, inverters, nameplate and noise; ``SolarPlant()`` if not given.
    first_day
        A date, such as ``"2023-01-01"``.
    random_state
        The seed; the same seed gives the same bits.

    Raises
    ------
    OptionError
        If a number is out of range, a kind is unknown, or there is no room for the events.

    Examples
    --------
    >>> data = make_solar(60, n_train_days=30, anomalies={"fault": 2, "snow": 1}, first_day="2023-12-01")
    >>> data
    SolarData(60 days, 3 inverters, 3 events)
    >>> data.values.shape, data.n_train, [event.kind for event in data.events]
    ((5760, 3), 2880, ['fault', 'snow', 'fault'])
    >>> data.days()
    SeriesSet(60 cases, 3 channels, 96 steps, labelled, with truth, from make_solar)
    """
    plant = SolarPlant() if plant is None else plant
    n_train_days = n_days // 2 if n_train_days is None else n_train_days
    if not 0 <= n_train_days < n_days:
        raise OptionError(
            f"n_days={n_days} and n_train_days={n_train_days} arrived, expected fewer days of training than there "
            "are in all; give more days, or train on fewer"
        )
    days = _days(first_day, n_days)
    for_weather, for_noise, for_events = generator_of(random_state).spawn(3)
    day_of_year = days.day_of_year.to_numpy().astype(np.int64)
    skies = draw_skies(day_of_year, latitude=plant.latitude, rng=for_weather)
    clean = normal_power(day_of_year, skies, plant, for_weather, for_noise)
    height = declination(day_of_year) / np.deg2rad(23.45) * (-1 if plant.latitude < 0 else 1)
    values, events = plant_events(
        clean,
        USUAL_EVENTS if anomalies is None else anomalies,
        first_day=n_train_days,
        winter=height < WINTER,
        rng=for_events,
    )
    return SolarData(
        values=values,
        clean=clean,
        times=pd.date_range(days[0], periods=len(values), freq="15min").to_numpy(),
        labels=(values != clean).astype(np.int8),
        events=events,
        skies=tuple(np.array([*SKIES])[skies].tolist()),
        n_train=n_train_days * STEPS_A_DAY,
        plant=plant,
    )


def _days(first_day: str, n_days: int) -> pd.DatetimeIndex:
    try:
        return pd.date_range(pd.Timestamp(first_day).normalize(), periods=n_days, freq="D")
    except (ValueError, TypeError, OverflowError) as error:
        raise OptionError(f"first_day={first_day!r} arrived, expected a date such as '2023-01-01'") from error
