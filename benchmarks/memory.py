"""Peak memory of `survey.detect` on rasters of 10,000, 20,000 and 40,000 px a side.

The rasters are GeoTIFFs in JPEG tiles, one block of pixels repeated; the detector is a stand-in ONNX graph that is
made here: two boxes a tile, next to no work, so that what is measured is the reading, the parts, the merging and the
GeoPackage. With chips, and each size in a process of its own. The peak is the process' own (VmHWM), libraries included.
The largest raster has some 10,000 detections and 1.6 gigapixels; 0.6 GB of disk is needed.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install . onnx
    /tmp/peers/bin/python -m benchmarks.memory
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, finish, in_child, missing, peak_bytes

MAX_GROWTH = 100e6
TILE, OVERLAP, BATCH = 640, 96, 4
# Tile px. The first lies where no other tile sees it, the second where another may.
BOXES = ((300.0, 280.0, 340.0, 310.0), (560.0, 400.0, 590.0, 425.0))


def stand_in_model(path: Path) -> None:
    """A detector by the model file contract that sees BOXES in every tile, whatever it holds."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def constant(name: str, value: object, dtype: type) -> onnx.TensorProto:
        return numpy_helper.from_array(np.asarray(value, dtype), name)

    k = len(BOXES)
    nodes = [
        helper.make_node("Shape", ["images"], ["batch"], start=0, end=1),
        helper.make_node("Squeeze", ["batch"], ["batch_scalar"]),
        helper.make_node("Range", ["zero", "batch_scalar", "one"], ["each"]),
        helper.make_node("Unsqueeze", ["each", "axis_1"], ["each_column"]),
        helper.make_node("Concat", ["batch", "k"], ["batch_k"], axis=0),
        helper.make_node("Expand", ["each_column", "batch_k"], ["each_k"]),
        helper.make_node("Reshape", ["each_k", "flat"], ["batch_index"]),
        helper.make_node("Concat", ["batch", "ones_2"], ["repeats_3"], axis=0),
        helper.make_node("Tile", ["boxes_of_one", "repeats_3"], ["boxes_3"]),
        helper.make_node("Reshape", ["boxes_3", "flat_4"], ["boxes"]),
        helper.make_node("Tile", ["scores_of_one", "batch"], ["scores"]),
        helper.make_node("Tile", ["labels_of_one", "batch"], ["labels"]),
    ]
    constants = [
        constant("zero", 0, np.int64),
        constant("one", 1, np.int64),
        constant("axis_1", [1], np.int64),
        constant("k", [k], np.int64),
        constant("flat", [-1], np.int64),
        constant("ones_2", [1, 1], np.int64),
        constant("flat_4", [-1, 4], np.int64),
        constant("boxes_of_one", [BOXES], np.float32),
        constant("scores_of_one", [0.9] * k, np.float32),
        constant("labels_of_one", [0] * k, np.int64),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["B", "H", "W", 3])
    outputs = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["K", 4]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["K"]),
        helper.make_tensor_value_info("labels", TensorProto.INT64, ["K"]),
        helper.make_tensor_value_info("batch_index", TensorProto.INT64, ["K"]),
    ]
    graph = helper.make_graph(nodes, "stand-in", [images], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    says = {"kind": "detector", "name": "stand-in", "classes": ["animal"], "tile_size": TILE, "overlap": OVERLAP}
    helper.set_model_props(model, {"herdmap": json.dumps(says)})
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def make_image(path: Path, side: int) -> None:
    """A side x side GeoTIFF: one block of rough ground over and over."""
    from geo.georeference import crs_to_wkt
    from geo.raster import write_geotiff

    rng = np.random.default_rng(1)
    coarse = rng.normal(0, 18, (128, 128, 3)).repeat(8, axis=0).repeat(8, axis=1)
    block = (np.array([130, 120, 85]) + coarse + rng.normal(0, 4, (1024, 1024, 1))).clip(0, 255).astype(np.uint8)
    strip = np.tile(block, (1, -(-side // 1024), 1))[:, :side]

    def strips() -> Iterator[NDArray[np.uint8]]:
        for top in range(0, side, 1024):
            yield strip[: min(1024, side - top)]

    write_geotiff(
        path, strips(), side, side, (0.025, 0.0, 6e5, 0.0, -0.025, 9.6e6), crs_to_wkt("EPSG:32736"), overviews=False
    )


def run_one(image: Path, model: Path, chips: bool) -> None:
    """In the child."""
    from detector import survey

    settings = survey.Settings(tile_size=TILE, overlap=OVERLAP, batch_size=BATCH, chips=chips)
    start = time.perf_counter()
    found = survey.detect([image], image.with_suffix(".gpkg"), model=model, device="cpu", settings=settings)
    wall = time.perf_counter() - start
    print("\n" + json.dumps({"peak": peak_bytes(), "animals": found.detections, "wall": wall}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, nargs="+", default=[10_000, 20_000, 40_000])
    parser.add_argument("--no-chips", action="store_true")
    parser.add_argument("--one", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.one:
        image, model = options.one
        run_one(image, model, chips=not options.no_chips)
        return
    if missing("onnx"):
        finish([], options.json)
        return

    peaks: dict[int, float] = {}
    rows = []
    for side in options.sides:
        with tempfile.TemporaryDirectory() as folder:
            image, model = Path(folder) / "raster.tif", Path(folder) / "stand-in.onnx"
            stand_in_model(model)
            make_image(image, side)
            size = image.stat().st_size / 1e6
            flags = ["--no-chips"] if options.no_chips else []
            answer = in_child("benchmarks.memory", "--one", str(image), str(model), *flags)
        peaks[side] = answer["peak"]
        measured = f"{answer['peak'] / 1e6:.0f} MB ({answer['animals']} animals, {answer['wall']:.1f} s)"
        print(f"{side} px a side ({size:.0f} MB): {measured}", flush=True)
        rows.append(Row(f"peak memory at {side:,} x {side:,} px", "", measured))
    growth = peaks[options.sides[-1]] - peaks[options.sides[0]]
    what = f"peak memory, growth from {options.sides[0]:,} to {options.sides[-1]:,} px a side"
    rows.insert(0, Row(what, f"< {MAX_GROWTH / 1e6:.0f} MB", f"{growth / 1e6:+.0f} MB", growth < MAX_GROWTH))
    finish(rows, options.json)


if __name__ == "__main__":
    main()
