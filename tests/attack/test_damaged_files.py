"""Each of three hundred damaged files is read, or refused in one short line; none costs much memory or time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attack import damaged_files
from tests.command_line import ENVIRONMENT

READS = """
import json, sys, time
from pathlib import Path
import numpy as np
from detector import models
from geo import geopackage
from geo.errors import HerdmapError
from geo.raster import RasterReader, inspect
from geo.vector import read_features

def survey(path):
    geopackage.read_crs(path)
    geopackage.read_images(path)
    geopackage.read_detections(path, chips=True)
    geopackage.read_runs(path)
    geopackage.read_counts(path)

def model(path):
    models.load(path, device="cpu").detect(np.zeros((1, 64, 64, 3), np.uint8))

def raster(path):
    inspect(path)
    with RasterReader(path) as reader:
        reader.read(0, 0, reader.info.width, min(reader.info.height, 256))
        reader.read(0, 0, reader.info.width, reader.info.height, (16, 16))

kinds = {"survey": survey, "model": model, "vector": read_features, "raster": raster}
for kind, path in json.load(sys.stdin):
    print(json.dumps("begin " + path), flush=True)
    began = time.monotonic()
    try:
        kinds[kind](path)
        said = None
    except HerdmapError as error:
        said = str(error)
    except Exception as error:
        said = "not ours\\n" + repr(error)
    print(json.dumps([path, said, time.monotonic() - began]), flush=True)
status = Path("/proc/self/status")
peak = int(status.read_text().split("VmHWM:")[1].split()[0]) >> 10 if status.is_file() else 0
print(json.dumps({"megabytes": peak}))
"""


@pytest.mark.skipif(os.name != "posix", reason="measures memory in /proc")
def test_each_damaged_file_is_read_or_refused(tmp_path: Path) -> None:
    made = damaged_files.make(tmp_path / "in", seed=int(os.environ.get("HERDMAP_SEED", "0")))
    assert len(made) >= 300
    done = subprocess.run(
        [sys.executable, "-c", READS],
        input=json.dumps([[one.kind, os.fspath(one.path)] for one in made]),
        env=ENVIRONMENT,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (lines[-1], done.stderr[-1000:])
    read = [line for line in lines if isinstance(line, list)]
    assert len(read) == len(made)
    texts = [said.replace(str(Path(path).parent), "") for path, said, _ in read if said is not None]
    assert not [said for said in texts if "\n" in said or len(said) > 300]
    assert max(took for _, _, took in read) < 30
    assert 100 < sum(said is not None for _, said, _ in read) < len(made), "most are refused, and some are read"
    assert lines[-1]["megabytes"] < 1000
