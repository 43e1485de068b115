"""What the library says: no option and no command of the command line, which has the mends in its own words."""

import ast
import io
import pickle
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from detector.cli import main
from detector.cli.group import herdmap
from detector.cli.mends import MENDS, command_of, options_of, with_mend
from detector.errors import InputError, MissingLibraryError
from geo.errors import OutputError, Remark
from tests import ROOT
from tests.python_files import walked

OPTION = re.compile(r"(?<![\w-])(?:--[a-z][a-z0-9-]*|-o\b)")
COMMAND = re.compile(r"\bherdmap (" + "|".join(herdmap.commands) + r")\b")
# Options of other programs: nvidia-smi, ray, mlflow and tensorboard; and of pip.
OTHERS = {"--query-gpu", "--format", "--id", "--head", "--backend-store-uri", "--logdir"}
OTHERS |= {"--no-input", "--disable-pip-version-check", "--no-deps", "--wheel-dir", "--constraint", "--dest"}
OTHERS |= {"--platform", "--only-binary", "--implementation", "--python-version"}
# A command of another program, which a message tells the user to give there.
OF_OTHERS = re.compile(r"\brun: (?!herdmap)[^;]*")
CLI = ROOT / "detector" / "cli"


def library() -> list[Path]:
    """The files of the packages without those of the command line."""
    found = [path for package in ("detector", "geo") for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if CLI not in path.parents]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a file, docstrings and parts of f-strings too, and every comment, each with its line."""
    for node in walked(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def about_in(path: Path) -> set[str]:
    """What a file's errors and remarks say they are about."""
    found = set()
    for node in walked(path):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith(("Error", "Remark")):
            for keyword in node.keywords:
                if keyword.arg == "about":
                    values = [part.value for part in ast.walk(keyword.value) if isinstance(part, ast.Constant)]
                    found |= {value for value in values if isinstance(value, str)}
    return found - {"about"}  # of getattr(error, "about", None)


def names_in(path: Path) -> set[str]:
    """The functions, parameters and fields of a file."""
    found = set()
    for node in walked(path):
        if isinstance(node, ast.FunctionDef):
            found |= {node.name, *(each.arg for each in (*node.args.args, *node.args.kwonlyargs))}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def option_names(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def argument_names(command: click.Command) -> set[str]:
    found = [parameter.metavar for parameter in command.params if isinstance(parameter, click.Argument)]
    return {name.strip("[]") for name in found if name}


def test_the_library_names_no_option_and_no_command() -> None:
    wrong = []
    for path in library():
        for line, text in texts(path):
            text = OF_OTHERS.sub("", text)
            named = [*(set(OPTION.findall(text)) - OTHERS), *COMMAND.findall(text)]
            wrong += [f"{path.relative_to(ROOT)}:{line}: {name}" for name in named]
    assert not wrong


def test_what_the_library_is_about_has_a_mend_and_every_mend_is_used() -> None:
    used = set().union(*map(about_in, library()))
    assert used == set(MENDS)


def test_what_the_library_is_about_is_a_parameter_or_a_function_of_it() -> None:
    assert set(MENDS) <= set().union(*map(names_in, library()))


@pytest.mark.parametrize("mend", [mend for mends in MENDS.values() for mend in mends])
def test_a_mend_names_what_the_command_line_has(mend: str) -> None:
    command = command_of(mend)
    commands = list(herdmap.commands.values()) if command is None else [herdmap.commands[command]]
    arguments = set().union(*map(argument_names, commands)) & set(mend.split())
    assert command is not None or options_of(mend) or arguments
    assert any(option_names(each).issuperset(options_of(mend)) for each in commands)


@pytest.mark.parametrize("kind", [InputError, OutputError, MissingLibraryError])
def test_an_error_says_what_it_is_about(kind: type[InputError]) -> None:
    error = pickle.loads(pickle.dumps(kind("found; expected", about="device")))
    assert (str(error), error.about, kind("found").about) == ("found; expected", "device", None)


def test_a_remark_is_a_text_that_keeps_what_it_is_about() -> None:
    remark = pickle.loads(pickle.dumps(Remark("4 tiles", about="batch_size")))
    assert (remark, remark.about) == ("4 tiles", "batch_size")


def test_a_mend_is_of_the_options_that_the_running_command_has() -> None:
    remark = Remark("no position", about="position")
    assert with_mend(remark, herdmap.commands["detect"]) == "no position; give --position FILE"
    told = with_mend(remark, herdmap.commands["estimate"])
    assert told == "no position; run herdmap georeference with --position FILE"
    assert with_mend(Remark("full", about="max_size"), herdmap.commands["detect"]) == "full"
    assert with_mend(Remark("plain"), herdmap.commands["detect"]) == with_mend("plain") == "plain"


def test_an_error_ends_with_the_option_that_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    areas = tmp_path / "strata.csv"
    areas.write_text("stratum,area_km2\nwest,10\n")
    counts = tmp_path / "counts.csv"
    counts.write_text("stratum,transect,count,area_km2\nwest,1,3,1\n")
    with pytest.raises(SystemExit) as end:
        main(["estimate", "--transects", str(counts), "--strata", str(areas), "--transect-name", "T(.)"])
    assert end.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith("; give --transects photos")
