"""ONNX files: Herdmap's own, and plain detection files of Ultralytics and Deepness.

A file is recognised by its metadata, its shapes and its answers, never by guessing. A file that fits no format is
refused, with what was found.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models import onnx_first_card as first_card
from detector.models.cap import RowCap
from detector.models.external_data import external_files
from detector.models.files import ModelFiles
from detector.models.flaws import Flaws
from detector.models.floor import SCORE_FLOOR, bounded
from detector.models.info import ModelInfo
from detector.models.onnx_answers import MAX_RAW_BOXES, OUTPUTS, full_tiles, read_own
from detector.models.onnx_calls import AnyCalls, Calls
from detector.models.onnx_card import by_card
from detector.models.onnx_foreign import Adapter, checked_size, deepness, is_ultralytics, ultralytics
from detector.models.onnx_quick import QuickCalls
from detector.models.onnx_session import device_of, open_session
from detector.models.precision import Precision
from geo.errors import one_line
from geo.machine import cores

# Pixels that a model may want at once, whose batch or tile is fixed.
_MOST_PIXELS = 1 << 29
# How long a file may take for each of a few tiles, when it is opened.
_PROBE_S = 120.0

PROBABILITIES = "probabilities"


class _OnnxModel:
    """A model in an ONNX file: what detectors and classifiers have in common."""

    def __init__(
        self, session: ort.InferenceSession, info: ModelInfo, files: tuple[Path, ...], calls_at_once: int
    ) -> None:
        self._session = session
        self._info = info
        self.files = files
        self.calls_at_once = calls_at_once
        self._device = device_of(session)
        self._calls = Calls(session)

    @property
    def info(self) -> ModelInfo:
        """What the file says about the model, in Herdmap's terms."""
        return self._info

    @property
    def device(self) -> str:
        """'cpu' or 'cuda:N'."""
        return self._device

    @property
    def about(self) -> Mapping[str, str]:
        """The runtime that it uses."""
        return {"framework": f"ONNX Runtime {ort.__version__}"}

    def limit(self, seconds: float) -> None:
        """From now on, one call may take so long. See `detector.models.Interruptible`."""
        self._calls.limit_s = seconds

    def stop(self) -> None:
        """End the calls that are running. See `detector.models.Interruptible`."""
        self._calls.stop()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing: most files do not say whether they reached a limit."""
        return ()


class OnnxDetector(_OnnxModel):
    """A detector in an ONNX file, run by ONNX Runtime. See `detector.models.Model`."""

    def __init__(
        self,
        session: ort.InferenceSession,
        adapter: Adapter,
        files: tuple[Path, ...],
        calls_at_once: int = 1,
        threads: int | None = None,
    ) -> None:
        super().__init__(session, adapter.info, files, calls_at_once)
        self._adapter = adapter
        self._threads = threads or cores()
        self._calls = Calls(session, constants=adapter.constants)
        self._quick: QuickCalls | None = None
        self._set_aside: QuickCalls | None = None
        self._floor = SCORE_FLOOR
        self._one_by_one = False
        self._cap = RowCap(float(adapter.info.thresholds().min()), adapter.info.cap_per_tile)

    def keep_from(self, score: float) -> None:
        """Keep boxes from `score` on. See `detector.models.floor`."""
        self._floor = min(score, SCORE_FLOOR)

    @property
    def any_size(self) -> bool:
        """Whether the file takes tiles of any size."""
        return self._adapter.size is None

    @property
    def precision(self) -> str:
        """See `detector.models.precision.SeveralPrecisions`."""
        return "float32" if self._quick is None else self._quick.precision.name

    def use(self, precision: Precision) -> None:
        """Search in this precision from now on. See `detector.models.precision.SeveralPrecisions`."""
        # Between two times in another precision, as while they are compared, it is set aside: preparing it takes a core
        # half a second. Where float32 is asked for again, it is let go.
        before, self._quick, self._set_aside = self._quick or self._set_aside, None, self._quick
        if precision.name == "float32":
            return
        self._set_aside = None
        if len(precision.thresholds) != len(self._info.classes):
            raise ModelError(
                f"{len(precision.thresholds)} thresholds for {len(self._info.classes)} classes", about="precision"
            )
        if self._device != "cpu":
            raise ModelError(f"{precision.name} is for models on the CPU, not on {self._device}", about="precision")
        if before is not None and before.precision.name == precision.name:
            before.calls.limit_s = self._calls.limit_s
            self._quick = replace(before, precision=precision)
            return
        self._quick = QuickCalls.of(
            self._session, self.files[0], precision, self._calls, self._threads, self.calls_at_once
        )

    def limit(self, seconds: float) -> None:
        """From now on, one call may take so long. See `detector.models.Interruptible`."""
        super().limit(seconds)
        if self._quick is not None:
            self._quick.calls.limit_s = seconds

    def stop(self) -> None:
        """End the calls that are running. See `detector.models.Interruptible`."""
        super().stop()
        if self._quick is not None:
            self._quick.calls.stop()

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px, clipped to the tile. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The file fails on these tiles.
        """
        return self.detect_and_tell(tiles)[0]

    def detect_and_tell(self, tiles: NDArray[np.uint8]) -> tuple[Detections, NDArray[np.bool_]]:
        """As `detect`. See `detector.models.cap.Capped`."""
        if self._quick is None:
            return self._answered(tiles, self._calls)
        found, full = self._answered(tiles, self._quick.calls)
        again = np.flatnonzero(self._quick.doubtful(found, len(tiles)))
        if not len(again):
            return found, full
        exactly, full[again] = self._answered(np.ascontiguousarray(tiles[again]), self._calls)
        sure = found[~np.isin(found.tiles, again)]
        return Detections.concatenate([sure, replace(exactly, tiles=again[exactly.tiles].astype(np.int32))]), full

    def _answered(self, tiles: NDArray[np.uint8], calls: AnyCalls) -> tuple[Detections, NDArray[np.bool_]]:
        """As `detect_and_tell`, by these calls."""
        batch, height, width = tiles.shape[:3]
        # OpenVINO keeps memory for each size of batch, and is no faster with several tiles in a call.
        fixed = self._info.batch_size or (1 if self._one_by_one or self._quick is not None else batch)
        tiles = _fitted(tiles, self._adapter.size, fixed)
        parts, full = [], np.zeros(len(tiles), bool)
        for start in range(0, len(tiles), fixed):
            answer = calls.run(self._adapter.prepare(tiles[start : start + fixed]))
            if self._adapter.answer_a_tile and answer[0].shape[:1] != (fixed,):
                return self._again_one_by_one(tiles[:batch, :height, :width], calls, fixed, answer[0].shape)
            found = self._adapter.read(answer, (height, width), self._floor)
            if self._adapter.scores is not None:
                full[start:batch][:fixed] = self._cap.see(self._adapter.scores(answer)[: batch - start])
            else:
                full[start : start + fixed] = self._adapter.full(answer, fixed)
            full[start : start + fixed] |= np.bincount(found.tiles, minlength=fixed)[:fixed] >= MAX_RAW_BOXES
            found.tiles[:] += start
            parts.append(found)
        found = Detections.concatenate(parts)
        found = found[found.tiles < batch]
        return (found if self._floor >= SCORE_FLOOR else bounded(found)), full[:batch]

    @property
    def about(self) -> Mapping[str, str]:
        """The runtime that it uses, and how the file's answers are read."""
        quick = {} if self._quick is None else {"precision": f"OpenVINO {self._quick.version} in {self.precision}"}
        return {**super().about, **quick, "layout": self._adapter.layout}

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing, or that tiles reached the most detections that the file can answer, or that boxes were left out."""
        return (*self._cap.remarks, *self._adapter.flaws.remarks)

    def _again_one_by_one(
        self, tiles: NDArray[np.uint8], calls: AnyCalls, asked: int, shape: tuple[int, ...]
    ) -> tuple[Detections, NDArray[np.bool_]]:
        """The detections of a file that declares any batch and answers about one tile, as some exporters write it."""
        if asked == 1 or self._info.batch_size:
            raise ModelError(f"the model answered {str(shape)[:80]} for {asked} tiles; expected one row for each tile")
        self._one_by_one = True
        return self._answered(tiles, calls)


class OnnxClassifier(_OnnxModel):
    """A tile classifier in a Herdmap ONNX file, run by ONNX Runtime. See `detector.models.TileClassifier`."""

    def __init__(
        self,
        session: ort.InferenceSession,
        info: ModelInfo,
        size: tuple[int, int] | None,
        files: tuple[Path, ...],
        calls_at_once: int = 1,
    ) -> None:
        super().__init__(session, info, files, calls_at_once)
        self._size = size

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probabilities of a batch, (B, C) float32. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The file fails on these tiles, or its answers are not probabilities.
        """
        batch = len(tiles)
        fixed = self._info.batch_size or batch
        tiles = _fitted(tiles, self._size, fixed)
        place = [o.name for o in self._session.get_outputs()].index(PROBABILITIES)
        parts = [self._calls.run(tiles[start : start + fixed])[place] for start in range(0, len(tiles), fixed)]
        found: NDArray[np.float32] = np.concatenate(parts).astype(np.float32, copy=False)
        if found.shape != (len(tiles), len(self._info.classes)):
            raise ModelError(
                f"the model answered {found.shape} for {len(tiles)} tiles; expected a row of "
                f"{len(self._info.classes)} probabilities for each"
            )
        if not ((found >= -1e-4) & (found <= 1 + 1e-4)).all():
            raise ModelError("the model's answers are not from 0 to 1; expected probabilities")
        return found[:batch].clip(0, 1)


