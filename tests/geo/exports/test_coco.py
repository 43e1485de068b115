import contextlib
import dataclasses
import io
import json

import numpy as np
import pytest
from PIL import Image

from detector.labels.coco import read_coco
from geo.errors import OutputError, VectorError
from geo.exports.coco import export_data, read_checked, training_data
from geo.geopackage import write_survey
from geo.georeference import boxes_to_polygons, footprint, from_transform
from geo.tables import DetectionRows, TableError
from tests.surveys.small import HOSTILE, UTM, images, left_in, run

FIRST, SECOND, THIRD, FAILED = images().path
TURNED = from_transform((0.03, 0.04, 500_000, 0.04, -0.03, 9_700_000), UTM)  # a photo that is not north-up


def rows(said, classes=("sheep", "goat"), **columns):
    """Detections from (image, review, ...) each; a box apart from the others."""
    count, names = len(said), list(images().path)
    boxes = np.array([[10 + 100 * i, 20, 40 + 100 * i, 60.5] for i in range(count)], np.float32).reshape(-1, 4)
    more = {
        "reviewed_class": [None] * count,
        "run_id": ["r1"] * count,
        "score": np.full(count, 0.5),
        "label": np.zeros(count, int),
        "boxes_px": boxes,
        **columns,
    }
    return DetectionRows(
        paths=tuple(names),
        image=np.array([names.index(image) for image, _ in said], int),
        classes=classes,
        polygons_map=boxes_to_polygons(TURNED, np.array([[0, 0, 1, 1]] * count)),
        review=[review for _, review in said],
        **more,
    )


def photos(document):
    return [entry["file_name"] for entry in document["images"]]


# ---- which photos ----------------------------------------------------------------------------


def test_only_photos_that_are_reviewed_whole_are_training_data():
    said = [(FIRST, "confirmed"), (FIRST, "rejected"), (SECOND, "confirmed"), (SECOND, "unreviewed")]
    document, counts, _ = training_data(images(), rows(said))
    assert photos(document) == [FIRST]
    assert [one["iscrowd"] for one in document["annotations"]] == [0]
    assert counts == {
        "photos": 1,
        "empty": 0,
        "animals": 1,
        "added": 0,
        "rejected": 1,
        "unreviewed": 0,
        "left_out": 3,
    }


def test_a_photo_of_false_alarms_alone_is_known_to_be_empty():
    document, counts, _ = training_data(images(), rows([(FIRST, "rejected")]))
    assert photos(document) == [FIRST]
    assert document["annotations"] == []
    assert counts["empty"] == 1


def test_checked_photos_are_training_data_also_without_an_animal():
    document, counts, _ = training_data(images(), rows([(FIRST, "confirmed")]), checked=[SECOND, THIRD])
    assert photos(document) == [FIRST, SECOND, THIRD]
    assert counts["empty"] == 2
    assert {one["image_id"] for one in document["annotations"]} == {1}


def test_a_checked_photo_with_something_unreviewed_is_not():
    assert photos(training_data(images(), rows([(FIRST, "unreviewed")]), checked=[FIRST])[0]) == []


def test_what_is_below_the_score_need_not_be_reviewed():
    table = rows([(FIRST, "confirmed"), (FIRST, "unreviewed")], score=np.array([0.9, 0.2]))
    assert photos(training_data(images(), table)[0]) == []
    document, _, _ = training_data(images(), table, min_score=0.3)
    assert photos(document) == [FIRST]
    assert len(document["annotations"]) == 1


def test_touched_photos_have_their_unreviewed_boxes_as_crowd_regions():
    said = [(FIRST, "confirmed"), (FIRST, "unreviewed"), (SECOND, "unreviewed")]
    document, counts, _ = training_data(images(), rows(said), photos="touched")
    assert photos(document) == [FIRST]
    assert [one["iscrowd"] for one in document["annotations"]] == [0, 1]
    assert counts["unreviewed"] == 1
    document, _, _ = training_data(images(), rows(said), photos="all")
    assert photos(document) == [FIRST, SECOND, THIRD]


def test_a_photo_that_failed_is_never_training_data():
    assert photos(training_data(images(), rows([(FAILED, "confirmed")]), photos="all", checked=[FAILED])[0]) == [
        FIRST,
        SECOND,
        THIRD,
    ]


# ---- what is in them -------------------------------------------------------------------------


def test_the_persons_class_counts_and_categories_are_sorted():
    table = rows([(FIRST, "confirmed")] * 3, reviewed_class=["zebra", None, "ant"], label=np.array([0, 1, 0]))
    document, _, _ = training_data(images(), table)
    names = {one["id"]: one["name"] for one in document["categories"]}
    assert names == {1: "ant", 2: "goat", 3: "sheep", 4: "zebra"}
    assert [names[one["category_id"]] for one in document["annotations"]] == ["zebra", "goat", "ant"]


