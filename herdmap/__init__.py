"""From aerial survey imagery to a map and a count of animals.

    import herdmap

    survey = herdmap.detect("photos/", "survey.gpkg", regions="parks.geojson")
    print(survey.counts)
    animals = survey.animals().to_geopandas()

Every path is text or a path object, one or several. A survey is its GeoPackage: `detect` returns it, `open` opens one,
and every function that takes a survey takes its path too.

Herdmap warns with `HerdmapWarning`, and logs what it does to the logger `herdmap`. A terminal or a notebook shows a
progress bar. Every error that Herdmap raises on purpose is an `Error`.
Importing this package loads no heavy library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from geo.errors import HerdmapError as Error

if TYPE_CHECKING:
    from detector.models import ModelInfo
    from detector.models.at_hand import ModelAtHand
    from detector.survey import Cluster
    from geo.exports.animals import Exported
    from geo.share import Report as ShareReport
    from geo.simulation import Survey as SimulatedSurvey
    from geo.tables import Run
    from herdmap.counting import count, estimate
    from herdmap.detecting import DetectOptions, PlacementOptions, detect, georeference
    from herdmap.exporting import export, report, share
    from herdmap.importing import import_labels
    from herdmap.learning import Evaluation, evaluate, train
    from herdmap.model import Model
    from herdmap.news import HerdmapWarning
    from herdmap.simulating import simulate
    from herdmap.surveys import Survey
    from herdmap.surveys import open_survey as open
    from herdmap.tables import CountTable, DetectionTable, EstimateTable, ImageTable, PredictionTable, Table
    from herdmap.teaching import Expected, Taught, find, models, survey, teach

__all__ = [
    "Cluster",
    "CountTable",
    "DetectOptions",
    "DetectionTable",
    "Error",
    "EstimateTable",
    "Evaluation",
    "Expected",
    "Exported",
    "HerdmapWarning",
    "ImageTable",
    "Model",
    "ModelAtHand",
    "ModelInfo",
    "PlacementOptions",
    "PredictionTable",
    "Run",
    "ShareReport",
    "SimulatedSurvey",
    "Survey",
    "Table",
    "Taught",
    "count",
    "detect",
    "estimate",
    "evaluate",
    "export",
    "find",
    "georeference",
    "import_labels",
    "models",
    "open",
    "report",
    "share",
    "simulate",
    "survey",
    "teach",
    "train",
]

# Where each name is written: it is imported when somebody asks for it.
_HOMES = {
    "Cluster": "detector.survey.cluster",
    "CountTable": "herdmap.tables",
    "DetectOptions": "herdmap.detecting",
    "DetectionTable": "herdmap.tables",
    "EstimateTable": "herdmap.tables",
    "Evaluation": "herdmap.learning",
    "Expected": "herdmap.teaching",
    "Exported": "geo.exports.animals",
    "HerdmapWarning": "herdmap.news",
    "ImageTable": "herdmap.tables",
    "Model": "herdmap.model",
    "ModelAtHand": "detector.models.at_hand",
    "ModelInfo": "detector.models.info",
    "PlacementOptions": "herdmap.detecting",
    "PredictionTable": "herdmap.tables",
    "Run": "geo.tables",
    "ShareReport": "geo.share",
    "SimulatedSurvey": "geo.simulation",
    "Survey": "herdmap.surveys",
    "Table": "herdmap.tables",
    "Taught": "herdmap.teaching",
    "count": "herdmap.counting",
    "detect": "herdmap.detecting",
    "estimate": "herdmap.counting",
    "evaluate": "herdmap.learning",
    "export": "herdmap.exporting",
    "find": "herdmap.teaching",
    "georeference": "herdmap.detecting",
    "import_labels": "herdmap.importing",
    "models": "herdmap.teaching",
    "open": "herdmap.surveys",
    "report": "herdmap.exporting",
    "share": "herdmap.exporting",
    "simulate": "herdmap.simulating",
    "survey": "herdmap.teaching",
    "teach": "herdmap.teaching",
    "train": "herdmap.learning",
}
# Names that have another name in their module.
_NAMES = {"open": "open_survey", "ShareReport": "Report", "SimulatedSurvey": "Survey"}


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("detector").__version__
    if name not in _HOMES:
        raise AttributeError(f"module 'herdmap' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), _NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