def load(
    files: ModelFiles, device: str = "auto", threads: int | None = None, trust: bool = False, calls_at_once: int = 1
) -> OnnxDetector | OnnxClassifier:
    """Open an ONNX model.

    Args:
        files: The files of the model.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        threads: CPU threads; None for all.
        trust: Not used: no ONNX file needs it.
        calls_at_once: How many calls of `detect` or `classify` may run at once. On the CPU, they share the threads. A
            call that has a core to itself never waits; a call on several cores waits at every layer. A GPU takes one
            call.

    Raises:
        ModelError: The file is not ONNX, is not a model that Herdmap knows, or takes weights from outside its folder,
            or the device does not exist.
    """
    path = files.path
    beside = external_files(path)
    session, calls_at_once = open_session(path, device, threads, calls_at_once)
    try:
        metadata: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
        if "herdmap" in metadata and (info := ModelInfo.from_json(metadata["herdmap"])).kind == "classifier":
            return _classifier(session, info, (path, *beside), calls_at_once)
        return OnnxDetector(session, _recognise(session, files), (*files.all, *beside), calls_at_once, threads)
    except ModelError:
        raise
    # Whatever its metadata hold in the place of what is expected.
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError) as error:
        raise ModelError(
            f"{path.name}: its metadata cannot be used ({one_line(error, 100)}); export it anew"
        ) from error


