"""The review without a window."""

import itertools
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject

from qgis_plugin.review import region_counts
from qgis_plugin.review.blobs import polygon_blob
from qgis_plugin.review.file import ChangedError, Detection, ReviewFile
from qgis_plugin.review.queue import ReviewQueue
from qgis_plugin.review.region_counts import RegionCounts
from qgis_plugin.review.rows import Tally
from qgis_plugin.review.wanted import LOWEST_SCORE, REGION, SAMPLE, Wanted
from qgis_plugin.survey_file import SurveyError
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import counts_layer, herdmap_count, rows


@pytest.fixture
def queue(copied):
    return ReviewQueue(ReviewFile(copied), "Ann")


def walked(queue):
    """The detections of the queue, in order."""
    found = []
    while queue.current is not None:
        found.append(queue.current)
        queue.next()
    return found


def said(path, fid):
    names = "review, reviewed_class, reviewer, reviewed_at, note"
    return rows(path, f"SELECT {names} FROM detections WHERE fid = ?", fid)[0]


# ---- what is queued -------------------------------------------------------------------------


def test_the_best_come_first(queue, copied):
    found = walked(queue)
    assert [one.fid for one in found] == [
        fid for (fid,) in rows(copied, "SELECT fid FROM detections ORDER BY score DESC, fid")
    ]
    assert len(queue) == len(found) > 20
    assert queue.current is None
    queue.back()
    assert queue.current == found[-1]
    queue.choose(Wanted(LOWEST_SCORE))
    assert [one.score for one in walked(queue)] == sorted(one.score for one in found)


def test_by_region_and_photo(queue):
    queue.choose(Wanted(REGION))
    regions = [queue.regions.region(one) for one in walked(queue)]
    assert len(set(regions)) > 2
    assert [name for i, name in enumerate(regions) if name not in regions[:i]] == [
        name for name, number, _ in queue.regions.totals() if number
    ]
    runs = 1 + sum(a != b for a, b in itertools.pairwise(regions))
    assert runs == len(set(regions))


def test_by_class_and_score(queue):
    queue.relabel("goat")
    queue.undo()
    queue.choose(Wanted(classes=["goat"]))
    assert len(queue) == 0
    queue.choose(Wanted(classes=["sheep"], lowest=0.5, highest=0.7))
    scores = [one.score for one in walked(queue)]
    assert scores
    assert min(scores) >= 0.5
    assert max(scores) <= 0.7


def test_a_sample_is_the_same_whatever_was_reviewed_already(queue, copied):
    queue.choose(Wanted(SAMPLE, size=10, seed=5))
    drawn = [one.fid for one in walked(queue)]
    queue.choose(Wanted(SAMPLE, size=15, seed=5))
    assert [one.fid for one in walked(queue)][:10] == drawn
    queue.choose(Wanted(SAMPLE, size=10, seed=6))
    assert [one.fid for one in walked(queue)] != drawn
    queue.choose(Wanted(SAMPLE, size=10, seed=5))
    queue.confirm()
    again = ReviewQueue(ReviewFile(copied), "Bob")
    again.choose(Wanted(SAMPLE, size=10, seed=5))
    assert [one.fid for one in walked(again)] == drawn[1:]
    draws = Counter()
    for seed in range(300):
        queue.choose(Wanted(SAMPLE, size=5, seed=seed))
        draws.update(one.fid for one in walked(queue))
    # Each of some 50 is drawn some 30 times of 300; a draw that prefers some would leave others out.
    assert len(draws) >= len(rows(copied, "SELECT fid FROM detections")) - 1


# ---- what is said ---------------------------------------------------------------------------


