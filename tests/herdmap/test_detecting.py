"""The front door over the whole way: imagery in, tables out, with warnings, log lines and a bar."""

import json
import logging
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import herdmap
from detector.search.batches import FittedModel
from detector.search.timing import Profile
from geo import raster
from geo.georeference import crs_to_wkt
from geo.simulation import Survey as SimulatedSurvey
from geo.vector import write_polygons
from herdmap import news
from tests.detector.models.spots import SpotModel, scene


@pytest.fixture(scope="module")
def survey(sample: SimulatedSurvey) -> herdmap.Survey:
    output = sample.folder / "survey.gpkg"
    return herdmap.detect(str(sample.orthomosaic), str(output), regions=str(sample.regions))


def test_imagery_becomes_a_survey_and_its_tables(survey: herdmap.Survey, sample: SimulatedSurvey) -> None:
    assert survey.path == sample.folder / "survey.gpkg"
    assert survey.images.status.tolist() == ["done"]
    assert 15 < len(survey.detections) < 35
    counts = survey.counts
    assert counts is not None
    assert counts.count.sum() == len(survey.animals())
    assert set(counts.region) == set(sample.counts)
    assert survey.runs[-1].model == "sheep"


def test_what_another_program_found_becomes_a_survey(
    survey: herdmap.Survey, sample: SimulatedSurvey, tmp_path: Path
) -> None:
    found = survey.animals()
    lines = ["image,xmin,ymin,xmax,ymax,species,score"]
    for box, score in zip(found.boxes_px.tolist(), found.score.tolist(), strict=True):
        lines.append(",".join([sample.orthomosaic.name, *map(str, box), "sheep", str(score)]))
    lines.append(f"{sample.orthomosaic.name},1,1,9,9,sheep,0.01")
    table = tmp_path / "theirs.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    columns = {"photo": "image", "class": "species", "score": "score"}
    columns |= {name: name for name in ("xmin", "ymin", "xmax", "ymax")}
    with pytest.warns(herdmap.HerdmapWarning, match="below 0.05 are left out: 1"):
        made = herdmap.import_labels(table, sample.folder, tmp_path / "imported.gpkg", score=0.05, columns=columns)
    assert len(made.animals()) == len(found)
    assert sorted(made.detections.boxes_px.tolist()) == sorted(found.boxes_px.tolist())
    with warnings.catch_warnings(action="ignore"):
        again = herdmap.import_labels(table, sample.folder, made, score=0.05, columns=columns)
    assert len(again.detections) == len(found)
    with pytest.raises(herdmap.Error, match="no images in this folder"):
        herdmap.import_labels(table, tmp_path, tmp_path / "other.gpkg", columns=columns)


def test_a_model_alone_finds_what_detect_finds(survey: herdmap.Survey, sample: SimulatedSurvey) -> None:
    model = herdmap.Model.load("sheep", device="cpu")
    assert model.info.classes == ("sheep",)
    assert model.sha256 == survey.runs[-1].model_sha256
    found = model.predict(sample.orthomosaic)
    recorded = survey.detections
    order, recorded_order = np.lexsort(found.boxes_px.T), np.lexsort(recorded.boxes_px.T)
    np.testing.assert_allclose(found.boxes_px[order], recorded.boxes_px[recorded_order], atol=0.006)
    np.testing.assert_allclose(found.score[order], recorded.score[recorded_order], atol=6e-5)
    assert len(model.predict(str(sample.orthomosaic), score=0.7)) < len(found)


def test_an_array_gives_what_its_file_gives(sample: SimulatedSurvey) -> None:
    model = herdmap.Model.load(device="cpu")
    with raster.RasterReader(sample.orthomosaic) as reader:
        gsd_m, pixels = reader.info.gsd_m, reader.read(0, 0, reader.info.width, reader.info.height)[0]
    by_path = model.predict(sample.orthomosaic)
    assert len(by_path) > 10
    np.testing.assert_array_equal(model.predict(pixels, gsd_m=gsd_m).boxes_px, by_path.boxes_px)


def test_a_file_and_an_array_are_searched_at_the_scale_of_the_model(tmp_path: Path) -> None:
    """Imagery of half the model's ground sample distance is thinned; the boxes are in px of the image again."""
    pixels, boxes = scene(150, 110, 12, extent=(8, 14))
    pixels, boxes = pixels.repeat(2, axis=0).repeat(2, axis=1), 2 * boxes
    path, wkt = tmp_path / "fine.tif", crs_to_wkt("EPSG:32737")
    transform = (0.05, 0.0, 263400.0, 0.0, -0.05, 9701600.0)
    raster.write_geotiff(path, iter([pixels]), 300, 220, transform, wkt, compress="deflate", overviews=False)
    model = herdmap.Model(FittedModel(SpotModel(gsd_m=0.1), Profile()))
    for found in (model.predict(path), model.predict(pixels, gsd_m=0.05)):
        assert sorted(found.boxes_px.tolist()) == sorted(boxes.tolist())
    assert sorted(model.predict(path, gsd_m=0.1).boxes_px.tolist()) == sorted(boxes.tolist())


