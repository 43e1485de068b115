"""A framework's model through Herdmap against the bare model, and against its portable file. Tiles a second on the CPU.

All get the same tiles, in batches, cut before the clock starts. *Bare* is torchvision's own forward pass over a list of
float tensors that lie ready in memory; Herdmap's `detect` begins at uint8 pixels and ends with clipped numpy boxes. The
portable file is what `herdmap export-model` wrote of the same weights, on ONNX Runtime; *int8* is the same quantised.
The weights are random, of the widths of the real ones. The contenders take turns, and the best round of each counts.

    python -m venv /tmp/bench && /tmp/bench/bin/pip install '.[torch]'
    /tmp/bench/bin/python -m benchmarks.torch_models --architectures fasterrcnn_resnet50_fpn --tile-size 800
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.report import Row, finish, load, machine
from detector import models
from detector.models import onnx
from detector.models.export import trace
from detector.models.files import ModelFiles
from detector.models.quantise import quantise
from detector.models.torchvision import TorchvisionDetector, portable
from detector.survey.sample_tiles import simulated_tiles
from tests.detector.models.torchvision_models import write

MIN_SHARE = 0.95


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(wall, processor) seconds."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - busy


def contenders(
    name: str, tiles: NDArray[np.uint8], batch_size: int, device: str, threads: int | None, folder: Path
) -> dict[str, Callable[[], object]]:
    """What searches all tiles with the architecture's weights, by who does it."""
    batches = [tiles[i : i + batch_size] for i in range(0, len(tiles), batch_size)]
    checkpoint = write(folder, name, tiles[:2], tile_px=tiles[0].shape[0])
    # Traced on the CPU, before the network moves.
    original = models.load(checkpoint, "cpu")
    assert isinstance(original, TorchvisionDetector)
    file, rough = folder / "m.onnx", folder / "m8.onnx"
    trace(portable(original), tiles, file)
    rough.write_bytes(file.read_bytes())
    quantise(rough, tiles[:4])
    model = models.load(checkpoint, device, threads)
    assert isinstance(model, TorchvisionDetector)
    network, where = model.module.network, torch.device(model.device)
    ready = [[torch.from_numpy(t).permute(2, 0, 1).float().to(where) / 255 for t in batch] for batch in batches]

    @torch.inference_mode()
    def bare() -> None:
        with torch.autocast("cuda", torch.float16, enabled=where.type == "cuda"):
            answers = [network(batch) for batch in ready]
        sum(float(a["scores"].sum()) for answer in answers for a in answer)

    def through(detector: models.Model) -> Callable[[], object]:
        return lambda: [detector.detect(batch) for batch in batches]

    exact = onnx.load(ModelFiles("onnx", file), device, threads)
    quantised = onnx.load(ModelFiles("onnx", rough), "cpu", threads)
    assert isinstance(exact, onnx.OnnxDetector)
    assert isinstance(quantised, onnx.OnnxDetector)
    return {
        "bare": bare,
        "Herdmap": through(model),
        "portable": through(exact),
        "int8": through(quantised),
    }


def best_of(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, tuple[float, float]]:
    """(wall, processor) seconds of each one's best round; they take turns."""
    for work in works.values():
        work()
    taken: dict[str, list[tuple[float, float]]] = {contender: [] for contender in works}
    for _ in range(rounds):
        for contender, work in works.items():
            taken[contender].append(timed(work))
    return {contender: tuple(np.min(times, axis=0).tolist()) for contender, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ["fasterrcnn_resnet50_fpn", "retinanet_resnet50_fpn", "fcos_resnet50_fpn", "ssdlite320_mobilenet_v3_large"]
    parser.add_argument("--architectures", nargs="+", default=names)
    parser.add_argument("--tile-size", type=int, default=800)
    parser.add_argument("--tiles", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu", help="cpu or cuda:N; the portable file runs where ONNX Runtime can")
    parser.add_argument("--threads", type=int, help="of each contender; by default all cores")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(f"{machine()}, load {load():.1f}; torch {torch.__version__}", flush=True)
    side, tiles = options.tile_size, simulated_tiles(options.tile_size, options.tiles)
    rows: list[Row] = []
    for name in options.architectures:
        with tempfile.TemporaryDirectory() as folder:
            works = contenders(name, tiles, options.batch_size, options.device, options.threads, Path(folder))
            best = best_of(works, options.rounds)
        for contender, (wall, busy) in best.items():
            speed = f"{len(tiles) / wall:7.2f} tiles/s, {busy / len(tiles):.3f} processor s a tile"
            share = f"{best['bare'][0] / wall:.2f} ({best['bare'][1] / busy:.2f} by processor time) of the bare model's"
            print(f"{name:32} {contender:9} {speed}, speed {share}", flush=True)
        # Processor time: other processes of the machine disturb it less. On a GPU it says nothing.
        which = 1 if options.device == "cpu" else 0
        part = best["bare"][which] / best["Herdmap"][which]
        rates = {contender: len(tiles) / wall for contender, (wall, _) in best.items()}
        measured = f"{part:.2f} ({rates['Herdmap']:.2f} tiles/s; portable file {rates['portable']:.2f})"
        rows.append(Row(f"{name}, {side} px, speed of the bare model", f">= {MIN_SHARE}", measured, part >= MIN_SHARE))
    finish(rows, options.json)


if __name__ == "__main__":
    main()
