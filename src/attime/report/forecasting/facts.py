"""What someone needs to make the same forecasts again: parameters, sizes, versions, data, seed and date."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import numpy as np

from attime.estimators.forecasting import AttentionForecaster
from attime.report.facts import Fact, listed, versions


def facts_of_forecaster(forecaster: AttentionForecaster, *, now: datetime) -> tuple[Fact, ...]:
    """Write down how the model was made, what it was fitted to, and with which versions.

    Parameters
    ----------
    forecaster
        Fitted.
    now
        When the report is made.
    """
    network, panel = forecaster.network, forecaster.context_
    options = {} if isinstance(network, str) else asdict(network)
    name = network if isinstance(network, str) else type(network).__name__
    return listed(
        {
            "Model": {
                "estimator": type(forecaster).__name__,
                "network": name,
                **options,
                "horizon": forecaster.horizon,
                "look back": forecaster.look_back_,
                "season": forecaster.period_,
                "coverage": ", ".join(f"{share:g}" for share in forecaster.coverage),
                "parameters": sum(part.numel() for part in forecaster.module_.parameters()),
            },
            "Training": {
                "seed": forecaster.random_state,
                "validation share": forecaster.validation_share,
                "refit": forecaster.refit,
                **asdict(forecaster.training_),
            },
            "Data": {
                "series": len(panel),
                "steps": sum(map(len, panel)),
                "frequency": str(panel.frequency) if panel.frequency else None,
                "missing values": int(sum(np.isnan(record.target).sum() for record in panel)),
                **{f"{kind} covariates": ", ".join(names) for kind, names in panel.roles.told if names},
            },
            "Report": versions(now),
        }
    )
