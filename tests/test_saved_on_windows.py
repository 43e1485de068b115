"""Text files as programs on Windows save them: the same is read, or one line says how to save them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from detector.errors import ModelError
from detector.labels.formats import names_in, read_labels
from detector.models.files import read_card, recognise
from detector.survey.listing import list_images
from geo.errors import HerdmapError, VectorError
from geo.estimates.sample import read_sample
from geo.estimates.transects import read_strata, read_transects
from geo.exports.coco import read_checked
from geo.exports.darwincore import read_dataset
from geo.photos.calibration import read_calibration
from geo.photos.flightlog import read_flight_log
from geo.photos.pose_table import read_table
from geo.regions import read_regions

LENS = {"image_width": 120, "image_height": 90, "camera_matrix": [[100, 0, 59.5], [0, 100, 44.5], [0, 0, 1]]}
RING = "[[36, -2], [36.1, -2], [36.1, -1.9], [36, -2]]"
GPX = "<trkpt lon='36' lat='-{}'><time>2026-07-01T08:00:0{}Z</time></trkpt>"
# What is written, the name of its file, and what reads it.
FILES: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "images": ("list.txt", "# flight é\na.jpg\né.jpg\n", lambda path: list_images([f"@{path}"]).images),
    "positions": ("geo.csv", "file;latitude;longitude;altitude\né.jpg;-2,5;36,5;300\n", read_table),
    "flight log": (
        "log.csv",
        "time,lat,lon,altitude,note\n2026-07-01T08:00:00Z,-2,36,300,é\n2026-07-01T08:00:01Z,-2,36.1,300,\n",
        read_flight_log,
    ),
    "track": ("log.gpx", f"<gpx><trk><name>é</name><trkseg>{GPX.format(1, 1)}{GPX.format(2, 2)}</trkseg></trk></gpx>",
              read_flight_log),
    "lens, JSON": ("lens.json", json.dumps({**LENS, "name": "é"}, ensure_ascii=False), read_calibration),
    "lens, YAML": ("lens.yaml", "\n".join(["# é", *(f"{key}: {LENS[key]}" for key in LENS)]), read_calibration),
    "transects": (
        "transects.csv", "stratum;transect;class;count;area_km2\nPrärie;1;é;3;0.5\nPrärie;2;é;1;0.5\n", read_transects
    ),
    "strata": ("strata.csv", "Stratum,area_km2\nPrärie,5\n", read_strata),
    "sample": ("sample.csv", "called,order,photo,detections,reviewed\nempty,1,é.jpg,0,Yes\n", read_sample),
    "searched": ("searched.csv", "image;checked\né.jpg;yes\nb.jpg;\n", read_checked),
    "searched, lines": ("searched.txt", "é.jpg\nb.jpg\n", read_checked),
    "regions, GeoJSON": (
        "regions.geojson",
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Prärie"}, "geometry": '
        f'{{"type": "Polygon", "coordinates": [{RING}]}}}}]}}',
        lambda path: read_regions(path).names,
    ),
    "regions, KML": (
        "regions.kml",
        "<kml xmlns='http://www.opengis.net/kml/2.2'><Document><Placemark><name>Prärie</name><Polygon><outerBoundaryIs>"
        "<LinearRing><coordinates>36,-2 36.1,-2 36.1,-1.9 36,-2</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark></Document></kml>",
        lambda path: read_regions(path).names,
    ),
    "card": ("m.toml", 'framework = "onnx"\nclasses = ["é"]\ntile_size = 512\n', lambda path: read_card(path).info),
    "dataset": ("set.toml", 'title = "Prärie"\n[taxa]\n"é" = "Ovis aries"\n', read_dataset),
    "points": ("points.csv", "images,x,y,labels\né.png,10,12,é\n", lambda path: labels(path)),
    "boxes, COCO": (
        "coco.json",
        '{"images": [{"id": 1, "file_name": "é.png", "width": 64, "height": 48}], "categories": [{"id": 1, "name": "é"}'
        '], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]}',
        lambda path: labels(path),
    ),
    "boxes, YOLO": ("yolo/é.txt", "0 0.5 0.5 0.1 0.1\n", lambda path: labels(path.parent)),
    "names, YOLO": ("yolo/classes.txt", "é\n", lambda path: labels(path.parent)),
    "boxes, VOC": (
        "voc/é.xml",
        "<annotation><filename>é.png</filename><size><width>64</width><height>48</height></size><object><name>é</name>"
        "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>",
        lambda path: labels(path.parent),
    ),
    "boxes, DOTA": ("dota/é.txt", "1 2 9 2 9 9 1 9 é 0\n", lambda path: labels(path.parent)),
}  # fmt: skip
# Excel's "CSV UTF-8", its "Unicode text" and PowerShell's `>`, and its plain CSV.
WAYS = {"a mark": "utf-8-sig", "UTF-16": "utf-16", "Windows-1252": "cp1252"}
GDAL = ("regions, GeoJSON", "regions, KML")  # their drivers read UTF-8 alone, and that is said
UNREADABLE = {  # what is said of letters that are no UTF-8 where the encoding is not named
    "track": "not a complete GPX file",
    "regions, KML": "cannot be read as a vector file",
    "boxes, DOTA": "no format of labels that is read",
}
ANY_BYTES = ("sample",)  # names of files may be any bytes on Linux


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "img").mkdir()
    Image.new("RGB", (64, 48)).save(tmp_path / "img" / "é.png")
    for name in ("yolo", "voc", "dota"):
        (tmp_path / name).mkdir()
    (tmp_path / "yolo" / "classes.txt").write_text("é\n", encoding="utf-8")
    (tmp_path / "yolo" / "é.txt").write_text("0 0.5 0.5 0.1 0.1\n", encoding="utf-8")
    return tmp_path


def labels(path: Path) -> Any:
    images = next(folder / "img" for folder in path.parents if (folder / "img").is_dir())
    read = read_labels(path, images, names_in(path))
    return [(photo.name, photo.found_as, photo.boxes_px.tolist()) for photo in read]


@pytest.mark.parametrize("kind", FILES)
def test_the_same_is_read_or_the_encoding_is_said(folder: Path, kind: str) -> None:
    name, text, read = FILES[kind]
    path = folder / name
    path.write_bytes(text.encode())
    plain = repr(read(path))
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert repr(read(path)) == plain, "with the line ends of Windows"
    for way, encoding in WAYS.items():
        path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
        try:
            found = repr(read(path))
        except HerdmapError as error:
            found = str(error)
        if encoding == "cp1252" and kind in ANY_BYTES:
            continue
        refused = "UTF-8" in found and "\n" not in found and (encoding == "cp1252" or kind in GDAL)
        not_text = encoding == "cp1252" and kind in UNREADABLE and UNREADABLE[kind] in found
        assert found == plain or refused or not_text, f"{way}: {found}"


def test_a_card_that_cannot_be_read_is_not_left_out(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").touch()
    text = FILES["card"][1]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "m.toml").write_text(text, encoding=encoding)
        card = recognise(tmp_path / "m.onnx").card
        assert card is not None
        assert card.info.classes == ("é",)
    for wrong, said in ((text.encode("cp1252"), "m.toml is not UTF-8 text"), (b'framework = "onnx', "is not TOML")):
        (tmp_path / "m.toml").write_bytes(wrong)
        with pytest.raises(ModelError, match=said):
            recognise(tmp_path / "m.onnx")


def test_a_path_of_windows_in_toml_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "set.toml"
    for written in (r"C:\Users\me", r"D:\photos"):
        path.write_text(f'title = "{written}"\n', encoding="utf-8")
        with pytest.raises(VectorError, match="write a path of Windows in single quotes"):
            read_dataset(path)
    path.write_text("title = 'C:\\Users\\me'\n", encoding="utf-8")
    assert read_dataset(path).title == "C:\\Users\\me"
