"""What a folder is searched for, what is said of the rest, and photos that are reached in two ways."""

import os
import shutil
from pathlib import Path

import pytest

from detector import models, survey
from detector.errors import InputError
from detector.survey.listing import list_images
from geo import geopackage, raster
from geo.georeference import crs_to_wkt
from tests.detector.models.spots import SpotModel, scene
from tests.systems import symbolic_link

FILES = [
    # names of files in a folder beside one photo; what is said of them
    (["a.mp4", "b.MP4", "c.ecw"], "3 files are not searched: 2 .mp4 (video), 1 .ecw (no reader)"),
    (["a.bmp"], "1 file is not searched: 1 .bmp (no reader)"),
    (["a.gif", "b.gif", "sub/c.gif"], "3 files are not searched: 3 .gif (no reader)"),
    (
        ["a.SID", "a.jxl", "a.avif"],
        "3 files are not searched: 1 .avif (no reader), 1 .jxl (no reader), 1 .sid (no reader)",
    ),
    (["photos.zip", "b.tar.gz"], "2 files are not searched: 1 .gz (archive), 1 .zip (archive)"),
    (["a.jpg_original"], "1 file is not searched: 1 .jpg_original (copy)"),
    ([".a.jpg.icloud"], "1 file is not searched: 1 .icloud (not downloaded)"),
    (["a.MOV", "b.mov", "a.lrv"], "3 files are not searched: 2 .mov (video), 1 .lrv (video)"),
    # one photo in two formats
    (["one.dng", "one.ARW"], "2 files are not searched: 1 .arw (searched as .jpg), 1 .dng (searched as .jpg)"),
    (["One.heic"], "1 file is not searched: 1 .heic (searched as .jpg)"),
    (["a.x3f"], "1 file is not searched: 1 .x3f (camera RAW)"),
    (["IMG_0001", "a.strange"], "2 files are not searched: 1 .strange, 1 without an ending"),
    (["a.b1", "a.b2", "a.b3", "a.b4", "a.b5", "a.b6", "a.b7", "b.b7"], "1 .b5, 1 of other kinds"),
    # no pictures, and nothing to say
    (["notes.txt", "a.jgw", "a.jpg.aux.xml", "flight.MRK", "log.bin", "x.gpkg", "a.srt"], None),
    ([".hidden.mp4", "._a.jpg", ".thumbs/a.jpg", "x.herdmap/a.mp4"], None),
]


@pytest.mark.parametrize(("names", "said"), FILES)
def test_what_a_folder_holds_besides_is_said_by_kind(tmp_path: Path, names: list[str], said: str | None) -> None:
    folder = tmp_path / "photos"
    _touch(folder, "one.jpg", *names)
    found = list_images(folder)
    assert found.images == (folder / "one.jpg",)
    if said is None:
        assert found.remarks == ()
    else:
        (remark,) = found.remarks
        assert str(remark).startswith(f"in {folder}: ".replace(str(folder), _short(folder)))
        assert str(remark).endswith(said)
        assert len(remark) < 300


ENDINGS = "jpg JPG jpeg jpe JPE jfif JFIF tif TIFF png webp jp2 j2k img vrt heic HIF dng ARW NEF CR2 CR3 raf RW2 orf"


@pytest.mark.parametrize("ending", ENDINGS.split())
def test_the_ends_of_names_of_images(tmp_path: Path, ending: str) -> None:
    _touch(tmp_path, f"one.{ending}")
    assert list_images(tmp_path).images == (tmp_path / f"one.{ending}",)


def test_a_folder_without_images_says_what_it_holds(tmp_path: Path) -> None:
    _touch(tmp_path, "a.ecw", "b.ecw", "c.mp4")
    with pytest.raises(InputError, match=r"no images in this folder; .* it holds 2 \.ecw \(no reader\), 1 \.mp4"):
        list_images(tmp_path)


