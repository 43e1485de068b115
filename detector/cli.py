"""The command line: parsing over the functions of `detector` and `geo`.

Exit codes: 0 done, 1 done but some images failed, 2 bad usage or input, 3 cancelled, 4 an unexpected error. An error is
one line on stderr; the traceback only with --debug.
"""

import contextlib
import errno
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click

import detector
from detector.errors import DetectorError
from geo.errors import GeoError

DONE, SOME_FAILED, BAD_INPUT, CANCELLED, UNEXPECTED = range(5)


class _FilePath(click.Path):
    """A path; not the empty text, which as a path would be the working folder: an unset variable in a script."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("it is empty; give a path.", param, ctx)
        return super().convert(value, param, ctx)


class _CancelledError(Exception):
    """A run that ended in order because somebody asked it to."""


FILE = _FilePath()


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


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the contract's codes."""
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    # Anywhere on the line: who adds it to a failed command writes it last.
    arguments = [a for a in arguments if a != "--debug"]
    try:
        with _sigterm_as_ctrl_c():
            code = herdmap.main(arguments, prog_name="herdmap", standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.UsageError as error:
        context = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        code = _complain(f"{error.format_message().rstrip('.')}{context}", BAD_INPUT, debug)
    except click.ClickException as error:
        code = _complain(error.format_message(), BAD_INPUT, debug)
    except (DetectorError, GeoError) as error:
        code = _complain(str(error), BAD_INPUT, debug)
    except _CancelledError as error:
        code = _complain(str(error), CANCELLED, debug)
    except (KeyboardInterrupt, click.Abort):
        code = _complain("cancelled", CANCELLED, debug)
    except BrokenPipeError:
        sys.stderr.close()
        code = UNEXPECTED
    except OSError as error:
        code = _complain(*_refused_by_system(error), debug)
    except Exception as error:
        text = f"unexpected {type(error).__name__}: {error}; run again with --debug for the details"
        code = _complain(text, UNEXPECTED, debug)
    sys.exit(code if isinstance(code, int) else DONE)


def _complain(text: str, code: int, debug: bool) -> int:
    from detector.console import plain

    if debug:
        traceback.print_exc()
    click.echo(f"herdmap: {plain(' '.join(text.split()))}", err=True)
    return code


@contextlib.contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does, so that no half of a file is left and the exit code says cancelled."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread, which alone gets signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _refused_by_system(error: OSError) -> tuple[str, int]:
    """What the system would not do, where a user can mend it: (text, exit code)."""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        mend = "free some space and run the same command again, or write elsewhere"
        return f"{where}the disk is full ({error.strerror}); {mend}", BAD_INPUT
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}not allowed ({error.strerror}); allow it, or choose another place", BAD_INPUT
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG) and where:
        return f"{where}in the way ({error.strerror}); remove or rename it, or choose another name", BAD_INPUT
    return f"unexpected {type(error).__name__}: {error}; run again with --debug for the details", UNEXPECTED


@herdmap.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.gpkg", help="The result.")
@click.option("--model", metavar="FILE|NAME", help="Model file, or a bundled model's name.  [default: sheep]")
@click.option(
    "--regions", "region_file", type=FILE, metavar="FILE", help="Polygons to count in; any file that QGIS reads."
)
@click.option("--region-field", metavar="F", help="The column that names the regions.")
@click.option("--score", type=click.FloatRange(0, 1), metavar="S", help="Score threshold.  [default: the model's]")
@click.option(
    "--tile-size", type=click.IntRange(32, 16384), metavar="N", help="Tile size in px.  [default: the model's]"
)
@click.option("--overlap", type=click.IntRange(0), metavar="N", help="Overlap of tiles in px.  [default: the model's]")
@click.option(
    "--batch-size", type=click.IntRange(1, 4096), metavar="N", help="Tiles a model call.  [default: 4, on a GPU 16]"
)
@click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="auto|cpu|cuda[:N]",
    help="Where it runs; auto: a GPU if there is one.",
)
@click.option("--chips/--no-chips", default=True, show_default=True, help="A small picture with each detection.")
@click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "json", "none"]),
    default="auto",
    show_default=True,
    help="json: one object a line on stdout, and end of file on stdin cancels.",
)
@click.option("--fresh", is_flag=True, help="Start over rather than resume. Reviews are kept all the same.")
def detect(
    inputs: tuple[str, ...],
    output: Path,
    model: str | None,
    region_file: Path | None,
    region_field: str | None,
    score: float | None,
    tile_size: int | None,
    overlap: int | None,
    batch_size: int | None,
    device: str,
    chips: bool,
    progress: str,
    fresh: bool,
) -> int:
    """Find the animals in imagery and put them on the map.

    INPUT is a file, a folder (searched recursively), or @list.txt with a path a line. The same command again resumes.
    """
    from detector import survey
    from detector.console import watching

    if region_field is not None and region_file is None:
        raise click.UsageError("--region-field names a column of the region file: give --regions too")
    settings = survey.Settings(score=score, tile_size=tile_size, overlap=overlap, batch_size=batch_size, chips=chips)
    with watching(progress) as watcher:
        outcome = survey.detect(
            inputs,
            output,
            model=model,
            device=device,
            settings=settings,
            region_file=region_file,
            region_field=region_field,
            fresh=fresh,
            watcher=watcher,
        )
    if outcome.cancelled:
        raise _CancelledError("cancelled; what was finished is kept, run the same command again to resume")
    if progress != "json":
        click.echo(outcome.summary())
        if outcome.counts is not None:
            click.echo(survey.region_table(outcome.counts))
    return SOME_FAILED if outcome.failed else DONE


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "--regions",
    "region_file",
    type=FILE,
    required=True,
    metavar="FILE",
    help="Polygons to count in; any file that QGIS reads.",
)
@click.option("--region-field", metavar="F", help="The column that names the regions.")
@click.option(
    "--review",
    type=click.Choice(["all", "confirmed", "not-rejected"]),
    default="not-rejected",
    show_default=True,
    help="Which detections count.",
)
@click.option("-o", "--output", type=FILE, metavar="FILE.csv", help="Write the table here rather than on stdout.")
def count(
    survey_file: Path,
    region_file: Path,
    region_field: str | None,
    review: Literal["all", "confirmed", "not-rejected"],
    output: Path | None,
) -> int:
    """Count the animals of a survey in each region, as CSV and as the layer `counts` of the survey."""
    from detector import survey
    from geo import regions

    counts, warnings = survey.count(survey_file, region_file, region_field, review)
    for text in warnings:
        click.echo(f"herdmap: {text}", err=True)
    if output is not None:
        regions.write_csv(counts, output)
        click.echo(f"{output}: {len(counts)} rows; also in the layer 'counts' of {survey_file}")
    else:
        regions.write_csv(counts, sys.stdout)
    return DONE


