"""Self-attention in several heads: seconds and memory against length, beside ``torch.nn.MultiheadAttention``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
from common import Result, Row, Settings, exponent, seconds_by_turns, show_table
from matplotlib.figure import Figure
from torch import Tensor, nn

from attime.attention import SCORES, WEIGHINGS, Attention, MultiHead

D_MODEL, N_HEADS, N_CASES = 64, 4, 2
LENGTHS = (500, 1000, 2000, 4000)
READ, UNREAD = "ours, weights read", "ours, weights not read"
TORCH_READ, TORCH_UNREAD = "torch, weights read", "torch, weights not read"
COMPARED = (UNREAD, TORCH_UNREAD, READ, TORCH_READ)
QUADRATIC_AT_MOST = 2000  # the others write a number for each pair, and the backward pass keeps several


def run(settings: Settings) -> Result:
    """Time a forward and a backward pass of each mechanism in turn, then measure the memory of each on its own."""
    lengths = (250, 500) if settings.quick else LENGTHS
    rows: list[Row] = []
    for n_steps in lengths:
        names = [name for name in TASKS if n_steps <= QUADRATIC_AT_MOST or name in COMPARED]
        names = [name for name in names if (settings.only or "") in name]
        seconds = seconds_by_turns({name: partial(TASKS[name], n_steps) for name in names}, repeats=settings.seeds or 3)
        rows += [
            {"attention": name, "steps": n_steps, "seconds": seconds[name], "megabytes": megabytes(name, n_steps)}
            for name in names
        ]
    show_table(rows, title=f"forward and backward, {N_CASES} cases, {D_MODEL} features, {N_HEADS} heads")
    draw(rows, settings)
    return Result(summary_of(rows), rows)


def ours(n_steps: int, *, score: str = "scaled_dot", weigh: str = "softmax", read: bool = False) -> None:
    """Run one of our attentions once."""
    d_head = D_MODEL // N_HEADS
    attention = Attention(SCORES[score].sized(d_query=d_head, d_key=d_head, n_keys=n_steps), weigh=WEIGHINGS[weigh]())
    heads, x = MultiHead(attention, d_model=D_MODEL, n_heads=N_HEADS), series(n_steps)
    attended = heads(x, x)
    if read:
        attended.weights.sum()
    attended.values.square().mean().backward()


def torchs(n_steps: int, *, read: bool) -> None:
    """Run torch's attention once."""
    heads, x = nn.MultiheadAttention(D_MODEL, N_HEADS, batch_first=True), series(n_steps)
    values, _ = heads(x, x, x, need_weights=read, average_attn_weights=False)
    values.square().mean().backward()


def series(n_steps: int) -> Tensor:
    """Return the series that all look at."""
    return torch.randn(N_CASES, n_steps, D_MODEL, generator=torch.Generator().manual_seed(0)).requires_grad_()


TASKS: dict[str, Callable[[int], None]] = {
    UNREAD: ours,
    TORCH_UNREAD: partial(torchs, read=False),
    READ: partial(ours, read=True),
    TORCH_READ: partial(torchs, read=True),
    "ours, sparsemax": partial(ours, weigh="sparsemax"),
    "ours, gate": partial(ours, weigh="gate"),
    "ours, gumbel": partial(ours, weigh="gumbel"),
    "ours, general score": partial(ours, score="general"),
}


def megabytes(name: str, n_steps: int) -> float:
    """Return by how much one run raises the peak memory of a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_peak, name, n_steps).result()


def _peak(name: str, n_steps: int) -> float:
    TASKS[name](16)  # what every first run needs
    before = _peak_kilobytes()
    TASKS[name](n_steps)
    return (_peak_kilobytes() - before) / 1024


def _peak_kilobytes() -> int:
    """Return the highest memory of this process so far; ``resource`` would count that of its parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def summary_of(rows: list[Row]) -> dict[str, float | None]:
    """Return the figures that matter: ratios to torch at the greatest length, and how memory grows."""
    longest = max(row["steps"] for row in rows)
    at = {row["attention"]: row for row in rows if row["steps"] == longest}
    summary: dict[str, float | None] = {"steps": longest}
    for name, anchor in ((UNREAD, TORCH_UNREAD), (READ, TORCH_READ)):
        if name in at and anchor in at:
            summary[f"seconds, {name} / {anchor}"] = at[name]["seconds"] / at[anchor]["seconds"]
            summary[f"megabytes, {name} / {anchor}"] = at[name]["megabytes"] / max(at[anchor]["megabytes"], 0.1)
    for name in (UNREAD, READ):
        own = [row for row in rows if row["attention"] == name and row["megabytes"] > 0]
        if len(own) > 1:
            summary[f"exponent of memory, {name}"] = exponent(
                [row["steps"] for row in own], [row["megabytes"] for row in own]
            )
    return summary


def draw(rows: list[Row], settings: Settings) -> None:
    """Draw memory and seconds against length."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for ax, key in zip(figure.subplots(1, 2), ("megabytes", "seconds"), strict=True):
        for name, marker in zip(COMPARED, "osx+", strict=True):
            own = [row for row in rows if row["attention"] == name]
            ax.plot([row["steps"] for row in own], [row[key] for row in own], marker=marker, label=name)
        ax.set(xlabel="time steps", ylabel=key, xscale="log", yscale="log")
    ax.legend(fontsize="small")
    figure.savefig(settings.pictures / "attention.png", dpi=120)
