"""Detectors of other libraries, all on the same windows: each learns from some and scores others.

A window's score is that of the step in its middle; the first and the last score are those of the steps at either end.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import euclidean_distances
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

Values = Float64[np.ndarray, "time channel"]
Windows = Float64[np.ndarray, "window value"]
Scores = Float64[np.ndarray, " time"]
N_NEIGHBOURS = 10
MOST_WINDOWS = 1000  # for principal axes, where a window has more values than this
LEAST_SHARE = 1e-10  # of the variance; what is below is rounding


def windows_of(values: Values, window: int) -> Windows:
    """Return every window, all channels one after the other."""
    return np.lib.stride_tricks.sliding_window_view(values, window, axis=0).reshape(len(values) - window + 1, -1)


def to_steps(scores: Float64[np.ndarray, " window"], window: int) -> Scores:
    """Give each step the score of the window that it is in the middle of.

    >>> to_steps(np.array([1.0, 2.0]), 4).tolist()
    [1.0, 1.0, 1.0, 2.0, 2.0]
    """
    before = window // 2
    return np.pad(scores, (before, window - 1 - before), mode="edge")


def subpca(train: Values, values: Values, window: int) -> Scores:
    """Sum the distances to all principal axes, each over the share of the variance that it explains.

    Aggarwal, "Outlier analysis" 2017, section 3.3. Learnt from the whole series with TSB-AD's window it has, on our
    univariate files, the figures that are published for Sub-PCA. Axes without any variance, which would silence the
    others, are left out; where windows are long, some of them are learnt from.
    """
    learnt, asked = (windows_of(part, window) for part in (train, values))
    if learnt.shape[1] > MOST_WINDOWS:
        learnt = learnt[np.linspace(0, len(learnt) - 1, min(MOST_WINDOWS, len(learnt))).astype(int)]
    scaler = StandardScaler().fit(learnt)
    learnt, asked = scaler.transform(learnt), scaler.transform(asked)
    if not learnt.any():
        return np.zeros(len(values))
    axes = PCA(svd_solver="full").fit(learnt)
    kept = axes.explained_variance_ratio_ > LEAST_SHARE
    distances = euclidean_distances(asked, axes.components_[kept])
    return to_steps((distances / axes.explained_variance_ratio_[kept]).sum(1), window)


def isolation_forest(train: Values, values: Values, window: int) -> Scores:
    """Score by how few random cuts set a window apart."""
    forest = IsolationForest(random_state=0).fit(windows_of(train, window))
    return to_steps(-forest.score_samples(windows_of(values, window)), window)


def nearest_neighbours(train: Values, values: Values, window: int) -> Scores:
    """Score by the distance to the tenth nearest window, channels in deviations; a window is not its own neighbour."""
    scaler = StandardScaler().fit(train)
    learnt, asked = (windows_of(scaler.transform(part), window) for part in (train, values))
    n_neighbours = min(N_NEIGHBOURS + (len(train) == len(values)), len(learnt))
    distances, _ = NearestNeighbors(n_neighbors=n_neighbours).fit(learnt).kneighbors(asked)
    return to_steps(distances[:, -1], window)


def matrix_profile(train: Values, values: Values, window: int) -> Scores:
    """Score by the distance of normalised windows to the nearest one, the mean over channels; by stumpy.

    Where what is learnt from is the series itself, neighbours that overlap by more than three quarters do not count.
    """
    from stumpy import stump

    whole = len(train) == len(values)
    found = []
    for own, known in zip(values.T.copy(), train.T.copy(), strict=True):
        joined = stump(own, window) if whole else stump(own, window, known, ignore_trivial=False)
        found.append(joined[:, 0].astype(np.float64))
    finite = [np.where(np.isfinite(profile), profile, 0.0) for profile in found]
    return to_steps(np.mean(finite, axis=0), window)


Peer = Callable[[Values, Values, int], Scores]
#: Each of them learns from the training part; with `WHOLE` behind its name from the series that it scores, as TSB-AD
#: has it for methods without training.
PEERS: dict[str, Peer] = {
    "subpca": subpca,
    "matrix_profile": matrix_profile,
    "isolation_forest": isolation_forest,
    "nearest_neighbours": nearest_neighbours,
}
WHOLE = "_whole"
EVERY = (*PEERS, *(name + WHOLE for name in PEERS))


def scores_of(name: str, train: Values, values: Values, window: int) -> Scores:
    """Return the score of each step by a peer."""
    return PEERS[name.removesuffix(WHOLE)](values if name.endswith(WHOLE) else train, values, window)


def warm_up() -> None:
    """Let numba compile before anything is timed."""
    values = np.sin(np.arange(60.0))[:, np.newaxis]
    for name in ("matrix_profile", "matrix_profile" + WHOLE):
        scores_of(name, values[:40], values, 8)
