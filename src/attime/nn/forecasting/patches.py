"""Forecasts patch by patch: each patch of the future asks the patches of the past."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from attime.attention import AttentionMap, MultiHead, Sinusoidal
from attime.nn.embedding import Embedding
from attime.nn.output import Output
from attime.nn.transformer import TransformerEncoder


class PatchForecast(nn.Module):
    """z = encoder(patches of the past),  y = q + attend(q, z),  ŷ = W (y + mlp(y)): a query q_p for each patch ahead.

    Patches and their encoder are those of Nie et al. 2023 (https://arxiv.org/abs/2211.14730), section 3.1. There all
    tokens are laid end to end and one linear map makes the forecast of them; here the patches ahead, of `stride` steps
    each, ask for what they need (as the queries of Carion et al. 2020, https://arxiv.org/abs/2005.12872, section 3.2,
    do for the objects of an image), so that there are weights that say where a forecast comes from, and no more
    parameters for a longer past. Other differences: positions are sines, counted from the end of the past, so that the
    past may be of any length; the mask is read beside the values, and nobody attends to a patch of which nothing was
    observed; layers are normalised before each part, and not over batches.

    Independent of each other, as the channels of the paper are, are here the series: all of them share one network.
    A series may have covariates, though, and these are read in the same patches; those that are known ahead become
    part of the query.

    Parameters
    ----------
    embedding
        What is read of each step.
    encoder
        Layers among patches, for ``embedding.n_features * patch`` features, with a patch of 1 (which are patches here).
    look
        How queries attend to what the encoder made of the past.
    horizon
        Steps ahead.
    patch, stride
        Steps of a patch, and from one to the next.
    n_ahead
        Covariates that are known ahead.
    zero_start
        Begin with a forecast of zero: what was taken off by `Reversible`, or is forecast beside, then stands alone
        until the network has learnt something better.

    Examples
    --------
    >>> from attime.nn.networks.forecasting import PatchForecaster
    >>> network = PatchForecaster(d_model=8, n_heads=2).build(look_back=64, horizon=24, n_features=1)
    >>> output = network(torch.randn(3, 1, 64), torch.ones(3, 1, 64, dtype=torch.bool))
    >>> output.prediction.shape, output.maps[0].weights.shape  # case, head, step ahead, time
    (torch.Size([3, 24]), torch.Size([3, 2, 24, 64]))
    """

    def __init__(
        self,
        embedding: Embedding,
        encoder: TransformerEncoder,
        look: MultiHead,
        *,
        horizon: int,
        patch: int,
        stride: int,
        n_ahead: int = 0,
        zero_start: bool = False,
    ) -> None:
        super().__init__()
        self.embedding, self.encoder, self.look = embedding, encoder, look
        self.horizon, self.patch, self.stride = horizon, patch, stride
        d_model = encoder.width
        self.n_queries = -(-horizon // stride)
        self.query, self.position = nn.Parameter(torch.randn(d_model) / d_model**0.5), Sinusoidal(d_model)
        self.W_ahead = nn.Linear(n_ahead * stride, d_model, bias=False) if n_ahead else None
        self.norm_query, self.norm_mlp, self.norm = (nn.LayerNorm(d_model) for _ in range(3))
        self.mlp = nn.Sequential(nn.Linear(d_model, 2 * d_model), nn.GELU(), nn.Linear(2 * d_model, d_model))
        self.W = nn.Linear(d_model, stride)
        if zero_start:
            nn.init.zeros_(self.W.weight)
            nn.init.zeros_(self.W.bias)

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in `LinearForecast.forward`."""
        shares = patch_shares(observed.any(1), patch=self.patch, stride=self.stride)
        present, n_patches = shares.any(-1), shares.shape[1]
        patches = patched(self.embedding(values, observed), patch=self.patch, stride=self.stride)
        times = torch.arange(1 - n_patches, 1, dtype=values.dtype, device=values.device)
        encoded = self.encoder(patches, present, times.expand(values.shape[0], -1))
        q = self._queries(values, ahead)
        attended = self.look(self.norm_query(q), encoded.tokens, present=present)
        y = q + attended.values
        y = y + self.mlp(self.norm_mlp(y))
        prediction = self.W(self.norm(y)).flatten(1)[:, : self.horizon]
        look = AttentionMap(
            "look back",
            lambda: self._by_step(attended.weights, shares),
            ("case", "head", "step ahead", "time"),
        )
        return Output(prediction, (look, *encoded.maps), (*attended.terms, *encoded.terms))

    def _queries(
        self, values: Float[Tensor, "case feature time"], ahead: Float[Tensor, "case covariate step"] | None
    ) -> Float[Tensor, "case query d_model"]:
        times = torch.arange(1, self.n_queries + 1, dtype=values.dtype, device=values.device)
        q = (self.query + self.position(times).shift).expand(values.shape[0], -1, -1)
        if self.W_ahead is None or ahead is None:
            return q
        known = F.pad(ahead, (0, self.n_queries * self.stride - self.horizon))
        return q + self.W_ahead(known.unflatten(-1, (self.n_queries, -1)).transpose(1, 2).flatten(2))

    def _by_step(
        self, weights: Float[Tensor, "case head query token"], shares: Float[Tensor, "case token time"]
    ) -> Float[Tensor, "case head step time"]:
        by_patch = weights @ shares.to(weights.dtype).unsqueeze(1)
        return by_patch.repeat_interleave(self.stride, dim=2)[:, :, : self.horizon]


def patched(
    steps: Float[Tensor, "case feature time"], *, patch: int, stride: int
) -> Float[Tensor, "case patch_feature token"]:
    """Cut series into patches that overlap, the last of which ends where the series does.

    There is every patch that has a step of the series; those that begin before it are filled up with zeros.

    Examples
    --------
    >>> patched(torch.arange(1.0, 4.0)[None, None], patch=2, stride=1).mT.tolist()
    [[[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]]
    """
    n_patches = count_patches(steps.shape[-1], stride=stride)
    filled = F.pad(steps, ((n_patches - 1) * stride + patch - steps.shape[-1], 0))
    return filled.unfold(-1, patch, stride).transpose(2, 3).flatten(1, 2)


def patch_shares(present: Bool[Tensor, "case time"], *, patch: int, stride: int) -> Float[Tensor, "case token time"]:
    """Return how much each step is of each patch: those that are present share it equally, others have nothing of it.

    Examples
    --------
    >>> patch_shares(torch.tensor([[True, True, False]]), patch=2, stride=1).tolist()
    [[[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]]
    """
    n_steps = present.shape[-1]
    number = torch.arange(count_patches(n_steps, stride=stride), device=present.device).flip(0).unsqueeze(1)
    step, end = torch.arange(n_steps, device=present.device), n_steps - number * stride
    own = ((end - patch <= step) & (step < end) & present.unsqueeze(1)).float()
    return own / own.sum(-1, keepdim=True).clamp(min=1)


def count_patches(n_steps: int, *, stride: int) -> int:
    """Return how many patches begin in or before so many steps, and end in them.

    Examples
    --------
    >>> count_patches(336, stride=8)
    42
    """
    return -(-n_steps // stride)
