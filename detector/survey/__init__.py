"""A survey from imagery to map: the steps of a run, and what is done with a survey's file afterwards.

    plan      list the images, read their headers, cut the work into units
    run       every unit that has no part yet: read, infer, write its part
    match     if asked for: overlapping photos by their pixels, kept beside the parts
    assemble  parts -> thresholds, merging across tiles, the ground, reviews kept -> one GeoPackage

A crash costs at most the unit in hand, and another threshold needs no second inference. Nor do other positions:
`georeference` places a finished survey anew.
"""

from detector.progress import Progress, Watcher
from detector.survey.cluster import Cluster
from detector.survey.counting import count
from detector.survey.detecting import detect
from detector.survey.georeferencing import Moved, georeference, placed_with
from detector.survey.outcome import Outcome
from detector.survey.planning import Plan, PoseSettings, Settings, work_folder
from detector.survey.tables import region_table

__all__ = [
    "Cluster",
    "Moved",
    "Outcome",
    "Plan",
    "PoseSettings",
    "Progress",
    "Settings",
    "Watcher",
    "count",
    "detect",
    "georeference",
    "placed_with",
    "region_table",
    "work_folder",
]
