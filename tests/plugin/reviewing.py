"""What the tests of the review look at: the file as any program reads it, and `herdmap count` as a person runs it."""

import contextlib
import csv
import io
import shutil
import sqlite3
from pathlib import Path

from tests.loaded_herdmap import herdmap


def rows(path: Path, query: str, *values: object) -> list[tuple]:
    """What a query of the GeoPackage gives."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(query, values).fetchall()


def change(path: Path, *statements: str) -> None:
    """Change the file without regard for the R-tree, which this does not concern."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda _: 0)
        for statement in statements:
            db.execute(statement)
        db.commit()


def counts_layer(path: Path) -> dict[tuple[str, str], int]:
    """(region, class) -> animals, as the layer `counts` says."""
    return {(region, name): count for region, name, count in rows(path, "SELECT region, class, count FROM counts")}


def herdmap_count(python: str, path: Path, review: str = "not-rejected") -> dict[tuple[str, str], int]:
    """(region, class) -> animals, as `herdmap count` says of a copy of the file."""
    copy = path.with_name(f"copy of {path.name}")
    shutil.copyfile(path, copy)
    table = copy.with_suffix(".csv")
    herdmap(python, "count", copy, "--regions", path.parent / "regions.gpkg", "--review", review, "-o", table)
    text = table.read_text(encoding="utf-8")
    return {(row["region"], row["class"]): int(row["count"]) for row in csv.DictReader(io.StringIO(text))}


def copy_of(survey: Path, folder: Path) -> Path:
    """A copy of a survey with its orthomosaic and its regions, in a folder of its own, to write to."""
    folder.mkdir()
    for name in (survey.name, "orthomosaic.tif", "regions.gpkg"):
        shutil.copyfile(survey.parent / name, folder / name)
    return folder / survey.name


def new_dock(iface):
    """A review dock beside a map of 600 by 400 px, shown, the reviewer Ann."""
    from qgis_plugin.review.dock import ReviewDock

    canvas = iface.mapCanvas()
    canvas.window().resize(600, 400)
    canvas.window().show()
    canvas.resize(600, 400)
    dock = ReviewDock(iface)
    dock.resize(380, 900)
    dock.show()
    dock.panel.reviewer.setText("Ann")
    return dock


def press(dock, *keys, modifier=None) -> None:
    """Press these keys where a person would: in the line that is being typed, or else in the dock."""
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    for key in keys:
        where = dock.typing.line if dock.typing.isVisible() else dock.card
        QTest.keyClick(where, key, modifier or Qt.KeyboardModifier.NoModifier)


def put_away(dock) -> None:
    """Close a review dock and delete it now: what draws maps must be gone before QGIS ends."""
    from qgis.core import QgsProject
    from qgis.PyQt.QtCore import QCoreApplication, QEvent

    dock.close()
    QgsProject.instance().clear()
    dock.photo.clear()
    dock.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
