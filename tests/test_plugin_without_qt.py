"""The plugin's environment on this system, as far as it needs no Qt: on Windows and macOS no QGIS is tested.

Of QGIS there is only what says where its profile is, and what hands texts on untranslated. All else is real: the
registry, programs, processes. What one system alone has is tested there alone.
"""

import os
import runpy
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests import ROOT
from tests.geo.test_process_tree import WITH_CHILD, ended


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The plugin's modules, in a QGIS whose profile is `tmp_path / "profile"`. They are forgotten afterwards."""
    runpy.run_path(str(ROOT / "scripts" / "build_plugin.py"))["copy_carried"]()
    application = SimpleNamespace(qgisSettingsDirPath=lambda: f"{tmp_path / 'profile'}/")
    core_application = SimpleNamespace(translate=lambda context, text, note, number: text)
    names: dict[str, dict[str, Any]] = {
        "qgis": {},
        "qgis.core": {"QgsApplication": application, "QgsSettings": dict},
        "qgis.PyQt": {},
        "qgis.PyQt.QtCore": {"QCoreApplication": core_application, "QLocale": None, "QTranslator": object},
    }
    for name, content in names.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    before = set(sys.modules)
    from qgis_plugin.environment import environment, process, pythons, qgis_own

    yield SimpleNamespace(environment=environment, process=process, pythons=pythons, qgis_own=qgis_own)
    for name in set(sys.modules) - before:
        if name.startswith("qgis_plugin"):
            del sys.modules[name]


def test_the_environments_path_is_short(plugin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALAPPDATA", r"C:\Users\Someone With Names\AppData\Local")
    folder = plugin.environment.folder()
    assert folder == plugin.environment.folder(), "the same one each time"
    if sys.platform == "win32":
        assert len(str(folder)) - len(os.environ["LOCALAPPDATA"]) == len(r"\herdmap\12345678")
    else:
        assert folder == tmp_path / "profile" / "cache" / "herdmap"


@pytest.mark.parametrize("link", ["Microsoft/WindowsApps/python.exe", "Microsoft/WindowsApps/python3.12.exe"])
def test_the_stores_link_is_refused_and_not_started(plugin: Any, tmp_path: Path, link: str) -> None:
    stub = tmp_path / link
    stub.parent.mkdir(parents=True)
    stub.touch()
    with pytest.raises(plugin.pythons.PythonError, match="Microsoft Store"):
        plugin.pythons.find(str(stub))


@pytest.mark.parametrize(
    ("mark", "python"),
    [
        ("QGIS 3.34/bin/o4w_env.bat", "QGIS 3.34/apps/Python312/python.exe"),
        ("QGIS.app/Contents/Info.plist", "QGIS.app/Contents/MacOS/bin/python3"),
    ],
)
def test_a_python_of_qgis_is_refused(plugin: Any, tmp_path: Path, mark: str, python: str) -> None:
    for name in (mark, python):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(plugin.pythons.PythonError, match="QGIS's own Python"):
        plugin.pythons.find(str(tmp_path / python))


def test_the_python_that_qgis_runs_in_is_taken_on_linux_alone(plugin: Any) -> None:
    # QGIS's Python is here that of the tests, which may run in an environment of it.
    problem = plugin.pythons.problem_of(sys._base_executable)  # type: ignore[attr-defined]
    if sys.platform in ("win32", "darwin"):
        assert problem == "is QGIS's own Python, which changes with each update of QGIS"
    else:
        assert problem == ""


if sys.platform == "win32":

    def test_pythons_of_the_launcher_are_found(plugin: Any, tmp_path: Path) -> None:
        import winreg

        place = r"Software\Python\PythonCore\{}\InstallPath"
        found = {version: tmp_path / version / "python.exe" for version in ("3.9", "3.11", "3.12")}
        keys = []
        try:
            for version, path in found.items():
                path.parent.mkdir()
                path.touch()
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, place.format(version)) as key:
                    winreg.SetValueEx(key, "ExecutablePath", 0, winreg.REG_SZ, str(path))
                keys.append(version)
            ours = [p for p in plugin.pythons._registered() if p.startswith(str(tmp_path))]
        finally:
            for version in keys:
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, place.format(version))
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, rf"Software\Python\PythonCore\{version}")
        assert ours == [str(found[version]) for version in ("3.12", "3.11", "3.9")]


def test_a_program_sees_nothing_of_qgis(plugin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Path(sys.base_prefix)
    for name in ("OSGEO4W_ROOT", "O4W_QT_PREFIX", "GISBASE", "PYTHONHOME", "PROJ_LIB", "VSI_CACHE", "QT_PLUGIN_PATH"):
        monkeypatch.setenv(name, str(own))
    monkeypatch.setenv("JPEGMEM", "1000000")
    monkeypatch.setenv("SSL_CERT_FILE", str(own / "bin" / "curl-ca-bundle.crt"))
    monkeypatch.setenv("MY_CERT", str(tmp_path))
    monkeypatch.setenv("PATH", os.pathsep.join([str(own / "bin"), str(tmp_path), str(own), f"{own}-mine"]))
    monkeypatch.chdir(own)  # as QGIS may be started: a value that is no path is none of its folder
    kept = plugin.process.clean_environment()
    assert not {"OSGEO4W_ROOT", "O4W_QT_PREFIX", "GISBASE", "PYTHONHOME", "PROJ_LIB", "VSI_CACHE"} & set(kept)
    assert (kept["JPEGMEM"], kept["MY_CERT"]) == ("1000000", str(tmp_path))
    if sys.platform in ("win32", "darwin"):
        assert kept["PATH"].split(os.pathsep) == [str(tmp_path), f"{own}-mine"]
        assert "SSL_CERT_FILE" not in kept


def test_a_cancel_ends_the_whole_tree(plugin: Any) -> None:
    pids: list[int] = []
    asked: list[float] = []

    def cancelled() -> bool:
        if pids and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    ended_as = plugin.process.run(
        [sys.executable, "-u", "-c", WITH_CHILD, "60"],
        on_line=lambda line: pids.extend(map(int, line.split())),
        cancelled=cancelled,
    )
    assert ended_as.cancelled
    assert len(pids) == 2
    assert time.monotonic() - asked[0] < 10  # 2 s where no other tests run
    assert all(map(ended, pids))


def test_a_program_under_guard_ends_with_qgis(plugin: Any) -> None:
    guard = Path(plugin.process.__file__).with_name("guard.py")
    # A module of Python's own that runs any code. The parent passes its own number on, as QGIS does, and is killed.
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, {str(guard)!r}, str(os.getpid()), 'timeit', '-n1', '-r1', {code!r}],\n"
        "                 stdin=subprocess.PIPE, start_new_session=os.name != 'nt')\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    assert ended(pid)


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    "name",
    ["//computer/share/a.jpg", r"\\computer\share\a.jpg", r"\/computer/share/a.jpg", "C:/private/a.jpg", "/etc/a.jpg"],
)
def test_no_name_of_a_photo_asks_another_computer_or_leaves_the_drive(tmp_path: Path, name: str) -> None:
    """A survey that somebody sent may name anything. On Windows a name alone can send who asks to another computer."""
    from qgis_plugin.review.file import photo_file

    assert photo_file(tmp_path / "a.gpkg", name).parent == tmp_path
    assert photo_file(tmp_path / "a.gpkg", "../photos/a b.jpg") == tmp_path / "../photos/a b.jpg"
