"""A GPU's tiles a second, of the bare model and end to end, in eight minutes. `scripts/gpu_check` sets it up first.

Three models: the bundled one, Faster R-CNN R50-FPN and RetinaNet R18-FPN (as large as a usual YOLO), the last two with
seeded random weights. Each runs on ONNX Runtime with CUDA, on the same with TensorRT, and in torch, in float32 and in
float16, in a process of its own, the most important first. What the time did not suffice for, or what a library or the
device refuses, is a line of the table with its reason.

- *bare*: the model alone, called over batches of uint8 tiles that lie in memory; the first call is not counted.
- *end to end*: `survey.detect` from copies of a GeoTIFF (JPEG in tiles) to a closed GeoPackage with chips. To open the
  model and to call it first, which *bare* measures apart, is not counted. TensorRT runs bare alone: `detect` does not
  use it.

    python -m benchmarks.gpu --json gpu.json

With --device cpu all runs on the processor, to see that it works.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.end_to_end import make_image, tiles_of
from benchmarks.report import Row, finish, machine, peak_bytes
from geo.errors import one_line

MIN_OF_BARE = 0.95
MIN_R50_TILES = 300.0
# So few of the random answers count that to merge and to write them does not hide the model's time.
RANDOM_SCORE = 0.99
OVERLAP = 112


@dataclass(frozen=True)
class Subject:
    """A model, the side of its tiles in px, and torchvision's name of its architecture; '' for the bundled one."""

    name: str
    tile: int
    architecture: str = ""


BUNDLED, R50, YOLO_SIZE = (
    Subject("bundled", 640),
    Subject("Faster R-CNN R50-FPN", 800, "fasterrcnn_resnet50_fpn"),
    Subject("RetinaNet R18-FPN", 640, "retinanet_resnet18_fpn"),
)
SUBJECTS = {subject.name: subject for subject in (R50, BUNDLED, YOLO_SIZE)}
CUDA, TENSORRT, TORCH = "ONNX Runtime", "TensorRT", "torch"
# TensorRT last: it builds its engine for minutes.
ENGINES = (
    (CUDA, "float32"),
    (TORCH, "float16"),
    (CUDA, "float16"),
    (TORCH, "float32"),
    (TENSORRT, "float16"),
    (TENSORRT, "float32"),
)


# --- what is made before the clock starts ---


def make_model(subject: Subject, folder: Path, tiles: NDArray[np.uint8], batch: int, portable_too: bool) -> None:
    """Write, for a model of torch, `m.pth` with a card for each precision; and `m.onnx` and `half.onnx` if wanted."""
    from detector.models import resolve

    folder.mkdir()
    if subject.architecture:
        from tests.detector.models.torchvision_models import write

        for precision in ("float32", "float16"):
            card = f'precision = "{precision}"\n'
            write(folder / precision, subject.architecture, tiles, more=card, tile_px=subject.tile)
        if not portable_too:
            return
        from detector import models
        from detector.models.export import trace
        from detector.models.torchvision import TorchvisionDetector, portable

        original = models.load(folder / "float32" / "m.pth", "cpu")
        assert isinstance(original, TorchvisionDetector)
        trace(portable(original, batch), tiles, folder / "m.onnx")
    else:
        (folder / "m.onnx").write_bytes(resolve(None).read_bytes())
    _write_half(folder / "m.onnx", folder / "half.onnx")


def _write_half(source: Path, target: Path) -> None:
    """The same file with float16 inside; what goes in and what comes out stays as it is."""
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target)


def _file(folder: Path, engine: str, precision: str) -> Path:
    """What an engine runs in a precision. TensorRT makes float16 of float32 itself."""
    if engine == TORCH:
        return folder / precision / "m.pth"
    return folder / ("half.onnx" if (engine, precision) == (CUDA, "float16") else "m.onnx")


# --- one model on one engine, in a process of its own ---


