"""The command that writes a survey as a document: report."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, herdmap


@herdmap.command(short_help="Write the survey as one page to print and sign.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="FILE.html|pdf",
    help="Page to write. A .pdf needs Chrome, Chromium, Edge or Brave, which prints it.",
)
@click.option("--title", metavar="TEXT", help="Title of the report.  [default: the name of FILE.gpkg]")
@click.option(
    "--observers",
    "observers_file",
    type=FILE,
    metavar="FILE.csv",
    help="Also show what two observers of the same photos found: the table of herdmap observers -o FILE.csv.",
)
def report(survey_file: Path, output: Path, title: str | None, observers_file: Path | None) -> int:
    """Write the survey as one page to print and sign.

    The page of FILE.gpkg has the estimates, what was not looked at, a map, the effort, the quality and the method.
    """
    from geo.report import write_report

    click.echo(write_report(survey_file, output, title, observers_file=observers_file))
    return DONE
