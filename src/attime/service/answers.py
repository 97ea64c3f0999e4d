"""What is answered, as models of pydantic, from which the specification and the JSON are made; null is no number."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Numbers = list[float | None]
Probability = Annotated[float, Field(ge=0, le=1)]


def shown(**example: Any) -> ConfigDict:
    """Return what gives a model an example."""
    return ConfigDict(json_schema_extra={"examples": [example]})


OUTCOME = {"prediction": "flattened", "probabilities": {"flattened": 0.97, "normal": 0.03}}


class Outcome(BaseModel):
    """What is predicted of one series."""

    model_config = shown(**OUTCOME)

    prediction: str | float = Field(description="The class, as text; of a regressor the number.")
    probabilities: dict[str, Probability] | None = Field(description="By class; null of a regressor.")


class Predicted(BaseModel):
    """Predictions in the order of the series."""

    model_config = shown(model="sine", predictions=[OUTCOME])

    model: str
    predictions: list[Outcome]


class Trust(BaseModel):
    """How far explanations can be trusted: one measure beside what a random order of the steps reaches."""

    model_config = shown(
        label="AOPCR, probability", value=0.41, random=0.12, verdict="Deleting the steps it names changes …"
    )

    label: str = Field(description="What was measured.")
    value: float | None = Field(description="Mean over the series.")
    random: float | None = Field(description="What a random order reaches.")
    verdict: str = Field(description="All measures, in words.")


class Explained(Outcome):
    """Which steps of one series mattered."""

    model_config = shown(
        **OUTCOME, target="flattened", relevance=[[0.1, 2.3, 2.2, -0.4]], attention=[0.1, 0.4, 0.4, 0.1], uniform=False
    )

    target: str = Field(description='The class that is explained; "number" of a regressor.')
    relevance: list[list[float]] = Field(
        description="By channel and step; one list for all where the model does not divide among channels. Of the "
        "method evidence what the step adds to the logit of the class, or to the number. 0 where nothing was measured."
    )
    attention: list[float] = Field(description="How much each step counted when the steps were pooled.")
    uniform: bool = Field(description="Relevance is the same at every step, so it names none.")


class Explanations(BaseModel):
    """Explanations in the order of the series."""

    model_config = shown(
        model="sine",
        method="evidence",
        explanations=[Explained.model_config["json_schema_extra"]["examples"][0]],  # type: ignore[index]
        faithfulness_asked=False,
        faithfulness=None,
    )

    model: str
    method: str
    explanations: list[Explained]
    faithfulness_asked: bool = Field(description="Whether it was asked how far these can be trusted. If not, look.")
    faithfulness: Trust | None = Field(description="The answer; null if it was not asked.")


class Course(BaseModel):
    """How one series goes on."""

    model_config = shown(
        name="0", times=[4, 5], values=[0.1, 0.3], low=[[-0.1, 0.0]], high=[[0.3, 0.6]], past=[0.0, 0.2, 0.4, 0.2],
        past_times=[0, 1, 2, 3], look=[[0.1, 0.2, 0.3, 0.4], [0.2, 0.2, 0.3, 0.3]], look_name="linear",
    )  # fmt: skip

    name: str = Field(description="Of the series: its number in the request, or what it was called in fit.")
    times: list[float | str | None] = Field(description="Of the steps ahead: numbers, or dates as ISO 8601 has them.")
    values: Numbers = Field(description="What is expected.")
    low: list[Numbers] = Field(description="Lower limits, by coverage and step.")
    high: list[Numbers] = Field(description="Upper limits, by coverage and step.")
    past: Numbers = Field(description="What was read of the series; null where nothing was measured.")
    past_times: list[float | str | None] = Field(description="When that was.")
    look: list[Numbers] | None = Field(
        description="How much each step of the past counted, by step ahead; null if that was not asked."
    )
    look_name: str | None = Field(description="linear (weights of a linear forecast), look back (attention), gradient.")


class Forecasts(BaseModel):
    """Forecasts in the order of the series."""

    model_config = shown(
        model="wave",
        coverage=[0.8],
        warnings=[],
        forecasts=[Course.model_config["json_schema_extra"]["examples"][0]],  # type: ignore[index]
    )

    model: str
    coverage: list[float] = Field(description="With which probability the actual value lies between the limits.")
    forecasts: list[Course]
    warnings: list[str] = Field(description="What speaks against believing them; usually nothing.")


class Occurrence(BaseModel):
    """A stretch that is out of the ordinary."""

    model_config = shown(start=2, end=3, severity=4.2, p_value=0.001, channel="0")

    start: int = Field(description="Its first step.")
    end: int = Field(description="The step after its last.")
    severity: float = Field(description="Its highest score.")
    p_value: float = Field(description="Its lowest p-value.")
    channel: str = Field(description="Where the score is highest.")


class Detected(BaseModel):
    """What is out of the ordinary in one series."""

    model_config = shown(
        scores=[0.2, 0.3, 4.2, 0.4], p_values=[0.6, 0.4, 0.001, 0.3], alarms=[False, False, True, False],
        threshold=1.1, events=[Occurrence.model_config["json_schema_extra"]["examples"][0]],  # type: ignore[index]
        expected=[[0.0, 0.1, 0.2, 0.3]], relevance=[[0.1, 0.2, 4.0, 0.3]],
    )  # fmt: skip

    scores: Numbers = Field(description="How unusual each step is; one number where series are judged as a whole.")
    p_values: Numbers = Field(description="The share of normal steps that score as high.")
    alarms: list[bool] = Field(description="Which steps are flagged.")
    threshold: float | None = Field(
        description="The score that belongs to the rate of alarms asked for in fit; null if alarms are to be rarer "
        "than the normal steps at hand can tell, and no score raises one."
    )
    events: list[Occurrence] = Field(description="Alarms that belong together.")
    expected: list[Numbers] | None = Field(description="What would have been normal, by channel; null if not asked.")
    relevance: list[Numbers] | None = Field(description="How far each value is from that; null if not asked.")


class Detections(BaseModel):
    """What was found, in the order of the series."""

    model_config = shown(
        model="pump",
        channels=["0"],
        detections=[Detected.model_config["json_schema_extra"]["examples"][0]],  # type: ignore[index]
    )

    model: str
    channels: list[str]
    detections: list[Detected]
