"""What a user gets wrong, each through the command line: an exit code by the contract, one clear line, nothing left."""

import json
import os
import shutil
import struct
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio

from geo import geopackage
from tests import ROOT
from tests.command_line import (
    ENVIRONMENT,
    Ended,
    HerdmapHere,
    everything_in,
    herdmap,
    write_regions,
)
from tests.systems import without_wine

BESIDE = ("out.gpkg", "out.qgz", "out.herdmap")


def refused(end: Ended, *words: str) -> None:
    """Bad usage or input: code 2, one line that says what was found and what to do."""
    assert end.code == 2, end
    assert end.out == ""
    assert len(end.problems) == 1, end.err
    assert end.err.startswith("herdmap: ")
    assert "Traceback" not in end.err
    assert "unexpected" not in end.err
    assert len(end.err) < 700
    for word in words:
        assert word in end.err, end.err


# ---- what is given as imagery ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["missing.jpg"], ["missing.jpg", "no such file", "check the path"]),
        (["mosaic.tif", "missing"], ["missing", "no such file"]),
        (["empty"], ["no images in this folder", ".jpg", ".tif"]),
        (["@missing.txt"], ["@missing.txt", "check the path"]),
        (["@empty.txt"], ["@empty.txt", "empty", "one path a line"]),
        (["@empty"], ["@empty", "cannot be read"]),
        (["@mosaic.tif"], ["@mosaic.tif", "UTF-8"]),
        ([""], ["empty text", "folder"]),
    ],
)
def test_inputs_that_are_not_there(
    survey: Path, here: HerdmapHere, monkeypatch: pytest.MonkeyPatch, given: list[str], words: list[str]
) -> None:
    monkeypatch.chdir(survey)
    (survey / "empty").mkdir()
    (survey / "empty.txt").write_text("\n# nothing\n")
    before = everything_in(survey)
    refused(here("detect", *given, "-o", "out.gpkg"), *words)
    assert everything_in(survey) == before


def _png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def _sparse_tiff(path: Path) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", width=10**6, height=10**6, count=3, dtype="uint8", tiled=True, blockxsize=16384,
        blockysize=16384, SPARSE_OK="TRUE", BIGTIFF="YES", crs="EPSG:32737",
        transform=rasterio.Affine(1, 0, 5, 0, -1, 5),
    ):  # fmt: skip
        pass


def _with_transform(path: Path, source: Path, scale: list[float]) -> None:
    """A copy whose stored pixel scale is another one."""
    data = bytearray(source.read_bytes())
    at = struct.unpack_from("<I", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, at)[0]):
        tag, _, count, offset = struct.unpack_from("<HHII", data, at + 2 + 12 * entry)
        if tag == 33550:
            struct.pack_into(f"<{count}d", data, offset, *scale)
    path.write_bytes(data)


def _with_unknown_crs(path: Path, source: Path) -> None:
    data = source.read_bytes()
    key = struct.pack("<HHHH", 3072, 0, 1, 32737)
    assert data.count(key) == 1
    path.write_bytes(data.replace(key, struct.pack("<HHHH", 3072, 0, 1, 29999)))


def _truncated_jpeg(path: Path, scene: np.ndarray) -> None:
    from PIL import Image

    Image.fromarray(scene).save(path, quality=95)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


BAD_IMAGES: dict[str, tuple[str, Callable[[Path, Path, np.ndarray], object], list[str]]] = {
    "a text": ("bad.jpg", lambda p, m, s: p.write_text("hello"), ["not an image"]),
    "a page": ("bad.tif", lambda p, m, s: p.write_text("<html>404</html>"), ["not an image"]),
    "0 bytes": ("bad.jpg", lambda p, m, s: p.write_bytes(b""), ["0 bytes", "copy it again"]),
    "truncated": ("bad.jpg", lambda p, m, s: _truncated_jpeg(p, s), ["cut off", "copy it again"]),
    "huge PNG": ("bad.png", lambda p, m, s: p.write_bytes(_png_header(10**6, 10**6)), ["PNG"]),
    "huge TIFF": ("bad.tif", lambda p, m, s: _sparse_tiff(p), ["1000000 x 1000000", "at most"]),
    "NaN": ("bad.tif", lambda p, m, s: _with_transform(p, m, [float("nan"), 0.1, 0.0]), ["transform"]),
    "singular": ("bad.tif", lambda p, m, s: _with_transform(p, m, [1e-30, 0.1, 0.0]), ["transform"]),
    "unknown CRS": ("bad.tif", lambda p, m, s: _with_unknown_crs(p, m), ["unknown CRS", "29999"]),
}


