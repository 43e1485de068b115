"""The models at hand: those that come with Herdmap, the user's own, and those in files and folders that are given.

A user's own models lie in one folder (`own_folder`). A file there is known by its name: `elephants.onnx` is
`elephants`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from detector.errors import DetectorError, InputError
from detector.models import BUNDLED, open_model, own_folder
from detector.models.files import CONFIGS, WEIGHTS, recognise
from detector.models.info import ModelInfo
from geo.paths import Paths, as_paths

PICTURES = (".jpg", ".jpeg", ".png")
_MOST_FILES = 1000  # of one folder


@dataclass(frozen=True)
class ModelAtHand:
    """One model that can be given to `detect`.

    Attributes:
        path: Its file.
        place: Where it comes from.
        info: What it says about itself; None if it cannot be read.
        picture: A picture of the same name beside it; None if there is none.
        problem: Why it cannot be used here; empty if it can.
    """

    path: Path
    place: Literal["bundled", "own", "given"]
    info: ModelInfo | None
    picture: Path | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """What to give as the model: the name of a bundled or own model, or the path of a file."""
        return str(self.path) if self.place == "given" else self.path.stem


def models_at_hand(given: Paths = ()) -> list[ModelAtHand]:
    """All models at hand: bundled ones first, then the user's own, then those of the files and folders that are given.

    A file that cannot be used is listed with the reason. In a folder, files that are no models are passed over.

    Raises:
        InputError: A file or folder that is given does not exist.
    """
    found = [_read(path, "bundled") for path in sorted(BUNDLED.glob("*.onnx"))]
    bundled = {one.path.stem for one in found}
    for path in _in_folder(own_folder()):
        one = _read(path, "own")
        if path.stem in bundled:  # the name would mean the bundled one
            one = ModelAtHand(path, "given", one.info, one.picture, one.problem)
        found.append(one)
    for path in as_paths(given):
        if not path.exists():
            raise InputError(f"{path} does not exist: expected a model file, or a folder of model files")
        found += [_read(one, "given") for one in (_in_folder(path) if path.is_dir() else [path])]
    first: dict[Path, ModelAtHand] = {}
    for one in found:
        first.setdefault(one.path.resolve(), one)
    return list(first.values())


def _in_folder(folder: Path) -> Iterator[Path]:
    """The files of a folder that begin a model, in the order of their names."""
    if not folder.is_dir():
        return
    files = sorted(path for path in folder.iterdir() if path.is_file())[:_MOST_FILES]
    stems = {path.stem for path in files if path.suffix.lower() == ".toml"}
    for path in files:
        ending = path.suffix.lower()
        of_framework = ending in WEIGHTS and path.stem in stems
        if ending in (".onnx", ".npz") or ending in CONFIGS[:2] or of_framework:
            yield path


def _read(path: Path, place: Literal["bundled", "own", "given"]) -> ModelAtHand:
    pictures = (path.with_suffix(ending) for ending in PICTURES)
    picture = next((one for one in pictures if one.is_file()), None)
    try:
        files = recognise(path)
        if files.card is not None and files.framework != "onnx":
            return ModelAtHand(path, place, files.card.info, picture)  # without its framework
        return ModelAtHand(path, place, open_model(path, "cpu", threads=1).info, picture)
    except (DetectorError, OSError) as error:
        return ModelAtHand(path, place, None, picture, str(error))
