"""What people put into a survey's file stays there, whatever writes the survey."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from geo import geopackage
from geo.errors import OutputError
from geo.geopackage import schema, write_counts, write_survey
from tests.geopackage_checker import check_geopackage
from tests.surveys.small import UTM, counts, detections, images, run, write

CUSTOM = "+proj=tmerc +lat_0=1.5 +lon_0=36.5 +k=0.9996 +x_0=1000 +y_0=-5 +ellps=clrk80 +units=m"
HOLES = shapely.points([[500_010.0, 9_699_990.0], [500_020.0, 9_699_980.0], [500_500.0, 9_699_000.0]])


def put_layers(path: Path) -> None:
    """Layers and tables as QGIS or ogr2ogr puts them there."""
    names = np.array(["Ol Donyo", 'it\'s "dry"', None], object)
    for layer, crs in (("Water holes", "EPSG:21037"), ("Löcher", CUSTOM)):
        pyogrio.raw.write(
            path, shapely.to_wkb(HOLES), [names], ["name"], layer=layer, driver="GPKG", geometry_type="Point", crs=crs,
            append=False,
        )  # fmt: skip
    with closing(sqlite3.connect(path)) as db:
        schema.allow_edits(db)
        db.execute("CREATE TABLE weather (day TEXT PRIMARY KEY, wind REAL, CHECK (wind >= 0)) WITHOUT ROWID")
        db.execute("INSERT INTO weather VALUES ('2026-01-01', 3.5)")
        db.execute("CREATE INDEX windy ON weather (wind)")
        db.execute("CREATE TRIGGER calm AFTER INSERT ON weather BEGIN UPDATE weather SET wind = 0 WHERE wind > 99; END")
        db.execute("CREATE VIEW storms AS SELECT * FROM weather WHERE wind > 20")
        db.execute("INSERT INTO qgis_projects VALUES ('my map', x'7b7d', 'abcd')")
        for table, name in (("Water holes", "blue"), ("detections", "my style")):
            db.execute(
                "INSERT INTO layer_styles (f_table_name, f_geometry_column, styleName, styleQML, useAsDefault)"
                " VALUES (?, 'geom', ?, '<qgis version=\"3.40.6-Bratislava\"/>', 1)",
                (table, name),
            )
        db.execute("UPDATE layer_styles SET styleQML = '<qgis version=\"3.40\"/>' WHERE f_table_name = 'images'")
        db.execute(
            "UPDATE layer_styles SET useAsDefault = 0 WHERE f_table_name = 'detections' AND styleName = 'herdmap'"
        )
        db.commit()


def others_in(path: Path) -> dict[str, Any]:
    """What is there of it."""
    found: dict[str, Any] = {}
    for layer in ("Water holes", "Löcher"):
        _, _, wkb, columns = pyogrio.raw.read(path, layer=layer)
        found[layer] = (pyogrio.read_info(path, layer=layer)["crs"], wkb.tolist(), columns[0].tolist())
        box = (500_005.0, 9_699_970.0, 500_100.0, 9_700_000.0)
        found[f"{layer} in a box"] = len(pyogrio.raw.read(path, layer=layer, bbox=box)[2])
    with closing(sqlite3.connect(path)) as db:
        found["weather"] = db.execute("SELECT * FROM weather").fetchall()
        found["storms"] = db.execute("SELECT * FROM storms").fetchall()
        found["my map"] = db.execute("SELECT metadata, content FROM qgis_projects WHERE name = 'my map'").fetchall()
        names = ("windy", "calm", "weather", "storms", "rtree_Water holes_geom", "rtree_Water holes_geom_insert")
        query = "SELECT name, sql FROM sqlite_master WHERE name IN (?, ?, ?, ?, ?, ?) AND sql NOT LIKE '%rtree(%'"
        found["made by"] = sorted(db.execute(query, names).fetchall())
        query = "SELECT f_table_name, styleName, useAsDefault FROM layer_styles WHERE styleQML LIKE '%\"3.40%'"
        found["styles"] = sorted(db.execute(query).fetchall())
        query = "SELECT f_table_name FROM layer_styles WHERE useAsDefault = 1 AND f_table_name != 'counts'"
        found["defaults"] = sorted(db.execute(query).fetchall())
    return found


def write_again(path: Path) -> None:
    write_survey(path, images(), detections(), [run()], UTM)


@pytest.mark.parametrize("writes", [write_again, lambda path: write_counts(path, counts())])
def test_it_is_kept(tmp_path: Path, writes: Any) -> None:
    path = write(tmp_path / "survey.gpkg")
    put_layers(path)
    before = others_in(path)
    assert before["Löcher in a box"] == 2
    assert before["styles"] == [("Water holes", "blue", 1), ("detections", "my style", 1), ("images", "herdmap", 1)]
    for _ in range(2):
        writes(path)
        assert others_in(path) == before
        check_geopackage(path)


def test_a_layer_that_was_edited_after_can_be_edited_still(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg")
    put_layers(path)
    write_again(path)
    pyogrio.raw.write(
        path, shapely.to_wkb(HOLES[:1]), [np.array(["new"], object)], ["name"], layer="Water holes", driver="GPKG",
        geometry_type="Point", crs="EPSG:21037", append=True,
    )  # fmt: skip
    assert pyogrio.read_info(path, layer="Water holes", force_feature_count=True)["features"] == 4
    assert (
        len(pyogrio.raw.read(path, layer="Water holes", bbox=(500_005.0, 9_699_985.0, 500_015.0, 9_700_000.0))[2]) == 2
    )


def test_a_layer_with_a_name_of_ours_is_not_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg")
    pyogrio.raw.write(
        path, shapely.to_wkb(HOLES), [np.arange(3)], ["age"], layer="counts", driver="GPKG", geometry_type="Point",
        crs="EPSG:32736", append=False,
    )  # fmt: skip
    with pytest.raises(OutputError, match="a layer 'counts' that Herdmap did not make; rename it"):
        write_counts(path, counts())
    write_again(path)
    assert pyogrio.read_info(path, layer="counts")["features"] == 3
    assert geopackage.read_counts(path) is None
