r"""
Self-attention, step by step
============================

Self-attention lets every step of a series look at every other one and take from each as much as the two have to do with
each other. In transformers it comes with keys, queries, values, a scaling and several heads. Without all that it is

.. math::

    w'_{ij} = x_i \cdot x_j, \qquad
    w_{ij} = \frac{\exp w'_{ij}}{\sum_{j'} \exp w'_{ij'}}, \qquad
    y_i = \sum_j w_{ij} \, x_j

This page starts from these three equations and adds one part after the other, in NumPy, with numbers that can be
checked on paper. The library appears in the last step, gets the same weights, and has to give the same result. Which
other scores, weighings and scopes there are is the subject of :doc:`plot_02_attention_equation`.
"""

# %%
# Eight steps with two features
# -----------------------------
# Two periods of a wave, the second twice as high, four steps to a period. Each step is described by its value and its
# slope. (Torch and the library are not used before the last step.)

import matplotlib.pyplot as plt
import numpy as np
import torch

from attime.attention import Attention, AttentionMap, Causal, MultiHead, ScaledDot
from attime.plot import plot_heads

value = np.array([0, 1, 0, -1, 0, 2, 0, -2])
slope = np.array([1, 0, -1, 0, 2, 0, -2, 0])
x = np.stack([value, slope], axis=1).astype(float)  # step, feature
n_steps = len(x)
print(x.T)

# %%
# The equations as they stand
# ---------------------------
# First :math:`w'_{ij} = x_i \cdot x_j`, for all pairs, in loops. Products are large for steps in the same phase (step 0
# and step 4: both rise through zero), negative for those in opposite phase, 0 a quarter of a period apart.

energy = np.zeros((n_steps, n_steps))
for i in range(n_steps):
    for j in range(n_steps):
        energy[i, j] = sum(x[i, feature] * x[j, feature] for feature in range(2))
print(energy.astype(int))

# %%
# Then the softmax over :math:`j`, which makes each row positive and lets it add up to 1. Row 0 on paper: the energies
# are 1, 0, −1, 0, 2, 0, −2, 0; their exponentials 2.72, 1, 0.37, 1, 7.39, 1, 0.14, 1 add up to 14.61; so step 0 looks
# at itself with a weight of 2.72 / 14.61 = 0.19, and at step 4 with 7.39 / 14.61 = 0.51.

weights = np.zeros((n_steps, n_steps))
for i in range(n_steps):
    total = sum(np.exp(energy[i, j]) for j in range(n_steps))
    for j in range(n_steps):
        weights[i, j] = np.exp(energy[i, j]) / total
print(weights[0].round(2), "adds up to", weights[0].sum().round(6))

# %%
# Last the context, :math:`y_i = \sum_j w_{ij} x_j`: every step becomes a mixture of those it looks at.

y = np.zeros_like(x)
for i in range(n_steps):
    for j in range(n_steps):
        y[i] += weights[i, j] * x[j]
print("step 0 was", x[0], "and becomes", y[0].round(2))

# %%
# The same as matrices
# --------------------
# Three loops are three lines. Subtracting the largest energy of a row changes nothing, for it cancels in the fraction,
# but keeps the exponentials from overflowing.


def softmax(energy):
    """Turn each row of energies into weights that add up to 1."""
    exponential = np.exp(energy - energy.max(axis=-1, keepdims=True))
    return exponential / exponential.sum(axis=-1, keepdims=True)


np.testing.assert_allclose(x @ x.T, energy)
np.testing.assert_allclose(softmax(x @ x.T), weights)
np.testing.assert_allclose(softmax(x @ x.T) @ x, y)


def draw(ax, matrix, title, limit=None, colours="Oranges"):
    """Draw a matrix with its numbers: a row for each query, a column for each key."""
    limit = np.abs(matrix).max() if limit is None else limit
    image = ax.imshow(matrix, cmap=colours, vmin=min(0, np.sign(matrix.min())) * limit, vmax=limit)
    for (i, j), number in np.ndenumerate(matrix):
        text = f"{number:.2f}".replace("0.", ".") if matrix.dtype == float else str(number).replace("-", "−")
        if number:
            colour = "white" if abs(number) > 0.65 * limit else "black"
            ax.text(j, i, text, ha="center", va="center", fontsize=7, color=colour)
    ax.set(title=title, xlabel="key (step looked at)", xticks=range(n_steps), yticks=range(n_steps))
    ax.spines[:].set_linewidth(0.5)
    return image


figure, axes = plt.subplots(1, 2, figsize=(8, 4.2), layout="compressed", sharey=True)
draw(axes[0], energy.astype(int), r"energies $w'_{ij} = x_i \cdot x_j$", colours="PuOr_r")
draw(axes[1], weights, r"weights $w_{ij}$")
axes[0].set_ylabel("query (step that looks)")

