"""A folder that somebody sent has links under the names that Herdmap writes: the files that they lead to stay."""

import os
from pathlib import Path

import pytest

from tests.command_line import HerdmapHere, pasture, write_photos
from tests.detector.cli.conftest import here

__all__ = ["here"]  # a fixture
pytestmark = pytest.mark.skipif(os.name != "posix", reason="makes links")


def test_no_link_under_a_name_of_ours_is_followed(here: HerdmapHere, tmp_path: Path) -> None:
    sent, mine = tmp_path / "sent", tmp_path / "mine"
    sent.mkdir()
    mine.mkdir()
    write_photos(sent / "photos", pasture(400, 400, animals=3), 2, size=200)
    command = ("detect", sent / "photos", "-o", sent / "survey.gpkg")
    assert here(*command).code == 0
    written = [path for path in (sent / "survey.herdmap").rglob("*") if path.is_file()]
    assert any(path.suffix == ".part" for path in written)
    assert any(path.suffix == ".vrt" for path in written)
    names = [*written, sent / "survey.qgz"]
    names += [sent / "survey.herdmap" / name for name in ("lock", "parts/lock", "parts/in-hand.txt")]
    for number, name in enumerate(dict.fromkeys(names)):
        victim = mine / f"{number}.txt"
        victim.write_text("mine")
        name.unlink(missing_ok=True)
        name.symlink_to(victim)
    (mine / "links.txt").write_text("mine")
    assert here(*command).code in (0, 1)  # parts that hold something else are searched in the next run
    assert here(*command).code == 0
    assert here(*command, "--fresh").code == 0
    assert {path.read_text() for path in mine.iterdir()} == {"mine"}
    assert len(list(mine.iterdir())) == len(set(names)) + 1
