"""The detector in the plugin: plain files, packed again into a wheel that pip installs as it is, or refused."""

import hashlib
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode

import pytest

from qgis_plugin.environment import carried, environment, set_up
from qgis_plugin.environment.carried import CarriedError


def test_the_packed_wheel_is_the_one_that_was_unpacked(carries, herdmap_python, tmp_path):
    packed = carries.pack(tmp_path)
    assert carries.version in packed.name
    with zipfile.ZipFile(packed) as wheel:
        assert wheel.testzip() is None
        inside = {name: wheel.read(name) for name in wheel.namelist()}
    on_disk = {path.relative_to(carries.sources).as_posix() for path in carries.sources.rglob("*") if path.is_file()}
    assert set(inside) == on_disk
    place = tmp_path / "installed é"
    pip = [herdmap_python, "-I", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(place)]
    subprocess.run([*pip, str(packed)], check=True, capture_output=True)
    asked = (
        "import importlib.metadata as m; print(m.version('herdmap'), m.entry_points(name='herdmap')['herdmap'].value)"
    )
    said = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(place)!r}); {asked}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == [carries.version, "detector.cli:main"]
    assert (place / "bin" / "herdmap").is_file()
    # What `herdmap bundle` makes of the installed files is the same wheel again.
    again = "import pathlib, sys; from detector.bundle import own_wheel; print(own_wheel(pathlib.Path(sys.argv[1])))"
    made = tmp_path / "again"
    made.mkdir()
    start = [herdmap_python, "-I", "-c", f"import sys; sys.path.insert(0, {str(place)!r}); {again}", str(made)]
    subprocess.run(start, check=True, capture_output=True)
    with zipfile.ZipFile(made / packed.name) as wheel:
        assert {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("RECORD")} == {
            name: content for name, content in inside.items() if not name.endswith("RECORD")
        }


def test_a_stray_file_is_not_packed_and_a_changed_or_missing_one_is_refused(carries, profile, tmp_path):
    (carries.sources / "detector" / "stray.py").write_text("raise SystemExit")
    with zipfile.ZipFile(carries.pack(tmp_path)) as wheel:
        assert "detector/stray.py" not in wheel.namelist()
    changed = carries.sources / "geo" / "areas.py"
    changed.write_bytes(changed.read_bytes() + b"\n")
    with pytest.raises(set_up.SetUpError, match=r"geo/areas\.py is missing in the plugin's folder, or changed"):
        set_up.set_up()
    changed.unlink()
    with pytest.raises(CarriedError, match="Install the plugin again"):
        carries.pack(tmp_path)


@pytest.mark.parametrize("name", ["../outside.py", "/etc/passwd", "a\\b.py"])
def test_the_record_names_nothing_outside(carries, tmp_path, name):
    carries.record.write_text(f"{name},,\n")
    with pytest.raises(CarriedError):
        carries.pack(tmp_path)


def test_the_set_up_works_with_the_network_cut(profile, lonely_pip, tmp_path, monkeypatch):
    """Real venv and pip: a small detector that the plugin carries, and a folder with the one package that it needs."""
    folder = tmp_path / "packages é"
    folder.mkdir()
    metadata = "Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n{more}"
    kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / "cow-9.9-py3-none-any.whl", "w") as wheel:
        wheel.writestr("cow.py", "SAYS = 'herdmap 9.9\\nmodel       sheep runs on cpu'")
        wheel.writestr("cow-9.9.dist-info/METADATA", metadata.format(name="cow", more=""))
        wheel.writestr("cow-9.9.dist-info/WHEEL", kind)
        wheel.writestr("cow-9.9.dist-info/RECORD", "")
    sources = {
        "detector/__main__.py": "import cow; print(cow.SAYS)",
        "herdmap-9.9.dist-info/METADATA": metadata.format(name="herdmap", more="Requires-Dist: cow\n"),
        "herdmap-9.9.dist-info/WHEEL": kind,
    }
    rows = "herdmap-9.9.dist-info/RECORD,,\n"
    for name, text in sources.items():
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows += f"{name},sha256={digest},{len(text)}\n"
    (tmp_path / "sources" / "herdmap-9.9.dist-info" / "RECORD").write_text(rows, encoding="utf-8", newline="")
    monkeypatch.setattr(carried, "SOURCES", tmp_path / "sources")
    health = set_up.set_up(source=str(folder))
    assert (health.healthy, health.version, health.device) == (True, "9.9", "cpu")
    assert not environment.is_outdated()
    assert {entry.name for entry in environment.folder().iterdir()} == {"current.json", "e1"}
