"""The trials of a round of a search, judged at the same time by the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attime.engines.ray_cluster import RETRIES, cluster, result_of
from attime.tuning.plan import Judged, Plan, Rivals, judge


def at_once(
    plan: Plan, params: Sequence[Mapping[str, Any]], rivals: Rivals, tick: Callable[[], None]
) -> Iterator[Judged]:
    """Judge the trials of a round on a cluster, each by one processor; for ``tune(…, parallel=…, judging=at_once)``.

    A trial whose worker was lost begins anew. Trials come back in their order.

    Raises
    ------
    MissingExtraError
        If Ray is not installed.
    ProcessError
        If workers were lost over the same trial time and again.

    Examples
    --------
    >>> from attime.engines import at_once, cluster
    >>> from attime.tuning import tune
    >>> with cluster():  # doctest: +SKIP
    ...     search = tune(X, y, parallel=4, judging=at_once)
    """
    with cluster() as ray:
        task = ray.remote(num_cpus=1, max_retries=RETRIES)(_judge)
        given, others = ray.put(plan), ray.put(rivals)
        running = [task.remote(given, chosen, others) for chosen in params]
        try:
            while running:
                judged: Judged = result_of(running[0])
                del running[0]
                for _ in range(len(plan.folds)):
                    tick()
                yield judged
        finally:
            for ref in running:
                ray.cancel(ref)


def _judge(plan: Plan, params: Mapping[str, Any], rivals: Rivals) -> Judged:
    return judge(plan, params, rivals, lambda: None)