def test_inputs_are_files_folders_and_lists_each_image_once(tmp_path: Path) -> None:
    _touch(tmp_path, "b/2.JPG", "b/1.tif", "a.png", "b/.hidden.png", "x.herdmap/sheet.vrt", "notes.txt")
    (tmp_path / "list.txt").write_text("# photos\nb/2.JPG\n\ngone.jpg\n", encoding="utf-8")
    found = list_images([tmp_path / "b" / "2.JPG", tmp_path, f"@{tmp_path / 'list.txt'}"])
    assert _names(found.images, tmp_path) == ["b/2.JPG", "a.png", "b/1.tif", "gone.jpg"]
    assert found.remarks == ()


def test_one_input_as_text_is_a_path_and_not_its_letters(tmp_path: Path) -> None:
    photo = tmp_path / "one.png"
    _touch(tmp_path, "one.png")
    (tmp_path / "list.txt").write_text("one.png\n")
    for given in (str(photo), photo, str(tmp_path), [str(photo)], f"@{tmp_path / 'list.txt'}"):
        assert list_images(given).images == (photo,)


def test_raw_without_another_format_is_searched(tmp_path: Path) -> None:
    _touch(tmp_path, "a/1.dng", "a/1.heic", "b/1.jpg", "b/2.nef")
    found = list_images(tmp_path)
    assert _names(found.images, tmp_path) == ["a/1.heic", "b/1.jpg", "b/2.nef"]
    assert list_images(tmp_path / "a" / "1.dng").images == (tmp_path / "a" / "1.dng",)


LINKS = [
    # links (name, target), the images of the folder `in` by name, the end of what is said; `in/a/1.jpg`, `in/b/2.jpg`
    # and, beside the folder, `out/3.jpg`, `out/more/4.jpg` are photos
    ({}, "a/1.jpg b/2.jpg", None),
    ({"c": "../out"}, "a/1.jpg b/2.jpg c/3.jpg c/more/4.jpg", None),
    ({"0.jpg": "../out/3.jpg"}, "0.jpg a/1.jpg b/2.jpg", None),
    # a folder that is searched already
    ({"0": "b"}, "a/1.jpg b/2.jpg", "1 link (to what is searched already)"),
    ({"0": "b", "b/again": "../a"}, "a/1.jpg b/2.jpg", "2 links (to what is searched already)"),
    ({"c": "../out", "d": "../out"}, "a/1.jpg b/2.jpg c/3.jpg c/more/4.jpg", "1 link (to what is searched already)"),
    ({"c": "../out/more", "d": "../out"}, "a/1.jpg b/2.jpg c/4.jpg d/3.jpg", None),
    # a photo that is searched already
    ({"0.jpg": "a/1.jpg"}, "a/1.jpg b/2.jpg", "1 of the images are reached twice, by links; each is searched once"),
    ({"z.jpg": "a/1.jpg", "y.jpg": "z.jpg"}, "a/1.jpg b/2.jpg", "2 of the images are reached twice"),
    ({"0.jpg": "../out/3.jpg", "c": "../out"}, "0.jpg a/1.jpg b/2.jpg c/more/4.jpg", "1 of the images are reached"),
    # loops, and folders above, behind which all of a disk may be
    ({"a/up": ".."}, "a/1.jpg b/2.jpg", "1 link (to a folder above)"),
    ({"a/up": "../.."}, "a/1.jpg b/2.jpg", "1 link (to a folder above)"),
    ({"c": "../out", "../out/back": "../in"}, "a/1.jpg b/2.jpg c/3.jpg c/more/4.jpg", "1 link (to what is searched"),
    ({"c": "../out", "../out/up": "."}, "a/1.jpg b/2.jpg c/3.jpg c/more/4.jpg", "1 link (to a folder above)"),
    ({"d": "c", "c": "d"}, "a/1.jpg b/2.jpg", "2 links (without a target)"),
    # links that lead nowhere
    ({"0.jpg": "gone.jpg", "disk": "/no/such/disk"}, "a/1.jpg b/2.jpg", "2 files are not searched: 2 links (without a"),
    ({"clip.mp4": "../out/3.jpg"}, "a/1.jpg b/2.jpg", "1 .mp4 (video)"),
    ({".hidden": "../out", ".h.jpg": "../out/3.jpg"}, "a/1.jpg b/2.jpg", None),
]


