"""What a user gets wrong, each through the command line: an exit code by the contract, one clear line, nothing left."""

import csv
import ctypes
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio

from geo import geopackage, vector
from tests.command_line import (
    ENVIRONMENT,
    PROCESS,
    ROOT,
    Ended,
    HerdmapHere,
    everything_in,
    herdmap,
    pasture,
    write_model,
    write_mosaic,
    write_regions,
)
from tests.surveys.small import HOSTILE, in_qgis

posix = pytest.mark.skipif(sys.platform == "win32", reason="what POSIX systems do")
BESIDE = ("out.gpkg", "out.qgz", "out.herdmap")


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    """`herdmap ...` in this process."""
    return HerdmapHere(capsys)


@pytest.fixture(scope="module")
def scene() -> np.ndarray:
    return pasture(400, 320, animals=6)


@pytest.fixture
def survey(tmp_path: Path, scene: np.ndarray) -> Path:
    """A folder with one good orthomosaic and regions over it."""
    write_mosaic(tmp_path / "mosaic.tif", scene)
    write_regions(tmp_path / "regions.geojson", {"west": (0, 0, 5, 8), "east": (5, 0, 10, 8)})
    return tmp_path


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


# ---- the model -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nope.onnx", None, ["does not exist", "sheep"]),
        ("text.onnx", b"hello", ["not an ONNX model", "expected"]),
        ("empty.onnx", b"", ["not an ONNX model"]),
        ("model.pth", b"hello", ["put model.toml beside it", "framework"]),
        ("", None, ["model", "sheep"]),
        (".", None, ["folder", "sheep"]),
    ],
)
@pytest.mark.parametrize("command", ["detect", "model"])
def test_a_model_that_is_none(
    survey: Path, here: HerdmapHere, monkeypatch: pytest.MonkeyPatch, command: str, name: str, content: bytes | None,
    words: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(survey)
    if content is not None:
        (survey / name).write_bytes(content)
    before = everything_in(survey)
    detect = ("detect", "mosaic.tif", "-o", "out.gpkg", "--model", name)
    refused(here(*detect) if command == "detect" else here("model", name), *words)
    assert everything_in(survey) == before


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"kind": "classifier"}, ["classifier", "expected", "probabilities"]),
        ({"classes": []}, ["classes", "expected"]),
        ({"tile_size": 3}, ["tile size 3 px", "expected"]),
        ({"tile_size": "large"}, ["metadata"]),
        ({"score_threshold": 7}, ["threshold", "expected 0 to 1"]),
    ],
)
def test_a_model_that_is_no_detector_of_ours(
    survey: Path, here: HerdmapHere, metadata: dict[str, object], words: list[str]
) -> None:
    model = write_model(survey / "m.onnx", ["cow"], **metadata)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model), *words)
    assert not any((survey / name).exists() for name in BESIDE)


@pytest.mark.parametrize("metadata", [{"name": {"a": 1}}, {"tile_size": 640.5}, {"licence": ["MIT"]}, {"gsd_m": True}])
@pytest.mark.parametrize("command", ["detect", "model"])
def test_metadata_of_the_wrong_type(survey: Path, here: HerdmapHere, command: str, metadata: dict[str, object]) -> None:
    model = write_model(survey / "m.onnx", ["cow"], **metadata)
    detect = ("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model)
    refused(here(*detect) if command == "detect" else here("model", model), "expected")


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_class_name_that_no_file_can_keep_is_refused(survey: Path, here: HerdmapHere, name: str) -> None:
    model = write_model(survey / "m.onnx", ["cow", name])
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model), "name")
    assert not (survey / "out.gpkg").exists()


