"""The commands on a finished survey, as they are typed: estimate, sample, export, export-data, merge-reviews.

The survey is a simulated pasture in tiles, as if each were a photo, with what the bundled model finds in them.
"""

import csv
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from detector.labels.coco import read_coco
from geo import geopackage
from geo.estimates.table import CSV_COLUMNS
from geo.geopackage import schema
from geo.raster import RasterReader, write_geotiff
from geo.simulation import SurveySettings, simulate
from tests import read_back
from tests.command_line import Ended, HerdmapHere, everything_in, write_regions
from tests.geo.estimates.test_jolly import TEXTBOOK_Y, TEXTBOOK_Z

ANIMALS = 24
TILE = (440, 480)  # px
SETTINGS = SurveySettings(
    seed=3,
    width_m=44,
    height_m=36,
    animals=ANIMALS,
    photos=True,
    photo_width_px=240,
    photo_height_px=180,
    strips=3,
    side_overlap=0.0,
)
AREA_KM2 = 44 * 36 / 1e6
ZONE = SETTINGS.crs


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    """`herdmap ...` in this process."""
    return HerdmapHere(capsys)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the survey as detect leaves it, its transects and strata, and the truth. Copied, never changed."""
    from detector import survey

    simulated = simulate(tmp_path_factory.mktemp("simulated"), SETTINGS)
    folder = tmp_path_factory.mktemp("made")
    (folder / "photos").mkdir()
    with RasterReader(simulated.orthomosaic) as mosaic:
        transform = mosaic.info.georeference.transform
        assert transform is not None
        a, b, c, d, e, f = transform
        wkt = mosaic.info.georeference.crs_wkt
        for y in range(0, SETTINGS.height_px, TILE[1]):
            for x in range(0, SETTINGS.width_px, TILE[0]):
                pixels, _ = mosaic.read(x, y, *TILE)
                there = (a, b, c + a * x, d, e, f + e * y)
                write_geotiff(folder / f"photos/{x:04d}-{y:04d}.tif", [pixels], *TILE, there, wkt, overviews=False)
    survey.detect([str(folder / "photos")], folder / "survey.gpkg")
    assert simulated.transects is not None
    assert simulated.transects_csv is not None
    for file in (simulated.transects, simulated.transects_csv, simulated.truth):
        shutil.copy(file, folder)
    (folder / "strata.csv").write_text(f"stratum,area_km2\nsimulated,{AREA_KM2}\n", encoding="utf-8")
    shutil.rmtree(folder / "survey.herdmap")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the survey's folder, with a space in its name."""
    return Path(shutil.copytree(made, tmp_path / "my survey"))


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


def centres(survey: Path) -> np.ndarray:
    """(N, 2) of the detections, on the map, in the file's order."""
    return geopackage.read_detections(survey).polygons_map[:, :4].mean(axis=1)


