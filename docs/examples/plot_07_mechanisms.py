r"""
What each mechanism does
========================

Soft, sparse, hard, gated; global, causal, local: every mechanism of this library gets the same series and the same
energies here, so that whatever differs between two pictures is the mechanism.

.. math::

    w_{ij} = \operatorname{weigh}_j \bigl( \operatorname{score}(q_i, k_j) + \operatorname{prior}_{ij} \bigr)

The prior is the scope: 0 where a query may look, :math:`-\infty` where it must not, something between where the scope
fades. One number is written under each picture: the *effective number of keys*,
:math:`\exp(-\sum_j w_{ij} \ln w_{ij})` for weights that sum to 1, averaged over the queries. It is 1 for a pointer and
:math:`n` for an even look at :math:`n` keys.
"""

# %%
# A series with an event
# ----------------------
# Two periods of a wave that stands still from step 17 to step 24. Every step knows its value, its slope, and how *flat*
# its surroundings are: how little the five steps around it differ, compared to the steepest place of the series.

import matplotlib.pyplot as plt
import numpy as np
import torch

from attime import AttentionClassifier, SineConfig, make_sine, split
from attime.attention import (
    Attention,
    AttentionMap,
    Causal,
    Dot,
    Entmax15,
    Gate,
    Global,
    GumbelHard,
    LocalM,
    LocalP,
    Location,
    ReinforceHard,
    Softmax,
    Sparsemax,
    head_summary,
)
from attime.errors import MissingExtraError
from attime.explain import measure_localisation
from attime.nn import Convolutional

n_steps = 32
step = np.arange(n_steps)
event = (step >= 17) & (step < 25)
wave = np.sin(2 * np.pi * step / 16)
series = np.where(event, wave[17], wave)
slope = np.gradient(series) / np.abs(np.gradient(series)).max()
around = np.lib.stride_tricks.sliding_window_view(np.pad(series, 2, mode="reflect"), 5)
spread = around.max(axis=1) - around.min(axis=1)
flat = 1 - spread / spread.max()
print("flatness of the steps 14 to 27:", flat[14:28].round(1))

# %%
# One score for all
# -----------------
# Queries and keys as a network might have learned them, written by hand. A query asks most of all for flat places and
# a little for steps in its own phase; the energy is the dot product (Luong et al. 2015, section 3.1, "dot"):
#
# .. math::
#
#     e_{ij} = 8 \, (\mathit{flat}_j - 0.6)
#     + \mathit{value}_i \, \mathit{value}_j + \mathit{slope}_i \, \mathit{slope}_j
#
# It is positive for what a query seeks and negative for what it does not, which will matter for the gate. The fourth
# feature of a query, its place in time, meets a 0 in the keys: only scopes and scores that go by place will use it.

ones, zeros = np.ones(n_steps), np.zeros(n_steps)
q = torch.tensor(np.stack([8 * ones, series, slope, step / n_steps], axis=1), dtype=torch.float32)
k = torch.tensor(np.stack([flat - 0.6, series, slope, zeros], axis=1), dtype=torch.float32)
energy = Dot(4, 4)(q, k)
print(f"energies from {energy.min():.1f} to {energy.max():.1f}")

# %%
# Weighings: from energies to weights
# -----------------------------------
# * **softmax**: :math:`e^{e_j} / \sum_i e^{e_i}`; everybody gets something, always 1 in all (Bahdanau et al. 2015,
#   equation 6).
# * **entmax 1.5**: :math:`\max(e_j / 2 - \tau, 0)^2`; a compromise, sparse with soft edges (Peters et al. 2019).
# * **sparsemax**: :math:`\max(e_j - \tau, 0)`; keys that lie more than 1 behind the best get exactly nothing (Martins &
#   Astudillo 2016).
# * **hard**: a single key, drawn from the softmax in training, the best one afterwards (Xu et al. 2015, section 4.1).
#   Its gradient is estimated: straight through a relaxed draw (**gumbel**; Jang et al. 2017) or from what the draw cost
#   (**reinforce**; Williams 1992). The two differ in training alone.
# * **gate**: :math:`\sigma(e_j) / n`; each key is judged by itself, and where none deserves it, none gets much (Early
#   et al. 2024).

