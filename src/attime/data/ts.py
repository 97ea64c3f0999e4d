"""Reader of .ts files, as aeon and sktime have them: one case a line, channels and label between colons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from attime.data.header import Columns
from attime.data.labels import from_words, labels_from
from attime.data.ragged import Case, read_cases, refuse_uneven_cases
from attime.data.series import SeriesSet
from attime.data.stamped import read_stamped, stamped_channels
from attime.data.text import TextFile, shown
from attime.data.ts_header import Header, read_ts_header


def read_ts(file: TextFile, columns: Columns) -> SeriesSet:
    """Read a .ts file: ``1.5,?,2:0.1,0.2,0.3:walking`` is a case of two channels and three steps.

    With ``@timeStamps true`` every value stands with its time, ``(0,1.5),(3,2)`` or ``(2024-01-31 12:00:00,1.5)``;
    channels may have been measured at different times. Times at unequal distances are kept, dates as seconds. What
    follows the last colon is a class (``@classLabel true``) or a number (``@targetLabel true``). Classes are numbers if
    all that the header lists are, so that the parts of a data set agree.

    Raises
    ------
    OptionError
        If a column of labels is asked for by name.
    DataError
        If the file cannot be used, or does not hold what its header promises; the message names the line.
    """
    columns.refuse_target(file.path, "after the last colon of a line")
    header = read_ts_header(file)
    cases, words = [], []
    for number, line in enumerate(file.content.split("\n")[header.data :], start=header.data + 1):
        if line.strip() and line.lstrip()[0] not in "#%":
            case, word = _taken_apart(file, header, number, line.strip())
            cases.append(case)
            words.append(word)
    refuse_uneven_cases(file, cases)
    labels = _labels(file, header, [case.line for case in cases], words, needed=columns.need_target)
    if header.stamped:
        stamped = read_stamped(file, cases, keep_times=columns.keep_times, alone=columns.in_pieces)
        return SeriesSet.of(stamped.values, labels, source=file.path, times=stamped.times)
    return SeriesSet.of(read_cases(file, cases), labels, source=file.path)


def _taken_apart(file: TextFile, header: Header, number: int, line: str) -> tuple[Case, str]:
    """Return the channels of a line and its label, an empty word if it has none."""
    channels: Sequence[str]
    body, colon, word = line.rpartition(":") if header.labels else (line, ":", "")
    if not colon or ")" in word:
        raise file.error(number, "no label arrived after the last colon, expected one as the header says; add it")
    channels = stamped_channels(body) if header.stamped else body.split(":")
    if header.n_channels not in (None, len(channels)):
        raise file.error(
            number, f"{len(channels)} channels arrived{' before the label' if header.labels else ''}, expected "
            f"{header.n_channels} as the header says; correct the line, @univariate or @dimensions"
        )  # fmt: skip
    if header.n_steps is not None:
        for place, channel in enumerate(channels):
            n_steps = channel.count("(") if header.stamped else channel.count(",") + 1
            if channel and n_steps != header.n_steps:
                raise file.error(
                    number, f"{n_steps} steps arrived in channel {place} (counting from 0), expected {header.n_steps} "
                    "as @seriesLength says; correct the line, or write '@equalLength false'"
                )  # fmt: skip
    return Case(number, [channel.strip() for channel in channels]), word.strip()


def _labels(
    file: TextFile, header: Header, lines: list[int], words: list[str], *, needed: bool
) -> Shaped[np.ndarray, " case"] | None:
    if not header.labels:
        return None
    labels = labels_from(
        words, lambda row, message: file.error(lines[row], message), classes=header.classes, needed=needed,
        where=" after the last colon",
    )  # fmt: skip
    if header.labels == "class" or labels is None:
        return labels
    if labels.dtype.kind == "U":
        row = next(row for row, word in enumerate(words) if from_words([word]).dtype.kind == "U")
        raise file.error(lines[row], f"{shown(words[row])} arrived after the last colon, expected a number; correct it")
    return labels.astype(np.float64)