def test_each_word_is_in_the_file_when_it_is_said(queue, copied):
    first, second, third, fourth = walked(queue)[:4]
    queue.choose(Wanted())
    queue.confirm()
    queue.reject()
    queue.relabel(" goat ")
    queue.note("  lies under a tree <b>")
    verdicts = [said(copied, one.fid) for one in (first, second, third, fourth)]
    assert [row[0] for row in verdicts] == ["confirmed", "rejected", "confirmed", "unreviewed"]
    assert [row[1] for row in verdicts] == [None, None, "goat", None]
    assert {row[2] for row in verdicts} == {"Ann"}
    assert all(len(row[3]) == 20 and row[3].endswith("Z") for row in verdicts)
    assert verdicts[3][4] == "lies under a tree <b>"
    assert queue.current.fid == fourth.fid
    total = len(queue)
    assert queue.tally == Tally(total - 3, 2, 1, 1, 0)
    assert queue.left == total - 3
    assert "goat" in queue.classes
    check_geopackage(copied)


def test_undo_takes_back_step_by_step(queue, copied):
    before = rows(copied, "SELECT * FROM detections")
    counts = counts_layer(copied)
    start = queue.current
    for step in (queue.confirm, queue.reject, lambda: queue.relabel("goat"), lambda: queue.note("x"), queue.next):
        step()
    for _ in range(4):
        queue.undo()
    assert queue.undo() is None
    assert queue.current == start
    assert rows(copied, "SELECT * FROM detections") == before
    assert {cell: n for cell, n in counts_layer(copied).items() if cell[1] != "goat"} == counts
    assert queue.left == len(queue)


def test_a_note_leaves_the_verdict_to_who_gave_it(queue, copied):
    queue.confirm()
    queue.back()
    fid, at = queue.current.fid, queue.current.reviewed_at
    queue.reviewer = "Bob"
    queue.note("seen")
    assert said(copied, fid) == ("confirmed", None, "Ann", at, "seen")
    queue.reject()
    assert said(copied, fid)[2] == "Bob"


def test_what_somebody_else_said_in_the_meantime_is_not_overwritten(queue, copied):
    other = ReviewQueue(ReviewFile(copied), "Bob")
    fid = queue.current.fid
    other.reject()
    with pytest.raises(ChangedError, match="Bob has just reviewed this detection"):
        queue.confirm()
    assert said(copied, fid)[:3] == ("rejected", None, "Bob")
    assert queue.current.review == "rejected"  # seen, and now one may overrule
    queue.confirm()
    assert said(copied, fid)[:3] == ("confirmed", None, "Ann")
    with pytest.raises(ChangedError):
        other.undo()
    assert said(copied, fid)[2] == "Ann"


# ---- counts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["not-rejected", "confirmed"])
def test_the_counts_in_the_file_follow_as_herdmap_count_has_them(copied, herdmap, herdmap_python, which):
    if which == "confirmed":
        ReviewQueue(ReviewFile(copied), "Ann").confirm()
        herdmap("count", copied, "--regions", copied.parent / "regions.gpkg", "--review", "confirmed")
    queue = ReviewQueue(ReviewFile(copied), "Ann")
    rng = random.Random(1)
    steps = [queue.confirm, queue.reject, lambda: queue.relabel("goat"), queue.undo, queue.back, queue.next]
    for _ in range(60):
        rng.choice(steps)()
    expected = herdmap_count(herdmap_python, copied, which)
    assert {cell: n for cell, n in counts_layer(copied).items() if n} == {cell: n for cell, n in expected.items() if n}
    by_region = Counter()
    for (region, _), number in expected.items():
        by_region[region] += number
    shown = {name: (animals, confirmed)[which == "confirmed"] for name, animals, confirmed in queue.regions.totals()}
    assert shown == {name: by_region[name] for name in shown}
    (wrong,) = rows(
        copied, "SELECT count(*) FROM counts WHERE area_km2 > 0 AND abs(density_per_km2 - count / area_km2) > 1e-6"
    )
    assert wrong == (0,)
    sums = dict(rows(copied, "SELECT region, sum(count) FROM counts GROUP BY region"))
    assert dict(rows(copied, "SELECT region, total FROM counts WHERE total IS NOT NULL")) == sums
    check_geopackage(copied)