def test_points_are_key_points_and_unreviewed_ones_regions():
    said = [(FIRST, "confirmed"), (FIRST, "confirmed"), (FIRST, "unreviewed")]
    document, _, _ = training_data(images(), rows(said, kind=["point", "box", "point"]), photos="touched")
    found = [(one["bbox"], one.get("keypoints"), one["iscrowd"]) for one in document["annotations"]]
    assert found == [
        ([25, 40.25, 0, 0], [25, 40.25, 2], 0),
        ([110, 20, 30, 40.5], None, 0),
        ([210, 20, 30, 40.5], None, 1),
    ]


def test_boxes_are_those_of_the_whole_photo_clipped_to_it():
    boxes = np.array([[-3.5, 1.25, 10, 20], [5990, 3990.1, 6010, 4010], [6001, 1, 6009, 9]], np.float32)
    document, _, warnings = training_data(images(), rows([(FIRST, "confirmed")] * 2, boxes_px=boxes[:2]))
    assert [one["bbox"] for one in document["annotations"]] == [[0.0, 1.25, 10.0, 18.75], [5990.0, 3990.1, 10.0, 9.9]]
    assert [one["area"] for one in document["annotations"]] == pytest.approx([187.5, 99])
    assert warnings == []
    document, _, warnings = training_data(images(), rows([(FIRST, "confirmed")] * 3, boxes_px=boxes))
    assert photos(document) == []
    assert "left out" in warnings[0]


@pytest.mark.parametrize("points", [1, 21])
@pytest.mark.parametrize("clockwise", [False, True])
def test_an_animal_drawn_on_the_map_alone_gets_its_box_in_the_photo(points, clockwise):
    """The camera is turned, so that the box on the map is no upright rectangle."""
    wanted = np.array([[100, 200, 140, 260]], float)
    placed = images()
    ring = footprint(TURNED, 6000, 4000, points_per_side=points)
    placed = dataclasses.replace(placed, footprints=[ring[::-1] if clockwise else ring, *[None] * 3])
    table = rows([(FIRST, "unreviewed")], boxes_px=np.full((1, 4), np.nan), run_id=[None])
    table = dataclasses.replace(table, polygons_map=boxes_to_polygons(TURNED, wanted))
    document, counts, _ = training_data(placed, table)
    assert document["annotations"][0]["bbox"] == pytest.approx([100, 200, 40, 60], abs=0.02)
    assert (counts["animals"], counts["added"]) == (1, 1)
    document, _, warnings = training_data(images(placed=False), table)
    assert document["images"] == []
    assert FIRST in warnings[0]


# ---- the file --------------------------------------------------------------------------------


def write(path, table):
    path.parent.mkdir(exist_ok=True, parents=True)
    write_survey(path, images(), table, [run()], UTM)
    return path


@pytest.fixture
def survey(tmp_path):
    said = [(FIRST, "confirmed"), (FIRST, "rejected"), (THIRD, "confirmed"), (SECOND, "unreviewed")]
    table = rows(said, classes=HOSTILE, label=np.array([3, 1, 4, 0]), score=np.array([0.25, 0.5, np.nan, 0.5]))
    return write(tmp_path / "survey" / "s.gpkg", dataclasses.replace(table, run_id=["r1", "r1", "manual", "r1"]))


def test_our_own_trainer_reads_it(survey):
    done = export_data(survey, survey.parent / "coco.json")
    assert (done.photos, done.animals, done.added, done.rejected) == (2, 2, 1, 1)
    assert done.warnings == ()
    labelled = read_coco(done.output, done.images_folder, HOSTILE)
    assert [image.path for image in labelled] == [survey.parent / FIRST, survey.parent / THIRD]
    assert [(image.width, image.height) for image in labelled] == [(6000, 4000)] * 2
    np.testing.assert_allclose(labelled[0].boxes_px, [[10, 20, 40, 60.5]])
    assert [image.labels.tolist() for image in labelled] == [[3], [4]]