def test_class_names_are_data_all_the_way(survey: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    classes = [*HOSTILE, "[% 1 + 1 %]", "\"class\" = 'x' OR 1", "=HYPERLINK(1)", "a,b\tc\nd", "\x1b[31mred"]
    model = write_model(survey / "m.onnx", classes)
    output = survey / "out.gpkg"
    regions = write_regions(survey / "all.geojson", {"<b>'all'\"; --": (0, 0, 10, 8)})
    assert here("detect", survey / "mosaic.tif", "-o", output, "--model", model, "--regions", regions).code == 0
    check_gpkg(output)
    rows = geopackage.read_detections(output)
    assert sorted(rows.class_names()) == sorted(classes)
    assert here("count", output, "--regions", regions, "-o", survey / "counts.csv").code == 0
    check_gpkg(output)
    with (survey / "counts.csv").open(encoding="utf-8", newline="") as file:
        table = [(row["region"], row["class"], row["count"]) for row in csv.DictReader(file)]
    assert sorted(table[: len(classes)]) == sorted(("<b>'all'\"; --", name, "1") for name in classes)
    with sqlite3.connect(output) as db:
        stored = db.execute("SELECT region, class, count FROM counts ORDER BY fid").fetchall()
    assert [(region, name, str(number)) for region, name, number in stored] == table
    # The project is XML that holds each name as text; what XML cannot hold is replaced.
    with zipfile.ZipFile(survey / "out.qgz") as archive:
        project = ElementTree.fromstring(archive.read("out.qgs"))
    texts = {value for element in project.iter() for value in [element.text or "", *element.attrib.values()]}
    for name in classes:
        shown = name.replace("\x1b", "\ufffd")
        assert any(shown in text for text in texts) or any(shown.replace("'", "''") in text for text in texts), name
    told = here("model", model)
    assert told.code == 0
    assert "\x1b" not in told.out, "a model file must not steer the terminal"
    assert all(name in told.out for name in HOSTILE)


@pytest.mark.qgis
def test_class_names_are_data_in_qgis(survey: Path, here: HerdmapHere) -> None:
    classes = [*HOSTILE, "[% 1 + 1 %]", "\"class\" = 'x' OR 1"]
    model = write_model(survey / "m.onnx", classes)
    assert here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model).code == 0
    script = """
project = QgsProject.instance()
assert project.read(sys.argv[1])
(layer,) = [layer for layer in project.mapLayers().values() if 'detections' in layer.source()]
renderer = layer.renderer().clone()
context = QgsRenderContext()
context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
renderer.startRender(context, layer.fields())
drawn = 0
for feature in layer.getFeatures():
    context.expressionContext().setFeature(feature)
    drawn += renderer.willRenderFeature(feature, context)
renderer.stopRender(context)
print(json.dumps([sorted(f['class'] for f in layer.getFeatures()), drawn]))
"""
    names, drawn = json.loads(in_qgis(script, survey / "out.qgz").splitlines()[-1])
    assert names == sorted(classes)
    assert drawn == len(classes)


# ---- regions ---------------------------------------------------------------------------------


def _points(path: Path) -> None:
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},'
        '"geometry":{"type":"Point","coordinates":[1,2]}}]}'
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


# ---- the output ------------------------------------------------------------------------------


def test_outputs_that_cannot_be(survey: Path, here: HerdmapHere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(survey)
    (survey / "folder.gpkg").mkdir()
    (survey / "text.gpkg").write_text("my notes")
    (survey / "half.gpkg").write_bytes(b"SQLite format 3\0" + bytes(500))
    with sqlite3.connect(survey / "other.gpkg") as db:
        db.execute("CREATE TABLE mine (a)")
    db.close()
    before = everything_in(survey)
    for output, words in {
        "out.txt": ["out.txt", "ends in .gpkg"],
        "out": ["ends in .gpkg"],
        "": ["empty", "give a path"],
        "nowhere/out.gpkg": ["nowhere", "does not exist", "make it"],
        "mosaic.tif/out.gpkg": ["mosaic.tif", "does not exist"],
        "folder.gpkg": ["is a folder", "expected the name of a file"],
        "text.gpkg": ["not a GeoPackage", "choose another output"],
        "half.gpkg": ["not a GeoPackage", "choose another output"],
        "other.gpkg": ["not a GeoPackage", "choose another output"],
    }.items():
        refused(here("detect", "mosaic.tif", "-o", output), *words)
        assert everything_in(survey) == before, output


def test_a_geopackage_of_somebody_else_is_refused_before_the_run(survey: Path, here: HerdmapHere) -> None:
    square = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]], float)
    vector.write_polygons(survey / "out.gpkg", "parks", [square], {"name": ["a"]}, None)
    before = everything_in(survey)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg"), "not the GeoPackage of a survey")
    assert everything_in(survey) == before


