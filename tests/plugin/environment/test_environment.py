"""Setting up the detector's environment, and why it fails, with real venv and pip; all of it is in test_release.py."""

import os
import shutil
import stat
import time
from pathlib import Path

import pytest
from qgis.core import QgsSettings

from qgis_plugin.environment import (
    diagnostics,
    environment,
    install_failures,
    packages,
    packages_choice,
    process,
    proxy,
    pythons,
    set_up,
)
from tests import ROOT


def test_without_an_environment_the_mend_is_said(profile):
    with pytest.raises(environment.EnvironmentMissingError, match="Set up"):
        environment.python()


def test_a_checkout_carries_no_detector(profile):
    with pytest.raises(set_up.SetUpError, match="contains no detector") as failed:
        set_up.set_up()
    assert failed.value.kind == "carried"


def test_an_existing_environment_is_used(profile, herdmap_python):
    environment.choose_python(herdmap_python)
    assert environment.python() == herdmap_python
    health = environment.doctor(environment.python())
    assert (health.healthy, health.device) == (True, "cpu")
    assert health.version == diagnostics.version()
    environment.choose_python("/nowhere/python")
    with pytest.raises(environment.EnvironmentMissingError, match="/nowhere/python"):
        environment.python()


def test_a_python_without_the_detector_is_no_environment(profile):
    health = environment.doctor("/usr/bin/python3")
    assert not health.healthy
    assert health.text.startswith("/usr/bin/python3 has no herdmap")


def test_no_index_is_told_as_such_and_leaves_what_was_there(profile, carries, lonely_pip, herdmap_python):
    before = environment.folder() / "e1"
    (before / "bin").mkdir(parents=True)
    (before / "bin" / "python").symlink_to(herdmap_python)
    (environment.folder() / "current.json").write_text('{"folder": "e1", "detector": "of last year"}')
    assert environment.is_outdated()
    steps, log = [], []
    with pytest.raises(set_up.SetUpError, match="could not be reached") as failed:
        set_up.set_up(on_progress=lambda percent, step: steps.append(percent), on_line=log.append)
    assert failed.value.kind == "network"
    assert steps == sorted(steps)
    assert any("127.0.0.1" in line for line in log)
    assert environment.python() == str(before / "bin" / "python")
    assert {entry.name for entry in environment.folder().iterdir()} == {"current.json", "e1"}


def test_a_wrong_proxy_is_told_as_such(profile, carries, lonely_pip):
    proxy = {"HTTP_PROXY": "http://ann:secret@127.0.0.1:9", "HTTPS_PROXY": "http://ann:secret@127.0.0.1:9"}
    with pytest.raises(set_up.SetUpError, match="proxy") as failed:
        set_up.set_up(extra_environment={**proxy, "PIP_INDEX_URL": "https://index.invalid/simple"})
    assert failed.value.kind == "proxy"
    assert "secret" not in str(failed.value)
    assert not list(environment.folder().iterdir())


def test_a_full_disk_is_told_before_anything_is_fetched(profile, carries, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=300_000_000))
    with pytest.raises(set_up.SetUpError, match=r"0\.3 GB left") as failed:
        set_up.set_up()
    assert failed.value.kind == "disk"


def test_a_cancel_stops_it_at_once_and_leaves_nothing(profile, carries, lonely_pip):
    asked = []

    def cancelled():
        if (environment.folder() / "e1").exists() and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(set_up.SetUpError) as failed:
        set_up.set_up(cancelled=cancelled)
    assert failed.value.kind == "cancelled"
    assert time.monotonic() - asked[0] < 3
    assert not list(environment.folder().iterdir())


def fake_python(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo 3 9 True", "is Python 3.9, which is too old"),
        ("echo 3 12 False", "32-bit"),
        ("echo \"No module named 'ensurepip'\" >&2; exit 1", "python3-venv"),
        ("exit 9", "is not a working Python"),
    ],
)
def test_a_python_that_will_not_do(tmp_path, script, problem):
    python = fake_python(tmp_path / "python x", script)
    assert problem in pythons.problem_of(python)
    with pytest.raises(pythons.PythonError, match="python x"):
        pythons.find(python)


def test_where_no_python_will_do_all_that_were_found_are_named(tmp_path, monkeypatch):
    fake_python(tmp_path / "python3", "echo 3 9 True")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pythons.sys, "base_prefix", str(tmp_path / "qgis"))
    with pytest.raises(pythons.PythonError, match=r"python3: is Python 3\.9, which is too old.*Install it"):
        pythons.find()