def bare_session(folder: Path, engine: str, precision: str, device: str) -> tuple[Callable[[Any], Any], str]:
    """What calls an ONNX file alone, and where it runs."""
    import onnxruntime as ort

    from detector.models.onnx_session import load_cuda

    if device != "cpu":
        load_cuda()
    number = device.partition(":")[2] or "0"
    wanted: list[Any] = ["CPUExecutionProvider"]
    if device != "cpu":
        wanted.insert(0, ("CUDAExecutionProvider", {"device_id": number}))
    if engine == TENSORRT:
        half = str(precision == "float16")
        wanted.insert(0, ("TensorrtExecutionProvider", {"device_id": number, "trt_fp16_enable": half}))
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(str(_file(folder, engine, precision)), options, providers=wanted)
    first = wanted[0] if isinstance(wanted[0], str) else wanted[0][0]
    if session.get_providers()[0] != first:
        raise SystemExit(f"{first} is not there: {', '.join(ort.get_available_providers())}")
    name = session.get_inputs()[0].name
    return lambda tiles: session.run(None, {name: tiles}), first


def bare_network(folder: Path, precision: str, device: str) -> tuple[Callable[[Any], Any], str]:
    """What calls a network of torch alone, and where it runs. Its tiles go to the device within the call."""
    import torch

    from detector import models
    from detector.models.torchvision import TorchvisionDetector

    model = models.load(_file(folder, TORCH, precision), device)
    assert isinstance(model, TorchvisionDetector)
    network, where = model.module.network, torch.device(model.device)

    @torch.inference_mode()
    def call(tiles: NDArray[np.uint8]) -> float:
        batch = torch.from_numpy(tiles).to(where).permute(0, 3, 1, 2).float() / 255
        answers = network(list(batch))
        return sum(float(answer["scores"].sum()) for answer in answers)  # waits for the device

    return call, str(where)


def run_one(folder: Path, subject: Subject, engine: str, precision: str, options: argparse.Namespace) -> dict[str, Any]:
    """Time the model alone and end to end."""
    from detector import survey

    image = options.folder / "image.tif"
    tiles = [tile for tile in tiles_of(str(image), subject.tile, OVERLAP) if tile.shape[:2] == (subject.tile,) * 2]
    batches = [np.stack(tiles[i : i + options.batch]) for i in range(0, len(tiles) - options.batch + 1, options.batch)]
    start = time.perf_counter()
    make = bare_network if engine == TORCH else bare_session
    given = (folder, precision, options.device) if engine == TORCH else (folder, engine, precision, options.device)
    call, where = make(*given)
    call(batches[0])
    opened = time.perf_counter() - start
    start, searched = time.perf_counter(), 0
    while searched == 0 or time.perf_counter() - start < options.seconds:
        for batch in batches:
            call(batch)
            searched += len(batch)
    bare = searched / (time.perf_counter() - start)
    answer: dict[str, Any] = {"where": where, "opened_s": opened, "bare_tiles_s": bare}
    if engine != TENSORRT:
        del call
        settings = survey.Settings(
            tile_size=subject.tile, overlap=OVERLAP, batch_size=options.batch, precision="float32",
            score=RANDOM_SCORE if subject.architecture else None,
        )  # fmt: skip
        copies = [image, *(options.folder / f"image {n}.tif" for n in range(1, options.copies))]
        with tempfile.TemporaryDirectory(dir=options.folder) as work:
            start = time.perf_counter()
            output = Path(work) / "survey.gpkg"
            file = _file(folder, engine, precision)
            outcome = survey.detect(copies, output, model=file, device=options.device, settings=settings)
            wall = time.perf_counter() - start
        answer |= {"end_tiles": outcome.tiles, "end_s": wall, "animals": outcome.detections}
        answer["end_tiles_s"] = outcome.tiles / max(1e-9, wall - opened)
    return answer | {"peak_bytes": peak_bytes()}


# --- all of them ---


