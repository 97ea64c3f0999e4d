"""What the page of forecasting prints is what its code prints: `docs/forecasting.md` tells of this version."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "forecasting.md"
NUMBER = re.compile(r"(?<![\w:-])-?\d*\.?\d+(?![\w:-])")
END = "what follows is not of this block"


def numbers_and_words(printed):
    return [float(number) for number in NUMBER.findall(printed)], NUMBER.sub("", printed).split()


@pytest.mark.slow
def test_the_page_of_forecasting_prints_what_its_code_prints(tmp_path):
    blocks = re.findall(r"```(python|text)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    program = "".join(code if kind == "python" else f"print({END!r})\n" for kind, code in blocks)
    words, environment = [sys.executable, "-c", program], os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    promised = [text for kind, text in blocks if kind == "text"]
    for found, expected in zip(done.stdout.split(END)[:-1], promised, strict=True):
        (numbers, words), (expected_numbers, expected_words) = map(numbers_and_words, (found, expected))
        assert words == expected_words
        assert numbers == pytest.approx(expected_numbers, rel=0.03, abs=0.02)
