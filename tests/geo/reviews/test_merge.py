import csv
import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import OutputError, VectorError
from geo.geopackage import read_detections, read_images, read_runs, write_survey
from geo.geopackage.imagery import ImageryLayer
from geo.geopackage.project_imagery import read_imagery
from geo.reviews.agreement import Agreement, agreement
from geo.reviews.merge import merge, merge_reviews
from geo.standing import after_review
from geo.tables import DetectionRows
from tests.surveys.small import HOSTILE, UTM, images, run, to_map

REVIEW = ("review", "reviewed_class", "reviewer", "reviewed_at", "note")
BOX = [10, 10, 30, 30]


def rows(boxes, image=None, photos=4, classes=("sheep", "goat"), label=None, **columns):
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    image = np.zeros(len(boxes), int) if image is None else np.asarray(image, int)
    corners = boxes[:, [[0, 1], [0, 3], [2, 3], [2, 1], [0, 1]]].astype(float)
    return DetectionRows(
        **{
            "paths": tuple(images(photos).path),
            "image": image,
            "classes": classes,
            "label": np.zeros(len(boxes), int) if label is None else label,
            "score": np.full(len(boxes), 0.5),
            "boxes_px": boxes,
            "polygons_map": to_map(corners, image[:, None]),
            "run_id": "r1",
            **columns,
        }
    )


def one(review="unreviewed", who=None, when=None, **more):
    return rows([BOX], review=review, reviewer=[who], reviewed_at=[when], **more)


def texts(table):
    return list(zip(*(table.text(name) for name in REVIEW), strict=True))


def as_a_set(table):
    return list(
        zip(
            table.image_paths(),
            np.nan_to_num(table.boxes_px, nan=-1).round(2).tolist(),
            table.class_names(),
            np.nan_to_num(table.score, nan=-1).round(4).tolist(),
            table.counted.tolist(),
            texts(table),
            strict=True,
        )
    )


# ---- the rules, one by one -------------------------------------------------------------------


def test_each_persons_reviews_come_together():
    a = rows([BOX, [50, 50, 70, 70], [90, 90, 99, 99]], review=["confirmed", "unreviewed", "unreviewed"])
    b = rows([BOX, [50, 50, 70, 70], [90, 90, 99, 99]], review=["unreviewed", "rejected", "unreviewed"])
    merged = merge(a, b)
    assert merged.rows.text("review") == ["confirmed", "rejected", "unreviewed"]
    assert merged.conflicts == ()
    assert merged.agreement.n == 0


def test_the_later_edit_of_one_person_holds_without_a_word():
    a, b = one("confirmed", "ann", "2026-01-01T10:00:00Z"), one("rejected", "ann", "2026-01-02T09:00:00Z")
    for merged in (merge(a, b), merge(b, a)):
        assert texts(merged.rows) == [("rejected", None, "ann", "2026-01-02T09:00:00Z", None)]
        assert merged.conflicts == ()
        assert merged.agreement.n == 0


def test_times_are_compared_as_moments_not_as_texts():
    earlier, later = "2026-01-01T12:00:00+03:00", "2026-01-01T10:00:00.500"  # 9:00 and 10:00 UTC
    merged = merge(one("confirmed", "ann", earlier), one("rejected", "ann", later))
    assert merged.rows.text("review") == ["rejected"]


def test_a_review_without_a_time_gives_way():
    merged = merge(one("confirmed", "ann", None), one("rejected", "bob", "no date"))
    assert len(merged.conflicts) == 1
    assert merge(one("confirmed", "ann"), one("rejected", "bob", "2026-01-01")).rows.text("review") == ["rejected"]


