"""Finds the files of a model, and the framework that they belong to.

    m.onnx                                        a portable file, alone, or with a card m.toml of framework "onnx"
    m.npz                                         a light head, fitted to marked animals
    m.yaml (or a trusted m.py)                    Detectron2's config; the weights are those that it names, or m.pth
    m.pth, .pt, .pkl or .safetensors + m.toml     a checkpoint of torchvision or fastai with its card

The card says what weights alone do not: `framework`, `architecture`, the fields of `ModelInfo` (at least `classes` and
`tile_size`) and the framework's own settings. A Detectron2 config may have a card too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from detector.errors import InputError, ModelError
from detector.models.foreign_checkpoints import answer_for
from detector.models.info import ModelInfo
from detector.models.other_formats import answer_for as answer_for_format
from detector.toml_tables import build_table
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.text_encoding import read_toml

WEIGHTS = (".safetensors", ".pth", ".pt", ".pkl", ".ckpt", ".pl")
CONFIGS = (".yaml", ".yml", ".py")
FRAMEWORKS = ("torchvision", "fastai", "detectron2", "onnx")
MAX_CARD_BYTES = 1 << 20

T = TypeVar("T")


@dataclass(frozen=True)
class Card:
    """The .toml beside a checkpoint.

    Attributes:
        path: The file.
        framework: The framework of the checkpoint.
        architecture: Its name in that framework; '' if the card has none.
        info: What Herdmap must know about the model.
        settings: The other keys, for the framework's backend.
    """

    path: Path
    framework: str
    architecture: str
    info: ModelInfo
    settings: Mapping[str, Any] = field(default_factory=dict)

    def settings_as(self, kind: type[T]) -> T:
        """The other keys as a dataclass of settings. Raises ModelError if a key is unknown or a value is wrong."""
        try:
            return build_table(kind, dict(self.settings), self.path.name)
        except InputError as error:
            raise ModelError(str(error), about=error.about) from error


@dataclass(frozen=True)
class ModelFiles:
    """The files of one model.

    Attributes:
        framework: 'onnx', 'light_head', 'detectron2', 'torchvision' or 'fastai': also the name of the backend's module.
        path: The .onnx, the Detectron2 config, or the checkpoint.
        weights: The checkpoint. None for .onnx, and for a Detectron2 config without a checkpoint of its name beside it.
        card: The card, or None.
    """

    framework: str
    path: Path
    weights: Path | None = None
    card: Card | None = None

    @property
    def all(self) -> tuple[Path, ...]:
        """All files that are known before the model is loaded."""
        card = self.card.path if self.card else None
        return tuple(dict.fromkeys(p for p in (self.path, self.weights, card) if p is not None))


def recognise(path: StrPath) -> ModelFiles:
    """The files of the model to which a file belongs. Any one of its files will do.

    Raises:
        ModelError: The file belongs to no model. The message says what was found and what is needed.
    """
    path = as_path(path)
    ending = path.suffix.lower()
    if ending == ".onnx":
        return ModelFiles("onnx", path, card=_card_of_onnx(path.with_suffix(".toml")))
    if ending == ".npz":
        return ModelFiles("light_head", path)
    if ending in CONFIGS:
        return _detectron2(path)
    if ending == ".toml":
        return _by_card(path)
    if (answer := answer_for_format(path)) is not None:
        raise ModelError(answer)
    if ending in WEIGHTS:
        card, config = path.with_suffix(".toml"), _beside(path, CONFIGS[:2])
        if card.is_file():
            return _by_card(card, path)
        if config is not None:
            return _detectron2(config)
        if (answer := answer_for(path)) is not None:
            raise ModelError(answer)
        raise ModelError(
            f"{path.name} is a checkpoint, which does not say what model it belongs to: put {card.name} beside it "
            f"with framework ({' or '.join(FRAMEWORKS[:2])}), architecture, classes and tile_size, or the .yaml of a "
            "Detectron2 model (docs/models.md)"
        )
    raise ModelError(
        f"{path.name} is not a model file that Herdmap knows: expected an .onnx, a Detectron2 .yaml, or a checkpoint "
        f"({', '.join(WEIGHTS)}) with its .toml"
    )


def recognise_checkpoint(path: StrPath) -> ModelFiles:
    """As `recognise`, for a model that is to be written as a portable file.

    Raises:
        ModelError: As in `recognise`, or it is a portable file already.
    """
    files = recognise(path)
    if files.framework == "onnx":
        raise ModelError(
            f"{files.path.name} is a portable file already, and was not to be quantised: expected a checkpoint of a "
            "framework",
            about="calibration",
        )
    return files


def read_card(path: StrPath) -> Card:
    """Read and check a card. Raises ModelError, which names the key, if it cannot be used."""
    path = as_path(path)
    if path.stat().st_size > MAX_CARD_BYTES:
        raise ModelError(f"{path.name} has {path.stat().st_size} bytes: expected a card of at most {MAX_CARD_BYTES}")
    try:
        table = read_toml(path)
    except ValueError as error:
        raise ModelError(f"{path.name} {error}") from error
    framework = table.pop("framework", None)
    if framework not in FRAMEWORKS:
        raise ModelError(f"{path.name}: framework is {framework!r}: expected one of {', '.join(FRAMEWORKS)}")
    architecture = table.pop("architecture", "")
    if not isinstance(architecture, str):
        raise ModelError(f"{path.name}: architecture is {architecture!r}: expected a name")
    table = {"kind": "classifier" if framework == "fastai" else "detector", "name": path.stem, **table}
    for key, wanted in (("classes", "names in the order of the labels"), ("tile_size", "px, as it was trained")):
        if key not in table:
            raise ModelError(f"{path.name} lacks {key!r}: expected {wanted}")
    if not isinstance(table["classes"], list):
        raise ModelError(f"{path.name}: classes is {table['classes']!r}: expected a list of names")
    if framework == "onnx" and isinstance(table["tile_size"], int):
        table.setdefault("overlap", round(0.15 * table["tile_size"]))
    known = {f.name for f in fields(ModelInfo)}
    said = {key: table.pop(key) for key in list(table) if key in known}
    try:
        info = ModelInfo(**{**said, "classes": tuple(said["classes"])})
    except (ModelError, TypeError) as error:
        raise ModelError(f"{path.name}: {error}") from error
    return Card(path, framework, architecture, info, table)


def write_card(card: Card) -> None:
    """Write a card that `read_card` reads back unchanged. It appears complete or not at all.

    None values are left out.
    """
    info = {f.name: getattr(card.info, f.name) for f in fields(ModelInfo)}
    said = {"framework": card.framework, "architecture": card.architecture, **info, **card.settings}
    lines = [f"{key} = {_toml(value)}\n" for key, value in said.items() if value is not None]
    with whole(card.path) as part:
        part.write_text("".join(lines), encoding="utf-8")


def _toml(value: Any) -> str:
    """A value as TOML. JSON's text is also TOML's, except for one control character."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value if v is not None) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int):
        return json.dumps(value)
    return repr(float(value))


