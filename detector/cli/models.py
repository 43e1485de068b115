"""The commands on models and on the installation: model, train, doctor."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, TRUST, UNEXPECTED, herdmap


@herdmap.command()
@click.argument("file", metavar="FILE")
@TRUST
def model(file: str, trust: bool) -> int:
    """What is in a model file."""
    from detector import models
    from detector.console import describe

    loaded = models.open_model(file, device="cpu", trust=trust)
    click.echo(describe(loaded, models.sha256_of(*loaded.files)))
    return DONE


@herdmap.command()
@click.argument("config", type=FILE, metavar="CONFIG.toml")
def train(config: Path) -> int:
    """Train a model as a configuration file says. The same command again resumes."""
    from detector.console import training_shown
    from detector.training import train as fit

    with training_shown() as shown:
        model = fit(config, [shown])
    click.echo(f"{model}: trained; see what is in it with herdmap model {model}")
    return DONE


@herdmap.command(short_help="What is installed, which device, what is missing.")
def doctor() -> int:
    """What is installed, which device a model would run on, and what is missing."""
    from detector.doctor import report

    text, healthy = report()
    click.echo(text)
    return DONE if healthy else UNEXPECTED
