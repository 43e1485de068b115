"""The commands of training: train, schedule."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, CancelledError, herdmap

PICTURES = (".png", ".svg")


@herdmap.command()
@click.argument("config", type=FILE, metavar="CONFIG.toml")
@click.option(
    "--extend",
    is_flag=True,
    help="Continue a run, also a finished one, with another [schedule] in CONFIG.toml: more steps, or another rate.",
)
def train(config: Path, extend: bool) -> int:
    """Train a model.

    CONFIG.toml says what to train, on which data. If a run stops, give the same command again; it resumes.
    """
    from detector.cli.console import training_shown
    from detector.training import train as fit

    with training_shown() as shown:
        try:
            model = fit(config, [shown], extend=extend)
        except KeyboardInterrupt as error:
            raise CancelledError("cancelled; run the same command again to continue where it stopped") from error
    if model.is_file():  # of several processes, only the first one writes it
        click.echo(f"{model}: trained; to see what is in it, run herdmap model {model}")
    return DONE


@herdmap.command(short_help="Draw the learning rate of a training run, before you start it.")
@click.argument("config", type=FILE, metavar="CONFIG.toml")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.png|svg", help="Picture to write.")
@click.option("--find", is_flag=True, help="Instead, train a few steps at rising rates and print which rate suits.")
@click.option(
    "--steps",
    type=click.IntRange(10, 10000),
    default=100,
    show_default=True,
    metavar="N",
    help="Number of training steps of --find.",
)
def schedule(config: Path, output: Path, find: bool, steps: int) -> int:
    """Draw the learning rate of every step of a training run, and warn of settings that look wrong.

    CONFIG.toml describes the run, as for `herdmap train`.
    """
    from detector.cli.console import say
    from detector.training import draw_schedule, find_learning_rate
    from geo.output import check_writable

    if output.suffix.lower() not in PICTURES:
        raise click.UsageError(f"{output.name}: the picture must end in .png or .svg")
    check_writable(output)
    if find:
        found = find_learning_rate(config, output, steps)
        click.echo(
            f"{output}: the loss falls fastest at rate {found.steepest:.2g}; "
            f"a tenth of the rate of the lowest loss is {found.tenth:.2g}"
        )
        return DONE
    drawn = draw_schedule(config, output)
    for line in drawn.lines():
        click.echo(line)
    for text in drawn.doubts:
        say(text)
    return DONE