def _by_card(path: Path, weights: Path | None = None) -> ModelFiles:
    card = read_card(path)
    if card.framework == "onnx":
        if not path.with_suffix(".onnx").is_file():
            raise ModelError(f"{path.name}: no model beside it; expected {path.with_suffix('.onnx').name}")
        return ModelFiles("onnx", path.with_suffix(".onnx"), card=card)
    if card.framework == "detectron2":
        config = _beside(path, CONFIGS)
        if config is None:
            # The folder of a training with Detectron2 has config.yaml and model_final.pth.
            given = path.with_name("config.yaml")
            there = f", or give {given.name}, and call this card {given.stem}.toml" if given.is_file() else ""
            raise ModelError(
                f"{path.name} is the card of a Detectron2 model, but its config is missing; expected "
                f"{_named(path, CONFIGS[:1])}{there}"
            )
        return _detectron2(config)
    weights = weights or _beside(path, WEIGHTS)
    if weights is None:
        raise ModelError(f"{path.name}: no checkpoint beside it; expected {_named(path, WEIGHTS)}")
    return ModelFiles(card.framework, weights, weights, card)


def _card_of_onnx(path: Path) -> Card | None:
    """The card beside an ONNX file. The card of the checkpoint that the file was exported from is not its own."""
    try:
        if path.stat().st_size > MAX_CARD_BYTES or read_toml(path).get("framework") != "onnx":
            return None
    except OSError:
        return None
    except ValueError:
        pass  # it may be the model's card, whose settings change what is found: it is refused below, and not left out
    return read_card(path)


def _detectron2(config: Path) -> ModelFiles:
    path = config.with_suffix(".toml")
    card = read_card(path) if path.is_file() else None
    if card is not None and card.framework != "detectron2":
        raise ModelError(
            f"{path.name}: framework is {card.framework!r}, but {config.name} beside it is a config of Detectron2"
        )
    return ModelFiles("detectron2", config, _beside(config, WEIGHTS), card)


def _beside(path: Path, endings: tuple[str, ...]) -> Path | None:
    """The first file of the same name with one of these endings."""
    return next((p for ending in endings if (p := path.with_suffix(ending)).is_file()), None)


def _named(path: Path, endings: tuple[str, ...]) -> str:
    return " or ".join(path.with_suffix(ending).name for ending in endings)
