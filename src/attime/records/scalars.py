"""The numbers of an event under the names that keepers of curves give them."""

from __future__ import annotations

from attime.records.recording import Event

#: Events that come again and again: what of them is counted by ``number``, and told apart by another fact.
CURVES = {"epoch": "training", "trial": ""}


def scalars_of(event: Event) -> dict[str, float]:
    """Return the numbers of an event of which there are many, by a name for each curve.

    Examples
    --------
    >>> scalars_of(Event(0.1, "epoch", {"training": 1, "number": 4, "train_loss": 0.5}))
    {'epoch/train_loss': 0.5}
    >>> scalars_of(Event(0.1, "epoch", {"training": 2, "number": 4, "train_loss": 0.5}))
    {'epoch 2/train_loss': 0.5}
    """
    if event.kind not in CURVES:
        return {}
    which = event.facts.get(CURVES[event.kind], 1)
    title = event.kind if which == 1 else f"{event.kind} {which}"
    return {
        f"{title}/{name}": float(value)
        for name, value in event.facts.items()
        if isinstance(value, float) and name != CURVES[event.kind]
    }