def test_two_people_who_differ_are_a_conflict_and_the_newest_holds():
    a = one("confirmed", "ann", "2026-01-03", reviewed_class="goat", note=["lame"])
    b = one("rejected", "bob", "2026-01-02", note=["a bush"])
    merged = merge(a, b)
    assert texts(merged.rows) == [
        ("confirmed", "goat", "ann", "2026-01-03", "lame\na bush\nconflict: bob said rejected (2026-01-02)")
    ]
    (conflict,) = merged.conflicts
    assert (conflict.first.person, conflict.second.person, conflict.kept) == ("ann", "bob", "first")
    (exchanged,) = merge(b, a).conflicts
    assert (exchanged.first.person, exchanged.second.person, exchanged.kept) == ("bob", "ann", "second")
    assert exchanged.box_px == tuple(BOX)


def test_two_people_who_agree_are_both_named():
    merged = merge(one("confirmed", "ann", "2026-01-03"), one("confirmed", "bob", "2026-01-02"))
    assert texts(merged.rows) == [
        ("confirmed", None, "ann", "2026-01-03", "also: bob said confirmed sheep (2026-01-02)")
    ]
    assert merged.agreement.table.tolist() == [[1]]


def test_what_was_said_before_the_copy_is_no_agreement_of_two():
    both = one("confirmed", None, "2026-01-01T00:00:00Z")
    assert merge(both, both).agreement.n == 0
    assert texts(merge(both, both).rows) == texts(both)
    nobody = merge(one("confirmed"), one("rejected"))
    assert nobody.agreement.n == 0
    assert len(nobody.conflicts) == 1


def test_an_animal_that_both_added_is_one():
    a = rows([BOX], run_id="manual", score=[np.nan], reviewer="ann", reviewed_at="2026-01-01", animal_id=[7])
    b = rows(
        [[11, 11, 31, 31]], run_id="manual", score=[np.nan], reviewer="bob", reviewed_at="2026-01-02", animal_id=[7]
    )
    far = rows([[200, 200, 220, 220]], run_id="manual", score=[np.nan], reviewer="bob", animal_id=[7])
    assert len(merge(a, b).rows) == 1
    assert merge(a, b).added == (0, 0, 1)
    apart = merge(a, far)
    assert len(apart.rows) == 2
    assert apart.added == (1, 1, 0)
    assert len(set(apart.rows.animal_id.tolist())) == 2  # each file numbered its own animal 7


def test_an_added_animal_that_the_other_file_detected_keeps_the_detection():
    drawn = rows([BOX], run_id="manual", score=[np.nan], label=[1], reviewer="ann")
    found = rows([[11, 10, 31, 30]])
    for merged in (merge(drawn, found), merge(found, drawn)):
        assert merged.rows.score.tolist() == [0.5]
        assert texts(merged.rows) == [("confirmed", "goat", "ann", None, None)]


def test_animals_drawn_on_the_map_alone_are_united_by_their_polygons():
    nowhere = np.full((1, 4), np.nan)
    a = dataclasses.replace(rows([BOX], run_id=[None], score=[np.nan]), boxes_px=nowhere)
    b = dataclasses.replace(rows([[12, 10, 32, 30]], run_id=[None], score=[np.nan]), boxes_px=nowhere)
    c = dataclasses.replace(rows([[25, 10, 45, 30]], run_id=[None], score=[np.nan]), boxes_px=nowhere)
    assert len(merge(a, a).rows) == len(merge(a, b).rows) == 1
    assert len(merge(a, rows([BOX], run_id="manual")).rows) == 1
    assert len(merge(a, c).rows) == 2


def test_sightings_of_one_animal_stay_together():
    a = rows([BOX, BOX, BOX], image=[0, 1, 2], animal_id=[5, 5, 9])
    b = rows([BOX, BOX, BOX], image=[0, 1, 2], animal_id=[5, 6, 6])
    ids = merge(a, b).rows.animal_id.tolist()
    assert ids == [5, 5, 5]
    assert merge(a, a).rows.animal_id.tolist() == [5, 5, 9]


# ---- kappa -----------------------------------------------------------------------------------