@herdmap.command(short_help="Make a simulated survey whose animals are known.")
@click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="The folder to make.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**40),
    metavar="N",
    default=1,
    show_default=True,
    help="The same seed, the same survey.",
)
@click.option(
    "--animals", type=click.IntRange(0, 100_000), metavar="N", default=160, show_default=True, help="How many animals."
)
@click.option(
    "--width", type=click.FloatRange(5, 5000), metavar="M", default=150.0, show_default=True, help="Width in metres."
)
@click.option(
    "--height", type=click.FloatRange(5, 5000), metavar="M", default=115.0, show_default=True, help="Height in metres."
)
@click.option(
    "--gsd", type=click.FloatRange(0.01, 0.1), metavar="M", default=0.025, show_default=True, help="Metres a pixel."
)
@click.option("--photos", is_flag=True, help="Also single photos with pose tags, in a flight strip.")
def simulate(output: Path, seed: int, animals: int, width: float, height: float, gsd: float, photos: bool) -> int:
    """Make a simulated survey whose animals are known (truth.gpkg): to try, to test, to plan a flight."""
    from detector.console import bar
    from geo.simulation import SurveySettings
    from geo.simulation import simulate as make

    settings = SurveySettings(seed=seed, animals=animals, width_m=width, height_m=height, gsd_m=gsd, photos=photos)
    with bar("simulating") as progress:
        make(output, settings, progress)
    click.echo(f"{output}: a simulated survey of {animals} animals; the truth is in truth.gpkg")
    return DONE


@herdmap.command(short_help="Simulate, detect, count, and compare with the truth.")
@click.option(
    "-o",
    "--output",
    type=FILE,
    default=Path("herdmap-demo"),
    show_default=True,
    metavar="DIR",
    help="The folder to make.",
)
def demo(output: Path) -> int:
    """The main job on a simulated survey with the bundled model: simulate, detect, count, compare with the truth."""
    from detector.survey.demo import run_demo

    run_demo(output, click.echo)
    return DONE


@herdmap.command()
@click.argument("config", type=FILE, metavar="CONFIG.toml")
def train(config: Path) -> int:
    """Train a model as a configuration file says. The same command again resumes."""
    from detector.console import bar
    from detector.training import train as fit

    with bar("training") as progress:
        model = fit(config, progress)
    click.echo(f"{model}: trained; see what is in it with herdmap model {model}")
    return DONE


@herdmap.command()
@click.argument("file", metavar="FILE")
def model(file: str) -> int:
    """What is in a model file."""
    from detector import models
    from detector.console import describe

    path = models.resolve(file)
    loaded = models.load(path, device="cpu")
    click.echo(describe(loaded.info, path, models.sha256_of(path)))
    return DONE


@herdmap.command(short_help="What is installed, which device, what is missing.")
def doctor() -> int:
    """What is installed, which device a model would run on, and what is missing."""
    from detector.doctor import report

    text, healthy = report()
    click.echo(text)
    return DONE if healthy else UNEXPECTED