def _fitted(tiles: NDArray[np.uint8], size: tuple[int, int] | None, batch: int) -> NDArray[np.uint8]:
    """The tiles, padded with black to the only size that a file takes, and to whole batches of `batch`.

    Raises:
        ModelError: The tiles are larger.
    """
    count, height, width = tiles.shape[:3]
    rows, columns = size or (height, width)
    if height > rows or width > columns:
        raise ModelError(
            f"tiles of {width} x {height} px: this model takes {columns} x {rows} px; "
            f"use tiles of {min(rows, columns)} px",
            about="tile_size",
        )
    if (height, width) == (rows, columns) and count % batch == 0:
        return tiles
    if -(-count // batch) * batch * rows * columns > _MOST_PIXELS:
        raise ModelError(f"the model takes {batch} tiles of {columns} x {rows} px at once, more than memory is for")
    padded = np.zeros((-(-count // batch) * batch, rows, columns, 3), np.uint8)
    padded[:count, :height, :width] = tiles
    return padded


def _recognise(session: ort.InferenceSession, files: ModelFiles) -> Adapter:
    """Recognise the kind of a file from its card, its metadata and its shapes."""
    path = files.path
    metadata: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if files.card is not None:
        return by_card(files.card, inputs, outputs)
    if "herdmap" in metadata:
        return _herdmap(metadata["herdmap"], inputs, outputs, path)
    if "model_type" in metadata and "class_names" in metadata:
        return deepness(metadata, inputs, outputs, path)
    if is_ultralytics(metadata):
        return ultralytics(metadata, inputs, outputs, path, Calls(session, _PROBE_S).run)
    raise ModelError(first_card.refusal(path, inputs, outputs, metadata), about="card")


def draft(path: Path) -> str:
    """What an ONNX file without a card seems to be, and a card to begin with. Raises ModelError, as `load` does."""
    session = open_session(path, "cpu", 1)[0]
    return first_card.draft(path, session.get_inputs(), session.get_outputs())


def _classifier(
    session: ort.InferenceSession, info: ModelInfo, files: tuple[Path, ...], calls_at_once: int
) -> OnnxClassifier:
    spec, names = session.get_inputs()[0], [o.name for o in session.get_outputs()]
    if PROBABILITIES not in names or spec.type != "tensor(uint8)" or len(spec.shape) != 4:
        raise ModelError(
            f"{files[0].name} is a classifier with input {spec.type} {spec.shape} and outputs {str(names)[:80]}; "
            f"expected uint8 images (B, H, W, 3) and {PROBABILITIES!r}"
        )
    return OnnxClassifier(session, info, _fixed_size(spec), files, calls_at_once)


def _fixed_size(spec: Any) -> tuple[int, int] | None:
    """The only (height, width) that an NHWC input takes; None for any."""
    height, width = spec.shape[1:3]
    return checked_size(height, width) if isinstance(height, int) and isinstance(width, int) else None


def _herdmap(text: str, inputs: list[Any], outputs: list[Any], path: Path) -> Adapter:
    info = ModelInfo.from_json(text)
    names = [o.name for o in outputs]
    if not set(names) >= OUTPUTS or inputs[0].type != "tensor(uint8)":
        raise ModelError(
            f"{path.name}: input {inputs[0].type}, outputs {str(names)[:80]}; expected uint8 images and "
            f"{sorted(OUTPUTS)}"
        )
    flaws = Flaws()
    read = read_own({name: names.index(name) for name in OUTPUTS}, len(info.classes), flaws)
    full = full_tiles(info.cap_per_tile, names.index("batch_index"), names.index("full") if "full" in names else None)
    return Adapter(info, np.ascontiguousarray, read, _fixed_size(inputs[0]), full=full, flaws=flaws)
