"""What may be asked: a model of pydantic for each model that is served, so that the specification says exactly that.

A classifier of one channel that was fitted on series of 500 steps takes lists of 1 to 500 numbers or nulls, and the
specification of its service says so; what it says is accepted, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from attime.names import name_hint
from attime.service.limits import Limits
from attime.service.problems import RefusedError, refused_for
from attime.service.series import example_of, series_type
from attime.service.served import Served

METHODS = Literal["evidence", "attention", "occlusion"]


class Question(BaseModel):
    """What every request has in common: no entry that nobody knows, and only JSON's own types."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


def _whole(value: object) -> object:
    """Return 2 for 2.0, which in JSON are the same number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def question_for(asked: str, model: Served, limits: Limits, number: int) -> type[Question]:
    """Return what may be asked of a model at an endpoint.

    The specification finds it by its number there: what a model is called may be the name of something else, and of a
    name with dots the specification would keep the end.
    """
    fields: dict[str, Any] = {"model": (Literal[model.name], Field(description=f"A {model.kind}."))}
    if model.channels:
        told = f"Series of {len(model.channels)} channel(s); null where nothing was measured."
        several = Field(min_length=1, max_length=limits.series, fail_fast=True)
        lists: Any = Annotated[list[series_type(model)], several]  # type: ignore[misc]
        fields["series"] = (lists, Field(description=told))
    if asked == "explain":
        fields["method"] = (METHODS, Field("evidence", description="How relevance is found."))
        if model.kind == "classifier":
            classes: Any = Literal[model.classes]
            fields["target"] = (classes | None, Field(None, description="The class to explain; null: the predicted."))
            fields["faithfulness"] = (
                bool,
                Field(
                    False,
                    description="Measure how far the explanation can be trusted; takes seconds. Of at most "
                    f"{limits.measured_steps:,} steps over all series.",
                ),
            )
    if asked == "forecast":
        assert model.horizon is not None
        steps = Field(model.horizon, ge=1, le=model.horizon, description="Steps ahead.")
        fields["horizon"] = (Annotated[int, BeforeValidator(_whole)], steps)
        fields["look"] = (bool, Field(True, description="Tell how much each step of the past counted."))
        if model.channels:  # without series: what comes next after what the model has seen
            fields["series"] = (lists | None, Field(None, description=told))
    if asked == "detect":
        fields["expected"] = (bool, Field(True, description="Tell what would have been normal."))
    title = f"{asked.title()} {model.name}"
    config = ConfigDict(**Question.model_config, title=title, json_schema_extra={"examples": [example_of(model)]})
    base = type("Question", (Question,), {"model_config": config, "__module__": __name__})
    return create_model(f"{asked.title()}Question{number}", __base__=base, **fields)


@dataclass(frozen=True, eq=False)
class Asking:
    """What may be asked at an endpoint.

    Attributes
    ----------
    asked
        Its name.
    models
        Those that answer there.
    served
        Every model that is served, to say where one answers that does not answer here.
    adapter
        Reads and checks requests.
    limits
        What is too much.
    """

    asked: str
    models: Mapping[str, Served]
    served: Mapping[str, Served]
    adapter: TypeAdapter[Any]
    limits: Limits

    @classmethod
    def of(cls, asked: str, models: Mapping[str, Served], limits: Limits) -> Asking:
        """Collect what may be asked of these models."""
        answering = {name: model for name, model in models.items() if asked in model.asked_for}
        numbered = enumerate(answering.values(), start=1)
        types: list[Any] = [question_for(asked, model, limits, number) for number, model in numbered] or [_Nobody]
        union: Any = types[0]
        for more in types[1:]:
            union |= more
        form: Any = Annotated[union, Field(discriminator="model")] if len(types) > 1 else union
        adapter: TypeAdapter[Any] = TypeAdapter(form)
        return cls(asked, answering, models, adapter, limits)

    def read(self, body: bytes) -> Any:
        """Return a request that was checked.

        Raises
        ------
        RefusedError
            If there is anything wrong with it.
        """
        try:
            question = self.adapter.validate_json(body)
        except ValidationError as error:
            try:
                question = _Named.model_validate_json(body)
            except ValidationError:
                raise refused_for(error) from error
            if question.model in self.models:
                raise refused_for(error, ignore=("one", "channels", question.model)) from error
        if question.model not in self.models:
            raise self._unknown(question.model)
        if getattr(question, "faithfulness", False):
            self._check_measured(question.series)
        return question

    def _check_measured(self, series: Sequence[Any]) -> None:
        """Refuse to measure what would take too long."""
        most = self.limits.measured_steps
        n_steps = sum(max(map(len, one)) if isinstance(one[0], list) else len(one) for one in series)
        if n_steps > most:
            told = f"faithfulness of {n_steps:,} steps over all series"
            raise RefusedError(422, told, f"{most:,} at most", "ask for it with fewer or shorter series")

    def _unknown(self, name: str) -> RefusedError:
        """Return that the model is not there, or is not for this."""
        expected = f"one of {', '.join(self.models)}" if self.models else f"a model for /{self.asked}; none is here"
        if (other := self.served.get(name)) is not None:
            places = " or ".join(f"POST /{asked}" for asked in other.asked_for)
            return RefusedError(404, f"model {name!r}", expected, f"it is a {other.kind}: ask it by {places}")
        return RefusedError(404, f"model {name[:80]!r}", expected, name_hint(name, self.models or self.served))


class _Named(BaseModel):
    model: str


class _Nobody(BaseModel):
    """What is asked where no model answers."""

    model: str = Field(description="There is none of this kind here.")
