"""Numbers that can be believed: hand-worked cases, COCO's AP by another program, splits that leak, the report."""

import csv
import json
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector.errors import InputError
from detector.evaluation import report
from detector.evaluation.average_precision import average_precision, average_precision_of
from detector.evaluation.intervals import bootstrap, rates
from detector.evaluation.scores import (
    Found,
    Matches,
    Truth,
    best_at,
    confusion,
    count_error,
    matches,
    photo_calls,
    recall_by,
    seam_distances,
)
from geo import geopackage
from geo.simulation import SurveySettings, render_scene
from tests.command_line import HerdmapHere, loaded
from tests.systems import allowed_name


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


Row = tuple[int, float, float, int]  # photo, x, y of the centre, label


def truth_of(rows: list[Row], photos: int, crowd: list[bool] | None = None, half: float = 10) -> Truth:
    return Truth(
        photos=tuple(f"{i}.jpg" for i in range(photos)),
        flights=tuple("ab"[i % 2] for i in range(photos)),
        image=np.array([r[0] for r in rows], np.int64),
        boxes_px=np.array([[x - half, y - half, x + half, y + half] for _, x, y, _ in rows], np.float32).reshape(-1, 4),
        labels=np.array([r[3] for r in rows], np.int64),
        crowd=np.array(crowd or [False] * len(rows)),
        seam_px=np.full(len(rows), np.inf),
    )


def found_of(rows: list[tuple[int, float, float, int, float]], half: float = 10) -> Found:
    return Found(
        image=np.array([r[0] for r in rows], np.int64),
        boxes_px=np.array([[r[1] - half, r[2] - half, r[1] + half, r[2] + half] for r in rows], np.float32).reshape(
            -1, 4
        ),
        scores=np.array([r[4] for r in rows], np.float32),
        labels=np.array([r[3] for r in rows], np.int64),
    )


# Two photos: a cow and an elephant in the first, a cow in the second, an empty third.
TRUTH = truth_of([(0, 50, 50, 0), (0, 150, 50, 1), (1, 50, 50, 0)], photos=3)
# The cow found, the elephant taken for a cow, the second cow missed, a false elephant in the empty photo.
FOUND = found_of([(0, 52, 50, 0, 0.9), (0, 150, 52, 0, 0.8), (2, 30, 30, 1, 0.7)])


