"""Pascal VOC files as annotation tools write them: each is read right, or refused with a line that says where."""

from pathlib import Path

import numpy as np
import pytest

from detector.errors import InputError
from detector.labels.shapes import said_of
from detector.labels.voc import read_voc, voc_class_names

SIZE = "<size><width>320</width><height>240</height><depth>3</depth></size>"


def bndbox(*corners: object) -> str:
    names = ("xmin", "ymin", "xmax", "ymax")
    return "<bndbox>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, corners, strict=True)) + "</bndbox>"


def rotation(text: str) -> str:
    return f"<attributes><attribute><name>rotation</name><value>{text}</value></attribute></attributes>"


def turned(*numbers: float) -> str:
    names = ("cx", "cy", "w", "h", "angle")
    return "<robndbox>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, numbers, strict=True)) + "</robndbox>"


def voc(inner: str, filename: str = "DSC1.png", size: str = SIZE, name: str = "sheep") -> str:
    return (
        f"<annotation><folder/><filename>{filename}</filename>{size}<object><name>{name}</name>{inner}</object>"
        "</annotation>"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("DSC1.png", "b/DSC1.png", "two words.JPG"):
        (tmp_path / "img" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "img" / name).write_bytes(b"")
    (tmp_path / "voc").mkdir()
    return tmp_path


BOX = bndbox(80, 90, 120, 110)
# What stands in an object: its box in the photo, and what is said.
BOXES: list[tuple[str, str, list[float] | None, str]] = [
    ("a box", BOX, [80, 90, 120, 110], ""),
    ("a point", bndbox(100, 101, 100, 101), [100, 101, 100, 101], ""),
    ("a line", bndbox(100, 101, 100, 111), [100, 101, 100, 111], ""),
    ("turned by 0", BOX + rotation("0.0"), [80, 90, 120, 110], ""),
    ("turned by 90", BOX + rotation("90.0"), [90, 80, 110, 120], ""),
    ("turned by 180", BOX + rotation("180"), [80, 90, 120, 110], ""),
    ("turned by 270", BOX + rotation("270"), [90, 80, 110, 120], ""),
    ("turned by -90", BOX + rotation("-90"), [90, 80, 110, 120], ""),
    (
        "turned by 30",
        BOX + rotation("30"),
        [100 - 10 * 3**0.5 - 5, 100 - 10 - 5 * 3**0.5, 100 + 10 * 3**0.5 + 5, 100 + 10 + 5 * 3**0.5],
        "",
    ),
    ("roLabelImg", turned(100, 100, 40, 20, np.pi / 2), [90, 80, 110, 120], ""),
    ("roLabelImg, upright", turned(100, 100, 40, 20, 0), [80, 90, 120, 110], ""),
    ("turned over the edge", bndbox(0, 100, 40, 104) + rotation("90"), [18, 82, 22, 122], ""),
    ("below the photo", bndbox(80, 250, 120, 270), None, "outside their photo are left out: object 1 of DSC1.xml"),
    ("over the edge", bndbox(300, 90, 340, 110), [300, 90, 320, 110], "labels over the edge of their photo"),
    ("difficult without a size", bndbox(1, 1, 1, 1) + "<difficult>1</difficult>", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "box", "said"), [c[1:] for c in BOXES], ids=[c[0] for c in BOXES])
def test_the_box_of_an_object(folder: Path, inner: str, box: list[float] | None, said: str) -> None:
    (folder / "voc" / "DSC1.xml").write_text(voc(inner))
    (folder / "voc" / "other.xml").write_text(voc(BOX, "two words.JPG"))  # a class must be somewhere
    photo, _ = read_voc(folder / "voc", folder / "img", ("sheep",), {})[0]
    assert photo.boxes_px.tolist() == ([] if box is None else [pytest.approx(box, abs=1e-4)])
    lines = said_of(photo.odd)
    assert len(lines) == bool(said)
    assert said in "".join(lines)


# A whole file: what the error says beside the file's name.
WRONG: list[tuple[str, str, tuple[str, ...]]] = [
    ("a decimal comma", voc(bndbox("80,5", 90, 120, 110)), ("object 1", "xmin", "'80,5'", "expected a number")),
    ("a number that is none", voc(bndbox(80, "inf", 120, 110)), ("object 1", "ymin")),
    ("a number without bound", voc(bndbox(80, 90, "1e300", 110)), ("object 1", "xmax")),
    ("an empty corner", voc(bndbox(80, 90, 120, "")), ("object 1", "ymax")),
    ("no box", voc(""), ("object 1", "bndbox/xmin")),
    ("a box that is inverted", voc(bndbox(120, 90, 80, 110)), ("object 1", "xmin <= xmax")),
    ("shares of the photo's size", voc(bndbox(0.25, 0.5, 0.75, 1)), ("between 0 and 1",)),
    ("a rotation that is none", voc(BOX + rotation("left")), ("object 1", "rotation", "'left'")),
    ("a width that is none", voc(BOX, size="<size><width>x</width><height>9</height></size>"), ("size/width", "'x'")),
    ("a file outside", voc(BOX, filename="../secret.png"), ("../secret.png", "inside the image folder")),
    ("a class without a name", voc(BOX, name=""), ("name",)),
    ("an unknown encoding", "<?xml version='1.0' encoding='klingon'?>" + voc(BOX), ("is not XML",)),
]


@pytest.mark.parametrize(("text", "words"), [c[1:] for c in WRONG], ids=[c[0] for c in WRONG])
def test_what_cannot_be_read_is_named(folder: Path, text: str, words: tuple[str, ...]) -> None:
    (folder / "voc" / "DSC1.xml").write_text(text)
    with pytest.raises(InputError) as error:
        read_voc(folder / "voc", folder / "img", ("sheep",), {})
    said = str(error.value)
    assert "\n" not in said
    assert all(word in said for word in ("voc", *words)), said


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("DSC1.png", "DSC1.png"),
        (r"D:\flight\b\DSC1.png", "b/DSC1.png"),
        ("b\\DSC1.png", "b/DSC1.png"),
        ("/home/me/img/DSC1.png", "DSC1.png"),
        ("two%20words.JPG", "two words.JPG"),
        ("0a1b2c3d-DSC1.png", "DSC1.png"),
        ("dsc1.PNG", "DSC1.png"),
    ],
)
def test_the_photo_of_a_name(folder: Path, written: str, found: str) -> None:
    (folder / "voc" / "DSC1.xml").write_text(voc(BOX, written))
    (photo,), bare = read_voc(folder / "voc", folder / "img", ("sheep",), {})
    assert photo.path == folder / "img" / found
    assert len(bare) == 2
    assert photo.path not in bare