def test_pycocotools_reads_it(survey):
    coco = pytest.importorskip("pycocotools.coco", reason="needs pycocotools, which the dev extra has")
    cocoeval = pytest.importorskip("pycocotools.cocoeval")
    export_data(survey, survey.parent / "coco.json", photos="touched", checked=[SECOND], min_score=0.1)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO(str(survey.parent / "coco.json"))
        assert len(truth.getImgIds()) == 3
        assert sorted(category["name"] for category in truth.loadCats(truth.getCatIds())) == sorted(
            {HOSTILE[i] for i in (0, 1, 3, 4)}
        )
        found = [{**one, "score": 0.9} for one in truth.loadAnns(truth.getAnnIds(iscrowd=False))]
        judged = cocoeval.COCOeval(truth, truth.loadRes(found), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    assert judged.stats[0] == pytest.approx(1)  # what is there is found, and the crowd region is neither


def test_the_file_says_where_it_comes_from(survey):
    export_data(survey, survey.parent / "coco.json", min_score=0.1)
    document = json.loads((survey.parent / "coco.json").read_text(encoding="utf-8"))
    about = document["info"]["herdmap"]
    assert (about["survey"], about["images"], about["photos_rule"], about["min_score"]) == (
        "s.gpkg",
        ".",
        "reviewed",
        0.1,
    )
    assert about["counts"]["animals"] == 2
    assert about["runs"][0]["model_sha256"] == "ab" * 32
    assert document["images"][0]["date_captured"] == "2018-10-01T08:00:00Z"
    assert document["annotations"][0]["herdmap"]["score"] == 0.25
    assert document["annotations"][1]["herdmap"]["score"] is None


def test_names_are_relative_to_the_file_or_to_the_photos(survey, tmp_path):
    above = export_data(survey, tmp_path / "coco.json")
    assert above.images_folder == tmp_path
    assert read_coco(above.output, tmp_path, HOSTILE)[0].path == survey.parent / FIRST
    (tmp_path / "else").mkdir()
    beside = export_data(survey, tmp_path / "else" / "coco.json")
    assert beside.images_folder == survey.parent / "photos"
    assert "train with that" in beside.warnings[0]
    document = json.loads(beside.output.read_text(encoding="utf-8"))
    assert document["info"]["herdmap"]["images"] == "../survey/photos"
    assert read_coco(beside.output, beside.images_folder, HOSTILE)[0].path == survey.parent / FIRST


@pytest.mark.parametrize("orientation", [None, 1, 2, 6])
def test_photos_that_other_programs_turn_are_said(survey, tmp_path, orientation):
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    (survey.parent / FIRST).parent.mkdir(exist_ok=True)
    Image.new("RGB", (40, 30)).save(survey.parent / FIRST, "JPEG", exif=exif)
    done = export_data(survey, tmp_path / "coco.json")
    about = json.loads(done.output.read_text(encoding="utf-8"))["info"]["herdmap"]
    assert about["pixels"] == "as stored; EXIF orientation is not applied"
    said = [line for line in done.warnings if "turns or mirrors" in line]
    assert len(said) == (orientation in (2, 6))
    assert all(f"1, the first is {FIRST};" in line for line in said)


def test_the_same_survey_gives_the_same_bytes(survey, tmp_path):
    export_data(survey, tmp_path / "a.json")
    export_data(survey, tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_what_cannot_be_written_is_said(survey, tmp_path):
    with pytest.raises(VectorError, match="no photo is reviewed completely"):
        export_data(write(tmp_path / "u.gpkg", rows([(FIRST, "unreviewed")])), tmp_path / "c.json")
    with pytest.raises(VectorError, match=r"no photo 'x\.jpg'"):
        export_data(survey, tmp_path / "c.json", checked=["x.jpg"])
    with pytest.raises(TableError, match="reviewed, touched, all"):
        export_data(survey, tmp_path / "c.json", photos="some")  # type: ignore[arg-type]
    with pytest.raises(OutputError, match="does not exist"):
        export_data(survey, tmp_path / "none" / "c.json")
    assert "c.json" not in left_in(tmp_path)


def test_lists_of_checked_photos(tmp_path):
    (tmp_path / "a.txt").write_text(f"{FIRST}\n\n{SECOND}\r\n", encoding="utf-8")
    assert read_checked(tmp_path / "a.txt") == [FIRST, SECOND]
    (tmp_path / "a.csv").write_text(f'\ufeffn,image,checked\n1,"{FIRST}",yes\n2,b.jpg,\n3,c.jpg,1\n', encoding="utf-8")
    assert read_checked(tmp_path / "a.csv") == [FIRST, "c.jpg"]
    (tmp_path / "b.csv").write_text("image\nx.jpg\n", encoding="utf-8")
    assert read_checked(tmp_path / "b.csv") == ["x.jpg"]
    sample = "called,order,photo,detections,reviewed\nempty,1,x.jpg,0,Done\nempty,2,y.jpg,0,\n"
    (tmp_path / "sample.csv").write_text(sample, encoding="utf-8")
    assert read_checked(tmp_path / "sample.csv") == ["x.jpg"]
    (tmp_path / "short.csv").write_text("order,image,checked\n1,x.jpg,yes\n2,y.jpg\n")
    assert read_checked(tmp_path / "short.csv") == ["x.jpg"]  # a row that ends early says nothing
    (tmp_path / "cut.csv").write_text("order,image,checked\n1,x.jpg,yes\n2\n")
    with pytest.raises(VectorError, match="line 3: it names no photo; expected one in the column image"):
        read_checked(tmp_path / "cut.csv")
    (tmp_path / "c.csv").write_text("file\nx.jpg\n", encoding="utf-8")
    for wrong in ("c.csv", "none.csv"):
        with pytest.raises(VectorError, match=r"'photo' or 'image'|cannot be read"):
            read_checked(tmp_path / wrong)


def test_a_hundred_thousand_detections_are_exported_in_seconds():
    said = [(FIRST, "confirmed")] * 100_000
    document, counts, _ = training_data(images(), rows(said, boxes_px=np.tile([[1, 2, 3, 4]], (100_000, 1))))
    assert counts["animals"] == len(document["annotations"]) == 100_000
