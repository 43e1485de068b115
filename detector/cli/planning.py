"""The command that plans the transects of a survey: plan."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, MOST_SEEDS, herdmap


def _bearings(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    """The bearing by stratum, `all` for the others. Raises BadParameter for a text that is neither."""
    found: dict[str, float] = {}
    for text in given:
        name, equals, degrees = text.rpartition("=")
        try:
            value = float(degrees)
        except ValueError:
            value = float("nan")
        name = name.strip() if equals else "all"
        if not -360 <= value <= 360 or not name or name in found:
            raise click.BadParameter(f"{text!r}: expected DEG or STRATUM=DEG, each stratum once.", context, parameter)
        found[name] = value % 180
    return found


@herdmap.command(short_help="Plan transects: lines for the map, and routes for the GPS.")
@click.argument("strata_file", type=FILE, metavar="STRATA")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="FILE.gpkg",
    help="GeoPackage (or .geojson) for the layer transects. An existing GeoPackage keeps its other layers.",
)
@click.option("--gpx", "gpx_file", type=FILE, metavar="FILE.gpx", help="Also write the routes for a GPS or a tablet.")
@click.option(
    "--strip-width",
    "width_m",
    type=click.FloatRange(0, 100_000, min_open=True),
    required=True,
    metavar="M",
    help="Full width in metres of the strip that photos or observers search.",
)
@click.option(
    "--cv",
    "cv_pct",
    type=click.FloatRange(1, 200),
    metavar="PCT",
    help="As many transects as the estimate of all strata needs for a CV of PCT %, such as 20. Needs --pilot or "
    "--density.",
)
@click.option(
    "--km",
    "length_km",
    type=click.FloatRange(0, min_open=True),
    metavar="KM",
    help="Transects of together KM km, divided between the strata.",
)
@click.option("--number", type=click.IntRange(2, 10_000), metavar="N", help="N transects in each stratum.")
@click.option(
    "--pilot",
    "pilot_file",
    type=FILE,
    metavar="FILE",
    help="An earlier survey: a survey with estimates, or a CSV of transects with counts as for herdmap estimate.",
)
@click.option("--class", "class_name", metavar="CLASS", help="The class of --pilot that the CV is for.")
@click.option(
    "--density",
    "per_km2",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="Without --pilot: about how many animals would be counted on a square kilometre.",
)
@click.option(
    "--bearing",
    "bearings",
    multiple=True,
    metavar="[STRATUM=]DEG",
    callback=_bearings,
    help="Bearing of the lines. May be repeated for strata.  [default: across each stratum's long axis]",
)
@click.option(
    "--photo-every",
    "photo_every_m",
    type=click.FloatRange(0, min_open=True),
    metavar="M",
    help="Metres between two photos, to say how many photos that is.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, MOST_SEEDS),
    default=0,
    show_default=True,
    metavar="N",
    help="Random seed of the first line in each stratum.",
)
def plan(
    strata_file: Path,
    output: Path,
    gpx_file: Path | None,
    width_m: float,
    cv_pct: float | None,
    length_km: float | None,
    number: int | None,
    pilot_file: Path | None,
    class_name: str | None,
    per_km2: float | None,
    bearings: dict[str, float],
    photo_every_m: float | None,
    seed: int,
) -> int:
    """Plan transects at equal distances in each stratum, from a random start.

    STRATA are polygons with a column stratum. Give one of --cv, --km and --number. With --pilot or --density, the
    expected CV is said too. `herdmap estimate --transects FILE.gpkg --design systematic` reads the layer.
    """
    from detector.cli.console import plain, say
    from detector.cli.mends import with_mend
    from geo.planned_transects import plan_transects

    lines, warnings = plan_transects(
        strata_file,
        output,
        width_m,
        cv=None if cv_pct is None else cv_pct / 100,
        length_km=length_km,
        number=number,
        pilot_file=pilot_file,
        class_name=class_name,
        per_km2=per_km2,
        bearings=bearings,
        photo_every_m=photo_every_m,
        gpx_file=gpx_file,
        seed=seed,
    )
    for text in warnings:
        say(text)
    for line in lines:
        click.echo(plain(with_mend(line)))
    return DONE
