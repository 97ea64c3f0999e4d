"""Series in which something is wrong: solar power with planted faults, and the archives' labelled series."""

from __future__ import annotations

from attime.data.detection.faults import SOLAR_KINDS, SolarEvent, SolarKind
from attime.data.detection.labelled import LabelledSeries
from attime.data.detection.plant import SolarPlant
from attime.data.detection.read import FORMS, Collection, read_collection, read_labelled
from attime.data.detection.solar import USUAL_EVENTS, SolarData, make_solar

__all__ = [
    "FORMS",
    "SOLAR_KINDS",
    "USUAL_EVENTS",
    "Collection",
    "LabelledSeries",
    "SolarData",
    "SolarEvent",
    "SolarKind",
    "SolarPlant",
    "make_solar",
    "read_collection",
    "read_labelled",
]
