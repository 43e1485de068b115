"""A survey from imagery to map: the steps of a run, and what is done with a survey's file afterwards.

    plan      list the images, read their headers, cut the work into units
    run       search every unit that has no part yet: read it, run the model, write its part
    match     if asked for: match overlapping photos by their pixels, and keep the matches beside the parts
    assemble  from the parts: thresholds, merging across tiles, the ground, reviews kept, one GeoPackage

`begin` places images and searches nothing: people search them, or a model does later. A crash costs at most the unit in
work. Another threshold or other positions need no second search: `georeference` places a finished survey again.
"""

from detector.progress import Progress, Watcher
from detector.survey.beginning import Begun, begin
from detector.survey.cluster import Cluster
from detector.survey.counting import count
from detector.survey.detecting import detect
from detector.survey.georeferencing import Moved, georeference, placed_with
from detector.survey.importing import ImportSettings, import_labels
from detector.survey.listing import images_of
from detector.survey.outcome import Outcome
from detector.survey.planning import Plan, PoseSettings, Settings, work_folder
from detector.survey.tables import region_table

__all__ = [
    "Begun",
    "Cluster",
    "ImportSettings",
    "Moved",
    "Outcome",
    "Plan",
    "PoseSettings",
    "Progress",
    "Settings",
    "Watcher",
    "begin",
    "count",
    "detect",
    "georeference",
    "images_of",
    "import_labels",
    "placed_with",
    "region_table",
    "work_folder",
]
