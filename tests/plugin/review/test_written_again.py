"""A survey that others write while it is reviewed: each verdict is on its own animal, or it is refused."""

import shutil

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin.review.dock import ReviewDock
from qgis_plugin.review.file import ChangedError, ReplacedError, ReviewFile
from qgis_plugin.review.queue import ReviewQueue
from qgis_plugin.review.region_counts import RegionCounts
from qgis_plugin.review.wanted import LOWEST_SCORE, Wanted
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import change, counts_layer, herdmap_count, put_away, rows
from tests.surveys.crashed import crash

PLACE = "image, class, xmin, ymin, xmax, ymax"


@pytest.fixture
def dock(qgis_iface, qgis_new_project, copied):
    dock = ReviewDock(qgis_iface)
    dock.show()
    dock.panel.reviewer.setText("Ann")
    assert dock.open(copied), dock.panel.message.text()
    QApplication.processEvents()
    yield dock
    put_away(dock)


def verdicts(path):
    """What is said of each box, by its image, class and box."""
    return {row[:6]: row[6:] for row in rows(path, f"SELECT {PLACE}, review, reviewer FROM detections")}


def renumbered(path):
    """Give every row another number, as another run does, in a file that takes the place of this one."""
    new = path.with_name("new.gpkg")
    new.write_bytes(path.read_bytes())
    change(
        new,
        "UPDATE detections SET fid = -fid",
        "UPDATE detections SET fid = fid + 1 + (SELECT count(*) FROM detections)",
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    )
    new.replace(path)


def test_forty_verdicts_after_another_run_with_another_score(dock, copied, herdmap, herdmap_python):
    queue = dock.queue
    shown = {one.place: one for one in queue.rows.all()}
    began = queue.current
    herdmap("detect", copied.with_name("orthomosaic.tif"), "-o", copied, "--score", "0.6")
    said, refused = {}, 0
    for number in range(40):
        before = queue.current
        if before is None:
            break
        QTest.keyClick(dock.card, (Qt.Key.Key_C, Qt.Key.Key_X)[number % 2])
        if dock.panel.message.isVisible() and "Nothing was saved" in dock.panel.message.text():
            refused += 1
        else:
            said[before.place] = ("confirmed", "rejected")[number % 2]
    assert began.place in said, "the file had another number for it, and the verdict found it"
    assert len(said) + refused == 40
    assert refused <= 1
    found = {(row[0], row[1], row[2:]): said for row, said in verdicts(copied).items()}
    assert {place: words[0] for place, words in found.items() if words[0] != "unreviewed"} == said
    assert set(said) <= set(shown)
    check_geopackage(copied)


def test_the_place_in_the_queue_and_the_steps_to_undo_are_kept(copied):
    queue = ReviewQueue(ReviewFile(copied), "Ann")
    for step in (queue.confirm, queue.reject, lambda: queue.relabel("goat"), lambda: queue.note("by the tree")):
        step()
    shown, length = queue.current, len(queue)
    before = verdicts(copied)
    renumbered(copied)
    with pytest.raises(ReplacedError, match="written again meanwhile"):
        queue.confirm()
    assert queue.file.replaced
    queue.reload(RegionCounts())
    assert not queue.file.replaced
    assert (queue.current.uuid, queue.current.words) == (shown.uuid, shown.words)
    assert queue.current.fid != shown.fid
    assert (len(queue), queue.position) == (length, 3)
    assert verdicts(copied) == before
    for _ in range(4):
        queue.undo()
    assert {words[0] for words in verdicts(copied).values()} == {"unreviewed"}
    assert queue.position == 0


def test_a_survey_without_uuids_is_known_by_its_boxes(copied):
    change(copied, "DROP INDEX detections_uuid", "ALTER TABLE detections DROP COLUMN uuid")
    queue = ReviewQueue(ReviewFile(copied), "Ann")
    queue.confirm()
    shown = queue.current
    renumbered(copied)
    with pytest.raises(ReplacedError):
        queue.reject()
    queue.reload(RegionCounts())
    assert queue.current.place == shown.place
    queue.reject()
    queue.undo()
    queue.undo()
    assert {words[0] for words in verdicts(copied).values()} == {"unreviewed"}


