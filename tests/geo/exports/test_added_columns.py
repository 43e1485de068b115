"""Columns that a person added to a survey, in every format that has attributes."""

import csv
import importlib
import json
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from geo.exports.animals import COLUMNS, read_animals
from geo.exports.coco import export_data
from geo.exports.formats import export
from tests import read_back
from tests.geo.test_added_columns import ADDED, add
from tests.surveys import small

LONG = ("a_long_name_that_no_shapefile_holds", "a_long_name_that_no_shapefile_takes")


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With columns of every kind, and two that the exports have a column of that name for."""
    path = small.write(tmp_path_factory.mktemp("survey") / "survey.gpkg")
    add(path, columns={**ADDED, "Lon": ("TEXT", ["east"]), "gsd_m": ("REAL", [0.5])})
    return path


def wanted(name: str, row: int) -> Any:
    values = ADDED[name][1]
    return values[row] if row < len(values) else None


NAMES = [name for name in ADDED if name != "picture"]


def test_csv(survey: Path, tmp_path: Path) -> None:
    export(survey, tmp_path / "a.csv", review="all", raw=True)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == [*COLUMNS, *NAMES, "Lon_added", "gsd_m_added"]
    for row in range(5):
        for name in NAMES:
            value = wanted(name, row)
            assert table[row][name] == ("" if value is None else str(value))
    assert (table[0]["Lon_added"], table[0]["gsd_m_added"]) == ("east", "0.5")
    assert float(table[0]["lon"]) == read_animals(survey, "all").columns["lon"][0]


def test_geojson(survey: Path, tmp_path: Path) -> None:
    export(survey, tmp_path / "a.geojson", review="all")
    features = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    for row in range(5):
        assert {name: features[row]["properties"][name] for name in NAMES} == {n: wanted(n, row) for n in NAMES}


def test_parquet(survey: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow, which the dev extra has")
    export(survey, tmp_path / "a.parquet", review="all")
    table = importlib.import_module("pyarrow.parquet").read_table(tmp_path / "a.parquet")
    for name in NAMES:
        assert table[name].to_pylist()[:5] == [wanted(name, row) for row in range(5)]
    assert {str(table[name].type) for name in ("group size", "carcass", "order")} == {"int64"}


def test_kml(survey: Path, tmp_path: Path) -> None:
    export(survey, tmp_path / "a.kml", review="all")
    space = "{http://www.opengis.net/kml/2.2}"
    marks = ET.parse(tmp_path / "a.kml").iter(f"{space}Placemark")
    data = [{d.get("name"): d[0].text or "" for d in mark.iter(f"{space}Data")} for mark in marks]
    ids = read_animals(survey, "all").columns["id"]
    for row in range(5):
        (found,) = [each for each in data if each["id"] == ids[row]]
        said = {name: str(value) for name in NAMES if (value := wanted(name, row)) is not None}
        assert {name: text for name, text in found.items() if name in NAMES} == said


def test_shapefile(survey: Path, tmp_path: Path) -> None:
    done = export(survey, tmp_path / "a.shp", review="all")
    found = [one["properties"] for one in read_back.features(tmp_path / "a.shp")]
    assert [one["a_long_nam"] for one in found[:3]] == ["long", None, "longer"]
    assert [one["a_long_n_2"] for one in found[:2]] == ["other", None]
    assert [one["group_size"] for one in found[:4]] == [3, 0, None, -(2**40)]
    assert f"{LONG[1]} is a_long_n_2" in done.warnings[0]


def test_darwin_core(survey: Path, tmp_path: Path) -> None:
    export(survey, tmp_path / "a.zip", review="all")
    lines = zipfile.ZipFile(tmp_path / "a.zip").read("occurrence.txt").decode().splitlines()
    heads = lines[0].split("\t")
    each = {cells[0]: dict(zip(heads, cells, strict=True)) for cells in (line.split("\t") for line in lines[1:])}
    animals = read_animals(survey, "all")
    for row in range(5):
        if (found := each.get(f"urn:uuid:{animals.columns['id'][row]}")) is not None:
            said = {name: value for name in NAMES if (value := wanted(name, row)) is not None}
            told = json.loads(found["dynamicProperties"] or "{}")
            assert {name: value for name, value in told.items() if name in NAMES} == said
    assert any(one["dynamicProperties"] for one in each.values())


def test_training_data(survey: Path, tmp_path: Path) -> None:
    export_data(survey, tmp_path / "coco.json", photos="all")
    found = json.loads((tmp_path / "coco.json").read_text(encoding="utf-8"))["annotations"]
    told = [one["attributes"] for one in found if "attributes" in one]
    assert all(one["attributes"] for one in found if "attributes" in one), "what says nothing has none"
    kept = [n for n, review in enumerate(small.detections().text("review")[:4]) if review != "rejected"]
    said = [{name: value for name in NAMES if (value := wanted(name, row)) is not None} for row in kept]
    for each in filter(None, said):
        assert any(each.items() <= one.items() for one in told)
