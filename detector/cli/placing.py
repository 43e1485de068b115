"""The commands that place photos on the ground (georeference, locate), and options that they share with detect."""

import csv
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from detector.cli.group import DONE, FILE, herdmap, with_options

_POSES = (
    click.option("--position", type=FILE, metavar="FILE", help="Table of photo positions, or a flight log."),
    click.option(
        "--position-crs",
        metavar="EPSG:N",
        help="CRS of the columns x and y of --position.  [default: that of the .prj file beside it]",
    ),
    click.option(
        "--angles",
        type=click.Choice(["gimbal", "nadir", "aircraft", "opk"]),
        help="What the angles in --position are: yaw, pitch and roll of the gimbal, of a camera that looks straight "
        "down at pitch 0 (nadir) or of the aircraft, or omega, phi and kappa.  [default: the file's]",
    ),
    click.option(
        "--position-error",
        type=click.FloatRange(0, 10_000, min_open=True),
        metavar="M",
        help="Standard deviation of the positions in --position, in metres.  [default: the file's, otherwise 3]",
    ),
    click.option("--dem", type=FILE, metavar="FILE", help="Terrain model: a raster of ground heights, in any CRS."),
    click.option(
        "--agl",
        type=click.FloatRange(2, 20_000),
        metavar="M",
        help="Height of every camera above the ground below it, in metres.",
    ),
    click.option(
        "--ground",
        type=float,
        metavar="Z",
        help="Height of level ground in metres, in the same datum as the photos' altitudes.",
    ),
    click.option(
        "--relief",
        type=click.FloatRange(0, 5_000),
        metavar="M",
        help="Without --dem: how far the ground is from level, in metres (standard deviation). It enters error_m.  "
        "[default: as far as the flight's heights tell]",
    ),
    click.option(
        "--clock-offset",
        type=float,
        metavar="S",
        help="Seconds to add to the camera's clock to get the flight log's.  [default: worked out if possible]",
    ),
    click.option(
        "--camera",
        type=FILE,
        metavar="FILE",
        help="Camera calibration of OpenCV, ROS or OpenDroneMap, also of a fisheye.  [default: the lens in the photos' "
        "tags]",
    ),
    click.option(
        "--mount",
        type=float,
        nargs=3,
        metavar="YAW PITCH ROLL",
        help="How the camera is mounted in the aircraft, in degrees.  [default: 0 -90 0, straight down]",
    ),
)
POSE_OPTIONS = (
    "position",
    "position_crs",
    "angles",
    "position_error",
    "dem",
    "agl",
    "ground",
    "relief",
    "clock_offset",
    "camera",
    "mount",
)
OVERLAP_OPTIONS = ("count_overlaps", "animal_speed", "match_images")
_HEADINGS = {
    "Where the photos are": (*POSE_OPTIONS, "forget"),
    "Animals in several images": OVERLAP_OPTIONS,
}
# The settings that have another name than their option.
_SETTINGS = {
    "animal_speed": "animal_speed_m_s",
    "camera": "calibration",
    "clock_offset": "clock_offset_s",
    "position_error": "position_error_m",
    "relief": "relief_m",
}
_OVERLAPS = (
    click.option(
        "--count-overlaps",
        type=click.Choice(["animals", "cells", "all"]),
        default="animals",
        show_default=True,
        help="Where images overlap, count each animal once, the sightings in their photo's cell, or all sightings.",
    ),
    click.option(
        "--animal-speed",
        type=click.FloatRange(0, 30),
        default=0.0,
        metavar="M/S",
        show_default=True,
        help="Fastest speed of a walking animal between two photos, in metres per second.",
    ),
    click.option(
        "--match-images/--no-match-images",
        default=False,
        help="Align overlapping photos by their pixels as well as by their animals.  [default: no-match-images]",
    ),
)


def pose_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the photos are."""
    return with_options(_POSES, command)


def overlap_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what counts where images overlap."""
    return with_options(_OVERLAPS, command)


