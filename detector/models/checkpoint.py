"""Reads weights from other people's files without running code in them.

A checkpoint is a zip or an older file of torch, a plain pickle of arrays (Detectron2's model zoo), or safetensors. A
pickle is a program: reading it runs what its author wrote. So only tensors and plain containers are read. A file that
asks for more is refused, with the names of what it asks for. These names are read from its opcodes, which are never
executed.
"""

import pickle  # nosec B403
import pickletools  # nosec B403
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint

from detector.errors import ModelError
from detector.models.libraries import need
from geo.errors import one_line
from geo.output import whole

MAX_BYTES = 4 << 30
# The most bytes of structure, without the weights; no model needs nearly as much.
MAX_PICKLE_BYTES = 64 << 20
MAX_OPCODES = 5_000_000
SAFE_SINCE = (2, 6)
GLOBALS_SHOWN = 6

# What rebuilds an array, by its names in numpy's versions. None of it runs code of the file's author.
_ARRAY_GLOBALS = {
    ("collections", "OrderedDict"),
    ("_codecs", "encode"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    *((f"numpy.{core}.multiarray", name) for core in ("core", "_core") for name in ("_reconstruct", "scalar")),
}
_ARRAY_NAMES = {f"{module}.{name}" for module, name in _ARRAY_GLOBALS}
# What rebuilds torch's tensors.
_TENSOR_MODULES = {
    "torch", "torch.cuda", "torch.sparse", "torch.storage", "torch.nn.parameter", "torch._tensor", "torch._utils",
}  # fmt: skip
# The keys under which training runs store the weights.
_WEIGHT_KEYS = ("model", "state_dict", "model_state_dict")


def load_checkpoint(path: Path, trust: bool = False) -> Any:
    """Read a checkpoint, with its tensors on the CPU.

    Args:
        path: The file.
        trust: Unpickle everything in it, which runs its author's code.

    Returns:
        For safetensors, tensors by name; for a pickle, the object that was pickled.

    Raises:
        ModelError: The file is not a checkpoint, is too large, or needs trust.
    """
    _bounded(path)
    if path.suffix.lower() == ".safetensors":
        need("safetensors")
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(path)
        except (SafetensorError, ValueError, KeyError) as error:
            raise ModelError(
                f"{path.name} is not a safetensors file that can be read: {one_line(error, 200)}"
            ) from error
    try:
        if trust:
            return _unpickled(path)
        if _is_torch_file(path):
            _safe_torch(path)
            return torch.load(path, map_location="cpu", weights_only=True)
        with path.open("rb") as file:
            return _ArrayUnpickler(file).load()
    except ModelError:
        raise
    except Exception as error:  # torch and pickle raise many kinds, also MemoryError for a length that a pickle claims
        asked = _objects_in(path)
        if not trust and asked:
            more = f" and {len(asked) - GLOBALS_SHOWN} more" if len(asked) > GLOBALS_SHOWN else ""
            raise ModelError(
                f"{path.name} holds Python objects beside weights ({', '.join(asked[:GLOBALS_SHOWN])}{more}); reading "
                "them runs code of whoever made the file: load it only if you trust it, or ask for the weights alone "
                "(a state dict, or safetensors)",
                about="trust",
            ) from error
        raise ModelError(f"{path.name} is not a checkpoint that can be read: {one_line(error, 200)}") from error


def load_weights(path: Path, trust: bool = False) -> dict[str, Tensor]:
    """Read the state dict in a checkpoint. It is found under the usual keys; the prefixes of a parallel training and
    of Lightning are removed.

    Raises:
        ModelError: As in `load_checkpoint`, or there is no state dict.
    """
    held = load_checkpoint(path, trust)
    if isinstance(held, Mapping):
        kinds = (Mapping, torch.nn.Module)
        held = next((held[key] for key in _WEIGHT_KEYS if isinstance(held.get(key), kinds)), held)
    if isinstance(held, torch.nn.Module):
        held = held.state_dict()
    if not isinstance(held, Mapping) or not held:
        raise ModelError(f"{path.name} holds a {type(held).__name__}: expected a state dict, tensors by name")
    weights = {}
    for name, value in held.items():
        tensor = torch.from_numpy(value) if isinstance(value, np.ndarray) and value.dtype != object else value
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise ModelError(
                f"{path.name}: {str(name)[:80]!r} is a {type(value).__name__}: expected a state dict, tensors by name "
                f"(also under one of {', '.join(_WEIGHT_KEYS)})"
            )
        weights[name] = tensor
    # "model." is Lightning's, which DeepForest trains with.
    for prefix in ("module.", "model."):
        if all(name.startswith(prefix) for name in weights):
            weights = {name.removeprefix(prefix): tensor for name, tensor in weights.items()}
    return weights


def save_weights(weights: Mapping[str, Tensor], path: Path) -> None:
    """Write a state dict as safetensors. The file appears complete or not at all."""
    need("safetensors")
    from safetensors.torch import save

    with whole(path) as part:
        # The format has no shared memory, so a tensor that shares its memory with another one is written twice.
        part.write_bytes(save({name: tensor.detach().clone().contiguous() for name, tensor in weights.items()}))


def pickle_globals(path: Path) -> list[str]:
    """The names 'module.name' that the pickles in a file ask for, in order, each once. Nothing is executed."""
    found: dict[str, None] = {}
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for entry in archive.infolist():
                    if entry.filename.endswith(".pkl"):
                        with archive.open(entry) as file:
                            found.update(dict.fromkeys(_globals_in(file)))
        else:
            with path.open("rb") as file:
                found.update(dict.fromkeys(_globals_in(file)))
    except Exception:  # noqa: S110 - the names that were read until then are returned # nosec B110
        pass
    return list(found)


def _globals_in(file: IO[bytes]) -> Iterator[str]:
    """The globals of the pickles at the start of a file. Older files of torch have several, one after another."""
    texts: list[str] = []  # the texts on the stack that are known
    memo: dict[int, str] = {}
    last = ""
    while True:
        try:
            for opcode, argument, _ in islice(pickletools.genops(file), MAX_OPCODES):
                name = opcode.name
                if name in ("GLOBAL", "INST"):
                    yield str(argument).replace(" ", ".", 1)
                elif name == "STACK_GLOBAL":
                    yield ".".join(texts[-2:])
                elif name in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
                    memo[len(memo) if argument is None else argument] = last
                    continue
                elif name in ("GET", "BINGET", "LONG_BINGET"):
                    texts.append(memo.get(int(str(argument)), "?"))
                elif isinstance(argument, str):
                    texts.append(argument)
                last = texts[-1] if texts and (isinstance(argument, str) or "GET" in name) else "?"
        except Exception:  # the weights start here, or it is not a pickle
            return
        memo.clear()


def _objects_in(path: Path) -> list[str]:
    """The names 'module.name' that a file asks for, except tensors, arrays and plain containers, sorted."""
    try:
        asked = set(get_unsafe_globals_in_checkpoint(path))
    except Exception:  # an older file of torch, a plain pickle, or a broken archive
        asked = {name for name in pickle_globals(path) if name.rpartition(".")[0] not in _TENSOR_MODULES}
    return sorted(asked - _ARRAY_NAMES)


class _ArrayUnpickler(pickle.Unpickler):  # noqa: S301 (it finds no class but these) # nosec B301
    """Reads arrays in plain containers, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ARRAY_GLOBALS:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


class _Unpickler(pickle.Unpickler):  # noqa: S301 # nosec B301
    """Reads what a notebook pickled where the notebook is not there.

    A learner that was exported from a notebook holds the notebook's own functions, such as those that get a file's
    labels, by their names alone. Reading tiles needs none of them.
    """

    def find_class(self, module: str, name: str) -> Any:
        try:
            return super().find_class(module, name)
        except AttributeError:
            if module != "__main__":
                raise
            return type(name, (_OfANotebook,), {})


class _OfANotebook:
    """What a notebook defined, and only the notebook has."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        pass

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        raise ModelError(f"it needs {type(self).__name__}, which its notebook defined and the file does not hold")


class _NotebookPickle:
    """The part of the module `pickle` that torch asks for."""

    Unpickler = _Unpickler
    load = staticmethod(pickle.load)  # noqa: S301 # nosec B301
    __name__ = "pickle"


def _unpickled(path: Path) -> Any:
    if _is_torch_file(path):
        return torch.load(path, map_location="cpu", weights_only=False, pickle_module=_NotebookPickle)  # nosec B614
    with path.open("rb") as file:
        return _Unpickler(file).load()


def _safe_torch(path: Path) -> None:
    """Refuse a version of torch in which a checkpoint can get around `weights_only` (CVE-2025-32434)."""
    major, minor = (int(part) for part in torch.__version__.split(".")[:2])
    if (major, minor) < SAFE_SINCE:
        raise ModelError(
            f"{path.name}: torch {torch.__version__} can be made to run code by a checkpoint: update torch to "
            f"{'.'.join(map(str, SAFE_SINCE))} or later, use safetensors, or load the file only if you trust it",
            about="trust",
        )


def _is_torch_file(path: Path) -> bool:
    """Whether torch wrote the file: a zip, or the older format, which starts with a pickle of torch's magic number."""
    if zipfile.is_zipfile(path):
        return True
    with path.open("rb") as file:
        head = file.read(32)
    return b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19" in head  # torch.serialization.MAGIC_NUMBER


def _bounded(path: Path) -> None:
    """Refuse a file that would take too much memory, before it is read."""
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        size = max(size, sum(entry.file_size for entry in entries))
        structure = sum(entry.file_size for entry in entries if entry.filename.endswith(".pkl"))
        if structure > MAX_PICKLE_BYTES:
            raise ModelError(f"{path.name} holds pickles of {structure} bytes: expected at most {MAX_PICKLE_BYTES}")
    if size > MAX_BYTES:
        raise ModelError(f"{path.name} holds {size} bytes: expected a checkpoint of at most {MAX_BYTES}")
