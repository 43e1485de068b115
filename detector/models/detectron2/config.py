"""Reads Detectron2's configs without running code in them.

Detectron2 reads YAML with every Python tag allowed, so its configs are programs. Here a config is data: plain YAML. Its
`_BASE_` files must be in its own folder, or come with Detectron2. A config written in Python ("LazyConfig") is code and
needs trust.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from detector.errors import ModelError
from detector.models.quietly import quietly
from geo.errors import one_line

with quietly():
    import detectron2
    from detectron2.config import CfgNode, get_cfg

    from detector.models.detectron2 import tridentnet

MAX_CONFIG_BYTES = 1 << 20
MAX_BASES = 10
KEYS_SHOWN = 5  # of those that are left out
MAX_VALUES = 100_000
MAX_CLASSES = 10_000
MAX_SIDE = 16_384  # px that a tile may be resized to
MAX_DETECTIONS = 100_000


def read_config(path: Path) -> CfgNode:
    """A Detectron2 config: the default keys and MODEL.TRIDENT, then the files that the config is based on, then the
    file.

    Keys that Detectron2 does not know are left out, as what a trainer of somebody's own added: its mapper's, its
    solver's. Only in MODEL they are refused, because they would change the network.

    Raises:
        ModelError: The file is not plain YAML, is based on a file that must not be read, has a key in MODEL or a value
            that Detectron2 does not know, or states sizes that no detector has.
    """
    return read_config_and_rest(path)[0]


def read_config_and_rest(path: Path) -> tuple[CfgNode, tuple[str, ...]]:
    """The config as `read_config` reads it, and the dotted names of the keys that were left out."""
    cfg = get_cfg()
    tridentnet.add_config(cfg)
    table = read_yaml(path)
    left = tuple(_leave_out(table, cfg, ""))
    if table.get("VERSION", 2) != 2:
        raise ModelError(f"{path.name}: VERSION is {table['VERSION']!r}: expected 2; open and save it with Detectron2")
    try:
        cfg.merge_from_other_cfg(CfgNode(table))
    except (KeyError, ValueError, AssertionError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{path.name} is not a config of this Detectron2: {one_line(error, 150)}; expected the keys of its own "
            "configs and MODEL.TRIDENT, since others in MODEL would change the network"
        ) from error
    for key, most in (
        ("MODEL.ROI_HEADS.NUM_CLASSES", MAX_CLASSES),
        ("MODEL.RETINANET.NUM_CLASSES", MAX_CLASSES),
        ("INPUT.MIN_SIZE_TEST", MAX_SIDE),
        ("INPUT.MAX_SIZE_TEST", MAX_SIDE),
        ("TEST.DETECTIONS_PER_IMAGE", MAX_DETECTIONS),
    ):
        value: Any = cfg
        for name in key.split("."):
            value = value[name]
        if not isinstance(value, int) or not 0 <= value <= most:
            raise ModelError(f"{path.name}: {key} is {value!r}: expected a whole number of 0 to {most}")
    return cfg, left


def said_left_out(path: Path, keys: tuple[str, ...], use: str) -> str:
    """One line on keys of a config that were left out. use: what needs none of them, such as 'a search'."""
    shown = ", ".join(keys[:KEYS_SHOWN])
    more = f" and {len(keys) - KEYS_SHOWN} more" if len(keys) > KEYS_SHOWN else ""
    return (
        f"{path.name}: keys that Detectron2 does not know are left out, since {use} needs none of them: {shown}{more}"
    )


def _leave_out(table: dict[str, Any], known: CfgNode, prefix: str) -> Iterator[str]:
    """Remove the keys that are not known, except MODEL's, and yield their dotted names."""
    for key in list(table):
        if not prefix and key == "MODEL":
            continue
        if key not in known:
            yield f"{prefix}{key}"
            del table[key]
        elif isinstance(table[key], dict) and isinstance(known[key], CfgNode):
            yield from _leave_out(table[key], known[key], f"{prefix}{key}.")


def is_lazy(path: Path) -> bool:
    """Whether a config is written in Python, or is the YAML that Detectron2 saves of such a config."""
    return path.suffix.lower() == ".py" or ("model" in (table := read_yaml(path)) and "MODEL" not in table)


