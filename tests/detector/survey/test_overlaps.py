"""An animal in several images counts once, through the command line: detect, georeference, and what is made of them."""

import ast
import csv
import io
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from detector import models, survey
from detector.cli.console import JsonLines, Lines
from geo import geopackage
from geo.geopackage.schema import allow_edits
from geo.overlaps import pixels as image_matching
from geo.simulation import SurveySettings
from tests.command_line import HerdmapHere, write_regions
from tests.detector.models.spots import SpotModel, scene
from tests.detector.survey.test_survey import write_tif
from tests.surveys.simulated_flight import Flown, TruthModel

EVERYWHERE = {"all": (-1000.0, -1000.0, 2000.0, 2000.0)}


@pytest.fixture(scope="module")
def strips(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    """Two strips of photos of 60 x 40 m with 80 % forward overlap and 5 m of noise in their positions; herds."""
    settings = SurveySettings(
        seed=11, photos=True, width_m=160, height_m=110, animals=150, flocks=5, gsd_m=0.1, photo_width_px=600,
        photo_height_px=400, focal_length_mm=44, forward_overlap=0.8, position_noise_m=5.0, attitude_noise_deg=0.5,
    )  # fmt: skip
    return Flown.of(tmp_path_factory.mktemp("strips") / "sim", settings)


@pytest.fixture(scope="module")
def few(strips: Flown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first photos of the first strip."""
    folder = tmp_path_factory.mktemp("few") / "photos"
    folder.mkdir()
    for path in sorted((strips.folder / "photos").glob("*.jpg"))[:9]:
        shutil.copyfile(path, folder / path.name)
    return folder


@pytest.fixture
def known(strips: Flown, monkeypatch: pytest.MonkeyPatch) -> int:
    """A detector that finds every animal of every photo; how many animals that is."""
    model = TruthModel(strips)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    seen = np.concatenate([strips.seen(name)[1] for name in strips.exposures])
    return len(np.unique(seen.round(6), axis=0))


def total(path: Path) -> int:
    """The animals in the layer `counts`."""
    with closing(sqlite3.connect(path)) as db, db:
        return int(db.execute("SELECT sum(count) FROM counts").fetchone()[0])


def test_a_strip_survey_is_counted_within_two_per_cent(
    strips: Flown, known: int, here: HerdmapHere, tmp_path: Path, check_gpkg: Callable[..., None]
) -> None:
    regions = write_regions(tmp_path / "r.geojson", EVERYWHERE)
    output = tmp_path / "survey.gpkg"
    end = here("detect", strips.folder / "photos", "-o", output, "--regions", regions)
    assert end.code == 0
    check_gpkg(output)
    rows = geopackage.read_detections(output)
    assert len(rows) > 4 * known
    assert abs(int(rows.counted.sum()) / known - 1) <= 0.02
    assert total(output) == rows.counted.sum() == len(np.unique(rows.animal_id))
    assert np.isfinite(rows.error_m).all()
    assert f"{len(rows):,} sightings are {rows.counted.sum()} animals, which count once each" in end.err
    assert "photos registered by their animals: moved by" in end.err

    # All that is made of it says the same number.
    counted = int(rows.counted.sum())
    table = csv.DictReader(io.StringIO(here("count", output, "--regions", regions).out))
    assert sum(int(row["count"]) for row in table) == counted
    here("export", output, "-o", tmp_path / "animals.csv")
    assert len((tmp_path / "animals.csv").read_text().splitlines()) == counted + 1
    assert here("share", output, "-o", tmp_path / "shared", "--outside-images").code == 0
    with (tmp_path / "shared" / "counts.csv").open() as file:
        assert sum(int(row["count"]) for row in csv.DictReader(file)) == counted

    # Again with another rule, without a look at the photos.
    for rule, expected in (("all", len(rows)), ("cells", known), ("animals", counted)):
        assert here("georeference", output, "--count-overlaps", rule).code == 0
        now = geopackage.read_detections(output)
        assert abs(int(now.counted.sum()) / expected - 1) <= (0.15 if rule == "cells" else 0)
        assert total(output) == now.counted.sum()
    check_gpkg(output)


@pytest.mark.usefixtures("known")
def test_a_review_of_one_sighting_is_of_the_animal_everywhere(few: Path, here: HerdmapHere, tmp_path: Path) -> None:
    regions = write_regions(tmp_path / "r.geojson", EVERYWHERE)
    output = tmp_path / "survey.gpkg"
    assert here("detect", few, "-o", output, "--no-chips").code == 0
    rows = geopackage.read_detections(output)
    often = np.flatnonzero(np.bincount(rows.animal_id) > 2)[:3]
    counting = [int(np.flatnonzero((rows.animal_id == a) & (rows.counted == 1))[0]) for a in often]
    further = [int(np.flatnonzero((rows.animal_id == a) & (rows.counted == 0))[0]) for a in often]
    # The first animal's best sighting is no animal but another one is; the second is none; the third is an eland.
    said = [
        (counting[0], "rejected", None), (further[0], "confirmed", None), (counting[1], "rejected", None),
        (further[2], "confirmed", "eland"),
    ]  # fmt: skip
    with closing(sqlite3.connect(output)) as db, db:
        allow_edits(db)
        for row, review, kind in said:
            db.execute("UPDATE detections SET review = ?, reviewed_class = ? WHERE fid = ?", (review, kind, row + 1))
    counted = int(rows.counted.sum()) - 1

    def numbers() -> dict[str, int]:
        found = {}
        for which in ("not-rejected", "confirmed"):
            table = csv.DictReader(io.StringIO(here("count", output, "--regions", regions, "--review", which).out))
            found[which] = sum(int(row["count"]) for row in table)
            here("export", output, "-o", tmp_path / "animals.csv", "--review", which)
            with (tmp_path / "animals.csv").open() as file:
                animals = list(csv.DictReader(file))
            assert len(animals) == found[which]
            assert sum(row["class"] == "eland" for row in animals) == 1
        return found

    assert numbers() == {"not-rejected": counted, "confirmed": 2}
    # Placed anew or searched again it is the same: a review never changes what is matched.
    assert here("georeference", output).code == 0
    assert numbers() == {"not-rejected": counted, "confirmed": 2}
    assert here("detect", few, "-o", output, "--no-chips").code == 0
    assert numbers() == {"not-rejected": counted, "confirmed": 2}
    assert here("share", output, "-o", tmp_path / "shared", "--outside-images").code == 0
    text = (tmp_path / "shared" / "data" / "survey.js").read_text(encoding="ascii")
    page = json.loads(ast.literal_eval(text[text.index("'") : text.rindex("'") + 1]))["detections"]
    rejected = [review == 2 for review in page["review"]]
    assert sum(n for n, no in zip(page["counted"], rejected, strict=True) if not no) == counted


def test_orthomosaics_that_overlap_share_their_animals_and_pieces_do_not(
    here: HerdmapHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "open_model", lambda *_, **__: SpotModel())
    pixels, boxes = scene(300, 150, 12, seed=3)
    folder = tmp_path / "mosaics"
    folder.mkdir()

    def piece(name: str, low: int, high: int) -> None:
        write_tif(
            folder / name,
            np.ascontiguousarray(pixels[:, low:high]),
            (0.1, 0.0, 263400.0 + low / 10, 0.0, -0.1, 9701600.0),
        )

    def counted(*options: str) -> tuple[int, str]:
        end = here("detect", folder, "-o", tmp_path / "out.gpkg", *options)
        assert end.code == 0
        return int(geopackage.read_detections(tmp_path / "out.gpkg").counted.sum()), end.err

    edge = next(x for x in range(100, 200) if not ((boxes[:, 0] < x) & (x < boxes[:, 2])).any())
    piece("a.tif", 0, edge)
    piece("b.tif", edge, 300)
    assert counted() == (len(boxes), "")
    piece("a.tif", 0, 190)
    piece("b.tif", 90, 300)
    found, said = counted()
    assert found == len(boxes)
    assert "sightings are 12 animals" in said
    every, said = counted("--count-overlaps", "all")
    assert every > len(boxes)
    assert "2 images show ground that another image shows too: an animal in several images counts in each" in said


@pytest.mark.usefixtures("known")
def test_a_survey_is_matched_by_its_photos_and_again_without_a_look(
    strips: Flown,
    few: Path,
    here: HerdmapHere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")
    output, steps = tmp_path / "survey.gpkg", []
    monkeypatch.setattr(Lines, "matching", lambda _, *step: steps.append(step))
    end = here("detect", few, "-o", output, "--no-chips", "--match-images")
    assert end.code == 0
    counted = int(geopackage.read_detections(output).counted.sum())
    seen = np.concatenate([strips.seen(path.name)[1] for path in few.iterdir()])
    assert abs(counted / len(np.unique(seen.round(6), axis=0)) - 1) <= 0.01
    assert "pairs of overlapping photos match by their pixels" in end.err
    assert "registered by their pixels" in end.err
    assert steps[-1][0] == steps[-1][1] > 10
    assert steps == sorted(steps)
    assert geopackage.read_runs(output)[-1].settings["match_images"] is True

    # What was kept is used again, also for another place of the photos.
    monkeypatch.setattr(image_matching, "find_features", None)
    end = here("georeference", output, "--match-images")
    assert end.code == 0
    assert "match by their pixels" in end.err
    assert int(geopackage.read_detections(output).counted.sum()) == counted


@pytest.mark.usefixtures("known")
def test_a_photo_that_cannot_be_read_any_more_costs_only_itself(
    few: Path,
    here: HerdmapHere,
    tmp_path: Path,
) -> None:
    pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")
    photos = tmp_path / "photos"
    photos.mkdir()
    for path in sorted(few.iterdir())[:6]:
        (photos / path.name).write_bytes(path.read_bytes())
    output = tmp_path / "survey.gpkg"
    assert here("detect", photos, "-o", output, "--no-chips").code == 0
    broken = sorted(photos.iterdir())[2]
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 3])
    end = here("georeference", output, "--match-images")
    assert end.code == 0
    (line,) = [line for line in end.problems if "is not matched by its pixels" in line]
    assert broken.name in line
    assert "pairs of overlapping photos match by their pixels" in end.err


def test_without_opencv_nothing_is_begun(
    here: HerdmapHere, strips: Flown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    end = here("detect", strips.folder / "photos", "-o", tmp_path / "survey.gpkg", "--match-images")
    assert end.code == 2
    (line,) = end.problems
    assert "needs OpenCV, which is not installed: pip install 'herdmap[matching]'" in line
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("known")
def test_matching_that_is_cancelled_goes_on_where_it_was(few: Path, tmp_path: Path) -> None:
    pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")

    class Impatient(JsonLines):
        steps: tuple[tuple[int, int], ...] = ()

        def matching(self, pairs_done: int, pairs: int) -> None:
            super().matching(pairs_done, pairs)
            self.steps += ((pairs_done, pairs),)

        def cancelled(self) -> bool:
            return any(0 < done < pairs for done, pairs in self.steps)

    settings = survey.Settings(chips=False, match_images=True)
    output, first, second = tmp_path / "survey.gpkg", Impatient(), Impatient()
    assert survey.detect([few], output, settings=settings, watcher=first).cancelled
    assert not output.exists()
    second.cancelled = lambda: False  # type: ignore[method-assign]
    assert not survey.detect([few], output, settings=settings, watcher=second).cancelled
    assert 0 < second.steps[0][0] < second.steps[0][1], "what was finished is not done again"
    assert output.exists()
    # Placing the survey again obeys too, also where it is cancelled before the first pair.
    before = output.read_bytes()
    shutil.rmtree(output.with_suffix(".herdmap") / "matches")
    at_once = Impatient()
    at_once.cancelled = lambda: True  # type: ignore[method-assign]
    assert survey.georeference(output, survey.PoseSettings(match_images=True), at_once).cancelled
    assert output.read_bytes() == before


@pytest.mark.usefixtures("known")
def test_georeference_remembers_what_a_survey_was_placed_with(
    few: Path, here: HerdmapHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "survey.gpkg"
    options = ("--count-overlaps", "cells", "--ground", "1320", "--mount", "0", "-90", "0", "--no-chips")
    assert here("detect", few, "-o", output, *options).code == 0
    before = geopackage.read_detections(output)
    with closing(sqlite3.connect(output)) as db, db:
        allow_edits(db)
        db.execute("UPDATE detections SET review = 'confirmed' WHERE fid = 3")
    end = here("georeference", output)
    assert end.code == 0
    assert end.problems[0] == (
        "herdmap: settings kept from the last placement: --ground 1320.0, --mount 0.0 -90.0 0.0, --count-overlaps cells"
    )
    after = geopackage.read_detections(output)
    assert np.array_equal(after.counted, before.counted)
    assert np.abs(after.polygons_map - before.polygons_map).max() < 1e-6
    assert after.text("review").count("confirmed") == 1

    # An option replaces its own setting alone, for the next time too; a default that is given is given.
    assert "--ground 1320.0, --mount 0.0 -90.0 0.0" in here("georeference", output, "--count-overlaps", "all").err
    assert geopackage.read_detections(output).counted.all()
    end = here("georeference", output, "--ground", "1310")
    assert "--count-overlaps all" in end.problems[0]
    assert "--ground" not in end.problems[0]
    assert "--count-overlaps" not in here("georeference", output, "--count-overlaps", "animals").problems[0]
    assert not geopackage.read_detections(output).counted.all()
    assert "settings kept from the last placement: --ground 1310.0" in here("georeference", output).err
    assert "as it was placed" not in here("georeference", output, "--forget").err
    assert "as it was placed" not in here("georeference", output).err

    # A file is found from here or beside the survey; one that is gone is asked for.
    (tmp_path / "level.csv").write_text("name,agl\n" + "".join(f"{photo.name},40\n" for photo in few.iterdir()))
    monkeypatch.chdir(tmp_path)
    assert here("georeference", output, "--position", "level.csv").code == 0
    monkeypatch.chdir(tmp_path.parent)
    assert "--position" in here("georeference", output).problems[0]
    (tmp_path / "level.csv").unlink()
    content = output.read_bytes()
    end = here("georeference", output)
    assert end.code == 2
    assert "level.csv, which does not exist: give its new place, or leave it out; " in end.err
    assert end.err.rstrip().endswith("or add --forget")
    assert output.read_bytes() == content
