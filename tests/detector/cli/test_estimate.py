"""The commands `estimate` and `sample` on a finished survey, as they are typed."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from geo import geopackage
from geo.estimates.table import CSV_COLUMNS
from tests.command_line import Ended, HerdmapHere, write_regions
from tests.geo.estimates.test_jolly import TEXTBOOK_Y, TEXTBOOK_Z
from tests.surveys.tiled_pasture import ANIMALS, AREA_KM2, SETTINGS, ZONE, centres, mark, review_all, say


def table(text: str) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert tuple(rows[0]) == CSV_COLUMNS
    return rows


def estimated(end: Ended) -> dict[str, str]:
    """The row over all strata of the one class."""
    assert end.code == 0, end
    (row,) = (row for row in table(end.out) if row["stratum"] == "all")
    return row


def textbook(folder: Path, transects: str = "") -> tuple[Path, Path]:
    lines = [f"A,{i},cow,{y},{z}" for i, (y, z) in enumerate(zip(TEXTBOOK_Y, TEXTBOOK_Z, strict=True))]
    flown, strata = folder / "t.csv", folder / "s.csv"
    flown.write_text("\n".join(["stratum,transect,class,count,area_km2", *lines]), encoding="utf-8")
    strata.write_text(f"stratum,area_km2,transects\nA,726,{transects}\n", encoding="utf-8")
    return flown, strata


def test_estimate_meets_the_textbook(tmp_path: Path, here: HerdmapHere) -> None:
    flown, strata = textbook(tmp_path, "33")
    row = estimated(here("estimate", "--transects", flown, "--strata", strata))
    assert (row["class"], row["n"], row["N"], row["area_km2"]) == ("cow", "10", "33", "726")
    assert float(row["estimate"]) == pytest.approx(893.085252631579, rel=1e-9)
    assert float(row["se"]) == pytest.approx(26.225870584873565, rel=1e-9)
    assert float(row["cv"]) == pytest.approx(26.225870584873565 / 893.085252631579, rel=1e-9)
    flown, strata = textbook(tmp_path)
    row = estimated(here("estimate", "--transects", flown, "--strata", strata))
    assert float(row["N"]) == pytest.approx(34.73684210526316, rel=1e-9)
    assert float(row["se"]) == pytest.approx(778.6685663717489**0.5, rel=1e-9)
    assert float(row["ci_low"]) == pytest.approx(829.9605862625452, rel=1e-9)
    assert float(row["ci_high"]) == pytest.approx(956.2099190006128, rel=1e-9)


def test_what_is_printed_where(tmp_path: Path, here: HerdmapHere) -> None:
    flown, strata = textbook(tmp_path)
    on_stdout = here("estimate", "--transects", flown, "--strata", strata)
    table(on_stdout.out)
    for words in ("Jolly's Method 2", "Var(Y) = N (N - n) / n", "bootstrap", "95 % CI"):
        assert words in on_stdout.err
    to_file = here("estimate", "--transects", flown, "--strata", strata, "-o", tmp_path / "e.csv")
    assert (tmp_path / "e.csv").read_text(encoding="utf-8") == on_stdout.out
    assert (to_file.out, to_file.err) == (on_stdout.err, "")


def test_one_transect_has_an_estimate_and_no_se(tmp_path: Path, here: HerdmapHere) -> None:
    (tmp_path / "t.csv").write_text("stratum,transect,count,area_km2\nA,1,7,2\nB,1,3,1\nB,2,5,1\n", encoding="utf-8")
    (tmp_path / "s.csv").write_text("stratum,area_km2\nA,20\nB,10\n", encoding="utf-8")
    end = here("estimate", "--transects", tmp_path / "t.csv", "--strata", tmp_path / "s.csv")
    assert end.code == 0
    a, b, both = table(end.out)
    unknown = ("se", "ci_low", "ci_high", "cv")
    assert (a["estimate"], b["estimate"], both["estimate"]) == ("70", "40", "110")
    assert [a[name] for name in unknown] == [both[name] for name in unknown] == [""] * 4
    assert all(b[name] for name in unknown)
    assert "transect" in end.problems[0]


def test_estimate_from_the_simulators_counts(folder: Path, here: HerdmapHere) -> None:
    with (folder / "transects.csv").open(encoding="utf-8") as file:
        flown = list(csv.DictReader(file))
    row = estimated(here("estimate", "--transects", folder / "transects.csv", "--strata", folder / "strata.csv"))
    animals, searched = (sum(float(one[name]) for one in flown) for name in ("count", "area_km2"))
    assert int(row["n"]) == len(flown) == 3
    assert float(row["density_per_km2"]) == pytest.approx(animals / searched, rel=1e-9)
    assert float(row["estimate"]) == pytest.approx(animals / searched * AREA_KM2, rel=1e-9)


def on_the_ground(folder: Path) -> tuple[int, float]:
    """Detections in the simulator's transects, and their km2 on the ellipsoid: by shapely and pyproj alone."""
    strips = shapely.from_wkb(pyogrio.raw.read(folder / "transects.gpkg")[2])
    points = shapely.points(centres(folder / "survey.gpkg"))
    to_degrees = pyproj.Transformer.from_crs(ZONE, 4326, always_xy=True)
    km2 = 0.0
    for strip in strips:
        ring = to_degrees.transform(*shapely.get_coordinates(shapely.segmentize(strip, 1.0)).T)
        km2 += abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(*ring)[0]) / 1e6
    return sum(int(shapely.contains(strip, points).sum()) for strip in strips), km2


