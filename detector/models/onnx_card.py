"""ONNX files that a card describes: the card beside the file says what the file itself does not."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.detections import POINT_PX, Detections
from detector.errors import ModelError
from detector.models.files import Card
from detector.models.info import ModelInfo, short
from detector.models.layouts.known import Known, known
from detector.models.layouts.layout import File, Output, Peaks
from detector.models.onnx_answers import Read
from detector.models.onnx_foreign import Adapter, fixed_batch, input_size
from detector.models.onnx_pixels import Pixels, prepared, scale_of

_WIDEST_WINDOW = 31


@dataclass(frozen=True)
class _Settings:
    """The keys of a card for an ONNX file, beside those of every card. None: what is usual in the layout."""

    layout: str = ""
    first_label: int | None = None
    boxes: Literal["px", "normalised"] | None = None
    nms_iou: float | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    white: Literal[1, 255] | None = None
    colours: Literal["rgb", "bgr"] | None = None
    resize: Literal["none", "stretch", "letterbox"] | None = None
    peak_window: int | None = None
    peak_share: float | None = None
    logits: bool | None = None


def by_card(card: Card, inputs: list[Any], outputs: list[Any]) -> Adapter:
    """How to use an ONNX file, as its card says.

    Raises:
        ModelError: The card names a layout that Herdmap does not know, or the file is not as the card says.
    """
    settings = card.settings_as(_Settings)
    try:
        return _adapter(card, settings, inputs, outputs)
    except ModelError as error:
        said = str(error)
        raise ModelError(said if card.path.name in said else f"{card.path.name}: {said}", about=error.about) from error


def _adapter(card: Card, settings: _Settings, inputs: list[Any], outputs: list[Any]) -> Adapter:
    if settings.nms_iou is not None and not 0 < settings.nms_iou <= 1:
        raise ModelError(f"nms_iou is {settings.nms_iou:g}; expected more than 0 and at most 1")
    layout_of = known(settings.layout or card.architecture)
    pixels = _pixels(layout_of, settings)
    size = input_size(inputs[0], card.path, str(card.info.tile_size))
    tile = card.info.tile_size
    if tile != min(size) and pixels.resize == "none":
        raise ModelError(
            f'tile_size is {tile}; the file takes {min(size)} px; if tiles were resized, set resize = "stretch"'
        )
    info = _with_points(card.info, layout_of)
    file = File(
        classes=len(info.classes),
        size=size,
        outputs=tuple(Output(o.name, tuple(o.shape), o.type) for o in outputs),
        first_label=settings.first_label,
        nms_iou=settings.nms_iou,
        normalised=None if settings.boxes is None else settings.boxes == "normalised",
        peaks=_peaks(info, settings, layout_of),
    )
    layout = layout_of.layout(file)
    batch = fixed_batch(inputs[0])
    if layout.one_by_one:
        if batch not in (None, 1):
            raise ModelError(f"the file takes {batch} tiles at once; export it for one at a time")
        batch = 1
    read, fitted = layout.read, size
    if pixels.resize != "none":
        read, fitted = _scaled(read, scale_of(tile, size, pixels.resize)), (tile, tile)
    return Adapter(
        replace(info, batch_size=batch),
        prepared(inputs[0], pixels, size),
        read,
        fitted,
        answer_a_tile=not layout.one_by_one,
        scores=layout.scores,
        layout=f"{layout_of.name}, as its card says: {layout.said}",
        constants=_constants(inputs[1:], size),
        flaws=file.flaws,
    )


def _with_points(info: ModelInfo, layout: Known) -> ModelInfo:
    """What the card says, with the size of the squares around points. Raises ModelError if it finds boxes."""
    if not layout.points:
        if info.point_size is not None:
            raise ModelError(f"point_size is for layouts of points; {layout.name} has boxes: remove it")
        return info
    return replace(info, point_size=POINT_PX if info.point_size is None else info.point_size)


def _peaks(info: ModelInfo, settings: _Settings, layout: Known) -> Peaks:
    """How the points of a map are found. Raises ModelError for an impossible value."""
    window, share, logits = settings.peak_window, settings.peak_share, settings.logits
    if not layout.points and (window, share, logits) != (None, None, None):
        raise ModelError(f"peak_window, peak_share and logits are for layouts of points; {layout.name} has boxes")
    usual = Peaks()
    peaks = Peaks(
        window=usual.window if window is None else window,
        share=usual.share if share is None else share,
        point_size=info.point_size or POINT_PX,
        logits=bool(logits),
    )
    if peaks.window not in range(3, _WIDEST_WINDOW + 1, 2):
        raise ModelError(f"peak_window is {peaks.window}; expected an odd number from 3 to {_WIDEST_WINDOW}")
    if not 0 <= peaks.share <= 1:
        raise ModelError(f"peak_share is {peaks.share:g}; expected 0 to 1")
    return peaks


def _pixels(layout: Known, settings: _Settings) -> Pixels:
    """What the layout's tools show a model, with what the card says instead."""
    said = {f.name: value for f in fields(Pixels) if (value := getattr(settings, f.name)) is not None}
    return replace(layout.pixels, **said)


def _scaled(read: Read, scale: tuple[float, float]) -> Read:
    """The same reader for tiles that were resized. scale: tile px for one px of the input, across and down."""
    across, down = scale

    def scaled(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        height, width = tile_size
        return read(answer, (height / down, width / across), floor).scaled(across, down)

    return scaled


def _constants(inputs: list[Any], size: tuple[int, int]) -> Mapping[str, NDArray[Any]]:
    """The values of the other inputs. Only one is known: the width and height of the picture, to which boxes refer."""
    found: dict[str, NDArray[Any]] = {}
    for spec in inputs:
        shape = [length if isinstance(length, int) else 1 for length in spec.shape]
        kind = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32}.get(spec.type)
        if kind is None or math.prod(shape) != 2 or found:
            raise ModelError(
                f"the file has the input {short(spec.name)} of shape {str(spec.shape)[:40]} besides tiles; expected at "
                "most one more, the width and height of the picture"
            )
        found[spec.name] = np.array([size[1], size[0]], kind).reshape(shape)
    return found