def test_two_files_of_one_photo_are_refused(folder: Path) -> None:
    for name in ("DSC1.xml", "copy.xml"):
        (folder / "voc" / name).write_text(voc(BOX))
    with pytest.raises(InputError, match=r"also of the photo DSC1\.png"):
        read_voc(folder / "voc", folder / "img", ("sheep",), {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_unicode_encoding_is_read(folder: Path, encoding: str) -> None:
    (folder / "voc" / "DSC1.xml").write_text(voc(BOX, name="schaf ä"), encoding=encoding)
    assert voc_class_names(folder / "voc") == ("schaf ä",)
    (photo,), _ = read_voc(folder / "voc", folder / "img", ("schaf ä",), {})
    assert len(photo.labels) == 1


def test_entities_are_refused_in_every_encoding(folder: Path) -> None:
    for encoding in ("utf-8", "utf-16"):
        (folder / "voc" / "DSC1.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><annotation/>', encoding=encoding)
        with pytest.raises(InputError, match="declares a document type"):
            read_voc(folder / "voc", folder / "img", ("sheep",), {})


def test_no_change_of_a_file_gives_any_other_error(folder: Path) -> None:
    """2,000 files, each with some letters replaced, removed or put in."""
    rng = np.random.default_rng(9)
    whole, letters = voc(BOX + rotation("10")), "<>/&;,.-0159 ax\"'é\0"
    read_right, said = 0, list[str]()
    for _ in range(2000):
        text = list(whole)
        for _ in range(int(rng.integers(1, 3))):
            at = int(rng.integers(len(text)))
            text[at : at + int(rng.integers(0, 2))] = letters[int(rng.integers(len(letters)))]
        (folder / "voc" / "DSC1.xml").write_text("".join(text), encoding="utf-8")
        try:
            (photo,), _ = read_voc(folder / "voc", folder / "img", ("sheep",), {})
        except InputError as error:
            said.append(str(error))
        else:
            read_right += 1
            assert np.isfinite(photo.boxes_px).all()
    assert 50 < read_right < 1900
    assert not any("\n" in line for line in said)
