"""Two observers of the same photos, several surveys of one place, and distances from a line: observers, compare,
distance.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import click

from detector.cli.group import CSV_OUTPUT, DONE, FILE, RAW, herdmap

_WHO = click.Choice(["all", "people", "detector"])


@herdmap.command(short_help="Estimate what two observers of the same photos both missed.")
@click.argument("first_file", type=FILE, metavar="FIRST.gpkg")
@click.argument("second_file", type=FILE, metavar="SECOND.gpkg")
@click.option(
    "--first",
    "first_who",
    type=_WHO,
    default="all",
    show_default=True,
    help="The first observer's sightings: all in FIRST.gpkg, those that people drew, or the detector's.",
)
@click.option(
    "--second",
    "second_who",
    type=_WHO,
    default="all",
    show_default=True,
    help="The second observer's sightings: all in SECOND.gpkg, those that people drew, or the detector's.",
)
@click.option(
    "--covariate",
    "covariates",
    type=click.Choice(["class", "distance", "length"]),
    multiple=True,
    help="What makes an animal hard to see: its class, its distance from the photo's centre, or its length. May be "
    "given several times.",
)
@click.option(
    "--availability",
    type=float,
    nargs=2,
    metavar="SHARE SE",
    help="The share of the animals that a photo can show at all, and its standard error.",
)
@CSV_OUTPUT
@RAW
def observers(
    first_file: Path,
    second_file: Path,
    first_who: Literal["all", "people", "detector"],
    second_who: Literal["all", "people", "detector"],
    covariates: tuple[str, ...],
    availability: tuple[float, float] | None,
    output: Path | None,
    raw: bool,
) -> int:
    """Estimate how many animals two observers of the same photos both missed.

    FIRST.gpkg and SECOND.gpkg are their surveys. Both must have searched apart: two people, or a person and a
    detector. Rejected sightings do not count. The same file may be given twice, with --first people
    --second detector, if people searched without seeing the boxes.
    """
    from detector.cli.console import say
    from geo.estimates.double_observer import Factor
    from geo.two_searches import COLUMNS, compare

    found = compare(
        first_file,
        second_file,
        first_who=first_who,
        second_who=second_who,
        covariates=covariates,
        availability=None if availability is None else Factor(*availability),
    )
    for text in found.warnings:
        say(text)
    _write(COLUMNS, found.cells(), found.lines, output, raw)
    return DONE


@herdmap.command(short_help="Compare surveys of one place: differences, trend, and the power to see a change.")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--see",
    "see_pct",
    type=click.FloatRange(-99, 1000),
    metavar="PCT",
    help="Also say how likely surveys like these show a change of PCT % a year, and how many transects it needs.",
)
@CSV_OUTPUT
@RAW
def compare(files: tuple[Path, ...], see_pct: float | None, output: Path | None, raw: bool) -> int:
    """Compare the estimates of several surveys of one place.

    FILE is a survey with estimates, dated by its photos, or a CSV with the columns date, estimate and se, and stratum,
    class and df if there are any.
    """
    from geo.compared_surveys import COLUMNS, compare_surveys

    found, power_lines = compare_surveys(files, see_pct)
    _write(COLUMNS, [one.cells() for one in found], (*(one.line() for one in found), *power_lines), output, raw)
    return DONE


@herdmap.command(short_help="Estimate the density where fewer animals are seen farther from the line.")
@click.argument("sighting_file", type=FILE, metavar="SIGHTINGS.csv")
@click.option(
    "--lines",
    "line_file",
    type=FILE,
    required=True,
    metavar="FILE.csv",
    help="CSV with the columns transect and length_km, also of lines where nothing was seen.",
)
@click.option(
    "--width",
    "width_m",
    type=click.FloatRange(0, min_open=True),
    metavar="M",
    help="Leave out what was seen farther than M metres from the line.  [default: the largest distance]",
)
@click.option(
    "--key",
    type=click.Choice(["half-normal", "hazard-rate"]),
    help="The detection function.  [default: the one with the smaller AIC]",
)
@click.option(
    "--area",
    "area_km2",
    type=click.FloatRange(0, min_open=True),
    metavar="KM2",
    help="Also estimate the animals on so many square kilometres.",
)
@CSV_OUTPUT
@RAW
def distance(
    sighting_file: Path,
    line_file: Path,
    width_m: float | None,
    key: Literal["half-normal", "hazard-rate"] | None,
    area_km2: float | None,
    output: Path | None,
    raw: bool,
) -> int:
    """Estimate the density of animals from their distances to the lines flown.

    SIGHTINGS.csv has the columns transect and distance_m, and size if groups were seen. Both sides of each line are
    searched.
    """
    from detector.cli.console import say
    from geo.estimates.distance_table import COLUMNS, estimate_by_distance

    fitted, remarks = estimate_by_distance(sighting_file, line_file, width_m=width_m, key=key, area_km2=area_km2)
    for text in remarks:
        say(text)
    _write(COLUMNS, [one.cells() for one in fitted], [one.line() for one in fitted], output, raw)
    return DONE


def _write(
    columns: Sequence[str], rows: Sequence[Sequence[object]], lines: Iterable[str], output: Path | None, raw: bool
) -> None:
    """Write a table to its file and the same in words to stdout; without a file, the table to stdout."""
    from detector.cli.console import plain
    from geo.csv_table import write_rows

    write_rows(sys.stdout if output is None else output, columns, rows, raw=raw)
    for line in lines:
        click.echo(plain(line), err=output is None)
