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
from importlib import import_module
from importlib.metadata import version
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
    "ucr": "the UCR archive: accuracy, likelihood and seconds beside published accuracies",
}
PACKAGES = ("attime", "torch", "numpy", "scikit-learn", "pandas")


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
                "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
                "machine": machine(),
                "settings": {
                    "seeds": settings.seeds,
                    "first_seed": settings.first_seed,
                    "quick": settings.quick,
                    "only": settings.only,
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
    return parser.parse_args()


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
