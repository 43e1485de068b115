"""What an ONNX file without metadata and without a card may be, and a card to begin with."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from detector.errors import ModelError
from detector.models.layouts.known import KNOWN, Known
from detector.models.layouts.layout import File, Output
from detector.models.onnx_foreign import input_size

# Where a file does not say its size.
_USUAL_SIZE = 640
_MOST_CLASSES = 1000
_DISTANCES = 32  # of NanoDet: a distribution of 8 for each side


class _Guess(NamedTuple):
    """A layout that a file's declared shapes allow. classes: how many it then has; None if the shapes do not say it."""

    known: Known
    classes: int | None


def refusal(path: Path, inputs: list[Any], outputs: list[Any], metadata: Mapping[str, str]) -> str:
    """Why a file without a card is refused, in one line."""
    card = path.with_suffix(".toml").name
    names = [guess.known.name for guess in _guesses(path, inputs, outputs)]
    if names:
        return (
            f"{path.name} does not say its classes; its layout may be {' or '.join(names)[:110]}: put {card} beside "
            "it, with its layout, classes and tile_size"
        )
    shapes = ", ".join(f"{o.name} {o.shape}" for o in outputs)[:65]
    found = str(sorted(metadata) or "nothing")[:45]
    return (
        f"{path.name[:60]} is not a detector that Herdmap knows: its metadata has {found} and its outputs are "
        f"{shapes}; expected Herdmap's ('herdmap'), Ultralytics' ('names'), Deepness' ('model_type'), or a known layout"
    )


def draft(path: Path, inputs: list[Any], outputs: list[Any]) -> str:
    """What a file seems to be, for people, and a card for it with what the file says.

    Raises:
        ModelError: Its shapes are those of no known layout.
    """
    guesses = list(_guesses(path, inputs, outputs))
    if not guesses:
        raise ModelError(refusal(path, inputs, outputs, {}))
    first = guesses[0]
    size = _size(path, inputs)
    classes = first.classes or 1
    names = ", ".join(f'"class {number}"' for number in range(classes))
    lines = [
        f"{path.name}: {first.known.tools}, as its outputs look ({first.known.outputs}).",
        f"It does not say its classes. Put this into {path.with_suffix('.toml').name} beside it, and correct it:",
        "",
        'framework = "onnx"',
        f'layout = "{first.known.name}"  # {first.known.read}',
        *(f'# layout = "{other.known.name}"  # {other.known.tools}' for other in guesses[1:]),
        f"classes = [{names}]  # their names, in the order of training",
        f"{'' if _first_label(first.known) else '# '}first_label = 1  # the number of the first class in its answers",
        f"tile_size = {min(size or (_USUAL_SIZE,))}  # px, as in training",
        "# gsd_m = 0.02  # metres per pixel in training",
        f"score_threshold = {0.3 if first.known.points else 0.5}",
    ]
    return "\n".join(lines)


def _first_label(known: Known) -> int | None:
    """The number of the first class, where nearly all files of a layout have the same."""
    return 1 if known.name == "rfdetr" else None


def _size(path: Path, inputs: list[Any]) -> tuple[int, int] | None:
    try:
        return input_size(inputs[0], path, None)
    except ModelError:
        return None


def _guesses(path: Path, inputs: list[Any], outputs: list[Any]) -> Iterator[_Guess]:
    """The layouts that fit a file's declared shapes."""
    declared = tuple(Output(o.name, tuple(o.shape), o.type) for o in outputs)
    size = _size(path, inputs) or (_USUAL_SIZE, _USUAL_SIZE)
    for known in KNOWN:
        classes = _classes(known, declared)
        if (classes is not None and not 0 < classes <= _MOST_CLASSES) or not _likely(known, inputs, declared, size):
            continue
        try:
            layout = known.layout(File(classes or 1, size, declared, first_label=_first_label(known)))
        except ModelError:
            continue
        if len(declared[0].shape) in (0, 3) and not layout.fits(declared[0].shape):
            continue
        yield _Guess(known, classes)


def _classes(known: Known, outputs: tuple[Output, ...]) -> int | None:
    """The number of classes that the shapes mean in a layout."""
    first = outputs[0]
    by_name = {"yolo": (1, 4), "yolo-objectness": (2, 5), "yolov7": (2, 5), "yolox": (2, 5), "yolox-decoded": (2, 5)}
    by_name |= {"rtdetr-ultralytics": (2, 4), "nanodet": (2, _DISTANCES), "nanodet-plus": (2, _DISTANCES)}
    if known.name in by_name:
        axis, others = by_name[known.name]
        length = first.length(axis)
        return None if length is None else length - others
    if known.name == "nanodet-strides":
        lengths = {o.length(-1) for o in outputs} - {_DISTANCES}
        return next(iter(lengths)) if len(lengths) == 1 else None
    if known.points:
        channels = [length for o in outputs if len(o.shape) == 4 and (length := o.length(1)) is not None]
        return max(channels) - (known.name == "herdnet") if channels else None
    if known.name in ("rfdetr", "detr", "rtdetr", "deformable-detr"):
        scores = [o for o in outputs if "box" not in o.name.lower() and o.name != "dets" and len(o.shape) == 3]
        length = scores[0].length(2) if scores else None
        return None if length is None else length - (known.name in ("rfdetr", "detr"))
    return None


def _likely(known: Known, inputs: list[Any], outputs: tuple[Output, ...], size: tuple[int, int]) -> bool:
    """Whether a layout is likely, of those that the shapes allow."""
    first, alone = outputs[0], len(inputs[0].shape) == 3
    rows, columns = first.length(1), first.length(2)
    cells = {n: sum((size[0] // s) * (size[1] // s) for s in (8, 16, 32, 64)[:n]) for n in (3, 4)}
    upwards = {n: sum(-(-size[0] // s) * -(-size[1] // s) for s in (8, 16, 32, 64)[:n]) for n in (3, 4)}
    if alone != (known.name == "torchvision"):
        return False
    match known.name:
        case "yolo":
            return len(first.shape) == 3 and rows is not None and (columns is None or columns > rows)
        case "yolo-final" | "rtdetr-final":
            # As many rows as places of the tile are answers about each place.
            everywhere = rows in (*_thrice(cells), *cells.values())
            return len(first.shape) == 3 and columns == 6 and len(outputs) == 1 and not everywhere
        case "yolo-objectness" | "yolov7":
            return columns is not None and len(first.shape) == 3 and (rows is None or rows in _thrice(cells))
        case "yolov7-end2end":
            return len(first.shape) == 2 and columns is None and first.length(1) == 7
        case "rtdetr-ultralytics":
            many = rows is None or rows > 1000 or rows in cells.values()
            return len(first.shape) == 3 and columns is not None and columns > 4 and not many and len(outputs) == 1
        case "yolox" | "yolox-decoded":
            return rows in cells.values() and len(outputs) == 1
        case "nanodet" | "nanodet-plus":
            return rows in upwards.values() and columns is not None and columns > _DISTANCES
        case "nanodet-strides":
            return _DISTANCES in {o.length(-1) for o in outputs}
        case "dfine":
            return len(inputs) == 2
        case "herdnet" | "heatmap":
            return any(len(o.shape) == 4 for o in outputs)
        case "lists":
            return len(inputs) == 1
    return True


def _thrice(cells: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(3 * number for number in cells.values())
