"""One exposure in two formats is searched once, and photos that seem to be one are named."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector import models
from detector.evaluation.search import look
from detector.labels.labelled import LabelledImage
from detector.survey.exposures import second_copies
from geo import raster
from tests.command_line import pasture
from tests.geo.raster.camera_files import dng_with_tags, exif, heic
from tests.systems import symbolic_link

PIXELS = np.full((40, 60, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, raster.RasterInfo]:
    """Headers of one exposure in four formats."""
    folder = tmp_path_factory.mktemp("exposures")
    Image.fromarray(PIXELS).save(folder / "a.jpg", exif=exif())
    Image.fromarray(PIXELS).save(folder / "a.png", exif=exif())
    paths = [
        folder / "a.jpg",
        folder / "a.png",
        heic(folder / "a.heic", PIXELS),
        dng_with_tags(folder / "a.dng", PIXELS),
    ]
    return {path.suffix[1:]: raster.inspect(path) for path in paths}


CASES = [
    # images, "=" with another time of exposure; those left out; the beginning of what is said
    (
        ["jpg/1.jpg", "raw/1.dng"],
        ["raw/1.dng"],
        "not searched, since they are .* another format: 1 .dng .searched as .jpg",
    ),
    (["raw/1.dng", "jpg/1.JPG", "raw/2.dng", "jpg/2.JPG"], ["raw/1.dng", "raw/2.dng"], "not searched, .*: 2 .dng"),
    (["raw/1.dng", "phone/1.heic"], ["raw/1.dng"], "not searched, .*: 1 .dng .searched as .heic"),
    (["a/1.jpg", "b/1.heic", "c/1.dng"], ["b/1.heic", "c/1.dng"], "not searched, .*: 1 .dng .*, 1 .heic"),
    (["jpg/1.jpg", "raw/=1.dng"], [], None),
    (["jpg/1.jpg", "raw/2.dng"], [], None),
    (["a/1.dng", "b/1.dng"], [], None),
    (["a/1.jpg", "b/1.jpg"], [], None),
    (["a/1.jpg", "b/1.png"], [], None),
    (["a/1.jpg", "a/1.png", "a/2.png"], [], "photos that seem to be there in two formats: 1, as 1.jpg and 1.png"),
]


@pytest.mark.parametrize(("names", "left_out", "said"), CASES)
def test_exposures(
    headers: dict[str, raster.RasterInfo], names: list[str], left_out: list[str], said: str | None
) -> None:
    images: list[tuple[Path, raster.RasterInfo | None]] = []
    for name in names:
        path, info = Path(name.replace("=", "")), headers[name.rpartition(".")[2].lower()]
        images.append((path, replace(info, captured_at="2026-02-03T04:05:07") if "=" in name else info))
    out, remarks = second_copies([*images, (Path("broken.jpg"), None)])
    assert [names[n] for n in sorted(out)] == left_out
    assert len(remarks) == (said is not None)
    assert said is None or re.match(said, remarks[0])


def test_an_evaluation_searches_every_photo_that_has_labels(tmp_path: Path) -> None:
    """Labels of two files of one exposure, one of them by a link as well, are labels of three photos."""
    pixels = pasture(200, 200, 4)
    for folder in ("raw", "jpg"):
        (tmp_path / folder).mkdir()
    paths = [dng_with_tags(tmp_path / "raw" / "a.dng", pixels, linear=True), tmp_path / "jpg" / "a.jpg"]
    Image.fromarray(pixels).save(paths[1], exif=exif())
    symbolic_link(tmp_path / "b.jpg", "jpg/a.jpg")
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    photos = [LabelledImage(path, 200, 200, path.stem, *none) for path in (*paths, tmp_path / "b.jpg")]
    looked = look(models.load(None, "cpu"), photos)
    assert [image.path for image in looked.images] == [photo.path for photo in photos]
    assert all(any(len(part.detections) for part in parts) for parts in looked.parts)
