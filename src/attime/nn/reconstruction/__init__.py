"""Networks that say what a series should have looked like, and how sure of it they are."""

from __future__ import annotations

from attime.nn.reconstruction.annealing import Annealed
from attime.nn.reconstruction.forecasting import ForecastReconstruction
from attime.nn.reconstruction.likelihood import LIKELIHOODS, Likelihood
from attime.nn.reconstruction.masked import MaskedReconstruction
from attime.nn.reconstruction.reconstruction import Reconstructing, Reconstruction, reconstruction_log_probability
from attime.nn.reconstruction.recurrent import RecurrentAutoencoder
from attime.nn.reconstruction.variational import VariationalRecurrentAutoencoder

__all__ = [
    "LIKELIHOODS",
    "Annealed",
    "ForecastReconstruction",
    "Likelihood",
    "MaskedReconstruction",
    "Reconstructing",
    "Reconstruction",
    "RecurrentAutoencoder",
    "VariationalRecurrentAutoencoder",
    "reconstruction_log_probability",
]
