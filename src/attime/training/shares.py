"""Shares of a batch: what each of several processes does of a training, so that all come to the same model.

    cost = Σ_p n_p / n · mean cost of the n_p cases of process p          ∇ cost = Σ_p ∇ (its part)

Every process has all the cases and draws the same random numbers, so all cut the same batches. What only a whole batch
knows comes from `attime.attention.batchwide`. Gradients are added up, and every process makes the same update.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.attention.batchwide import Share, sharing
from attime.errors import ProcessError
from attime.training.cases import Batches
from attime.training.device import generators_of, set_generators
from attime.training.fingerprint import digest
from attime.training.processes import add, divided, from_first, several


@contextmanager
def own_part(batch: Batches, device: torch.device) -> Iterator[tuple[Batches, float]]:
    """Give this process its part of a batch, and what part of the mean over the whole batch the mean over it makes.

    Within, whatever depends on the whole batch is computed over all of it. A batch of fewer cases than processes is not
    divided: each of them does all of it, for an equal part of its cost.
    """
    here = several()
    if here is None:
        yield batch, 1.0
    elif len(batch) < here.count:
        yield batch, 1 / here.count
    else:
        first, end = (len(batch) * number // here.count for number in (here.number, here.number + 1))
        share = Share(first, end - first, len(batch), here.number, here.count, add)
        with sharing(share):
            yield batch.take(slice(first, end), device), share.n_own / share.n_cases


def sum_gradients(network: nn.Module, cost: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """Replace the gradients in each process by their sum over all of them, and return the sum of what each has paid."""
    if several() is None:
        return cost
    slopes = [part.grad for part in network.parameters() if part.grad is not None]
    total = torch.cat([cost.unsqueeze(0), *(slope.flatten() for slope in slopes)])
    add(total)
    summed, *parts = total.split([1, *(slope.numel() for slope in slopes)])
    for slope, part in zip(slopes, parts, strict=True):
        slope.copy_(part.view_as(slope))
    return summed.squeeze(0)


def begin_alike(network: nn.Module, training: Batches, device: torch.device) -> None:
    """Let all processes begin with the weights and the random numbers of the first.

    Raises
    ------
    ProcessError
        If they have other training cases.
    """
    if several() is None:
        return
    refuse_other_cases(training)
    make_alike(network)
    set_generators(from_first(generators_of(device)), device)


def refuse_other_cases(training: Batches) -> None:
    """See that all processes were given the same cases, with the same targets.

    Raises
    ------
    ProcessError
        If they were not.
    """
    here = several()
    if here is not None and len(set(divided(here.count, lambda part: digest(training)))) > 1:
        raise ProcessError(
            f"process {here.number} was given {len(training)} training cases, which are not those of all other "
            "processes; give every process all of the cases, for each batch is divided among them"
        )


def make_alike(network: nn.Module) -> None:
    """Give the network of each process the weights that the first one has."""
    if several() is not None:
        network.load_state_dict(from_first({name: part.cpu() for name, part in network.state_dict().items()}))
