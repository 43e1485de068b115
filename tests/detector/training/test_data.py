"""What a run learns from: Pascal VOC, classes, splits that do not leak, the tiles of an epoch."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from detector.errors import InputError
from detector.labels.labelled import LabelledImage
from detector.labels.voc import read_voc
from detector.training.config import Negatives, Tiles, load_config
from detector.training.data import TileViews, batches, load_scene, read_pixels, views
from detector.training.dataset import read_dataset
from detector.training.tiling import Tiling, photo_size
from geo import raster
from tests.geo.raster.camera_files import dng_with_tags, heic

# Folders of photos ------------------------------------------------------------------------------------------------

VOC = """<annotation><folder>x</folder><filename>{name}</filename><source><database>Unknown</database></source>
<size><width>100</width><height>80</height><depth>3</depth></size><segmented>0</segmented>{objects}</annotation>"""
OBJECT = """<object><name>{name}</name><truncated>0</truncated><difficult>{difficult}</difficult>
<bndbox><xmin>{x}</xmin><ymin>20.5</ymin><xmax>40.25</xmax><ymax>60.0</ymax></bndbox><attributes><attribute><name>rotation</name>
<value>0.0</value></attribute></attributes></object>"""


def _photo(path, size=(100, 80), grey=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = sum(map(ord, path.as_posix())) % 200 if grey is None else grey
    pixels = np.random.default_rng(grey).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def _voc(folder, photos):
    """photos: file name to [(class, difficult)], None for a photo without an XML file."""
    for number, (name, objects) in enumerate(photos.items()):
        _photo(folder / "JPEGImages" / name, grey=number)
        if objects is not None:
            text = "".join(OBJECT.format(name=kind, x=10, difficult=difficult) for kind, difficult in objects)
            path = (folder / "Annotations" / name).with_suffix(".xml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(VOC.format(name=name, objects=text))


def _coco(path, photos, classes=("cow", "sheep"), size=(100, 80)):
    """photos: file name to (columns, [class])."""
    document = {"images": [], "annotations": [], "categories": [{"id": i, "name": n} for i, n in enumerate(classes)]}
    for number, (name, (columns, kinds)) in enumerate(photos.items()):
        _photo(path.parent / name, size, grey=number)
        document["images"].append({"id": number, "file_name": name, "width": size[0], "height": size[1], **columns})
        for place, kind in enumerate(kinds):
            box = [10 + 20 * place, 10, 12, 14]
            of = {"id": len(document["annotations"]), "image_id": number, "category_id": classes.index(kind)}
            document["annotations"].append({**of, "bbox": box})
    path.write_text(json.dumps(document))


def _config(folder, data, classes=("cow",), extra=""):
    path = folder / "train.toml"
    names = ", ".join(f'"{name}"' for name in classes)
    text = f'classes = [{names}]\ndevice = "cpu"\nworkers = 0\n{data}\n[output]\nfolder = "run"\nname = "x"\n{extra}'
    path.write_text(text)
    return load_config(path)


COCO = '[[data]]\ncoco = "labels.json"\nimages = "."\n'


# Pascal VOC -------------------------------------------------------------------------------------------------------


def test_voc_boxes_are_corners_as_cvat_writes_them(tmp_path):
    _voc(tmp_path, {"sub/a.png": [("cow", 0), ("dog", 0), ("cow", 1)], "b.png": [], "c.png": None})
    photos, bare = read_voc(tmp_path / "Annotations", tmp_path / "JPEGImages", ("cow",), {})
    b, a = photos
    assert a.boxes_px.tolist() == [[10, 20.5, 40.25, 60]] * 2
    assert (a.width, a.height, a.crowd.tolist(), a.dropped) == (100, 80, [False, True], ("dog",))
    assert a.path == tmp_path / "JPEGImages" / "sub" / "a.png"
    assert len(b.labels) == 0
    assert bare == [tmp_path / "JPEGImages" / "c.png"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<annotation>", "is not XML"),
        ("<html/>", "begins with <annotation>"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotation/>', "declares a document type"),
        (VOC.format(name="../a.png", objects=""), "inside the image folder"),
        (VOC.format(name="a.png", objects=OBJECT.format(name="cow", x=50, difficult=0)), "expected xmin"),
        (VOC.format(name="a.png", objects=OBJECT.format(name="cow", x="nan", difficult=0)), "expected a number"),
        (VOC.format(name="a.png", objects="<object/>"), "lacks <name>"),
        (VOC.format(name="a.png", objects=OBJECT.format(name="dog", x=1, difficult=0)), "has the classes dog"),
    ],
)
def test_voc_that_cannot_be_is_refused(tmp_path, text, message):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_voc(tmp_path, tmp_path, ("cow",), {})


@pytest.mark.parametrize(("said", "empty", "left_out"), [("", 1, 1), ('unannotated = "empty"', 2, 0)])
def test_a_photo_without_a_voc_file_is_not_a_photo_known_to_be_empty(tmp_path, said, empty, left_out):
    _voc(tmp_path, {"a.png": [("cow", 0)], "b.png": [], "c.png": None})
    data = f'[[data]]\nvoc = "Annotations"\nimages = "JPEGImages"\n{said}\n'
    photos = read_dataset(_config(tmp_path, data))
    (group,) = photos.training
    assert sum(not len(photo.labels) for photo in group.photos) == empty
    assert len(photos.left_out) == left_out
    tiles = views(photos, _config(tmp_path, data, extra="[tiles]\nempty_share = 0.9\n[schedule]\ncrop_px = 64\n"))
    assert isinstance(tiles, TileViews)
    shown = {tiles.tiling.photos[p].path.name for p in tiles.tiling.photo[tiles.tiling.epoch(0)]}
    assert ("c.png" in shown) == (left_out == 0)
    assert "b.png" in shown


def test_labels_of_any_tool_are_learnt_from(tmp_path):
    """A table with columns of its own stands for all formats, which tests/detector/labels has."""
    for number, name in enumerate(("a.png", "b.png", "c.png")):
        _photo(tmp_path / "img" / name, grey=number)
    (tmp_path / "cows.csv").write_text("Foto;Art;x0;y0;x1;y1\na.png;cow;10;20;40;60\na.png;dog;1;2;3;4\nb.png;;;;;\n")
    columns = 'columns = {photo = "Foto", class = "Art", xmin = "x0", ymin = "y0", xmax = "x1", ymax = "y1"}'
    data = f'[[data]]\nlabels = "cows.csv"\nimages = "img"\n{columns}\n'
    photos = read_dataset(_config(tmp_path, data))
    (group,) = photos.training
    assert [(p.name, p.boxes_px.tolist(), p.dropped) for p in group.photos] == [
        ("a.png", [[10, 20, 40, 60]], ("dog",)),
        ("b.png", [], ()),
    ]
    assert [path.name for path in photos.left_out] == ["c.png"]
    empty = read_dataset(_config(tmp_path, data.replace("images", 'unannotated = "empty"\nimages')))
    assert [len(photo.labels) for photo in empty.training[0].photos] == [1, 0, 0]


def test_a_coco_photo_is_empty_unless_said_otherwise(tmp_path):
    _coco(tmp_path / "labels.json", {"a.png": ({}, ["cow"]), "b.png": ({}, []), "c.png": ({}, ["sheep"])})
    assert len(read_dataset(_config(tmp_path, COCO)).training[0].photos) == 3
    photos = read_dataset(_config(tmp_path, COCO + 'unannotated = "unknown"\n'))
    # c.png was searched: it has a sheep, which is of no class here.
    assert [photo.path.name for photo in photos.training[0].photos] == ["a.png", "c.png"]
    assert [path.name for path in photos.left_out] == ["b.png"]


# Classes ----------------------------------------------------------------------------------------------------------


def test_classes_are_kept_dropped_renamed_and_merged(tmp_path):
    kinds = ("goat", "ewe", "cow", "dog")
    _coco(tmp_path / "labels.json", {"a.png": ({}, ["goat", "ewe", "cow", "dog"])}, kinds)
    rename = '[rename]\ngoat = "shoats"\newe = "shoats"\n'
    photos = read_dataset(_config(tmp_path, COCO, ("cow", "shoats"), rename))
    (photo,) = photos.training[0].photos
    assert photo.labels.tolist() == [1, 1, 0]
    rows = [line.split() for line in photos.table().splitlines()]
    assert ["cow", "1", "0", "cow"] in rows
    assert ["shoats", "2", "0", "ewe,", "goat"] in rows
    assert ["dog", "(dropped)", "1", "0", "dog"] in rows


# Splits -----------------------------------------------------------------------------------------------------------


def test_all_other_names_become_one_class(tmp_path):
    kinds = ("cow", "duiker", "kudu")
    _coco(tmp_path / "labels.json", {"a.png": ({}, list(kinds))}, kinds)
    rest = f'rest = "other_animal"\n{COCO}'
    (photo,) = read_dataset(_config(tmp_path, rest, ("cow", "other_animal"))).training[0].photos
    assert photo.labels.tolist() == [0, 1, 1]
    assert not photo.dropped
    with pytest.raises(InputError, match="rest is 'other_animal'; expected one of cow"):
        _config(tmp_path, rest, ("cow",))


def test_a_tile_with_brackets_in_its_name_is_named_as_it_is(tmp_path):
    for name in ("x_0001[3][3].png", "x_00013.png"):
        _photo(tmp_path / name)
    assert Negatives((tmp_path / "x_0001[3][3].png",)).paths() == [tmp_path / "x_0001[3][3].png"]
    assert Negatives((tmp_path / "x_0001[3].png",)).paths() == [tmp_path / "x_00013.png"]


def _flights(folder, flights=6, photos=5):
    names = {
        f"RR19_2018{f}A_{n:04}.png": ({"stratum": "ab"[f % 2], "flight": f"f{f}"}, ["cow"])
        for f in range(flights)
        for n in range(photos)
    }
    _coco(folder / "labels.json", names)


@pytest.mark.parametrize(("by", "key"), [("flight", "flight"), ("stratum", "stratum"), ("photo", None)])
def test_a_split_keeps_groups_whole(tmp_path, by, key):
    _flights(tmp_path)
    photos = read_dataset(_config(tmp_path, COCO, extra=f'[split]\nby = "{by}"\nvalidation = 0.34\n'))
    sides = [
        {photo.columns[key] if key else photo.path for photo in side[0].photos}
        for side in (photos.training, photos.validation)
    ]
    assert not sides[0] & sides[1]
    assert len(sides[0] | sides[1]) == {"flight": 6, "stratum": 2, "photo": 30}[by]
    if by != "stratum":
        assert len(photos.validation[0].photos) == 10
    again = read_dataset(_config(tmp_path, COCO, extra=f'[split]\nby = "{by}"\nvalidation = 0.34\n'))
    assert [p.path for p in again.validation[0].photos] == [p.path for p in photos.validation[0].photos]


def test_a_flight_is_what_the_pattern_finds_in_the_name(tmp_path):
    _flights(tmp_path)
    split = "[split]\npattern = '^RR19_(\\d+A)_'\nvalidation = 0.2\n"
    photos = read_dataset(_config(tmp_path, COCO, extra=split))
    assert {photo.flight for photo in photos.validation[0].photos} <= {f"2018{f}A" for f in range(6)}
    with pytest.raises(InputError, match="does not fit the photo RR19"):
        read_dataset(_config(tmp_path, COCO, extra="[split]\npattern = '^wcm'\n"))


def test_a_leak_names_what_leaks(tmp_path):
    _flights(tmp_path)
    held = '[[validation]]\ncoco = "labels.json"\nimages = "."\nflights = ["f1"]\n'
    with pytest.raises(InputError, match=r"flight f1 is in training \(5 photos\) and in validation \(5\); keep it on"):
        read_dataset(_config(tmp_path, COCO + held))
    read_dataset(_config(tmp_path, COCO + 'without = ["f1"]\n' + held))
    with pytest.raises(InputError, match="stratum b is in training"):
        read_dataset(_config(tmp_path, COCO + 'without = ["f1"]\n' + held, extra='[split]\nby = "stratum"\n'))
    with pytest.raises(InputError, match=r"no column 'strata'; split by photo, flight or stratum"):
        read_dataset(_config(tmp_path, COCO, extra='[split]\nby = "strata"\n'))


def test_a_copy_under_another_name_leaks(tmp_path):
    _coco(tmp_path / "labels.json", {"a.png": ({}, ["cow"]), "b.png": ({}, ["cow"])})
    (tmp_path / "held").mkdir()
    _coco(tmp_path / "held" / "labels.json", {"renamed.png": ({}, ["cow"])})
    held = '[[validation]]\ncoco = "held/labels.json"\nimages = "held"\n'
    with pytest.raises(InputError, match=r"a\.png \(training\) and .*renamed\.png \(validation\) are the same photo"):
        read_dataset(_config(tmp_path, COCO + held))


def test_one_flight_cannot_be_split_by_flight(tmp_path):
    _flights(tmp_path, flights=1)
    with pytest.raises(InputError, match=r"all photos belong to one flight \(flight f0\); split by photo"):
        read_dataset(_config(tmp_path, COCO, extra='[split]\nby = "flight"\n'))


def test_photos_that_are_missing_are_said_before_training(tmp_path):
    _coco(tmp_path / "labels.json", {"a.png": ({}, ["cow"]), "b.png": ({}, ["cow"])})
    (tmp_path / "b.png").unlink()
    with pytest.raises(InputError, match=r"1 of the 2 photos .* are missing, the first is .*b\.png"):
        read_dataset(_config(tmp_path, COCO))


# Tiles ------------------------------------------------------------------------------------------------------------


def _labelled(width, height, boxes, labels=None):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    labels = np.zeros(len(boxes), np.int64) if labels is None else np.array(labels, np.int64)
    return LabelledImage(Path("p"), width, height, "f", boxes, labels, np.zeros(len(boxes), np.bool_))


def _tiling(photos, visible=0.35, seed=0, **settings):
    return Tiling(photos, [1.0] * len(photos), 100, visible, Tiles(**settings), seed)


def test_a_sliver_makes_a_tile_neither_full_nor_empty():
    # Three tiles in a row; the box has 80 % in the first, 20 % in the second.
    tiling = _tiling([_labelled(300, 100, [[60, 10, 110, 60]])], visible=0.35, empty_share=0.9)
    assert tiling.classes.any(1).tolist() == [True, False, False]
    assert sorted(tiling.epoch(0).tolist()) == [0, 2]
    assert sorted(_tiling([_labelled(300, 100, [[60, 10, 110, 60]])], visible=0.2).epoch(0).tolist()) == [0, 1]


@given(st.integers(0, 10_000), st.floats(0, 0.9), st.integers(1, 5))
def test_an_epoch_has_every_animal_and_the_share_of_empty_tiles(seed, empty_share, in_memory):
    rng = np.random.default_rng(seed)
    photos = [
        _labelled(500, 400, [[x, y, x + 8, y + 8] for x, y in rng.integers(0, 390, (rng.integers(0, 4), 2))])
        for _ in range(8)
    ]
    if not any(len(photo.labels) for photo in photos):
        return
    tiling = _tiling(photos, seed=seed, empty_share=empty_share, photos_in_memory=in_memory)
    epochs = [tiling.epoch(number) for number in range(2)]
    full = set(np.flatnonzero(tiling.classes.any(1)).tolist())
    for epoch in epochs:
        assert len(epoch) == len(tiling)
        assert full <= set(epoch.tolist())
        assert len(set(epoch.tolist())) == len(epoch)
        # Each photo's tiles come together, as far as photos are kept in memory.
        turns = tiling.photo[epoch]
        first = {p: np.flatnonzero(turns == p).min() for p in set(turns.tolist())}
        for place, photo in enumerate(turns.tolist()):
            assert len({p for p in first if first[photo] <= first[p] <= place}) <= in_memory
        for tile in set(epoch.tolist()) - full:
            x0, y0, x1, y1 = tiling.boxes_px[tile]
            b = photos[tiling.photo[tile]].boxes_px
            assert not ((b[:, 0] < x1) & (b[:, 2] > x0) & (b[:, 1] < y1) & (b[:, 3] > y0)).any()
        # 20 tiles a photo: there are always enough empty ones at a share of up to one half.
        if empty_share <= 0.5:
            assert len(epoch) - len(full) == round(len(full) * empty_share / (1 - empty_share))
    assert (tiling.epoch(0) == epochs[0]).all()


def test_rare_classes_are_repeated_by_the_square_root_rule():
    # 16 tiles with animals: class 1 on one of them, a share of 1/16; threshold 1/4 makes sqrt(4) = 2 of it.
    photos = [_labelled(100, 100, [[10, 10, 30, 30]], [int(n == 0)]) for n in range(16)]
    tiling = _tiling(photos, repeat_threshold=0.25, empty_share=0)
    assert tiling.repeat_factors().tolist() == [2.0] + [1.0] * 15
    assert Counter(tiling.epoch(0).tolist()) == {0: 2, **dict.fromkeys(range(1, 16), 1)}


def test_half_a_weight_shows_half_of_the_tiles():
    photos = [_labelled(100, 100, [[10, 10, 30, 30]]) for _ in range(10)]
    tiling = Tiling(photos, [0.5] * 10, 100, 0.35, Tiles(empty_share=0), 0)
    epochs = [set(tiling.epoch(number).tolist()) for number in range(20)]
    assert {len(epoch) for epoch in epochs} == {5}
    assert set.union(*epochs) == set(range(10))


TILES = (
    "[tiles]\nempty_share = 0\njitter = 0.2\n[schedule]\ncrop_px = 64\nbatch = 4\n[augment]\nscale = [1.0, 1.0]\n"
    "aspect = 1.0\nsmallest_px = 1\nbrightness = 0\ncontrast = 0\nsaturation = 0\ntint = 0\nhue = 0\ngamma = 1\n"
    "noise = 0\nshadow = 0\nblur = 0\njpeg = 0\n"
)


def test_a_tile_shows_the_pixels_of_its_boxes(tmp_path):
    photos: dict[str, Any] = {f"{n}.png": ({}, ["cow"] * 4) for n in range(3)}
    _coco(tmp_path / "labels.json", photos, size=(200, 150))
    for name in photos:  # boxes are white on black
        pixels = np.zeros((150, 200, 3), np.uint8)
        for place in range(4):
            pixels[10:24, 10 + 20 * place : 22 + 20 * place] = 255
        Image.fromarray(pixels).save(tmp_path / name)
    config = _config(tmp_path, COCO, extra=TILES)
    shown = views(read_dataset(config), config)
    for index in range(2 * len(shown)):
        view = shown[index]
        painted = np.zeros((64, 64), bool)
        for x0, y0, x1, y1 in np.concatenate([view.boxes, view.ignored]).round().astype(int):
            painted[y0:y1, x0:x1] = True
        assert (painted == (view.pixels[0].numpy() > 127)).all()


def test_processes_share_each_batch_without_a_view_in_common(tmp_path):
    _coco(tmp_path / "labels.json", {f"{n}.png": ({}, ["cow"]) for n in range(8)}, size=(96, 96))
    config = _config(tmp_path, COCO, extra=TILES)
    shown = views(read_dataset(config), config)

    def pixels(part, workers=0):
        return [[v.pixels.numpy().tobytes() for v in b] for b in batches(shown, list, 4, 1, 3, workers, part)]

    alone, first, second = pixels((0, 1)), pixels((0, 2)), pixels((1, 2))
    assert pixels((0, 1), workers=2) == alone  # whoever makes them
    assert [a + b for a, b in zip(first, second, strict=True)] == alone
    with pytest.raises(InputError, match="a batch of 4 cannot be divided among 3 processes"):
        next(batches(shown, list, 4, 0, 1, 0, (0, 3)))


@pytest.mark.realdata
def test_the_sheep_flights_do_not_leak_and_a_mixed_up_split_does(realdata, tmp_path):
    sheep = realdata / "sheep"
    data = f'[[data]]\ncoco = "{sheep / "train.json"}"\nimages = "{sheep / "images"}"\n'
    held = f'[[validation]]\ncoco = "{sheep / "val.json"}"\nimages = "{sheep / "images"}"\n'
    photos = read_dataset(_config(tmp_path, data + held, ("sheep",)))
    assert [len(groups[0].photos) for groups in (photos.training, photos.validation)] == [109, 19]
    with pytest.raises(InputError, match=r"^flight .* is in training"):
        read_dataset(_config(tmp_path, data + held.replace("val.json", "train.json"), ("sheep",)))
    split = read_dataset(_config(tmp_path, data, ("sheep",), '[split]\nby = "flight"\nvalidation = 0.2\n'))
    sides = [{photo.flight for photo in groups[0].photos} for groups in (split.training, split.validation)]
    assert not sides[0] & sides[1]
    assert len(sides[0] | sides[1]) == 5


# What a checkpoint remembers of it ---------------------------------------------------------------------------------


def test_the_digests_of_labels_follow_what_is_learnt_and_nothing_else(tmp_path):
    data = '[[data]]\nvoc = "Annotations"\nimages = "JPEGImages"\n[negatives]\nimages = ["empty/*.png"]\n'
    _voc(tmp_path, {"a.jpg": [("cow", 0)], "b.jpg": [("cow", 0), ("goat", 0)], "c.jpg": None})
    _photo(tmp_path / "empty" / "x.png")

    def digests():
        return read_dataset(_config(tmp_path, data)).label_digests()

    def changed():
        now = digests()
        return {path.rpartition("/")[2] for path in now | before if now.get(path) != before.get(path)}

    before = digests()
    assert {path.rpartition("/")[2] for path in before} == {"a.jpg", "b.jpg", "x.png"}
    file = tmp_path / "Annotations" / "a.xml"
    text = file.read_text()
    file.write_text(text.replace("<bndbox>", "\n <bndbox>").replace("Unknown", "another"))
    _photo(tmp_path / "JPEGImages" / "a.jpg", grey=99)  # pixels are not read
    assert changed() == set()
    for old, new in (("40.25", "41.25"), ("<difficult>0", "<difficult>1"), ("<width>100", "<width>101")):
        file.write_text(text.replace(old, new))
        assert changed() == {"a.jpg"}, old
    file.write_text(text)
    other = tmp_path / "Annotations" / "b.xml"
    first, goat = other.read_text().split("<name>goat")
    # Beside the cow: a second label of the same box would be counted once.
    other.write_text(first + "<name>cow" + goat.replace("<xmin>10", "<xmin>11"))
    _photo(tmp_path / "empty" / "y.png", grey=3)
    assert changed() == {"b.jpg", "y.png"}


# Pixels -----------------------------------------------------------------------------------------------------------


def _deep(path, low, high, size=(100, 80)):
    """A 16-bit grey photo whose values run from low to high."""
    values = np.linspace(low, high, size[0] * size[1]).reshape(size[1], size[0]).astype(np.uint16)
    Image.fromarray(values).save(path)
    return values


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_photos_of_16_bit_train_as_they_are_searched(tmp_path, ending):
    document = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "cow"}]}
    for number, (low, high) in enumerate(((1000, 9000), (5000, 30000))):
        _deep(tmp_path / f"{number}.{ending}", low, high)
        name = f"{number}.{ending}"
        document["images"].append({"id": number, "file_name": name, "width": 100, "height": 80})
        box = {"id": number, "image_id": number, "category_id": 1, "bbox": [1, 2, 30, 40]}
        document["annotations"].append(box)
    (tmp_path / "labels.json").write_text(json.dumps(document))
    (group,) = read_dataset(_config(tmp_path, COCO)).training
    paths = [photo.path for photo in group.photos]
    stretch = raster.common_stretch(paths)
    assert [photo.stretch for photo in group.photos] == [stretch] * 2
    for photo in group.photos:
        with raster.RasterReader(photo.path, stretch) as reader:
            searched = reader.read(0, 0, 100, 80)[0]
        assert np.array_equal(load_scene(photo).pixels.permute(1, 2, 0).numpy(), searched)
        assert len(np.unique(searched)) > 60


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("ending", ["jpg", "tif", "png"])
def test_photos_are_learnt_as_they_are_stored(tmp_path, orientation, ending):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = np.zeros((80, 100, 3), np.uint8)
    pixels[:20, :30] = 255
    Image.fromarray(pixels).save(tmp_path / f"a.{ending}", exif=exif)
    read = read_pixels(tmp_path / f"a.{ending}").permute(1, 2, 0).numpy()
    assert read.shape == (80, 100, 3)
    assert np.abs(read.astype(int) - pixels).mean() < 2
    assert photo_size(tmp_path / f"a.{ending}") == (100, 80)


@pytest.mark.parametrize("name", ["a.heic", "a.dng"])
def test_photos_of_phones_and_raw_are_learnt_as_they_are_searched(tmp_path, name):
    pixels = np.zeros((80, 100, 3), np.uint8)
    pixels[:20, :30] = 255
    path = heic(tmp_path / name, pixels, 6) if name == "a.heic" else dng_with_tags(tmp_path / name, pixels, linear=True)
    read = read_pixels(path).permute(1, 2, 0).numpy()
    assert read.shape == (80, 100, 3)
    assert np.abs(read.astype(int) - pixels).mean() < 2
    assert photo_size(path) == (100, 80)


def test_points_are_learnt_as_squares_of_the_usual_size(tmp_path):
    _coco(tmp_path / "labels.json", {"a.png": ({}, ["cow", "cow"]), "b.png": ({}, ["cow", "sheep"])})
    document = json.loads((tmp_path / "labels.json").read_text())
    for annotation, box in zip(
        document["annotations"], [[10, 10, 20, 10], [50, 40, 0, 0], [98, 3, 0, 0], [30, 30, 0, 0]], strict=True
    ):
        annotation["bbox"] = box
    (tmp_path / "labels.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"sheep is labelled by points alone, the first in b\.png; give .* point_px"):
        read_dataset(_config(tmp_path, COCO, ("cow", "sheep")))
    boxes = {p.name: p.boxes_px.tolist() for p in read_dataset(_config(tmp_path, COCO)).training[0].photos}
    # The cow's box has sides of 15 px in the mean. Near the edge the square is smaller, about the same point.
    assert boxes == {"a.png": [[10, 10, 30, 20], [42.5, 32.5, 57.5, 47.5]], "b.png": [[96, 0, 100, 6]]}
    given = COCO.replace("images =", "point_px = 8\nimages =")
    boxes = {p.name: p.boxes_px.tolist() for p in read_dataset(_config(tmp_path, given)).training[0].photos}
    assert boxes["a.png"] == [[10, 10, 30, 20], [46, 36, 54, 44]]
