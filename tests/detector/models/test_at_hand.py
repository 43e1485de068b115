"""The models at hand: bundled, own and given ones, each with its card; a name means one model."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from detector import models
from detector.errors import InputError
from detector.models.at_hand import models_at_hand
from tests.command_line import HerdmapHere, write_model


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, with a model, its picture, a broken file and a text."""
    folder = tmp_path / "eigene Modelle"
    folder.mkdir()
    monkeypatch.setenv("HERDMAP_MODELS", str(folder))
    write_model(folder / "cows.onnx", ["cow", "élan"], gsd_m=0.04, metrics={"north": {"f1": 0.913}}, trained_on="ours")
    Image.new("RGB", (8, 8)).save(folder / "cows.jpg")
    (folder / "broken.onnx").write_bytes(b"no model")
    (folder / "notes.txt").write_text("none", encoding="utf-8")
    return folder


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


def test_the_list_has_bundled_own_and_given_models(own: Path, tmp_path: Path) -> None:
    given = write_model(tmp_path / "seals.onnx", ["seal"])
    found = {one.name: one for one in models_at_hand([given, own])}  # the own folder is not listed twice
    assert list(found) == ["sheep", "broken", "cows", str(given)]
    assert [one.place for one in found.values()] == ["bundled", "own", "own", "given"]
    cows = found["cows"]
    assert cows.info is not None
    assert cows.info.classes == ("cow", "élan")
    assert cows.picture == own / "cows.jpg"
    assert found["broken"].info is None
    assert "broken.onnx" in found["broken"].problem


def test_an_own_model_is_opened_by_its_name_and_never_hides_a_bundled_one(own: Path) -> None:
    assert models.resolve("cows") == own / "cows.onnx"
    shutil.copy(own / "cows.onnx", own / "sheep.onnx")
    assert models.resolve("sheep") == models.BUNDLED / "sheep.onnx"
    named = {one.name: one.place for one in models_at_hand()}
    assert named["sheep"] == "bundled"
    assert named[str(own / "sheep.onnx")] == "given"
    with pytest.raises(InputError, match="broken, cows, sheep"):
        models.resolve("horses")


def test_no_own_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERDMAP_MODELS", str(tmp_path / "none"))
    assert [one.name for one in models_at_hand()] == ["sheep"]
    with pytest.raises(InputError, match="does not exist"):
        models_at_hand(tmp_path / "nothing here")


def test_the_command_lists_what_each_finds_and_fits(own: Path, here: HerdmapHere) -> None:
    end = here("models")
    assert (end.code, end.err) == (0, "")
    for part in ("sheep  (bundled)", "1.5 to 5 cm a pixel", "F1 0.97 on img_000-399"):
        assert part in end.out
    for part in ("cows  (own)", "cow, élan", "2.7 to 6 cm a pixel", "F1 0.91 on north", "ours", "cows.jpg"):
        assert part in end.out
    assert "cannot be used here" in end.out
    assert end.out.rstrip().endswith(str(own))
    listed = json.loads(here("models", "--json").out)
    assert [(one["name"], one["place"]) for one in listed] == [("sheep", "bundled"), ("broken", "own"), ("cows", "own")]
    assert listed[2]["fits_gsd_m"] == pytest.approx([0.04 / 1.5, 0.06])
    assert here("models", "nowhere.onnx").code == 2
