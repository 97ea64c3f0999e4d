"""Every error that attime raises on purpose, in one tree.

A message says what arrived, what was expected and what to do about it, in that order. Each class is also the
built-in error that a caller would expect, so that ``except ValueError`` keeps working.
"""

from __future__ import annotations


class AttimeError(Exception):
    """The root: ``except AttimeError`` catches whatever attime found wrong, and nothing else."""


class DataError(AttimeError, ValueError):
    """Series, labels or a file hold something that cannot be used as it is."""


class OptionError(AttimeError, ValueError):
    """A parameter, a configuration entry or a name is unknown or out of range."""


class UnsuitableError(OptionError):
    """A method of explanation asks of a model what that model does not have."""


class ModelFileError(AttimeError, ValueError):
    """A file is not an attime model, is damaged, or was written by a version that cannot be read."""


class OutputError(AttimeError, OSError):
    """A result cannot be written where it was asked for."""


class MissingExtraError(AttimeError, ImportError):
    """A feature needs an optional package; the message names the ``pip`` command that brings it."""


class TrainingError(AttimeError, ArithmeticError):
    """Training cannot go on: the loss is no longer a finite number."""


class ProcessError(AttimeError, RuntimeError):
    """Several processes cannot train together: one of them was lost, or they do not have the same cases."""


class ProcessStopped(ProcessError):
    """Another process failed first and says why, which is not to be said twice."""


class DataWarning(UserWarning):
    """Data can be used, but something in them is probably not meant."""


class LimitsWarning(DataWarning):
    """The limits of forecasts rest on fewer errors than their coverage needs."""
