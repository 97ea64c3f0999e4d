"""Files of the public archives, where this machine has them; tests that need them are skipped elsewhere."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def archived(benchmark_data: Path) -> Callable[[str], Path]:
    """Return a function that finds a file of the archive, or skips the test."""

    def find(name: str) -> Path:
        path = benchmark_data / "classification" / name
        if not path.exists():
            pytest.skip(f"{path} is not on this machine")
        return path

    return find


@pytest.fixture
def vowels(archived: Callable[[str], Path], tmp_path: Path) -> Path:
    """Return the training part of JapaneseVowels as a long CSV file."""
    target = tmp_path / "vowels.csv"
    write_long(archived("uea/JapaneseVowels/JapaneseVowels_TRAIN.ts.gz"), target)
    return target


def write_long(source: Path, target: Path) -> None:
    """Turn a .ts file (cases are lines, channels end in ``:``, the class comes last) into a long CSV file."""
    with gzip.open(source, "rt", encoding="utf-8") as lines, target.open("w", newline="") as unwritten:
        table = csv.writer(unwritten)
        data = (line.strip() for line in lines if line.strip() and line[0] not in "#@")
        for case, line in enumerate(data):
            *channels, label = line.split(":")
            if case == 0:
                table.writerow(["id", "time", "speaker", *(f"c{number}" for number in range(len(channels)))])
            steps = zip(*(channel.split(",") for channel in channels), strict=True)
            table.writerows([case, time, label, *step] for time, step in enumerate(steps))
