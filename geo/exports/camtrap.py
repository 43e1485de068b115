"""Writes a Camera Trap Data Package, Camtrap DP 1.0.1 (https://camtrap-dp.tdwg.org): a folder with datapackage.json,
deployments.csv, media.csv and observations.csv.

A survey is one deployment, at the middle of its photos. Each photo is a medium, and each sighting an observation with
its box. A searched photo without animals is an observation of the type `blank`.
"""

import csv
import json
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import VectorError
from geo.exports.animals import AnimalTable
from geo.exports.darwincore import Dataset, taxon_of

_SCHEMAS = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.1"
# What the schema of `media` asks of a path.
_PATH = re.compile(r"(?![./~])(?!.*\.{2}).+")
_LEAST_SIDE = 1e-6  # a box must have a width and a height
DEPLOYMENTS = ("deploymentID", "latitude", "longitude", "deploymentStart", "deploymentEnd", "deploymentComments")
MEDIA = ("mediaID", "deploymentID", "captureMethod", "timestamp", "filePath", "filePublic", "fileName", "fileMediatype")
OBSERVATIONS = (
    *("observationID", "deploymentID", "mediaID", "eventStart", "eventEnd", "observationLevel", "observationType"),
    *("scientificName", "count", "individualID", "bboxX", "bboxY", "bboxWidth", "bboxHeight", "classificationMethod"),
    *("classifiedBy", "classificationTimestamp", "classificationProbability", "observationComments"),
)


@dataclass(frozen=True)
class Medium:
    """A photo: its name, its place in the layer `images`, and its animals, each by its row, with its box as left, top,
    width and height, shares of the photo's size.
    """

    name: str
    image: int
    animals: Sequence[tuple[int, tuple[float, float, float, float]]]


def write_package(animals: AnimalTable, media: Sequence[Medium], folder: Path, dataset: Dataset) -> list[str]:
    """Write the files of a package into an empty folder. Returns what the user should know.

    Raises VectorError if no photo has a place on the earth, or a photo has no time, as the format requires both.
    """
    images = animals.images
    lon, lat = (np.array([getattr(images, axis)[one.image] for one in media]) for axis in ("lon", "lat"))
    placed = np.isfinite(lon) & np.isfinite(lat)
    if not placed.any():
        raise VectorError("Camtrap DP needs the place of the photos, and no photo has one; georeference them first")
    said, times = [], []
    for one in media:
        when = images.captured_at[one.image] or dataset.event_date
        if not when:
            raise VectorError(
                f"Camtrap DP needs the time of each photo, and {one.name} has none; give event_date in a dataset file"
            )
        times.append(_time(when))
    if any(not _has_zone(images.captured_at[one.image] or dataset.event_date) for one in media):
        said.append("times without a zone are written as UTC")
    deployment = str(animals.survey_id)
    place = {"latitude": f"{lat[placed].mean():.6f}", "longitude": f"{lon[placed].mean():.6f}"}
    span = {"deploymentStart": min(times), "deploymentEnd": max(times)}
    comment = f"aerial survey {animals.survey}, at the middle of its photos"
    _table(
        folder / "deployments.csv",
        DEPLOYMENTS,
        [{"deploymentID": deployment, **place, **span, "deploymentComments": comment}],
    )
    listed = [
        {
            "mediaID": one.name,
            "deploymentID": deployment,
            "captureMethod": "timeLapse",
            "timestamp": when,
            "filePath": f"{dataset.media_url.rstrip('/')}/{one.name}" if dataset.media_url else one.name,
            "filePublic": "true" if dataset.media_url else "false",
            "fileName": one.name.rpartition("/")[2],
            "fileMediatype": _media_type(one.name),
        }
        for one, when in zip(media, times, strict=True)
    ]
    _table(folder / "media.csv", MEDIA, listed)
    if odd := [one["filePath"] for one in listed if not _PATH.fullmatch(one["filePath"])]:
        said.append(
            f"Camtrap DP allows no path that begins with '.', '/' or '~' or has '..' in it; rename {len(odd)} photos "
            f"before you publish, the first is {odd[0]}"
        )
    observations = [
        row
        for one, when in zip(media, times, strict=True)
        for row in _of_photo(animals, one, when, deployment, dataset)
    ]
    _table(folder / "observations.csv", OBSERVATIONS, observations)
    box = [float(lon[placed].min()), float(lat[placed].min()), float(lon[placed].max()), float(lat[placed].max())]
    _describe(folder / "datapackage.json", animals, dataset, box, span, observations)
    if not dataset.title or not dataset.creator:
        said.append("a published package needs a title and a creator; give them in a dataset file")
    return said