def test_an_animal_in_two_photos_counts_as_herdmap_count_has_it(posed, practice, herdmap, herdmap_python):
    shutil.copyfile(practice / "regions.gpkg", posed.with_name("regions.gpkg"))
    herdmap("count", posed, "--regions", posed.with_name("regions.gpkg"))
    (again,) = rows(posed, "SELECT count(*) - count(DISTINCT animal_id) FROM detections")[0]
    assert again > 5  # the photos overlap
    queue = ReviewQueue(ReviewFile(posed), "Ann")
    queue.choose(Wanted(REGION))
    rng = random.Random(2)
    steps = [queue.confirm, queue.reject, queue.next, lambda: queue.relabel("goat"), queue.undo]
    while queue.current is not None:
        rng.choice(steps)()
    expected = {cell: n for cell, n in herdmap_count(herdmap_python, posed).items() if n}
    assert {cell: n for cell, n in counts_layer(posed).items() if n} == expected
    assert sum(number for _, number, _ in queue.regions.totals()) == sum(expected.values())
    # The same from the file alone, where nothing was counted step by step.
    assert ReviewQueue(ReviewFile(posed), "Ann").regions.totals() == queue.regions.totals()


def test_regions_in_another_crs(survey):
    """By the places of the animals, and by the places of the regions, as the file has both: they must agree."""
    lonlat = QgsCoordinateReferenceSystem("EPSG:4326")
    read = ReviewFile(survey).read()
    (number,) = rows(survey, "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'")[0]
    own = QgsCoordinateReferenceSystem(f"EPSG:{number}")
    there = region_counts.between(own, lonlat, QgsProject.instance())
    moved = []
    for row in read.counts:
        blob = row.geom
        if blob is not None:
            shape = region_counts._geometry(blob)
            shape.transform(there)
            blob = b"GP\0\1" + (4326).to_bytes(4, "little") + bytes(shape.asWkb())
        moved.append(row._replace(geom=blob))
    here, far = RegionCounts(), RegionCounts(there)
    here.start(read.detections, read.counts)
    far.start(read.detections, moved)
    assert far.totals() == here.totals()
    assert sum(number for _, number, _ in here.totals()) == len(read.detections)
    assert region_counts.between(own, own, QgsProject.instance()) is None


# ---- when it cannot be written ----------------------------------------------------------------


def test_a_locked_file_loses_nothing(queue, copied):
    fid, tally, totals = queue.current.fid, queue.tally, queue.regions.totals()
    with closing(sqlite3.connect(copied, isolation_level=None)) as db, db:
        db.execute("BEGIN EXCLUSIVE")
        for step in (queue.confirm, lambda: queue.relabel("goat"), lambda: queue.note("x")):
            with pytest.raises(SurveyError, match="Another program is writing to"):
                step()
        assert (queue.current.fid, queue.tally, queue.regions.totals()) == (fid, tally, totals)
        db.execute("ROLLBACK")
    queue.confirm()
    assert said(copied, fid)[0] == "confirmed"


def test_a_read_only_file_can_be_looked_at(copied):
    script = f"""
import ctypes, os, sys
sys.path.insert(0, {str(ROOT)!r})
from qgis_plugin.survey_file import SurveyError
from qgis_plugin.review.file import ReviewFile
from qgis_plugin.review.queue import ReviewQueue
folder = {str(copied.parent)!r}
if os.geteuid() == 0:  # whom permissions do not stop: a read-only mount of its own
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(0x20000) == 0
    assert libc.mount(b'none', b'/', None, 0x44000, None) == 0
    assert libc.mount(folder.encode(), folder.encode(), None, 0x1000, None) == 0
    assert libc.mount(folder.encode(), folder.encode(), None, 0x1021, None) == 0
else:
    os.chmod(sys.argv[1], 0o444)
    os.chmod(folder, 0o555)
queue = ReviewQueue(ReviewFile(sys.argv[1]), 'Ann')
print(len(queue))
for step in (queue.file.check_writable, queue.confirm):  # the first when the survey is opened
    try:
        step()
    except SurveyError as error:
        print(error)
print(queue.tally.confirmed)
"""
    done = subprocess.run([sys.executable, "-c", script, str(copied)], capture_output=True, text=True, check=False)
    copied.parent.chmod(0o755)
    assert done.returncode == 0, done.stderr
    length, *messages, confirmed = done.stdout.splitlines()
    assert int(length) > 20
    assert len(messages) == 2
    assert all("so you cannot review it. Copy it" in message for message in messages)
    assert confirmed == "0"


