"""The documentation is held against the command line: all of it is described, and every example can be typed."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from detector.cli import herdmap
from detector.cli.group import Command, Commands, range_in_words
from detector.search.timing import STAGES
from tests import ROOT
from tests.test_structure import FLOOR

PAGE = ROOT / "docs" / "command-line.md"
PAGES = [PAGE, *(ROOT / name for name in ("README.md", "docs/first-survey.md", "docs/teaching.md"))]
SECTIONS = {
    part.split("\n", 1)[0].strip(): part for part in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
}


DETECT = herdmap.commands["detect"]


def options() -> Iterator[tuple[str, click.Option]]:
    for name, command in herdmap.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield name, parameter


def examples(page: Path) -> list[str]:
    """Every `herdmap ...` of a page: the lines of its shell blocks, and the code in its tables' last columns."""
    if not page.exists():
        return []
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"```(?:sh|bash|console|shell)\n(.*?)```", text, flags=re.S)).replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in blocks.splitlines()]
    cells = [code for row in text.splitlines() if row.startswith("| `-") for code in re.findall(r"`([^`]+)`", row)]
    return [line for line in (*lines, *cells) if line.startswith("herdmap ")]


@pytest.mark.parametrize("name", sorted(herdmap.commands))
def test_every_command_is_described_and_has_an_example(name: str) -> None:
    command = herdmap.commands[name]
    assert command.help
    short = command.get_short_help_str(limit=100)
    assert re.search(r"[^.]\.$", short), f"{name}: {short}"
    for argument in command.params:
        if isinstance(argument, click.Argument):
            metavar = argument.metavar or str(argument.name).upper()
            for word in re.findall(r"[A-Z]+(?:\.[a-z]+)?", metavar):
                assert word in command.help, f"the help of {name} does not say what {word} is"
    assert name in SECTIONS, f"docs/command-line.md has no section '## {name}'"
    assert f"\nherdmap {name}" in SECTIONS[name]
    assert f"(#{name})" in PAGE.read_text(encoding="utf-8"), "and a row in the table at the top"


@pytest.mark.parametrize("name", sorted(herdmap.commands))
def test_the_readme_names_every_command(name: str) -> None:
    assert re.search(rf"\| `herdmap {name}[ `]", (ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "option"), list(options()), ids=lambda value: getattr(value, "name", value))
def test_every_option_is_described_and_has_help_and_an_example(name: str, option: click.Option) -> None:
    text = re.sub(r"\[.*?\]", "", option.help or "").strip()
    assert re.match(r"[A-Z].*[\w%)]\.$", text), f"{name} {option.opts[-1]}: the help is no sentence: {text!r}"
    assert option.metavar or option.is_flag or isinstance(option.type, click.Choice), f"{name} {option.opts[-1]}"
    rows = [row for row in SECTIONS[name].splitlines() if row.startswith("| `-")]
    for flag in (*option.opts, *option.secondary_opts):
        described = [row for row in rows if re.search(rf"`{re.escape(flag)}[` ]", row.split(" | ")[0])]
        assert len(described) == 1, f"docs/command-line.md: {name} {flag} has {len(described)} rows"
        example = described[0].rsplit("`", 2)[1]
        assert any(f"{given} " in f"{example} " for given in (*option.opts, *option.secondary_opts)), example


@pytest.mark.parametrize(
    "name", [name for name, command in herdmap.commands.items() if isinstance(command, Command) and command.headings]
)
def test_help_under_headings_has_every_option_once(name: str) -> None:
    command = herdmap.commands[name]
    assert isinstance(command, Command)
    shown = command.get_help(click.Context(command, **herdmap.context_settings))
    listed = [option for names in command.headings.values() for option in names]
    assert sorted(listed) == sorted(p.name for p in command.params if isinstance(p, click.Option))
    for heading in (*command.headings, "Help"):
        assert f"\n{heading}:\n" in shown
    for option in command.params:
        if isinstance(option, click.Option):
            assert len(re.findall(rf"^  .*{re.escape(option.opts[-1])}\b(?!-)", shown, flags=re.M)) >= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[default: 0.2; 0<=x<=1]", "[default: 0.2; 0 to 1]"),
        ("[0<x<=86400]", "[more than 0, at most 86400]"),
        ("Tiles.  [x>=1]", "Tiles.  [at least 1]"),
        ("[x<5]", "[less than 5]"),
        ("[default: 0; 0<=x<=1099511627776]", "[default: 0; at least 0]"),
        ("Its box.  [default: point in KML, else box]", "Its box.  [default: point in KML, else box]"),
    ],
)
def test_ranges_are_in_words(text: str, words: str) -> None:
    assert range_in_words(text) == words


@pytest.mark.parametrize("name", sorted(herdmap.commands))
def test_no_help_has_a_range_as_a_formula(name: str) -> None:
    command = herdmap.commands[name]
    assert not re.search(r"<=|>=|\dx|x<", command.get_help(click.Context(command, **herdmap.context_settings)))