# %%
# The high wave draws the looks of all steps in its phase, not because it is more alike but because its vectors are
# longer. And every step looks for its like: step 1 has no way to look for step 0, a quarter of a period before, because
# what a step *asks*, what it *answers* and what it *gives* are one and the same vector.
#
# Keys, queries and values
# ------------------------
# So each step gets three vectors, by three matrices that a network learns:
#
# .. math::
#
#     q_i = W_q x_i, \quad k_j = W_k x_j, \quad v_j = W_v x_j, \qquad
#     w'_{ij} = q_i \cdot k_j, \quad y_i = \sum_j w_{ij} \, v_j
#
# Here they are written down by hand. :math:`W_q` turns a step back by a quarter of a period, so it asks: *who is where
# I was a quarter of a period ago?* :math:`W_k` leaves the step as it is, and :math:`W_v` gives away its slope alone.

W_q = np.array([[0.0, -1.0], [1.0, 0.0]])
W_k = np.array([[1.0, 0.0], [0.0, 1.0]])
W_v = np.array([[0.0, 1.0]])

q = np.array([W_q @ x[i] for i in range(n_steps)])
k = np.array([W_k @ x[j] for j in range(n_steps)])
v = np.array([W_v @ x[j] for j in range(n_steps)])
print("step 1 is", x[1], "and asks for", q[1], "which is what step 0 answers:", k[0])

# %%
# All steps at once: the vectors are the rows of :math:`X`, so :math:`Q = X W_q^\top`, and likewise for the others.

Q, K, V = x @ W_q.T, x @ W_k.T, x @ W_v.T
np.testing.assert_array_equal(Q, q)
np.testing.assert_array_equal(K, k)
np.testing.assert_array_equal(V, v)
with_projections = softmax(Q @ K.T)
print("step 1 looks at", with_projections[1].round(2))
print("and learns that the wave rose by", (with_projections @ V)[1].round(2))

# %%
# Scaling by √d
# -------------
# Two vectors of :math:`d` independent features with mean 0 and variance 1 have a dot product of variance :math:`d`: it
# is a sum of :math:`d` products, each of variance 1. The more features, the larger the energies, and a softmax of large
# energies is *saturated*: one weight is nearly 1, the others are nearly 0, and so is the derivative :math:`w (1 - w)`
# by which training could change them. Divided by :math:`\sqrt d` the variance is 1 whatever the number of features
# (Vaswani et al. 2017, section 3.2.1):

rng = np.random.default_rng(0)
print("         variance of      largest of 8 weights   mean of w (1 - w)")
print("   d    q·k    q·k/√d        q·k    q·k/√d         q·k    q·k/√d")
for d in (1, 4, 16, 64, 256):
    dots = np.einsum("sd,skd->sk", rng.normal(size=(4000, d)), rng.normal(size=(4000, 8, d)))
    columns = []
    for energies in (dots, dots / np.sqrt(d)):
        w = softmax(energies)
        columns.append((energies.var(), w.max(axis=1).mean(), (w * (1 - w)).mean()))
    (var, top, change), (scaled_var, scaled_top, scaled_change) = columns
    print(f"{d:4} {var:6.1f}{scaled_var:10.1f} {top:10.2f}{scaled_top:10.2f} {change:11.3f}{scaled_change:10.3f}")

# %%
# In the example :math:`d = 2`, and the scaling softens the weights a little.

scaled = softmax(Q @ K.T / np.sqrt(Q.shape[1]))
print("largest weight before:", with_projections.max().round(2), "and after:", scaled.max().round(2))

# %%
# Several heads
# -------------
# One softmax is one look. To look at two things, take two: each *head* has three matrices of its own, and what the
# heads find is joined and mixed,
#
# .. math::
#
#     \operatorname{MultiHead}(X) = \operatorname{Concat}(\mathit{head}_1, \ldots, \mathit{head}_h) \, W^O, \qquad
#     \mathit{head}_i = \operatorname{softmax} \Bigl( \frac{Q_i K_i^\top}{\sqrt{d_i}} \Bigr) V_i
#
# To have something else to look at, every step is told when it is, by the hand of a clock that makes half a turn in
# eight steps: two more features, four in all, two for each head. The first head asks as before. The second one compares
# the hands, so it looks at steps near in time (the factor 8 makes it look closely). Both take value and slope.

angle = np.pi * np.arange(n_steps) / n_steps
x = np.column_stack([value, slope, np.cos(angle), np.sin(angle)])

W_query = [np.array([[0.0, -1, 0, 0], [1, 0, 0, 0]]), 8 * np.array([[0.0, 0, 1, 0], [0, 0, 0, 1]])]
W_key = [np.array([[1.0, 0, 0, 0], [0, 1, 0, 0]]), np.array([[0.0, 0, 1, 0], [0, 0, 0, 1]])]
W_value = [np.array([[1.0, 0, 0, 0], [0, 1, 0, 0]])] * 2
W_out = np.array([[0.5, 0, 1, 0], [0, 0.5, 0, 1], [0.5, 0, -1, 0], [0, 0.5, 0, -1]])  # half the sum, and the difference

