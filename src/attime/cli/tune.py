"""`attime tune`: look for better parameters by cross-validation, and fit the best on all cases."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace
from rich.console import Console
from rich.table import Column, Table

from attime import read
from attime.cli.checkpoint import add_checkpoint_arguments, checkpoints_of
from attime.cli.on_ray import add_engine_arguments, connected, on_ray
from attime.cli.parser import add_classifier_arguments, add_static_argument, classifier_of, static_of
from attime.cli.saving import add_save_arguments, check_save_place
from attime.cli.tell import tell
from attime.engines import at_once
from attime.events import announce
from attime.tuning import Search, tune
from attime.tuning.plan import in_turn
from attime.tuning.search import STATES

MOST_TRIALS = 3


def add_arguments(parser: ArgumentParser) -> None:
    """Add the file, the search, and the parameters that it starts from."""
    parser.add_argument("data", type=str, help="file of labelled series: .csv, .tsv, .ts, .npz (data.npz:train), …")
    parser.add_argument("--target", type=str | None, help="the column of labels in a CSV file")
    add_static_argument(parser, fitted=False)
    parser.add_argument("--trials", type=int, default=30, help="trials in all, those of an earlier run included")
    parser.add_argument("--study", type=str | None, help="file that keeps the trials, to go on after an interruption")
    add_save_arguments(parser, "--model")
    parser.add_argument("--metric", type=str, default="log_loss", help="log_loss, accuracy or balanced_accuracy")
    parser.add_argument("--folds", type=int, default=3, help="parts of the cross-validation")
    parser.add_argument(
        "--parallel", type=int, default=1, help="trials that are drawn, and with --engine ray judged, at the same time"
    )
    add_engine_arguments(parser)
    add_checkpoint_arguments(parser)  # of the model at the end: trials are kept by the study
    add_classifier_arguments(parser)


def main(options: Namespace) -> None:
    """Search, tell what was found, and fit and write the best model if there is a place for it."""
    check_save_place(options)
    with connected(options):
        search = tune(
            read(options.data, target=options.target, static=static_of(options) or ()),
            estimator=classifier_of(options),
            metric=options.metric,
            n_trials=options.trials,
            n_folds=options.folds,
            study=options.study,
            parallel=options.parallel,
            judging=at_once if on_ray(options) else in_turn,
            random_state=options.random_state,
        )
    if options.network == "default":
        tell("the default picks for itself; searched was the network that it may train, Convolutional")
    tell_search(search)
    if options.save:
        with checkpoints_of(options):
            search.refit().save(options.save, card=options.card)
        tell(f"fitted on all {len(search.X):,} cases, written to {options.save}")


def tell_search(search: Search) -> None:
    """Print the best trials side by side, and what distinguishes them from the others."""
    announce("result", {search.metric: search.best_score, "trials": len(search.trials)})
    console = Console()
    ranking = search.ranking
    best = ranking.head(MOST_TRIALS)
    table = Table(Column(no_wrap=True), title=f"the best of {len(search.trials)} trials")
    for trial in best.index:
        table.add_column(f"trial {trial}" if trial else "as it was")
    if len(search.importance):
        table.add_column("importance")
    for name in search.best_params:
        share = [f"{search.importance[name]:.0%}"] if name in search.importance else []
        table.add_row(name, *map(_short, best[name]), *share)
    table.add_row(search.metric, *map(_short, best["score"]))
    console.print(table)
    if 0 in ranking.index and 0 not in best.index:
        console.print(f"as it was: {search.metric} {_short(ranking.at[0, 'score'])}", highlight=False)
    ended = search.trials["state"].tolist()
    counts = [f"{ended.count(state)} {state}" for state in STATES.values() if state in ended]
    console.print(f"{', '.join(counts)}, in {search.trials['seconds'].sum():.0f} s", highlight=False)
    console.print("the best of many flatters: judge the model by other cases ('attime evaluate')", highlight=False)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else repr(value)