def test_detect_has_the_headings_of_its_page() -> None:
    """The tables of `detect` stand under the headings of its `--help`, and each holds the options of its heading."""
    assert isinstance(DETECT, Command)
    names = {flag: option.name for option in DETECT.params for flag in option.opts}
    found: dict[str, list[str | None]] = {}
    for part in re.split(r"^### ", SECTIONS["detect"], flags=re.M)[1:]:
        heading, body = part.split("\n", 1)
        rows = [re.findall(r"`(--[a-z-]+)", row.split(" | ")[0])[0] for row in body.splitlines() if row[:4] == "| `-"]
        if rows:
            found[heading] = [names[flag] for flag in rows]
    assert found == {heading: list(options) for heading, options in DETECT.headings.items()}


def test_every_command_stands_under_a_heading_of_the_main_help() -> None:
    assert isinstance(herdmap, Commands)
    listed = [name for names in herdmap.HEADINGS.values() for name in names]
    assert sorted(listed) == sorted(herdmap.commands)


def test_no_option_is_described_that_is_not_there() -> None:
    for name, section in SECTIONS.items():
        if name not in herdmap.commands:
            continue
        known = {flag for of, option in options() if of == name for flag in (*option.opts, *option.secondary_opts)}
        for row in section.splitlines():
            if row.startswith("| `-"):
                flags = set(re.findall(r"`(--?[a-z][a-z0-9-]*)", row.split(" | ")[0]))
                assert flags <= known, f"{name}: {flags - known}"


def test_there_are_examples() -> None:
    assert len(examples(PAGE)) > 30


@pytest.mark.parametrize("line", list(dict.fromkeys(line for page in PAGES for line in examples(page))))
def test_every_example_can_be_typed(line: str) -> None:
    """The line parses: real commands, real options, values in range. Nothing is run."""
    name, *rest = shlex.split(line, comments=True)[1:]
    if name.startswith("-"):
        with pytest.raises(click.exceptions.Exit) as end:
            herdmap.make_context("herdmap", [name, *rest])
        assert end.value.exit_code == 0
    else:
        assert name in herdmap.commands, f"herdmap has no command {name!r}"
        herdmap.commands[name].make_context(name, rest, **herdmap.context_settings)


def test_exit_codes_and_json_lines_are_those_of_the_program() -> None:
    from tests.detector.cli.test_progress import FIELDS

    page = PAGE.read_text(encoding="utf-8")
    codes = re.findall(r"^\| (\d) \|", SECTIONS["Exit codes"], flags=re.M)
    assert codes == ["0", "1", "2", "3", "4"]
    for event, fields in FIELDS.items():
        (line,) = re.findall(rf'^{{"event": "{event}".*}}$', page, flags=re.M)
        assert set(json.loads(line)) == fields


def test_the_profile_is_shown_as_the_program_prints_it() -> None:
    (shown,) = re.findall(r"```text\n(\d+ tiles searched.*?)```", SECTIONS["detect"], flags=re.S)
    stages = dict(re.findall(r"^  (\w+) .*?%  (.+)$", shown, flags=re.M))
    assert stages == {name: meaning for name, meaning in STAGES.items() if name in stages}
    assert len(stages) > 5


ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_path_in_the_architecture_exists() -> None:
    named = set(re.findall(r"`([a-z_]\w*/[\w/]*(?:\.py)?)`", ARCHITECTURE))
    assert len(named) > 20
    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_architecture_shows_every_folder_above_what_it_imports() -> None:
    """The picture has each folder of the two packages once, in the order of the floors of the structure test."""
    (picture,) = re.findall(r"```text\n(.*?)```", ARCHITECTURE, flags=re.S)
    for package in ("detector", "geo"):
        begins = picture.rindex(f"{package}/ ")
        shown = re.findall(r"\b([a-z]+)/", picture[begins:].removeprefix(f"{package}/").split("\ngeo/")[0])
        folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")} - {"cli"}
        assert sorted(shown) == sorted(folders)
        floors = [FLOOR[f"{package}.{name}"] for name in shown]
        assert floors == sorted(floors)


def test_the_architecture_finds_everything_in_fifteen_rows() -> None:
    rows = [row for row in ARCHITECTURE.splitlines() if row.startswith("| ") and not row.startswith("| question")]
    assert 8 <= len(rows) <= 15
    for path in (path for package in ("detector", "geo") for path in (ROOT / package).glob("*/__init__.py")):
        folder = f"`{path.parent.relative_to(ROOT).as_posix()}/`"
        assert any(folder in row for row in rows), f"no row leads to {folder}"


def _is_there(name: str) -> bool:
    """Whether a dotted name is a module of the project, or something that its module defines or imports."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:n])
        path = base.with_suffix(".py") if base.with_suffix(".py").exists() else base / "__init__.py"
        if path.exists():
            text = path.read_text(encoding="utf-8")
            return n == len(parts) or (base / parts[n]).exists() or bool(re.search(rf"\b{parts[n]}\b", text))
    return False


def test_every_dotted_name_in_a_docstring_or_page_is_there() -> None:
    """A module that moves takes the texts that name it along."""
    folders = ("geo", "detector", "herdmap", "scripts", "benchmarks", "tests", "docs")
    files = [*ROOT.glob("*.md"), *(path for folder in folders for path in (ROOT / folder).rglob("*.[pm][yd]"))]
    named = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in re.findall(r"`((?:geo|detector|herdmap)(?:\.\w+)+)[`(]", path.read_text(encoding="utf-8"))
    ]
    endings = (".py", ".gpkg", ".onnx", ".qgz")
    assert len(named) > 50
    assert not [(path, name) for path, name in named if not name.endswith(endings) and not _is_there(name)]
