"""How long to train a network on windows: so many updates, whatever the number of windows."""

from __future__ import annotations

from attime.training import TrainingOptions
from attime.training.cases import n_batches

UPDATES = 250
FEWEST_EPOCHS = 2


def training_for(n_windows: int) -> TrainingOptions:
    """Return how to train on so many windows.

    Cases of a collection are different from each other; windows of a series overlap, and neighbours say nearly the
    same. So it is not passes over the windows that count but updates: about 250 of them, of up to 64 windows each, and
    two passes at least. A short series takes no longer than a long one.

    Tried on windows held out of a noisy sine (373 windows), two channels of ETTh1 (5,362) and daily stock prices
    (1,254), with an LSTM, a transformer of patches and recurrent independent mechanisms. Half the updates cost up to
    twice the error, whether of as many windows or of twice as many. The learning rate of 5e-3 was better than 2e-3
    wherever it made a difference (squared error on ETTh1, in units of that of the last value: .57 in place of .62 for
    the LSTM, .50 in place of .52 for patches); 1e-2 was better for the one and worse for the other. On stock prices
    all came to the same.

    Parameters
    ----------
    n_windows
        Windows that are learnt from.

    Examples
    --------
    >>> [training_for(n_windows).max_epochs for n_windows in (100, 1250, 100_000)]
    [31, 12, 2]
    """
    epochs = max(FEWEST_EPOCHS, round(UPDATES / n_batches(n_windows, None)))
    return TrainingOptions(max_epochs=epochs, learning_rate=5e-3)
