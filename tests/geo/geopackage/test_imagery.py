import json
import shutil
import warnings
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import OutputError
from geo.geopackage.imagery import ImageryLayer, Photo, contact_sheet, relative_path, write_photo_vrt, write_sheet_vrt
from geo.tables import TableError
from tests.surveys.small import UTM, in_qgis, left_in
from tests.systems import allowed_name


def photo(path, width, height, bands=3, dtype="uint8", seed=0):
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(seed).integers(1, top, (bands, height, width), dtype)
    if bands in (2, 4):
        pixels[-1] = top
        pixels[-1, : height // 2] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="PNG", width=width, height=height, count=bands, dtype=dtype) as file:
            file.write(pixels)
    return Photo(path, width, height, bands, dtype), pixels


@given(st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 9000)), min_size=1, max_size=60))
def test_no_two_photos_of_the_sheet_touch(sizes):
    transforms = contact_sheet(sizes)
    assert transforms.shape == (len(sizes), 6)
    np.testing.assert_array_equal(transforms[:, [0, 1, 3, 4]], np.tile([1, 0, 0, -1], (len(sizes), 1)))
    left, top = transforms[:, 2], transforms[:, 5]
    right, bottom = left + np.array(sizes)[:, 0], top - np.array(sizes)[:, 1]
    assert (left[0], top[0]) == (0, 0)
    for i in range(len(sizes)):
        for j in range(i):
            assert left[i] > right[j] or left[j] > right[i] or top[i] < bottom[j] or top[j] < bottom[i]
        # Row after row from the top, each from the left.
        assert i == 0 or top[i] < top[i - 1] or (top[i] == top[i - 1] and left[i] > left[i - 1])
    if len(sizes) >= 9 and len(set(sizes)) == 1:
        ratio = (right.max() - left.min()) / (top.max() - bottom.min())
        columns = len(set(left.tolist()))
        assert ratio < 2.2 * max(1, sizes[0][0] / sizes[0][1]) or columns == 1


def test_a_survey_of_many_photos_is_laid_out_nearly_square():
    transforms = contact_sheet(np.tile([6000, 4000], (20_000, 1)))
    wide, high = np.ptp(transforms[:, 2]) + 6000, np.ptp(transforms[:, 5]) + 4000
    assert 0.98 < wide / high < 1.02


def test_one_image_lies_at_its_own_pixels():
    assert contact_sheet([(640, 480)]).tolist() == [[1, 0, 0, 0, -1, 0]]
    assert contact_sheet([]).shape == (0, 6)
    with pytest.raises(TableError):
        contact_sheet([(0, 5)])


def test_the_sheet_shows_each_photo_in_its_cell(tmp_path):
    """rasterio, which is GDAL, reads the VRT; grey, alpha and 16 bit photos among RGB ones."""
    folder = tmp_path / allowed_name("fotos & 'é' <1>")
    folder.mkdir()
    kinds = (
        (40, 30, 3, "uint8"),
        (30, 40, 1, "uint8"),
        (25, 20, 4, "uint8"),
        (40, 30, 3, "uint16"),
        (20, 10, 2, "uint8"),
    )
    made = [photo(folder / f"ö {i}.png", *kind, seed=i) for i, kind in enumerate(kinds)]
    transforms = contact_sheet([(w, h) for w, h, _, _ in kinds])
    write_sheet_vrt(tmp_path / "sheet.vrt", [p for p, _ in made], transforms)
    shutil.move(tmp_path, tmp_path.with_name("moved é"))
    with rasterio.open(tmp_path.with_name("moved é") / "sheet.vrt") as sheet:
        assert sheet.dtypes == ("uint8",) * 4
        assert sheet.crs is None
        drawn = sheet.read()
        assert tuple(sheet.transform)[:6] == (1, 0, 0, 0, -1, 0)
    seen = np.zeros(drawn.shape[1:], bool)
    for (this, pixels), (_, _, left, _, _, top) in zip(made, transforms, strict=True):
        window = np.s_[int(-top) : int(-top) + this.height, int(left) : int(left) + this.width]
        seen[window] = True
        expected = pixels[[0, 0, 0]] if this.bands < 3 else pixels[:3]
        if this.dtype == "uint16":
            np.testing.assert_allclose(drawn[(slice(3), *window)], expected / 257, atol=0.51)
        else:
            np.testing.assert_array_equal(drawn[(slice(3), *window)], expected)
        alpha = pixels[-1] if this.bands in (2, 4) else np.full((this.height, this.width), 255)
        np.testing.assert_array_equal(drawn[(3, *window)], alpha)
    assert (drawn[:, ~seen] == 0).all()