def test_a_file_that_is_gone_or_none(queue, copied):
    copied.rename(copied.with_name("elsewhere.gpkg"))
    with pytest.raises(SurveyError, match="does not exist"):
        queue.confirm()
    assert not copied.exists()  # nor made anew, empty
    with pytest.raises(SurveyError, match="does not exist"):
        ReviewFile(copied)
    copied.write_bytes(b"no database at all, but long enough to be taken for one" * 50)
    with pytest.raises(SurveyError, match="damaged or not a GeoPackage"):
        ReviewFile(copied)
    with pytest.raises(SurveyError, match=r"regions.gpkg is not a survey: it has no layer detections"):
        ReviewFile(copied.with_name("regions.gpkg"))


def test_what_was_said_before_a_crash_is_there(copied):
    """Killed in the middle of a review, twenty words in."""
    script = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from qgis_plugin.review.file import ReviewFile
from qgis_plugin.review.queue import ReviewQueue
queue = ReviewQueue(ReviewFile(sys.argv[1]), 'Ann')
for number in range(20):
    (queue.confirm if number % 2 else queue.reject)()
os.kill(os.getpid(), {int(signal.SIGKILL)})
"""
    done = subprocess.run([sys.executable, "-c", script, str(copied)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    states = Counter(state for (state,) in rows(copied, "SELECT review FROM detections"))
    assert (states["confirmed"], states["rejected"]) == (10, 10)
    assert {entry.name for entry in copied.parent.iterdir()} == {
        copied.name,
        "orthomosaic.tif",
        "regions.gpkg",
    }
    check_geopackage(copied)


# ---- an animal that was missed -----------------------------------------------------------------


def test_an_added_animal_keeps_the_contract_and_can_be_taken_back(queue, copied):
    before = rows(copied, "SELECT * FROM detections"), rows(copied, "SELECT * FROM images")
    image = rows(copied, "SELECT path FROM images")[0][0]
    x, y = queue.current.ring[:2]
    ring = (x, y + 1, x, y, x + 1, y, x + 1, y + 1)
    drawn = Detection(0, image, "goat", None, (10.0, 20.0, 30.5, 44.25), 1, *[None] * 6, ring)
    added = queue.add(drawn)
    assert queue.tally.added == 1
    check_geopackage(copied)
    (row,) = rows(
        copied,
        "SELECT image, class, score, xmin, ymin, xmax, ymax, counted, review, reviewer, run_id, animal_id"
        " FROM detections WHERE fid = ?",
        added.fid,
    )
    others = rows(copied, "SELECT max(animal_id) FROM detections WHERE fid != ?", added.fid)[0][0]
    assert row == (image, "goat", None, 10.0, 20.0, 30.5, 44.25, 1, "confirmed", "Ann", "manual", others + 1)
    box = "SELECT minx, maxx, miny, maxy FROM rtree_detections_geom WHERE id = ?"
    assert rows(copied, box, added.fid)[0] == pytest.approx(
        (min(ring[::2]), max(ring[::2]), min(ring[1::2]), max(ring[1::2])),
        abs=2.5,  # float32, and SQLite rounds outwards by 2.4e-7 of the value
    )
    queue.undo()
    check_geopackage(copied)
    assert (rows(copied, "SELECT * FROM detections"), rows(copied, "SELECT * FROM images")) == before
    assert queue.tally.added == 0


def test_a_detection_is_never_removed(queue):
    with pytest.raises(SurveyError, match="Reject it instead"):
        queue.file.remove(queue.current)


def test_the_blob_of_a_box_is_as_the_project_writes_it(survey):
    (blob,) = rows(survey, "SELECT geom FROM detections LIMIT 1")[0]
    one = ReviewFile(survey).read().detections[0]
    (srs_id,) = rows(survey, "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'")[0]
    assert polygon_blob(one.ring, srs_id) == blob
