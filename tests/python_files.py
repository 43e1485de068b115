"""The Python files of the project, each parsed once for all tests."""

import ast
import functools
import gc
from pathlib import Path


@functools.cache
def parsed(path: Path) -> ast.Module:
    """What a file says."""
    # A thousand files have a million nodes, which all stay: to look again and again for those that nobody needs any
    # more takes four times as long as to parse them.
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.freeze()
        gc.enable()


@functools.cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file."""
    return tuple(ast.walk(parsed(path)))