def test_a_python_in_the_current_folder_is_not_run(tmp_path, monkeypatch):
    fake_python(tmp_path / "python3", f"touch {tmp_path}/ran; echo 3 11 True")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")  # an empty entry means the current folder, where Windows looks in any case
    monkeypatch.setattr(pythons.shutil, "which", lambda name, path=None: f"./{name}")
    monkeypatch.setattr(pythons.sys, "base_prefix", str(tmp_path / "qgis"))
    with pytest.raises(pythons.PythonError, match="No Python was found"):
        pythons.find()
    assert not (tmp_path / "ran").exists()


def test_a_python_is_found_and_does():
    assert pythons.problem_of(pythons.find()) == ""


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("disk", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"),
        ("disk", "OSError: [WinError 112] There is not enough space on the disk"),
        (
            "proxy",
            "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', NewConnectionError(",
        ),
        ("proxy", "OSError: Tunnel connection failed: 407 Proxy Authentication Required"),
        (
            "certificate",
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        ),
        (
            "network",
            "NewConnectionError('<...>: Failed to establish a new connection: [Errno -3] Temporary failure in name re",
        ),
        ("network", "socket.gaierror: [Errno 11001] getaddrinfo failed"),
        ("index", "ERROR: HTTP error 403 while getting https://index.invalid/simple/numpy/"),
        ("path", "OSError: [WinError 206] The filename or extension is too long"),
        ("antivirus", "PermissionError: [WinError 5] Access is denied: 'C:\\\\Users\\\\ann\\\\onnxruntime.dll'"),
        ("antivirus", "[WinError 225] Operation did not complete successfully because the file contains a virus"),
        ("permission", "OSError: [Errno 30] Read-only file system: '/home/ann'"),
        ("python", "ERROR: Package 'herdmap' requires a different Python: 3.9.5 not in '>=3.11'"),
        ("venv", "The virtual environment was not created successfully because ensurepip is not available."),
        ("package", "ERROR: No matching distribution found for onnxruntime>=1.18"),
        ("library", "ImportError: DLL load failed while importing onnxruntime_pybind11_state"),
        ("unknown", "something else"),
    ],
)
def test_each_failure_has_its_mend(kind, line):
    failure = install_failures.explain(["Collecting numpy", line, "the end"])
    assert failure.kind == kind
    assert failure.mend


def test_a_proxy_that_pip_names_as_a_host_alone_is_a_proxy():
    line = "NewConnectionError(\"HTTPSConnection(host='10.0.0.7', port=3128): Failed to establish a new connection\")"
    assert install_failures.explain([line], ["10.0.0.7"]).kind == "proxy"
    assert install_failures.explain([line], ["10.0.0.8"]).kind == "network"


def test_no_network_is_not_taken_for_a_missing_package():
    lines = ["NewConnectionError: Name or service not known", "ERROR: No matching distribution found for numpy"]
    assert install_failures.explain(lines).kind == "network"


def test_qgis_proxy_reaches_pip(profile, monkeypatch):
    from qgis.core import QgsNetworkAccessManager
    from qgis.PyQt.QtNetwork import QNetworkProxy

    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    assert proxy.proxy_environment() == {}
    manager = QgsNetworkAccessManager.instance()
    before = manager.fallbackProxy()
    manager.setFallbackProxyAndExcludes(
        QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "proxy.invalid", 3128, "ann", "p@ss/w"), [], []
    )
    try:
        address = "http://ann:p%40ss%2Fw@proxy.invalid:3128"
        assert proxy.proxy_environment() == {"HTTP_PROXY": address, "HTTPS_PROXY": address}
        monkeypatch.setenv("https_proxy", "http://mine.invalid")
        assert proxy.proxy_environment() == {}
    finally:
        manager.setFallbackProxyAndExcludes(before, [], [])


def test_the_diagnostics_name_nobody_and_no_password(profile, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "ann smith"))
    monkeypatch.setattr(diagnostics.getpass, "getuser", lambda: "asmith")
    log = [
        "Looking in indexes: https://ann:secret1@index.invalid/simple",
        f"writing {tmp_path}/ann smith/profile and C:\\Users\\asmith\\x",
        "token=secret2 password: secret3",
    ]
    text = diagnostics.report(None, log)
    assert "QGIS 3." in text
    for private in ("secret1", "secret2", "secret3", "ann smith", "asmith"):
        assert private not in text
    assert "https://***@index.invalid/simple" in text


def test_the_setting_is_kept_by_qgis(profile):
    environment.choose_python("/opt/herdmap env/bin/python")
    assert QgsSettings().value("herdmap/python") == "/opt/herdmap env/bin/python"
    assert environment.chosen_python() == "/opt/herdmap env/bin/python"


