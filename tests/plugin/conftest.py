"""What the plugin's tests may ask for: a profile of their own, the detector, and a small survey with known truth."""

import functools
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from build_plugin import copy_carried

from tests import ROOT, loaded_herdmap
from tests.plugin.photo_surveys import photo_survey

if TYPE_CHECKING:
    from qgis_plugin.environment.carried import Carried

copy_carried()  # before any test imports the plugin

_VERDICT = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def herdmap_python() -> str:
    """The Python of an environment with herdmap: that of `make test`, or HERDMAP_PYTHON."""
    python = os.environ.get("HERDMAP_PYTHON", str(ROOT / ".venv" / "dev" / "bin" / "python"))
    assert Path(python).is_file(), f"{python} is missing: run make test, or set HERDMAP_PYTHON"
    return python


@pytest.fixture(autouse=True)
def profile(tmp_path, monkeypatch, qgis_app):
    """An empty QGIS profile, in a folder with a space and letters of several alphabets."""
    from qgis.core import QgsApplication, QgsSettings

    from qgis_plugin import translation

    translation.install("en")
    folder = tmp_path / "profile ü 北"
    folder.mkdir()
    # The profile's folder of a running QGIS cannot be changed: what the plugin asks for it is.
    monkeypatch.setattr(QgsApplication, "qgisSettingsDirPath", staticmethod(lambda: f"{folder}/"))
    QgsSettings().remove("herdmap")
    yield folder
    QgsSettings().remove("herdmap")


@pytest.fixture(autouse=True)
def _errors_of_slots(monkeypatch):
    """An error in a function that Qt calls fails the test. Without this, PyQt aborts Python, and nobody learns why."""
    found: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: found.append(error))
    yield
    if found:
        raise found[0]


@pytest.fixture(scope="session")
def quick_python(herdmap_python) -> str:
    """That Python, but its commands of herdmap begin at once: see `loaded_herdmap`. Not for tests of how they end."""
    return loaded_herdmap.quick_python(herdmap_python)


# As `herdmap simulate`, with photos as small as the area.
_SIMULATE = """
import sys
from geo.simulation import SurveySettings, simulate
simulate(sys.argv[1], SurveySettings(seed=3, animals=60, width_m=40, height_m=30, photos=True, photo_width_px=1600,
    photo_height_px=1200))
"""


@pytest.fixture(scope="session")
def practice(herdmap_python, tmp_path_factory) -> Path:
    """A simulated survey of 60 sheep: orthomosaic.tif, photos/, regions.gpkg, transects.gpkg. Not to be written to."""
    folder = tmp_path_factory.mktemp("practice é") / "survey"
    subprocess.run([herdmap_python, "-I", "-c", _SIMULATE, folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def survey(herdmap_python, practice) -> Path:
    """What `herdmap detect` makes of its orthomosaic, with counts. Not to be written to."""
    output = practice / "found.gpkg"
    regions = practice / "regions.gpkg"
    loaded_herdmap.herdmap(herdmap_python, "detect", practice / "orthomosaic.tif", "-o", output, "--regions", regions)
    return output


@pytest.fixture
def program(tmp_path):
    """Write a Python program and get the command that runs it as the plugin runs things."""
    from qgis_plugin.environment import process

    def command(code: str, *arguments: str) -> list[str]:
        path = tmp_path / "program é.py"
        path.write_text(code, encoding="utf-8")
        return process.python_command("/usr/bin/python3", str(path), *arguments)

    assert sys.platform == "linux"
    return command


@pytest.fixture(scope="session")
def plugin_zip(herdmap_python, tmp_path_factory) -> Path:
    """The plugin as it is released, built from this checkout."""
    path = tmp_path_factory.mktemp("zip") / "herdmap.zip"
    build = [herdmap_python, str(ROOT / "scripts" / "build_plugin.py"), str(path)]
    subprocess.run(build, check=True, capture_output=True)
    return path


@pytest.fixture
def carries(plugin_zip, tmp_path, monkeypatch) -> "Carried":
    """The detector of the zip, as if this checkout were the zip."""
    from qgis_plugin.environment import carried

    place = tmp_path / "plugin's folder"
    with zipfile.ZipFile(plugin_zip) as zipped:
        zipped.extractall(place, [name for name in zipped.namelist() if "/sources/" in name])
    monkeypatch.setattr(carried, "SOURCES", place / "herdmap" / "sources")
    found = carried.carried()
    assert found is not None
    return found


@pytest.fixture
def provider(qgis_processing, profile, quick_python):
    """The provider `herdmap` in QGIS, its detector that of this checkout."""
    from qgis.core import QgsApplication

    import qgis_plugin
    from qgis_plugin.environment import environment

    environment.choose_python(quick_python)
    plugin = qgis_plugin.classFactory(None)
    plugin.initProcessing()
    yield plugin.provider
    QgsApplication.processingRegistry().removeProvider(plugin.provider)


@pytest.fixture
def herdmap(herdmap_python):
    """Run a command of the detector as a person would at a terminal, and get what it prints."""
    return functools.partial(loaded_herdmap.herdmap, herdmap_python)


@pytest.fixture
def copied(survey, practice, tmp_path) -> Path:
    """A copy of the survey with its imagery, to write to."""
    folder = tmp_path / "copy é"
    folder.mkdir()
    for name in ("found.gpkg", "orthomosaic.tif", "regions.gpkg"):
        shutil.copy(practice / name, folder / name)
    return folder / "found.gpkg"


@pytest.fixture(scope="session")
def _posed(herdmap_python, practice, tmp_path_factory) -> Path:
    return photo_survey(herdmap_python, practice, tmp_path_factory.mktemp("photos é") / "posed", tags=True)


@pytest.fixture(scope="session")
def _without_position(herdmap_python, practice, tmp_path_factory) -> Path:
    return photo_survey(herdmap_python, practice, tmp_path_factory.mktemp("photos é") / "nowhere", tags=False)


@pytest.fixture
def posed(_posed, tmp_path) -> Path:
    """A copy of a survey of two photos with their poses, with the photos, to write to."""
    return Path(shutil.copytree(_posed.parent, tmp_path / "posed")) / "survey.gpkg"


@pytest.fixture
def without_position(_without_position, tmp_path) -> Path:
    """A copy of a survey of two photos that say nothing of where they are, with the photos, to write to."""
    return Path(shutil.copytree(_without_position.parent, tmp_path / "nowhere")) / "survey.gpkg"


def pytest_sessionfinish(session, exitstatus):
    loaded_herdmap.end()
    session.config.stash[_VERDICT] = int(exitstatus)


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config):
    """End here with the tests' own verdict: QGIS may crash while Python takes it down, when all is done and said."""
    if _VERDICT in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_VERDICT])
