"""The command group, its exit codes, and what its commands share."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

import detector

DONE, SOME_FAILED, BAD_INPUT, CANCELLED, UNEXPECTED = range(5)


class _FilePath(click.Path):
    """A path; not the empty text, which as a path would be the working folder: an unset variable in a script."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("it is empty; give a path.", param, ctx)
        return super().convert(value, param, ctx)


class CancelledError(Exception):
    """A run that ended in order because somebody asked it to."""


FILE = _FilePath()

REVIEW = click.option(
    "--review",
    type=click.Choice(["all", "confirmed", "not-rejected"]),
    default="not-rejected",
    show_default=True,
    help="Which detections count.",
)

TRUST = click.option(
    "--trust-model", "trust", is_flag=True, help="Run the code in a pickled or Python model: only of people you trust."
)

_SEARCH = (
    click.option("--model", metavar="FILE|NAME", help="Model file, or a bundled model's name.  [default: sheep]"),
    TRUST,
    click.option("--score", type=click.FloatRange(0, 1), metavar="S", help="Score threshold.  [default: the model's]"),
    click.option(
        "--tile-size", type=click.IntRange(32, 16384), metavar="N", help="Tile size in px.  [default: the model's]"
    ),
    click.option(
        "--overlap", type=click.IntRange(0), metavar="N", help="Overlap of tiles in px.  [default: the model's]"
    ),
    click.option(
        "--batch-size",
        type=click.IntRange(1, 4096),
        metavar="N",
        help="Tiles a model call.  [default: as memory allows]",
    ),
    click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="auto|cpu|cuda[:N]",
        help="Where it runs; auto: a GPU if there is one.",
    ),
    click.option(
        "--progress",
        type=click.Choice(["auto", "bar", "json", "none"]),
        default="auto",
        show_default=True,
        help="json: one object a line on stdout, and end of file on stdin cancels.",
    ),
)


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a search: which model, on which tiles, where it runs, and what it shows."""
    return with_options(_SEARCH, command)


def with_options(options: Sequence[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command several options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    no_args_is_help=False,
)
@click.version_option(detector.__version__, prog_name="herdmap")
@click.option("--debug", is_flag=True, help="Show the traceback of an error; anywhere on the line.")
@click.pass_context
def herdmap(context: click.Context, debug: bool) -> None:
    """From aerial survey imagery to a map and a count of animals."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(BAD_INPUT)
