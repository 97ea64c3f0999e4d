r"""
One equation, three choices
===========================

The "types of attention" of the textbooks are rows of choices in one equation:

.. math::

    w = \operatorname{weigh}\bigl(\operatorname{score}(q, k) \text{ within scope}\bigr), \qquad
    \text{context} = w \cdot v

*score* compares a query with a key, *weigh* turns the scores of a query into weights, *scope* says which keys the query
may see. This page computes each by hand on a series of twelve steps and lets the library do the same.
"""

# %%
# A series whose steps have features
# ----------------------------------
# Attention compares vectors, so every step needs one. Here it is the value of the step and the difference to the step
# before: two features, twelve steps, a slow rise, a bump at steps 4 to 6, a flat end.

import math

import matplotlib.pyplot as plt
import torch

from attime.attention import Additive, Attention, Dot, Gate, General, MultiHead, ScaledDot, Softmax

value = torch.tensor([0.0, 0.2, 0.4, 0.6, 2.0, 2.6, 2.0, 0.6, 0.5, 0.5, 0.5, 0.5])
difference = torch.diff(value, prepend=value[:1])
x = torch.stack([value, difference], dim=-1)  # step, feature
print(x.shape)

# %%
# Self-attention without any weights
# ----------------------------------
# Query, key and value are all the series itself: :math:`w'_{ij} = x_i \cdot x_j`, a softmax over :math:`j`, and
# :math:`y_i = \sum_j w_{ij} x_j`. Three lines:

energy = x @ x.T
weights = torch.softmax(energy, dim=-1)
y = weights @ x

# %%
# The library says the same with names for the parts. Every attention returns its weights beside the attended values.

attended = Attention(Dot(2, 2), weigh=Softmax())(x, x)
assert torch.allclose(attended.weights, weights)
assert torch.allclose(attended.values, y)
print("each row adds up to", attended.weights.sum(-1).unique().tolist())

# %%
# The score
# ---------
# Four ways to compare a query :math:`q` with a key :math:`k` of :math:`d` features:
#
# .. math::
#
#     \text{dot: } q^\top k \qquad \text{scaled dot: } \frac{q^\top k}{\sqrt d} \qquad
#     \text{general: } q^\top W k \qquad \text{additive: } v^\top \tanh(W q + U k + b)
#
# The first two have nothing to learn. The other two start with random weights and are trained with the network; here
# they are as they come, which is why their matrices have no meaning yet.

torch.manual_seed(3)
scores = {"dot": Dot(2, 2), "scaled dot": ScaledDot(2, 2), "general": General(2, 2), "additive": Additive(2, 2)}


def draw(ax, weights, title):
    """Draw one matrix of weights: a row for each query, a column for each key."""
    image = ax.imshow(weights.detach(), cmap="Oranges", vmin=0)
    steps = [0, 4, 8, 11]
    ax.set(title=title, xlabel="key (step looked at)", xticks=steps, yticks=steps if len(weights) == 12 else [])
    return image


def draw_row(matrices):
    """Draw matrices beside each other, each with its own scale."""
    figure, axes = plt.subplots(1, len(matrices), figsize=(3 * len(matrices), 3.1), layout="constrained", sharey=True)
    for ax, (title, weights) in zip(axes, matrices.items(), strict=True):
        figure.colorbar(draw(ax, weights, title), ax=ax, shrink=0.7)
    axes[0].set_ylabel("query (step that looks)")
    return figure


figure = draw_row({name: Attention(score)(x, x).weights for name, score in scores.items()})

# %%
# With the dot product the bump draws the looks of nearly everybody, because long vectors have large products, and most
# of all those of the steps on the bump. (Step 0 is the zero vector and has no preference.) The scaling
# :math:`1/\sqrt d` softens this (Vaswani et al. 2017, section 3.2.1): with :math:`d = 2` only a little, with 64
# features it divides the energies by 8.

steepest = Attention(Dot(2, 2))(x, x).weights.max()
softened = Attention(ScaledDot(2, 2))(x, x).weights.max()
print(f"largest weight: dot {steepest:.3f}, scaled dot {softened:.3f}, sqrt(d) = {math.sqrt(2):.3f}")

# %%
# The weighing
# ------------
# A *softmax* hands out one unit of attention: the keys compete, and a row adds up to 1 even where no key deserves any.
# A *gate* judges each key on its own and takes the mean:
#
# .. math::
#
#     \text{softmax: } w_{ij} = \frac{\exp(e_{ij})}{\sum_{j'} \exp(e_{ij'})} \qquad
#     \text{gate: } w_{ij} = \frac{\sigma(e_{ij})}{n}

