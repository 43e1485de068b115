"""The share folder as files: what is in it, how large it is, and that it appears whole or not at all."""

import ast
import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geo import geopackage, vector
from geo.csv_table import defused
from geo.errors import GeoError, OutputError
from geo.share import MaxSize, Report, Settings, ShareError, share
from geo.share.content import plane_of
from geo.share.pictures import crop_square, file_name
from geo.share.source import read
from tests import ROOT
from tests.geo.test_added_columns import ADDED, add
from tests.surveys import shared, small
from tests.systems import symbolic_link


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of 600 x 400 px with 60 animals, white on dark ground, named as a hostile model names them."""
    return shared.write(tmp_path_factory.mktemp("survey"), photos=6, animals=60, size=(600, 400))


def data_of(folder: Path) -> Any:
    text = (folder / "data" / "survey.js").read_text(encoding="ascii")
    found = re.fullmatch(r"window\.HERDMAP_SURVEY = JSON\.parse\(('.*')\);\n", text)
    assert found
    return json.loads(ast.literal_eval(found[1]))  # what a text of JavaScript escapes, one of Python escapes alike


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_folder_holds_page_survey_tables_and_readme(survey: Path, tmp_path: Path) -> None:
    told: list[float] = []
    report = share(survey, tmp_path / "out", Settings(title="Maun & <b>Delta</b>"), told.append)
    out = tmp_path / "out"
    assert {"index.html", "README.txt", "survey.gpkg", "survey.qgz", "animals.csv", "animals.geojson", "counts.csv",
            "page/page.js", "page/page.css", "data/survey.js", "data/files.json"} <= names_in(out)  # fmt: skip
    assert report == replace(report, images=6, pictures=6, animals=60, crops=60, missing=(), annotated=0)
    assert report.size == sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(geopackage.read_detections(out / "survey.gpkg")) == 60
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Maun &amp; &lt;b&gt;Delta&lt;/b&gt;" in page
    assert "{{" not in page
    assert set(json.loads((out / "data/files.json").read_text())) == names_in(out)
    for text in ("index.html", "README.txt", "data/survey.js", "animals.csv", "page/page.js"):
        assert str(survey.parent) not in (out / text).read_text(encoding="utf-8")


def test_script_is_only_data(survey: Path, tmp_path: Path) -> None:
    share(survey, tmp_path / "out")
    text = (tmp_path / "out/data/survey.js").read_bytes()
    assert not set(text) & set(b"<>&\r")
    assert max(text) < 128
    assert [c["name"] for c in data_of(tmp_path / "out")["classes"]] == list(shared.CLASSES)


def test_page_is_built_from_text_alone() -> None:
    sources = ROOT / "geo" / "share" / "page"
    for path in sources.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(",
                     "XMLHttpRequest", "http://", "https://"):  # fmt: skip
            assert word not in text.replace("http://www.w3.org/2000/svg", ""), f"{path.name}: {word}"


@pytest.mark.parametrize("size", ["600kB", "900kB", "2MB", "20MB"])
@pytest.mark.parametrize("annotated", [False, True])
def test_folder_stays_within_its_size(survey: Path, tmp_path: Path, size: str, annotated: bool) -> None:
    wanted = MaxSize.parse(size)
    report = share(survey, tmp_path / "out", Settings(wanted, annotated))
    assert report.size <= wanted.of(0)
    if size == "20MB":
        assert (report.pictures, report.crops) == (6, 60)
        assert report.annotated == (6 if annotated else 0)
        with Image.open(next((tmp_path / "out/pictures").glob("00001-*.jpg"))) as picture:
            assert picture.size == (600, 400)


def test_too_small_a_size_is_refused_and_nothing_is_left(survey: Path, tmp_path: Path) -> None:
    with pytest.raises(ShareError, match="asked for; allow more") as caught:
        share(survey, tmp_path / "out", Settings(MaxSize(size=10_000)))
    assert caught.value.about == "max_size"
    assert not list(tmp_path.iterdir())


def test_images_with_animals_get_their_picture_first(tmp_path: Path) -> None:
    path = shared.write(tmp_path / "in", photos=12, animals=40, size=(900, 600), with_animals=4, noisy=True)
    full = share(path, tmp_path / "full", Settings(MaxSize(size=10**8)))
    least = full.size - sum(p.stat().st_size for p in (tmp_path / "full/pictures").iterdir())
    seen = set()
    for extra in (50_000, 80_000, 120_000, 400_000):
        share(path, tmp_path / "out", Settings(MaxSize(size=least + extra)))
        pictures = data_of(tmp_path / "out")["images"]["picture"]
        first = set(data_of(tmp_path / "out")["detections"]["image"])
        others = [pictures[i] for i in range(12) if i not in first]
        if any(others):
            assert all(pictures[i] for i in first)
        seen.add((all(pictures[i] for i in first), all(others)))
    assert (True, False) in seen
    assert (True, True) in seen


@pytest.mark.parametrize(
    ("text", "imagery", "expected"),
    [
        ("5%", 1000, 50),
        ("100 %", 7, 7),
        ("50MB", 0, 50_000_000),
        ("1.5 GiB", 0, 3 * 2**29),
        ("7", 0, 7),
        ("2k", 0, 2000),
    ],
)
def test_sizes(text: str, imagery: int, expected: int) -> None:
    assert MaxSize.parse(text).of(imagery) == expected


@pytest.mark.parametrize("text", ["", "MB", "0", "0%", "101%", "-5MB", "5 %%", "nan", "1e9", "٣MB", "9" * 400])
def test_sizes_that_make_no_sense(text: str) -> None:
    with pytest.raises(ShareError):
        MaxSize.parse(text)


def test_a_foreign_folder_is_refused_and_an_own_one_replaced(survey: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    share(survey, out)  # an empty one is taken
    (out / "page" / "page.js").write_text("an older page")
    share(survey, out, Settings(title="again"))
    assert "again" in (out / "index.html").read_text(encoding="utf-8")
    (out / "mine.txt").write_text("a note")
    before = names_in(out)
    with pytest.raises(OutputError, match=r"mine\.txt"):
        share(survey, out)
    assert names_in(out) == before
    with pytest.raises(OutputError, match="more than a share folder"):
        share(survey, survey.parent)
    with pytest.raises(OutputError, match="does not exist"):
        share(survey, tmp_path / "no" / "out")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not a folder"):
        share(survey, tmp_path / "file")
    assert {path.name for path in tmp_path.iterdir()} == {"out", "file"}


def test_a_broken_run_leaves_what_was_there(survey: Path, tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        share(survey, tmp_path / "out", progress=stop)
    assert not list(tmp_path.iterdir())
    share(survey, tmp_path / "out")
    before = {path: (tmp_path / "out" / path).read_bytes() for path in names_in(tmp_path / "out")}
    with pytest.raises(KeyboardInterrupt):
        share(survey, tmp_path / "out", Settings(title="other"), stop)
    assert {path: (tmp_path / "out" / path).read_bytes() for path in names_in(tmp_path / "out")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_no_survey(tmp_path: Path) -> None:
    for name in ("none.gpkg", "text.gpkg"):
        if name.startswith("text"):
            (tmp_path / name).write_text("not a database")
        with pytest.raises(GeoError):
            share(tmp_path / name, tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_missing_imagery_is_said_and_stored_chips_are_shown(tmp_path: Path) -> None:
    path = shared.write(tmp_path / "in", photos=3, animals=12, size=(300, 200), chips=True)
    gone = sorted((path.parent / "photos").iterdir())
    gone[0].unlink()
    gone[1].write_bytes(gone[1].read_bytes()[:200])
    report = share(path, tmp_path / "out")
    assert {name for name, _ in report.missing} == {f"photos/{p.name}" for p in gone[:2]}
    assert report.pictures == 1
    rows = data_of(tmp_path / "out")["detections"]
    first = [i for i, image in enumerate(rows["image"]) if image == 0]
    assert first
    assert all(rows["cell"][i] >= 0 for i in first)
    assert all(rows["square"][3 * i] is None for i in first)


def test_an_image_that_changed_its_size_gets_no_picture(tmp_path: Path) -> None:
    path = shared.write(tmp_path / "in", photos=2, animals=4, size=(300, 200))
    Image.new("RGB", (40, 30)).save(path.parent / "photos" / "IMG_0000.jpg")
    report = share(path, tmp_path / "out")
    assert [name for name, _ in report.missing] == ["photos/IMG_0000.jpg"]


def test_tables_say_what_the_survey_says(survey: Path, tmp_path: Path) -> None:
    share(survey, tmp_path / "out")
    source = read(survey)
    text = (tmp_path / "out/animals.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 60
    expected = [source.classes[label] for label in source.label]
    assert [row["class"].removeprefix("'") for row in rows] == expected
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())
    assert np.allclose([float(row["xmin_px"]) for row in rows], source.detections.boxes_px[:, 0], atol=0.006)
    # The counts on the page's side are those of the layer.
    counts = vector.read_polygons(survey, "counts")
    stored = {(r, c): n for r, c, n in zip(*(counts.columns[k] for k in ("region", "class", "count")), strict=True)}
    found = list(csv.DictReader((tmp_path / "out/counts.csv").read_text(encoding="utf-8").splitlines()))
    assert {(row["region"], row["class"]): int(row["count"]) for row in found if int(row["count"])} == {
        (defused(region), defused(name)): n for (region, name), n in stored.items() if n
    }
    meta, _, wkb, values = pyogrio.raw.read(tmp_path / "out/animals.geojson")  # GDAL's reader
    assert len(wkb) == 60
    assert "4326" in str(meta["crs"])
    assert list(values[list(meta["fields"]).index("class")]) == expected


def test_reviewed_class_and_review_decide(tmp_path: Path) -> None:
    path = shared.write(tmp_path / "in", photos=2, animals=10, size=(300, 200))
    with closing(sqlite3.connect(path)) as db, db:
        for name in ("IsEmpty", "MinX", "MaxX", "MinY", "MaxY"):  # which the R-tree's triggers ask for
            db.create_function(f"ST_{name}", 1, lambda _: 0)
        db.execute("UPDATE detections SET reviewed_class = 'goat', review = 'confirmed', note = '<b>' WHERE fid = 1")
        db.execute("UPDATE detections SET review = 'rejected' WHERE fid = 2")
    share(path, tmp_path / "out")
    data = data_of(tmp_path / "out")
    rows = data["detections"]
    assert data["classes"][rows["label"][0]]["name"] == "goat"
    assert rows["model_class"] == {"0": read(path).detections.class_names()[0]}
    assert rows["note"] == {"0": "<b>"}
    assert [data["reviews"][code] for code in rows["review"][:2]] == ["confirmed", "rejected"]


def test_annotated_pictures_have_their_boxes_drawn(survey: Path, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in (survey.parent / "photos").iterdir()}
    report = share(survey, tmp_path / "out", Settings(MaxSize(size=10**8), annotated=True))
    assert report.annotated == 6
    source = read(survey)
    with Image.open(tmp_path / "out/annotated" / file_name(0, source.images.path[0])) as picture:
        pixels = np.asarray(picture).astype(int)
    plain = np.asarray(Image.open(tmp_path / "out/pictures" / file_name(0, source.images.path[0]))).astype(int)
    changed = np.abs(pixels - plain).max(axis=2) > 40
    inside = np.zeros_like(changed)
    for x0, y0, x1, y1 in source.detections.boxes_px[source.image_rows() == 0].round().astype(int):
        assert changed[max(0, y0 - 2) : y0, x0:x1].mean() > 0.9
        inside[max(0, y0 - 12) : y1 + 12, max(0, x0 - 12) : x1 + 12] = True
    assert not changed[~inside].any()
    assert {p: p.read_bytes() for p in before} == before


def test_degrees_are_scaled_by_the_latitude(tmp_path: Path) -> None:
    path = shared.write(tmp_path / "in", photos=4, animals=8, size=(300, 200), geographic=True)
    source = read(path)
    plane = plane_of(source)
    assert plane.unit == "m"
    ring = source.images.footprints[0]
    assert ring is not None
    width, height = np.ptp(plane.whole(ring) * plane.quantum, axis=0)
    assert width == pytest.approx(300 * shared.GSD, rel=0.01)
    assert height == pytest.approx(200 * shared.GSD, rel=0.01)


def test_a_survey_without_position_and_without_animals(tmp_path: Path) -> None:
    images = small.images(placed=False)
    images = replace(images, footprints=[None] * len(images))
    geopackage.write_survey(tmp_path / "a.gpkg", images, small.detections(0), [], None)
    report = share(tmp_path / "a.gpkg", tmp_path / "out")
    assert isinstance(report, Report)
    assert (report.animals, report.pictures, len(report.missing)) == (0, 0, 4)
    assert "animals.geojson" not in names_in(tmp_path / "out")
    assert data_of(tmp_path / "out")["unit"] == "px"


sides = st.integers(1, 5000)


@given(
    sides, sides, st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 1), st.sampled_from((64, 128))
)
def test_crops_lie_in_the_image_around_the_animal(
    width: int, height: int, x: float, y: float, w: float, h: float, cell: int
) -> None:
    x0, y0 = x * width * 0.99, y * height * 0.99
    box = np.array([x0, y0, min(width, x0 + w * width), min(height, y0 + h * height)])
    left, top, side = crop_square(box, (width, height), cell)
    assert 0 <= left <= width - side
    assert 0 <= top <= height - side
    assert side >= 1
    centre = (box[:2] + box[2:]) / 2
    assert left - 1 <= centre[0] <= left + side + 1
    assert top - 1 <= centre[1] <= top + side + 1
    if side < min(width, height):
        assert left <= box[0] + 1
        assert box[2] <= left + side + 1


@given(st.text(max_size=80))
def test_picture_names_are_harmless(path: str) -> None:
    name = file_name(3, path)
    assert name.startswith("00004")
    assert name.endswith(".jpg")
    assert len(name) < 60
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")


def test_columns_that_a_person_added_are_in_the_page_and_in_the_tables(tmp_path: Path) -> None:
    path = shared.write(tmp_path, photos=2, animals=10, size=(300, 200))
    add(path, columns={**ADDED, "__proto__": ("TEXT", ["x"]), "region": ("TEXT", ["mine"])})
    share(path, tmp_path / "share")
    rows = geopackage.read_detections(path)
    told = dict(data_of(tmp_path / "share")["detections"]["added"])
    assert told["age"] == {"0": "calf", "3": "très vieux; 'x' \"y\""}
    assert told["group size"] == {"0": "3", "1": "0", "3": str(-(2**40))}
    assert told["__proto__"] == {"0": "x"}
    assert "picture" not in told
    with (tmp_path / "share" / "animals.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(rows)
    assert [row["age"] for row in table[:2]] == ["calf", ""]
    assert (table[0]["region_added"], table[0]["'=1+2"]) == ("mine", "'=1+2")
    features = json.loads((tmp_path / "share" / "animals.geojson").read_text(encoding="utf-8"))["features"]
    assert features[0]["properties"]["height_m"] == 1.25
    assert features[0]["properties"]["region_added"] == "mine"


@pytest.mark.parametrize("outside", ["../private", "photos/../../private"])
def test_pictures_that_a_survey_names_outside_its_folder_need_a_word(tmp_path: Path, outside: str) -> None:
    for name in ("sent/photos", "private"):
        (tmp_path / name).mkdir(parents=True)
    names = [path.replace("photos", outside) for path in small.images().path]
    for name in names:
        Image.new("RGB", (60, 40)).save(tmp_path / "sent" / name)
    survey = tmp_path / "sent" / "a.gpkg"
    rows = replace(small.detections(), paths=tuple(names))
    geopackage.write_survey(survey, replace(small.images(), path=names), rows, [small.run()], small.UTM)
    with pytest.raises(ShareError, match=r"3 of 4 images are outside the folder of a\.gpkg, such as .*private"):
        share(survey, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_pictures_from_outside_the_folder_need_a_word(tmp_path: Path) -> None:
    """A survey that somebody sent may name any picture of this computer, also through a link beside it."""
    sent, private = tmp_path / "sent", tmp_path / "private"
    sent.mkdir()
    private.mkdir()
    photos = small.images().path
    symbolic_link(sent / "photos", private)
    for path in photos:
        Image.new("RGB", (60, 40)).save(private / path.rpartition("/")[2])
    survey = small.write(sent / "a.gpkg")
    with pytest.raises(ShareError, match=r"3 of 4 images are outside the folder of a\.gpkg, such as") as refused:
        share(survey, tmp_path / "out")
    assert refused.value.about == "outside_images"
    assert not (tmp_path / "out").exists()
    share(survey, tmp_path / "out", Settings(outside_images=True))
    assert (tmp_path / "out" / "index.html").exists()
    (sent / "photos").unlink()
    private.rename(sent / "photos")
    share(survey, tmp_path / "inside")