def test_a_posed_photo_lies_where_its_affine_says(tmp_path):
    this, pixels = photo(tmp_path / "DJI 1.png", 40, 30)
    affine = (0.02, 0.01, 500_000.0, 0.01, -0.02, 9_700_000.0)
    (tmp_path / "vrt").mkdir()
    write_photo_vrt(tmp_path / "vrt" / "DJI 1.vrt", this, affine, UTM)
    with rasterio.open(tmp_path / "vrt" / "DJI 1.vrt") as shown:
        assert tuple(shown.transform)[:6] == pytest.approx(affine)
        assert shown.crs.to_epsg() == 32736
        np.testing.assert_array_equal(shown.read()[:3], pixels)
        assert (shown.read(4) == 255).all()
    source = ET.parse(tmp_path / "vrt" / "DJI 1.vrt").find(".//SourceFilename")
    assert source is not None
    assert source.text == "../DJI 1.png"
    assert source.get("relativeToVRT") == "1"
    assert left_in(tmp_path / "vrt") == {"DJI 1.vrt"}


def test_what_cannot_be_shown_is_refused(tmp_path):
    this, _ = photo(tmp_path / "a.png", 4, 4)
    for affine in ((1, 2, 0, 2, 4, 0), (np.nan, 0, 0, 0, -1, 0)):
        with pytest.raises(TableError, match="does not map"):
            write_photo_vrt(tmp_path / "a.vrt", this, affine, None)
    with pytest.raises(TableError, match="photos with transforms"):
        write_sheet_vrt(tmp_path / "a.vrt", [], np.zeros((0, 6)))
    with pytest.raises(TableError, match="rename the file"):
        write_photo_vrt(tmp_path / "a.vrt", Photo(tmp_path / "a\x01.png", 4, 4), (1, 0, 0, 0, -1, 0), None)
    with pytest.raises(OutputError, match="does not exist"):
        write_photo_vrt(tmp_path / "none" / "a.vrt", this, (1, 0, 0, 0, -1, 0), None)
    with pytest.raises(TableError):
        Photo(tmp_path / "a.png", 0, 4)
    with pytest.raises(TableError):
        ImageryLayer("a", "")
    assert left_in(tmp_path) == {"a.png"}


def test_paths_are_relative_to_where_they_are_read_from(tmp_path):
    assert relative_path(tmp_path / "a" / "b.jpg", tmp_path) == "a/b.jpg"
    assert relative_path(tmp_path / "b.jpg", tmp_path / "out") == "../b.jpg"


@pytest.mark.qgis
def test_what_surrounds_a_turned_photo_is_transparent_in_qgis(tmp_path):
    this, _ = photo(tmp_path / "a.png", 40, 40)
    write_photo_vrt(tmp_path / "a.vrt", this, (1, 1, 0, 1, -1, 0), UTM)
    script = """
layer = QgsRasterLayer(sys.argv[1], 'a')
settings = QgsMapSettings()
settings.setLayers([layer]); settings.setExtent(layer.extent()); settings.setOutputSize(QSize(80, 80))
settings.setDestinationCrs(layer.crs())
job = QgsMapRendererSequentialJob(settings); job.start(); job.waitForFinished()
image = job.renderedImage()
print(json.dumps([image.pixelColor(2, 2).name(), image.pixelColor(40, 40).name()]))
"""
    corner, middle = json.loads(in_qgis(script, tmp_path / "a.vrt").splitlines()[-1])
    assert corner == "#ffffff"
    assert middle != "#ffffff"
