"""The detector in the plugin: plain files, packed again into a wheel that pip installs as it is, or refused."""

import subprocess
import sys
import zipfile

import pytest

from qgis_plugin.environment import set_up
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
