"""The plain recurrent autoencoder: a whole series through one code, and what its parts are."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Sinusoidal
from attime.attention.batchwide import like_whole, own_rows
from attime.nn.embedding import Embedding, root_mean_square
from attime.nn.reconstruction.likelihood import Likelihood
from attime.nn.reconstruction.reconstruction import Reconstructing, Reconstruction
from attime.nn.recurrent import RecurrentEncoder


class Decoder(nn.Module):
    """y = BiLSTM([code_1; p_1], …, [code_T; p_T]), where p_t are the sines of position t.

    A decoder that reads the same code at every step, and nothing else, has to count the steps before it can write a
    curve; Pereira & Silveira leave it that task, and a few hundred updates do not teach it. Positions spare it that.

    Parameters
    ----------
    d_code
        Features of the code at each step.
    hidden
        Units in each direction.
    d_position
        Features of a position; an even number.

    Examples
    --------
    >>> Decoder(3, hidden=4)(torch.randn(2, 20, 3), torch.ones(2, 20, dtype=torch.bool)).shape
    torch.Size([2, 20, 8])
    """

    def __init__(self, d_code: int, *, hidden: int, d_position: int = 8) -> None:
        super().__init__()
        self.position = Sinusoidal(d_position)
        self.rnn = RecurrentEncoder(d_code + d_position, hidden=hidden)
        self.width = self.rnn.width

    def forward(
        self, codes: Float[Tensor, "case time code"], within: Bool[Tensor, "case time"]
    ) -> Float[Tensor, "case time width"]:
        steps = torch.arange(codes.shape[1], dtype=codes.dtype, device=codes.device)
        positions = self.position(steps).shift.expand(codes.shape[0], -1, -1)
        return self.rnn(torch.cat([codes, positions], dim=-1).mT, within).tokens


class RecurrentAutoencoder(Reconstructing):
    """z = W_z [h_T→; h_1←],  y = Decoder(z, z, …, z),  x_t ~ p(· | y_t), where h = BiLSTM(x + noise).

    The autoencoder of Malhotra et al. 2016 (https://arxiv.org/abs/1607.00148) in the parts of
    `VariationalRecurrentAutoencoder`, without what is variational in it and without attention, for comparison: it reads
    and writes both ways, where the paper writes backwards and feeds back what it wrote, and noise is added in training.

    Parameters
    ----------
    embedding
        What is read of each step.
    encoder
        What reads.
    decoder
        What writes, from `d_code` features.
    likelihood
        What each value is drawn from; with a scale that is fixed, the loss is that of distances.
    d_code
        Features of z.
    noise
        Variance of the noise, as a share of that of each series and channel.

    Examples
    --------
    >>> from attime.nn.networks.detection import PlainRecurrent
    >>> network = PlainRecurrent(hidden=4).build(n_channels=2, n_steps=20)
    >>> network(torch.randn(3, 2, 20), torch.ones(3, 2, 20, dtype=torch.bool)).prediction.shape
    torch.Size([3, 2, 20])
    """

    def __init__(
        self,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        decoder: Decoder,
        likelihood: Likelihood,
        *,
        d_code: int,
        noise: float,
    ) -> None:
        super().__init__()
        self.embedding, self.encoder, self.decoder, self.likelihood = embedding, encoder, decoder, likelihood
        self.W_code, self.noise = nn.Linear(encoder.width, d_code), noise

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Reconstruction:
        within = until_last(observed)
        read = noisy(values, observed, share=self.noise) if self.training else values
        states = self.encoder(self.embedding(read, observed), within).tokens
        z = self.W_code(final_states(states, within))
        distribution = self.likelihood(self.decoder(repeated(z, within.shape[1]), within), within.shape[1])
        return Reconstruction(distribution.mean, distribution=distribution, latent=z)


def noisy(
    values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"], *, share: float
) -> Float[Tensor, "case channel time"]:
    """Return x + ε with ε ~ N(0, share · var(x)), the variance being that of each case and channel by itself.

    Examples
    --------
    >>> x = torch.tensor([[[1.0, 1.0, 1.0]]])
    >>> noisy(x, torch.ones(1, 1, 3, dtype=torch.bool), share=0.1)  # what does not vary gets no noise
    tensor([[[1., 1., 1.]]])
    """
    values = values.masked_fill(~observed, 0.0)
    mean = values.sum(-1, keepdim=True) / observed.sum(-1, keepdim=True).clamp(min=1)
    deviation = root_mean_square((values - mean).masked_fill(~observed, 0.0), observed)
    return values + share**0.5 * deviation * own_rows(torch.randn_like(like_whole(values)))


def until_last(observed: Bool[Tensor, "case channel time"]) -> Bool[Tensor, "case time"]:
    """Return the steps up to the last one at which anything was observed; those after it are padding.

    Examples
    --------
    >>> until_last(torch.tensor([[[False, True, False, True, False]]])).tolist()
    [[True, True, True, True, False]]
    """
    return observed.any(1).flip(1).cumsum(1).flip(1) > 0


def final_states(
    states: Float[Tensor, "case time width"], within: Bool[Tensor, "case time"]
) -> Float[Tensor, "case width"]:
    """Return [h_T→; h_1←]: the state of each direction after it has read all of a series."""
    forward, backward = states.chunk(2, dim=-1)
    last = (within.sum(1) - 1).clamp(min=0)
    return torch.cat([forward[torch.arange(last.shape[0], device=last.device), last], backward[:, 0]], dim=-1)


def repeated(code: Float[Tensor, "case code"], n_steps: int) -> Float[Tensor, "case time code"]:
    """Return the code at every step."""
    return code.unsqueeze(1).expand(-1, n_steps, -1)
