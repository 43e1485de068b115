"""The command plan, as it is typed: its files are read back by other programs' rules, and by estimate."""

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pyproj
import pytest

from geo.estimates.strips import read_strips
from geo.vector import read_shapes
from tests.command_line import HerdmapHere

GPX = "{http://www.topografix.com/GPX/1/1}"
GEOD = pyproj.Geod(ellps="WGS84")
Ring = list[tuple[float, float]]


def strata_file(folder: Path, shapes: dict[str, list[Ring]]) -> Path:
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {"stratum": name},
            "geometry": {"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]] for ring in rings]},
        }
        for name, rings in shapes.items()
    ]
    path = folder / "strata.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def box(west: float, south: float, east: float, north: float) -> Ring:
    return [(west, south), (east, south), (east, north), (west, north)]


def routes(path: Path) -> dict[str, list[tuple[str, float, float]]]:
    return {
        route.findtext(f"{GPX}name") or "": [
            (point.findtext(f"{GPX}name") or "", float(point.attrib["lon"]), float(point.attrib["lat"]))
            for point in route.iter(f"{GPX}rtept")
        ]
        for route in ET.parse(path).getroot().iter(f"{GPX}rte")
    }


def test_a_plan_for_a_wanted_cv(tmp_path: Path, here: HerdmapHere) -> None:
    given = strata_file(tmp_path, {"O'Brien <Hills>": [box(36, -2, 36.8, -2.4)], "Plaine é": [box(37, -2, 37.3, -2.2)]})
    pilot = tmp_path / "pilot.csv"
    counts = "".join(f"O'Brien <Hills>,{n},{(n * 7) % 11},5\n" for n in range(12))
    pilot.write_text(f"stratum,transect,count,area_km2\n{counts}", encoding="utf-8")
    out, gpx = tmp_path / "plan.gpkg", tmp_path / "plan.gpx"
    command = ("plan", given, "-o", out, "--gpx", gpx, "--strip-width", 300, "--photo-every", 150, "--pilot", pilot)
    end = here(*command, "--cv", 10)
    assert end.code == 0
    assert end.problems == ["herdmap: pilot.csv has no stratum 'Plaine é': the mean of all its strata stands for it"]
    assert "seed 0" in end.out
    assert "expected CV 10%" in end.out.splitlines()[3]
    assert "photos" in end.out
    assert "herdmap compare" in end.out
    flown = routes(gpx)
    assert set(flown) == {"OBrie", "Plain"}
    names = [name for points in flown.values() for name, _, _ in points]
    assert max(map(len, names)) <= 10
    assert len(set(names)) == len(names)
    ends = [(a[1:], b[1:]) for one in flown.values() for a, b in zip(one[::2], one[1::2], strict=True)]
    km = sum(GEOD.line_length([a[0], b[0]], [a[1], b[1]]) for a, b in ends)
    stated = float(end.out.splitlines()[3].split(" km;")[0].split()[-1].replace(",", ""))
    assert km / 1000 == pytest.approx(stated, rel=1e-3)


def test_the_layer_is_what_estimate_reads(tmp_path: Path, here: HerdmapHere) -> None:
    given = strata_file(tmp_path, {"A": [box(36, -2, 36.4, -2.2)]})
    out = tmp_path / "p.gpkg"
    assert here("plan", given, "-o", out, "--strip-width", 400, "--number", 8).code == 0
    strips = read_strips(out)
    assert (strips.stratum, strips.names[0]) == (("A",) * 8, "A-1")
    lengths = read_shapes(out).columns["length_km"]
    assert math.fsum(strips.area_km2) == pytest.approx(0.4 * math.fsum(lengths), rel=2e-3)


def test_a_plan_over_180_degrees_and_in_parts(tmp_path: Path, here: HerdmapHere) -> None:
    given = strata_file(tmp_path, {"Taveuni": [box(179.6, -17, 180, -16.6), box(-180, -17, -179.7, -16.6)]})
    gpx = tmp_path / "p.gpx"
    assert here("plan", given, "-o", tmp_path / "p.gpkg", "--gpx", gpx, "--strip-width", 300, "--number", 7).code == 0
    points = routes(gpx)["Taveu"]
    assert len(points) == 14, "the parts are one, so each line is one piece"
    lon = np.array([point[1] for point in points])
    lat = np.array([point[2] for point in points])
    assert (np.abs(lon) <= 180).all()
    assert lon.min() < 0 < lon.max()
    assert max(GEOD.line_lengths(lon, lat)) < 60_000, "no leg goes round the earth"


def test_wishes_that_cannot_be(tmp_path: Path, here: HerdmapHere) -> None:
    given = strata_file(tmp_path, {"A": [box(36, -2, 36.4, -2.2)], "dot": [box(37, -2, 37.002, -2.002)]})
    command = ("plan", given, "-o", tmp_path / "p.gpkg", "--strip-width", 300)
    assert "give one of --cv PCT, --km KM and --number N" in here(*command).err
    assert "give one of" in here(*command, "--km", 5, "--number", 3).err
    assert "give --pilot FILE or --density N" in here(*command, "--cv", 20).err
    assert "no stratum is called 'B'" in here(*command, "--km", 90, "--bearing", "B=20").err
    assert "expected DEG or STRATUM=DEG" in here(*command, "--km", 90, "--bearing", "north").err
    end = here(*command, "--km", 90, "--seed", 3)
    assert end.code == 0
    assert "seed 3" in end.out
    assert "two transects are the least" in end.err
    areas = tmp_path / "areas.csv"
    areas.write_text("stratum,area_km2\nA,100\n", encoding="utf-8")
    assert "expected polygons" in here("plan", areas, "-o", tmp_path / "p.gpkg", "--strip-width", 9, "--km", 9).err
    pilot = tmp_path / "pilot.csv"
    pilot.write_text(
        "stratum,transect,class,count,area_km2\nA,1,cow,2,1\nA,2,goat,5,1\nA,3,goat,1,1\n", encoding="utf-8"
    )
    assert "choose it with --class CLASS" in here(*command, "--cv", 20, "--pilot", pilot).err
    assert here(*command, "--cv", 20, "--pilot", pilot, "--class", "goat").code == 0


def test_shares_kilometres_and_strata_without_a_shape_are_noticed(tmp_path: Path, here: HerdmapHere) -> None:
    given = strata_file(tmp_path, {"A": [box(36, -2, 36.1, -2.05)], "B": [box(37, -2, 37.1, -2.05)]})
    table = json.loads(given.read_text(encoding="utf-8"))
    table["features"][1]["geometry"] = None
    given.write_text(json.dumps(table), encoding="utf-8")
    command = ("plan", given, "-o", tmp_path / "plan.gpkg")
    end = here(*command, "--strip-width", 300, "--density", 5, "--cv", 0.2)
    assert end.code == 2
    assert "1<=x<=200" in end.err
    end = here(*command, "--strip-width", 0.3, "--number", 2)
    assert "have no polygon, so they add no ground: 'B'" in end.err
    assert "a strip of 0.3 m is narrow; expected metres, such as 300 and not 0.3" in end.err
