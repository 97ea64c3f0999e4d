r"""
Days of a solar plant, written from memory
==========================================

A recurrent autoencoder reads a day into a code :math:`z` and, by self-attention, into a code :math:`c_t` for each step,
and writes the day again from these. All codes are latent: the network is paid for what it can write, and pays for what
it has to know,

.. math::

    \log p(x) \ge \mathbb{E}_q \Bigl[ \sum_t \log p(x_t \mid z, c) \Bigr]
    - D(q(z \mid x) \,\|\, p(z)) - \eta \sum_t D(q(c_t \mid x) \,\|\, p(c_t))

(Pereira & Silveira 2018, https://doi.org/10.1109/ICMLA.2018.00207; :math:`\eta` is ours). What it has never learnt to
write it writes badly: :math:`-\log p` is the score.
"""

# %%
# Learn from normal days
# ----------------------
# Two inverters; days from April to July to learn from, forty later ones with faults. A window is a day. The network is
# small, and trained for a few seconds.

import pandas as pd

from attime import AttentionDetector
from attime.data.detection import SolarPlant, make_solar
from attime.explain.detection import codes, look
from attime.nn.networks.detection import VariationalRecurrent
from attime.plot.detection import plot_attention, plot_detected, plot_event, plot_latent

data = make_solar(
    150,
    n_train_days=110,
    anomalies={"fault": 3, "clipping": 1},
    plant=SolarPlant(n_inverters=2),
    first_day="2023-04-01",
    random_state=1,
)
series = pd.DataFrame(data.values, index=data.times, columns=data.channels)
normal, later = series[: data.n_train], series[data.n_train :]
for event in data.events:
    print(f"{event.kind} in inverter {event.channels[0] + 1}, day {(event.start - data.n_train) / 96:.1f}")

detector = AttentionDetector(
    VariationalRecurrent(hidden=24), window=96, alarm_rate=2, training={"max_epochs": 12}, random_state=0
).fit(normal)

# %%
# The score
# ---------
# The mean of :math:`-\log p` over draws of the codes, as a multiple of what is usual; and beside it how far the code of
# a day is from those of normal days: a day at zero is easy to write, and its code gives it away.

found = detector.detect(later)
print(found)
plot_detected(found, truth=data.labels[data.n_train :].any(axis=1))

# %%
# What it would have written
# --------------------------

departure = detector.explain(later)
plot_event(departure, departure.worst[0])

# %%
# Where it looked
# ---------------
# Each row is a step of the day that is written, and shows the steps that its code :math:`c_t` was taken from.

day = found.events[departure.worst[0]].start // 96
plot_attention(look(detector, found, day * 96))

# %%
# The latent space
# ----------------
# The codes of all days in two directions, coloured by the score.

plot_latent(codes(detector, found))