def test_kappa_by_hand():
    # 20 both yes, 15 both no, 5 and 10 apart: p_o = 35/50, p_e = (25 * 30 + 25 * 20) / 2500 = 0.5, kappa = 0.4.
    judged = [("sheep", "sheep")] * 20 + [("sheep", None)] * 5 + [(None, "sheep")] * 10 + [(None, None)] * 15
    measured = agreement(judged)
    assert measured.verdicts == ("sheep", "rejected")
    assert measured.table.tolist() == [[20, 5], [10, 15]]
    assert measured.observed == pytest.approx(0.7)
    assert measured.kappa == pytest.approx(0.4)
    assert "kappa 0.400" in measured.text()


def test_kappa_of_three_verdicts_by_hand():
    # p_o = (5 + 3 + 2) / 12; margins 6, 3, 3 and 5, 5, 2: p_e = (30 + 15 + 6) / 144.
    table = np.array([[5, 1, 0], [0, 3, 0], [0, 1, 2]])
    expected = (10 / 12 - 51 / 144) / (1 - 51 / 144)
    assert Agreement(("a", "b", "rejected"), table).kappa == pytest.approx(expected)


def test_kappa_is_undefined_where_nothing_could_differ():
    assert math.isnan(agreement([]).kappa)
    assert math.isnan(agreement([("sheep", "sheep")] * 3).kappa)
    assert agreement([("sheep", "sheep")] * 3).observed == 1
    assert "undefined" in agreement([("sheep", "sheep")]).text()
    assert agreement([("a", "b"), ("b", "a")]).kappa == -1


# ---- the properties, on 1,000 detections -----------------------------------------------------

PEOPLE = ("ann", "bob", None)
TIMES = (*(f"2026-03-0{day}T12:00:00Z" for day in range(1, 6)), None, "yesterday")


copied = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32),
        "count": st.sampled_from([3, 40, 1000]),
        "size": st.sampled_from([(100, 100), (5900, 3900)]),
        "shares": st.tuples(*[st.sampled_from([0.1, 0.6, 1.0])] * 2),
    }
)


