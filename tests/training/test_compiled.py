"""Compiled mode trains the same network, and leaves it as it would have been without."""

import copy

import jaxtyping
import numpy as np
import pytest
import torch
from torch import nn

from attime import AttentionClassifier, SineConfig, make_sine
from attime.errors import OptionError
from attime.training.compiled import compiled

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch, by its own compiler


@pytest.fixture
def unchecked():
    """Leave types unchecked: what is compiled sees symbols for sizes."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_training_goes_the_same_way(unchecked):
    series = make_sine(SineConfig(n_series=100, n_steps=48))
    plain, other = (
        AttentionClassifier(
            "convolutional", training={"max_epochs": 2, "learning_rate": 1e-3, "compiled": wanted}, random_state=0
        ).fit(series)
        for wanted in (False, True)
    )
    np.testing.assert_allclose(other.history_.train_loss, plain.history_.train_loss, rtol=1e-3)
    np.testing.assert_allclose(other.predict_proba(series), plain.predict_proba(series), atol=1e-3)


def test_a_network_is_what_it_was_afterwards():
    network = nn.Linear(2, 2)
    before = copy.deepcopy(network.state_dict())
    with compiled(network, True):
        pass
    assert network._compiled_call_impl is None
    assert all(torch.equal(part, before[name]) for name, part in network.state_dict().items())


def test_a_compiler_that_fails_is_one_clear_error():
    from torch._dynamo.exc import Unsupported

    with pytest.raises(OptionError, match="install a C"), compiled(nn.Linear(2, 2), True):
        raise Unsupported("no compiler")