@pytest.mark.parametrize(("links", "images", "said"), LINKS)
def test_links_are_followed_and_each_photo_is_searched_once(
    tmp_path: Path, links: dict[str, str], images: str, said: str | None
) -> None:
    _touch(tmp_path, "in/a/1.jpg", "in/b/2.jpg", "out/3.jpg", "out/more/4.jpg")
    for name, target in links.items():
        symbolic_link(tmp_path / "in" / name, target)
    found = list_images(tmp_path / "in")
    assert " ".join(sorted(_names(found.images, tmp_path / "in"))) == images
    assert len(found.remarks) == (said is not None), found.remarks
    assert said is None or said in found.remarks[0]


def test_a_name_without_a_link_is_kept_whatever_comes_first(tmp_path: Path) -> None:
    _touch(tmp_path, "photos/1.jpg", "photos/2.jpg")
    (tmp_path / "chosen").mkdir()
    symbolic_link(tmp_path / "chosen" / "best.jpg", "../photos/2.jpg")
    both = list_images([tmp_path / "chosen", tmp_path / "photos"])
    assert _names(both.images, tmp_path) == ["photos/1.jpg", "photos/2.jpg"]
    # A folder that the user names by a link keeps that name.
    symbolic_link(tmp_path / "link", "photos")
    assert _names(list_images(tmp_path / "link").images, tmp_path) == ["link/1.jpg", "link/2.jpg"]
    assert _names(list_images([tmp_path / "link", tmp_path / "photos"]).images, tmp_path) == [
        "link/1.jpg",
        "link/2.jpg",
    ]
    (tmp_path / "list.txt").write_text("chosen/best.jpg\nphotos/2.jpg\n")
    assert _names(list_images(f"@{tmp_path / 'list.txt'}").images, tmp_path) == ["chosen/best.jpg"]


def test_a_hard_link_is_the_photo_itself_and_a_copy_is_another(tmp_path: Path) -> None:
    _touch(tmp_path, "a/1.jpg")
    (tmp_path / "b").mkdir()
    os.link(tmp_path / "a/1.jpg", tmp_path / "b/1.jpg")
    shutil.copy2(tmp_path / "a/1.jpg", tmp_path / "b/2.jpg")
    found = list_images(tmp_path)
    assert _names(found.images, tmp_path) == ["a/1.jpg", "b/2.jpg"]
    assert "1 of the images" in found.remarks[0]


def test_animals_behind_two_links_count_once_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "open_model", lambda *_, **__: SpotModel())
    pixels, spots = scene(100, 100, 3)
    for name in ("elsewhere", "photos"):
        (tmp_path / name).mkdir()
    place = (0.1, 0.0, 263400.0, 0.0, -0.1, 9701600.0)
    wkt = crs_to_wkt("EPSG:32737")
    raster.write_geotiff(tmp_path / "elsewhere/m.tif", iter([pixels]), 100, 100, place, wkt, compress="deflate")
    symbolic_link(tmp_path / "photos" / "a.tif", "../elsewhere/m.tif")
    symbolic_link(tmp_path / "photos" / "b", "../elsewhere")
    _touch(tmp_path, "photos/clip.mp4")
    said: list[str] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            said.append(text)

    outcome = survey.detect(tmp_path / "photos", tmp_path / "out.gpkg", watcher=Listening())
    assert (outcome.images, outcome.detections) == (1, len(spots))
    assert geopackage.read_images(tmp_path / "out.gpkg").path == ["photos/a.tif"]
    assert len([text for text in said if "1 file is not searched: 1 .mp4 (video)" in text]) == 1
    assert len([text for text in said if "1 of the images are reached twice" in text]) == 1


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def _names(images: tuple[Path, ...], folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in images]


def _short(folder: Path) -> str:
    text = str(folder)
    return text if len(text) <= 60 else "..." + text[-57:]
