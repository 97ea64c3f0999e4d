r"""
An image is a series of patches
===============================

A vision transformer (`Dosovitskiy et al. 2021 <https://arxiv.org/abs/2010.11929>`_) cuts an image into patches, lines
them up as a series, and lets every patch look at every other. The series network of this library does just that: a
patch is a step, its pixels are the channels.

.. math::

    z^{(0)}_i = W x_i + p_i, \qquad
    z \leftarrow z + \operatorname{MultiHead}(\operatorname{norm}(z)), \qquad
    z \leftarrow z + \operatorname{mlp}(\operatorname{norm}(z))

The images are the handwritten digits that come with scikit-learn: 1,797 of 8 by 8 pixels. A third is held out.
"""

# %%
# From images to series
# ---------------------
# Patches of 4 by 4 pixels at every place where they fit, one pixel apart: 25 steps of 16 channels.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from attime import AttentionClassifier
from attime.attention import head_summary, rollout
from attime.nn import Transformer


def patches(images):
    """Cut images (case, row, column) into series (case, pixel of the patch, patch)."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (4, 4), axis=(1, 2))
    return windows.reshape(len(images), 25, 16).transpose(0, 2, 1)


def shifted(images):
    """Return the images as they are, and moved by one pixel to each of four sides."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    return np.concatenate([framed[:, 1 + down : 9 + down, 1 + right : 9 + right] for down, right in moves])


digits = load_digits()
images, labels = digits.images / 16, digits.target
train, test = train_test_split(np.arange(len(labels)), test_size=1 / 3, stratify=labels, random_state=0)
print(patches(images[train]).shape, "to learn from,", patches(images[test]).shape, "held out")

# %%
# The network
# -----------
# Two layers of four heads. A digit moved by one pixel is the same digit, so the training images are shown moved, too.
# Patches, rate and epochs were chosen by cross-validation among the training images.

classifier = AttentionClassifier(
    Transformer(d_model=64, n_heads=4, n_layers=2, patch=1, position="learned", pooling="attention", differences=False),
    scaling="none",
    training={"max_epochs": 10, "learning_rate": 1e-3, "validation_share": 0.0},
    random_state=0,
)
classifier.fit(patches(shifted(images[train])), np.tile(labels[train], 5))
accuracy = classifier.score(patches(images[test]), labels[test])
print(f"accuracy on {len(test)} held-out digits: {accuracy:.4f}")

# %%
# What the heads do
# -----------------
# ``attention_maps`` gives every map of the network with named axes: first the pooling, then the layers.

held_out = patches(images[test])
maps = classifier.attention_maps(held_out)
summary = head_summary(maps)
print("head                    ", *(f"{head:5d}" for head in range(4)))
for name, keys, itself in zip(summary.names, summary.effective_keys, summary.itself, strict=True):
    print(f"{name}, patches looked at", *(f"{value:5.1f}" for value in keys))
    print(f"{name}, weight on itself ", *(f"{value:5.2f}" for value in itself))

# %%
# Does it look at the digit?
# --------------------------
# ``pooling`` says how much each patch counted in the end. By then every patch has seen all others, so ``rollout``
# follows that attention back through both layers to the patches that came in. The evidence is what each patch added to
# the logit of the predicted digit. Does any of it go with the ink in a patch? By chance the correlation would be zero.

predicted = classifier.predict(held_out)
pooling = maps[0].weights.numpy()
followed = np.einsum("ck,ckp->cp", pooling, rollout(maps).weights.numpy())
evidence = classifier.evidence(held_out)[np.arange(len(test)), predicted].sum(1)
ink = held_out.mean(1)
ink /= ink.sum(1, keepdims=True)


def correlation(relevance):
    """Return the mean over the cases of the correlation between relevance and ink, patch by patch."""
    return np.mean([np.corrcoef(*pair)[0, 1] for pair in zip(relevance, ink, strict=True)])


for name, relevance in (("pooling", pooling), ("rollout", followed), ("evidence", evidence)):
    print(f"{name:8s} correlation with ink {correlation(relevance):+.2f}")

# %%
# Attention over the digit
# ------------------------
# One digit of each class: the image, the attention of the pooling, the same followed back, and the evidence (red for,
# blue against; its numbers and a bias sum to the prediction). Each patch is drawn at its middle.
#
# The network is nearly always right, and yet it does not point where a reader would. A patch that has looked at all
# others can stand for any of them, and the network keeps what it found in a few patches, as large vision transformers
# do, too (`Darcet et al. 2024 <https://arxiv.org/abs/2309.16588>`_). The weights are what it used; they are no
# picture of what makes a seven a seven, and the correlations above say so.

first_of_each = [int(np.flatnonzero(labels[test] == digit)[0]) for digit in range(10)]
figure, axes = plt.subplots(4, 10, figsize=(10, 4.6), layout="constrained", sharex=True, sharey=True)
for column, case in enumerate(first_of_each):
    limit = np.abs(evidence[case]).max()
    overlays = {
        "image": None,
        "pooling": (pooling[case], "viridis", 0, pooling[case].max()),
        "rollout": (followed[case], "viridis", 0, followed[case].max()),
        "evidence": (evidence[case], "RdBu_r", -limit, limit),
    }
    for ax, (name, overlay) in zip(axes[:, column], overlays.items(), strict=True):
        ax.imshow(images[test][case], cmap="gray_r", extent=(0, 8, 8, 0), alpha=1 if overlay is None else 0.35)
        if overlay is not None:
            values, colours, low, high = overlay
            place = {"extent": (1.5, 6.5, 6.5, 1.5), "alpha": 0.6, "interpolation": "bilinear"}
            ax.imshow(values.reshape(5, 5), cmap=colours, vmin=low, vmax=high, **place)
        ax.set(xlim=(0, 8), ylim=(8, 0), xticks=[], yticks=[], ylabel=name if column == 0 else "")
    axes[0, column].set_title(f"{predicted[case]}")
figure.suptitle(f"What the transformer looked at; accuracy on held-out digits {accuracy:.3f}")
plt.show()