def edit(survey: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Write into a survey as QGIS does."""
    db = sqlite3.connect(survey)
    with db:
        schema.allow_edits(db)
        for statement, values in statements:
            db.execute(statement, values)
    db.close()


def say(survey: Path, fid: int, review: str, reviewer: str = "Ann", at: str = "2026-01-01T08:00:00Z") -> None:
    edit(
        survey,
        ("UPDATE detections SET review = ?, reviewer = ?, reviewed_at = ? WHERE fid = ?", (review, reviewer, at, fid)),
    )


def review_all(survey: Path) -> tuple[int, int, int]:
    """Confirm what is an animal by the truth, reject the rest, draw what is missing. Numbers of each."""
    geometries = pyogrio.raw.read(survey.with_name("truth.gpkg"), layer="animals")[2]
    left = dict(enumerate(shapely.from_wkb(geometries)))
    numbers = {"confirmed": 0, "rejected": 0}
    for fid, centre in enumerate(shapely.points(centres(survey)), start=1):
        found = next((name for name, box in left.items() if box.buffer(0.2).covers(centre)), None)
        left.pop(found, None)
        said = "rejected" if found is None else "confirmed"
        say(survey, fid, said)
        numbers[said] += 1
    for box in left.values():
        x, y = box.centroid.x - SETTINGS.origin[0], SETTINGS.origin[1] - box.centroid.y
        column, row = (int(v / SETTINGS.gsd_m // size) * size for v, size in zip((x, y), TILE, strict=True))
        low = np.array(box.bounds)[[0, 3]] - SETTINGS.origin
        high = np.array(box.bounds)[[2, 1]] - SETTINGS.origin
        px = np.concatenate([low, high]) * (1, -1, 1, -1) / SETTINGS.gsd_m - (column, row, column, row)
        blob = b"GP\0\1" + np.int32(pyproj.CRS(ZONE).to_epsg()).tobytes() + shapely.to_wkb(box)
        insert = (
            "INSERT INTO detections (geom, image, class, xmin, ymin, xmax, ymax, review, reviewer, run_id) "
            "VALUES (?, ?, 'sheep', ?, ?, ?, ?, 'confirmed', 'Ann', 'manual')"
        )
        edit(survey, (insert, (blob, f"photos/{column:04d}-{row:04d}.tif", *px.tolist())))
    return numbers["confirmed"], numbers["rejected"], len(left)


def mark(sample: Path, some: Callable[[dict[str, str]], bool]) -> None:
    """Write yes into the column reviewed of these rows."""
    with sample.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with sample.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "reviewed": "yes" if some(row) else row["reviewed"]} for row in rows)


def test_the_survey_is_one_to_test_with(made: Path) -> None:
    """Some tiles have animals and some have none, and the model is good but not perfect."""
    found = geopackage.read_images(made / "survey.gpkg").detections
    assert 0 < (found > 0).sum() < len(found) == 12
    assert sum(found) == pytest.approx(ANIMALS, abs=6)


# ---- estimate -------------------------------------------------------------------------------


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
    with sqlite3.connect(survey) as db:
        columns = [{"N": "n_possible"}.get(name, name) for name in CSV_COLUMNS]
        stored = db.execute(f"SELECT {', '.join(columns)} FROM estimates ORDER BY fid").fetchall()
        (method,) = db.execute("SELECT DISTINCT method FROM estimates").fetchone()
    db.close()
    assert [[str(v) for v in line[:3]] for line in stored] == [list(r.values())[:3] for r in table(end.out)]
    np.testing.assert_allclose(
        [line[3:] for line in stored], [[float(v) for v in list(r.values())[3:]] for r in table(end.out)], rtol=1e-9
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
    assert "cow: for a precision of 5 %: now 7.1 %; fly more transects" in end.out
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


# ---- export ---------------------------------------------------------------------------------


def exported(path: Path) -> int:
    """How many animals another program reads in an exported file."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return len(archive.read("occurrence.txt").decode("utf-8").splitlines()) - 1
    if path.suffix == ".parquet":
        geopandas = pytest.importorskip("geopandas", reason="needs geopandas and pyarrow, which the dev extra has")
        return len(geopandas.read_parquet(path))
    return len(read_back.features(path))


@pytest.mark.parametrize("ending", ["csv", "geojson", "parquet", "kml", "shp", "zip"])
def test_export_to_every_format(folder: Path, here: HerdmapHere, ending: str) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow, which the dev extra has")
    survey, before = folder / "survey.gpkg", len(centres(folder / "survey.gpkg"))
    say(survey, 1, "rejected")
    say(survey, 2, "confirmed")
    stored = survey.read_bytes()
    output = folder / f"animals.{ending}"
    for more, number in (((), before - 1), (("--review", "confirmed"), 1)):
        end = here("export", survey, "-o", output, *more)
        assert (end.code, end.out) == (0, f"{output}: {number} animals\n")
        assert all(line.startswith("herdmap: ") for line in end.problems)
        assert exported(output) == number
    end = here("export", survey, "-o", output, "--review", "all")
    assert end.code == 0
    # What a person rejected is no occurrence, whatever was asked for; it is said.
    assert exported(output) == (before - 1 if ending == "zip" else before)
    assert end.out == f"{output}: {exported(output)} animals\n"
    assert ("1 animals are left out" in end.err) == (ending == "zip")
    assert survey.read_bytes() == stored


def test_export_shapes_and_every_sighting(folder: Path, here: HerdmapHere) -> None:
    survey, found = folder / "survey.gpkg", len(centres(folder / "survey.gpkg"))
    for shape, kind in (("box", "Polygon"), ("point", "Point")):
        assert here("export", survey, "-o", folder / "a.geojson", "--shape", shape).code == 0
        document = json.loads((folder / "a.geojson").read_text(encoding="utf-8"))
        assert {feature["geometry"]["type"] for feature in document["features"]} == {kind}
    edit(survey, ("UPDATE detections SET counted = 0 WHERE fid = 1", ()))
    assert f": {found - 1} animals" in here("export", survey, "-o", folder / "a.csv").out
    assert f": {found} animals" in here("export", survey, "-o", folder / "a.csv", "--every-sighting").out


def test_export_to_gbif_with_a_description(folder: Path, here: HerdmapHere) -> None:
    about = folder / "dataset.toml"
    about.write_text(
        'title = "Sheep & <lambs>"\ndescription = "Simulated."\ncreator = "Nobody"\nemail = "nobody@example.org"\n'
        'licence = "CC0-1.0"\nevent_date = "2026-01-01"\n[taxa]\nsheep = "Ovis aries"\n',
        encoding="utf-8",
    )
    output = folder / "occurrences.zip"
    end = here("export", folder / "survey.gpkg", "-o", output, "--dataset", about)
    assert (end.code, end.err) == (0, "")
    with zipfile.ZipFile(output) as archive:
        title = ElementTree.fromstring(archive.read("eml.xml")).find(".//title")
        rows = list(csv.DictReader(io.StringIO(archive.read("occurrence.txt").decode("utf-8")), delimiter="\t"))
    assert title is not None
    assert title.text == "Sheep & <lambs>"
    assert {row["scientificName"] for row in rows} == {"Ovis aries"}
    # Without it the missing is said, a line each.
    bare = here("export", folder / "survey.gpkg", "-o", output)
    assert bare.code == 0
    assert "GBIF will ask for title" in bare.problems[0]


# ---- export-data ----------------------------------------------------------------------------


def test_export_data_as_the_trainer_reads_it(folder: Path, here: HerdmapHere) -> None:
    survey = folder / "survey.gpkg"
    confirmed, _, drawn = review_all(survey)
    images, rows = geopackage.read_images(survey), geopackage.read_detections(survey)
    empty = [path for path in images.path if path not in rows.image_paths()]
    (folder / "searched.txt").write_text("\n".join(images.path), encoding="utf-8")
    output = folder / "coco.json"
    end = here("export-data", survey, "-o", output, "--checked", folder / "searched.txt")
    assert (end.code, end.err) == (0, "")
    assert end.out.startswith(f"{output}: {ANIMALS} animals ({drawn} added by a person) in 12 photos, ")
    assert end.out.endswith("; 0 photos left out\n")
    labelled = read_coco(output, folder, ("sheep",))
    assert [image.path for image in labelled] == [folder / path for path in sorted(images.path)]
    assert all(image.path.is_file() and (image.width, image.height) == TILE for image in labelled)
    assert not any(image.crowd.any() for image in labelled)
    kept = np.array(rows.text("review")) != "rejected"
    assert kept.sum() == confirmed + drawn
    paths = np.array(rows.image_paths())
    for image in labelled:
        own = kept & (paths == image.path.relative_to(folder).as_posix())
        wanted = np.clip(rows.boxes_px[own], 0, np.tile(TILE, 2))
        np.testing.assert_allclose(
            image.boxes_px[np.lexsort(image.boxes_px.T)], wanted[np.lexsort(wanted.T)], atol=0.02
        )
    alone = here("export-data", survey, "-o", output)
    assert f"{len(empty)} photos left out" in alone.out


def test_export_data_of_a_review_that_is_not_done(folder: Path, here: HerdmapHere) -> None:
    survey, output = folder / "survey.gpkg", folder / "coco.json"
    rows = geopackage.read_detections(survey)
    paths = rows.image_paths()
    crowded = max(paths, key=paths.count)
    assert paths.count(crowded) > 1
    fid = 1 + paths.index(crowded)
    say(survey, fid, "confirmed")
    end = here("export-data", survey, "-o", output)
    assert end.code == 2
    assert "no photo is reviewed completely" in end.err
    assert not output.exists()
    assert here("export-data", survey, "-o", output, "--photos", "touched").code == 0
    (image,) = read_coco(output, folder, ("sheep",))
    assert sorted(image.crowd.tolist()) == [False, *[True] * (paths.count(crowded) - 1)]
    edit(survey, ("UPDATE detections SET score = 0.31 WHERE review = 'unreviewed'", ()))
    assert here("export-data", survey, "-o", output, "--min-score", 0.32).code == 0
    (image,) = read_coco(output, folder, ("sheep",))
    assert image.crowd.tolist() == [False]
    assert here("export-data", survey, "-o", output, "--photos", "all").code == 0
    assert len(read_coco(output, folder, ("sheep",))) == 12


# ---- merge-reviews --------------------------------------------------------------------------


def test_merge_reviews_of_two_people(folder: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    for name in ("ann", "bob"):
        shutil.copy(folder / "survey.gpkg", folder / f"{name}.gpkg")
    for fid, said in ((1, "confirmed"), (2, "rejected"), (3, "confirmed")):
        say(folder / "ann.gpkg", fid, said)
    for fid, said in ((1, "rejected"), (2, "rejected"), (4, "confirmed")):
        say(folder / "bob.gpkg", fid, said, "Bob", "2026-01-02T08:00:00Z")
    files = (folder / "ann.gpkg", folder / "bob.gpkg")
    before = [file.read_bytes() for file in files]
    end = here("merge-reviews", *files, "-o", folder / "merged.gpkg")
    assert (end.code, end.err) == (0, "")
    listed = folder / "merged.conflicts.csv"
    assert "2 animals judged by two: 50.0 % agreed, Cohen's kappa 0.000" in end.out
    assert f"1 conflicts, listed in {listed}" in end.out
    assert end.out.splitlines()[-1] == f"{folder / 'merged.gpkg'}: {len(centres(files[0]))} detections"
    merged = geopackage.read_detections(folder / "merged.gpkg")
    assert merged.text("review")[:5] == ["rejected", "rejected", "confirmed", "confirmed", "unreviewed"]
    assert merged.text("reviewer")[:5] == ["Bob", "Bob", "Ann", "Bob", None]
    assert "conflict: Ann said confirmed sheep" in (merged.text("note")[0] or "")
    with listed.open(encoding="utf-8") as file:
        (conflict,) = csv.DictReader(file)
    assert conflict["image"] == merged.image_paths()[0]
    assert [file.read_bytes() for file in files] == before
    check_gpkg(folder / "merged.gpkg")
    # Where another list is asked for, and there is no conflict, there is none.
    elsewhere = here("merge-reviews", *files, "-o", folder / "m2.gpkg", "--conflicts", folder / "list.csv")
    assert elsewhere.code == 0
    assert (folder / "list.csv").read_bytes() == listed.read_bytes()
    same = here("merge-reviews", files[0], files[0], "-o", folder / "m3.gpkg", "--conflicts", folder / "none.csv")
    assert same.code == 0
    assert not (folder / "none.csv").exists()


# ---- what cannot be used ---------------------------------------------------------------------

COUNTED = ("--transects", "{f}/transects.csv", "--strata", "{f}/strata.csv")
PLACED = ("{f}/survey.gpkg", "--transects", "{f}/transects.gpkg", "--strata", "{f}/strata.csv")

BAD = {
    # estimate
    "no transects": (("estimate", "--strata", "{f}/strata.csv"), "Missing option '--transects'"),
    "no strata": (("estimate", "--transects", "{f}/transects.csv"), "Missing option '--strata'"),
    "an empty name": (("estimate", "--transects", "", "--strata", "{f}/strata.csv"), "empty"),
    "no such transects": (("estimate", "--transects", "{f}/no.csv", "--strata", "{f}/strata.csv"), "no.csv"),
    "no such strata": (("estimate", "--transects", "{f}/transects.csv", "--strata", "{f}/no.csv"), "no.csv"),
    "no such polygons": (("estimate", "{f}/survey.gpkg", "--transects", "{f}/no.gpkg", *PLACED[3:]), "no.gpkg"),
    "no such survey": (("estimate", "{f}/no.gpkg", *PLACED[1:]), "no.gpkg"),
    "a survey that is none": (("estimate", "{f}/transects.gpkg", *PLACED[1:]), "transects.gpkg"),
    "a survey that is text": (("estimate", "{f}/strata.csv", *PLACED[1:]), "strata.csv"),
    "counts and a survey": (("estimate", "{f}/survey.gpkg", *COUNTED), "has its own counts"),
    "polygons alone": (("estimate", *PLACED[1:]), "holds no counts"),
    "a review of no survey": (("estimate", *COUNTED, "--correct", "all"), "FILE.gpkg"),
    "a review that is not done": (("estimate", *PLACED, "--correct", "all"), "unreviewed boxes"),
    "no such sample": (("estimate", *PLACED, "--correct", "{f}/no.csv"), "no.csv"),
    "a sample that is none": (("estimate", *PLACED, "--correct", "{f}/strata.csv"), "no column 'called'"),
    "a sample without a mark": (("estimate", *PLACED, "--correct", "{f}/unmarked.csv"), "no photo is marked"),
    "a sample of another survey": (("estimate", *PLACED, "--correct", "{f}/other.csv"), "draw a new sample"),
    "a width of nothing": (("estimate", *PLACED, "--strip-width", "0"), "--strip-width"),
    "a width that is no number": (("estimate", *PLACED, "--strip-width", "wide"), "wide"),
    "a precision of nothing": (("estimate", *COUNTED, "--precision", "0"), "--precision"),
    "an unknown review": (("estimate", *PLACED, "--review", "some"), "some"),
    "a negative count": (("estimate", "--transects", "{f}/negative.csv", "--strata", "{f}/strata.csv"), "'-3'"),
    "a count that is none": (("estimate", "--transects", "{f}/words.csv", "--strata", "{f}/strata.csv"), "'many'"),
    "two areas": (("estimate", "--transects", "{f}/twice.csv", "--strata", "{f}/strata.csv"), "two areas"),
    "no such stratum": (("estimate", "--transects", "{f}/lost.csv", "--strata", "{f}/strata.csv"), "elsewhere"),
    "more than the stratum": (("estimate", "--transects", "{f}/large.csv", "--strata", "{f}/strata.csv"), "km2"),
    "not UTF-8": (("estimate", "--transects", "{f}/latin.csv", "--strata", "{f}/strata.csv"), "UTF-8"),
    "nothing in it": (("estimate", "--transects", "{f}/nothing.csv", "--strata", "{f}/strata.csv"), "no column"),
    "nowhere to write the table": (("estimate", *COUNTED, "-o", "{f}/no/e.csv"), "no/e.csv"),
    "nowhere to draw": (("estimate", *COUNTED, "-o", "{t}/e.csv", "--plot", "{f}/no/e.svg"), "no/e.svg"),
    # sample
    "a sample of no survey": (("sample", "{f}/no.gpkg", "-o", "{f}/x.csv"), "no.gpkg"),
    "a sample without a place": (("sample", "{f}/survey.gpkg"), "Missing option"),
    "nowhere to write the sample": (("sample", "{f}/survey.gpkg", "-o", "{f}/no/x.csv"), "no/x.csv"),
    "a sample over another file": (("sample", "{f}/survey.gpkg", "-o", "{f}/strata.csv"), "no column 'called'"),
    "fewer than no photos": (("sample", "{f}/survey.gpkg", "-o", "{f}/x.csv", "--positive", "-1"), "-1"),
    # export
    "an ending that is no format": (("export", "{f}/survey.gpkg", "-o", "{f}/a.dxf"), ".geojson"),
    "no ending": (("export", "{f}/survey.gpkg", "-o", "{f}/a"), ".geojson"),
    "training data by export": (("export", "{f}/survey.gpkg", "-o", "{f}/a.json"), "export-data"),
    "no such survey to export": (("export", "{f}/no.gpkg", "-o", "{f}/a.csv"), "no.gpkg"),
    "no survey to export": (("export", "{f}/truth.gpkg", "-o", "{f}/a.csv"), "truth.gpkg"),
    "nowhere to export to": (("export", "{f}/survey.gpkg", "-o", "{f}/no/a.shp"), "no/a.shp"),
    "boxes in CSV": (("export", "{f}/survey.gpkg", "-o", "{f}/a.csv", "--shape", "box"), "points"),
    "boxes in Darwin Core": (("export", "{f}/survey.gpkg", "-o", "{f}/a.zip", "--shape", "box"), "points"),
    "a dataset of CSV": (
        ("export", "{f}/survey.gpkg", "-o", "{f}/a.csv", "--dataset", "{f}/dataset.toml"),
        "Darwin Core Archive",
    ),
    "no such dataset": (("export", "{f}/survey.gpkg", "-o", "{f}/a.zip", "--dataset", "{f}/no.toml"), "no.toml"),
    "a dataset that is not TOML": (
        ("export", "{f}/survey.gpkg", "-o", "{f}/a.zip", "--dataset", "{f}/strata.csv"),
        "strata.csv",
    ),
    # export-data
    "nothing reviewed": (("export-data", "{f}/survey.gpkg", "-o", "{f}/c.json"), "no photo is reviewed completely"),
    "no such survey to learn from": (("export-data", "{f}/no.gpkg", "-o", "{f}/c.json"), "no.gpkg"),
    "nowhere for training data": (("export-data", "{f}/survey.gpkg", "-o", "{f}/no/c.json"), "no/c.json"),
    "no such list": (("export-data", "{f}/survey.gpkg", "-o", "{f}/c.json", "--checked", "{f}/no.txt"), "no.txt"),
    "photos of elsewhere": (
        ("export-data", "{f}/survey.gpkg", "-o", "{f}/c.json", "--checked", "{f}/photos.txt"),
        "no photo 'elsewhere.jpg'",
    ),
    "a list without photos": (
        ("export-data", "{f}/survey.gpkg", "-o", "{f}/c.json", "--checked", "{f}/strata.csv"),
        "'photo' or 'image'",
    ),
    "a score above 1": (("export-data", "{f}/survey.gpkg", "-o", "{f}/c.json", "--min-score", "2"), "--min-score"),
    "unknown photos": (("export-data", "{f}/survey.gpkg", "-o", "{f}/c.json", "--photos", "some"), "some"),
    # merge-reviews
    "one review alone": (("merge-reviews", "{f}/survey.gpkg", "-o", "{f}/m.gpkg"), "B.gpkg"),
    "no such review": (("merge-reviews", "{f}/survey.gpkg", "{f}/no.gpkg", "-o", "{f}/m.gpkg"), "no.gpkg"),
    "a review that is none": (("merge-reviews", "{f}/survey.gpkg", "{f}/truth.gpkg", "-o", "{f}/m.gpkg"), "truth.gpkg"),
    "an output with reviews": (
        ("merge-reviews", "{f}/survey.gpkg", "{f}/survey.gpkg", "-o", "{f}/survey.gpkg"),
        "choose a new name",
    ),
    "nowhere to merge to": (
        ("merge-reviews", "{f}/survey.gpkg", "{f}/survey.gpkg", "-o", "{f}/no/m.gpkg"),
        "no/m.gpkg",
    ),
    "nowhere to list conflicts": (
        ("merge-reviews", "{f}/survey.gpkg", "{f}/survey.gpkg", "-o", "{f}/m.gpkg", "--conflicts", "{f}/no/c.csv"),
        "no/c.csv",
    ),
}


@pytest.fixture(scope="module")
def broken(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The survey's folder with files of every kind that cannot be used."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("broken") / "made"))
    head, sample = "stratum,transect,class,count,area_km2\n", "called,order,photo,detections,reviewed\n"
    positive = geopackage.read_detections(folder / "survey.gpkg").image_paths()[0]
    for name, text in {
        "negative.csv": f"{head}simulated,1,sheep,-3,0.0001\n",
        "words.csv": f"{head}simulated,1,sheep,many,0.0001\n",
        "twice.csv": f"{head}simulated,1,sheep,3,0.0001\nsimulated,1,goat,3,0.0002\n",
        "lost.csv": f"{head}elsewhere,1,sheep,3,0.0001\n",
        "large.csv": f"{head}simulated,1,sheep,3,5\nsimulated,2,sheep,3,5\n",
        "nothing.csv": "",
        "unmarked.csv": f"{sample}positive,1,{positive},1,\n",
        "other.csv": f"{sample}positive,1,photos/IMG_0001.JPG,1,yes\n",
        "dataset.toml": 'title = "t"\n',
        "photos.txt": "elsewhere.jpg\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "latin.csv").write_bytes(f"{head}simulated,1,Schäf,3,0.0001\n".encode("latin-1"))
    return folder


@pytest.mark.parametrize("what", list(BAD))
def test_what_cannot_be_used_is_one_line_and_changes_nothing(
    broken: Path, tmp_path: Path, here: HerdmapHere, what: str
) -> None:
    arguments, said = BAD[what]
    before = everything_in(broken)
    end = here(*(argument.format(f=broken, t=tmp_path) for argument in arguments))
    assert end.code == 2, end
    assert len(end.problems) == 1, end
    assert end.problems[0].startswith("herdmap: ")
    assert said in end.problems[0]
    assert end.out == ""
    assert everything_in(broken) == before
