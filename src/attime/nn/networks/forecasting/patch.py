"""The description of a transformer of patches that forecasts."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from attime.attention import Sinusoidal
from attime.errors import OptionError
from attime.nn.embedding import Embedding, Values
from attime.nn.forecasting.patches import PatchForecast, count_patches
from attime.nn.networks.forecasting.network import Forecaster
from attime.nn.networks.layers import heads, transformer_layers
from attime.nn.transformer import TransformerEncoder
from attime.options import Count, Share


@dataclass
class PatchForecaster(Forecaster):
    """Layers of self-attention among patches of the past, which the patches of the future then ask.

    Parameters
    ----------
    d_model
        Features of a patch; an even number.
    n_heads
        Heads of each attention; must divide `d_model`.
    n_layers
        Layers among the patches of the past.
    patch
        Steps of a patch; if not given, 16, or a quarter of a look-back that is shorter than 64.
    stride
        Steps from one patch to the next, and steps that one query forecasts; half a patch if not given.
    dropout
        Share of what each layer adds that is left out, at random in training.
    score, weigh
        The attention of layers and queries: names in ``attime.attention.SCORES`` and ``WEIGHINGS``.
    zero_start
        Begin with a forecast of zero on the scale of the window: of the last value, if `centre` is ``"last"``.
    centre, spread
        How windows are scaled: see `Forecaster`.

    Examples
    --------
    >>> network = PatchForecaster().build(look_back=336, horizon=96, n_features=1).network
    >>> network.patch, network.stride, network.n_queries
    (16, 8, 12)
    """

    d_model: Count = 64
    n_heads: Count = 4
    n_layers: Count = 2
    patch: Count | None = None
    stride: Count | None = None
    dropout: Share = 0.1
    score: str = "scaled_dot"
    weigh: str = "softmax"
    zero_start: bool = False

    def network(self, *, look_back: int, horizon: int, n_features: int, n_ahead: int) -> nn.Module:
        """Return what `build` builds, less the scaling.

        Raises
        ------
        OptionError
            If `n_heads` does not divide `d_model`, steps would fall between patches, or a name is not known.
        """
        patch = self.patch or min(16, max(1, look_back // 4))
        stride = self.stride or max(1, patch // 2)
        if stride > patch:
            raise OptionError(f"stride is {stride} and patch {patch}; choose a stride of {patch} at most")
        embedding = Embedding([Values()], n_channels=n_features, show_mask=True)
        n_patches = count_patches(look_back, stride=stride)
        layers = transformer_layers(
            self.n_layers,
            d_model=self.d_model,
            n_heads=self.n_heads,
            dropout=self.dropout,
            score=self.score,
            weigh=self.weigh,
            n_tokens=n_patches,
        )
        return PatchForecast(
            embedding,
            TransformerEncoder(
                embedding.n_features * patch, layers=layers, position=Sinusoidal(self.d_model), d_model=self.d_model
            ),
            heads(self.d_model, self.n_heads, score=self.score, weigh=self.weigh, n_keys=n_patches),
            horizon=horizon,
            patch=patch,
            stride=stride,
            n_ahead=n_ahead,
            zero_start=self.zero_start,
        )
