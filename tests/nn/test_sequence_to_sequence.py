"""What every encoder–decoder keeps to, whatever it attends with, or if it does not attend at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import pytest
import torch
from torch import nn

from attime.attention import SCOPES, SCORES, WEIGHINGS, Attention, ChoiceTerm, MultiHead, ScaledDot, Sinusoidal
from attime.errors import OptionError
from attime.nn import EncoderDecoder, SequenceToSequence, greedy
from attime.nn.convolution import ConvolutionEncoder
from attime.nn.encoder import Encoder
from attime.nn.outcomes import Numbers, Tokens
from attime.nn.recurrent import RecurrentEncoder
from attime.nn.teacher_forcing import TeacherForcing
from attime.nn.transformer import TransformerEncoder, TransformerLayer

N_SYMBOLS, N_SOURCE, N_STEPS = 5, 8, 6
LENGTHS = (8, 5, 6)
END = 0


@dataclass(frozen=True)
class Model:
    """A model to be built, and the names of what it is made of."""

    name: str
    make: Callable[[], SequenceToSequence]
    weigh: str = "softmax"
    attends: bool = True

    @property
    def has_numbers(self) -> bool:
        return self.name.endswith("numbers")

    def build(self, *, forcing: float = 1.0) -> SequenceToSequence:
        torch.manual_seed(0)
        model = self.make().double()
        for weight in model.parameters():
            nn.init.normal_(weight, std=0.5)
        model.teacher_forcing = TeacherForcing(first=forcing, last=forcing)
        return model.eval()

    def source(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self.sequence(N_SOURCE, seed=1), torch.arange(N_SOURCE) < torch.tensor(LENGTHS).unsqueeze(1)

    def target(self) -> torch.Tensor:
        return self.sequence(N_STEPS, seed=2)

    def sequence(self, n_steps: int, *, seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        if self.has_numbers:
            return torch.randn(len(LENGTHS), n_steps, 2, generator=generator, dtype=torch.float64)
        return torch.randint(N_SYMBOLS, (len(LENGTHS), n_steps), generator=generator)


def described(options: EncoderDecoder, kind: str) -> Model:
    def make() -> SequenceToSequence:
        if kind == "numbers":
            return options.for_numbers(n_source=2, n_target=2)
        return options.for_tokens(n_source=N_SYMBOLS, n_target=N_SYMBOLS, end=END)

    if options.score is None:
        return Model(f"none-{kind}", make, attends=False)
    return Model(
        f"{options.cell}-{options.score}-{options.weigh}-{options.scope}-{kind}",
        make,
        weigh=options.weigh,
    )


def put_together(name: str, encoder: Callable[[], Encoder], kind: str, *, n_heads: int = 1) -> Model:
    def make() -> SequenceToSequence:
        numbers = kind == "numbers"
        attention = Attention(ScaledDot(4 // n_heads, 4 // n_heads))
        return SequenceToSequence(
            nn.Linear(2, 4) if numbers else nn.Embedding(N_SYMBOLS, 4),
            encoder(),
            Numbers(2, width=4) if numbers else Tokens(N_SYMBOLS, width=4, end=END),
            hidden=4,
            attention=MultiHead(attention, d_model=4, n_heads=n_heads) if n_heads > 1 else attention,
        )

    return Model(f"{name}-{kind}", make)


def transformer() -> TransformerEncoder:
    attend = MultiHead(Attention(ScaledDot(2, 2)), d_model=4, n_heads=2)
    layers = [TransformerLayer(attend, d_model=4, d_hidden=8)]
    return TransformerEncoder(4, layers=layers, position=Sinusoidal(4), d_model=4, patch=2)


def convolution() -> ConvolutionEncoder:
    return ConvolutionEncoder(4, width=4, stride=2, kernel=3, dilations=(1,))


def recurrent() -> RecurrentEncoder:
    return RecurrentEncoder(4, hidden=2)


SMALL = EncoderDecoder(hidden=4, window=3, n_source_steps=16)
KINDS = ("tokens", "numbers")
PUT_TOGETHER = [
    model
    for kind in KINDS
    for model in (
        put_together("transformer", transformer, kind),
        put_together("convolution", convolution, kind),
        put_together("heads", recurrent, kind, n_heads=2),
    )
]
#: One choice changed at a time.
SOME = [
    *(described(replace(SMALL, score=score), kind) for score, kind in product([None, *SCORES], KINDS)),
    *(described(replace(SMALL, weigh=weigh), "numbers") for weigh in WEIGHINGS if weigh != SMALL.weigh),
    *(described(replace(SMALL, scope=scope), "tokens") for scope in SCOPES if scope != SMALL.scope),
    described(replace(SMALL, cell="lstm"), "tokens"),
    *PUT_TOGETHER,
]
#: The whole product, for the properties on which all decoding rests.
WHOLE = (
    described(replace(SMALL, score=score, weigh=weigh, scope=scope), "tokens")
    for score, weigh, scope in product(SCORES, WEIGHINGS, SCOPES)
)
ALL = list({model.name: model for model in (*SOME, *WHOLE)}.values())
every_model = pytest.mark.parametrize("model_of", ALL, ids=lambda model: model.name)
each_choice = pytest.mark.parametrize("model_of", SOME, ids=lambda model: model.name)
attending = pytest.mark.parametrize("model_of", [m for m in SOME if m.attends], ids=lambda model: model.name)
every_attention = pytest.mark.parametrize("model_of", [m for m in ALL if m.attends], ids=lambda model: model.name)


def alignment(output) -> torch.Tensor:
    return output.maps[0].weights


@pytest.fixture
def no_noise(monkeypatch):
    """Let hard attention draw the likeliest key in training too, so that two ways of decoding can be compared."""
    monkeypatch.setattr("attime.attention.hard._gumbel", torch.zeros_like)


@every_model
def test_writing_step_by_step_is_writing_at_once(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    at_once, memory, parts = model(source, present, target), model.remember(source, present), []
    truth = [model.start(len(source)), *model.outcome.read(target).split(1, dim=1)]
    for step in range(N_STEPS):
        parts.append(model.decode(truth[step], memory, at=step))
        memory = replace(memory, state=parts[-1].state)
    torch.testing.assert_close(torch.cat([part.prediction for part in parts], dim=1), at_once.prediction)
    if model_of.attends and model.encoder.stride == 1:
        torch.testing.assert_close(torch.cat([part.attended.weights for part in parts], dim=-2), alignment(at_once))


@each_choice
def test_always_being_fed_the_truth_is_teacher_forcing(model_of, no_noise, monkeypatch):
    inputs = (*model_of.source(), model_of.target())
    at_once, sampling = model_of.build(forcing=1.0).train(), model_of.build(forcing=0.5).train()
    monkeypatch.setattr(torch, "rand", torch.zeros)  # each draw falls below the share
    expected, output = at_once(*inputs), sampling(*inputs)
    torch.testing.assert_close(output.prediction, expected.prediction)
    assert [(m.name, m.axes) for m in output.maps] == [(m.name, m.axes) for m in expected.maps]
    for one, other in zip(output.maps, expected.maps, strict=True):
        torch.testing.assert_close(one.weights, other.weights)
    losses = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    assert len(output.terms) == len(expected.terms)
    for one, other in zip(output.terms, expected.terms, strict=True):
        torch.testing.assert_close(one(losses), other(losses))
    sampling.zero_grad()
    output.prediction.square().sum().backward()
    expected.prediction.square().sum().backward()
    for one, other in zip(sampling.parameters(), at_once.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)


@each_choice
def test_never_being_fed_the_truth_is_running_free(model_of, no_noise):
    (source, present), target = model_of.source(), model_of.target()
    model = model_of.build(forcing=0.0)
    if not model_of.has_numbers:
        nn.init.constant_(model.outcome.head.bias[END].detach(), -100.0)  # or decoding would stop
    free = greedy(model, source, present, n_steps=N_STEPS)
    model.train()
    model.encoder.eval()  # or it might normalise by the batch
    output = model(source, present, target)
    torch.testing.assert_close(model.outcome.choose(output.prediction), free.steps)
    if model_of.attends:
        torch.testing.assert_close(alignment(output), free.maps[0].weights)


@every_model
def test_padding_of_the_source_changes_nothing(model_of):
    model, (source, lengths), target = model_of.build(), model_of.source(), model_of.target()
    garbage = model_of.sequence(N_SOURCE + 4, seed=3) * (100 if model_of.has_numbers else 1)
    for present in (lengths, torch.ones_like(lengths)):
        there = nn.functional.pad(present, (0, 4))
        padded = garbage.clone()
        padded[there] = source[present]
        plain, output = model(source, present, target), model(padded, there, target)
        torch.testing.assert_close(output.prediction, plain.prediction)
        if model_of.attends:
            torch.testing.assert_close(alignment(output)[..., :N_SOURCE], alignment(plain))
            assert (alignment(output)[..., N_SOURCE:] == 0).all()


@each_choice
def test_padding_of_the_target_changes_nothing_before_it(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    plain = model(source, present, target)
    padded = model(source, present, torch.cat([target, model_of.sequence(3, seed=3)], dim=1))
    torch.testing.assert_close(padded.prediction[:, :N_STEPS], plain.prediction)
    if model_of.attends:
        torch.testing.assert_close(alignment(padded)[..., :N_STEPS, :], alignment(plain))


@each_choice
def test_cases_do_not_see_each_other(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    together = model(source, present, target)
    for case in range(len(source)):
        one = slice(case, case + 1)
        alone = model(source[one], present[one], target[one])
        torch.testing.assert_close(together.prediction[one], alone.prediction)
        if model_of.attends:
            torch.testing.assert_close(alignment(together)[one], alignment(alone))


@each_choice
def test_a_step_is_predicted_from_the_steps_before_it(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    plain = model(source, present, target).prediction
    for step in range(N_STEPS):
        other = target.clone()
        other[:, step] = other[:, step] + 1 if model_of.has_numbers else (other[:, step] + 1) % N_SYMBOLS
        changed = (model(source, present, other).prediction - plain).abs().amax((0, 2)) > 1e-9
        assert not changed[: step + 1].any()
        assert step == N_STEPS - 1 or changed[step + 1]


@every_attention
def test_the_alignment_is_a_share_of_each_step_of_the_source(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    first = model(source, present, target).maps[0]
    heads = (2,) if model_of.name.startswith("heads") else ()
    assert (first.name, first.stride) == ("alignment", 1)
    assert first.axes == ("case", *("head" for _ in heads), "query", "key")
    assert first.weights.shape == (len(source), *heads, N_STEPS, N_SOURCE)
    assert (first.weights >= 0).all()
    assert (first.weights.movedim(-1, 1)[~present] == 0).all()
    total = first.weights.sum(-1)
    if WEIGHINGS[model_of.weigh].sums_to_one:
        torch.testing.assert_close(total, torch.ones_like(total))
    else:
        assert (total <= 1 + 1e-12).all()


@attending
def test_a_source_of_which_nothing_is_there_gives_no_weights(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    present[1] = False
    output = model(source, present, target)
    assert torch.isfinite(output.prediction).all()
    assert (alignment(output)[1] == 0).all()


@each_choice
def test_every_weight_learns(model_of):
    model = model_of.build(forcing=0.5).train()
    output = model(*model_of.source(), model_of.target())
    losses = output.prediction.square().mean((1, 2))
    (losses.mean() + sum(term(losses) for term in output.terms)).backward()
    idle = [name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
    # A softmax does not see what is added to all keys alike.
    assert [name for name in idle if not name.endswith("W_key.bias")] == []


@each_choice
def test_terms_are_for_training_alone_and_for_reinforce_alone(model_of):
    inputs = (*model_of.source(), model_of.target())
    for forcing in (1.0, 0.5):
        model = model_of.build(forcing=forcing)
        assert model(*inputs).terms == ()
        terms = model.train()(*inputs).terms
        assert [type(term) for term in terms] == [ChoiceTerm] * (model_of.weigh == "reinforce")


@pytest.mark.parametrize("kind", KINDS)
def test_without_attention_the_first_state_is_all_the_decoder_knows(kind):
    model_of = described(replace(SMALL, score=None), kind)
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    assert model(source, present, target).maps == ()
    assert model.W_context.in_features == 4
    memory, read = model.remember(source, present), model.outcome.read(target)
    other = replace(memory, tokens=torch.randn_like(memory.tokens), present=~memory.present)
    assert torch.equal(model.decode(read, other).prediction, model.decode(read, memory).prediction)


@attending
def test_with_attention_the_decoder_knows_all_steps(model_of):
    model, (source, present), target = model_of.build(), model_of.source(), model_of.target()
    memory, read = model.remember(source, present), model.outcome.read(target)
    other = replace(memory, tokens=torch.randn_like(memory.tokens))
    assert not torch.allclose(model.decode(read, other).prediction, model.decode(read, memory).prediction)


@pytest.mark.parametrize("model_of", [m for m in PUT_TOGETHER if m.name.startswith("trans")], ids=lambda m: m.name)
def test_maps_of_the_encoder_follow_the_alignment(model_of):
    output = model_of.build()(*model_of.source(), model_of.target())
    assert [(m.name, m.stride) for m in output.maps] == [("alignment", 1), ("layer 1", 2)]
    assert output.maps[1].weights.shape == (3, 2, N_SOURCE // 2, N_SOURCE // 2)


@pytest.mark.parametrize("forcing", [1.0, 0.5])
def test_a_batch_counts_once_for_the_baseline(forcing):
    model_of = described(replace(SMALL, weigh="reinforce"), "tokens")
    model = model_of.build(forcing=forcing).train()
    for mean in (1.0, 2.0):
        (term,) = model(*model_of.source(), model_of.target()).terms
        assert term.log_probability.shape == (3, N_STEPS)
        term(torch.full((3,), mean, dtype=torch.float64))
    assert float(model.attention.weigh.baseline.value) == pytest.approx(0.9 * 1 + 0.1 * 2)


def test_the_share_of_truth_falls_while_it_learns_and_does_not_matter_afterwards():
    description = replace(SMALL, teacher_forcing=0.0, forcing_updates=4)
    model = description.for_tokens(n_source=N_SYMBOLS, n_target=N_SYMBOLS)
    model_of = described(description, "tokens")
    inputs = (*model_of.source(), model_of.target())
    model.eval()(*inputs)
    assert int(model.teacher_forcing.count) == 0
    for update in range(1, 4):
        model.train()(*inputs)
        assert int(model.teacher_forcing.count) == update
    always = model_of.build(forcing=1.0).float()
    always.load_state_dict({**model.state_dict(), "teacher_forcing.count": torch.tensor(0)})
    torch.testing.assert_close(model.eval()(*inputs).prediction, always.eval()(*inputs).prediction)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden": 0}, "EncoderDecoder.hidden is 0"),
        ({"cell": "rnn"}, "EncoderDecoder.cell is 'rnn'"),
        ({"teacher_forcing": 1.5}, "EncoderDecoder.teacher_forcing is 1.5"),
        ({"score": "aditive"}, "score 'aditive' is unknown, expected one of dot, .*; did you mean 'additive'"),
        ({"weigh": "hard"}, "weigh 'hard' is unknown, expected one of softmax, "),
        ({"scope": "local"}, "scope 'local' is unknown, expected one of global, "),
        ({"forcing_shape": "cosine"}, "shape of teacher forcing 'cosine' is unknown, expected one of linear, "),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    for build in (
        lambda: EncoderDecoder().set_params(**options).for_tokens(n_source=3, n_target=3),
        lambda: EncoderDecoder().set_params(**options).for_numbers(n_source=1, n_target=1),
    ):
        with pytest.raises(OptionError, match=message):
            build()


@pytest.mark.parametrize("end", [-1, 5])
def test_the_end_has_to_be_a_symbol(end):
    with pytest.raises(OptionError, match=f"the end symbol is {end}, expected one of the 5 symbols"):
        EncoderDecoder().for_tokens(n_source=3, n_target=5, end=end)