def copies(seed, count, size, shares, apart=False):
    """Two reviewed copies of a survey of 1,000 detections, some reviewed before the copy was made.

    apart: no two boxes of one copy overlap; else they may lie in heaps, and drawn ones over detected ones.
    """
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 4, count)
    corner = rng.uniform((0, 0), size, (count, 2))
    if apart:
        corner = np.stack(np.divmod(np.arange(count), 40), axis=1) * 100.0
    boxes = np.hstack([corner, corner + rng.uniform(10, 60, (count, 2))]).round(2)
    label = rng.integers(0, 2, count)
    score = rng.random(count).round(4)
    before = _reviews(rng, count, 0.2)
    made = []
    for share in shares:
        mine = _reviews(rng, count, share)
        columns = {
            name: [
                new if mine["review"][i] != "unreviewed" else old
                for i, (new, old) in enumerate(zip(mine[name], before[name], strict=True))
            ]
            for name in REVIEW
        }
        extra = int(rng.integers(0, 20))
        at = rng.integers(0, count, extra)  # over detections and near the other's additions
        drawn = boxes[at] + rng.uniform(-30, 30, (extra, 1)).round(2)
        if apart:
            at = rng.choice(count, min(extra, count), replace=False)
            extra = len(at)
            drawn = boxes[at] + (0, 4000, 0, 4000) + rng.uniform(-9, 9, (extra, 1)).round(2)
        more = _reviews(rng, extra, 0.5)
        kept = np.sort(rng.choice(count, rng.integers(count - count // 10, count + 1), replace=False))
        order = rng.permutation(len(kept) + extra)
        table = rows(
            np.concatenate([boxes[kept], drawn]),
            image=np.concatenate([image[kept], image[at]]),
            label=np.concatenate([label[kept], rng.integers(0, 2, extra)]),
            score=np.concatenate([score[kept], np.full(extra, np.nan)]),
            run_id=[*["r1"] * len(kept), *rng.choice(["manual", ""], extra).tolist()],
            animal_id=np.concatenate([kept + 1, count + 1 + np.arange(extra)]),
            **{name: [columns[name][i] for i in kept] + more[name] for name in REVIEW},
        )
        table = dataclasses.replace(table, run_id=[text or None for text in table.text("run_id")])
        made.append(table.take(order))
    return made


def _reviews(rng, count, share):
    done = rng.random(count) < share
    pick = {
        "review": rng.choice(["confirmed", "rejected"], count),
        "reviewed_class": rng.choice(["", "sheep", "cow"], count),
        "reviewer": rng.integers(0, len(PEOPLE), count),
        "reviewed_at": rng.integers(0, len(TIMES), count),
        "note": rng.choice(["", "n1", "n2", "two\nlines"], count),
    }
    return {
        "review": [str(pick["review"][i]) if done[i] else "unreviewed" for i in range(count)],
        "reviewed_class": [str(pick["reviewed_class"][i]) or None if done[i] else None for i in range(count)],
        "reviewer": [PEOPLE[pick["reviewer"][i]] if done[i] else None for i in range(count)],
        "reviewed_at": [TIMES[pick["reviewed_at"][i]] if done[i] else None for i in range(count)],
        "note": [str(pick["note"][i]) or None for i in range(count)],
    }


@given(copied)
@settings(max_examples=25)
def test_the_order_does_not_matter(how):
    a, b = copies(**how)
    one, two = merge(a, b), merge(b, a)
    assert as_a_set(one.rows) == as_a_set(two.rows)
    assert one.rows.text("run_id") == two.rows.text("run_id")
    assert one.rows.animal_id.tolist() == two.rows.animal_id.tolist()
    assert [(c.image, c.box_px, c.first, c.second) for c in one.conflicts] == [
        (c.image, c.box_px, c.second, c.first) for c in two.conflicts
    ]
    np.testing.assert_array_equal(one.agreement.table, two.agreement.table.T)
    assert one.added == (two.added[1], two.added[0], two.added[2])


@given(copied)
@settings(max_examples=25)
def test_nothing_is_lost(how):
    """Each row, verdict and note of either file is in the result: as the row's own, or in its note."""
    pair = copies(**how)
    merged = merge(*pair).rows
    of_image, result = np.array(merged.image_paths(), object), texts(merged)
    for table in pair:
        for image, box, name, said in zip(
            table.image_paths(), table.boxes_px, table.class_names(), texts(table), strict=True
        ):
            review, meant, person, at, note = said
            same = np.flatnonzero((of_image == image) & (iou(box, merged.boxes_px.T) >= 0.499))
            there = [result[row] for row in same.tolist()]
            assert there, "the animal is gone"
            if note:
                assert any(set(note.split("\n")) <= set((now[4] or "").split("\n")) for now in there)
            if review == "unreviewed":
                continue
            verdict = "rejected" if review == "rejected" else f"confirmed {meant or name}"
            when = f" ({at})" if at else ""
            mentioned = f"{person or 'somebody'} said {verdict}{when}"
            assert any(
                (now[0] == review and now[2:4] == (person, at))
                or mentioned in (now[4] or "")
                or (person is not None and now[2] == person)  # that person's later mind
                for now in there
            ), said


@given(copied)
@settings(max_examples=15)
def test_merging_again_changes_nothing(how):
    pair = copies(**how, apart=True)
    once = merge(*pair).rows
    for table in (once, *pair):
        assert as_a_set(merge(once, table).rows) == as_a_set(once)


def iou(a, b):
    w, h = np.minimum(a[2], b[2]) - np.maximum(a[0], b[0]), np.minimum(a[3], b[3]) - np.maximum(a[1], b[1])
    common = np.maximum(w, 0) * np.maximum(h, 0)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def test_twenty_thousand_conflicts_are_settled_in_seconds():
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 30_000, (20_000, 2))
    boxes = np.hstack([corner, corner + 20])
    merged = merge(rows(boxes, review="confirmed", reviewer="ann"), rows(boxes, review="rejected", reviewer="bob"))
    assert len(merged.rows) == len(merged.conflicts) == 20_000


# ---- files -----------------------------------------------------------------------------------


def write(path, table, crs_wkt=UTM, photos=4, imagery=()):
    path.parent.mkdir(exist_ok=True)
    write_survey(path, images(photos), table, [run()], crs_wkt, imagery)
    return path


def test_two_files_become_one(tmp_path, check_gpkg):
    layers = [
        ImageryLayer("ortho", "imagery/ortho 'é'.tif", crs_wkt=UTM, dtype="uint16"),
        ImageryLayer("p", "survey.herdmap/p.vrt", "photo", UTM),
    ]
    table = {"boxes": [BOX, [50, 50, 90, 90]], "image": [0, 2], "classes": HOSTILE, "label": [3, 2]}
    table["chip"] = [b"\xff\xd8", None]
    a = rows(**table, review=["confirmed", "confirmed"], reviewer="=1+2", reviewed_at="2026-01-01", note=["<b>", None])
    b = rows(**table, review=["rejected", "confirmed"], reviewer='Bób "x"\nline', reviewed_at="2026-01-02")
    first, second = write(tmp_path / "ann" / "survey.gpkg", a, imagery=layers), write(tmp_path / "bob.gpkg", b)
    output = tmp_path / "merged.gpkg"
    outcome = merge_reviews(first, second, output)
    check_gpkg(output, positioned=False)
    assert outcome.conflicts_file == tmp_path / "merged.conflicts.csv"
    assert "1 conflicts" in outcome.summary()
    again = read_detections(output, chips=True)
    assert again.text("review") == ["rejected", "confirmed"]
    assert again.text("note")[0] == f"<b>\nconflict: =1+2 said confirmed {HOSTILE[3]} (2026-01-01)"
    assert again.image_paths() == [f"ann/{images().path[0]}", f"ann/{images().path[2]}"]
    assert again.chip is not None
    assert list(again.chip) == [b"\xff\xd8", None]
    assert list(read_images(output).path) == [f"ann/{path}" for path in images().path]
    assert [r.run_id for r in read_runs(output)] == ["r1"]
    kept = read_imagery(output)
    assert [(i.name, i.source, i.dtype) for i in kept] == [
        ("ortho", "ann/imagery/ortho 'é'.tif", "uint16"),
        ("p", "ann/survey.herdmap/p.vrt", "uint8"),
    ]
    assert outcome.conflicts_file is not None
    with outcome.conflicts_file.open(encoding="utf-8", newline="") as file:
        (line,) = csv.DictReader(file)
    assert line["image"] == images().path[0]
    assert (line["first_verdict"], line["second_verdict"]) == (f"confirmed {HOSTILE[3]}", "rejected")
    assert (line["first_reviewer"], line["second_reviewer"]) == ("'=1+2", 'Bób "x"\nline')
    assert (line["xmin"], line["kept"]) == ("10.00", "second")


def test_the_file_does_not_depend_on_the_order(tmp_path):
    a = rows(
        [BOX, [50, 50, 90, 90]], review=["confirmed", "unreviewed"], reviewer=["ann", None], reviewed_at="2026-01-02"
    )
    b = rows([[50, 50, 90, 90], BOX], review=["confirmed", "rejected"], reviewer="bob", reviewed_at="2026-01-02")
    first, second = write(tmp_path / "a.gpkg", a), write(tmp_path / "b.gpkg", b)
    merge_reviews(first, second, tmp_path / "ab.gpkg")
    merge_reviews(second, first, tmp_path / "ba.gpkg")
    one, two = (read_detections(tmp_path / f"{name}.gpkg") for name in ("ab", "ba"))
    assert as_a_set(one) == as_a_set(two)
    assert one.animal_id.tolist() == two.animal_id.tolist()


def test_what_cannot_be_merged_is_refused(tmp_path):
    a = write(tmp_path / "a.gpkg", rows([BOX]))
    with pytest.raises(OutputError, match="may hold reviews"):
        merge_reviews(a, a, a)
    with pytest.raises(VectorError, match="different CRS"):
        merge_reviews(a, write(tmp_path / "n.gpkg", rows([BOX]), crs_wkt=None), tmp_path / "m.gpkg")
    with pytest.raises(VectorError, match="no such file"):
        merge_reviews(a, tmp_path / "none.gpkg", tmp_path / "m.gpkg")
    other = tmp_path / "o.gpkg"
    renamed = dataclasses.replace(images(1), path=["else.jpg"], status=["done"], reason=[None])
    write_survey(other, renamed, dataclasses.replace(rows([]), paths=("else.jpg",)), [run()], UTM)
    with pytest.raises(VectorError, match="no image in common"):
        merge_reviews(a, other, tmp_path / "m.gpkg")
    assert not (tmp_path / "m.gpkg").exists()


# ---- animals in several photos -----------------------------------------------------------------


def three_sightings(counted, **columns):
    return rows([BOX] * 3, image=[0, 1, 2], animal_id=[5, 5, 5], counted=counted, **columns)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_animal_counts_once_although_one_of_the_surveys_was_placed_anew(order):
    files = [three_sightings([1, 0, 0], review=["rejected", "unreviewed", "unreviewed"]), three_sightings([0, 1, 0])]
    merged = merge(files[order[0]], files[order[1]]).rows
    assert merged.counted.sum() == 1
    again = merge(merged, files[0]).rows
    assert again.counted.tolist() == merged.counted.tolist()


def test_what_either_said_of_any_sighting_is_of_the_animal():
    """Ann rejects the sighting that counts, Bob confirms another one: it is an animal, and it counts once."""
    ann = three_sightings([1, 0, 0], review=["rejected", "unreviewed", "unreviewed"], reviewer="ann")
    bob = three_sightings([1, 0, 0], review=["unreviewed", "unreviewed", "confirmed"], reviewer="bob")
    for merged in (merge(ann, bob), merge(bob, ann)):
        assert merged.conflicts == (), "they judged different photos"
        for which in ("not-rejected", "confirmed"):
            assert after_review(merged.rows, which)[0].tolist() == [False, False, True]
    assert not after_review(ann, "not-rejected")[0].any()


def test_animals_that_a_person_counted_twice_stay_so():
    twice = three_sightings([1, 0, 1])
    assert merge(twice, twice).rows.counted.tolist() == [1, 0, 1]


def test_one_animal_keeps_one_identity_whichever_file_is_first() -> None:
    ann, bob = one("confirmed", "ann", "2026-01-02T00:00:00Z"), one("rejected", "bob", "2026-01-01T00:00:00Z")
    ann, bob = dataclasses.replace(ann, uuid=["u2"]), dataclasses.replace(bob, uuid=["u1"])
    assert merge(ann, bob).rows.text("uuid") == merge(bob, ann).rows.text("uuid") == ["u1"]
    assert merge(ann, dataclasses.replace(bob, uuid=None)).rows.text("uuid") == ["u2"]


def test_an_animal_is_known_by_its_identity_where_its_box_was_redrawn() -> None:
    ann = dataclasses.replace(one("confirmed", "ann", "2026-01-02T00:00:00Z"), uuid=["u1"])
    bob = rows([[200, 200, 230, 230]], review="rejected", reviewer="bob", reviewed_at="2026-01-01T00:00:00Z", uuid="u1")
    merged = merge(ann, bob)
    assert len(merged.rows) == 1
    assert len(merged.conflicts) == 1
    elsewhere = dataclasses.replace(bob, image=np.array([1]))  # another photo's is another animal
    assert len(merge(ann, elsewhere).rows) == 2
