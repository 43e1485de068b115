"""A survey that a command writes while it is searched and reviewed: only what another program did is told."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import processing
import pytest
from qgis.core import QgsProcessingContext
from qgis.PyQt.QtCore import QCoreApplication, QEvent

from qgis_plugin import own_runs
from qgis_plugin.review.dock import ReviewDock
from qgis_plugin.search.dock import SearchDock
from tests.plugin.reviewing import change, put_away

pytestmark = pytest.mark.usefixtures("qgis_new_project")
Docks = tuple[SearchDock, ReviewDock]


@pytest.fixture
def docks(qgis_iface: Any, posed: Path) -> Iterator[Docks]:
    """The search and the review of one survey, side by side."""
    search, review = SearchDock(qgis_iface), ReviewDock(qgis_iface)
    for dock in (search, review):
        dock.show()
        assert dock.open(posed)
        assert not dock.panel.message.text()
    yield search, review
    search.close()
    search.put_away()
    search.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    put_away(review)


def is_behind(docks: Docks) -> bool:
    """Whether both docks have read an older survey than the file now has; not one of them alone."""
    search, review = docks
    found = {queue.file.replaced for queue in (search.session.review.queue, review.queue) if queue is not None}
    assert len(found) == 1
    return found.pop()


def said(docks: Docks) -> list[str]:
    """What the docks say when they look whether somebody wrote the survey; that they have read it is checked."""
    for dock in docks:
        dock.panel.say("")
        dock.look_again()
    assert not is_behind(docks)
    return [dock.panel.message.text() for dock in docks]


def as_a_command(path: Path) -> None:
    """Note in the file what a command notes that writes it."""
    with closing(sqlite3.connect(path)) as db:
        ((before,),) = db.execute("SELECT last_change FROM gpkg_contents WHERE table_name = 'images'").fetchall()
    later = f"{int(before[:4]) + 1}{before[4:]}"
    change(path, f"UPDATE gpkg_contents SET last_change = '{later}' WHERE table_name = 'images'")


def of_another(texts: list[str]) -> bool:
    assert len({("another program" in text) for text in texts}) == 1, texts
    return "another program" in texts[0]


def test_a_run_of_this_qgis_is_read_in_silence_and_that_of_a_terminal_is_told(
    provider: Any, docks: Docks, posed: Path, herdmap: Callable[..., str]
) -> None:
    processing.run("herdmap:georeference", {"SURVEY": str(posed), "AGL": 31}, context=QgsProcessingContext())
    assert is_behind(docks)
    assert said(docks) == ["", ""]
    herdmap("georeference", posed, "--agl", 30)
    assert is_behind(docks)
    assert of_another(said(docks))


def test_what_is_written_while_a_run_works_is_its_own(docks: Docks, posed: Path) -> None:
    with own_runs.writing(["detect", "--rest", "-o", str(posed)]):
        as_a_command(posed)
        assert said(docks) == ["", ""]
        as_a_command(posed)
    assert said(docks) == ["", ""]
    as_a_command(posed)
    assert of_another(said(docks))


def test_a_run_that_wrote_nothing_explains_nothing(docks: Docks, posed: Path) -> None:
    as_a_command(posed)
    with own_runs.writing(["count", str(posed)]):
        pass
    assert of_another(said(docks))


def test_a_run_that_failed_ends(docks: Docks, posed: Path) -> None:
    with pytest.raises(OSError, match="disk"), own_runs.writing(["find", str(posed)]):
        raise OSError("disk")
    as_a_command(posed)
    assert of_another(said(docks))
