"""Checkpoints: a folder from which trainings that were killed go on, and end as if nothing had happened.

Training is determined by what it begins with. So the trainings of a run can be told by their number, and of each there
is either what it ended in, or where it stood; what lies between two trainings is computed again.
"""

from __future__ import annotations

import contextvars
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from attime.errors import OptionError
from attime.files import output_folder, remove_unheld, write_json
from attime.training.fingerprint import Fingerprint
from attime.training.processes import is_first
from attime.training.slot import COMPLETE, Checkpoints, KeptSlot, Slot, unless_full

EVERY = 60.0


_ACTIVE: contextvars.ContextVar[Checkpoints | None] = contextvars.ContextVar("checkpoints", default=None)


@contextmanager
def checkpointing(folder: str | os.PathLike[str], *, every: float = EVERY) -> Iterator[None]:
    """Save in `folder` how far trainings have come, and go on from what is saved there.

    Run the same again after it was killed, at whatever moment, and it ends in the same model, bit by bit on one machine
    with one number of threads; what was trained to the end is not trained again. Only the seconds in histories differ,
    and what a limit on seconds decides. SIGINT (Ctrl-C) and SIGTERM save first and then do what they always do.

    Parameters
    ----------
    folder
        Of one run; made if needed. Delete it once the model is saved elsewhere. It is for what is fitted in this
        thread, not for what other threads or processes fit meanwhile.
    every
        Seconds from one save to the next; 0 saves after each update.

    Raises
    ------
    OutputError
        If the folder cannot be made.
    OptionError
        If `every` is no number of seconds; on the way, if the folder is that of another run: of other data, options or
        seeds, another version or number of threads.

    Warns
    -----
    CheckpointWarning
        If a checkpoint is damaged, and the one before is used, or cannot be written: the run goes on without it.

    Examples
    --------
    >>> import tempfile, attime
    >>> series = attime.make_sine(attime.SineConfig(n_series=40, n_steps=50))
    >>> classifier = attime.AttentionClassifier("convolutional", training={"max_epochs": 2}, random_state=0)
    >>> folder = tempfile.mkdtemp()
    >>> with attime.checkpointing(folder):
    ...     first = classifier.fit(series).logits(series)
    >>> with attime.checkpointing(folder):
    ...     bool((classifier.fit(series).logits(series) == first).all())  # nothing is trained again
    True
    """
    if not 0 <= every < math.inf:
        raise OptionError(f"every={every!r} arrived, expected seconds from one save to the next; give 60.0, or 0")
    checkpoints = Checkpoints(output_folder(folder), every)
    if is_first():
        remove_unheld(checkpoints.folder.glob(".[0-9]*.safetensors.*.safetensors"))
    token = _ACTIVE.set(checkpoints)
    try:
        with checkpoints.signals.heeded():
            yield
        if checkpoints.kept and is_first():
            with unless_full():
                done = {"complete": True, "trainings": checkpoints.n_begun, "version": version("attime")}
                write_json(done, checkpoints.folder / COMPLETE)
    finally:
        _ACTIVE.reset(token)


def slot_for(fingerprint: Callable[[], Fingerprint]) -> Slot:
    """Return the place of the training that is about to begin.

    Parameters
    ----------
    fingerprint
        Makes out what it depends on; only asked where that is to be known.

    Raises
    ------
    OptionError
        If the folder has the training of another run in its place.
    """
    checkpoints = _ACTIVE.get()
    if checkpoints is None or not checkpoints.kept or checkpoints.process != os.getpid():
        return Slot()
    checkpoints.n_begun += 1
    return KeptSlot(checkpoints, checkpoints.n_begun, fingerprint())
