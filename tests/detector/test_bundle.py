"""The folder of packages for computers without a network: what each system needs, fetched by the real pip."""

import os
import zipfile
from pathlib import Path

import pytest

from detector import bundle as bundling
from detector.bundle import SYSTEMS, bundle, conditions, fetch, requirements
from detector.errors import InputError
from tests import ROOT


def write_wheel(folder: Path, name: str, *requires: str, tag: str = "py3-none-any") -> Path:
    """A wheel of version 1.0 with nothing in it but its description."""
    path = folder / f"{name}-1.0-{tag}.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {one}" for one in requires)]
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n")
        wheel.writestr(f"{name}-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip knows, with no versions pinned."""
    pytest.importorskip("pip", reason="this Python comes without pip")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    pins = tmp_path / "constraints.txt"
    pins.touch()
    monkeypatch.setattr(bundling, "tested_versions", lambda: pins)
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


def test_each_system_gets_what_its_conditions_ask_for(index: Path, tmp_path: Path) -> None:
    own = write_wheel(tmp_path, "herd", "cow>=1", 'photo_raw; extra == "photos"', 'sheep[wool]; extra == "photos"')
    write_wheel(index, "cow", 'on_windows; sys_platform == "win32"', 'on_old; python_version < "3.12"')
    write_wheel(index, "sheep", 'yarn; extra == "wool"', 'unasked; extra == "milk"', "cow")
    for name in ("photo_raw", "on_windows", "on_old", "yarn", "unasked"):
        write_wheel(index, name)
    for system, python, expected in [
        ("windows", "3.12", {"cow", "photo_raw", "sheep", "yarn", "on_windows"}),
        ("linux", "3.11", {"cow", "photo_raw", "sheep", "yarn", "on_old"}),
    ]:
        place = tmp_path / system
        place.mkdir()
        fetch(own, ["photos"], system, python, place)
        assert {one.name.split("-")[0] for one in place.iterdir()} == expected


def test_only_the_wheel_of_the_system_is_taken_and_a_missing_one_ends_it(index: Path, tmp_path: Path) -> None:
    own = write_wheel(tmp_path, "herd", "fast")
    for tag in ("cp312-cp312-win_amd64", "cp312-cp312-manylinux_2_28_x86_64", "cp311-cp311-win_amd64"):
        write_wheel(index, "fast", tag=tag)
    place = tmp_path / "there"
    place.mkdir()
    fetch(own, [], "windows", "3.12", place)
    assert [one.name for one in place.iterdir()] == ["fast-1.0-cp312-cp312-win_amd64.whl"]
    with pytest.raises(InputError, match=r"macos, Python 3\.12: pip failed: .*fast.*check the network"):
        fetch(own, [], "macos", "3.12", tmp_path / "none")


def test_a_folder_with_other_files_and_a_python_that_is_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "survey.gpkg").touch()
    with pytest.raises(InputError, match="other files than packages"):
        bundle(tmp_path)
    with pytest.raises(InputError, match=r"'3' is no version of Python; expected two numbers, such as 3\.12"):
        bundle(tmp_path / "new", pythons=["3"])
    assert [one.name for one in tmp_path.iterdir()] == ["survey.gpkg"]


def test_a_description_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "herd", "cow >>> 1")
    with pytest.raises(InputError, match=r"herd-1\.0-py3-none-any\.whl: requires 'cow >>> 1', which cannot be read"):
        list(requirements(wheel, [], conditions(SYSTEMS["linux"], "3.12")))


def test_the_tested_versions_are_those_of_the_project() -> None:
    assert bundling.tested_versions() == ROOT / "constraints.txt"
