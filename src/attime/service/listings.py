"""What can be had without asking a model: what is served, that it is, and series to begin with."""

from __future__ import annotations

from pydantic import BaseModel, Field

from attime.service.answers import Numbers, shown

MODEL = {
    "name": "sine", "kind": "classifier", "endpoints": ["predict", "explain"], "classes": ["flattened", "normal"],
    "channels": ["0"], "fewest_steps": 1, "most_steps": 500, "horizon": None,
}  # fmt: skip


class Model(BaseModel):
    """A model that is served."""

    model_config = shown(**MODEL)

    name: str
    kind: str
    endpoints: list[str] = Field(description="What it can be asked for.")
    classes: list[str] = Field(description="Of a classifier.")
    channels: list[str] = Field(
        description="Names of the channels of a series; none if it forecasts its own series alone."
    )
    fewest_steps: int
    most_steps: int
    horizon: int | None = Field(description="Of a forecaster, steps ahead.")


class Models(BaseModel):
    """The models that are served."""

    model_config = shown(models=[MODEL])

    models: list[Model]


class Health(BaseModel):
    """That the service answers."""

    model_config = shown(status="ok", version="0.1.0", models=1)

    status: str
    version: str
    models: int


class Example(BaseModel):
    """A series to begin with."""

    model_config = shown(name="case 0, flattened", series=[[0.0, 0.2, None, 0.2]])

    name: str
    series: list[Numbers]


class Examples(BaseModel):
    """Series to begin with."""

    model_config = shown(model="sine", source="make_sine", examples=[{"name": "case 0", "series": [[0.0, 0.2]]}])

    model: str
    source: str = Field(description="Where they come from.")
    examples: list[Example]
