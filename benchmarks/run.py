"""Run a benchmark: ``python benchmarks/run.py NAME --data DIR --out FILE.json [--seeds N] [--quick] [--only PATTERN]``.

Prints a table, draws pictures beside the JSON file, and writes what was measured, on which machine, with what.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import time
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from common import Result, Settings, show_table

from attime.errors import AttimeError
from attime.files import check_file, output_folder, write_json

BENCHMARKS = {
    "sine": "the headline experiment: ours beside the article's network, over seeds, noise and lengths",
    "attention": "self-attention: seconds and memory against length, beside torch.nn.MultiheadAttention",
    "localisation": "planted tasks: whether evidence lies on what was planted",
    "explanations": "deletion curves of all methods on ten UCR sets, and what an explanation costs",
    "webtraffic": "planted anomalies in web traffic: accuracy and explanations beside published ones",
    "ucr": "the UCR archive: accuracy, likelihood, seconds and memory beside other libraries and published figures",
    "uea": "the UEA archive of several channels, in the same way",
    "missing": "accuracy against the share of values that were deleted at random, on ten UCR sets",
    "shards": "a million series scored from parquet files: seconds, memory, and the limit of one core",
    "scale": "seconds and memory against cases, length and channels",
    "stocks": "stock prices by the protocol of the α_t-RIM: networks and naive forecasts beside published figures",
    "ltsf": "long forecasts: ETTh1, ETTh2, Exchange and Illness beside published figures; limits and latency",
    "leaks": "the leakage check: which planted leaks it finds, and what it accuses in honest data",
    "tsbad": "anomalies in long series of several sources: VUS-PR beside other libraries and published figures, alarms",
    "alarms": "calibrated alarms: how often normal steps raise one, beside how often that was asked for",
    "processes": "several processes beside one: seconds, and how far their models are from each other",
    "solar": "days of solar power with planted faults, contaminated training, explanations, and a stream",
    "speed": "latency of torch, torch.compile and onnxruntime; and what starting, importing and explaining cost",
    "service": "the service under load: rate, latency at half of it, and memory",
    "gpu": "graphics card: cases per second beside the processor, and beside what the card could do at most",
    "faults": "kills, full disks, damaged and hostile files, malformed requests: survived, lost, wrong, crashed",
}
PACKAGES = ("attime", "torch", "numpy", "scipy", "scikit-learn", "pandas", "aeon", "numba", "stumpy")


def main() -> int:
    """Run the benchmark that was asked for."""
    arguments = parse()
    settings = Settings(
        data=Path(arguments.data),
        pictures=Path(arguments.out).parent,
        seeds=arguments.seeds,
        first_seed=arguments.first_seed,
        quick=arguments.quick,
        only=arguments.only,
        models=tuple(arguments.models.split(",")) if arguments.models else None,
        threads=arguments.threads,
        resume=arguments.resume,
        out=Path(arguments.out),
    )
    try:
        output_folder(Path(arguments.out).parent)
        check_file(arguments.out)
        start = time.perf_counter()
        result: Result = import_module(arguments.name).run(settings)
        write_json(
            {
                "benchmark": arguments.name,
                "date": datetime.date.today().isoformat(),
                "versions": {"python": platform.python_version(), **versions()},
                "machine": machine(),
                "settings": {
                    "seeds": settings.seeds,
                    "first_seed": settings.first_seed,
                    "quick": settings.quick,
                    "only": settings.only,
                    "models": settings.models,
                    "threads": settings.threads,
                },
                "seconds": round(time.perf_counter() - start, 1),
                "summary": result.summary,
                "rows": result.rows,
            },
            arguments.out,
        )
    except AttimeError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    show_table([{"figure": name, "value": value} for name, value in result.summary.items()], title="summary")
    print(f"written to {arguments.out}")
    return 0


def parse() -> argparse.Namespace:
    """Read the command line."""
    names = "\n".join(f"  {name}: {what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        description=f"{__doc__}\n\nbenchmarks:\n{names}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=BENCHMARKS, metavar="NAME")
    parser.add_argument("--data", default="data", help="folder of public data sets")
    parser.add_argument("--out", required=True, help="JSON file for the result")
    parser.add_argument("--seeds", type=int, help="number of seeds; each benchmark has its own default")
    parser.add_argument(
        "--first_seed", type=int, default=0, help="where the seeds begin; others than were looked at before"
    )
    parser.add_argument("--quick", action="store_true", help="a small run, to see that all parts work")
    parser.add_argument("--only", help="data sets or models whose name contains this")
    parser.add_argument("--models", help="contenders, separated by commas; those that are installed by default")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for each contender; all cores by default")
    parser.add_argument("--resume", action="store_true", help="go on where a run was stopped; its rows lie beside OUT")
    return parser.parse_args()


def versions() -> dict[str, str | None]:
    """Return the version of each package that is installed."""
    found: dict[str, str | None] = dict.fromkeys(PACKAGES)
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def machine() -> dict[str, object]:
    """Say what the figures were measured on."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "system": platform.system(),
    }


if __name__ == "__main__":
    sys.exit(main())
