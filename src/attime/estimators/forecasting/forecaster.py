"""`AttentionForecaster`: fit, predict with limits, and see which steps of the past each forecast was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from jaxtyping import Shaped
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from attime.attention import AttentionMap
from attime.data.forecasting import Frequency, Panel, Record
from attime.errors import DataError
from attime.estimators.forecasting.backtest import Backtest
from attime.estimators.forecasting.fitting import fit_forecaster
from attime.estimators.forecasting.forecast import Forecast
from attime.estimators.forecasting.limits import RECENT, Limits, levels_of
from attime.estimators.forecasting.scales import Scale
from attime.estimators.forecasting.sizes import default_look_back, find_period
from attime.estimators.parameters import seed_of
from attime.nn.networks.forecasting import Forecaster
from attime.training import TrainingOptions, Windows, run

MOST_JUDGED = 20_000_000  # numbers in the windows by which a fit is judged

Data = pd.DataFrame | Panel | Shaped[np.ndarray, "..."] | Sequence[object]


class AttentionForecaster(BaseEstimator):
    """Forecast series, with limits, and see which steps of the past a forecast was made from.

    One model is fitted to all series. Data come as a frame with a row for each series and time, or as arrays.

    Parameters
    ----------
    horizon
        Steps ahead.
    network
        ``"default"``: a linear map in closed form, and attention over the past where that improves it on steps held
        out. ``"linear"``: the first alone. Or a network by itself: ``"rnn"``, ``"gru"``, ``"lstm"``,
        ``"encoder_decoder"``, ``"patch"``, ``"variate"``, ``"rim"``, or a description such as ``RIM(n_modules=8)``.
    look_back
        Steps of the past that are read; whole seasons, as many as there is data for if not given.
    period
        Steps of a season; found if not given.
    coverage
        Probabilities of the limits.
    validation_share
        Share of each series, its last steps, to choose by and to learn the limits from.
    refit
        Let the linear part learn from these steps, too, once everything has been chosen.
    training
        How to train: all options, or a dictionary of those that are to differ from what suits.
    random_state
        Seed of everything random in `fit`.

    Attributes
    ----------
    module_
        The network, an ordinary ``torch.nn.Module``.
    look_back_, period_
        What they came to; no `period_` is None.
    reason_
        What was fitted and why, in words.
    frequency_
        The grid of the times.
    verdict_
        The forecasts of the steps held out beside naive ones, with a sentence.

    Examples
    --------
    >>> series = np.sin(np.arange(300) / 3)
    >>> forecaster = AttentionForecaster(5, "linear").fit(series)
    >>> forecaster.predict().columns.tolist()
    ['unique_id', 'ds', 'forecast', 'low_80', 'high_80', 'low_95', 'high_95']
    """

    def __init__(
        self,
        horizon: int = 12,
        network: str | Forecaster = "default",
        *,
        look_back: int | None = None,
        period: int | None = None,
        coverage: tuple[float, ...] = (0.8, 0.95),
        validation_share: float = 0.2,
        refit: bool = True,
        training: TrainingOptions | Mapping[str, Any] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.horizon = horizon
        self.network = network
        self.look_back = look_back
        self.period = period
        self.coverage = coverage
        self.validation_share = validation_share
        self.refit = refit
        self.training = training
        self.random_state = random_state

    def fit(
        self,
        data: Data,
        y: None = None,
        *,
        series: str = "unique_id",
        time: str = "ds",
        target: str = "y",
        future: Sequence[str] = (),
        static: Sequence[str] = (),
        frequency: str | float | Frequency | None = None,
    ) -> Self:
        """Learn from series.

        Parameters
        ----------
        data
            A frame with the columns named below; further columns of numbers are covariates known up to now. Or an
            array (time,) or (series, time), or a list of arrays; NaN means missing.
        y
            Not used.
        series, time, target
            Columns: which series, when, and what is to be forecast.
        future, static
            Columns that are known ahead, and columns with one value for each series.
        frequency
            How far it is from step to step, as pandas writes it (``"h"``); inferred if not given.

        Raises
        ------
        DataError
            If the data cannot be used, or no series is longer than the horizon.
        """
        panel = Panel.of(
            data, series=series, time=time, target=target, future=future, static=static, frequency=frequency
        )
        levels_of(self.coverage)  # says now if there is none such
        self.training_ = _training(self.training)
        n_held_out = [self._held_out(len(record)) for record in panel]
        n_learnt = [len(record) - held_out for record, held_out in zip(panel, n_held_out, strict=True)]
        longest = max(map(len, panel))
        if longest <= self.horizon:
            raise DataError(
                f"the longest series has {longest} steps, expected more than the horizon of {self.horizon}; give a "
                "shorter horizon, or longer series"
            )
        self.roles_, self.frequency_ = panel.roles, panel.frequency
        self.period_ = self.period or find_period(panel, n_learnt)
        self.look_back_ = self.look_back or default_look_back(max(n_learnt), self.horizon, self.period_)
        self.scale_ = Scale.of(panel, n_learnt)
        training = self._windows(panel, [range(1, n - self.horizon + 1) for n in n_learnt])
        origins = [range(n, len(record) - self.horizon + 1) for n, record in zip(n_learnt, panel, strict=True)]
        held_out = self._windows(panel, origins)
        rng = np.random.default_rng(seed_of(self.random_state))
        fitted = fit_forecaster(self.network, training, held_out, period=self.period_, options=self.training_, rng=rng)
        self.reason_, self.ridge_ = fitted.reason, fitted.ridge
        owners = (held_out if len(held_out) else training).owners.numpy()
        self.limits_ = Limits.of(panel.names, owners, fitted.residuals)
        self.context_ = panel
        self.module_ = fitted.module
        if len(held_out):
            step = max(1, len(held_out) * self.horizon * self.look_back_ // MOST_JUDGED)
            self.verdict_ = self._backtest(panel, [own[::step] for own in origins], step).verdict()
        if self.refit and len(held_out):
            fitted.learn_all()
        return self

    def predict(self, data: Data | None = None) -> pd.DataFrame:
        """Return a row for each series and step ahead: the forecast and its limits.

        Parameters
        ----------
        data
            The recent past of the series, in the form that `fit` was given; that of `fit` itself if not given.
        """
        return self.forecast(data).to_frame()

    def forecast(self, data: Data | None = None) -> Forecast:
        """Return the forecasts with all that belongs to them: limits, what was read, and where the network looked."""
        panel = self._panel(data)
        origins = [[len(record)] for record in panel]
        return self._forecast(panel, origins, self._windows(panel, origins))

    def backtest(
        self, data: Data | None = None, *, n_windows: int | None = None, step: int = 1, adaptive: bool = True
    ) -> Backtest:
        """Forecast again what is known by now, from several origins, by the model as it was fitted.

        Parameters
        ----------
        data
            Series that the model was not fitted to, or steps after those of `fit`; those of `fit` if not given.
        n_windows
            Origins of each series, the last ones; all that have look-back and horizon if not given.
        step
            Steps from origin to origin.
        adaptive
            Limits follow the errors that are known at each origin; else they stay what they were after `fit`.
        """
        panel = self._panel(data)
        origins = [list(range(len(record) - self.horizon, 0, -step))[:n_windows][::-1] for record in panel]
        if not adaptive:
            return self._backtest(panel, origins, step)
        before = [self._before(record, own) for record, own in zip(panel, origins, strict=True)]
        every = self._backtest(panel, [[*first, *own] for first, own in zip(before, origins, strict=True)], step)
        asked = np.concatenate(
            [np.arange(-len(first), len(own)) >= 0 for first, own in zip(before, origins, strict=True)]
        )
        return every.with_limits_that_follow(self.limits_).some(asked)

    def _backtest(self, panel: Panel, origins: Sequence[Sequence[int]], step: int) -> Backtest:
        actual = [
            record.target[origin : origin + self.horizon]
            for record, own in zip(panel, origins, strict=True)
            for origin in own
        ]
        windows = self._windows(panel, origins)
        forecast = self._forecast(panel, origins, windows)
        read = max(self.look_back_, self.period_ or 1)
        past = [_past(record, origin, read) for record, own in zip(panel, origins, strict=True) for origin in own]
        scaled = torch.cat([output.prediction for output in run(self.ridge_, windows)]).double().numpy()
        return Backtest(
            forecast,
            np.array(actual),
            np.concatenate(origins).astype(int),
            step,
            contexts=np.array([values for values, _ in past]),
            ridge=scaled * forecast.deviation[:, np.newaxis] + forecast.mean[:, np.newaxis],
            period=self.period_ or 1,
        )

    def _before(self, record: Record, origins: Sequence[int]) -> range:
        """Return origins before these whose errors say how wide limits have to be: they were not learnt from."""
        first = 1
        if record.name in self.context_.names:
            learnt = self.context_.records[self.context_.names.index(record.name)]
            first = int(np.searchsorted(record.stamps[: len(record)], learnt.stamps[len(learnt) - 1], side="right"))
        return range(max(first, origins[0] - RECENT), origins[0]) if len(origins) else range(0)

    def _held_out(self, n_steps: int) -> int:
        wanted = max(round(self.validation_share * n_steps), self.horizon)
        return wanted if n_steps - wanted >= 2 * self.horizon else 0

    def _panel(self, data: Data | None) -> Panel:
        check_is_fitted(self, "module_")
        if data is None:
            return self.context_
        roles, frequency = self.roles_, None
        if isinstance(data, pd.DataFrame):
            missing = [name for name in roles.past if name not in data]
            if missing:
                raise DataError(f"column {missing[0]!r} was there in fit and is not there now; add it")
            names = (roles.series, roles.time, roles.target, *roles.past, *roles.future, *roles.static)
            data, frequency = data[[name for name in names if name in data]], self.frequency_  # in the order of fit
        return Panel.of(
            data,
            series=roles.series,
            time=roles.time,
            target=roles.target,
            future=roles.future,
            static=roles.static,
            frequency=frequency,
        )

    def _windows(self, panel: Panel, origins: Sequence[Sequence[int]]) -> Windows:
        features = [self.scale_.features(record) for record in panel]
        return Windows.of(
            features,
            look_back=self.look_back_,
            horizon=self.horizon,
            origins=origins,
            n_ahead=len(self.roles_.future),
        )

    def _forecast(self, panel: Panel, origins: Sequence[Sequence[int]], windows: Windows) -> Forecast:
        outputs = list(run(self.module_, windows, precision="fp32"))
        scaled = torch.cat([output.prediction.cpu() for output in outputs]).double().numpy()
        records = [record for record, own in zip(panel, origins, strict=True) for _ in own]
        starts = [origin for own in origins for origin in own]
        measures = np.array([self.scale_.of_series(record) for record in panel])[windows.owners.numpy()]
        mean, deviation = measures[:, :1], measures[:, 1:]
        levels = levels_of(self.coverage)
        offsets = {record.name: self.limits_.offsets(record.name, levels) for record in panel}
        around = np.stack([offsets[record.name] for record in records], axis=1)
        low, high = np.split((scaled + around) * deviation + mean, 2)
        past = [_past(record, origin, self.look_back_) for record, origin in zip(records, starts, strict=True)]
        return Forecast(
            series=tuple(record.name for record in records),
            stamps=np.array(
                [self._ahead(panel, record, origin) for record, origin in zip(records, starts, strict=True)]
            ),
            values=scaled * deviation + mean,
            low=low,
            high=high,
            coverage=tuple(self.coverage),
            past=np.array([values for values, _ in past]),
            past_stamps=np.array([stamps for _, stamps in past]),
            mean=mean[:, 0],
            deviation=deviation[:, 0],
            maps=_joined([output.maps for output in outputs]),
            columns=(self.roles_.series, self.roles_.time),
        )

    def _ahead(self, panel: Panel, record: Record, origin: int) -> np.ndarray:
        if origin + self.horizon <= len(record.stamps):
            return record.stamps[origin : origin + self.horizon]
        return panel.stamps_ahead(record, self.horizon)


def _past(record: Record, origin: int, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the last steps before an origin and when they were; missing before the series begins."""
    values = np.full(n_steps, np.nan)
    n_read = min(origin, n_steps)
    values[n_steps - n_read :] = record.target[origin - n_read : origin]
    stamps = record.stamps[origin - n_read : origin]
    if n_read < n_steps:
        missing = np.full(n_steps - n_read, np.datetime64("NaT") if stamps.dtype.kind == "M" else np.nan)
        stamps = np.concatenate([missing, stamps])
    return values, stamps


def _training(given: TrainingOptions | Mapping[str, Any] | None) -> TrainingOptions:
    if isinstance(given, TrainingOptions):
        return given.checked()
    return TrainingOptions(learning_rate=2e-3).set_params(**dict(given or {})).checked()


def _joined(parts: Sequence[tuple[AttentionMap, ...]]) -> tuple[AttentionMap, ...]:
    """Put the maps of several batches together, as soon as they are read."""
    return tuple(
        AttentionMap(same[0].name, lambda same=same: torch.cat([each.weights for each in same]), same[0].axes)  # type: ignore[misc]
        for same in zip(*parts, strict=True)
    )