@pytest.mark.parametrize("kind", BAD_IMAGES)
def test_one_bad_image_costs_only_itself(
    survey: Path, here: HerdmapHere, scene: np.ndarray, check_gpkg: Callable[..., None], kind: str
) -> None:
    name, make, words = BAD_IMAGES[kind]
    make(survey / name, survey / "mosaic.tif", scene)
    end = here("detect", survey, "-o", survey / "out.gpkg")
    assert end.code == 1
    assert [line.split(": ")[1] for line in end.problems if "failed" in line] == [f"{name} failed"], end.err
    assert "Traceback" not in end.err
    assert "1 failed" in end.out
    check_gpkg(survey / "out.gpkg", positioned=False)
    images = geopackage.read_images(survey / "out.gpkg")
    row = images.path.index(name)
    reason = images.reason[row]
    assert images.status[row] == "failed"
    assert reason is not None
    assert "\n" not in reason
    assert reason in end.err
    assert all(word in reason for word in words), reason
    good = images.path.index("mosaic.tif")
    assert images.status[good] == "done"
    assert images.detections[good] > 0


def test_why_a_photo_failed_is_said_once_and_in_plain_words(survey: Path, here: HerdmapHere, scene: np.ndarray) -> None:
    _truncated_jpeg(survey / "bad.jpg", scene)
    end = here("detect", survey, "-o", survey / "out.gpkg")
    assert len(end.problems) == 1, end.err
    assert str(survey) not in end.err
    assert "GDAL_" not in end.err


def test_where_every_image_is_bad_the_map_says_so(survey: Path, here: HerdmapHere) -> None:
    (survey / "bad.jpg").write_bytes(b"")
    end = here("detect", survey / "bad.jpg", "-o", survey / "out.gpkg")
    assert end.code == 1
    assert len(end.problems) == 1
    assert geopackage.read_images(survey / "out.gpkg").status == ["failed"]


def test_a_listed_image_that_is_gone_costs_only_itself(survey: Path, here: HerdmapHere) -> None:
    (survey / "list.txt").write_text("mosaic.tif\ngone.jpg\n", encoding="utf-8")
    end = here("detect", f"@{survey / 'list.txt'}", "-o", survey / "out.gpkg")
    assert end.code == 1
    assert end.problems == ["herdmap: gone.jpg failed: no such file; check the path"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("name", [b"\xff.jpg", b"bell\x07.jpg"])
def test_a_name_that_no_map_can_keep_costs_only_itself(survey: Path, here: HerdmapHere, name: bytes) -> None:
    odd = Path(os.fsdecode(os.fsencode(survey) + b"/" + name))
    shutil.copy(survey / "mosaic.tif", odd)
    end = here("detect", survey, "-o", survey / "out.gpkg")
    assert end.code == 1
    assert len(end.problems) == 1
    assert "rename the file" in end.err
    assert "\x07" not in end.err, "what a file is called must not ring the terminal's bell"
    images = geopackage.read_images(survey / "out.gpkg")
    assert sorted(images.status) == ["done", "failed"]
    assert geopackage.read_detections(survey / "out.gpkg").image_paths()[0] == "mosaic.tif"


# ---- regions ---------------------------------------------------------------------------------


def _points(path: Path) -> None:
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},'
        '"geometry":{"type":"Point","coordinates":[1,2]}}]}',
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("make", "more", "words"),
    [
        (lambda path: None, [], ["no such file"]),
        (lambda path: path.write_text("hello"), [], ["cannot be read as a vector file"]),
        (_points, [], ["no polygons", "Point", "give a layer of polygons"]),
        (lambda path: path.write_text('{"type":"FeatureCollection","features":[]}'), [], ["no polygons"]),
        (
            lambda path: write_regions(path, {"a": (0, 0, 1, 1)}, field="stratum"),
            ["--region-field", "parc"],
            ["no field 'parc'", "'stratum'"],
        ),
    ],
    ids=["missing", "no vector file", "points", "nothing", "no such field"],
)
@pytest.mark.parametrize("command", ["detect", "count"])
def test_regions_that_are_none(
    survey: Path, here: HerdmapHere, command: str, make: Callable[[Path], object], more: list[str], words: list[str]
) -> None:
    output = survey / "out.gpkg"
    if command == "count":
        assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    make(survey / "r.geojson")
    before = everything_in(survey)
    first = ("detect", survey / "mosaic.tif", "-o") if command == "detect" else ("count",)
    refused(here(*first, output, "--regions", survey / "r.geojson", *more), *words)
    assert everything_in(survey) == before


def test_regions_on_the_ground_and_photos_without_position(survey: Path, here: HerdmapHere, scene: np.ndarray) -> None:
    from PIL import Image

    Image.fromarray(scene).save(survey / "photo.png")
    end = here("detect", survey / "photo.png", "-o", survey / "out.gpkg", "--regions", survey / "regions.geojson")
    refused(end, "no CRS", "georeference")
    assert not (survey / "out.gpkg").exists()


def test_invalid_polygons_are_repaired_and_it_is_said(survey: Path, here: HerdmapHere) -> None:
    path = write_regions(survey / "bow.geojson", {"bow": (0, 0, 10, 8)})
    text = path.read_text()
    east, north = 263400.0, 9701600.0
    ring = [[east, north], [east + 10, north - 8], [east + 10, north], [east, north - 8], [east, north]]
    start, stop = text.index("[[["), text.index("]]]") + 3
    path.write_text(text[:start] + json.dumps([ring]) + text[stop:])
    end = here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--regions", path)
    assert end.code == 0
    assert len(end.problems) == 1
    assert "repaired row 1" in end.err


