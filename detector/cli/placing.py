"""The commands that place photos on the ground: georeference, locate. And the options that all such commands share."""

import csv
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from detector.cli.group import DONE, FILE, herdmap, with_options

_POSES = (
    click.option("--position", type=FILE, metavar="FILE", help="Poses (CSV) or a flight log (GPX, CSV)."),
    click.option("--position-crs", metavar="EPSG:N", help="The CRS of x and y in it.  [default: WGS 84, or its .prj]"),
    click.option("--dem", type=FILE, metavar="FILE", help="Heights of the ground, a raster."),
    click.option("--agl", type=click.FloatRange(2, 20_000), metavar="M", help="Every camera's height above ground."),
    click.option("--ground", type=float, metavar="Z", help="The height of level ground, in the altitudes' datum."),
    click.option("--clock-offset", type=float, metavar="S", help="Seconds: camera + S = flight log.  [default: found]"),
    click.option("--camera", type=FILE, metavar="FILE", help="Camera calibration, OpenCV's or OpenDroneMap's."),
    click.option(
        "--mount",
        type=float,
        nargs=3,
        metavar="YAW PITCH ROLL",
        help="How the camera sits in the aircraft.  [default: 0 -90 0]",
    ),
)
# Options whose settings have another name.
_SETTINGS = {"clock_offset": "clock_offset_s", "camera": "calibration", "animal_speed": "animal_speed_m_s"}
_OVERLAPS = (
    click.option(
        "--count-overlaps",
        type=click.Choice(["animals", "cells", "all"]),
        default="animals",
        show_default=True,
        help="Where images overlap: each animal once, those in their photo's cell, or all.",
    ),
    click.option(
        "--animal-speed",
        type=click.FloatRange(0, 30),
        default=0.0,
        metavar="M/S",
        help="How fast animals may walk between photos.  [default: 0]",
    ),
    click.option(
        "--match-images/--no-match-images",
        default=False,
        help="Register photos by their pixels too, not by their animals alone.  [default: not]",
    ),
)


def pose_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say where its photos are."""
    return with_options(_POSES, command)


def overlap_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what counts where images overlap."""
    return with_options(_OVERLAPS, command)


def pose_settings(given: dict[str, Any]) -> dict[str, Any]:
    """The values of `pose_options` and `overlap_options` as `PoseSettings` calls them."""
    return {_SETTINGS.get(name, name): value for name, value in given.items()}


def _as_option(name: str, value: Any) -> str:
    """A setting as one would give it."""
    option = next((option for option, setting in _SETTINGS.items() if setting == name), name).replace("_", "-")
    if value is True:
        return f"--{option}"
    return f"--{option} " + " ".join(map(str, value if isinstance(value, tuple) else [value]))


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@pose_options
@overlap_options
@click.option("--forget", is_flag=True, help="Start from the photos' tags, not from what the survey was placed with.")
@click.pass_context
def georeference(context: click.Context, /, survey_file: Path, forget: bool, **options: Any) -> int:
    """Place the photos of a finished survey anew, without looking at them again. Reviews are kept.

    What it was last placed with holds, but for the options given here.
    """
    from detector import survey
    from detector.cli.console import Lines, plain

    default = click.core.ParameterSource.DEFAULT
    given = {name for name in options if context.get_parameter_source(name) != default}
    settings = pose_settings({name: value for name, value in options.items() if name in given})
    before = {} if forget else survey.placed_with(survey_file, except_for=settings)
    if before:
        said = ", ".join(_as_option(name, value) for name, value in before.items())
        click.echo(f"herdmap: as it was placed before: {plain(said)}", err=True)
    moved = survey.georeference(survey_file, survey.PoseSettings(**{**before, **settings}), Lines())
    click.echo(plain(moved.summary()))
    return DONE


@herdmap.command(short_help="Where on the ground pixels of a photo are.")
@click.argument("image", type=FILE)
@click.argument("xy", nargs=-1, required=True, type=click.FloatRange(0), metavar="X Y [X Y]...")
@pose_options
@click.option("--crs", metavar="EPSG:N", help="The CRS to print.  [default: the photo's UTM zone, the image's own]")
def locate(image: Path, xy: tuple[float, ...], crs: str | None, **given: Any) -> int:
    """Print where on the ground pixels of a photo or orthomosaic are, as CSV: x_px, y_px, x, y, z, error_m.

    X and Y are px from the image's top left corner.
    """
    from detector import survey
    from detector.cli.console import plain
    from geo import raster
    from geo.georeference import in_degrees
    from geo.photos import poses

    if len(xy) % 2:
        raise click.UsageError(f"{len(xy)} numbers: give pixels as pairs X Y")
    given = pose_settings(given)
    survey.PoseSettings(**given)  # which says what is out of range
    if given["mount"] is None:
        del given["mount"]
    points = list(zip(xy[::2], xy[1::2], strict=True))
    info = raster.inspect(image)
    for x, y in points:
        if x > info.width or y > info.height:
            raise click.UsageError(f"pixel ({x:g}, {y:g}) lies outside {image.name}: {info.width} x {info.height} px")
    found = poses.locate(info, points, crs=crs, **given)
    for reason in found.reasons:
        click.echo(f"herdmap: {plain(reason)}", err=True)
    digits = 9 if in_degrees(found.crs_wkt) else 3
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["x_px", "y_px", "x", "y", "z", "error_m"])
    for (x_px, y_px), x, y, z, error in zip(points, found.x, found.y, found.z, found.error_m, strict=True):
        heights = ("" if math.isnan(value) else f"{value:.2f}" for value in (z, error))
        writer.writerow([f"{x_px:g}", f"{y_px:g}", f"{x:.{digits}f}", f"{y:.{digits}f}", *heights])
    return DONE
