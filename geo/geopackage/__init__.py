"""The GeoPackage of a survey: written whole or not at all, read back, with styles and a QGIS project inside.

survey.py           a survey's file written, and read as tables
access.py           how that file is opened, locked and replaced while others write to it
schema.py           the tables of a GeoPackage 1.2, its CRS rows and its geometries
added.py            columns that a person added, read back
identity.py         the UUID that a detection keeps
rows.py             the tables of `geo.tables` to and from rows
other_tables.py     what people put into the file beside its own tables, kept
rtree.py            a spatial index, packed whole
styles.py           how QGIS draws the layers
project.py          the QGIS project inside
saved_project.py    one that a person saved: only the layers of the survey change
imagery.py          what is seen under the boxes: VRTs over the survey's own files
project_imagery.py  that imagery, read back from a project
"""

from geo.geopackage.access import Watch, reading, settled, steady
from geo.geopackage.survey import (
    estimate_tables,
    read_counts,
    read_crs,
    read_detections,
    read_estimates,
    read_images,
    read_runs,
    read_searches,
    read_tile_labels,
    write_counts,
    write_estimates,
    write_survey,
)

__all__ = [
    "Watch",
    "estimate_tables",
    "read_counts",
    "read_crs",
    "read_detections",
    "read_estimates",
    "read_images",
    "read_runs",
    "read_searches",
    "read_tile_labels",
    "reading",
    "settled",
    "steady",
    "write_counts",
    "write_estimates",
    "write_survey",
]