def test_each_class_by_hand() -> None:
    cows = matches(TRUTH, FOUND, 0, "centre")
    assert cows.by_photo(0).tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    elephants = matches(TRUTH, FOUND, 1, "centre")
    assert elephants.by_photo(0).tolist() == [[0, 0, 1], [0, 0, 0], [0, 1, 0]]
    both = matches(TRUTH, FOUND, None, "centre")
    assert both.by_photo(0).tolist() == [[2, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert (cows.at(0.85).precision, cows.at(0.85).recall) == (1.0, 0.5)
    assert (cows.at(0.0).precision, cows.at(0.0).recall) == (0.5, 0.5)


def test_a_wrong_class_stands_beside_the_diagonal_and_not_as_two_mistakes() -> None:
    #                                        cow elephant nothing
    assert confusion(TRUTH, FOUND, 2).tolist() == [[1, 0, 1], [1, 0, 0], [0, 1, 0]]


def test_counts_and_photos_by_hand() -> None:
    by_photo = np.array([[2, 1, 0], [0, 0, 3], [0, 2, 0], [0, 0, 0]])
    errors = count_error(by_photo)
    assert (errors.true, errors.counted) == (5, 5)
    assert errors.bias == 0
    assert errors.mae == (1 + 3 + 2 + 0) / 4
    assert errors.rmse == pytest.approx(np.sqrt((1 + 9 + 4) / 4))
    calls = photo_calls(by_photo)
    assert (calls.positive, calls.found, calls.missed, calls.empty, calls.falsely_called) == (2, 1, 1, 2, 1)
    assert calls.unseen == 3
    assert calls.saved == 0.5


def test_what_lies_in_a_crowd_is_not_judged() -> None:
    truth = truth_of([(0, 50, 50, 0), (0, 150, 150, 0)], 1, crowd=[False, True])
    found = found_of([(0, 50, 50, 0, 0.9), (0, 152, 150, 0, 0.9), (0, 250, 250, 0, 0.9)])
    assert matches(truth, found, 0, "centre").by_photo(0).tolist() == [[1, 1, 0]]


def test_a_match_depends_on_surer_detections_alone() -> None:
    """So that one matching serves every threshold: at each, the same as matching what is left."""
    rng = np.random.default_rng(3)
    truth = truth_of([(int(i), *rng.uniform(0, 200, 2), 0) for i in np.sort(rng.integers(0, 5, 60))], 5)
    found = found_of([(int(i), *rng.uniform(0, 200, 2), 0, float(s)) for i, s in rng.uniform(0, 5, (80, 2)) / [1, 5]])
    whole = matches(truth, found, None, "centre")
    for threshold in (0.1, 0.4, 0.8):
        left = found[found.scores >= np.float32(threshold)]
        assert matches(truth, left, None, "centre").by_photo(0).tolist() == whole.by_photo(threshold).tolist()


def test_distances_to_seams_and_recall_by_them() -> None:
    boxes = np.array([[90, 0, 110, 20], [40, 40, 60, 60], [0, 180, 20, 200]], np.float32)
    assert seam_distances(boxes, [104, 200], [150]).tolist() == [4, 54, 40]
    assert seam_distances(boxes, [], []).tolist() == [np.inf] * 3
    bins = recall_by(np.array([4, 54, 40, np.inf]), np.array([False, True, True, True]), (0, 16, 50))
    assert bins == [(0, 1, 0), (16, 1, 1), (50, 2, 2)]


def test_the_best_threshold_by_each_rule() -> None:
    truth = truth_of([(0, 20 * i, 20, 0) for i in range(1, 5)], 1, half=5)
    right = [(0, 20 * i, 20, 0, s) for i, s in zip(range(1, 5), (0.9, 0.8, 0.6, 0.3), strict=True)]
    wrong = [(0, 20 * i, 120, 0, s) for i, s in zip(range(1, 5), (0.45, 0.25, 0.2, 0.1), strict=True)]
    m = matches(truth, found_of([*right, *wrong], half=5), 0, "centre")
    # All four right and one wrong from 0.26 to 0.30; three right and none wrong above 0.45.
    assert 0.25 < best_at(m, "f1") <= 0.30
    assert 0.30 < best_at(m, "count") <= 0.45
    assert best_at(m, "recall:0.75") == 0.6
    unfound = matches(truth_of([(0, 500, 500, 0)], 1), found_of([]), 0, "centre")
    with pytest.raises(InputError, match=r"the highest recall is 0\.000"):
        best_at(unfound, "recall:0.5")
    with pytest.raises(InputError, match="a recall from 0 to 1"):
        best_at(m, "recall:1.5")
    with pytest.raises(InputError, match="expected f1, count or recall:R"):
        best_at(m, "best")


def test_intervals_hold_the_true_value_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(200):
        found = rng.binomial(20, 0.8, 60)
        ends = bootstrap(np.stack([found, np.zeros(60, int), 20 - found], axis=1), rates, draws=400, seed=seed)
        covered += int(ends[0, 1] <= 0.8 <= ends[1, 1])
    assert 0.90 <= covered / 200 <= 0.98


@pytest.mark.parametrize("flights", [4, 8])
def test_intervals_over_flights_hold_the_recall_of_flights_that_nobody_has_seen(flights: int) -> None:
    """Each flight has a light of its own: photos alone promise far too much."""
    rng = np.random.default_rng(1)
    covered = {"flights": 0, "photos": 0}
    for seed in range(200):
        chance = np.repeat(rng.beta(8, 2, flights), 15)
        found = rng.binomial(20, chance)
        by_photo = np.stack([found, np.zeros(len(found), int), 20 - found], axis=1)
        names = [str(n // 15) for n in range(len(found))]
        for way, given in (("flights", names), ("photos", None)):
            ends = bootstrap(by_photo, rates, draws=400, seed=seed, flights=given)
            covered[way] += int(ends[0, 1] <= 0.8 <= ends[1, 1])
    assert covered["photos"] / 200 < 0.6
    assert 0.88 <= covered["flights"] / 200 <= 0.99


def test_one_flight_or_a_flight_for_each_photo_draws_photos() -> None:
    by_photo = np.array([[3, 0, 1], [1, 1, 1], [4, 0, 0], [2, 2, 2]])
    photos = bootstrap(by_photo, rates)
    for flights in (["a"] * 4, list("abcd")):
        assert np.array_equal(bootstrap(by_photo, rates, flights=flights), photos, equal_nan=True)


def test_rates_without_animals_are_unknown_rather_than_zero() -> None:
    precision, recall, f1, bias = rates(np.array([[0, 0, 0]]))[0].tolist()
    assert all(np.isnan(v) for v in (precision, recall, f1, bias))
    assert np.isnan(bootstrap(np.zeros((3, 3), np.int64), rates)).all()


def coco_ap(truth: Truth, found: Found, label: int, least: float) -> float:
    """COCO's 101-point average precision, from its definition: each detection, best first, takes the free animal with
    the greatest IoU."""
    rows = np.flatnonzero(found.labels == label)
    rows = rows[np.argsort(-found.scores[rows], kind="stable")]
    animals = np.flatnonzero(truth.labels == label)
    taken: set[int] = set()
    right = []
    for k in rows.tolist():
        best, which = least - 1e-10, None
        for n in animals.tolist():
            if truth.image[n] == found.image[k] and n not in taken:
                a, b = found.boxes_px[k].astype(float), truth.boxes_px[n].astype(float)
                w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                shared = max(w, 0) * max(h, 0)
                union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
                if shared / union >= best:
                    best, which = shared / union, n
        right.append(which is not None)
        if which is not None:
            taken.add(which)
    hits = np.cumsum(right)
    precision, recall = hits / np.arange(1, len(hits) + 1), hits / len(animals)
    points = [precision[recall >= level - 1e-12].max(initial=0.0) for level in np.linspace(0, 1, 101)]
    return float(np.mean(points))


def test_average_precision_is_cocos_also_with_more_than_a_hundred_animals_in_a_photo() -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    rng = np.random.default_rng(1)
    image, label = np.sort(rng.integers(0, 2, 320)).tolist(), rng.integers(0, 2, 320).tolist()
    rows = [(i, *rng.uniform(0, 900, 2), k) for i, k in zip(image, label, strict=True)]
    truth = truth_of(rows, 2)
    near = [(i, x + rng.normal(0, 3), y + rng.normal(0, 3), k, float(rng.beta(4, 2))) for i, x, y, k in rows]
    seen = [row for row in near if rng.random() < 0.8]
    seen += [(i, *rng.uniform(0, 900, 2), i, float(rng.beta(2, 4))) for i in rng.integers(0, 2, 60).tolist()]
    found = found_of(seen)
    for label, ap in enumerate(average_precision(truth, found, 2)):
        levels = [coco_ap(truth, found, label, least) for least in np.arange(10) * 0.05 + 0.5]
        assert ap.ap50 == pytest.approx(levels[0], abs=1e-6)
        assert ap.ap == pytest.approx(np.mean(levels), abs=1e-6)
        assert average_precision_of(matches(truth, found, label, "iou")) == pytest.approx(levels[0], abs=1e-6)
        assert 0.1 < ap.ap50 < 0.95


def test_a_class_without_animals_has_no_average_precision_and_one_never_found_has_zero() -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    empty, missed = average_precision(truth_of([(0, 50, 50, 1)], 1), found_of([]), 2)
    assert np.isnan(empty.ap)
    assert missed.ap == missed.ap50 == 0


def test_shapes_that_do_not_fit_are_said() -> None:
    with pytest.raises(InputError, match="must ascend"):
        truth_of([(1, 5, 5, 0), (0, 5, 5, 0)], 2)
    with pytest.raises(InputError, match="1 flights of 0 photos"):
        Truth((), ("a",), *(getattr(TRUTH, n)[:0] for n in ("image", "boxes_px", "labels", "crowd", "seam_px")))


# ---- the command ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three simulated photos with their animals, one empty photo, one that is none."""
    folder = tmp_path_factory.mktemp("labelled")
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for i, animals in enumerate((12, 20, 8, 0)):
        settings = SurveySettings(seed=40 + i, width_m=24, height_m=18, gsd_m=0.025, animals=animals)
        pixels, boxes, _ = render_scene(settings)
        name = allowed_name(f"<b>{i}.png")
        Image.fromarray(pixels).save(folder / name)
        images.append({"id": i, "file_name": name, "width": 960, "height": 720, "flight": f"flight {i // 2}"})
        for x0, y0, x1, y1 in boxes.tolist():
            box = [x0, y0, x1 - x0, y1 - y0]
            annotations.append({"id": len(annotations), "image_id": i, "category_id": 7, "bbox": box})
    (folder / "broken.png").write_bytes(b"not a picture")
    images.append({"id": 4, "file_name": "broken.png", "width": 960, "height": 720, "flight": "flight 2"})
    categories = [{"id": 7, "name": "sheep"}, {"id": 8, "name": "<script>"}]
    (folder / "labels.json").write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": categories})
    )
    return folder


@pytest.fixture(scope="module")
def evaluated(labelled: Path) -> Path:
    output = labelled.parent / "evaluated"
    done = loaded(
        "evaluate", "--data", labelled / "labels.json", "--images", labelled, "-o", output, "--tile-size", "400",
        "--overlap", "112",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "sheep" in done.out
    assert any("broken.png" in line for line in done.problems)
    assert any("the model does not know them: <script>" in line for line in done.problems)
    return output


def test_the_command_judges_what_detect_gives(evaluated: Path, labelled: Path, tmp_path: Path) -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    metrics = json.loads((evaluated / "metrics.json").read_text())
    photos = sorted(p for p in labelled.glob("*.png") if p.name != "broken.png")
    assert loaded("detect", *photos, "-o", tmp_path / "own.gpkg", "--tile-size", "400", "--overlap", "112").code == 0
    assert metrics["all"]["counts"]["counted"] == len(geopackage.read_detections(tmp_path / "own.gpkg"))
    sheep = metrics["classes"]["sheep"]
    assert sheep["counts"]["true"] == 40
    assert sheep["centre"]["f1"] > 0.8
    low, high = sheep["centre"]["recall_interval"]
    assert low <= sheep["centre"]["recall"] <= high
    assert sheep["average_precision"]["ap50"] > 0.5
    # Tiles of 400 px end within the photos, and every animal is in one bin.
    assert sum(b["animals"] for b in sheep["recall_by_seam_px"]) == 40
    assert sum(b["animals"] for b in sheep["recall_by_seam_px"][:-1]) > 10
    assert list(metrics["flights"]) == ["flight 0", "flight 1"]


def test_the_tables_add_up(evaluated: Path) -> None:
    metrics = json.loads((evaluated / "metrics.json").read_text())
    with (evaluated / "photos.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    centre = metrics["all"]["centre"]
    for column, key in (("found", "found"), ("missed", "missed"), ("false_alarms", "false_alarms")):
        assert sum(int(row[column]) for row in rows) == centre[key]
    assert len(rows) == 4
    with (evaluated / "curves.csv").open(newline="") as file:
        curve = [row for row in csv.DictReader(file) if row["rule"] == "centre"]
    recall = [float(row["recall"]) for row in curve]
    assert recall == sorted(recall, reverse=True)
    assert recall[0] > recall[-1]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_page_needs_nothing_beside_it_and_names_are_text(evaluated: Path) -> None:
    page = (evaluated / "report.html").read_text()
    parsed = _Tags()
    parsed.feed(page)
    assert "b" in parsed.tags  # the headline's own
    assert "script" not in parsed.tags
    assert escape(allowed_name("<b>")) in page
    assert parsed.links
    assert all(link.startswith("data:image/jpeg;base64,") for link in parsed.links)


def test_a_split_that_leaks_is_refused(labelled: Path, tmp_path: Path, here: HerdmapHere) -> None:
    document = json.loads((labelled / "labels.json").read_text())
    shared = {**document, "images": document["images"][:1], "annotations": []}
    (tmp_path / "train.json").write_text(json.dumps(shared))
    given = ("evaluate", "--data", labelled / "labels.json", "--images", labelled, "-o", tmp_path / "out")
    done = here(*given, "--trained-on", tmp_path / "train.json")
    assert done.code == 2
    assert "1 of its photos are also in" in done.problems[0]
    shared["images"] = [{**document["images"][0], "file_name": "other.png"}]
    (tmp_path / "train.json").write_text(json.dumps(shared))
    done = here(*given, "--trained-on", tmp_path / "train.json")
    assert done.code == 2
    assert "1 of its flights are also in" in done.problems[0]
    assert not (tmp_path / "out").exists()


def test_other_classes_are_refused_unless_classes_do_not_matter(
    labelled: Path, tmp_path: Path, here: HerdmapHere
) -> None:
    document = json.loads((labelled / "labels.json").read_text())
    document["categories"] = [{"id": 7, "name": "goat"}]
    (tmp_path / "goats.json").write_text(json.dumps(document))
    given = ("evaluate", "--data", tmp_path / "goats.json", "--images", labelled, "-o", tmp_path / "out")
    done = here(*given)
    assert done.code == 2
    assert "goats.json has the classes goat, and the model has sheep: no class is in both" in done.problems[0]
    assert here(*given, "--any-class", "--progress", "none").code == 0
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["classes"]["animal"]["centre"]["f1"] > 0.8


def test_names_are_taken_as_the_training_took_them(labelled: Path, tmp_path: Path, here: HerdmapHere) -> None:
    document = json.loads((labelled / "labels.json").read_text())
    document["categories"] = [{"id": 7, "name": "Mähnenschaf (Ewe)"}, {"id": 8, "name": "goat"}]
    document["images"] = document["images"][:1]
    rows = [row for row in document["annotations"] if row["image_id"] == 0]
    document["annotations"] = [{**row, "category_id": 7 + i % 2} for i, row in enumerate(rows)]
    labels = tmp_path / "names.json"
    labels.write_text(json.dumps(document))
    given = ("evaluate", "--data", labels, "--images", labelled, "-o", tmp_path / "out", "--progress", "none")

    def classes(*options: str) -> dict[str, int]:
        done = here(*given, *options)
        assert done.code == 0, done.problems
        metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
        assert any("goat" in note for note in metrics["notes"]) == ("--rest" not in options)
        return {name: one["counts"]["true"] for name, one in metrics["classes"].items()}

    assert classes("--rename", "Mähnenschaf (Ewe)=sheep") == {"sheep": 6}
    assert classes("--rest", "sheep") == {"sheep": 12}
    for options, said in (
        (("--rename", "ewe=sheep"), "names.json has no class 'ewe' to rename; it has"),
        (("--rename", "goat=gnu"), "'goat' is renamed to 'gnu'; expected one of the model's: sheep"),
        (("--rename", "goat"), "'goat': expected NAME=CLASS, each NAME once"),
        (("--rest", "other_animal"), "rest is 'other_animal'; expected one of the model's classes: sheep"),
    ):
        done = here(*given, *options)
        assert done.code == 2
        assert said in done.problems[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": 900}, "its labels are for 900 x 720 px"),
        ({"file_name": "gone.png"}, "no such file"),
    ],
)
def test_labels_of_another_photo_are_said(
    labelled: Path, tmp_path: Path, here: HerdmapHere, change: dict[str, Any], said: str
) -> None:
    document = json.loads((labelled / "labels.json").read_text())
    document["images"] = [{**document["images"][0], **change}]
    document["annotations"] = []
    (tmp_path / "labels.json").write_text(json.dumps(document))
    done = here("evaluate", "--data", tmp_path / "labels.json", "--images", labelled, "-o", tmp_path / "out")
    assert done.code == 2
    assert len(done.problems) == 1
    assert said in done.problems[0]


def test_an_unknown_rule_is_said_before_anything_runs(labelled: Path, tmp_path: Path, here: HerdmapHere) -> None:
    given = ("evaluate", "--data", labelled / "labels.json", "--images", labelled, "-o", tmp_path / "out")
    done = here(*given, "--rule", "accuracy")
    assert done.code == 2
    assert "rule 'accuracy': expected f1, count or recall:R" in done.problems[0]
    assert not (tmp_path / "out").exists()


def test_it_resumes_and_says_the_same(evaluated: Path, labelled: Path) -> None:
    def parts() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in evaluated.glob("*.herdmap/parts/??/*")}

    before, made = (evaluated / "metrics.json").read_text(), parts()
    (evaluated / "metrics.json").unlink()
    given = ("--data", labelled / "labels.json", "--images", labelled, "-o", evaluated)
    assert loaded("evaluate", *given, "--tile-size", "400", "--overlap", "112").code == 0
    assert parts() == made
    assert made
    assert (evaluated / "metrics.json").read_text() == before


def test_a_page_of_several_classes_shows_which_is_taken_for_which() -> None:
    some, none = {"counts": {"true": 1, "counted": 2}}, {"counts": {"true": 0, "counted": 0}}
    classes = {"cow": some, "<elephant>": some, "goat": none}
    table = report._confusion_table({"confusion": confusion(TRUTH, FOUND, 3), "classes": classes})
    assert "&lt;elephant&gt;" in table
    assert "goat" not in table  # it is neither in the labels nor found
    cells = [
        row.split("</td><td>")[1:]
        for row in table.partition("</td></tr></tbody>")[0].replace("</td></tr>", "").split("<tr><td>")[1:]
    ]
    assert cells == [["1", "0", "1"], ["1", "0", "0"], ["0", "1", "0"]]


def test_no_matches_of_no_photos() -> None:
    assert Matches.none().by_photo(0).shape == (0, 3)
