"""Several networks as one: what they predict, attend to and bring forward, summed up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.classifier import SeriesClassifier
from attime.nn.dictionary import DictionaryClassifier
from attime.nn.output import Output
from attime.nn.static import WithStatic

Classifier = SeriesClassifier | DictionaryClassifier | WithStatic


class Ensemble(nn.Module):
    """logit_c = Σ_n trust_n · logit_nc: since that is a sum, evidence is summed alike, and still adds up.

    Parameters
    ----------
    networks
        Classifiers of the same classes, each fitted on its own.
    trust
        How much each one counts; if not given, they have equal shares, and the ensemble is their mean.
    """

    trust: Float[Tensor, " network"]
    offset: Float[Tensor, " class"]

    def __init__(self, networks: Sequence[Classifier], trust: Sequence[float] | None = None) -> None:
        super().__init__()
        self.networks: Iterable[Classifier] = nn.ModuleList(networks)  # type: ignore[assignment]
        shares = [1 / len(networks)] * len(networks) if trust is None else list(trust)
        self.register_buffer("trust", torch.tensor(shares))
        self.register_buffer("offset", torch.zeros_like(networks[0].bias, requires_grad=False))
        places = [network.bias.device for network in networks]  # dictionaries are fitted where the cases are
        self.to(next((place for place in places if place.type != "cpu"), places[0]))

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """The part of each logit that no step brings."""
        return self.offset + self._summed([network.bias for network in self.networks])

    @property
    def has_gradient(self) -> bool:
        """Whether the logits of all the networks follow small changes of the values."""
        return all(network.has_gradient for network in self.networks)

    def sharpen(self, factor: float) -> None:
        """Multiply all logits, and with them evidence and bias."""
        self.trust.mul_(factor)
        self.offset.mul_(factor)

    def favour(self, logs: Float[Tensor, " class"]) -> None:
        """Add to the bias: classes that count for more, or are more frequent than in training, by their log weights."""
        self.offset.add_((logs - logs.mean()).to(self.offset.device))

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
        static: Float[Tensor, "case feature"] | None = None,
    ) -> Output:
        """Classify series, and what is known of them if the networks were fitted with that.

        The first map is the mean of the poolings, by trust; where networks attend among tokens, all maps follow.
        """
        known = () if static is None else (static,)
        outputs = [network(values, observed, times, *known) for network in self.networks]
        added = [output.static_evidence for output in outputs if output.static_evidence is not None]
        pooling = self._summed([output.maps[0].weights for output in outputs]) / self.trust.sum()
        layers = tuple(
            AttentionMap(f"network {number}, {part.name}", part.source, part.axes, part.stride)
            for number, output in enumerate(outputs, start=1)
            for part in (output.maps if len(output.maps) > 1 else ())
        )
        return Output(
            prediction=self.offset + self._summed([output.prediction for output in outputs]),
            maps=(AttentionMap("pooling", pooling, outputs[0].maps[0].axes), *layers),
            evidence_source=lambda: self._summed(_alike([_evidence(output) for output in outputs])),
            bias=self.bias,
            static_evidence=self._summed(added) if added else None,
        )

    def _summed(self, parts: Sequence[Tensor]) -> Tensor:
        return torch.einsum("n,n...->...", self.trust, torch.stack(list(parts)))


def _evidence(output: Output) -> Float[Tensor, "case class channel time"]:
    assert output.evidence is not None
    return output.evidence


def _alike(parts: Sequence[Float[Tensor, "case class _ time"]]) -> Sequence[Float[Tensor, "case class channel time"]]:
    """Sum over the channels where some networks tell them apart and others do not."""
    if len({part.shape[2] for part in parts}) == 1:
        return parts
    return [part.sum(2, keepdim=True) for part in parts]