def test_a_row_that_became_another_animal_is_refused(copied):
    """The number is the same, and nobody noted that the file was written."""
    queue = ReviewQueue(ReviewFile(copied), "Ann")
    change(copied, f"UPDATE detections SET class = 'goat', uuid = 'another' WHERE fid = {queue.current.fid}")
    with pytest.raises(ChangedError, match="no longer in the file"):
        queue.confirm()
    assert {words[0] for words in verdicts(copied).values()} == {"unreviewed"}


def test_what_two_people_say_in_one_file_is_counted_as_herdmap_count_counts_it(copied, herdmap_python):
    ann, bob = ReviewQueue(ReviewFile(copied), "Ann"), ReviewQueue(ReviewFile(copied), "Bob")
    bob.choose(Wanted(LOWEST_SCORE))
    for number in range(len(ann) - 4):
        for queue in (ann, bob):
            try:
                (queue.confirm if number % 3 else queue.reject)()
            except ChangedError:
                queue.next()
    assert {who for _, who in verdicts(copied).values()} == {"Ann", "Bob"}
    ann.refresh()
    assert ann.tally == bob.tally
    counted = herdmap_count(herdmap_python, copied)
    assert {cell: n for cell, n in counts_layer(copied).items() if n} == {cell: n for cell, n in counted.items() if n}
    check_geopackage(copied)


def test_the_dock_notices_that_the_file_was_replaced(dock, copied):
    QTest.keyClick(dock.card, Qt.Key.Key_C)
    shown = dock.queue.current
    renumbered(copied)
    dock.look_again()
    assert "your place is kept" in dock.panel.message.text()
    assert dock.queue.current.uuid == shown.uuid
    assert dock.queue.current.fid != shown.fid
    QTest.keyClick(dock.card, Qt.Key.Key_X)
    assert not dock.panel.message.isVisible()
    assert sorted(words[0] for words in verdicts(copied).values())[:2] == ["confirmed", "rejected"]


def test_a_survey_whose_writer_crashed_is_mended_when_it_is_opened(copied):
    queue = ReviewQueue(ReviewFile(copied), "Ann")
    queue.confirm()
    said = verdicts(copied)
    journal = crash(copied)
    apart = shutil.copytree(copied.parent, copied.parent.with_name("apart"))
    again = ReviewQueue(ReviewFile(copied), "Ann")  # begins with reading
    assert again.tally == queue.tally
    assert not journal.exists()
    again.reject()
    assert verdicts(copied).items() - said.items() == {
        (again.steps[0].shown.place[:2] + again.steps[0].shown.box_px, ("rejected", "Ann"))
    }
    check_geopackage(copied)
    queue.file.path = apart / copied.name  # a reviewer who has it open goes on: writing mends it too
    with pytest.raises(ReplacedError):  # it is another file
        queue.reject()
    queue.reload(RegionCounts())
    queue.reject()
    assert verdicts(apart / copied.name) == verdicts(copied)


def test_a_survey_that_a_command_wrote_again_in_its_place_is_noticed(copied, herdmap):
    queue = ReviewQueue(ReviewFile(copied), "Ann")
    which, fids = copied.stat().st_ino, {one.uuid: one.fid for one in queue.rows.all()}
    herdmap("detect", copied.with_name("orthomosaic.tif"), "-o", copied, "--score", "0.6")
    assert copied.stat().st_ino == which
    assert queue.file.replaced
    with pytest.raises(ReplacedError):
        queue.confirm()
    queue.reload(RegionCounts())
    assert not queue.file.replaced
    now = {one.uuid: one.fid for one in queue.rows.all()}
    assert now.items() < fids.items()
    queue.confirm()
    assert not queue.file.replaced