# ---- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--score", "2"], ["--score", "0<=x<=1"]),
        (["--score", "high"], ["--score", "high"]),
        (["--score", "nan"], ["score nan", "expected 0 to 1"]),
        (["--tile-size", "8"], ["--tile-size", "32"]),
        (["--tile-size", "640.5"], ["--tile-size", "640.5"]),
        (["--overlap", "640"], ["overlap 640 px", "tile size 640 px", "--overlap"]),
        (["--overlap", "-1"], ["--overlap"]),
        (["--batch-size", "0"], ["--batch-size"]),
        (["--progress", "loud"], ["--progress", "json"]),
        (["--device", "tpu"], ["'tpu'", "cpu"]),
        (["--device", "cuda:x"], ["'cuda:x'", "cuda:N"]),
        (["--regoins", "r.gpkg"], ["--regoins", "--help"]),
        (["--region-field", "name"], ["--regions"]),
    ],
)
def test_options_with_wrong_values(survey: Path, here: HerdmapHere, options: list[str], words: list[str]) -> None:
    before = everything_in(survey)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", *options), *words)
    assert everything_in(survey) == before


def test_a_gpu_that_is_not_there(survey: Path, here: HerdmapHere) -> None:
    from detector.models import onnx_session

    if "CUDAExecutionProvider" in onnx_session.providers():
        end = here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--device", "cuda:99")
        refused(end, "cuda:99")
    else:
        end = here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--device", "cuda")
        refused(end, "'cuda'", "onnxruntime-gpu", "--device cpu")
    assert not any((survey / name).exists() for name in BESIDE)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["detect", "-o", "out.gpkg"], ["INPUT", "detect --help"]),
        (["detect", "x.jpg"], ["--output", "detect --help"]),
        (["detct", "x.jpg"], ["detct", "--help"]),
        (["--nope"], ["--nope", "--help"]),
        (["count", "x.gpkg"], ["--regions"]),
        (["count", "x.gpkg", "--regions", "r.gpkg", "--review", "some"], ["--review", "not-rejected"]),
        (["simulate"], ["--output"]),
        (["simulate", "-o", "s", "--gsd", "3"], ["--gsd"]),
        (["simulate", "-o", ""], ["empty"]),
        (["model"], ["FILE"]),
        (["train", "nope.toml"], ["nope.toml"]),
    ],
)
def test_wrong_usage(
    tmp_path: Path, here: HerdmapHere, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(here(*arguments), *words)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path, here: HerdmapHere) -> None:
    (tmp_path / "file").write_text("mine")
    for command in ("simulate", "demo"):
        refused(here(command, "-o", tmp_path / "file" / "sim"), "cannot be made", "choose another folder")
    assert (tmp_path / "file").read_text() == "mine"


# ---- as a process ------------------------------------------------------------------------------


def test_a_process_says_one_line_and_ends_with_the_contracts_code(survey: Path) -> None:
    """What the tests above see in this process, seen from outside: exit codes and bare lines."""
    refused(herdmap("detect", "missing.jpg", "-o", "out.gpkg", cwd=survey), "missing.jpg", "no such file")
    refused(
        herdmap("detect", "mosaic.tif", "-o", "out.gpkg", "--model", "mosaic.tif", cwd=survey),
        "not a model file",
        "an .onnx",
    )
    (survey / "bad.jpg").write_bytes(b"")
    end = herdmap("detect", ".", "-o", "out.gpkg", cwd=survey)
    assert (end.code, end.problems) == (
        1,
        ["herdmap: bad.jpg failed: empty file (0 bytes); copy it again from its source"],
    )
    assert herdmap("--version").out == f"herdmap, version {_version()}\n"


def _version() -> str:
    import detector

    return detector.__version__


def test_debug_shows_where_it_went_wrong(survey: Path) -> None:
    end = herdmap("detect", survey / "missing.jpg", "-o", survey / "out.gpkg", "--debug")
    assert end.code == 2
    assert "Traceback" in end.err
    assert end.problems[-1].startswith("herdmap: ")
    assert "no such file" in end.problems[-1]


def test_what_nobody_foresaw_is_one_line_too(survey: Path) -> None:
    code = textwrap.dedent(
        """
        from detector import models
        from detector.cli import main
        def broken(*a, **k): raise LookupError("a defect\\nof ours")
        models.open_model = broken
        main()
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "detect", str(survey / "mosaic.tif"), "-o", str(survey / "out.gpkg")],
        capture_output=True,
        encoding="utf-8",
        env=ENVIRONMENT,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 4
    assert without_wine(done.stderr).splitlines() == [
        "herdmap: unexpected LookupError: a defect of ours; run again with --debug for the details"
    ]
