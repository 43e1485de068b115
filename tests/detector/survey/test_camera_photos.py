"""HEIC and camera RAW all the way: searched, placed, shown, shared, and learnt from."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from detector import survey
from detector.survey.listing import list_images
from geo import geopackage
from geo.geopackage.project_imagery import read_imagery
from geo.share import MaxSize, share
from geo.share import Settings as SharedSettings
from tests.command_line import pasture
from tests.geo.raster.camera_files import dng_with_tags, heic


class Listening(survey.Watcher):
    """Keeps the warnings."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one photo in HEIC and one in RAW, a RAW beside a HEIC, and a film."""
    folder = tmp_path_factory.mktemp("flight") / "photos"
    folder.mkdir()
    heic(folder / "1.heic", pasture(420, 420, 14), orientation=6)
    dng_with_tags(folder / "2.DNG", pasture(420, 420, 14))
    dng_with_tags(folder / "1.dng", pasture(420, 420, 14))
    (folder / "film.mp4").touch()
    return folder


def test_a_survey_of_heic_and_raw(photos: Path, tmp_path: Path) -> None:
    listening = Listening()
    outcome = survey.detect(photos, tmp_path / "out.gpkg", watcher=listening)
    assert (outcome.images, outcome.failed) == (2, 0)
    images = geopackage.read_images(tmp_path / "out.gpkg")
    rows = geopackage.read_detections(tmp_path / "out.gpkg", chips=True)
    assert [Path(path).name for path in images.path] == ["1.heic", "2.DNG"]
    assert (images.width.tolist(), images.height.tolist()) == ([420, 420], [420, 420])
    assert all(8 <= count <= 16 for count in images.detections)
    assert rows.chip is not None
    assert len(rows)
    assert all(rows.chip)
    assert np.isfinite(images.lon).all()
    stretches = geopackage.read_runs(tmp_path / "out.gpkg")[-1].settings["stretches"]
    assert set(stretches) == {"uint16 RAW"}
    assert any(
        text.endswith("2 files are not searched: 1 .dng (searched as .heic), 1 .mp4 (video)") for text in listening.said
    )
    assert any(text.startswith("QGIS cannot show 2 photos") for text in listening.said)
    assert read_imagery(tmp_path / "out.gpkg") == []
    settings = SharedSettings(max_size=MaxSize.parse("50MB"), outside_images=True)
    assert share(tmp_path / "out.gpkg", tmp_path / "shared", settings).missing == ()
    # The pictures of a share folder are copies of the photos.
    share(tmp_path / "out.gpkg", photos / "for-colleagues", settings)
    found = list_images(photos)
    assert [path.name for path in found.images] == ["1.heic", "2.DNG"]
    assert "1 share folder (their pictures are copies)" in found.remarks[0]
    assert len(list_images(photos / "for-colleagues").images) >= 2
    shutil.rmtree(photos / "for-colleagues")


def test_without_the_extra_the_photos_fail_with_its_name(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.gpkg"
    with monkeypatch.context() as without:
        for library in ("rawpy", "pillow_heif"):
            without.setitem(sys.modules, library, None)
        outcome = survey.detect(photos, output)
    assert (outcome.images, outcome.failed) == (2, 2)
    assert all("pip install 'herdmap[photos]'" in str(reason) for reason in geopackage.read_images(output).reason)
    # Once they are installed, the same call searches them.
    outcome = survey.detect(photos, output)
    assert (outcome.images, outcome.failed) == (2, 0)
