"""`AttentionForecaster`: fit, predict with limits, and see which steps of the past each forecast was made from."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, Self

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from attime.data.forecasting import Frequency, Panel, Record, with_times
from attime.errors import DataError, DataWarning, OptionError
from attime.estimators.forecasting.arriving import Data, one_and_the_same, panel_like
from attime.estimators.forecasting.backtest import Backtest
from attime.estimators.forecasting.fitting import fit_forecaster
from attime.estimators.forecasting.forecast import Forecast
from attime.estimators.forecasting.further import forecast_further, look_ahead
from attime.estimators.forecasting.leaks import warn_of_leaks
from attime.estimators.forecasting.limits import RECENT, Limits, levels_of
from attime.estimators.forecasting.predictor import Cutter, Origins, Predictor, actual_of, past_of
from attime.estimators.forecasting.rolling import before, origins_of, refitted
from attime.estimators.forecasting.saving import load_forecaster, save_forecaster
from attime.estimators.forecasting.scales import Scale
from attime.estimators.forecasting.schedule import training_for
from attime.estimators.forecasting.sizes import check_sizes, default_look_back, find_period, n_held_out, short_past
from attime.estimators.forecasting.told import LACKING
from attime.estimators.parameters import seed_of
from attime.nn.networks.forecasting import Forecaster
from attime.training import TrainingOptions, run

MOST_JUDGED = 20_000_000  # numbers in the windows by which a fit is judged


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
    histories_
        The course of the training of what does not come in closed form: a network, or none.
    n_steps_
        Steps of all series of `fit` together.
    frequency_
        The grid of the times.
    verdict_
        The forecasts of the steps held out beside naive ones, with a sentence. What was chosen was chosen by these
        steps, so a `backtest` is stricter.
    leaks_
        What was found to know the future; only of frames.

    Examples
    --------
    >>> series = np.sin(np.arange(300) / 3)
    >>> forecaster = AttentionForecaster(5, "linear").fit(series)
    >>> forecaster.predict().columns.tolist()
    ['unique_id', 'ds', 'forecast', 'low_80', 'high_80', 'low_95', 'high_95']
    """

    _keeps_all = True  # of the series of fit; a model from a file does not

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
        y: object = None,
        *,
        series: str = "unique_id",
        time: str = "ds",
        target: str = "y",
        future: Sequence[str] = (),
        static: Sequence[str] = (),
        calendar: Sequence[str] | Literal["auto"] = (),
        frequency: str | float | Frequency | None = None,
        look_for_leaks: bool = True,
    ) -> Self:
        """Learn from series.

        Parameters
        ----------
        data
            A frame with the columns named below; further columns of numbers are covariates known up to now. Or an
            array (time,) or (series, time), or a list of arrays; NaN means missing.
        y
            None; there for scikit-learn.
        series, time, target
            Columns: which series, when, and what is to be forecast.
        future, static
            Columns that are known ahead, and columns with one value for each series.
        calendar
            Cycles of the calendar to forecast by: ``"day"``, ``"week"``, ``"month"``, ``"year"``, or ``"auto"`` for
            those that suit the frequency.
        frequency
            How far it is from step to step, as pandas writes it (``"h"``); inferred if not given.
        look_for_leaks
            Look for covariates that know the future, and warn of them. That takes a while where there are many.

        Raises
        ------
        DataError
            If the data cannot be used, or no series is longer than the horizon.
        OptionError
            If an option cannot be, or `y` is given.
        """
        self._forget()
        if y is not None:
            raise OptionError("y arrived beside the series, expected none: what is to be forecast is in them (target=)")
        data = with_times(data, time, target)
        panel = Panel.of(
            data,
            series=series,
            time=time,
            target=target,
            future=future,
            static=static,
            calendar=calendar,
            frequency=frequency,
        )
        if look_for_leaks and isinstance(data, pd.DataFrame):
            self.leaks_ = warn_of_leaks(data, panel)
        return self._fit(panel)

    def predict(self, data: Data | None = None, *, horizon: int | None = None) -> pd.DataFrame:
        """Return a row for each series and step ahead: the forecast and its limits.

        Parameters
        ----------
        data
            The recent past of the series, in the form that `fit` was given; that of `fit` itself if not given. Rows
            that lie ahead hold the covariates that are known ahead, and no target.
        horizon
            Steps ahead, if not those of the constructor: fewer, or more, which are forecast from forecasts.

        Raises
        ------
        DataError
            If the data cannot be used, or covariates that are known ahead do not reach far enough.
        """
        return self.forecast(data, horizon=horizon).to_frame()

    def forecast(
        self, data: Data | None = None, *, horizon: int | None = None, coverage: Sequence[float] | None = None
    ) -> Forecast:
        """Return the forecasts with all that belongs to them: limits, what was read, and where the network looked.

        Parameters
        ----------
        data, horizon
            As in `predict`.
        coverage
            Probabilities of the limits, if not those of the constructor. The limits of 0.8 are the quantiles of .1 and
            of .9.
        """
        panel = self._panel(data)
        if told := short_past(panel, self.context_, self.look_back_):
            warnings.warn(told, DataWarning, stacklevel=2)
        n_steps = self.horizon if horizon is None else horizon
        check_sizes(horizon=n_steps)
        look_ahead(panel, n_steps)
        coverage = self.coverage if coverage is None else coverage
        if n_steps > self.horizon:
            return forecast_further(self._predictor, panel, n_steps, coverage=coverage)
        forecast = self._predictor.forecast(panel, [[len(record)] for record in panel], coverage=coverage)
        return forecast if n_steps == self.horizon else forecast.until(n_steps)

    def backtest(
        self,
        data: Data | None = None,
        *,
        n_windows: int | None = None,
        step: int = 1,
        refit: bool = False,
        adaptive: bool = True,
    ) -> Backtest:
        """Forecast again what is known by now, from several origins.

        Parameters
        ----------
        data
            Series that go on after those of `fit`, or others, which the model as it is forecasts. If not given, those
            of `fit`; as they were learnt from, a new model is then fitted to what came before the first origin.
        n_windows
            Origins of each series, the last ones. If not given, all that come after what was learnt from; without
            `data`, those in the share that `fit` held out.
        step
            Steps from origin to origin.
        refit
            Fit a new model to what came before each single origin.
        adaptive
            Limits follow the errors that are known at each origin; else they stay what they were after the fit.

        Raises
        ------
        DataError
            If there is no window with all of its steps ahead; or if no series are given to a model from a file, which
            keeps but the last steps of those of `fit`.
        """
        panel = self._panel(data)
        if data is None and not self._keeps_all:
            raise DataError(
                f"no series arrived, and the model file keeps only the last {self.look_back_ + 1} steps of those of "
                "fit; give the series: backtest(data)"
            )
        as_it_is = data is not None and not refit
        origins = self._origins(panel, n_windows=n_windows, step=step, as_it_is=as_it_is)
        if not refit:
            model = self if as_it_is else clone(self)._fit(before(panel, origins))
            return model._backtest(panel, origins, step, adaptive=adaptive)
        model = clone(self)

        def fit_and_forecast(now: Origins) -> Backtest:
            model._fit(before(panel, now))
            model.set_params(look_back=model.look_back_, period=model.period_)  # as long for the windows that follow
            return model._rolling(panel, now, step)

        return refitted(fit_and_forecast, origins)

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Write the fitted forecaster to one file (safetensors with a JSON specification, no pickle).

        Of the series of `fit` as many of the last steps go with it as are read, so that it can forecast what comes
        next; and so do the verdict and the leaks.

        Parameters
        ----------
        path
            The file; its name usually ends in ``.attime``.
        card
            Write a model card beside it, which tells in Markdown what the model is.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        check_is_fitted(self, "module_")
        save_forecaster(self, path, card=card)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a forecaster that was written by `save`.

        Raises
        ------
        ModelFileError
            If the file is not a model of this kind, or is damaged.
        """
        return load_forecaster(cls, path)

    def _fit(self, panel: Panel) -> Self:
        check_sizes(horizon=self.horizon, look_back=self.look_back, period=self.period)
        levels_of(self.coverage)  # says now if there is none such
        if not 0 <= self.validation_share < 1:
            raise OptionError(f"validation_share={self.validation_share!r} arrived, expected a share from 0 to below 1")
        longest = max(map(len, panel))
        if longest <= self.horizon:
            raise DataError(
                f"the longest series has {longest} steps, expected more than the horizon of {self.horizon}; give a "
                "shorter horizon, or longer series"
            )
        if self.look_back is not None and self.look_back > longest:
            raise OptionError(
                f"look_back={self.look_back} arrived, but the longest series has {longest} steps; choose fewer"
            )
        n_learnt = [len(record) - self._n_held_out(record) for record in panel]
        self.roles_, self.frequency_ = panel.roles, panel.frequency
        self.period_ = self.period or find_period(panel, n_learnt)
        self.look_back_ = self.look_back or default_look_back(max(n_learnt), self.horizon, self.period_)
        self.scale_ = Scale.of(panel, n_learnt)
        cut = Cutter(self.scale_, self.look_back_, self.horizon)
        training = cut.windows(panel, [range(1, n - self.horizon + 1) for n in n_learnt]).with_both_sides()
        self.training_ = _training(self.training, len(training))
        origins = [range(n, len(record) - self.horizon + 1) for n, record in zip(n_learnt, panel, strict=True)]
        held_out = cut.windows(panel, origins).with_both_sides()
        rng = np.random.default_rng(seed_of(self.random_state))
        fitted = fit_forecaster(self.network, training, held_out, period=self.period_, options=self.training_, rng=rng)
        owners = (held_out if len(held_out) else training).owners.numpy()
        self.plan_, self.reason_, self.ridge_ = fitted.plan, fitted.reason, fitted.ridge
        self.histories_, self.n_steps_ = fitted.histories, sum(map(len, panel))
        self.limits_ = Limits.of(panel.names, owners, fitted.residuals)
        self.context_, self._keeps_all = panel, True
        self.ends_ = {record.name: record.stamps[len(record) - 1] for record in panel}
        self.module_ = fitted.module
        if len(held_out):
            step = max(1, len(held_out) * self.horizon * self.look_back_ // MOST_JUDGED)
            held_out_again = self._rolling(panel, [own[::step] for own in origins], step)
            self.verdict_ = held_out_again.verdict(limits=False)  # which come from the very errors
        if self.refit and len(held_out):
            fitted.learn_all()
        return self

    def _origins(self, panel: Panel, *, n_windows: int | None, step: int, as_it_is: bool) -> list[list[int]]:
        """Return the origins to forecast from: by the model as it is, or by one that is fitted to what came before."""
        check_sizes(n_windows=n_windows, step=step)
        if as_it_is:
            n_learnt = [self._n_known(record) for record in panel]
            if n_windows is None:  # of a series that was not there in fit, there should be something to measure it by
                n_learnt = [
                    n or min(self.look_back_, len(record) // 2) for n, record in zip(n_learnt, panel, strict=True)
                ]
        else:
            n_learnt = [len(record) - self._n_held_out(record) for record in panel]
            if n_windows is not None:
                n_learnt = [min(2 * self.horizon, n) for n in n_learnt]  # something has to come before
        early = as_it_is and n_windows is not None
        return origins_of(panel, n_learnt, self.horizon, n_windows=n_windows, step=step, early=early)

    def _backtest(self, panel: Panel, origins: Origins, step: int, *, adaptive: bool) -> Backtest:
        if not adaptive:
            return self._rolling(panel, origins, step)
        first = [self._between(record, own) for record, own in zip(panel, origins, strict=True)]
        every = self._rolling(panel, [[*more, *own] for more, own in zip(first, origins, strict=True)], step)
        asked = [np.arange(-len(more), len(own)) >= 0 for more, own in zip(first, origins, strict=True)]
        return every.with_limits_that_follow(self.limits_).some(np.concatenate(asked))

    def _rolling(self, panel: Panel, origins: Origins, step: int) -> Backtest:
        windows = self._predictor.windows(panel, origins)
        forecast = self._predictor.forecast(panel, origins, coverage=self.coverage, windows=windows)
        read = max(self.look_back_, (self.period_ or 1) + 1)  # for the unit of MASE, one season and a step at least
        pairs = list(zip(panel, origins, strict=True))
        scaled = torch.cat([output.prediction for output in run(self.ridge_, windows)]).double().numpy()
        return Backtest(
            forecast,
            np.concatenate([actual_of(record, own, self.horizon) for record, own in pairs]),
            np.concatenate(origins).astype(int),
            step,
            contexts=np.concatenate([past_of(record, own, read)[0] for record, own in pairs]),
            ridge=scaled * forecast.deviation[:, np.newaxis] + forecast.mean[:, np.newaxis],
            period=self.period_ or 1,
        )

    def _between(self, record: Record, origins: Sequence[int]) -> range:
        """Return origins before these whose errors say how wide limits have to be: they were not learnt from."""
        return range(max(1, self._n_known(record), origins[0] - RECENT), origins[0]) if len(origins) else range(0)

    def _n_known(self, record: Record) -> int:
        """Return how many steps of a series were learnt from."""
        if record.name not in self.ends_:
            return 0
        return int(np.searchsorted(record.stamps[: len(record)], self.ends_[record.name], side="right"))

    def _n_held_out(self, record: Record) -> int:
        return n_held_out(record, self.validation_share, self.horizon)

    def _forget(self) -> None:
        """Be as if never fitted, so that a fit that fails does not leave half of an older one."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def __getattr__(self, name: str) -> NoReturn:
        """Say why something is not there that `fit` learns at times."""
        fitted = name in LACKING and "module_" in vars(self)
        reason = f": {LACKING[name]}" if fitted else "; call fit" if name in LACKING else ""
        raise (NotFittedError if name in LACKING else AttributeError)(
            f"{type(self).__name__} has no attribute {name!r}{reason}"
        )

    @property
    def _predictor(self) -> Predictor:
        return Predictor(self.scale_, self.look_back_, self.horizon, self.module_, self.limits_)

    def _panel(self, data: Data | None) -> Panel:
        check_is_fitted(self, "module_")
        if data is None:
            return self.context_
        panel = panel_like(data, self.roles_, self.frequency_)
        return panel if len(self.scale_.names) > 1 else one_and_the_same(panel, self.scale_.names[0])


def _training(given: TrainingOptions | Mapping[str, Any] | None, n_windows: int) -> TrainingOptions:
    options = given if isinstance(given, TrainingOptions) else training_for(n_windows).set_params(**dict(given or {}))
    if options.validation_share is not None:
        raise OptionError(
            f"training has validation_share={options.validation_share}, which are cases; of series the last steps are "
            "held out: give AttentionForecaster(validation_share=), on the command line --validation_share"
        )
    return options.checked()
