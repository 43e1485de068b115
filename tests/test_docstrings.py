"""What docstrings document exists: each name under `Args` is a parameter, each under `Attributes` an attribute."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests import ROOT
from tests.python_files import walked

PACKAGES = ("herdmap", "detector", "geo")
Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def items(docstring: str, section: str) -> Iterator[str]:
    """The names that a section of a docstring has, such as those under `Args:`."""
    inside = False
    for line in docstring.splitlines():
        inside = line == f"{section}:" or (inside and (not line or line.startswith(" ")))
        if inside and (found := re.match(r" {4}\*{0,2}(\w+):( |$)", line)):
            yield found[1]


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    of = function.args
    every = [*of.posonlyargs, *of.args, *of.kwonlyargs, *filter(None, (of.vararg, of.kwarg))]
    return {argument.arg for argument in every}


def attributes(of: ast.ClassDef) -> set[str]:
    """The fields and properties of a class, and what its methods set on `self`."""
    found = {
        node.target.id for node in of.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    found |= {node.name for node in of.body if isinstance(node, ast.FunctionDef)}
    own = (node for node in ast.walk(of) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return found | {node.attr for node in own}


def unknown(node: Documented) -> set[str]:
    """The names that a docstring documents and that do not exist."""
    docstring = ast.get_docstring(node) or ""
    if isinstance(node, ast.ClassDef):
        made = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
        taken = parameters(made[0]) if made else attributes(node)
        return ({*items(docstring, "Args")} - taken) | ({*items(docstring, "Attributes")} - attributes(node))
    return {*items(docstring, "Args")} - parameters(node)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_documented_exists(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {', '.join(sorted(names))}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in walked(path)
        if isinstance(node, Documented) and (names := unknown(node))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(a, *, b): '''F.\n\n    Args:\n        a: One.\n        b: Two.\n    '''", set()),
        (
            "def f(a): '''F.\n\n    Args:\n        a: One.\n        b: Two.\n\n    Raises:\n        E: It is.\n    '''",
            {"b"},
        ),
        ("class A:\n    '''A.\n\n    Attributes:\n        x: One.\n        y: Two.\n    '''\n    x: int", {"y"}),
    ],
)
def test_a_name_that_does_not_exist_is_found(code: str, names: set[str]) -> None:
    (node,) = ast.parse(code).body
    assert isinstance(node, Documented)
    assert unknown(node) == names
