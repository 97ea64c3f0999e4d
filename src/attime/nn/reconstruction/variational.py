"""The variational recurrent autoencoder: a code for all of a series, and by self-attention one for each step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.distributions import Distribution, Normal, kl_divergence
from torch.nn import functional as F

from attime.attention import AttentionMap, DivergenceTerm, LatentContext, Variational
from attime.attention.batchwide import drawn, whole_size, whole_sum
from attime.nn.embedding import Embedding
from attime.nn.reconstruction.annealing import Annealed
from attime.nn.reconstruction.likelihood import Likelihood
from attime.nn.reconstruction.reconstruction import Reconstructing, Reconstruction
from attime.nn.reconstruction.recurrent import Decoder, final_states, noisy, repeated, until_last
from attime.nn.recurrent import RecurrentEncoder

LEAST_DEVIATION = 1e-4


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a series tells of its codes.

    Attributes
    ----------
    z
        q(z | x), shape (case, code).
    attended
        q(c_t | x), with the attention that made it.
    within
        The steps up to the last one observed.
    """

    z: Normal
    attended: LatentContext
    within: Bool[Tensor, "case time"]

    @property
    def mean_context(self) -> Float[Tensor, "case context"]:
        """The mean over the steps of each case of the means of its c_t."""
        within = self.within.unsqueeze(-1)
        return (self.attended.context.mean * within).sum(1) / within.sum(1).clamp(min=1)


class VariationalRecurrentAutoencoder(Reconstructing):
    """h = BiLSTM(x + noise),  z ~ N(μ(h_T), σ²(h_T)),  c_t ~ N(μ(a_t), σ²(a_t)),  x_t ~ p(· | Decoder([z; c_t])).

    Here a = softmax(h hᵀ / √(2 hidden)) h, μ is linear, and σ of z the softplus of something linear. Pereira & Silveira
    2018 (https://doi.org/10.1109/ICMLA.2018.00207), section III. Trained by the evidence lower bound of all values that
    are present, N in a batch, in nats for each of them:

        loss = 1/N Σ_cases [ −Σ_td log p(x_td) + λ ( KL_z + η Σ_t KL_c_t ) ]

    So both parts are means over steps and channels: how much a nat of a code counts beside a nat of likelihood does not
    depend on how long a window is, how many channels it has or how many cases are in a batch. λ = η = 1 is the bound
    itself; λ grows over the first updates (`Annealed`).

    What differs from the paper. Values may be missing, which neither enter nor count; a code c_t in a gap is read by
    the decoder, though, so it is paid for. The decoder is told where it is (see `Decoder`). The deviation of c_t is the
    exponential of something linear, as in ``attime.attention.Variational``. The likelihood may be another than
    Laplace's.

    Parameters
    ----------
    embedding
        What is read of each step.
    encoder
        What reads.
    attend
        Self-attention over the states of the encoder.
    decoder
        What writes, from z beside c_t.
    likelihood
        What each value is drawn from.
    d_code
        Features of z.
    noise
        Variance of the noise that is added in training, as a share of that of each series and channel.
    weight
        The λ of the equation.
    context_weight
        The η of the equation.

    Examples
    --------
    >>> from attime.nn.networks.detection import VariationalRecurrent
    >>> network = VariationalRecurrent(hidden=4, d_code=3).build(n_channels=2, n_steps=20)
    >>> output = network(torch.randn(5, 2, 20), torch.ones(5, 2, 20, dtype=torch.bool))
    >>> output.prediction.shape, output.latent.shape, output.maps[0].weights.shape
    (torch.Size([5, 2, 20]), torch.Size([5, 3]), torch.Size([5, 20, 20]))
    """

    def __init__(
        self,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        attend: Variational,
        decoder: Decoder,
        likelihood: Likelihood,
        *,
        d_code: int,
        noise: float,
        weight: Annealed,
        context_weight: float,
    ) -> None:
        super().__init__()
        self.embedding, self.encoder, self.attend = embedding, encoder, attend
        self.decoder, self.likelihood = decoder, likelihood
        self.mean, self.deviation = nn.Linear(encoder.width, d_code), nn.Linear(encoder.width, d_code)
        self.noise, self.weight, self.context_weight = noise, weight, context_weight

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Reconstruction:
        """Reconstruct with codes drawn in training, with their means afterwards; see `Reconstructing.forward`."""
        posterior = self.encode(values, observed)
        z = drawn(posterior.z) if self.training else posterior.z.mean
        distribution = self.decode(z, posterior.attended.values, posterior.within)
        n_values = whole_sum(observed.sum()).clamp(min=1) / whole_size(len(observed))  # of a case, in the mean
        look = AttentionMap("self-attention", lambda: posterior.attended.weights, ("case", "query", "key"))
        return Reconstruction(
            distribution.mean,
            (look,),
            (DivergenceTerm(self.divergence(posterior) / n_values, self.weight()),),
            distribution=distribution,
            latent=posterior.z.mean,
            context=posterior.mean_context,
        )

    def encode(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Posterior:
        """Return what the series tell of their codes."""
        within = until_last(observed)
        read = noisy(values, observed, share=self.noise) if self.training else values
        h = self.encoder(self.embedding(read, observed), within).tokens
        last = final_states(h, within)
        z = Normal(self.mean(last), LEAST_DEVIATION + F.softplus(self.deviation(last)), validate_args=False)
        return Posterior(z, self.attend(h, h, present=observed.any(1), asking=within), within)

    def decode(
        self,
        z: Float[Tensor, "case code"],
        c: Float[Tensor, "case time context"],
        within: Bool[Tensor, "case time"],
    ) -> Distribution:
        """Return the distribution of each value, given the codes."""
        n_steps = within.shape[1]
        codes = torch.cat([repeated(z, n_steps), c], dim=-1)
        return self.likelihood(self.decoder(codes, within), n_steps)

    def divergence(self, posterior: Posterior) -> Float[Tensor, " case"]:
        """Return KL_z + η Σ_t KL_c_t of each case, in nats."""
        z = posterior.z
        prior = Normal(torch.zeros_like(z.mean), torch.ones_like(z.mean), validate_args=False)
        return kl_divergence(z, prior).sum(-1) + self.context_weight * posterior.attended.divergence.sum(-1)

    def draws(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        *,
        n_samples: int,
        generator: torch.Generator,
    ) -> Iterator[Distribution]:
        """Yield the distribution of each value for codes drawn from the posterior, which is found once."""
        posterior = self.encode(values, observed)
        for _ in range(n_samples):
            z, c = (_drawn(code, generator) for code in (posterior.z, posterior.attended.context))
            yield self.decode(z, c, posterior.within)


def _drawn(code: Normal, generator: torch.Generator) -> Float[Tensor, "case ..."]:
    """Return μ + σ ε with the same ε for all cases."""
    noise = torch.randn(code.mean.shape[1:], generator=generator, device=generator.device)
    return code.mean + code.stddev * noise.to(code.mean)
