"""The table of image formats in the documentation, and the endings that decide."""

from geo.raster import image_formats
from tests import ROOT


def test_every_format_is_on_the_page() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    assert image_formats.table() in page, f"write this table into docs/formats.md:\n{image_formats.table()}"


def test_an_ending_has_one_meaning() -> None:
    assert image_formats.is_image("A.JPE")
    for ending in image_formats.IMAGE_ENDINGS:
        assert image_formats.not_searched(f"a{ending}") is None
    assert image_formats.not_searched("a.x" + "y" * 500) == ".x" + "y" * 18
