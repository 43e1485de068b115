"""A Python is fetched where none fits: by real pip from a folder; a small program stands for uv."""

import base64
import hashlib
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtTest import QSignalSpy

from qgis_plugin.environment import brought_python, environment, pythons, set_up
from qgis_plugin.environment.settings_dialog import SettingsDialog

UV = """#!/bin/sh
echo "$*" > "{asked}"
while [ "$1" != --install-dir ]; do shift; done
/bin/mkdir -p "$2/cpython-3.12.7-linux-x86_64-gnu/bin"
/bin/ln -s "{python}" "$2/cpython-3.12.7-linux-x86_64-gnu/bin/python3"
"""


def _sum(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"


@pytest.fixture
def shelf(profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the stand-in as a package, which pip looks into alone; and no Python is on the path."""
    # What is on the path may be a script that starts another one.
    asked = [pythons.find(), "-I", "-c", "import sys; print(sys.executable)"]
    python = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()).resolve()
    folder = tmp_path / "shelf é"
    folder.mkdir()
    files = {
        "uv-0.13.9.data/scripts/uv": UV.format(asked=tmp_path / "asked", python=python),
        "uv-0.13.9.dist-info/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 0.13.9\n",
        "uv-0.13.9.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "uv-0.13.9.dist-info/RECORD"
    files[record] = "".join(f"{name},{_sum(text)},\n" for name, text in files.items()) + f"{record},,\n"
    with zipfile.ZipFile(folder / "uv-0.13.9-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16  # pip makes only such a file a program
            wheel.writestr(entry, text)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", folder.as_uri())
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    return folder


@pytest.fixture
def steps(profile: Path) -> set_up._Steps:
    return set_up._Steps(lambda percent, step: None, lambda line: None, lambda: False, {})


def test_a_python_is_fetched_once_and_only_into_the_plugins_folder(
    shelf: Path, steps: set_up._Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(set_up.SetUpError, match="No Python was found") as failed:
        steps.find_python("", "", brings=False)
    assert failed.value.kind == "python"
    (wheel,) = shelf.iterdir()
    pinned = tmp_path / "uv.txt"
    pinned.write_text(f"uv==0.13.9 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n", encoding="utf-8")
    monkeypatch.setattr(brought_python, "PINNED", pinned)
    found = steps.find_python("", "", brings=True)
    assert Path(found).is_relative_to(environment.folder() / "python")
    assert pythons.problem_of(found) == ""
    asked = (tmp_path / "asked").read_text(encoding="utf-8").split(" --install-dir ")
    assert asked[0] == f"python install {brought_python.VERSION}"
    assert asked[1].strip() == f"{environment.folder() / 'python'} --no-bin --no-registry"
    assert [entry.name for entry in environment.folder().iterdir()] == ["python"]
    wheel.unlink()
    assert steps.find_python("", "", brings=False) == found  # it is there


def test_another_file_than_the_pinned_one_is_not_used(shelf: Path, steps: set_up._Steps, tmp_path: Path) -> None:
    with pytest.raises(set_up.SetUpError, match="not the one that was expected") as failed:
        steps.find_python("", "", brings=True)
    assert failed.value.kind == "changed"
    assert not (tmp_path / "asked").exists()
    assert not list(environment.folder().glob("*"))


def test_without_pip_the_mend_is_said(steps: set_up._Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brought_python, "_has_pip", lambda python: False)
    with pytest.raises(brought_python.NoPipError, match="has no pip"):
        brought_python.bring(steps._run)


def test_the_settings_offer_it_where_no_python_was_found(
    shelf: Path, carries: Any, qgis_new_project: None, tmp_path: Path
) -> None:
    dialog = SettingsDialog()
    dialog.show()
    assert not dialog._get_python.isVisible()
    ended = QSignalSpy(dialog.set_up_ended)
    dialog._set_up.click()
    assert ended.wait(60_000)
    assert "No Python was found" in dialog._status.text()
    assert dialog._get_python.isVisible()
    assert f"{brought_python.MEGABYTES} MB" in dialog._get_python.text()
    dialog._base_python.setFilePath(str(tmp_path / "no python"))  # the one that is chosen is to be mended
    ended = QSignalSpy(dialog.set_up_ended)
    dialog._set_up.click()
    assert ended.wait(60_000)
    assert not dialog._get_python.isVisible()
    dialog.abandon()
    dialog.deleteLater()