def pose_settings(given: dict[str, Any]) -> dict[str, Any]:
    """The values of `pose_options` and `overlap_options` under the names that `PoseSettings` has for them."""
    return {_SETTINGS.get(name, name): value for name, value in given.items()}


def kept_settings(context: click.Context, survey_file: Path | None, options: dict[str, Any]) -> dict[str, Any]:
    """The settings that the user gave, and where they gave none, those with which a survey was last placed; it says so.

    survey_file: None for no survey. options: of `pose_options` and `overlap_options`.
    """
    from detector import survey
    from detector.cli.console import plain

    default = click.core.ParameterSource.DEFAULT
    given = {name: value for name, value in options.items() if context.get_parameter_source(name) != default}
    settings = pose_settings(given)
    before = {} if survey_file is None else survey.placed_with(survey_file, except_for=settings)
    if before:
        said = ", ".join(_as_option(name, value) for name, value in before.items())
        click.echo(f"herdmap: settings kept from the last placement: {plain(said)}", err=True)
    return {**before, **settings}


def _as_option(name: str, value: Any) -> str:
    """A setting as a user would type it."""
    option = next((option for option, setting in _SETTINGS.items() if setting == name), name).replace("_", "-")
    if value is True:
        return f"--{option}"
    return f"--{option} " + " ".join(map(str, value if isinstance(value, tuple) else [value]))


@herdmap.command(headings=_HEADINGS)
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@pose_options
@overlap_options
@click.option("--forget", is_flag=True, help="Ignore the settings of the last placement.")
@click.pass_context
def georeference(context: click.Context, /, survey_file: Path, forget: bool, **options: Any) -> int:
    """Correct where the photos of a finished survey lie.

    Nothing is searched again, and reviews are kept. FILE.gpkg keeps the settings of its last placement, except those
    that you give here.
    """
    from detector import survey
    from detector.cli.console import Lines, plain

    settings = kept_settings(context, None if forget else survey_file, options)
    moved = survey.georeference(survey_file, survey.PoseSettings(**settings), Lines())
    click.echo(plain(moved.summary()))
    return DONE


@herdmap.command(short_help="Print the map coordinates of pixels of an image.")
@click.argument("image", type=FILE)
@click.argument("xy", nargs=-1, required=True, type=click.FloatRange(0), metavar="X Y [X Y]...")
@pose_options
@click.option("--crs", metavar="EPSG:N", help="CRS to print.  [default: the image's own, or a photo's UTM zone]")
def locate(image: Path, xy: tuple[float, ...], crs: str | None, **given: Any) -> int:
    """Print the map coordinates of pixels of a photo or orthomosaic.

    IMAGE is the photo or orthomosaic. X and Y are in px, from its top left corner. The result is CSV with the columns
    x_px, y_px, x, y, z, error_m.
    """
    from detector import survey
    from detector.cli.console import say
    from geo import raster
    from geo.georeference import in_degrees
    from geo.photos import poses

    if len(xy) % 2:
        raise click.UsageError(f"found {len(xy)} numbers, an odd count; give each pixel as a pair X Y")
    given = pose_settings(given)
    survey.PoseSettings(**given)  # refuses values out of range
    if given["mount"] is None:
        del given["mount"]
    points = list(zip(xy[::2], xy[1::2], strict=True))
    info = raster.inspect(image)
    for x, y in points:
        if x > info.width or y > info.height:
            raise click.UsageError(
                f"pixel ({x:g}, {y:g}) lies outside {image.name}, which has {info.width} x {info.height} px"
            )
    found = poses.locate(info, points, crs=crs, **given)
    for reason in found.reasons:
        say(reason)
    digits = 9 if in_degrees(found.crs_wkt) else 3
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["x_px", "y_px", "x", "y", "z", "error_m"])
    for (x_px, y_px), x, y, z, error in zip(points, found.x, found.y, found.z, found.error_m, strict=True):
        heights = ("" if math.isnan(value) else f"{value:.2f}" for value in (z, error))
        writer.writerow([f"{x_px:g}", f"{y_px:g}", f"{x:.{digits}f}", f"{y:.{digits}f}", *heights])
    return DONE
