"""The algorithms of the numbers: what each hands to the command, and what that makes of it."""

import csv
import json

import pytest
from qgis import processing
from qgis.core import QgsProcessingException, QgsProcessingFeedback


class Feedback(QgsProcessingFeedback):
    """What a run says."""

    def __init__(self):
        super().__init__()
        self.texts, self.warnings, self.commands = [], [], []

    def pushInfo(self, text):
        self.texts.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)

    def pushCommandInfo(self, text):
        self.commands.append(text)


@pytest.fixture
def strata(tmp_path):
    ring = [(36, -2), (36.4, -2), (36.4, -2.2), (36, -2.2), (36, -2)]
    path = tmp_path / "strata.geojson"
    feature = {
        "type": "Feature",
        "properties": {"stratum": "A"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def run(name, parameters):
    said = Feedback()
    return processing.run(f"herdmap:{name}", parameters, feedback=said), said


def test_a_plan_with_routes(provider, practice, strata, tmp_path):
    outputs = {"OUTPUT": str(tmp_path / "plan.gpkg"), "GPX": str(tmp_path / "plan.gpx")}
    wish = {"STRATA": str(strata), "NUMBER": 6, "STRIP_WIDTH": 250, "PHOTO_EVERY": 100, "BEARING": 30}
    _, said = run("plan", {**wish, **outputs})
    assert (tmp_path / "plan.gpkg").exists()
    assert "<rte>" in (tmp_path / "plan.gpx").read_text()
    assert any("6 transects, bearing 30" in text for text in said.texts)
    with pytest.raises(QgsProcessingException, match="“Wanted CV of the estimate”"):
        run("plan", {"STRATA": str(strata), "STRIP_WIDTH": 250, **outputs})


def test_a_trend_and_a_density(provider, practice, tmp_path):
    table, output = tmp_path / "surveys.csv", tmp_path / "o.csv"
    table.write_text("date,estimate,se\n2016,900,90\n2019,760,80\n2022,640,70\n")
    _, said = run("compare", {"FILES": [str(table)], "SEE": -5, "OUTPUT": str(output)})
    assert "--see -5" in said.commands[0]
    assert len(rows(output)) == 3
    sightings, lines = tmp_path / "sightings.csv", tmp_path / "lines.csv"
    seen = "".join(f"{n % 5},{(n * 37) % 100 * (n % 3) / 2}\n" for n in range(90))
    sightings.write_text(f"transect,distance_m\n{seen}")
    lines.write_text("transect,length_km\n" + "".join(f"{n},10\n" for n in range(5)))
    given = {"SIGHTINGS": str(sightings), "LINES": str(lines), "WIDTH": 80, "KEY": 1, "OUTPUT": str(output)}
    _, said = run("distance", given)
    assert "--key half-normal" in said.commands[0]
    assert rows(output)[0]["key"] == "half-normal"


def test_two_observers_and_a_sample(provider, practice, copied, tmp_path):
    output = tmp_path / "o.csv"
    with pytest.raises(QgsProcessingException, match="“Sightings of the first”"):
        run("observers", {"FIRST": str(copied), "SECOND": str(copied), "OUTPUT": str(output)})
    _, said = run("sample", {"SURVEY": str(copied), "POSITIVE": 1, "EMPTY": 0, "OUTPUT": str(output)})
    assert "--positive 1" in said.commands[0]
    assert len(rows(output)) == 1


def test_an_estimate_has_the_design_and_the_shares(provider, practice, tmp_path):
    strata, transects, output = (tmp_path / name for name in ("strata.csv", "transects.csv", "o.csv"))
    strata.write_text("stratum,area_km2\nA,80\n")
    transects.write_text("stratum,transect,count,area_km2\n" + "".join(f"A,{n},{10 + n % 3},1\n" for n in range(8)))
    given = {"TRANSECTS": str(transects), "STRATA": str(strata), "OUTPUT": str(output)}
    run("estimate", given)
    plain = rows(output)[0]
    run("estimate", {**given, "DESIGN": 1, "AVAILABILITY": 0.8, "AVAILABILITY_SE": 0.05})
    row = rows(output)[0]
    assert row["design"] == "systematic"
    assert float(row["estimate"]) == pytest.approx(float(plain["estimate"]) / 0.8)
    with pytest.raises(QgsProcessingException, match="survey"):
        run("estimate", {"STRATA": str(strata), "OUTPUT": str(output)})
