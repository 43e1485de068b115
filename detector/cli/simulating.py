"""The commands that make simulated surveys: simulate, demo."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, MOST_SEEDS, herdmap

# The names in geo/simulation/species.py, which loads numpy: the help of a command must not wait for that.
SPECIES_NAMES = ("sheep", "cattle", "elephant", "antelope", "zebra", "seal", "bird")


@herdmap.command(short_help="Make a simulated survey with known animals.")
@click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="Folder to make.")
@click.option(
    "--seed",
    type=click.IntRange(0, MOST_SEEDS),
    metavar="N",
    default=1,
    show_default=True,
    help="Random seed. The same seed and settings make the same survey.",
)
@click.option(
    "--species",
    type=click.Choice(SPECIES_NAMES),
    metavar="NAME",
    default="sheep",
    show_default=True,
    help=f"Animals to simulate: {', '.join(SPECIES_NAMES)}.",
)
@click.option(
    "--animals",
    type=click.IntRange(0, 100_000),
    metavar="N",
    help="Number of animals.  [default: as the species needs room; 160 sheep]",
)
@click.option(
    "--width",
    type=click.FloatRange(5, 5000),
    metavar="M",
    default=150.0,
    show_default=True,
    help="Width of the area in metres, west to east.",
)
@click.option(
    "--height",
    type=click.FloatRange(5, 5000),
    metavar="M",
    default=115.0,
    show_default=True,
    help="Height of the area in metres, south to north.",
)
@click.option(
    "--gsd",
    type=click.FloatRange(0.01, 0.1),
    metavar="M",
    default=0.025,
    show_default=True,
    help="Metres on the ground per pixel.",
)
@click.option("--photos", is_flag=True, help="Also make single photos along a flight line, with position tags.")
@click.option(
    "--pitch",
    type=click.FloatRange(-90, -45),
    metavar="DEG",
    default=-90.0,
    show_default=True,
    help="Pitch of the camera for --photos: -90 is straight down, -45 halfway to the horizon.",
)
def simulate(
    output: Path,
    seed: int,
    species: str,
    animals: int | None,
    width: float,
    height: float,
    gsd: float,
    photos: bool,
    pitch: float,
) -> int:
    """Make a simulated survey: imagery of animals at known places.

    Use it to try Herdmap, to test a model, or to plan a flight. The truth is in truth.gpkg, and in truth.json for
    training and evaluation.
    """
    from detector.cli.console import bar
    from geo.simulation import SPECIES, SurveySettings
    from geo.simulation import simulate as make

    if pitch > -90 and not photos:
        raise click.UsageError(f"--pitch {pitch:g} is for photos; an orthomosaic looks straight down. Add --photos")
    settings = SurveySettings(
        seed=seed,
        species=species,
        animals=SPECIES[species].usual if animals is None else animals,
        width_m=width,
        height_m=height,
        gsd_m=gsd,
        photos=photos,
        pitch_deg=pitch,
    )
    with bar("simulating") as progress:
        made = make(output, settings, progress)
    placed, plural = len(made.boxes_px), SPECIES[species].plural
    short = "" if placed == settings.animals else f" (there was no room for all {settings.animals})"
    click.echo(f"{output}: a simulated survey of {placed} {plural}{short}; the truth is in truth.gpkg")
    return DONE


@herdmap.command(short_help="Try the main steps on a simulated survey.")
@click.option(
    "-o",
    "--output",
    type=FILE,
    default=Path("herdmap-demo"),
    show_default=True,
    metavar="DIR",
    help="Folder to make.",
)
def demo(output: Path) -> int:
    """Try the main steps: simulate a survey, detect, count per region, and compare with the truth."""
    from detector.cli.demo import run_demo

    run_demo(output, click.echo)
    return DONE