def read_yaml(path: Path) -> dict[str, Any]:
    """The table in the file, on top of those in its `_BASE_` files. Raises ModelError."""
    return _based(path, path.resolve().parent, 0)


def _based(path: Path, folder: Path, depth: int) -> dict[str, Any]:
    if depth > MAX_BASES:
        raise ModelError(f"{path.name}: more than {MAX_BASES} configs are based on each other; merge them")
    table = _plain(path)
    bases = table.pop("_BASE_", [])
    merged: dict[str, Any] = {}
    for base in bases if isinstance(bases, list) else [bases]:
        _lay(_based(_base_file(base, path, folder), folder, depth + 1), merged, path)
    _lay(table, merged, path)
    return merged


def _base_file(base: Any, path: Path, folder: Path) -> Path:
    """The file that `_BASE_` names, in the config's own folder or in Detectron2's."""
    own = own_configs()
    if isinstance(base, str) and base and "://" not in base:
        near = (path.parent / base).resolve()
        # A config of the zoo that was copied alone is based on '../Base-RCNN-FPN.yaml', which comes with Detectron2.
        # One of its projects is based on '../../../configs/Base-RCNN-C4.yaml', some on the path of another computer.
        _, among, name = f"/{base}".rpartition("/configs/")
        copied = own / (name if among else base.lstrip("./"))
        beside = [file for file in own.rglob("Base-*.yaml") if file.name == copied.name]
        tried: list[Path] = [near, copied.resolve(), *(beside if len(beside) == 1 else [])]
        for file in tried:
            if file.is_file() and (file.is_relative_to(folder) or file.is_relative_to(own)):
                return file
    raise ModelError(
        f"{path.name} is based on {str(base)[:200]!r}, which is neither in its folder nor one of Detectron2's own "
        "configs: put that file beside it and name it there"
    )


def _plain(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    if size > MAX_CONFIG_BYTES:
        raise ModelError(f"{path.name} has {size} bytes: expected a config of at most {MAX_CONFIG_BYTES}")
    # Detectron2's own files are trusted as its code is. One of them computes its anchors.
    loader: Any = yaml.UnsafeLoader if path.resolve().is_relative_to(own_configs()) else _PlainLoader
    try:
        table = _own(yaml.load(path.read_text(encoding="utf-8"), loader), [MAX_VALUES])  # noqa: S506 # nosec B506
    except yaml.constructor.ConstructorError as error:
        raise ModelError(
            f"{path.name} asks for Python objects ({one_line(error, 200)}): expected plain values; write out the "
            "values that it computes"
        ) from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{path.name} is not UTF-8 text: save it as UTF-8") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ModelError(f"{path.name} is not YAML: {one_line(error, 200)}") from error
    if not isinstance(table, dict) or not all(isinstance(key, str) for key in table):
        raise ModelError(f"{path.name} holds no table: expected a Detectron2 config")
    return table


def _own(value: Any, left: list[int]) -> Any:
    """A copy in which no two places are the same object. left: how many values are still allowed.

    Detectron2's own dumps have aliases. With nested aliases, a small file can stand for an endless one.
    """
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"it stands for more than {MAX_VALUES} values")
    if isinstance(value, dict):
        return {key: _own(part, left) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_own(part, left) for part in value)
    return value


def own_configs() -> Path:
    """The folder of the configs that come with Detectron2."""
    return (Path(detectron2.__file__).parent / "model_zoo" / "configs").resolve()


def _lay(table: dict[str, Any], under: dict[str, Any], path: Path) -> None:
    for key, value in table.items():
        if isinstance(value, dict) and key in under:
            if not isinstance(under[key], dict):
                raise ModelError(f"{path.name}: {key} is a table, but a value in the config that it is based on")
            _lay(value, under[key], path)
        else:
            under[key] = value


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc]
    """Plain values and tuples."""


_PlainLoader.add_constructor(
    "tag:yaml.org,2002:python/tuple", lambda loader, node: tuple(loader.construct_sequence(node, deep=True))
)
