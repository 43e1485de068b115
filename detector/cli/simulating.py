"""The commands that make simulated surveys: simulate, demo."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, MOST_SEEDS, herdmap


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
    "--animals", type=click.IntRange(0, 100_000), metavar="N", default=160, show_default=True, help="Number of animals."
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
def simulate(output: Path, seed: int, animals: int, width: float, height: float, gsd: float, photos: bool) -> int:
    """Make a simulated survey: imagery of sheep at known places.

    Use it to try Herdmap, to test a model, or to plan a flight. The truth is in truth.gpkg.
    """
    from detector.cli.console import bar
    from geo.simulation import SurveySettings
    from geo.simulation import simulate as make

    settings = SurveySettings(seed=seed, animals=animals, width_m=width, height_m=height, gsd_m=gsd, photos=photos)
    with bar("simulating") as progress:
        make(output, settings, progress)
    click.echo(f"{output}: a simulated survey of {animals} animals; the truth is in truth.gpkg")
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
