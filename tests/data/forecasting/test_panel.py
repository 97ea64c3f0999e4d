"""A panel takes what people have, puts it on the grid of its times, and says what is wrong with it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attime.data.forecasting import Frequency, Panel, frequency_of, infer_frequency
from attime.data.forecasting.rows import frame_of
from attime.errors import DataError, DataWarning, OptionError

NAMES = ["s", "10s", "15min", "h", "4h", "D", "2D", "W", "B", "MS", "ME", "QS", "QE", "YS", "YE"]


def hourly(n_steps=48, **columns):
    return pd.DataFrame(
        {"ds": pd.date_range("2024-01-01", periods=n_steps, freq="h"), "y": np.arange(n_steps * 1.0)} | columns
    )


class TestFrequency:
    @pytest.mark.parametrize("name", NAMES)
    def test_it_is_found_although_steps_are_missing_and_goes_on_as_pandas_does(self, name):
        stamps = pd.date_range("2023-01-31" if name.endswith("E") else "2024-01-01", periods=60, freq=name).to_numpy()
        found = infer_frequency([np.delete(stamps[:50], [7, 8, 30])])
        np.testing.assert_array_equal(found.ahead(stamps[49], 10), stamps[50:])
        assert str(found) == str(frequency_of(name)) or name.startswith(("QE", "YE"))

    @pytest.mark.parametrize("day", [29, 30, 31])
    @pytest.mark.parametrize("first", ["2023-01", "2023-02", "2022-11"])
    def test_months_go_on_from_the_day_they_began_on_as_far_as_each_is_long(self, day, first):
        began = pd.Timestamp(f"2022-10-{day}")
        stamps = np.array([began + pd.DateOffset(months=n) for n in range(24)])
        stamps = stamps[stamps >= pd.Timestamp(first)].astype("datetime64[ns]")
        for known in (4, 5, 12):
            panel = Panel.of(pd.DataFrame({"ds": np.delete(stamps[:known], 2), "y": 1.0}))
            record = panel.records[0]
            np.testing.assert_array_equal(record.stamps, stamps[:known])
            np.testing.assert_array_equal(panel.stamps_ahead(record, 6), stamps[known : known + 6])

    @given(
        st.integers(1, 10**6),
        st.integers(-(10**6), 10**6),
        st.lists(st.integers(0, 500), min_size=2, max_size=30, unique=True),
    )
    def test_positions_and_stamps_are_each_others_inverse(self, size, start, places):
        grid, positions = Frequency("step", size), np.sort(places) - min(places)
        np.testing.assert_array_equal(grid.positions(grid.stamps(start, positions), start), positions)

    def test_stamps_of_fractions_of_a_second_are_exact(self):
        stamps = pd.date_range("2024-01-01", periods=5000, freq="ms").to_numpy().astype("datetime64[ns]")
        np.testing.assert_array_equal(Frequency("second", 0.001).stamps(stamps[0], np.arange(5000)), stamps)

    def test_stamps_between_two_steps_have_no_position(self):
        assert Frequency("step", 2).positions(np.array([0, 3]), 0) is None

    @pytest.mark.parametrize("name", ["", "fortnight", "0h", -1.0, 0])
    def test_a_name_that_is_none_is_refused(self, name):
        with pytest.raises(OptionError, match="frequency="):
            frequency_of(name)


class TestPanel:
    def test_rows_that_are_missing_become_missing_values(self):
        panel = Panel.of(hourly().drop(index=[5, 6]))
        assert len(panel.records[0]) == 48
        assert np.flatnonzero(np.isnan(panel.records[0].target)).tolist() == [5, 6]

    def test_rows_out_of_order_are_sorted_and_that_is_said(self):
        with pytest.warns(DataWarning, match="not in the order"):
            panel = Panel.of(hourly().sample(frac=1, random_state=0))
        assert panel.records[0].target.tolist() == list(range(48))

    def test_times_on_no_grid_are_taken_in_their_order_and_that_is_said(self):
        days = pd.to_datetime(
            ["2024-01-01 00:00:00", "2024-01-01 00:07:00", "2024-02-11 03:21:00", "2024-09-01 17:03:11"]
        )
        with pytest.warns(DataWarning, match="no grid"):
            panel = Panel.of(pd.DataFrame({"ds": days, "y": [1.0, 2.0, 3.0, 4.0]}))
        assert panel.frequency is None
        assert len(panel.records[0]) == 4

    def test_series_may_have_unequal_lengths_and_begin_at_different_times(self):
        one, other = hourly(30), hourly(40)
        other["ds"] += pd.Timedelta("3D")
        panel = Panel.of(pd.concat([one.assign(unique_id="b"), other.assign(unique_id="a")]))
        assert panel.names == ("b", "a")
        assert [len(record) for record in panel] == [30, 40]

    def test_covariates_known_ahead_reach_further_than_the_target(self):
        frame = hourly(48, price=np.arange(48.0), wind=np.ones(48))
        frame.loc[40:, ["y", "wind"]] = np.nan
        record = Panel.of(frame, future=["price"]).records[0]
        assert (len(record), record.past.shape, record.future.shape) == (40, (1, 40), (1, 48))

    def test_static_columns_have_one_row_for_each_series(self):
        frame = pd.concat([hourly(5).assign(unique_id=name, kind=kind) for name, kind in (("a", "x"), ("b", "y"))])
        assert Panel.of(frame, static=["kind"]).static["kind"].to_dict() == {"a": "x", "b": "y"}

    @pytest.mark.parametrize(
        ("change", "options", "message"),
        [
            (lambda frame: frame.drop(columns="y"), {}, "no column 'y'"),
            (lambda frame: frame.assign(y="high"), {}, "holds 'high' in column 'y', expected a finite number"),
            (lambda frame: frame.assign(y=np.inf), {}, "holds inf in column 'y'"),
            (lambda frame: frame.assign(y=np.nan), {}, "has no value of 'y'"),
            (lambda frame: pd.concat([frame, frame.iloc[3:4]]), {}, r"arrived twice in series.*series=, --id"),
            (lambda frame: frame.assign(ds="soon"), {}, "expected numbers or dates"),
            (lambda frame: frame.assign(ds=frame.ds.where(frame.ds.dt.hour > 0)), {}, "row 0 has no time"),
            (lambda frame: frame.assign(a=1.0), {"future": ["b"]}, "no column 'b'"),
            (lambda frame: frame.assign(a=1.0), {"future": ["a"], "static": ["a"]}, "two things"),
            (lambda frame: frame.assign(a=range(48)), {"static": ["a"]}, "static column 'a' holds"),
            (lambda frame: frame, {"frequency": "D"}, "between two steps of frequency D"),
            (lambda frame: frame.assign(unique_id=[None, *["a"] * 47]), {}, "expected the name of a series"),
            (lambda frame: frame.assign(a=frame.ds), {}, "holds Timestamp.* in column 'a', expected a finite number"),
            (lambda frame: frame.rename(columns={"y": 0}), {"target": "0"}, "a column named 0 arrived, expected text"),
            (lambda frame: frame.iloc[:0], {}, "no rows arrived"),
            (lambda frame: frame.rename(columns={"y": "a"}).assign(b=1.0), {}, r"frame\.melt\('ds', var_name='unique"),
        ],
    )
    def test_what_cannot_be_used_gets_one_clear_error(self, change, options, message):
        with pytest.raises(DataError, match=message):
            Panel.of(change(hourly()), **options)

    def test_a_number_of_steps_in_place_of_series_is_told_where_it_goes(self):
        with pytest.raises(DataError, match="say horizon=5"):
            frame_of(5, "unique_id", "y")

    @pytest.mark.parametrize(("times", "frequency"), [(range(48), "D"), (hourly().ds, 1)])
    def test_a_frequency_of_the_other_kind_is_refused(self, times, frequency):
        with pytest.raises(OptionError, match="give the other kind"):
            Panel.of(hourly().assign(ds=times), frequency=frequency)

    def test_names_that_read_the_same_are_one_series(self):
        halves = [hourly().iloc[:24].assign(unique_id=1), hourly().iloc[24:].assign(unique_id="1")]
        panel = Panel.of(pd.concat(halves).astype({"unique_id": object}))
        assert panel.names == ("1",)
        assert len(panel.records[0]) == 48

    @pytest.mark.parametrize("time", ["00:00", "12:30"])
    def test_days_of_a_time_zone_are_days_when_clocks_change(self, time):
        days = pd.date_range(f"2024-03-01 {time}", periods=60, freq="D", tz="Europe/Berlin")
        panel = Panel.of(pd.DataFrame({"ds": days, "y": 1.0}))
        assert str(panel.frequency) == "D"
        assert panel.records[0].stamps[0] == np.datetime64(f"2024-03-01T{time}")

    def test_two_rows_years_apart_do_not_fill_the_memory(self):
        far = pd.DataFrame(
            {"ds": pd.to_datetime(["2000-01-01 00:00:00", "2000-01-01 00:00:01", "2024-01-01 00:00:00"]), "y": 1.0}
        )
        with pytest.raises(DataError, match="too few to be filled"):
            Panel.of(far, frequency="s")

    @pytest.mark.parametrize("series", [[], np.zeros((0, 3)), [[1.0, 2.0], []]])
    def test_a_series_without_steps_is_refused(self, series):
        with pytest.raises(DataError, match="has no steps"):
            Panel.of(series)

    @pytest.mark.parametrize("shape", [(2, 3, 4), ()])
    def test_arrays_of_another_shape_are_refused(self, shape):
        with pytest.raises(DataError, match="shape"):
            Panel.of(np.zeros(shape))


class TestTimesOnNoGrid:
    """Nobody knows when the steps ahead will be, unless rows ahead say so."""

    def frame(self, n_ahead, name="a"):
        times = pd.to_datetime("2024-01-01") + pd.to_timedelta([0, 7, 60, 61, 3600, 5000, 90001], unit="s")
        target = np.where(np.arange(7) < 7 - n_ahead, 1.0, np.nan)
        return pd.DataFrame({"unique_id": name, "ds": times, "y": target, "price": 1.0})

    @pytest.mark.filterwarnings("ignore:the times in column")
    def test_rows_ahead_tell_them_as_far_as_they_reach(self):
        panel = Panel.of(pd.concat([self.frame(2), self.frame(0, "b")]), future=["price"], calendar=["day"])
        ahead = [panel.stamps_ahead(record, 3) for record in panel]
        np.testing.assert_array_equal(ahead[0][:2], self.frame(2).ds[5:])
        assert np.isnat(ahead[0][2:]).all()
        assert np.isnat(ahead[1]).all()

    @pytest.mark.filterwarnings("ignore:the times in column")
    def test_a_calendar_is_refused(self):
        with pytest.raises(OptionError, match="nobody knows when the steps ahead will be"):
            Panel.of(self.frame(0), calendar=["day"])
