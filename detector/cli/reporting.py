"""The command that writes a survey as a document: report."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, herdmap


@herdmap.command(short_help="Write the survey as one page to print and sign.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.html", help="Page to write.")
@click.option("--title", metavar="TEXT", help="Title of the report.  [default: the name of FILE.gpkg]")
def report(survey_file: Path, output: Path, title: str | None) -> int:
    """Write the survey as one page to print and sign.

    The page of FILE.gpkg has the estimates, what was not looked at, a map, the effort, the quality and the method.
    """
    from geo.report import write_report

    click.echo(write_report(survey_file, output, title))
    return DONE
