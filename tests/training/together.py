"""What the tests of several processes let each of them do: ``together.py FOLDER`` leaves in FOLDER what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from attime import AttentionClassifier, SineConfig, make_sine
from attime.errors import ProcessError
from attime.nn import Convolutional, Recurrent, Transformer
from attime.nn.networks.detection import MaskedTransformer, PlainRecurrent, VariationalRecurrent
from attime.nn.networks.encoder_decoder import EncoderDecoder
from attime.nn.networks.forecasting import RIM, EncoderDecoderForecaster, PatchForecaster
from attime.training import (
    Cases,
    CrossEntropy,
    Pairs,
    TokenCrossEntropy,
    TrainingOptions,
    Windows,
    processes,
    run,
    train,
)
from attime.training.losses import forecast_loss
from attime.training.processes import several
from attime.training.reconstruction import Unlabelled, reconstruction_loss
from attime.training.updates import Training

CPU = torch.device("cpu")
GENTLE = {"learning_rate": 1e-3, "progress": False, "device": "cpu"}
POINTING = {"local": 0.3, "complete": 1.0}


def uneven(n_cases: int = 17) -> np.ndarray:
    """Walks of two channels, one of them short and one with a gap."""
    values = np.random.default_rng(0).standard_normal((n_cases, 2, 40)).cumsum(-1) / 5
    values[0, :, 10:] = np.nan
    values[1, 0, 3:9] = np.nan
    return values


def classes(network: object, **options: float) -> Training:
    cases = Cases.of(uneven(), np.arange(17) % 3)
    module = network.build(n_channels=2, n_classes=3, n_steps=40, gaps=True)
    module.learn(cases.values, cases.observed)
    return begun(module, cases, CrossEntropy(torch.tensor([1.0, 2.0, 0.5])), **options)


def forecasts(network: object) -> Training:
    series = np.random.default_rng(1).standard_normal((1, 60)).cumsum(-1)
    series[0, 20:23] = np.nan
    windows = Windows.of([series], look_back=24, horizon=6, origins=[range(24, 58, 2)])
    return begun(network.build(look_back=24, horizon=6, n_features=1), windows, forecast_loss)


def reconstructions(network: object) -> Training:
    return begun(network.build(n_channels=2, n_steps=40), Unlabelled.of(uneven()), reconstruction_loss)


def translations() -> Training:
    rng = np.random.default_rng(2)
    sources = [rng.integers(1, 6, length) for length in rng.integers(2, 7, 17)]
    module = EncoderDecoder(hidden=4, teacher_forcing=0.5, forcing_updates=1).for_tokens(n_source=6, n_target=6)
    module.teacher_forcing.count += 1  # half of the steps are fed the truth
    return begun(module, Pairs.of(sources, [source[::-1] for source in sources], end=0), TokenCrossEntropy())


def begun(module: torch.nn.Module, cases: object, loss: object, **options: float) -> Training:
    return Training(
        module, cases, None, loss=loss, options=TrainingOptions(batch_size=17, **options), device=CPU, n_updates=1
    )


#: One update of each kind of network: all that draws, and all that goes by the whole batch, is in one of them.
UPDATES: dict[str, Callable[[], Training]] = {
    "convolutional": partial(classes, Convolutional(width=8), **POINTING),
    "attention over channels": partial(classes, Convolutional(width=8, channels="attention")),
    "gumbel": partial(classes, Convolutional(width=8, weigh="gumbel")),
    "reinforce": partial(classes, Convolutional(width=8, weigh="reinforce")),
    "transformer": partial(classes, Transformer(d_model=8, n_heads=2, dropout=0.3), **POINTING),
    "recurrent": partial(classes, Recurrent(hidden=4)),
    "patches": partial(forecasts, PatchForecaster(d_model=8, n_heads=2)),
    "encoder and decoder": partial(forecasts, EncoderDecoderForecaster(hidden=4, weigh="reinforce")),
    "teacher forcing": translations,
    "mechanisms": partial(forecasts, RIM(n_modules=3, n_active=2, hidden=4, dropout=0.3)),
    "variational": partial(reconstructions, VariationalRecurrent(hidden=4, d_code=2, d_context=2)),
    "autoencoder": partial(reconstructions, PlainRecurrent(hidden=4, d_code=2)),
    "masked": partial(reconstructions, MaskedTransformer(d_model=8, n_heads=2, patch=2, dropout=0.3)),
}


def updated(make: Callable[[], Training], n_cases: int) -> dict[str, Tensor]:
    """Return what an update costs, its gradient, and what the network has learnt without one."""
    torch.manual_seed(0)
    training = make()
    training.training = training.training.take(slice(0, n_cases), CPU)
    training.update_all(lambda message: None)
    slopes = [part.grad.flatten() for part in training.network.parameters() if part.grad is not None]
    learnt = [part.float().flatten() for part in training.network.buffers()]
    return {"cost": training.open.total, "gradient": torch.cat(slopes), "learnt": torch.cat([torch.ones(1), *learnt])}


def default_classifier() -> dict[str, Tensor]:
    """A network is trained first, and then dictionaries, for it has not come far."""
    series = make_sine(SineConfig(n_series=500, n_steps=32))
    classifier = AttentionClassifier(random_state=0, training={**GENTLE, "max_epochs": 2}).fit(series)
    return {"said": torch.from_numpy(classifier.logits(series)), **classifier.module_.state_dict()}


def dictionary() -> dict[str, Tensor]:
    series = make_sine(SineConfig(n_series=80, n_steps=50))
    classifier = AttentionClassifier("dictionary", random_state=0, time_budget=1000.0).fit(series)
    return {"said": torch.from_numpy(classifier.logits(series)), **classifier.module_.state_dict()}


def trained(make: Callable[[], Training], **options: float) -> dict[str, Tensor]:
    """Train with batches of 17 cases divided unevenly, judged by all of them."""
    torch.manual_seed(0)
    begun = make()
    options = TrainingOptions(**GENTLE, max_epochs=5, batch_size=6, **options)
    history = train(begun.network, begun.training, begun.training, loss=begun.plain.loss, options=options)
    said = torch.cat([output.prediction for output in run(begun.network, begun.training)])
    return {
        "said": said,
        "losses": torch.from_numpy(np.stack([history.train_loss, history.validation_loss])),
        **begun.network.state_dict(),
    }


TRAININGS: dict[str, Callable[[], dict[str, Tensor]]] = {
    "default classifier": default_classifier,
    "dictionary": dictionary,
    "transformer": partial(trained, UPDATES["transformer"], **POINTING),
    "forecaster": partial(trained, UPDATES["patches"]),
    "autoencoder": partial(trained, UPDATES["variational"]),
    "in time": partial(trained, UPDATES["recurrent"], max_seconds=1000.0),
}


def answer(question: Callable[[], object]) -> str:
    """Return the error that comes of it, within `processes` of its own."""
    try:
        with processes():
            question()
    except (ProcessError, ArithmeticError) as error:
        return type(error).__name__
    return "no error"


def other_cases() -> None:
    cases = Cases.of(uneven() + several().number, np.arange(17) % 3)
    module = Recurrent(hidden=4).build(n_channels=2, n_classes=3, n_steps=40)
    train(module, cases, loss=CrossEntropy(), options=TrainingOptions(**GENTLE, max_epochs=1))


def failing_in_the_last() -> None:
    if several().number == several().count - 1:
        raise ZeroDivisionError
    dictionary()


def results() -> dict[str, dict[str, Tensor]]:
    """Return what comes of all updates and trainings."""
    found = {f"update of {name}": updated(make, 17) for name, make in UPDATES.items()}
    found["update of two cases"] = updated(UPDATES["convolutional"], 2)
    many = several() is not None and several().count > 2  # what takes longest, two processes have shown
    names = [name for name in TRAININGS if not (many and name == "default classifier")]
    return found | {name: TRAININGS[name]() for name in names}


if __name__ == "__main__":
    torch.set_num_threads(1)
    with processes():
        found = results()
    answers = {"other cases": answer(other_cases), "a failure": answer(failing_in_the_last)}
    torch.save((found, answers), Path(sys.argv[1]) / f"{os.environ['RANK']}.pt")
