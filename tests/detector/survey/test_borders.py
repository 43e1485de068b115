"""Undeclared borders of orthomosaics are said once, before the search."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image

from detector import survey
from detector.survey.borders import undeclared_borders
from detector.survey.planning import PlannedImage
from geo import raster
from tests.command_line import pasture


def ortho(path: Path, width: int, declared: bool = False) -> Path:
    """A mosaic whose left part is black."""
    pixels = np.maximum(pasture(300, 300, 4), 1)
    pixels[:, :width] = 0
    place = {"crs": "EPSG:32737", "transform": rasterio.Affine(0.025, 0, 500_000, 0, -0.025, 9_700_000)}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=300,
        height=300,
        count=3,
        dtype="uint8",
        nodata=0 if declared else None,
        **place,
    ) as file:
        file.write(pixels.transpose(2, 0, 1))
    return path


def planned(paths: list[Path]) -> list[PlannedImage]:
    """Images of a plan, and one that cannot be read."""
    images = [PlannedImage(path, path.name, raster.inspect(path), None) for path in paths]
    return [*images, PlannedImage(Path("gone.tif"), "gone.tif", None, "no such file")]


CASES = [
    ([60], False, "a.tif: a border of the value 0 is not declared as nodata: 20 % of the image; it counts as searched"),
    ([0, 90], False, "b.tif: a border of the value 0 is not declared as nodata: 30 %"),
    (
        [60, 90, 30],
        {},
        "3 images: a border of the value 0 is not declared as nodata, b.tif the most: 30 % of the image",
    ),
    ([0], False, None),
    ([60], True, None),
]


@pytest.mark.parametrize(("widths", "declared", "said"), CASES)
def test_borders(tmp_path: Path, widths: list[int], declared: bool, said: str | None) -> None:
    paths = [ortho(tmp_path / f"{name}.tif", width, declared) for name, width in zip("abc", widths, strict=False)]
    remarks = undeclared_borders(planned(paths), raster.undeclared_border)
    assert len(remarks) == (said is not None)
    assert said is None or said in remarks[0]
    assert all(len(remark) < 300 for remark in remarks)


def test_a_photo_may_be_black_at_its_edge(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x0110] = "Model"
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[:, 60:] = 90
    for name in ("a.tif", "a.jpg"):
        Image.fromarray(pixels).save(tmp_path / name, exif=tags)
    Image.fromarray(pixels).save(tmp_path / "b.jpg")
    paths = [tmp_path / name for name in ("a.tif", "a.jpg", "b.jpg")]
    assert undeclared_borders(planned(paths), raster.undeclared_border) == []
    # A TIFF without a place and without a camera may be a mosaic.
    Image.fromarray(pixels).save(tmp_path / "b.tif")
    assert len(undeclared_borders(planned([tmp_path / "b.tif"]), raster.undeclared_border)) == 1


def test_a_mosaic_as_jpeg_with_a_world_file(tmp_path: Path) -> None:
    pixels = np.maximum(pasture(300, 300, 4), 1)
    pixels[:, :60] = 0
    names = [f"{n}.jpg" for n in range(5)]
    for name in names:
        Image.fromarray(pixels).save(tmp_path / name, quality=95)
        (tmp_path / name).with_suffix(".jgw").write_text("0.025\n0\n0\n-0.025\n500000\n9700000\n")
    (remark,) = undeclared_borders(planned([tmp_path / name for name in names[:2]]), raster.undeclared_border)
    assert remark.startswith("2 images: a border of the value 0")
    assert undeclared_borders(planned([tmp_path / name for name in names]), raster.undeclared_border) == []


def test_a_run_says_it_once(tmp_path: Path) -> None:
    said: list[str] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            said.append(text)

    survey.detect(ortho(tmp_path / "a.tif", 60), tmp_path / "out.gpkg", watcher=Listening())
    assert len([text for text in said if "not declared as nodata" in text]) == 1
