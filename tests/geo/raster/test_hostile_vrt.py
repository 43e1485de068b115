"""VRTs that point where they must not, or hold more than sources."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import RasterError
from geo.raster import inspect
from geo.raster.vrt import vrt_sources
from tests.geo.raster.test_hostile_images import memory_stays_under, noise, read_all, refused, write_tiff
from tests.systems import symbolic_link


def write_vrt(folder: Path, source: str, extra: str = "", relative: int = 1, band: str = "", head: str = "") -> Path:
    path = folder / "a.vrt"
    path.write_text(
        f"""<VRTDataset rasterXSize="256" rasterYSize="256"{head}>{extra}
        <VRTRasterBand dataType="Byte" band="1"{band}><SimpleSource>
        <SourceFilename relativeToVRT="{relative}">{source}</SourceFilename><SourceBand>1</SourceBand>
        </SimpleSource></VRTRasterBand></VRTDataset>"""
    )
    return path


def test_a_vrt_over_a_local_file_is_read(tmp_path: Path) -> None:
    write_tiff(tmp_path / "b c.tif", noise())
    assert read_all(write_vrt(tmp_path, "b c.tif")).shape == (256, 256, 3)
    (tmp_path / "inner").mkdir()
    nested = write_vrt(tmp_path / "inner", "../a.vrt")
    np.testing.assert_array_equal(read_all(nested)[..., 0], noise()[..., 0])
    outside = write_vrt(tmp_path / "inner", str(tmp_path / "b c.tif"), relative=0)
    assert read_all(outside).shape == (256, 256, 3)


@pytest.mark.parametrize(
    "source",
    [
        "http://127.0.0.1:9/a.tif",
        "/vsicurl/http://127.0.0.1:9/a.tif",
        "/vsizip/b.zip/a.tif",
        "../x/vsicurl/a.tif",
        "GTIFF_DIR:1:b.tif",
        "WMS:http://127.0.0.1:9/",
        "&lt;VRTDataset rasterXSize='1' rasterYSize='1'/>",
        "&lt;GDAL_WMS/>",
        "vrt://b.tif",
        "",
    ],
)
@pytest.mark.parametrize("relative", [0, 1])
def test_a_vrt_that_points_elsewhere(tmp_path: Path, source: str, relative: int) -> None:
    write_tiff(tmp_path / "b.tif", noise())
    refused(write_vrt(tmp_path, source, relative=relative), "not a plain local file")


def test_a_vrt_over_what_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("root:x:0:0")
    with pytest.raises(RasterError, match=r"secret\.txt.*not an image"):
        inspect(write_vrt(tmp_path, "secret.txt"))
    with pytest.raises(RasterError, match=r"missing\.tif.*no such file"):
        inspect(write_vrt(tmp_path, "missing.tif"))
    (tmp_path / "tiles.tif").write_text("<GDAL_WMS><Service/></GDAL_WMS>")
    with pytest.raises(RasterError, match="not an image"):
        inspect(write_vrt(tmp_path, "tiles.tif"))


def test_a_vrt_of_itself(tmp_path: Path) -> None:
    refused(write_vrt(tmp_path, "a.vrt"), "itself")
    (tmp_path / "b.vrt").write_text((tmp_path / "a.vrt").read_text())
    refused(write_vrt(tmp_path, "b.vrt"), "itself")


def test_vrts_nested_too_deep(tmp_path: Path) -> None:
    write_tiff(tmp_path / "b.tif", noise())
    source = "b.tif"
    for level in range(6):
        (tmp_path / f"{level}.vrt").write_text(write_vrt(tmp_path, source).read_text())
        source = f"{level}.vrt"
    with pytest.raises(RasterError, match="nested"):
        inspect(tmp_path / "5.vrt")


PYTHON = (
    "<PixelFunctionType>f</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage>"
    "<PixelFunctionCode><![CDATA[\nimport pathlib\npathlib.Path('{}').touch()\ndef f(*a, **k): pass\n]]>"
    "</PixelFunctionCode>"
)


def test_a_vrt_with_code(tmp_path: Path) -> None:
    write_tiff(tmp_path / "b.tif", noise())
    mark = tmp_path / "ran"
    path = write_vrt(tmp_path, "b.tif", band=' subClass="VRTDerivedRasterBand"')
    path.write_text(path.read_text().replace("<SimpleSource>", PYTHON.format(mark) + "<SimpleSource>"))
    refused(path, "VRTDerivedRasterBand")
    assert not mark.exists()
    path.write_text(path.read_text().replace(' subClass="VRTDerivedRasterBand"', ""))
    refused(path, "PixelFunction")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"band": ' subClass="VRTRawRasterBand"'}, "VRTRawRasterBand"),
        ({"head": ' subClass="VRTProcessedDataset"'}, "VRTProcessedDataset"),
        ({"extra": "<OpenOptions><OOI key='X'>1</OOI></OpenOptions>"}, "OpenOptions"),
        (
            {"extra": "<Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>/vsicurl/http://x</MDI></Metadata>"},
            "overview",
        ),
        ({"extra": "<Group name='/'/>"}, "Group"),
    ],
)
def test_a_vrt_with_more_than_sources(tmp_path: Path, change: dict[str, Any], word: str) -> None:
    write_tiff(tmp_path / "b.tif", noise())
    refused(write_vrt(tmp_path, "b.tif", **change), word)


@pytest.mark.parametrize(
    "text",
    [
        "<VRTDataset",
        "<VRTDataset rasterXSize='5' rasterYSize='5'/>",
        "<VRTDataset rasterXSize='-5' rasterYSize='5'><VRTRasterBand/></VRTDataset>",
        "<VRTDataset>" * 10_000,
        "<VRTDataset rasterXSize='1000000' rasterYSize='1000000'><VRTRasterBand dataType='Byte'/></VRTDataset>",
        "<VRTDataset/>" + "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]>",
    ],
)
def test_vrts_that_make_no_sense(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.vrt").write_text(text)
    with memory_stays_under(100):
        refused(tmp_path / "a.vrt")


ATTRIBUTES = [
    "",
    'relativeToVRT="0"',
    'relativeToVRT="1"',
    'relativeToVRT="true"',
    'relativeToVRT="2"',
    'relativeToVRT="-1"',
]
ATTRIBUTES += ['RELATIVETOVRT="1"', 'relativetovrt=" 1"', 'relativeToVRT="yes"', 'relativeToVRT="0" RELATIVETOVRT="1"']
NAMES = ["x.tif", " x.tif", "./x.tif", "../here/x.tif", "<![CDATA[x.tif]]>", "x.t&#105;f", "\n  x.tif"]


LINKS = ["", "file", "two", "folder"]
CASES = [
    *((attribute, "x.tif", link) for attribute in ATTRIBUTES for link in LINKS),
    *((attribute, name, "") for attribute in ATTRIBUTES[1:3] for name in NAMES),
]


@pytest.mark.parametrize(("attribute", "name", "link"), CASES)
def test_the_source_that_is_checked_is_the_one_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attribute: str, name: str, link: str
) -> None:
    """Three files of one name, of different values: beside the VRT, beside a link to it, and where the process runs."""
    values = {"there/here": 1, "links/here": 2, "run/here": 3}
    for folder, value in values.items():
        (tmp_path / folder).mkdir(parents=True)
        write_tiff(tmp_path / folder / "x.tif", np.full((16, 16, 1), value, np.uint8))
    path = tmp_path / "there/here/a.vrt"
    path.write_text(
        f"""<VRTDataset rasterXSize="16" rasterYSize="16"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>
        <SourceFilename {attribute}>{name}</SourceFilename><SourceBand>1</SourceBand>
        </SimpleSource></VRTRasterBand></VRTDataset>"""
    )
    if link in ("file", "two"):
        symbolic_link(tmp_path / "links/here/a.vrt", "../../there/here/a.vrt")
        path = tmp_path / "links/here/a.vrt"
    if link == "two":
        symbolic_link(tmp_path / "links/b.vrt", "here/a.vrt")
        path = tmp_path / "links/b.vrt"
    if link == "folder":
        symbolic_link(tmp_path / "linked", "there/here")
        path = tmp_path / "linked/a.vrt"
    monkeypatch.chdir(tmp_path / "run/here")
    ((source, driver),) = vrt_sources(path)
    assert driver == "GTiff"
    assert inspect(source).width == 16
    read = int(read_all(path)[0, 0, 0])
    assert read == values[source.resolve().parent.relative_to(tmp_path.resolve()).as_posix()]


def test_a_source_that_is_nowhere_relative(tmp_path: Path) -> None:
    write_tiff(tmp_path / "b.tif", noise())
    refused(write_vrt(tmp_path, "b.tif", relative=0), "relative to the VRT")


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("<VRTDataset ", '<VRTDataset xmlns="http://x" ', "namespace"),
        ("<VRTDataset ", '<VRTDataset xmlns:g="http://x" g:a="1" ', "namespace"),
        ("<SourceBand>", '<x:SourceFilename xmlns:x="http://x">b.tif</x:SourceFilename><SourceBand>', "namespace"),
        ("b.tif<", "<relativeToVRT>1</relativeToVRT>b.tif<", "more than a name"),
        ('band="1">', 'band="1"><subClass>VRTDerivedRasterBand</subClass>', "subClass"),
        ("<SimpleSource>", "<Metadata><MDI><key>OVERVIEW_FILE</key>b.tif</MDI></Metadata><SimpleSource>", "key"),
        ("<VRTRasterBand", "<RPCTransformer><DEMPath>b.tif</DEMPath></RPCTransformer><VRTRasterBand", "DEMPath"),
        ("<VRTRasterBand", "<Metadata><MDI key='X_DATASET'>b.tif</MDI></Metadata><VRTRasterBand", "X_DATASET"),
    ],
)
def test_a_vrt_that_hides_what_it_opens(tmp_path: Path, before: str, after: str, word: str) -> None:
    write_tiff(tmp_path / "b.tif", noise())
    path = write_vrt(tmp_path, "b.tif")
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    refused(path, word)
