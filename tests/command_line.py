"""The command line as a user has it: in this process, or as a process of its own where that matters."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector.cli import main
from geo import raster
from geo.georeference import crs_to_wkt
from geo.simulation import SurveySettings, render_scene
from tests import ROOT, loaded_herdmap
from tests.detector.models import constant_answer
from tests.systems import without_wine

UTM = "EPSG:32737"
NORTH_UP = (0.025, 0.0, 263400.0, 0.0, -0.025, 9701600.0)
PROCESS = (sys.executable, "-c", "from detector.cli import main; main()")
# Where a process can divide and pass its streams on: see `loaded_herdmap`. What such a process runs is measured by no
# `make coverage`, which sets this variable.
_DIVIDES = sys.platform == "linux" and "COVERAGE_PROCESS_CONFIG" not in os.environ
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def problems(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()

    @property
    def events(self) -> list[dict[str, Any]]:
        """stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class HerdmapHere:
    """`herdmap ...` in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: object) -> Ended:
        self._capture.readouterr()
        with pytest.raises(SystemExit) as end:
            main([_text(a) for a in arguments])
        out, err = self._capture.readouterr()
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, out, without_wine(err))


def herdmap(*arguments: object, cwd: Path | None = None, timeout: float = 120, **more: Any) -> Ended:
    """`herdmap ...` as a process with nothing on stdin."""
    done = subprocess.run(
        [*PROCESS, *map(_text, arguments)],
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd=cwd,
        timeout=timeout,
        check=False,
        **more,
    )
    return Ended(done.returncode, done.stdout, without_wine(done.stderr))


def loaded(*arguments: object, before: str = "", **variables: str) -> Ended:
    """`herdmap ...` as a process with nothing on stdin that begins at once: for what does not test its start.

    before: a program that the process runs first. variables: what its environment has besides.
    """
    command = list(map(_text, arguments))
    if not _DIVIDES:
        done = subprocess.run(
            [*PROCESS[:-1], f"{before}\n{PROCESS[-1]}", *command],
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            env={**ENVIRONMENT, **variables},
            timeout=180,
            check=False,
        )
    else:
        done = loaded_herdmap.ended(sys.executable, command, {**ENVIRONMENT, **variables}, before)
    return Ended(done.returncode, done.stdout, without_wine(done.stderr))


def start(*arguments: object, is_loaded: bool = False) -> subprocess.Popen[str]:
    """`herdmap ...` as a running process whose stdin stays open. is_loaded: one that begins at once."""
    program: tuple[str, ...] = PROCESS
    if is_loaded and _DIVIDES:
        program = (loaded_herdmap.quick_python(sys.executable), "-I", "-u", "-X", "utf8", "-m", "detector")
    return subprocess.Popen(
        [*program, *map(_text, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=ENVIRONMENT,
        # A group of its own, so that Ctrl-Break reaches it alone.
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _text(argument: object) -> str:
    return os.fspath(argument) if isinstance(argument, Path) else str(argument)


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Every file below `folder` with its bytes, every folder with None."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def pasture(width: int, height: int, animals: int, seed: int = 3) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: a simulated scene at 2.5 cm a pixel, in which the bundled model finds animals."""
    settings = SurveySettings(seed=seed, width_m=width / 40, height_m=height / 40, gsd_m=0.025, animals=animals)
    return render_scene(settings)[0]


def write_mosaic(path: Path, pixels: NDArray[np.uint8]) -> Path:
    """A GeoTIFF at 2.5 cm a pixel in UTM zone 37 S."""
    height, width = pixels.shape[:2]
    raster.write_geotiff(
        path, iter([pixels]), width, height, NORTH_UP, crs_to_wkt(UTM), compress="deflate", overviews=False
    )
    return path


def write_photos(folder: Path, pixels: NDArray[np.uint8], count: int, size: int = 320) -> list[Path]:
    """Square crops of a scene as JPEGs without position, one a photo, each another one."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(7)
    paths = []
    for n in range(count):
        x, y = rng.integers(0, pixels.shape[1] - size), rng.integers(0, pixels.shape[0] - size)
        paths.append(folder / f"photo {n:03d}.jpg")
        Image.fromarray(pixels[y : y + size, x : x + size]).save(paths[-1], quality=95)
    return paths


def write_regions(path: Path, squares: dict[str, tuple[float, float, float, float]], field: str = "name") -> Path:
    """Named rectangles, xmin ymin xmax ymax in metres from the mosaic's top left corner, y down, as GeoJSON."""
    features = []
    for name, (x0, y0, x1, y1) in squares.items():
        east, north = NORTH_UP[2], NORTH_UP[5]
        ring = [[east + x, north - y] for x, y in ((x0, y0), (x0, y1), (x1, y1), (x1, y0), (x0, y0))]
        features.append(
            {
                "type": "Feature",
                "properties": {field: name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32737"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    return path


def write_model(path: Path, names: Sequence[str], **metadata: Any) -> Path:
    """A model by the contract that sees one animal of each class, side by side, in the first tile of every batch."""
    left = 20.0 * np.arange(len(names))
    values: dict[str, NDArray[Any]] = {
        "boxes": np.stack([left, left * 0 + 10, left + 15, left * 0 + 30], axis=1).astype(np.float32),
        "scores": np.full(len(names), 0.75, np.float32),
        "labels": np.arange(len(names), dtype=np.int64),
        "batch_index": np.zeros(len(names), np.int64),
    }
    own = {"kind": "detector", "name": "test", "classes": list(names), "tile_size": 640, "overlap": 8, **metadata}
    return constant_answer.write(path, values, {"herdmap": json.dumps(own)})