gated = Attention(ScaledDot(2, 2), weigh=Gate())(x, x)
soft = Attention(ScaledDot(2, 2), weigh=Softmax())(x, x)
figure = draw_row({"softmax": soft.weights, "gate": gated.weights})
print("rows of the softmax add up to", [round(total, 2) for total in soft.weights.sum(-1).tolist()[:4]], "…")
print("rows of the gate add up to   ", [round(total, 2) for total in gated.weights.sum(-1).tolist()[:4]], "…")

# %%
# A gate of 0 energy is half open, so it lets through :math:`1/(2n)`. Where everything is relevant all gates open;
# where nothing is, all close. Neither can be said with a softmax.
#
# The scope, and what is missing
# ------------------------------
# The scope here is :class:`~attime.attention.Global`: every query may see every key. Padding and missing values are
# never seen, whatever the scope: pass ``present``. Let steps 4 and 5 be missing:

present = torch.ones(12, dtype=torch.bool)
present[4:6] = False
masked = Attention(ScaledDot(2, 2))(x, x, present=present)
print("what steps 4 and 5 weigh:", masked.weights[:, 4:6].sum().item())
assert torch.allclose(masked.weights.sum(-1), torch.ones(12))  # the others share what is left
nothing = Attention(ScaledDot(2, 2))(x, x, present=torch.zeros(12, dtype=torch.bool))
print("with nothing to see, weights are", nothing.weights.unique().tolist(), "and never NaN")

# %%
# Who asks?
# ---------
# The same object serves three uses. Only the query differs.
#
# * *Self-attention*: the series asks itself, 12 queries, 12 keys.
# * *Cross-attention*: somebody else asks. Three queries stand for the states of a decoder that wants to know, in turn,
#   "where is it high?", "where does it rise?", "where does it fall?".
# * *Pooling over time*: one query asks, and it is learned with the rest of the network. It turns twelve steps into one
#   vector, whatever the length of the series.

attention = Attention(ScaledDot(2, 2))
decoder = 3 * torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
learned_query = torch.nn.Parameter(torch.tensor([[1.0, -2.0]]))  # training would move it

self_attention = attention(x, x)
cross_attention = attention(decoder, x)
pooling = attention(learned_query, x)
print(self_attention.weights.shape, cross_attention.weights.shape, pooling.weights.shape)
print("twelve steps as one vector:", [round(number, 2) for number in pooling.values[0].tolist()])

# %%
# Several heads
# -------------
# One softmax can look at one thing. Several heads look at several: each has projections :math:`W_i` of its own, and
# what they find is joined,
#
# .. math::
#
#     \operatorname{MultiHead}(q, k, v) = \operatorname{Concat}(h_1, \ldots, h_n)\, W^O
#
# .. math::
#
#     h_i = \operatorname{attention}(q W_i^Q, k W_i^K, v W_i^V)
#
# Any attention may stand in the heads. Two heads of one feature each:

torch.manual_seed(0)
heads = MultiHead(Attention(ScaledDot(1, 1)), d_model=2, n_heads=2)
found = heads(x[None], x[None])  # one case
print("weights have the axes (case, head, query, key):", tuple(found.weights.shape))

# %%
# All of it in one picture
# ------------------------
# The series on top; below, from many queries to one.

figure, axes = plt.subplot_mosaic(
    [["series", "series", "series"], ["self", "masked", "cross"], ["first", "second", "pool"]],
    figsize=(9, 7.2),
    height_ratios=[1, 2, 2],
    layout="constrained",
)
axes["series"].plot(value, "k.-")
axes["series"].set(xlabel="time step", ylabel="value", xticks=range(12), title="the series")
axes["series"].spines[["top", "right"]].set_visible(False)
draw(axes["self"], self_attention.weights, "self-attention")
draw(axes["masked"], masked.weights, "steps 4 and 5 missing")
draw(axes["cross"], cross_attention.weights, "cross-attention")
draw(axes["first"], found.weights[0, 0], "several heads: the first")
draw(axes["second"], found.weights[0, 1], "several heads: the second")
draw(axes["pool"], pooling.weights, "pooling over time")
axes["cross"].set(yticks=range(3), yticklabels=["high?", "rises?", "falls?"], aspect=1.6)
axes["pool"].set(yticks=[0], yticklabels=["learned"], aspect=1.6)
for name in ("self", "first"):
    axes[name].set_ylabel("query (step that looks)")