def _of_photo(animals: AnimalTable, one: Medium, when: str, deployment: str, dataset: Dataset) -> list[dict[str, Any]]:
    common = {
        "deploymentID": deployment,
        "mediaID": one.name,
        "eventStart": when,
        "eventEnd": when,
        "observationLevel": "media",
    }
    if not one.animals:
        return [{**common, "observationID": f"blank {one.name}", "observationType": "blank"}]
    columns, rows = animals.columns, []
    models = {run.run_id: run.model for run in animals.runs}
    for row, (x, y, width, height) in one.animals:
        taxon = taxon_of(columns["class"][row], dataset)
        by_a_person = bool(animals.added[row]) or columns["review"][row] == "confirmed"
        score = columns["score"][row]
        width, height = max(width, _LEAST_SIDE), max(height, _LEAST_SIDE)
        rows.append(
            {
                **common,
                "observationID": columns["id"][row],
                "observationType": "unclassified" if taxon is None else "animal",
                "scientificName": "" if taxon is None else taxon.scientific_name,
                "count": 1,
                "individualID": "" if columns["animal_id"][row] is None else columns["animal_id"][row],
                "bboxX": min(x, 1 - width),
                "bboxY": min(y, 1 - height),
                "bboxWidth": width,
                "bboxHeight": height,
                "classificationMethod": "human" if by_a_person else "machine",
                "classifiedBy": columns["reviewer"][row] if by_a_person else models.get(columns["run_id"][row], ""),
                "classificationTimestamp": _time(columns["reviewed_at"][row]) if columns["reviewed_at"][row] else "",
                "classificationProbability": "" if by_a_person or score is None else score,
                "observationComments": f"class {columns['class'][row]}",
            }
        )
    return rows


def _describe(
    path: Path,
    animals: AnimalTable,
    dataset: Dataset,
    box: list[float],
    span: dict[str, str],
    rows: list[dict[str, Any]],
) -> None:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": f"{_SCHEMAS}/{name}-table-schema.json",
        }
        for name in ("deployments", "media", "observations")
    ]
    names = sorted({row["scientificName"] for row in rows if row.get("scientificName")})
    document = {
        "resources": resources,
        "profile": f"{_SCHEMAS}/camtrap-dp-profile.json",
        "name": f"survey-{animals.survey_id}",
        "id": str(animals.survey_id),
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": dataset.title or animals.survey,
        "description": dataset.description or f"Aerial survey {animals.survey}",
        "contributors": [
            {"title": dataset.creator or "unknown", **({"email": dataset.email} if dataset.email else {})}
        ],
        "licenses": [{"name": dataset.licence, "scope": scope} for scope in ("data", "media") if dataset.licence],
        "project": {
            "title": dataset.title or animals.survey,
            "samplingDesign": "systematicRandom",
            "captureMethod": ["timeLapse"],
            "individualAnimals": False,
            "observationLevel": ["media"],
        },
        "spatial": {"type": "Polygon", "coordinates": [ring]},
        "temporal": {"start": span["deploymentStart"][:10], "end": span["deploymentEnd"][:10]},
        "taxonomic": [{"scientificName": name} for name in names],
    }
    if not document["licenses"]:
        del document["licenses"]
    path.write_bytes(json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace"))


def _media_type(name: str) -> str:
    """The type of a photo's file, which begins with `image/`, also where the system does not know the ending."""
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("image/") else "image/tiff"


def _has_zone(text: str) -> bool:
    return text.endswith("Z") or "+" in text[10:] or "-" in text[10:]


def _time(text: str) -> str:
    """ISO 8601 with seconds and a zone, as the format asks for."""
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise VectorError(f"the time {text!r} is not ISO 8601; correct it") from error
    when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def _table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
