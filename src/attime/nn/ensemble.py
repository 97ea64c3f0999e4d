"""Several networks as one: what they predict, attend to and bring forward, on average."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.classifier import SeriesClassifier
from attime.nn.output import Output


class Ensemble(nn.Module):
    """The mean of the logits of several networks; since that is a sum, evidence is the mean as well, and adds up.

    Parameters
    ----------
    networks
        Classifiers of the same classes, each trained on its own.
    """

    def __init__(self, networks: Sequence[SeriesClassifier]) -> None:
        super().__init__()
        self.networks: Iterable[SeriesClassifier] = nn.ModuleList(networks)  # type: ignore[assignment]

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """The part of each logit that no step brings."""
        return torch.stack([network.bias for network in self.networks]).mean(0)

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Output:
        """Classify series.

        The first map is the mean of the poolings. Where networks attend among tokens, all maps of each follow.
        """
        outputs = [network(values, observed, times) for network in self.networks]
        pooling = torch.stack([output.maps[0].weights for output in outputs]).mean(0)
        layers = tuple(
            AttentionMap(f"network {number}, {part.name}", part.source, part.axes, part.stride)
            for number, output in enumerate(outputs, start=1)
            for part in (output.maps if len(output.maps) > 1 else ())
        )
        return Output(
            prediction=torch.stack([output.prediction for output in outputs]).mean(0),
            maps=(AttentionMap("pooling", pooling, outputs[0].maps[0].axes), *layers),
            evidence=torch.stack([_evidence(output) for output in outputs]).mean(0),
            bias=self.bias,
        )


def _evidence(output: Output) -> Float[Tensor, "case class channel time"]:
    assert output.evidence is not None
    return output.evidence
