"""A folder that somebody sent holds photos, and Python files with the names of modules: none of them is run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.command_line import ENVIRONMENT, pasture, write_photos

PLANTED = (
    "json",
    "pickle",
    "subprocess",
    "random",
    "numpy",
    "click",
    "rasterio",
    "pyogrio",
    "PIL",
    "ray",
    "sitecustomize",
)
OURS = ("geo", "detector", "herdmap")


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """The folder: a photo, the modules, and a note that a run died with the photo in hand, so that it is retried."""
    folder = tmp_path / "sent"
    folder.mkdir()
    (photo,) = write_photos(folder, pasture(400, 400, animals=3), 1)
    for name in (*PLANTED, *OURS):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / name)!r}, 'w').close()\nraise ImportError\n")
    (folder / "matplotlibrc").write_text("text.usetex: True\n")
    parts = folder / "survey.herdmap" / "parts"
    parts.mkdir(parents=True)
    (parts / "in-hand.txt").write_text(f'+["{photo}", null]\n')
    return folder


def ran(sent: Path) -> set[str]:
    return {path.name for path in sent.parent.iterdir() if path.is_file() and path.suffix == ""}


def start(sent: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(command, cwd=sent, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_retried_photo_runs_no_module_beside_it(sent: Path) -> None:
    script = (
        sent.parent / "herdmap.script"
    )  # as pip makes it: Python looks in the script's folder, not in the current one
    script.write_text("from detector.cli import main\nmain()\n")
    done = start(sent, sys.executable, str(script), "detect", ".", "-o", "survey.gpkg")
    assert (done.returncode, ran(sent)) == (0, set()), done.stderr
    assert not (sent / "survey.herdmap" / "parts" / "in-hand.txt").exists()


def test_python_m_runs_no_module_beside_a_photo(sent: Path) -> None:
    for name in OURS:
        (sent / f"{name}.py").unlink()  # a module of that very name is what `-m` asks for: only `-P` helps
    done = start(sent, sys.executable, "-m", "detector", "detect", ".", "-o", "survey.gpkg")
    assert (done.returncode, ran(sent)) == (0, set()), done.stderr
    # From a checkout that is not installed, `-m` is how it is found.
    there = subprocess.run([sys.executable, "-m", "detector", "--version"], cwd=ROOT, capture_output=True, check=False)
    assert there.returncode == 0, there.stderr


def commands() -> Iterator[tuple[str, str]]:
    """(file, the words after `sys.executable`) wherever the project starts a Python."""
    for package in ("detector", "geo", "herdmap", "qgis_plugin"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for match in re.finditer(r"sys\.executable,\s*([^\]\n]*)", path.read_text(encoding="utf-8")):
                yield path.relative_to(ROOT).as_posix(), match[1]


def test_every_python_that_is_started_gets_a_safe_path() -> None:
    found = list(commands())
    assert found
    assert not [(file, words) for file, words in found if not re.match(r'"-[PI]"', words)]


LISTENERS = """
import os, sys
from pathlib import Path
from detector.survey.cluster import Cluster
from detector.survey.ray_cluster import joined

def listening():
    owners = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) != os.getsid(0) and process.name != str(os.getpid()):
                continue
            for handle in (process / "fd").iterdir():
                owners.setdefault(os.readlink(handle), process.name)
        except OSError:
            pass
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in owners:
                yield cells[1].partition(":")[0]

with joined(Cluster(workers=1), lambda text: print("said", text)) as ray:
    def where():
        import sys
        return sys.path, sys.flags.safe_path
    path, safe = ray.get(ray.remote(num_cpus=0)(where).remote())
    print("here", os.getcwd() in path, safe)
    print("addresses", *sorted(set(listening())))
    print("token", os.environ["RAY_AUTH_MODE"], len(os.environ["RAY_AUTH_TOKEN"]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="finds the sockets in /proc")
def test_ray_on_this_machine_listens_to_it_alone_and_runs_no_module_beside_a_photo(sent: Path) -> None:
    pytest.importorskip("ray")
    script = sent.parent / "listeners.script"
    script.write_text("import os\nos.environ['PYTHONSAFEPATH'] = '1'\n" + LISTENERS)
    done = start(sent, sys.executable, str(script))
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert done.returncode == 0, done.stderr
    assert said["here"] == "False True"
    loopback = {"0100007F", "0000000000000000FFFF00000100007F"}
    assert said["addresses"].split(), "it looked in the wrong place"
    assert set(said["addresses"].split()) <= loopback
    assert said["token"] == "token 64"
    assert "said" not in said
    assert ran(sent) == set()
