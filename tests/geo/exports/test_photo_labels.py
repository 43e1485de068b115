"""A survey's animals as labels of its photos: read back by Herdmap's own readers, they are the same animals."""

import csv
import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.labels.formats import format_of, names_in, read_labels
from detector.labels.given import Given
from geo import geopackage
from geo.errors import OutputError, VectorError
from geo.exports.camtrap import DEPLOYMENTS, MEDIA, OBSERVATIONS
from geo.exports.darwincore import Dataset, Taxon
from geo.exports.photo_labels import ENDINGS, PHOTO_FORMATS, export_labels
from geo.geopackage import write_survey
from geo.tables import DetectionRows
from tests.surveys.small import HOSTILE, UTM, detections, images, run
from tests.systems import allowed_name

NAMES = ("kob", *HOSTILE[1:], 'goat, female; "old"')
PHOTOS = (
    "photos/0 'é'.jpg",
    "photos/" + allowed_name('a, "b" 獅子.jpg'),
    "photos/north/0 'é'.jpg",
    "photos/empty #1 100%.jpg",
)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey with odd names, an empty photo, two photos of one name, a rejected animal, points, an animal of another
    class, and one without a score.
    """
    path = tmp_path_factory.mktemp("survey") / "survey.gpkg"
    rows = detections(classes=NAMES, photos=3)
    boxes = np.round(rows.boxes_px.astype(np.float64) * 4) / 4
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 2)
    kinds = ["point" if i % 3 == 0 else "box" for i in range(len(rows))]
    score = np.where(np.arange(len(rows)) == 4, np.nan, rows.score.round(4)).astype(np.float32)
    review = ["rejected" if i == 1 else "unreviewed" for i in range(len(rows))]
    other = ["kob" if i == 2 else None for i in range(len(rows))]
    rows = dataclasses.replace(
        rows,
        boxes_px=boxes.astype(np.float32),
        kind=kinds,
        score=score,
        review=review,
        reviewed_class=other,
        paths=PHOTOS[:3],
    )
    photos = dataclasses.replace(images(), lat=np.full(4, -2.5), path=list(PHOTOS), status=["done"] * 4)
    write_survey(path, photos, rows, [run(NAMES)], UTM)
    return path


def place(animal: tuple[str, str, float, tuple[float, ...]]) -> tuple[str, str, int, int]:
    """By which animals are sorted: formats round boxes and scores."""
    return animal[0], animal[1], round(animal[3][0]), round(animal[3][1])


def animals(survey: Path) -> list[tuple[str, str, float, tuple[float, ...]]]:
    """(photo, class, score, box) of each animal, as the labels must have it."""
    rows: DetectionRows = geopackage.read_detections(survey)
    found = []
    for i, (path, name) in enumerate(zip(rows.image_paths(), rows.class_names(), strict=True)):
        if rows.text("review")[i] == "rejected":
            continue
        x0, y0, x1, y1 = rows.boxes_px[i].astype(float).tolist()
        if rows.text("kind")[i] == "point":
            x0, x1, y0, y1 = (x0 + x1) / 2, (x0 + x1) / 2, (y0 + y1) / 2, (y0 + y1) / 2
        score = float(rows.score[i])
        found.append(
            (
                path.removeprefix("photos/"),
                rows.text("reviewed_class")[i] or name,
                1.0 if score != score else score,
                (x0, y0, x1, y1),
            )
        )
    return sorted(found, key=place)


@pytest.mark.parametrize("kind", [name for name in PHOTO_FORMATS if name != "camtrap-dp"])
def test_labels_are_read_back_to_the_same_animals(survey: Path, tmp_path: Path, kind: str) -> None:
    output = tmp_path / f"out{ENDINGS.get(kind, '')}"
    done = export_labels(survey, output, kind)
    wanted = animals(survey)
    assert done.rows == len(wanted)
    stated = geopackage.read_images(survey)
    folder = tmp_path / "photos"  # of the right names and sizes; the survey's own photos do not exist
    folder.mkdir()
    sizes = zip(stated.path, stated.width.tolist(), stated.height.tolist(), strict=True)
    for path, width, height in sizes:
        photo = folder / path.removeprefix("photos/")
        photo.parent.mkdir(exist_ok=True)
        Image.new("L", (width, height)).save(photo)
    assert format_of(Given(output)).made_by.lower().startswith(kind.replace("-", " "))
    photos = read_labels(output, folder, names_in(output))
    found = sorted(
        (
            (photo.name, name, float(score), tuple(box))
            for photo in photos
            for name, score, box in zip(photo.found_as, photo.scores.tolist(), photo.boxes_px.tolist(), strict=True)
        ),
        key=place,
    )
    assert [one[:2] for one in found] == [one[:2] for one in wanted]
    np.testing.assert_allclose([one[3] for one in found], [one[3] for one in wanted], atol=0.02)
    scores = [one[2] for one in found]
    np.testing.assert_allclose(scores, [np.nan if kind == "yolo" else one[2] for one in wanted], atol=1e-4)
    assert len(photos) == len(stated)  # searched photos without animals too


def test_camtrap_dp_has_its_tables_and_what_it_requires(survey: Path, tmp_path: Path) -> None:
    dataset = Dataset(
        "Kobs", creator="Ann", licence="CC0-1.0", event_date="2026-05-01", taxa={"kob": Taxon("Kobus kob")}
    )
    folder = tmp_path / "package"
    done = export_labels(survey, folder, "camtrap-dp", dataset=dataset)
    package = json.loads((folder / "datapackage.json").read_text())
    required = {"resources", "profile", "created", "contributors", "project", "spatial", "temporal", "taxonomic"}
    assert required <= set(package)
    assert {"title", "samplingDesign", "captureMethod", "individualAnimals", "observationLevel"} <= set(
        package["project"]
    )
    tables = {}
    for resource, columns in zip(package["resources"], (DEPLOYMENTS, MEDIA, OBSERVATIONS), strict=True):
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            tables[resource["name"]] = list(csv.DictReader(file))
        assert tuple(tables[resource["name"]][0]) == columns
    (deployment,) = tables["deployments"]
    media = {one["mediaID"]: one for one in tables["media"]}
    assert len(media) == len(geopackage.read_images(survey))
    rows = [one for one in tables["observations"] if one["observationType"] == "animal"]
    assert len(rows) == done.rows == len({one["observationID"] for one in rows})
    assert {one["mediaID"] for one in tables["observations"]} == set(media)  # blank ones too
    assert {one["deploymentID"] for one in [*tables["media"], *tables["observations"]]} == {deployment["deploymentID"]}
    for one in rows:
        x, y, width, height = (float(one[f"bbox{part}"]) for part in ("X", "Y", "Width", "Height"))
        assert 0 <= x <= x + width <= 1
        assert 0 <= y <= y + height <= 1
        assert width > 0 < height
        assert one["eventStart"].endswith("Z")
    kobs = [name for _, name, _, _ in animals(survey) if name == "kob"]
    assert [one["scientificName"] for one in rows].count("Kobus kob") == len(kobs)


# Camtrap DP 1.0.1, deployments-, media- and observations-table-schema.json: the rules of the columns that are written.
RULES: dict[str, dict[str, str]] = {
    "deployments": {
        "deploymentID": ".+",
        "latitude": "number -90 90",
        "longitude": "number -180 180",
        "deploymentStart": "time",
        "deploymentEnd": "time",
        "deploymentComments": ".*",
    },
    "media": {
        "mediaID": ".+",
        "deploymentID": ".+",
        "captureMethod": "activityDetection|timeLapse|",
        "timestamp": "time",
        "filePath": r"(?=^[^./~])(^((?!\.{2}).)*$).*",
        "filePublic": "true|false",
        "fileName": ".*",
        "fileMediatype": "(image|video|audio)/.*",
    },
    "observations": {
        "observationID": ".+",
        "deploymentID": ".+",
        "mediaID": ".*",
        "eventStart": "time",
        "eventEnd": "time",
        "observationLevel": "media|event",
        "observationType": "animal|human|vehicle|blank|unknown|unclassified",
        "scientificName": ".*",
        "count": "([1-9][0-9]*)?",
        "individualID": ".*",
        **dict.fromkeys(("bboxX", "bboxY"), "number? 0 1"),
        **dict.fromkeys(("bboxWidth", "bboxHeight"), "number? 1e-15 1"),
        "classificationMethod": "human|machine|",
        "classifiedBy": ".*",
        "classificationTimestamp": "time?",
        "classificationProbability": "number? 0 1",
        "observationComments": ".*",
    },
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"


def follows(value: str, rule: str) -> bool:
    """Whether a cell follows a rule: a pattern, a time, or a number within limits; with ?, it may be empty."""
    kind, *limits = rule.split() if rule.startswith(("number", "time")) else (rule,)
    if kind in ("number?", "time?") and not value:
        return True
    if limits:
        return float(limits[0]) <= float(value) <= float(limits[1])
    return re.fullmatch(TIME if kind.startswith("time") else rule, value) is not None


@pytest.mark.parametrize("names", [PHOTOS, ("../a.tif", "../b..c.jpg", ".d.jpg", "~e.jpg")])
def test_camtrap_dp_follows_the_rules_of_its_schema(survey: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    write_survey(
        tmp_path / "s.gpkg",
        dataclasses.replace(geopackage.read_images(survey), path=list(names)),
        dataclasses.replace(geopackage.read_detections(survey), paths=names[:3]),
        [run(NAMES)],
        UTM,
    )
    dataset = Dataset("Kobs", creator="Ann", licence="CC0-1.0", event_date="2026-05-01")
    done = export_labels(tmp_path / "s.gpkg", tmp_path / "package", "camtrap-dp", dataset=dataset)
    broken = set()
    for table, rules in RULES.items():
        with (tmp_path / "package" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert set(rows[0]) == set(rules)
        broken |= {(table, key, row[key]) for row in rows for key, rule in rules.items() if not follows(row[key], rule)}
    # Such names cannot be written as the schema wants them. The survey's own photos keep theirs, and it is said.
    assert {(table, key) for table, key, _ in broken} <= {("media", "filePath")}
    said = [text for text in done.warnings if "Camtrap DP allows no" in text]
    assert bool(said) == bool(broken)
    assert bool(broken) == (names != PHOTOS)


def test_what_cannot_be_written_is_refused(survey: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.jpg").write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists already"):
        export_labels(survey, tmp_path / "full", "yolo")
    assert (tmp_path / "full" / "photo.jpg").read_bytes() == b"mine"
    with pytest.raises(OutputError, match=r"ends in \.xml"):
        export_labels(survey, tmp_path / "a.json", "cvat")
    with pytest.raises(OutputError, match="expected coco-results, yolo"):
        export_labels(survey, tmp_path / "a.json", "pascal")
    write_survey(tmp_path / "none.gpkg", images(placed=False), detections(classes=NAMES).take([]), [run(NAMES)], None)
    with pytest.raises(VectorError, match="Camtrap DP needs"):
        export_labels(tmp_path / "none.gpkg", tmp_path / "package", "camtrap-dp")
    assert not (tmp_path / "package").exists()


def test_photos_whose_names_some_systems_take_for_one_are_refused(tmp_path: Path) -> None:
    four = dataclasses.replace(images(), path=["A/IMG_1.jpg", "a/img_1.JPG", "a/2.jpg", "a/3.jpg"])
    write_survey(tmp_path / "alike.gpkg", four, detections(classes=NAMES).take([]), [run(NAMES)], UTM)
    with pytest.raises(OutputError, match=r"cannot tell (a/)?img_1\.JPG and (A/)?IMG_1\.jpg apart"):
        export_labels(tmp_path / "alike.gpkg", tmp_path / "labels", "yolo")
