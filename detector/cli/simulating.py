"""The commands on simulated surveys: simulate, demo."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, herdmap


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
    from detector.cli.console import bar
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
    from detector.cli.demo import run_demo

    run_demo(output, click.echo)
    return DONE
