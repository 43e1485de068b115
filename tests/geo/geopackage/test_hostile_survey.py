"""A survey of two hundred files that are not what they should be: each gets the right status, and the run goes on."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from geo import geopackage
from tests import hostile_inputs
from tests.command_line import ENVIRONMENT, herdmap, write_model

# Megabytes. What it takes with nothing but small photos is some 250.
MOST_MEMORY = 700
# `herdmap` that says last how many kilobytes it has held at most.
MEASURED = """
from detector.cli import main
try:
    main()
finally:
    import pathlib, resource
    status = pathlib.Path("/proc/self/status")
    peak = status.read_text().split("VmHWM:")[1].split()[0] if status.is_file() else 0
    # What getrusage says may be what the parent held when it forked.
    print("\\n", peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(os.name != "posix", reason="pipes, sockets and odd names are POSIX's")
def test_every_hostile_file_gets_its_status(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    folder, output = tmp_path / "in", tmp_path / "out.gpkg"
    made = hostile_inputs.make(folder)
    assert len(made) >= 200
    expected = {os.path.relpath(hostile.path, tmp_path): hostile.statuses for hostile in made}
    model = write_model(tmp_path / "m.onnx", ["animal"], tile_size=640)
    command = ("detect", folder, "-o", output, "--model", model, "--time-limit", 60)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, command)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < int(done.stdout.split()[-1]) >> 10 < MOST_MEMORY
    check_gpkg(output, positioned=False)
    images = geopackage.read_images(output)
    found = {path: (status, why) for path, status, why in zip(images.path, images.status, images.reason, strict=True)}
    # Names that no map can keep are shown in another way.
    assert len(found) == len(expected)
    shown = {name if name in found else name.encode("unicode_escape").decode(): s for name, s in expected.items()}
    wrong = {name: found.get(name) for name, statuses in shown.items() if found[name][0] not in statuses}
    assert not wrong
    for name, (status, why) in found.items():
        assert (status == "failed") == bool(why), name
        assert why is None or ("\n" not in why and len(why) < 500), name
    counts = Counter(status for status, _ in found.values())
    assert counts["failed"] > 80
    assert counts["done"] > 50
    again = herdmap(*command, timeout=300)
    assert again.code == 1, again
    images = geopackage.read_images(output)
    assert dict(zip(images.path, images.status, strict=True)) == {name: status for name, (status, _) in found.items()}