def test_a_geopackage_of_somebody_else_is_never_replaced(survey: Path, here: HerdmapHere) -> None:
    square = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]], float)
    vector.write_polygons(survey / "out.gpkg", "parks", [square], {"name": ["a"]}, None)
    before = (survey / "out.gpkg").read_bytes()
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg"), "not the GeoPackage of a survey")
    refused(
        here("count", survey / "out.gpkg", "--regions", survey / "regions.geojson"), "not the GeoPackage of a survey"
    )
    assert (survey / "out.gpkg").read_bytes() == before


def test_a_file_where_the_work_folder_belongs(survey: Path, here: HerdmapHere) -> None:
    (survey / "out.herdmap").write_text("mine")
    before = everything_in(survey)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg"), "out.herdmap", "in the way", "rename")
    assert everything_in(survey) == before


def test_count_of_what_is_no_survey(survey: Path, here: HerdmapHere) -> None:
    before = everything_in(survey)
    for name, words in {"nope.gpkg": ["no such file"], "mosaic.tif": ["not the GeoPackage of a survey"]}.items():
        refused(here("count", survey / name, "--regions", survey / "regions.geojson"), name, *words)
    assert everything_in(survey) == before


def test_a_csv_that_cannot_be_written(survey: Path, here: HerdmapHere) -> None:
    assert here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg").code == 0
    end = here("count", survey / "out.gpkg", "--regions", survey / "regions.geojson", "-o", survey / "no" / "c.csv")
    refused(end, "c.csv", "does not exist")


def _without_privileges() -> None:
    """In a child before it starts: root loses what lets it read and write everything (CAP_DAC_*)."""
    if os.geteuid() == 0:
        for capability in (1, 2):
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@posix
def test_an_output_folder_that_is_read_only(survey: Path) -> None:
    folder = survey / "locked"
    folder.mkdir(mode=0o555)
    end = herdmap("detect", survey / "mosaic.tif", "-o", folder / "out.gpkg", preexec_fn=_without_privileges)
    refused(end, "out.gpkg", "cannot be written", "read-only", "write elsewhere")
    assert list(folder.iterdir()) == []


@posix
def test_a_folder_of_photos_that_cannot_be_listed_is_not_passed_over(survey: Path) -> None:
    (survey / "closed").mkdir(mode=0)
    end = herdmap("detect", survey, "-o", survey / "out.gpkg", preexec_fn=_without_privileges)
    (survey / "closed").chmod(0o755)
    refused(end, "closed", "cannot be listed")


def _limited(kilobytes: int) -> Callable[[], None]:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * kilobytes, 1024 * kilobytes))

    return limit


def _own_disk() -> bool:
    """Whether this system lets a user mount a small disk of their own, in a namespace that ends with the command."""
    try:
        return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


# Where no disk can be made small, a limit on the size of files refuses the same writes.
DISKS = ["limit", "disk"] if _own_disk() else ["limit"]