head_weights, found = [], []
for W_q, W_k, W_v in zip(W_query, W_key, W_value, strict=True):
    Q, K, V = x @ W_q.T, x @ W_k.T, x @ W_v.T
    head_weights.append(softmax(Q @ K.T / np.sqrt(2)))
    found.append(head_weights[-1] @ V)
y = np.concatenate(found, axis=1) @ W_out
print("what step 6 gets:", y[6].round(2))

# %%
# No loop over heads is needed: the matrices of all heads stand below each other in one, the result is cut into heads,
# and NumPy multiplies matrices along the first axis by itself.


def split(projected):
    """From (step, head times feature) to (head, step, feature)."""
    return projected.reshape(n_steps, 2, 2).transpose(1, 0, 2)


def multi_head(x, allowed):
    """Compute both heads; a query looks only at the keys that it is allowed to."""
    Q, K, V = (split(x @ np.concatenate(W).T) for W in (W_query, W_key, W_value))
    energy = np.where(allowed, Q @ K.transpose(0, 2, 1) / np.sqrt(2), -np.inf)
    weights = softmax(energy)  # head, query, key
    return weights, (weights @ V).transpose(1, 0, 2).reshape(n_steps, 4) @ W_out


everything = np.ones((n_steps, n_steps), dtype=bool)
at_once, y_at_once = multi_head(x, everything)
np.testing.assert_allclose(at_once, head_weights)
np.testing.assert_allclose(at_once[0], scaled)  # the first head asks as before
np.testing.assert_allclose(y_at_once, y)

# %%
# Not to look ahead
# -----------------
# A forecast must not know the future: step :math:`i` may look at the keys :math:`j \le i`. That is why ``multi_head``
# has the argument ``allowed``. What is not allowed gets the energy :math:`-\infty`, hence the weight 0, and the others
# share what is left.

causal, y_causal = multi_head(x, np.tril(everything))
print("step 0 can only look at itself:", causal[0, 0])
print("step 2 has three steps to look at:", causal[0, 2].round(2))

# %%
# The library with the same weights
# ---------------------------------
# :class:`~attime.attention.MultiHead` puts an :class:`~attime.attention.Attention` into heads. Torch keeps a matrix the
# way it stands in :math:`q = W_q x`; for :math:`W^O`, which stands on the right, that is the transpose. The biases that
# torch adds to a projection are set to 0.

library = MultiHead(Attention(ScaledDot(2, 2)), d_model=4, n_heads=2).double()
ours = {
    library.W_query: np.concatenate(W_query),
    library.W_key: np.concatenate(W_key),
    library.W_value: np.concatenate(W_value),
    library.W_out: W_out.T,
}
with torch.no_grad():
    for linear, matrix in ours.items():
        linear.weight.copy_(torch.from_numpy(matrix))
        linear.bias.zero_()

series = torch.from_numpy(x)[None]  # one case
for name, scope, expected, context in (
    ("every key", None, at_once, y_at_once),
    ("causal", Causal(), causal, y_causal),
):
    library.attention = Attention(ScaledDot(2, 2), scope=scope)
    attended = library(series, series)
    with torch.no_grad():
        weights, values = attended.weights[0].numpy(), attended.values[0].detach().numpy()
    np.testing.assert_allclose(expected, weights, atol=1e-6)
    np.testing.assert_allclose(context, values, atol=1e-6)
    largest = max(np.abs(expected - weights).max(), np.abs(context - values).max())
    print(f"{name:9} largest difference between ours and the library: {largest:.0e}")

# %%
# The weights of every network of this library are such arrays, with a name for each axis. One function draws them all,
# :func:`~attime.plot.plot_map`; another draws each head by itself. These are the causal ones.

plot_heads(AttentionMap("causal self-attention", attended.weights, ("case", "head", "query", "key")))

# %%
# All stages in one picture
# -------------------------
# From top left: the bare equations; queries that ask for something else than their like; the same softened by the
# scaling, which is also the first head; the second head; and both heads without the future.

stages = {
    r"$w = \mathrm{softmax}(x_i \cdot x_j)$": softmax(energy),
    r"with queries and keys: $q_i \cdot k_j$": with_projections,
    r"scaled by $\sqrt{d}$: the first head": at_once[0],
    "the second head: near in time": at_once[1],
    "the first head, causal": causal[0],
    "the second head, causal": causal[1],
}
figure, axes = plt.subplots(2, 3, figsize=(9, 6.1), layout="compressed", sharex=True, sharey=True)
for ax, (title, matrix) in zip(axes.flat, stages.items(), strict=True):
    image = draw(ax, matrix, title, limit=1.0)
    ax.title.set_fontsize(10)
    ax.label_outer()
for ax in axes[:, 0]:
    ax.set_ylabel("query (step that looks)")
figure.colorbar(image, ax=axes, shrink=0.6, label="attention weight")
