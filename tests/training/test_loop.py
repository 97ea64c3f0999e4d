"""What training promises: the best epoch, an early end, repeatability, and what happens when it is disturbed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attime.errors import OptionError, TrainingError
from attime.nn import Convolutional
from attime.training import Cases, CrossEntropy, TrainingInterruptedWarning, TrainingOptions, run, train
from attime.training.cases import n_batches
from attime.training.progress import progress_bar


def make_cases(n_cases: int = 40, *, seed: int = 0) -> Cases:
    """Noise, to which class 1 has a ramp added."""
    rng = np.random.default_rng(seed)
    targets = np.arange(n_cases) % 2
    values = rng.standard_normal((n_cases, 1, 24)) + targets[:, None, None] * np.linspace(-3, 3, 24)
    return Cases.of(values, targets)


def fit(options: TrainingOptions, *, validation: Cases | None = None, loss=None, seed: int = 0):
    torch.manual_seed(seed)
    network = Convolutional(width=8).build(n_channels=1, n_classes=2, n_steps=24)
    history = train(network, make_cases(), validation, loss=loss or CrossEntropy(), options=options)
    return network, history


def loss_of(network, cases: Cases) -> float:
    (output,) = run(network, cases)
    return float(CrossEntropy()(output, cases.targets).mean())


def test_training_makes_the_loss_small():
    network, history = fit(TrainingOptions(max_epochs=10))
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]
    assert loss_of(network, make_cases(seed=1)) < 0.2


@pytest.mark.parametrize("patience", [None, 2])
def test_the_network_ends_with_the_weights_of_its_best_epoch(patience):
    validation = make_cases(seed=1)
    options = TrainingOptions(max_epochs=12, patience=patience, schedule="constant", learning_rate=0.1)
    network, history = fit(options, validation=validation)
    assert history.best_epoch == history.validation_loss.argmin()
    assert loss_of(network, validation) == pytest.approx(history.validation_loss.min(), rel=1e-5)


def test_training_ends_when_nothing_improves():
    flipped = make_cases(seed=1)
    validation = Cases(flipped.values, flipped.observed, 1 - flipped.targets)  # the more is learnt, the worse it gets
    _, history = fit(TrainingOptions(max_epochs=50, patience=3), validation=validation)
    assert history.ended == "patience"
    assert history.n_epochs == history.best_epoch + 1 + 3


def test_without_validation_cases_the_last_epoch_is_kept():
    _, history = fit(TrainingOptions(max_epochs=3))
    assert (history.best_epoch, history.ended, len(history.validation_loss)) == (2, "finished", 0)


def test_equal_seeds_give_equal_weights():
    first, second = (fit(TrainingOptions(max_epochs=3))[0].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_ctrl_c_keeps_the_best_network_so_far():
    calls = []

    class Impatient(CrossEntropy):
        def __call__(self, output, targets):
            calls.append(None)
            if len(calls) == 20:
                raise KeyboardInterrupt
            return super().__call__(output, targets)

    with pytest.warns(TrainingInterruptedWarning, match="interrupted after 3 epochs"):
        network, history = fit(TrainingOptions(max_epochs=50), validation=make_cases(seed=1), loss=Impatient())
    assert history.ended == "interrupted"
    assert loss_of(network, make_cases(seed=1)) == pytest.approx(history.validation_loss.min(), rel=1e-5)


def test_ctrl_c_before_anything_is_learnt_ends_the_program():
    class Hasty(CrossEntropy):
        def __call__(self, output, targets):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(TrainingOptions(max_epochs=5), loss=Hasty())


def test_a_loss_that_is_no_number_ends_training_with_an_error():
    class Broken(CrossEntropy):
        def __call__(self, output, targets):
            return super().__call__(output, targets) * float("nan")

    with pytest.raises(TrainingError, match="the loss became nan in epoch 1; try a lower learning_rate"):
        fit(TrainingOptions(), loss=Broken())


def test_an_update_that_ruins_the_weights_is_noticed_though_no_loss_follows():
    class Exploding(CrossEntropy):
        def __call__(self, output, targets):
            losses = super().__call__(output, targets)
            return losses + (output.prediction * float("inf")).sum().mul(0).nan_to_num()  # 0, with a gradient of NaN

    with pytest.raises(TrainingError, match="the sum of the weights became nan in epoch 1"):
        fit(TrainingOptions(max_epochs=1, batch_size=40, clip_norm=None), loss=Exploding())


def test_the_gradient_is_clipped():
    norms = {}
    for limit in (1e-3, None):
        network, _ = fit(TrainingOptions(max_epochs=1, clip_norm=limit))
        norms[limit] = torch.cat([weight.grad.flatten() for weight in network.parameters()]).norm()
    assert norms[1e-3] == pytest.approx(1e-3, rel=1e-2)
    assert norms[None] > 1e-2


def test_class_weights_shift_the_decision():
    rare = CrossEntropy(torch.tensor([1.0, 50.0]))
    weighted, _ = fit(TrainingOptions(max_epochs=2), loss=rare)
    unweighted, _ = fit(TrainingOptions(max_epochs=2))
    cases = make_cases(seed=2)
    chance = [next(run(network, cases)).prediction.softmax(1)[:, 1].mean() for network in (weighted, unweighted)]
    assert chance[0] > chance[1]


def test_a_validation_loss_that_is_no_number_ends_training_with_an_error():
    validation = make_cases(seed=1)
    broken = Cases(validation.values * float("nan"), validation.observed, validation.targets)
    with pytest.raises(TrainingError, match="the validation loss became nan in epoch 1"):
        fit(TrainingOptions(), validation=broken)


def test_the_learning_rate_follows_its_schedule():
    _, constant = fit(TrainingOptions(max_epochs=6, schedule="constant", learning_rate=0.01))
    _, cycle = fit(TrainingOptions(max_epochs=6, schedule="one_cycle", learning_rate=0.01))
    assert constant.learning_rate.tolist() == [0.01] * 6
    assert cycle.learning_rate.argmax() in (1, 2)
    assert cycle.learning_rate.max() <= 0.01 + 1e-9
    assert cycle.learning_rate[-1] < 1e-3


def test_runs_that_are_read_by_turns_leave_no_trace():
    network, _ = fit(TrainingOptions(max_epochs=1))
    for _ in zip(run(network, make_cases(), batch_size=8), run(network, make_cases(), batch_size=8), strict=True):
        assert not torch.is_inference_mode_enabled()


def test_bf16_learns_too():
    network, _ = fit(TrainingOptions(max_epochs=10, precision="bf16"))
    assert loss_of(network, make_cases(seed=1)) < 0.3


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no graphics card")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_graphics_card_learns_the_same(precision):
    network, history = fit(TrainingOptions(max_epochs=10, device="cuda", precision=precision))
    assert next(network.parameters()).is_cuda
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]


def test_an_unknown_device_is_named():
    with pytest.raises(OptionError, match="device 'gpu9' cannot be used here"):
        fit(TrainingOptions(device="gpu9"))


@pytest.mark.parametrize("size", [None, 32])
@pytest.mark.parametrize("n_cases", [2, 3, 15, 16, 65, 100, 1000])
def test_every_case_is_seen_once_in_an_epoch(n_cases, size):
    cases = make_cases(n_cases)
    batches = list(cases.shuffled_batches(size, torch.device("cpu")))
    assert len(batches) == n_batches(n_cases, size)
    assert max(map(len, batches)) <= (size or 64)
    assert max(map(len, batches)) - min(map(len, batches)) <= 1
    seen = torch.cat([batch.values for batch in batches])
    assert torch.equal(seen.sort(0).values, cases.values.sort(0).values)


def test_nothing_is_drawn_where_nobody_looks(capsys):
    fit(TrainingOptions(max_epochs=1))
    assert capsys.readouterr() == ("", "")


def test_the_bar_is_drawn_on_request(capsys):
    with progress_bar("counting", 2, show=True) as tick:
        tick("one")
        tick("two")
    assert "counting" in capsys.readouterr().err
