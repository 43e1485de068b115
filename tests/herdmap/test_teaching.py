"""From Python: a survey without a model, more like the marked ones, and a model of one's own animals."""

import shutil
from pathlib import Path

import pytest

import herdmap
from tests.detector.teaching.marked_surveys import SIZE, Boxes, write_photos, write_survey


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Boxes]]:
    """A folder with three photos of sheep, and where they are. Not to be written to."""
    folder = tmp_path_factory.mktemp("photos")
    return folder, write_photos(folder, 3)


def test_a_survey_begins_without_a_model(photos: tuple[Path, dict[str, Boxes]], tmp_path: Path) -> None:
    begun = herdmap.survey(photos[0], tmp_path / "s.gpkg", classes="seal")
    assert isinstance(begun, herdmap.Survey)
    assert set(begun.images.status) == {"pending"}
    assert list(begun.runs[0].classes) == ["seal"]
    with pytest.raises(herdmap.Error, match="too few animals are marked to learn from: none"):
        herdmap.find(begun)


def test_more_like_the_marked_ones_are_found(photos: tuple[Path, dict[str, Boxes]], tmp_path: Path) -> None:
    shutil.copytree(photos[0], tmp_path, dirs_exist_ok=True)
    first = sorted(photos[1])[0]
    marked = {name: boxes if name == first else boxes[:0] for name, boxes in photos[1].items()}
    made = write_survey(tmp_path / "m.gpkg", marked, searched={first: [[0.0, 0, SIZE, SIZE]]})
    with pytest.warns(herdmap.HerdmapWarning, match="people searched completely, and that stay as they are: 1"):
        found = herdmap.find(made, save=tmp_path / "like.npz", device="cpu", progress=False)
    assert len(found.detections) > len(photos[1][first]) + 4
    assert herdmap.Model.load(tmp_path / "like.npz", device="cpu").info.classes == ("sheep",)


def test_a_model_is_taught(photos: tuple[Path, dict[str, Boxes]], tmp_path: Path) -> None:
    pytest.importorskip("torch")
    shutil.copytree(photos[0], tmp_path, dirs_exist_ok=True)
    made = write_survey(tmp_path / "m.gpkg", photos[1])
    taught = herdmap.teach(made, tmp_path / "own.onnx", minutes=0.005, device="cpu", progress=False)
    assert taught.info.classes == ("sheep",)
    assert taught.held_out == "photo"
    assert taught.metrics["found"] + taught.metrics["missed"] == taught.metrics["animals"]
    assert not taught.fit_to_count
    assert "1 photo only" in taught.verdict
    assert taught.page.is_file()
    with pytest.raises(herdmap.Error, match=r"that ends in \.onnx"):
        herdmap.teach(made, tmp_path / "own.pt")


def test_the_models_at_hand_are_listed() -> None:
    listed = {one.name: one for one in herdmap.models()}
    assert listed["sheep"].place == "bundled"
    assert not listed["sheep"].problem
    with pytest.raises(herdmap.Error, match="does not exist"):
        herdmap.models("no/such/folder")
