"""What the tests of placed photos share."""

import shutil
from pathlib import Path

import pytest

from detector import models
from geo.simulation import SurveySettings
from tests.command_line import HerdmapHere
from tests.surveys.simulated_flight import Flown, TruthModel


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    """A few small tilted photos with exact tags."""
    settings = SurveySettings(
        seed=5, photos=True, width_m=24, height_m=18, animals=30, flocks=0, gsd_m=0.04, photo_width_px=320,
        photo_height_px=240, forward_overlap=0.5, tilt_deg=6.0,
    )  # fmt: skip
    found = Flown.of(tmp_path_factory.mktemp("flown") / "sim", settings)
    assert len(found.exposures) >= 2
    return found


@pytest.fixture
def truth(flown: Flown, monkeypatch: pytest.MonkeyPatch) -> TruthModel:
    model = TruthModel(flown)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    return model


@pytest.fixture
def photos(flown: Flown, tmp_path: Path) -> Path:
    return Path(shutil.copytree(flown.folder / "photos", tmp_path / "photos"))


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capfd)
