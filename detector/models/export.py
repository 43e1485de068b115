"""Writes a framework's model as one portable .onnx file, after comparing it with the original.

A backend offers `portable(model) -> Portable`: a torch module that takes uint8 RGB tiles and returns boxes, scores,
labels and batch_index (for a tile classifier: probabilities). Here it is traced, and ONNX Runtime runs the result on
real tiles beside the original. The file is written only if the two agree.
"""

import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models import onnx as portable_files
from detector.models import open_model, resolve
from detector.models.agreement import Agreement, compare_boxes, compare_probabilities, nothing_found
from detector.models.checkpoint import load_weights, save_weights
from detector.models.files import ModelFiles, recognise, recognise_checkpoint
from detector.models.floor import SCORE_FLOOR
from detector.models.info import ModelInfo
from detector.models.portable import Portable, write_info
from geo.errors import one_line
from geo.output import whole
from geo.paths import StrPath, as_path

DETECTOR_OUTPUTS = ("boxes", "scores", "labels", "batch_index")
CLASSIFIER_OUTPUTS = ("probabilities",)
# How many tiles the check passes in one call, if the file takes any number.
CHECK_BATCH = 4


def export_model(
    model: StrPath,
    output: StrPath,
    tiles_of: Callable[[int], NDArray[np.uint8]],
    *,
    batch_size: int | None = None,
    calibration: int = 0,
    trust: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> Agreement:
    """Write a checkpoint as a portable file, complete or not at all, and return how well the file agrees with it.

    Args:
        model: The checkpoint.
        output: The file to write.
        tiles_of: Gives the tiles of the check for a tile size S in px, (N, S, S, 3) uint8 RGB. The original must find
            something on them.
        batch_size: The batch size of the file, if the backend cannot leave it free.
        calibration: How many of the tiles, the last ones, calibrate an int8 file. 0: the file is float32.
        trust: Run code in the checkpoint.
        say: Gets the results of the check, one line each.

    Raises:
        ModelError: The model is portable already (and not to be quantised), cannot be written, or answers otherwise.
    """
    output = as_path(output)
    files = (recognise if calibration else recognise_checkpoint)(resolve(model))
    loaded = open_model(files.path, "cpu", trust=trust)
    tiles = tiles_of(loaded.info.tile_size)
    if len(tiles) <= calibration:
        raise ModelError(f"{len(tiles)} tiles, of which {calibration} are used to calibrate int8; give more tiles")
    tiles, others = np.split(tiles, [len(tiles) - calibration])
    with whole(output) as part:
        backend = None if files.framework == "onnx" else import_module(f"detector.models.{files.framework}")
        made = backend.portable(loaded, batch_size) if backend else _as_it_is(loaded, files.path, part)
        wanted = _something(answers(loaded, made, tiles), output.name, len(tiles))
        metrics = {**made.info.metrics.get("export", {})}
        if backend:
            trace(made, tiles, part)
            agreement = check(wanted, part, made, tiles)
            say(agreement.text())
            agreement.require(output.name)
            metrics = agreement.metrics()
        if calibration:
            from detector.models.quantise import quantise

            quantise(part, others)
            agreement = check(wanted, part, made, tiles)
            say(f"int8: {agreement.text()}")
            agreement.require_rough(output.name)
            metrics["int8"] = agreement.metrics()
        write_info(part, _described(made, metrics))
    return agreement


def _described(made: Portable, metrics: Mapping[str, Any]) -> ModelInfo:
    """What the written file says about itself. metrics: of its check."""
    cap = made.info.cap_per_tile if made.detections_per_tile is None else made.detections_per_tile
    return replace(made.info, metrics={**made.info.metrics, "export": metrics}, cap_per_tile=cap)


def _as_it_is(loaded: Any, path: Path, copy: Path) -> Portable:
    """A copy of a file that is portable already, to be quantised."""
    model = onnx.load(str(path), load_external_data=False)
    if "herdmap" not in {entry.key for entry in model.metadata_props} or len(loaded.files) > 1:
        raise ModelError(f"{path.name} cannot be quantised: expected a file of Herdmap with its metadata in it")
    shutil.copyfile(path, copy)
    return Portable(torch.nn.Identity(), loaded.info)


def export_weights(model: StrPath, output: StrPath, trust: bool = False) -> None:
    """Write the weights of a checkpoint as safetensors, which needs no trust. The card or config stays as it is."""
    output = as_path(output)
    files = recognise(resolve(model))
    if files.weights is None:
        raise ModelError(f"{files.path.name} has no checkpoint beside it: give the checkpoint itself")
    save_weights(load_weights(files.weights, trust), output)


def trace(made: Portable, tiles: NDArray[np.uint8], path: StrPath) -> None:
    """Write `made` as an ONNX file with its metadata. tiles: (N, H, W, 3) uint8 RGB, the input of the trace."""
    path = as_path(path)
    classifier = made.info.kind == "classifier"
    outputs = CLASSIFIER_OUTPUTS if classifier else DETECTOR_OUTPUTS
    batch = made.info.batch_size or min(2, len(tiles))
    free = {} if made.info.batch_size else {0: "batch"}
    free |= {} if made.size else {1: "height", 2: "width"}
    rows = {"probabilities": {0: "batch"}} if classifier and not made.info.batch_size else {}
    rows |= {} if classifier else {name: {0: "detections"} for name in outputs}
    example = torch.from_numpy(np.resize(tiles, (batch, *tiles.shape[1:])).copy())
    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter warns on every call that it is not the newest one. No other leaves the sizes free.
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(
                made.module,
                (example,),
                str(path),
                dynamo=False,
                opset_version=made.opset,
                input_names=["images"],
                output_names=list(outputs),
                dynamic_axes={"images": free, **rows} if free or rows else None,
            )
        except Exception as error:
            raise ModelError(
                f"{made.info.name} cannot be written as ONNX by torch {torch.__version__}: {one_line(error, 300)}"
            ) from error
    write_info(path, made.info)


def answers(model: Any, made: Portable, tiles: NDArray[np.uint8]) -> Detections | NDArray[np.float32]:
    """What a detector finds on the tiles, each detection with the number of its tile; or a classifier's probabilities.

    In batches as the file `made` takes them.
    """
    batch = made.info.batch_size or CHECK_BATCH
    starts = range(0, len(tiles), batch)
    if made.info.kind == "classifier":
        return np.concatenate([model.classify(tiles[i : i + batch]) for i in starts])
    return Detections.concatenate([_shifted(model.detect(tiles[i : i + batch]), i) for i in starts])


def _something(wanted: Detections | NDArray[np.float32], name: str, tiles: int) -> Detections | NDArray[np.float32]:
    """The answers of the original. Raises ModelError, before the file is made, if it found nothing."""
    if not len(wanted):
        raise nothing_found(name, tiles)
    return wanted


def check(
    wanted: Detections | NDArray[np.float32], path: StrPath, made: Portable, tiles: NDArray[np.uint8]
) -> Agreement:
    """Compare what the file at `path` answers on the tiles with what the original does, `wanted`: see `answers`."""
    given = answers(portable_files.load(ModelFiles("onnx", as_path(path))), made, tiles)
    if isinstance(wanted, Detections) and isinstance(given, Detections):
        return compare_boxes(
            wanted,
            given,
            len(tiles),
            thresholds=made.info.thresholds(),
            score_floor=max(made.score_floor, SCORE_FLOOR),
            detections_per_tile=made.detections_per_tile,
        )
    assert not isinstance(wanted, Detections)
    assert not isinstance(given, Detections)
    return compare_probabilities(wanted, given)


def _shifted(found: Detections, start: int) -> Detections:
    return replace(found, tiles=found.tiles + np.int32(start))