def test_estimate_from_a_survey_and_its_transects(
    folder: Path, here: HerdmapHere, check_gpkg: Callable[..., None]
) -> None:
    survey = folder / "survey.gpkg"
    end = here("estimate", survey, "--transects", folder / "transects.gpkg", "--strata", folder / "strata.csv")
    row = estimated(end)
    seen, searched = on_the_ground(folder)
    assert seen > 0
    assert float(row["density_per_km2"]) == pytest.approx(seen / searched, rel=1e-6)
    assert float(row["estimate"]) == pytest.approx(seen / searched * AREA_KM2, rel=1e-6)
    with closing(sqlite3.connect(survey)) as db, db:
        columns = [{"N": "n_possible"}.get(name, name) for name in CSV_COLUMNS[:11]]
        stored = db.execute(f"SELECT {', '.join(columns)} FROM estimates ORDER BY fid").fetchall()
        (method,) = db.execute("SELECT DISTINCT method FROM estimates").fetchone()
    assert [[str(v) for v in line[:3]] for line in stored] == [list(r.values())[:3] for r in table(end.out)]
    np.testing.assert_allclose(
        [line[3:] for line in stored], [[float(v) for v in list(r.values())[3:11]] for r in table(end.out)], rtol=1e-9
    )
    assert "Jolly" in method
    check_gpkg(survey)


def test_estimate_after_the_review(folder: Path, here: HerdmapHere) -> None:
    survey = folder / "survey.gpkg"
    (folder / "all.csv").write_text(f"stratum,area_km2\nA,{2 * AREA_KM2}\n", encoding="utf-8")
    block = write_regions(folder / "block.geojson", {"1": (0, 0, 44, 36)}, "transect")
    asked = ("estimate", survey, "--transects", block, "--strata", folder / "all.csv", "--full-count")
    for fid, said in ((1, "rejected"), (2, "confirmed"), (3, "confirmed")):
        say(survey, fid, said)
    found = len(centres(survey))
    # The sum, whatever the area: nothing was sampled.
    assert float(estimated(here(*asked))["estimate"]) == found - 1
    assert float(estimated(here(*asked, "--review", "all"))["estimate"]) == found
    row = estimated(here(*asked, "--review", "confirmed"))
    assert float(row["estimate"]) == 2


def test_a_stratum_that_the_strata_do_not_have_is_named(folder: Path, here: HerdmapHere) -> None:
    (folder / "other.csv").write_text("stratum,area_km2\nelsewhere,1\n", encoding="utf-8")
    rows = [f"{photo},1,hills" for photo in geopackage.read_images(folder / "survey.gpkg").path]
    (folder / "photos.csv").write_text("\n".join(["photo,transect,stratum", *rows]), encoding="utf-8")
    for transects in ((folder / "transects.gpkg",), ("photos", "--transect-table", folder / "photos.csv")):
        end = here("estimate", folder / "survey.gpkg", "--transects", *transects, "--strata", folder / "other.csv")
        assert end.code == 2, end.err
        assert "of the transects is not among the strata: 'elsewhere'" in end.err


