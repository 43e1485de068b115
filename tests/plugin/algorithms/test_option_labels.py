"""The detector's messages name options; in QGIS they name the fields of the dialogs."""

import re

import pytest
from qgis import processing
from qgis.core import QgsApplication, QgsProcessingException

from qgis_plugin.algorithms.option_labels import ALGORITHMS, PARAMETERS, in_labels


def algorithm(name):
    return QgsApplication.processingRegistry().algorithmById(f"herdmap:{name}")


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("detect", "no heights: give --agl M", "no heights: give “Height of all cameras above the ground”"),
        ("detect", "give --position-crs EPSG:N", "give “CRS of the columns x and y, for example EPSG:32737”"),
        ("detect", "add --dataset", "add --dataset (Options with -- exist only on the command line.)"),
        ("export", "give --dataset FILE.toml", "give “Description of the dataset, for a Darwin Core Archive”"),
        ("detect", "Invalid value for '--overlap': 3", "Invalid value for “Overlap of the tiles”: 3"),
        # The options that follow a command are that one's: only “Georeference photos” has this one.
        ("export", "run herdmap georeference with --ground Z", "run “Georeference photos” with “Height of level ground,"
         " measured like the altitudes of the photos”"),
        ("detect", "run herdmap merge-reviews", "run “Merge two reviews”"),
        ("detect", "12 animals -- of 3 classes", "12 animals -- of 3 classes"),
    ],
)  # fmt: skip
def test_options_become_labels(provider, name, said, shown):
    assert in_labels(said, algorithm(name)) == shown


def test_the_table_names_what_there_is(provider, herdmap):
    parameters = {one.name() for a in provider.algorithms() for one in a.parameterDefinitions()}
    assert set(PARAMETERS.values()) <= parameters
    # One command with another option is two algorithms.
    assert set(ALGORITHMS.values()) == {a.id() for a in provider.algorithms()} - {"herdmap:detectrest"}
    options = {option for command in ALGORITHMS for option in re.findall(r"--[a-z][a-z-]*", herdmap(command, "--help"))}
    assert set(PARAMETERS) <= options


def test_a_mend_of_the_command_line_names_the_field(provider, practice, tmp_path):
    positions = tmp_path / "positions.csv"
    photo = next((practice / "photos").glob("*.jpg"))
    positions.write_text(f"photo,x,y\n{photo.name},500000,9600000\n")
    parameters = {"FOLDER": str(photo.parent), "POSITION": str(positions), "OUTPUT": str(tmp_path / "o.gpkg")}
    with pytest.raises(QgsProcessingException, match="“CRS of the columns x and y") as failed:
        processing.run("herdmap:detect", parameters)
    assert "--" not in str(failed.value)
