"""`herdmap demo` does the main job, and prints what the page for a first survey shows."""

import re
from pathlib import Path

from geo import geopackage
from tests import ROOT
from tests.command_line import herdmap

PAGE = (ROOT / "docs" / "first-survey.md").read_text(encoding="utf-8")


def shape(text: str) -> list[str]:
    """The lines with every number as N: another release of a library may find an animal more or less."""
    return [" ".join(re.sub(r"\d[\d,.]*", "N", line).split()) for line in text.splitlines()]


def test_the_demo_finds_most_animals_and_prints_what_its_page_shows(tmp_path: Path) -> None:
    ended = herdmap("demo", "-o", tmp_path / "demo", timeout=400)
    assert ended.code == 0, ended.err
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.S)
    printed = "\n".join(shape(ended.out))
    assert "\n".join(shape(shown)) in printed
    found, right, wrong, missed = map(int, re.findall(r"\d+", re.findall(r"^found .*", ended.out, re.M)[0]))
    assert (found, right + missed) == (right + wrong, 160)
    assert right > 140
    assert wrong < 20
    assert len(geopackage.read_detections(tmp_path / "demo" / "survey.gpkg").score) == found