def test_lines_need_a_width(folder: Path, here: HerdmapHere) -> None:
    survey, (x, y) = folder / "survey.gpkg", SETTINGS.origin
    features = [
        {
            "type": "Feature",
            "properties": {"transect": i},
            "geometry": {"type": "LineString", "coordinates": [[x, y - down], [x + 44, y - down]]},
        }
        for i, down in enumerate((6, 18, 30))
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32737"}}
    lines = folder / "lines.geojson"
    lines.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    asked = ("estimate", survey, "--transects", lines, "--strata", folder / "strata.csv")
    end = here(*asked)
    assert end.code == 2
    assert "--strip-width" in end.err
    down = y - centres(survey)[:, 1]
    for width in (6.0, 11.9):
        row = estimated(here(*asked, "--strip-width", width))
        seen = sum(int((np.abs(down - middle) < width / 2).sum()) for middle in (6, 18, 30))
        assert float(row["estimate"]) == pytest.approx(seen * 36 / (3 * width), rel=2e-3)


def test_a_plot_a_wish_and_a_seed(tmp_path: Path, here: HerdmapHere) -> None:
    flown, strata = textbook(tmp_path)
    asked = ("estimate", "--transects", flown, "--strata", strata, "-o", tmp_path / "e.csv")
    end = here(*asked, "--plot", tmp_path / "e.svg", "--precision", 5)
    assert end.code == 0
    assert "cow: for a precision of 5 %: now 7.1 %; fly more transects: about 16 instead of 10" in end.out
    assert "reached (7.1 %)" in here(*asked, "--precision", 8).out
    assert ElementTree.parse(tmp_path / "e.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert "seed 0" in end.out

    def intervals(*more: object) -> list[str]:
        return re.findall(r"\d+ to \d+$", here(*asked, *more).out, flags=re.M)

    assert intervals() == intervals("--seed", 0)
    assert len({tuple(intervals("--seed", seed)) for seed in range(4)}) > 1


# ---- sample, and the estimate that it corrects ----------------------------------------------


def test_sample_draws_both_kinds_and_grows(folder: Path, here: HerdmapHere) -> None:
    survey, sample = folder / "survey.gpkg", folder / "sample.csv"
    found = dict(zip((images := geopackage.read_images(survey)).path, (images.detections > 0).tolist(), strict=True))

    def drawn() -> dict[str, dict[str, str]]:
        with sample.open(encoding="utf-8") as file:
            return {row["photo"]: row for row in csv.DictReader(file)}

    end = here("sample", survey, "-o", sample, "--positive", 2, "--empty", 1, "--seed", 5)
    assert (end.code, end.err) == (0, "")
    assert end.out.startswith(f"{sample}: 2 photos called positive and 1 called empty")
    small = drawn()
    assert [found[photo] for photo in small] == [True, True, False]
    assert all(row["called"] == ("positive" if found[photo] else "empty") for photo, row in small.items())
    mark(sample, lambda row: row["order"] == "1")
    marked = {photo for photo, row in drawn().items() if row["reviewed"]}
    assert len(marked) == 2
    assert here("sample", survey, "-o", sample, "--seed", 5).code == 0
    assert set(drawn()) == set(found)
    assert {photo for photo, row in drawn().items() if row["reviewed"]} == marked
    assert [photo for photo, row in drawn().items() if row["order"] == "1"] == [
        photo for photo, row in small.items() if row["order"] == "1"
    ]
    before = sample.read_bytes()
    fewer = here("sample", survey, "-o", sample, "--positive", 0, "--empty", 1, "--seed", 5)
    assert fewer.code == 2
    assert "reviewed photos" in fewer.err
    assert sample.read_bytes() == before


def test_a_whole_review_corrects_the_estimate_to_what_was_true(folder: Path, here: HerdmapHere) -> None:
    survey, sample = folder / "survey.gpkg", folder / "sample.csv"
    asked = ("estimate", survey, "--transects", folder / "transects.gpkg", "--strata", folder / "strata.csv")
    say(survey, 1, "rejected")  # of whatever the factor is made, it is not 1
    boxes, plain = len(centres(survey)), estimated(here(*asked, "--review", "all"))
    assert here("sample", survey, "-o", sample).code == 0
    confirmed, rejected, drawn = review_all(survey)
    assert confirmed + rejected == boxes
    assert confirmed + drawn == ANIMALS
    mark(sample, lambda row: True)
    ends = [here(*asked, "--correct", which, "--precision", 1) for which in (sample, "all")]
    assert ends[0].out == ends[1].out
    row = estimated(ends[0])
    # All was reviewed, so the factor has no error of its own and is animals for each box.
    assert float(row["estimate"]) == pytest.approx(float(plain["estimate"]) * ANIMALS / boxes, rel=1e-9)
    precision, recall = confirmed / boxes, confirmed / ANIMALS
    for words in (
        "Corrected for misses and false alarms",
        f"sheep: precision {precision:.3f} (0.000), recall {recall:.3f} (0.000), factor {ANIMALS / boxes:.3f} (0.000)",
        "no review reaches it, since the transects differ too much",
    ):
        assert words in ends[0].err


def test_sample_then_estimate_by_what_was_reviewed_of_it(folder: Path, here: HerdmapHere) -> None:
    survey, sample = folder / "survey.gpkg", folder / "sample.csv"
    asked = ("estimate", survey, "--transects", folder / "transects.gpkg", "--strata", folder / "strata.csv")
    assert here("sample", survey, "-o", sample, "--seed", 2).code == 0
    review_all(survey)
    mark(sample, lambda row: int(row["order"]) <= (3 if row["called"] == "positive" else 2))
    with sample.open(encoding="utf-8") as file:
        called = [row["called"] for row in csv.DictReader(file)]
    end = here(*asked, "--correct", sample, "-o", folder / "e.csv")
    assert end.code == 0
    first, second = called.count("positive"), called.count("empty")
    assert f"Reviewed: 3 of {first} photos called positive, 2 of {second} called empty" in end.out
    row = table((folder / "e.csv").read_text(encoding="utf-8"))[-1]
    assert float(row["estimate"]) > 0
    mark(sample, lambda row: row["order"] == "4" and row["called"] == "positive")
    with sample.open(encoding="utf-8") as file:
        text = file.read()
    sample.write_text(text.replace("positive,1,", "positive,99,", 1), encoding="utf-8")
    assert "were not reviewed in the order of the sample" in here(*asked, "--correct", sample).err