@pytest.mark.parametrize(
    "pixels", [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 3), np.float32), np.zeros((0, 10, 3), np.uint8)]
)
def test_pixels_of_another_kind_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(herdmap.Error, match=r"expected uint8 RGB of shape \(height, width, 3\)"):
        herdmap.Model.load(device="cpu").predict(pixels)


def test_counting_again_after_a_review(survey: herdmap.Survey, sample: SimulatedSurvey) -> None:
    counts = herdmap.count(survey, sample.regions, review="all")
    assert counts.count.sum() == len(survey.detections)
    assert herdmap.count(str(survey.path), sample.regions, review="confirmed").count.sum() == 0


def test_animals_are_exported_and_shared(survey: herdmap.Survey, tmp_path: Path) -> None:
    done = herdmap.export(survey, str(tmp_path / "animals.geojson"))
    features = json.loads(done.output.read_text(encoding="utf-8"))["features"]
    assert done.rows == len(survey.animals()) == len(features)
    herdmap.report(survey, tmp_path / "report.html", title="Spring")
    assert "<h1>Spring</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    report = herdmap.share(survey, str(tmp_path / "shared"), max_size="5MB")
    assert (report.folder / "index.html").is_file()


def test_an_estimate_is_a_table_and_in_the_survey(survey: herdmap.Survey, sample: SimulatedSurvey) -> None:
    ring = np.asarray(survey.images.footprints[0])
    wkt, columns = survey.crs_wkt, {"stratum": ["all of it"], "transect": ["t1"]}
    write_polygons(sample.folder / "ground.gpkg", "ground", [ring], columns, wkt)
    ground = str(sample.folder / "ground.gpkg")
    estimates = herdmap.estimate(survey, ground, ground, full_count=True)
    assert estimates.stratum.tolist() == ["all of it", "all"]
    assert estimates.estimate.tolist() == [len(survey.animals())] * 2
    assert "Full count" in estimates.method
    written = survey.estimates
    assert written is not None
    np.testing.assert_array_equal(estimates.estimate, written.estimate)
    assert list(written.strata) == ["all of it"]


def test_estimates_from_counts_in_a_csv_need_no_survey(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("stratum,transect,class,count,area_km2\na,1,cow,3,1\na,2,cow,5,1\n")
    (tmp_path / "s.csv").write_text("stratum,area_km2\na,10\n")
    found = herdmap.estimate(None, tmp_path / "t.csv", str(tmp_path / "s.csv"))
    assert found["estimate"].tolist() == [40.0, 40.0]


def test_photos_are_placed_again(tmp_path: Path) -> None:
    sample = herdmap.simulate(tmp_path, width_m=50, height_m=40, animals=5, photos=True)
    assert sample.photos_csv is not None
    with pytest.warns(herdmap.HerdmapWarning, match="height above take-off"):
        survey = herdmap.detect(sample.photos[:2], tmp_path / "s.gpkg")
    moved = herdmap.georeference(survey, position=str(sample.photos_csv))
    assert set(moved.images.georeference) == {"camera pose"}


def test_a_failed_image_is_a_warning_at_the_callers_line_and_a_log_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "good.png")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff no photo")
    with caplog.at_level(logging.INFO, logger="herdmap"), pytest.warns(herdmap.HerdmapWarning) as told:
        survey = herdmap.detect(tmp_path, tmp_path / "s.gpkg")
    failed = [warning for warning in told if "1 of 2 images failed" in str(warning.message)]
    assert [warning.filename for warning in failed] == [__file__]
    assert any("bad.jpg failed" in line for line in caplog.messages)
    assert any("2 images" in line for line in caplog.messages)
    assert sorted(survey.images.status) == ["done", "failed"]


def test_what_goes_well_warns_of_nothing_and_prints_nothing(
    sample: SimulatedSurvey, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Of pyproj with numpy 1.25 to 2.3, as in pyproject.toml.
        warnings.filterwarnings("ignore", "Conversion of an array with ndim > 0", DeprecationWarning)
        herdmap.detect(sample.orthomosaic, tmp_path / "s.gpkg")
    assert capfd.readouterr() == ("", "")


def test_a_bar_is_shown_where_it_is_asked_for(
    sample: SimulatedSurvey, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    herdmap.detect(sample.orthomosaic, tmp_path / "s.gpkg", progress=True)
    assert "tile" in capfd.readouterr().err


@pytest.mark.parametrize(("terminal", "kernel", "wanted"), [(0, 0, False), (1, 0, True), (0, 1, True)])
def test_a_bar_is_for_a_terminal_or_a_notebook(
    monkeypatch: pytest.MonkeyPatch, terminal: int, kernel: int, wanted: bool
) -> None:
    shell = SimpleNamespace(kernel=object()) if kernel else SimpleNamespace()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: bool(terminal)))
    assert news.shows_bar(None) is wanted
    assert news.shows_bar(not wanted) is not wanted


def test_an_unknown_option_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="tile_sise"):
        herdmap.detect(tmp_path, tmp_path / "s.gpkg", tile_sise=640)  # type: ignore[call-arg]


def test_a_photo_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(herdmap.Error, match="no such file"):
        herdmap.detect(str(tmp_path / "none.jpg"), tmp_path / "s.gpkg")