weighings = {"softmax": Softmax(), "entmax 1.5": None, "sparsemax": Sparsemax()}
try:
    weighings["entmax 1.5"] = Entmax15()
except MissingExtraError as error:
    del weighings["entmax 1.5"]
    print("left out:", error)
weighings["hard"] = GumbelHard().eval()
weighings["hard, drawn"] = GumbelHard().train()
weighings["gate"] = Gate()

assert torch.equal(GumbelHard().eval()(energy), ReinforceHard().eval()(energy))
for name, weigh in weighings.items():
    torch.manual_seed(0)
    weights = weigh(energy)
    above_0, total = (weights > 0).sum(-1).float().mean(), weights.sum(-1).mean()
    print(f"{name:12} {above_0:4.1f} keys above 0, {total:.2f} in all")

# %%
# Scopes: which keys a query may see
# ----------------------------------
# * **global**: all of them (Luong et al. 2015, section 3.1).
# * **causal**: itself and what came before (Vaswani et al. 2017, section 3.2.3).
# * **local-m**: its neighbours, here six to either side (Luong et al. 2015, section 3.2).
# * **local-p**: the neighbours of a place that the query predicts, the less the farther from it (Luong et al. 2015,
#   equations 9 and 10). Its two matrices are set by hand so that a query looks some steps back.

