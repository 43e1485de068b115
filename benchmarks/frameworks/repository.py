"""Code of a repository that is on no package index, run from its folder."""

import contextlib
import functools
import importlib
import os
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

_OLD_EXPORT = "_export"


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """The modules of a repository before all others. Repositories have modules of the same names."""
    own = {entry.stem for entry in folder.iterdir() if entry.suffix == ".py" or entry.is_dir()}
    forget(own)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def forget(names: set[str]) -> None:
    """Let modules of these names be imported anew, from another folder."""
    for name in [name for name in sys.modules if name.split(".")[0] in names]:
        del sys.modules[name]


def module(name: str) -> Any:
    """A module, where no type checker looks for it."""
    return importlib.import_module(name)


def run_script(script: Path, arguments: Sequence[str], folder: Path) -> None:
    """Run a repository's own script in a folder, as its author did: with the torch of its time.

    Since then torch reads only weights unless it is told otherwise, exports by another way, and has no `_export`.
    """
    kept = torch.load, torch.onnx.export, sys.argv, Path.cwd()
    load: Any = functools.partial(torch.load, weights_only=False)
    export: Any = functools.partial(torch.onnx.export, dynamo=False)
    torch.load, torch.onnx.export = load, export
    setattr(torch.onnx, _OLD_EXPORT, export)
    sys.argv = [str(script), *arguments]
    os.chdir(folder)
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        torch.load, torch.onnx.export, sys.argv, _ = kept
        delattr(torch.onnx, _OLD_EXPORT)
        os.chdir(kept[3])
