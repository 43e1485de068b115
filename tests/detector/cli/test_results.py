"""The commands on a finished survey, as they are typed: export, export-data, merge-reviews; and what cannot be used.

The survey is a simulated pasture in tiles, as if each were a photo, with what the bundled model finds in them.
"""

import csv
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from detector.labels.coco import read_coco
from geo import geopackage
from tests import read_back
from tests.command_line import HerdmapHere, everything_in
from tests.surveys.tiled_pasture import ANIMALS, TILE, centres, edit, review_all, say


def test_the_survey_is_one_to_test_with(made: Path) -> None:
    """Some tiles have animals and some have none, and the model is good but not perfect."""
    found = geopackage.read_images(made / "survey.gpkg").detections
    assert 0 < (found > 0).sum() < len(found) == 12
    assert sum(found) == pytest.approx(ANIMALS, abs=6)


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
    assert said in end.problems[0].replace(os.sep, "/")
    assert end.out == ""
    assert everything_in(broken) == before
