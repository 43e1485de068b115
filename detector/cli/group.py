"""The command group, its exit codes, and what its commands share."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import detector

DONE, SOME_FAILED, BAD_INPUT, CANCELLED, UNEXPECTED = range(5)
# The end of a range of random seeds, which `--help` does not name.
MOST_SEEDS = 2**40


class _FilePath(click.Path):
    """A path.

    Empty text is refused: a variable that is not set gives it, and pathlib would read it as the working folder.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("it is empty; give a path.", param, ctx)
        return super().convert(value, param, ctx)


class CancelledError(Exception):
    """A run that ended early because somebody cancelled it."""


FILE = _FilePath()

REVIEW = click.option(
    "--review",
    type=click.Choice(["all", "confirmed", "not-rejected"]),
    default="not-rejected",
    show_default=True,
    help="Which detections count: all, only confirmed ones, or all that nobody rejected.",
)

CSV_OUTPUT = click.option(
    "-o", "--output", type=FILE, metavar="FILE.csv", help="CSV file to write.  [default: print the table]"
)

PHOTOS = click.option(
    "--images",
    type=FILE,
    required=True,
    metavar="DIR",
    help="Folder with the photos. File names in the labels are relative to it.",
)

RAW = click.option(
    "--raw",
    is_flag=True,
    help="CSV: write texts as they are. By default an apostrophe is put before what a spreadsheet would run.",
)


def pairs(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Texts such as FIELD=COLUMN, parted. Raises BadParameter for one without a sign =, or a key given twice."""
    found: dict[str, str] = {}
    for text in given:
        field, equals, column = text.partition("=")
        if not equals or not field.strip() or not column.strip() or field.strip() in found:
            form = str(parameter.metavar)
            raise click.BadParameter(
                f"{text!r}: expected {form}, each {form.partition('=')[0]} once.", context, parameter
            )
        found[field.strip()] = column.strip()
    return found


columns_option = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    callback=pairs,
    help="For a CSV or a vector layer: the column of photo, class, score, xmin, ymin, xmax, ymax, x, y, w, h or wkt, "
    "where its name is not the usual one. May be repeated.",
)

TRUST = click.option(
    "--trust-model",
    "trust",
    is_flag=True,
    help="Run code that the model file contains. Use this only if you trust whoever made the file.",
)

PROGRESS = click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "json", "none"]),
    default="auto",
    show_default=True,
    help="How to show progress. json is for programs: one JSON object per line on stdout; closing stdin cancels.",
)

_SEARCH = (
    click.option(
        "--model", metavar="FILE|NAME", help="Model file, or name of a bundled or own model.  [default: sheep]"
    ),
    TRUST,
    click.option(
        "--score",
        type=click.FloatRange(0, 1),
        metavar="S",
        help="Keep detections with at least this score.  [default: the model's]",
    ),
    click.option(
        "--tile-size", type=click.IntRange(32, 16384), metavar="N", help="Tile size in px.  [default: the model's]"
    ),
    click.option(
        "--overlap",
        type=click.IntRange(0),
        metavar="N",
        help="Overlap of neighbouring tiles in px, best the largest animal's length.  [default: the model's]",
    ),
    click.option(
        "--batch-size",
        type=click.IntRange(1, 4096),
        metavar="N",
        help="Number of tiles the model gets at once.  [default: as many as fit in memory]",
    ),
    click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="auto|cpu|cuda[:N]",
        help="Where the model runs. auto uses a GPU if there is one.",
    ),
    PROGRESS,
)


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a search to a command: the model, the tiles, the device and the progress shown."""
    return with_options(_SEARCH, command)


def with_options(options: Sequence[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    """Add several options to a command, in the order given."""
    for option in reversed(options):
        command = option(command)
    return command


_RANGE = re.compile(r"(?:(?P<low>-?[\d.]+)(?P<above><=?))?\bx(?P<sign>[<>]=?)(?P<bound>-?[\d.]+)")
_SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def range_in_words(help_text: str) -> str:
    """The help text of an option with click's ranges, such as `0<x<=5`, in words."""

    def words(found: re.Match[str]) -> str:
        low, above, sign, bound = found.groups()
        if low is None:
            return f"{_SIGNS[sign]} {bound}"
        if float(bound) >= MOST_SEEDS:
            return f"at least {low}"
        return f"{low} to {bound}" if above == "<=" else f"more than {low}, {_SIGNS[sign]} {bound}"

    return _RANGE.sub(words, help_text)


class Command(click.Command):
    """A command with ranges in words in its `--help`, and with its options under headings if it has headings.

    headings: the names of the parameters under each heading, in order. `--help` and options without a heading come
    last, under "Help".
    """

    def __init__(self, *args: Any, headings: Mapping[str, Sequence[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings or {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        records = ((option.name, option.get_help_record(ctx)) for option in options)
        rows = {name: (row[0], range_in_words(row[1])) for name, row in records if row}
        for heading, names in self.headings.items():
            with formatter.section(heading):
                formatter.write_dl([rows.pop(name) for name in names])
        with formatter.section("Help" if self.headings else "Options"):
            formatter.write_dl(list(rows.values()))


class Commands(click.Group):
    """A group whose `--help` lists the commands under headings, in the order in which a survey needs them."""

    command_class = Command

    HEADINGS: Mapping[str, Sequence[str]] = {
        "Try it": ("demo", "simulate", "doctor", "bundle"),
        "Find and place animals": ("detect", "survey", "find", "import", "georeference", "locate"),
        "Count and estimate": ("plan", "count", "sample", "estimate", "observers", "compare", "distance"),
        "Pass on results": ("report", "share", "export", "export-data", "merge-reviews"),
        "Models and training": ("teach", "models", "model", "export-model", "evaluate", "schedule", "train"),
    }

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rest = sorted(self.commands.keys() - {name for names in self.HEADINGS.values() for name in names})
        for heading, names in {**self.HEADINGS, "Other": rest}.items():
            if names:
                with formatter.section(heading):
                    formatter.write_dl([(name, self.commands[name].get_short_help_str(100)) for name in names])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    no_args_is_help=False,
)
@click.version_option(detector.__version__, prog_name="herdmap")
@click.option("--debug", is_flag=True, help="Show the traceback of an error. May stand anywhere on the line.")
@click.pass_context
def herdmap(context: click.Context, debug: bool) -> None:
    """Find animals in aerial imagery, map them and count them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(BAD_INPUT)
