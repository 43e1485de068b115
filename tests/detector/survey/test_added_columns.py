"""Every command over a survey of the last version to which a person added columns: the values stay on their animals."""

import csv
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from detector import survey
from detector.survey.georeferencing import georeference
from detector.survey.planning import PoseSettings, Settings
from geo import geopackage, vector
from tests import ROOT
from tests.command_line import HerdmapHere
from tests.geo.test_added_columns import add, types_in
from tests.geopackage_checker import check_geopackage
from tests.surveys.small import in_qgis

# Of the ten detections of the file, in its order. The first and the last are unreviewed.
ADDED: Mapping[str, tuple[str, list[Any]]] = {
    "age": ("TEXT(20)", ["calf", None, "old", None, None, "", None, None, None, "calf"]),
    "group size": ("INTEGER", [3, None, 0]),
    'a "quoted" 獅子': ("REAL", [None, 2.5]),
    "carcass": ("BOOLEAN", [0, 1]),
    "order": ("DATE", [None, "2026-11-29"]),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with tarfile.open(ROOT / "tests" / "surveys" / "version_0.1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    add(tmp_path / "survey.gpkg", columns=ADDED)
    add(tmp_path / "survey.gpkg", "images", {"weather": ("TEXT", ["haze", "sun"])})
    return tmp_path / "survey.gpkg"


def rows(path: Path, table: str = "detections") -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY fid")]


def said(path: Path) -> dict[Any, dict[str, Any]]:
    """What the person wrote, by the animal: its photo and its box."""
    each = {(r["image"], r["xmin"], r["ymin"], r["xmax"], r["ymax"]): {n: r[n] for n in ADDED} for r in rows(path)}
    return {place: values for place, values in each.items() if any(value is not None for value in values.values())}


def still_said(path: Path, before: dict[Any, dict[str, Any]]) -> bool:
    """Whether a person's values are where they were, on boxes that a newer version of the model moved by some px."""
    now = said(path)
    return len(now) == len(before) and all(
        any(
            photo == image and values == there and np.allclose(box, place, atol=6)
            for (image, *place), there in now.items()
        )
        for (photo, *box), values in before.items()
    )


def weather(path: Path) -> dict[str, str]:
    return {row["path"]: row["weather"] for row in rows(path, "images") if row["weather"] is not None}


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


class Heard(survey.Watcher):
    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


def test_the_search_is_resumed_and_made_anew(path: Path) -> None:
    before, sky, kinds = said(path), weather(path), types_in(path)
    assert len(before) == 5
    assert len(sky) == 2
    survey.detect([path.parent / "photos"], path, device="cpu")
    assert len(rows(path, "images")) == 4
    assert still_said(path, before)
    assert weather(path) == sky
    assert kinds.items() <= types_in(path).items()
    survey.detect([path.parent / "photos"], path, device="cpu", fresh=True)
    assert still_said(path, before)
    assert weather(path) == sky
    check_geopackage(path)


def test_an_animal_that_is_no_longer_found_is_kept_for_its_value_and_that_is_said(path: Path) -> None:
    before, heard = said(path), Heard()
    survey.detect([path.parent / "photos"], path, device="cpu", settings=Settings(score=0.999), watcher=heard)
    assert said(path) == before
    (line,) = [text for text in heard.said if "columns that you added" in text]
    alone = sum(row["review"] == "unreviewed" and any(row[name] is not None for name in ADDED) for row in rows(path))
    assert alone > 0
    assert line.startswith(f"{alone} detections of earlier runs are kept")
    assert "'age'" in line


def test_it_is_placed_and_counted_anew(path: Path) -> None:
    before, sky = said(path), weather(path)
    georeference(path, PoseSettings())
    assert (said(path), weather(path)) == (before, sky)
    counts = geopackage.read_counts(path)
    assert counts is not None
    geopackage.write_counts(path, counts)
    assert (said(path), weather(path)) == (before, sky)
    check_geopackage(path)


def test_a_column_that_herdmap_has_by_now_stays_a_persons(path: Path) -> None:
    add(path, columns={"kind": ("TEXT", ["Bergschaf"]), "SEEN": ("INTEGER", [7, 8])})
    georeference(path, PoseSettings())
    assert [(row["kind_added"], row["SEEN_added"]) for row in rows(path)][:3] == [
        ("Bergschaf", 7),
        (None, 8),
        (None, None),
    ]
    assert {row["kind"] for row in rows(path)} == {"box"}
    georeference(path, PoseSettings())
    assert rows(path)[0]["kind_added"] == "Bergschaf"
    check_geopackage(path)


FORM = """
from qgis.gui import QgsGui
QgsGui.editorWidgetRegistry().initEditors()
layer = QgsVectorLayer(f"{sys.argv[1]}|layername=detections", "x", "ogr")
layer.loadDefaultStyle()
form, columns = layer.editFormConfig(), layer.attributeTableConfig().columns()
shown = {column.name for column in columns if not column.hidden}
found = {}
for index, field in enumerate(layer.fields()):
    widget = QgsGui.editorWidgetRegistry().findBest(layer, field.name()).type()
    found[field.name()] = [widget, not form.readOnly(index), field.name() in shown]
print(json.dumps(found))
"""


@pytest.mark.qgis
def test_qgis_shows_them_in_the_form_and_in_the_table(path: Path) -> None:
    georeference(path, PoseSettings())
    found = json.loads(in_qgis(FORM, path).splitlines()[-1])
    for name, widget in {
        "age": "TextEdit",
        "group size": "TextEdit",
        "carcass": "CheckBox",
        "order": "DateTime",
    }.items():
        assert found[name] == [widget, True, True]
    assert found['a "quoted" 獅子'][1:] == [True, True]
    assert found["score"][1] is False


def test_every_command_leaves_them_on_their_animals(path: Path, here: HerdmapHere) -> None:
    """What the commands write for others is compared row by row with the survey; the survey itself stays."""
    folder, before = path.parent, said(path)
    places = {(place[0], *map(float, place[1:])): values for place, values in before.items()}
    square = shapely.box(*geopackage.read_detections(path).polygons_map.reshape(-1, 2).min(0) - 1, *(
        geopackage.read_detections(path).polygons_map.reshape(-1, 2).max(0) + 1
    ))  # fmt: skip
    crs = geopackage.read_crs(path)
    vector.write_vector(
        folder / "t.gpkg", "GPKG", [shapely.to_wkb(square)] * 2, "Polygon",
        {"stratum": np.array(["a", "a"], object), "transect": np.array(["1", "2"], object)}, crs,
    )  # fmt: skip
    (folder / "strata.csv").write_text("stratum,area_km2\na,2\n")
    shutil.copy(path, folder / "copy.gpkg")
    for command in (
        ("count", path, "--regions", folder / "regions.gpkg"),
        ("estimate", path, "--transects", folder / "t.gpkg", "--strata", folder / "strata.csv"),
        ("georeference", path),
        ("merge-reviews", path, folder / "copy.gpkg", "-o", folder / "merged.gpkg"),
        ("share", path, "-o", folder / "shared"),
        ("export", path, "-o", folder / "all.csv", "--review", "all", "--every-sighting"),
        ("export", path, "-o", folder / "all.geojson", "--review", "all", "--every-sighting"),
        ("export-data", path, "-o", folder / "coco.json", "--photos", "all"),
        ("detect", folder / "photos", "-o", path, "--score", "0.9"),
    ):
        done = here(*command)
        assert done.code == 0, (command[0], done.err)
        assert said(path) == before, command[0]
    assert said(folder / "merged.gpkg") == before
    assert said(folder / "shared" / "survey.gpkg") == before
    box = ("xmin", "ymin", "xmax", "ymax")
    with (folder / "all.csv").open(encoding="utf-8", newline="") as file:
        exported = {(row["image"], *(float(row[name]) for name in box)): row for row in csv.DictReader(file)}
    for place, values in places.items():
        texts = {name: "" if value is None else str(value) for name, value in values.items()}
        assert {name: exported[place][name] for name in ADDED} == texts
    document = json.loads((folder / "coco.json").read_text(encoding="utf-8"))
    photo = {image["id"]: "photos/" + Path(image["file_name"]).name for image in document["images"]}
    kept = [one for one in document["annotations"] if "attributes" in one]
    assert kept
    for one in kept:
        x, y, w, h = one["bbox"]
        own = {place[1:]: values for place, values in places.items() if place[0] == photo[one["image_id"]]}
        (values,) = (own[place] for place in own if np.allclose(place, (x, y, x + w, y + h), atol=0.02))
        assert one["attributes"] == {name: value for name, value in values.items() if value is not None}