def ask(folder: Path, subject: Subject, engine: str, precision: str, given: list[str], left_s: float) -> dict[str, Any]:
    """The answer of a process of its own, or why there is none."""
    if engine == TORCH and not subject.architecture:
        return {"reason": "the bundled model is an ONNX file"}
    if left_s < 5:
        return {"reason": "no time left"}
    command = [sys.executable, "-m", "benchmarks.gpu", "--one", str(folder), subject.name, engine, precision, *given]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=left_s)
    except subprocess.TimeoutExpired:
        return {"reason": f"not done in {left_s:.0f} s"}
    if done.returncode:
        return {"reason": one_line(done.stderr.strip()[-300:]) or f"ended with {done.returncode}"}
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def row_of(subject: Subject, engine: str, precision: str, answer: dict[str, Any]) -> Row:
    """One line of the table."""
    what = f"{subject.name}, {subject.tile} px, {engine} {precision}"
    if "reason" in answer:
        return Row(what, "", f"not measured: {answer['reason']}")
    bare = f"{answer['bare_tiles_s']:.1f} tiles/s bare on {answer['where']}"
    if "end_tiles_s" not in answer:
        return Row(what, "", bare)
    share = answer["end_tiles_s"] / answer["bare_tiles_s"]
    target, met = f">= {MIN_OF_BARE}", share >= MIN_OF_BARE
    if subject.name == R50.name and precision == "float16":
        target, met = f"{target}, {MIN_R50_TILES:.0f} tiles/s", met and answer["end_tiles_s"] >= MIN_R50_TILES
    return Row(what, target, f"{share:.2f} of bare ({answer['end_tiles_s']:.1f} tiles/s; {bare})", met)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda:0", help="cuda:N, or cpu to see that it runs")
    parser.add_argument("--minutes", type=float, default=7.5, help="of all")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each bare loop")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=9000, help="of the image, px")
    parser.add_argument("--image", type=Path, help="a GeoTIFF of your own; without, a simulated one")
    parser.add_argument("--tile", type=int, help="px, of every model; without, those of the table")
    parser.add_argument("--copies", type=int, default=6, help="of the image, which detect searches")
    parser.add_argument("--models", nargs="+", choices=list(SUBJECTS), default=list(SUBJECTS))
    parser.add_argument("--engines", nargs="+", choices=[CUDA, TORCH, TENSORRT], default=[CUDA, TORCH, TENSORRT])
    parser.add_argument("--json", type=Path, help="the table as JSON")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        folder, name, engine, precision = options.one
        print("\n" + json.dumps(run_one(Path(folder), _subject(name, options.tile), engine, precision, options)))
        return
    began = time.monotonic()
    rows, answers = [], []
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as place:
        options.folder = Path(place)
        if options.image is None:
            make_image(options.folder / "image.tif", options.side, options.side)
        else:
            shutil.copyfile(options.image, options.folder / "image.tif")
        for n in range(1, options.copies):
            shutil.copyfile(options.folder / "image.tif", options.folder / f"image {n}.tif")
        given = [f"--{name}={getattr(options, name)}" for name in ("device", "seconds", "batch", "copies", "folder")]
        given += [] if options.tile is None else [f"--tile={options.tile}"]
        made: dict[str, str] = {}
        engines = [each for each in ENGINES if each[0] in options.engines and _fits(each[1], options.device)]
        for engine, precision in engines:
            for subject in (_subject(name, options.tile) for name in options.models):
                folder = options.folder / subject.name
                if subject.name not in made:
                    made[subject.name] = _made(subject, folder, options)
                left = 60 * options.minutes - (time.monotonic() - began)
                reason = made[subject.name]
                answer = {"reason": reason} if reason else ask(folder, subject, engine, precision, given, left)
                rows.append(row_of(subject, engine, precision, answer))
                answers.append({"model": subject.name, "engine": engine, "precision": precision, **answer})
                print(f"{rows[-1].what}: {rows[-1].measured}", flush=True)
    finish(rows, None)
    if options.json is not None:
        options.json.write_text(json.dumps({"machine": machine(), "device": options.device, "runs": answers}, indent=1))


def _subject(name: str, tile: int | None) -> Subject:
    return SUBJECTS[name] if tile is None else replace(SUBJECTS[name], tile=tile)


def _fits(precision: str, device: str) -> bool:
    """float16 is for GPUs; processors take it apart."""
    return precision == "float32" or device != "cpu"


def _made(subject: Subject, folder: Path, options: argparse.Namespace) -> str:
    """Make a model's files; why that failed, or ''."""
    from detector.survey.sample_tiles import simulated_tiles

    try:
        make_model(subject, folder, simulated_tiles(subject.tile, 2), options.batch, options.engines != [TORCH])
    except ImportError as error:
        return f"{error}: pip install 'herdmap[torch]'"
    return ""


if __name__ == "__main__":
    main()