local_p = LocalP(4, window=6, d_hidden=2)
with torch.no_grad():
    local_p.W.weight.copy_(torch.tensor([[0.1, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]))  # a constant, and the time
    local_p.v.weight.copy_(torch.tensor([[-4.2, 5.2]]))
    centre = (n_steps - 1) * torch.sigmoid(local_p.v(torch.tanh(local_p.W(q))))
print("steps 0, 10, 20, 30 predict the places", centre[::10, 0].round().int().tolist())

# %%
# Another score: location
# -----------------------
# All scores but one compare the query with what stands at a place. The *location* score goes by the place alone,
# :math:`e_{ij} = (W q_i)_j` (Luong et al. 2015, section 3.1). Here rising steps are sent to step 8, falling ones to
# step 24, whatever they find there.

location = Location(4, 4, n_keys=n_steps)
early, late = (6 * np.exp(-(((step - place) / 3) ** 2)) - 3 for place in (8, 24))
with torch.no_grad():
    rows = np.stack([(early + late) / 16, zeros, (early - late) / 2, zeros], axis=1)
    location.W.weight.copy_(torch.from_numpy(rows))

# %%
# The difference shows when the event happens eight steps earlier. Attention that compares goes with it, attention by
# location stays where it was.

earlier = torch.roll(k, -8, dims=0)
for name, score in {"dot": Dot(4, 4), "location": location}.items():
    attention = Attention(score)
    places = [attention(q, keys).weights.mean(0).argmax().item() for keys in (k, earlier)]
    print(f"{name:9} most attention at step {places[0]}, and after the move at step {places[1]}")

# %%
# Every weighing within every scope
# ---------------------------------
# Each is one line: an :class:`~attime.attention.Attention` made of three choices.

rows = {
    "global": (Dot(4, 4), Global()),
    "causal": (Dot(4, 4), Causal()),
    "local-m": (Dot(4, 4), LocalM(window=6)),
    "local-p": (Dot(4, 4), local_p),
    "location": (location, Global()),
}
maps = []
for row, (score, scope) in rows.items():
    for column, weigh in weighings.items():
        torch.manual_seed(0)
        attention = Attention(score, weigh=weigh, scope=scope)
        attention.train(column == "hard, drawn")
        weights = attention(q, k).weights.detach()
        maps.append(AttentionMap(f"{row}, {column}", weights[None, None], ("case", "head", "query", "key")))

effective = head_summary(maps).effective_keys.reshape(len(rows), len(weighings))
print("effective number of keys")
print(f"{'':9}" + "".join(f"{column:>13}" for column in weighings))
for row, numbers in zip(rows, effective.tolist(), strict=True):
    print(f"{row:9}" + "".join(f"{number:13.1f}" for number in numbers))

# %%
# Does it matter for a classifier?
# --------------------------------
# The same mechanisms as the pooling of the default network, where one learned query looks over the whole series: 600
# short series of the :doc:`sine task </sine>`, of which half are flattened somewhere. Beside the accuracy stands the
# share of the attention that lies on the flat part, and what that share would be for attention spread evenly. The
# effective keys are those in the flattened series; a token of the network is two steps, so a pointer has two of them.

parts = split(make_sine(SineConfig(n_series=600, n_steps=100)))
test = parts.test
print("              accuracy   on the flat part (evenly)   effective keys")
for name in ("softmax", "entmax15", "sparsemax", "gumbel", "reinforce", "gate"):
    if name == "entmax15" and "entmax 1.5" not in weighings:
        continue
    network = Convolutional(pooling="attention", weigh=name)
    clf = AttentionClassifier(network, training={"cases_shown": 8_000}, random_state=0)
    clf.fit(parts.train, validation=parts.validation)
    attention = clf.attention(test)
    found = measure_localisation(attention, test.truth).mean()
    attention = attention[test.truth.any(axis=1)]
    share = attention / attention.sum(axis=1, keepdims=True)
    keys = np.exp(-np.sum(share * np.log(np.where(share > 0, share, 1)), axis=1)).mean()
    accuracy = np.mean(clf.predict(test) == test.labels)
    print(f"{name:12} {accuracy:9.3f} {found.mass:18.2f} ({found.chance_mass:.2f}) {keys:19.1f}")

# %%
# Nearly all series are told apart whatever the mechanism, so the accuracy does not say which weights can be read. Those
# that have to add up to 1 end on the flat part. Gates need not, and these stay alike everywhere: the network tells the
# classes apart by what it finds at a step, not by where it looks, and only its evidence shows that
# (:doc:`plot_03_evidence`).
#
# All in one picture
# ------------------
# A row of a matrix is a query, a column is a key. The series stands above and beside them, with the event shaded. The
# gate has a colour scale of its own, for its weights are small.
#
# Read from left to right: the softmax gives a little to the turning points as well, which are flat for a moment; entmax
# gives them nearly nothing, sparsemax nothing; the hard one points at the first of four equally flat steps, or in
# training at any of them, and now and then elsewhere. Read downwards: without the future (causal), or without what is
# far (local), a query has to take the flattest place that it sees, and a softmax gives this place nearly everything,
# however little it deserves. The gate does not. Location has never heard of the event.

figure, axes = plt.subplots(
    len(rows) + 1,
    len(weighings) + 1,
    figsize=(9, 9),
    width_ratios=[0.35] + [1] * len(weighings),
    height_ratios=[0.4] + [1] * len(rows),
    layout="constrained",
)
axes[0, 0].axis("off")
for ax, name in zip(axes[0, 1:], weighings, strict=True):
    ax.plot(step, series, "k", linewidth=1)
    ax.axvspan(16.5, 24.5, color="gainsboro")
    ax.set_xlim(-0.5, n_steps - 0.5)
    ax.set_title(name, fontsize=10)
for ax, name in zip(axes[1:, 0], rows, strict=True):
    ax.plot(series, step, "k", linewidth=1)
    ax.axhspan(16.5, 24.5, color="gainsboro")
    ax.set_ylim(n_steps - 0.5, -0.5)
    ax.set_ylabel(name, fontsize=10)
images = {}
for ax, attention_map, number in zip(axes[1:, 1:].flat, maps, effective.flatten().tolist(), strict=True):
    limit = 0.08 if attention_map.name.endswith("gate") else 0.4
    images[limit] = ax.imshow(attention_map.weights[0, 0], cmap="Oranges", vmin=0, vmax=limit)
    ax.set_xlabel(f"{number:.1f} keys", fontsize=9)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
for limit, columns, aspect in ((0.4, axes[:, :-1], 40), (0.08, axes[:, -1:], 8)):
    options = {"location": "bottom", "extend": "max", "aspect": aspect, "pad": 0.01, "ticks": [0, limit]}
    figure.colorbar(images[limit], ax=columns, label="attention weight", **options)
figure.supylabel("query (step that looks)", fontsize=10)
figure.suptitle("key (step looked at)", fontsize=10)
