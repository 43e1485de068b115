"""The page for people who come from notebooks: its configs are read, its schedule is drawn, its commands are real."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from detector.cli import herdmap
from detector.search.tiles import TileGrid
from detector.training.config import load_config
from detector.training.preview import preview
from tests import ROOT

PAGE = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
NAMES = ("gate", "detector", "retrain")


@pytest.fixture
def configs(tmp_path: Path) -> dict[str, Path]:
    """The page's configs as files, in its order."""
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    paths = {}
    for name, text in zip(NAMES, blocks, strict=True):
        paths[name] = tmp_path / f"{name}.toml"
        paths[name].write_text(text, encoding="utf-8")
    return paths


def test_its_configs_are_read_and_say_what_the_page_says(configs: dict[str, Path]) -> None:
    gate, detector, retrained = (load_config(configs[name]) for name in NAMES)
    assert len(TileGrid(6000, 4000, detector.output.tile_size, detector.output.overlap)) == 54
    assert len(detector.classes) == 20
    assert set(detector.classes) - set(retrained.classes) == {"boma"}
    assert retrained.start_from == configs["retrain"].parent / "run" / "detector.pt"
    assert (gate.rest, detector.rest, retrained.rest) == ("animal", "other_animal", "")
    for config in (gate, detector, retrained):
        assert not config.schedule.shortened
        assert config.schedule.crop_px == config.output.tile_size


def test_its_schedule_is_drawn_without_detectron2_and_is_detectron2s(configs: dict[str, Path]) -> None:
    found = preview(configs["detector"])
    assert [float(found.rates[step]) for step in (0, 1000, 3499, 3500, 3800)] == pytest.approx(
        [2e-6, 2e-3, 2e-3, 2e-4, 2e-5]
    )
    assert int(np.argmax(found.rates)) == 1000
    assert [doubt for doubt in found.doubts if "data cannot be read" not in doubt] == []


def test_its_commands_can_be_typed() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("herdmap ")]
    assert len(lines) > 6
    for line in lines:
        name, *rest = shlex.split(line, comments=True)[1:]
        herdmap.commands[name].make_context(name, rest, **herdmap.context_settings)