def test_the_detectors_python_sees_nothing_of_qgis(herdmap_python):
    said = []
    code = "import sys; print(any('dist-packages' in p for p in sys.path), 'qgis' in sys.modules)"
    process.run(process.python_command(herdmap_python, "-c", code), on_line=said.append)
    assert said == ["False False"]


@pytest.mark.parametrize("has_tested", [True, False])
def test_the_tested_versions_are_installed_if_this_python_has_them(profile, tmp_path, has_tested):
    """A Python that stands for pip: it notes what it is asked for, and may lack the tested versions."""
    lacks = (
        ""
        if has_tested
        else 'case "$*" in *--constraint*) echo "ERROR: No matching distribution found for x"; exit 1;; esac'
    )
    python = environment.python_in(tmp_path / "e1")
    python.parent.mkdir(parents=True)
    fake_python(python, f'echo "$*" >> "{tmp_path}/asked"\n{lacks}')
    lines = []
    steps = set_up._Steps(lambda percent, step: None, lines.append, lambda: False, {})
    steps.install(tmp_path / "e1", ["herdmap-1-py3-none-any.whl"], "")
    asked = [line for line in (tmp_path / "asked").read_text().splitlines() if "herdmap-1-py3" in line]
    assert ["--constraint" in line for line in asked] == ([True] if has_tested else [True, False])
    tested = environment.constraints()
    assert f"--constraint {tested}" in asked[0]
    assert tested.read_bytes() == (ROOT / "constraints.txt").read_bytes()
    assert any("tested versions" in line for line in lines) is not has_tested


def test_teaching_asks_for_its_space(profile, carries, monkeypatch):
    usage = shutil.disk_usage("/")
    takes = set_up.Teaching.here()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=int((takes.disk_gb + 1) * 1e9)))
    with pytest.raises(set_up.SetUpError, match=rf"needs {takes.disk_gb + 1.5:.1f} GB"):
        set_up.set_up(teaching=True)


def test_an_environment_that_can_teach_is_known(profile, carries, herdmap_python):
    made = environment.folder() / "e1"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "python").symlink_to(herdmap_python)
    environment.use(made, carries, "1", herdmap_python)
    assert not environment.can_teach()
    environment.use(made, carries, "1", herdmap_python, teaching=True)
    assert environment.can_teach()


def test_a_folder_of_packages_is_taken_without_any_index(profile, tmp_path, herdmap_python):
    """The same stand-in for pip, which lacks a package: no index is asked, and the message names the folder."""
    folder = tmp_path / "packages é"
    with pytest.raises(packages.PackagesError, match="contains no packages"):
        packages.pythons_of(str(folder))
    folder.mkdir()
    (folder / "numpy-2.3.1-cp312-cp312-win_amd64.whl").touch()
    assert packages.pythons_of(str(folder)) == {(3, 12)}
    assert packages.pythons_of("") == packages.pythons_of(packages.INDEX) == set()
    assert "but the folder has the packages for 3.9" in pythons.problem_of(herdmap_python, {(3, 9)})
    python = environment.python_in(tmp_path / "e1")
    python.parent.mkdir(parents=True)
    fake_python(python, f'echo "$*" >> "{tmp_path}/asked"\necho "ERROR: No matching distribution found for x"; exit 1')
    steps = set_up._Steps(lambda percent, step: None, lambda line: None, lambda: False, {})
    with pytest.raises(set_up.SetUpError, match=r"packages é lacks a package for this system") as failed:
        steps.install(tmp_path / "e1", ["--no-index", "--find-links", str(folder), "herdmap"], str(folder))
    assert failed.value.kind == "package"
    (asked,) = (tmp_path / "asked").read_text().splitlines()
    assert "--no-index" in asked
    assert "--constraint" in asked


def test_the_source_of_packages_is_one_setting(profile, carries, tmp_path):
    assert packages.chosen() == ""
    (packed,) = packages.wanted("", carries, tmp_path, teaching=False)
    assert packed == f"{tmp_path / 'herdmap'}-{carries.version}-py3-none-any.whl[parquet,photos]"
    assert packages.wanted(packages.INDEX, carries, tmp_path, teaching=True) == [
        f"herdmap[parquet,photos,torch]=={carries.version}"
    ]
    choice = packages_choice.PackagesChoice()
    choice._source.setCurrentIndex(2)
    assert packages.is_folder(packages.chosen())
    choice._folder.setFilePath(str(tmp_path))
    assert packages.chosen() == packages_choice.PackagesChoice().source() == str(tmp_path)
    assert packages.wanted(str(tmp_path), carries, tmp_path, teaching=False) == [
        "--no-index", "--find-links", str(tmp_path), packed
    ]  # fmt: skip
    choice._source.setCurrentIndex(0)
    assert packages.chosen() == ""
