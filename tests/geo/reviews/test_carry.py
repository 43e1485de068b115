import dataclasses
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.geopackage import read_detections, read_images, write_survey
from geo.reviews.carry import carry, carry_images, join, match
from geo.tables import DetectionRows
from tests.surveys.small import UTM, images, run


def rows(boxes, image=None, paths=("a.jpg", "b.jpg"), classes=("sheep", "goat"), label=None, **columns):
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    count = len(boxes)
    return DetectionRows(
        paths=paths,
        image=np.zeros(count, int) if image is None else image,
        classes=classes,
        label=np.zeros(count, int) if label is None else label,
        score=np.full(count, 0.5),
        boxes_px=boxes,
        polygons_map=np.full((count, 5, 2), np.nan),
        **{"run_id": "r1", **columns},
    )


def said(table):
    return [
        entry
        for entry in zip(
            table.image_paths(), table.text("review"), table.text("reviewer"), table.text("note"), strict=True
        )
        if entry[1] != "unreviewed" or entry[2] or entry[3]
    ]


BOX = [10, 10, 30, 30]


def test_a_review_goes_to_the_same_animal():
    old = rows(
        [BOX, [100, 100, 120, 120]], review=["confirmed", "rejected"], reviewer=["ann", "bob"], note=[None, "bush"]
    )
    new = rows([[101, 100, 121, 120], [11, 11, 31, 31], [500, 500, 520, 520]], run_id="r2")
    after = carry(old, new)
    assert len(after) == 3
    assert after.text("review") == ["rejected", "confirmed", "unreviewed"]
    assert after.text("reviewer") == ["bob", "ann", None]
    assert after.text("note") == ["bush", None, None]
    assert after.text("run_id") == ["r2"] * 3


def test_a_reviewed_animal_keeps_its_identity() -> None:
    old = rows([BOX, [100, 100, 120, 120]], review=["confirmed", "unreviewed"], uuid=["u1", "u2"])
    after = carry(old, rows([[100, 100, 120, 120], [11, 11, 31, 31]], run_id="r2"))
    assert after.text("uuid") == [None, "u1"]
    gone = carry(old, rows([[500, 500, 520, 520]], run_id="r2"))
    assert gone.text("uuid") == [None, "u1"]


def test_a_review_without_a_partner_stays_as_it_was():
    old = rows([BOX, [400, 400, 440, 440]], review=["confirmed", "unreviewed"], run_id="r1", animal_id=[7, 8])
    after = carry(old, rows([[31, 10, 51, 30]], run_id="r2"))
    assert after.text("review") == ["unreviewed", "confirmed"]
    assert after.text("run_id") == ["r2", "r1"]
    assert after.animal_id.tolist() == [-1, -1]
    np.testing.assert_array_equal(after.boxes_px[1], BOX)


def test_an_animal_that_a_person_drew_stays():
    old = rows([BOX, [50, 50, 60, 60], [70, 70, 80, 80]], run_id=[None, "manual", "r1"])
    assert carry(old, rows([])).text("run_id") == [None, "manual"]


def test_the_other_image_is_another_animal():
    old = rows([BOX], image=[0], review="confirmed")
    after = carry(old, rows([BOX], image=[1], run_id="r2"))
    assert sorted(zip(after.image_paths(), after.text("review"), strict=True)) == [
        ("a.jpg", "confirmed"),
        ("b.jpg", "unreviewed"),
    ]


def test_equal_boxes_come_before_better_places_in_the_file():
    # Two that overlap each other: each keeps its own review, whatever the order.
    first, second = [0, 0, 100, 100], [10, 0, 110, 100]
    old = rows([first, second], review=["confirmed", "rejected"])
    after = carry(old, rows([second, first]))
    assert after.text("review") == ["rejected", "confirmed"]


def test_an_unreviewed_neighbour_keeps_its_own_partner():
    # The confirmed animal is no longer found; its neighbour's new box overlaps it but is the neighbour.
    gone, neighbour = [0, 0, 100, 100], [20, 0, 120, 100]
    after = carry(rows([gone, neighbour], review=["confirmed", "unreviewed"]), rows([neighbour]))
    assert after.text("review") == ["unreviewed", "confirmed"]


def test_a_confirmed_class_is_not_turned_into_another():
    old = rows([BOX, [50, 50, 90, 90]], label=[0, 0], review=["confirmed", "confirmed"], reviewed_class=[None, "cow"])
    new = rows([BOX, [50, 50, 90, 90]], label=[1, 1])
    assert carry(old, new).text("reviewed_class") == ["sheep", "cow"]
    assert carry(old, rows([BOX, [50, 50, 90, 90]])).text("reviewed_class") == [None, "cow"]


def test_boxes_without_px_are_kept_and_never_matched():
    old = rows([[np.nan] * 4], review="confirmed", run_id="manual")
    assert carry(old, rows([BOX])).text("review") == ["unreviewed", "confirmed"]


def test_nothing_old_changes_nothing():
    new = rows([BOX], label=[1], runner_up=[0], chip=[b"x"])
    after = carry(rows([]), new)
    assert after.class_names() == ["goat"]
    assert after.chip == [b"x"]


box = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(5, 40), st.integers(5, 40)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)
reviews = st.sampled_from(["unreviewed", "unreviewed", "confirmed", "rejected"])


@st.composite
def tables(draw, reviewed):
    count = draw(st.integers(0, 25))
    boxes = draw(st.lists(box, min_size=count, max_size=count))
    image = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    label = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    review = draw(st.lists(reviews, min_size=count, max_size=count)) if reviewed else "unreviewed"
    note = [f"n{i}" if i % 4 == 0 else None for i in range(count)] if reviewed else None
    order = draw(st.sampled_from([("a.jpg", "b.jpg"), ("b.jpg", "a.jpg")]))
    return rows(boxes, image=np.array(image, int), label=np.array(label, int), review=review, note=note, paths=order)


@given(tables(reviewed=True), tables(reviewed=False))
def test_no_review_is_lost_and_none_is_invented(old, new):
    after = carry(old, new)
    assert Counter(said(after)) == Counter(said(old))
    np.testing.assert_array_equal(after.boxes_px[: len(new)], new.boxes_px)
    assert after.image_paths()[: len(new)] == new.image_paths()
    assert after.class_names()[: len(new)] == new.class_names()


@given(tables(reviewed=True), tables(reviewed=False))
def test_running_again_changes_nothing(old, new):
    once = carry(old, new)
    twice = carry(once, new)
    assert Counter(said(twice)) == Counter(said(old))
    assert len(twice) == len(once)


@given(tables(reviewed=True), tables(reviewed=False), st.booleans())
@settings(max_examples=200)
def test_the_match_is_the_plain_greedy_one(old, new, by_class):
    def iou(a, b):
        w = min(a[2], b[2]) - max(a[0], b[0])
        h = min(a[3], b[3]) - max(a[1], b[1])
        common = max(w, 0) * max(h, 0)
        return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)

    pairs = []
    for i in range(len(old)):
        for j in range(len(new)):
            a, b = old.boxes_px[i].tolist(), new.boxes_px[j].tolist()
            other = old.class_names()[i] != new.class_names()[j]
            if old.image_paths()[i] == new.image_paths()[j] and iou(a, b) >= 0.5 and not (by_class and other):
                pairs.append((a != b, -iou(a, b), other, i, j))
    partner, taken = [-1] * len(old), set()
    for *_, i, j in sorted(pairs):
        if partner[i] < 0 and j not in taken:
            partner[i] = j
            taken.add(j)
    assert match(old, new, by_class).tolist() == partner


def test_a_verdict_on_one_class_of_a_tile_is_not_that_on_another() -> None:
    old = rows([BOX, BOX], label=[1, 0], review=["rejected", "confirmed"])
    assert carry(old, rows([BOX, BOX], label=[0, 1])).text("review") == ["confirmed", "rejected"]
    only = carry(old.take(np.array([0])), rows([BOX]), by_class=True)
    assert list(zip(only.class_names(), only.text("review"), strict=True)) == [
        ("sheep", "unreviewed"),
        ("goat", "rejected"),
    ]


def test_joined_tables_keep_their_names():
    first = rows([BOX], paths=("a.jpg",), classes=("sheep",), runner_up=[-1])
    second = rows(
        [BOX, BOX], image=[1, 0], paths=("c.jpg", "a.jpg"), classes=("goat", "sheep"), label=[1, 0], runner_up=[0, -1]
    )
    both = join(first, second)
    assert both.image_paths() == ["a.jpg", "a.jpg", "c.jpg"]
    assert both.class_names() == ["sheep", "sheep", "goat"]
    assert [None if i < 0 else both.classes[i] for i in both.runner_up] == [None, "goat", None]


def test_reviews_survive_the_file(tmp_path, check_gpkg):
    """Review in the file, run again over fewer images: the file has every review, and the image they speak of."""
    path = tmp_path / "survey.gpkg"
    names = tuple(images().path)
    first = rows([BOX, [50, 50, 90, 90]], image=[0, 2], paths=names, review=["confirmed", "rejected"], reviewer="ann")
    write_survey(path, images(), first, [run()], UTM)
    fewer = images(2)
    new = rows([[10.5, 10, 30.5, 30]], image=[0], paths=names[:2], run_id="r2")
    after = carry(read_detections(path, reviewed_only=True, chips=True), new)
    kept = carry_images(read_images(path), fewer, after)
    write_survey(path, kept, after, [run(), dataclasses.replace(run(), run_id="r2")], UTM)
    check_gpkg(path, positioned=False)
    again = read_detections(path)
    assert list(zip(again.image_paths(), again.text("review"), again.text("reviewer"), strict=True)) == [
        (names[0], "confirmed", "ann"),
        (names[2], "rejected", "ann"),
    ]
    assert list(kept.path) == [*fewer.path, names[2]]


def test_a_hundred_thousand_reviews_are_carried_quickly():
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 30_000, (100_000, 2))
    boxes = np.hstack([corner, corner + 20])
    old = rows(boxes, review="confirmed")
    order = rng.permutation(len(boxes))
    partner = match(old, rows(boxes[order] + rng.uniform(-1, 1, boxes.shape)))
    inverse = np.argsort(order)
    assert (partner == inverse).mean() > 0.97  # where boxes lie on each other either partner will do
