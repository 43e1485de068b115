"""Writes the files beside the page: the animals as CSV and GeoJSON, the counts as CSV, and a README."""

import csv
import io
import math

import numpy as np

from geo.added_columns import plain
from geo.csv_table import defused, write_rows
from geo.geojson import Feature, point, write_features
from geo.paths import StrPath, as_path
from geo.regions import count, regions_from, write_csv
from geo.share.source import Source

_COLUMNS = (
    "image", "class", "score", "xmin_px", "ymin_px", "xmax_px", "ymax_px", "x", "y", "lon", "lat", "region", "counted",
    "animal_id", "review", "model_class", "reviewer", "reviewed_at", "note",
)  # fmt: skip


def write_animals_csv(source: Source, path: StrPath) -> None:
    """Write a row for each detection, in UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe first.
    """
    path = as_path(path)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    rows = source.detections
    added = plain(rows.added, _COLUMNS)
    writer.writerow((*_COLUMNS, *(defused(column.name) for column in added)))
    texts = {name: rows.text(name) for name in ("review", "reviewer", "reviewed_at", "note")}
    images, model_classes, regions = rows.image_paths(), rows.class_names(), _region_names(source)
    for i in range(len(rows)):
        writer.writerow(
            (
                defused(images[i]),
                defused(source.classes[source.label[i]]),
                _number(rows.score[i], 4),
                *(_number(v, 2) for v in rows.boxes_px[i]),
                *(_number(v, 7 if abs(v) < 1000 else 3) for v in source.centres[i]),
                *(_number(v, 7) for v in source.lonlat[i]),
                defused(regions[i]),
                int(rows.counted[i]),
                int(rows.animal_id[i]),
                texts["review"][i],
                defused(model_classes[i]),
                *(defused(texts[name][i] or "") for name in ("reviewer", "reviewed_at", "note")),
                *(defused(value) if isinstance(value := column.values[i], str) else value for column in added),
            )
        )
    # The byte order mark tells spreadsheets that the file is UTF-8.
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace"))


def write_counts_csv(source: Source, path: StrPath) -> None:
    """Write the animals by region and class, after the review. Without regions, the whole survey is one."""
    path = as_path(path)
    chosen = source.counts()
    shapes = [(name, shape) for name, _, shape in source.regions if shape is not None]
    classes = np.array(source.classes, object)[source.label]
    if shapes:
        regions = regions_from([shape for _, shape in shapes], [name for name, _ in shapes], source.crs_wkt)
        write_csv(count(source.centres[chosen], classes[chosen], regions, source.crs_wkt, source.classes), path)
        return
    found = [np.count_nonzero(chosen & (source.label == code)) for code in range(len(source.classes))]
    rows = (("all", name, int(number), "", "") for name, number in zip(source.classes, found, strict=True))
    write_rows(path, ("region", "class", "count", "area_km2", "density_per_km2"), rows)


def write_geojson(source: Source, path: StrPath) -> bool:
    """Write the animals as points in longitude and latitude. Returns False, without a file, if no place is known."""
    path = as_path(path)
    placed = np.flatnonzero(np.isfinite(source.lonlat).all(axis=1))
    if len(placed) == 0:
        return False
    rows = source.detections
    review, images, regions = rows.text("review"), rows.image_paths(), _region_names(source)
    added = plain(rows.added, ("class", "score", "image", "box_px", "region", "counted", "review"))
    features = (
        Feature(
            point(*source.lonlat[i].tolist()),
            {
                "class": source.classes[source.label[i]],
                "score": None if math.isnan(rows.score[i]) else round(float(rows.score[i]), 4),
                "image": images[i],
                "box_px": [round(float(v), 2) for v in rows.boxes_px[i]],
                "region": regions[i] or None,
                "counted": bool(rows.counted[i]),
                "review": review[i],
                **{column.name: column.values[i] for column in added},
            },
        )
        for i in placed.tolist()
        if np.isfinite(rows.boxes_px[i]).all()
    )
    write_features(path, features)
    return True


def readme(title: str, gpkg: str, facts: dict[str, str], has_geojson: bool, annotated: bool) -> str:
    """The README for the receiver of the folder. facts: lines about the survey, as name and text."""
    files = {
        "index.html": "the survey as a page: map, photos, animals, counts. Double-click it.",
        "README.txt": "this text",
        gpkg: "the survey itself, a GeoPackage: open it in QGIS or another GIS",
        gpkg.removesuffix(".gpkg") + ".qgz": "the same as a QGIS project, with colours and a form for the review",
        "animals.csv": "every detection as a row, for a spreadsheet or R",
        "animals.geojson": "every detection as a point (longitude, latitude)",
        "counts.csv": "animals per region and class",
        "annotated/": "the reduced pictures with the boxes drawn in, to print or to mail",
        "pictures/, data/, page/": "the data of index.html; keep them beside it",
    }
    if not has_geojson:
        del files["animals.geojson"]
    if not annotated:
        del files["annotated/"]
    width = max(map(len, files))
    said = "\n".join(f"  {name:{width}}  {what}" for name, what in files.items())
    about = "\n".join(f"  {name + ':':14} {what}" for name, what in facts.items())
    return f"""{title}
{"=" * len(title)}

{about}

Open index.html in any browser, on a computer or a phone. It needs no network and sends nothing.
If the folder came as a zip file, unpack it first.

What is here
{said}

What to know
  - The numbers on the page are animals that were found. They are not an estimate of a population. A detection that a
    person rejected does not count. An animal in several photos counts once.
  - A score says how sure the detector was, 0 to 1. It is not a probability.
  - The pictures are reduced. The original imagery is not in this folder: in QGIS, the layers under "Imagery" stay
    empty ("unavailable layers"), unless the GeoPackage lies in its old place beside the imagery. The boxes, the counts
    and the review work without it.
  - Box coordinates (xmin, ymin, xmax, ymax) are pixels of the original image, from its top left corner.
  - The GeoPackage holds file names and the names of the reviewers.
"""


def _region_names(source: Source) -> list[str]:
    """The region of each detection, empty if the survey has none."""
    names = [name for name, _, _ in source.regions]
    if not names:
        return [""] * len(source.detections)
    return [names[i] if i >= 0 else "outside" if i == -1 else "unplaced" for i in source.region_of.tolist()]


def _number(value: float, digits: int) -> str:
    return "" if not math.isfinite(value) else f"{float(value):.{digits}f}"