@posix
@pytest.mark.parametrize("disk", DISKS)
@pytest.mark.parametrize("kilobytes", [4, 48], ids=["at the first part", "at the map"])
def test_an_output_folder_that_is_full(survey: Path, disk: str, kilobytes: int) -> None:
    folder = survey / "small disk"
    folder.mkdir()
    if disk == "limit":
        end = herdmap("detect", survey / "mosaic.tif", "-o", folder / "out.gpkg", preexec_fn=_limited(kilobytes))
        left = {entry.name for entry in folder.iterdir()}
    else:
        script = 'mount -t tmpfs -o size="$1" tmpfs "$2"; shift 2; "$@"; code=$?; ls -A "$0" >&2; exit $code'
        command = [*PROCESS, "detect", str(survey / "mosaic.tif"), "-o", str(folder / "out.gpkg")]
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, str(folder), f"{kilobytes}k", str(folder), *command],
            capture_output=True, encoding="utf-8", env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        told, *names = done.stderr.splitlines()
        end, left = Ended(done.returncode, done.stdout, told), set(names)
        assert "full" in told
    refused(end, "full" if kilobytes == 4 else "cannot be written" if disk == "limit" else "full")
    # What was finished is kept for the next run; of the map there is no half.
    assert left <= {"out.herdmap"}
    assert left or kilobytes == 4
    if disk == "limit":
        assert not list(folder.rglob("*.partial"))
        assert herdmap("detect", survey / "mosaic.tif", "-o", folder / "out.gpkg").code == 0


# ---- an output that another program holds -----------------------------------------------------

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("BEGIN")
db.execute("SELECT count(*) FROM images").fetchone()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a program that opens a file, and waits until it has."""
    started: list[subprocess.Popen[str]] = []

    def hold(python: str, script: str, path: Path, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [python, "-c", script, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment or None,
        )
        started.append(process)
        assert process.stdout is not None
        assert any(line == "ready\n" for line in process.stdout), "it ended before it held the file"
        return process

    yield hold
    for process in started:
        process.communicate("")


def test_an_output_that_another_program_reads(
    survey: Path, here: HerdmapHere, holder: Callable[..., subprocess.Popen[str]], check_gpkg: Callable[..., None]
) -> None:
    output = survey / "out.gpkg"
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    process = holder(sys.executable, HOLD, output)
    for command in (
        ("detect", survey / "mosaic.tif", "-o", output),
        ("count", output, "--regions", survey / "regions.geojson"),
    ):
        refused(here(*command), "open in another program (QGIS?)", "close it there")
    assert {path.name for path in survey.glob(".*")} == set()
    process.communicate("")
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    check_gpkg(output)


EDIT_IN_QGIS = """
import sys
from qgis.core import *
QgsApplication.setPrefixPath('/usr', True)
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1] + '|layername=detections', 'd', 'ogr')
assert layer.isValid() and layer.startEditing()
feature = next(layer.getFeatures())
layer.changeAttributeValue(feature.id(), layer.fields().indexOf('note'), 'seen')
print('ready', flush=True)
sys.stdin.read()
assert layer.commitChanges(), layer.commitErrors()
"""


@pytest.mark.qgis
def test_an_output_that_is_being_edited_in_qgis(
    survey: Path, here: HerdmapHere, holder: Callable[..., subprocess.Popen[str]]
) -> None:
    output = survey / "out.gpkg"
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    python = os.environ.get("HERDMAP_QGIS_PYTHON", "/usr/bin/python3")
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH", "TMPDIR")}
    process = holder(python, EDIT_IN_QGIS, output, **kept, LC_ALL="C.UTF-8", QT_QPA_PLATFORM="offscreen")
    refused(here("detect", survey / "mosaic.tif", "-o", output), "open in another program (QGIS?)", "close it there")
    process.communicate("")
    assert process.returncode == 0, "QGIS could save what it had"
    assert here("detect", survey / "mosaic.tif", "-o", output, "--fresh").code == 0
    notes = geopackage.read_detections(output).text("note")
    assert notes.count("seen") == 1


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
    from detector.models import onnx

    if "CUDAExecutionProvider" in onnx.providers():
        end = here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--device", "cuda:99")
        refused(end, "cuda:99")
    else:
        end = here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--device", "cuda")
        refused(end, "'cuda'", "onnxruntime-gpu", "--device cpu")
    assert not any((survey / name).exists() for name in BESIDE)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["detect"], ["INPUT", "detect --help"]),
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
    assert done.stderr.splitlines() == [
        "herdmap: unexpected LookupError: a defect of ours; run again with --debug for the details"
    ]
