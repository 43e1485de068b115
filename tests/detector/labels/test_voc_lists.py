"""Pascal VOC's lists of photos: `ImageSets/Main/train.txt` chooses the photos of a split."""

from pathlib import Path

import pytest
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels
from detector.training.config import load_config
from detector.training.dataset import read_dataset

KINDS = {"a/DSC1": "kob", "b/DSC1": "topi", "b/DSC 2": "kob"}  # b/DSC3 has no XML file
# What a list has, and how many animals each of its photos has.
LISTS: dict[str, tuple[str, dict[str, int]]] = {
    "as CVAT writes it": ("a/DSC1\nb/DSC3\n", {"a/DSC1.jpg": 1, "b/DSC3.jpg": 0}),
    "of one class": ("b/DSC1  1\na/DSC1 -1\nb/DSC3  0\n", {"b/DSC1.jpg": 1, "a/DSC1.jpg": 1, "b/DSC3.jpg": 0}),
    "of Windows, with a space in a name": ("\ufeffb\\DSC 2\r\n\r\nb\\DSC1\r\n", {"b/DSC 2.jpg": 1, "b/DSC1.jpg": 1}),
    "with endings": ("./JPEGImages/b/DSC1.jpg\nb/DSC1.jpg\n", {"b/DSC1.jpg": 1}),
}


def write(folder: Path) -> Path:
    """A Pascal VOC data set without a list."""
    for number, name in enumerate([*KINDS, "b/DSC3"]):
        photo = folder / "JPEGImages" / f"{name}.jpg"
        photo.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 80), (number * 9, 0, 0)).save(photo)
    box = "<bndbox><xmin>20</xmin><ymin>10</ymin><xmax>45</xmax><ymax>30</ymax></bndbox>"
    for name, kind in KINDS.items():
        file = folder / "Annotations" / f"{name}.xml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"<annotation><filename>{name}.jpg</filename><size><width>100</width><height>80</height></size><object>"
            f"<name>{kind}</name>{box}</object></annotation>",
            encoding="utf-8",
        )
    (folder / "ImageSets" / "Main").mkdir(parents=True)
    return folder


@pytest.mark.parametrize("case", LISTS)
def test_a_list_names_the_photos_of_a_split(tmp_path: Path, case: str) -> None:
    folder = write(tmp_path)
    text, animals = LISTS[case]
    given = folder / "ImageSets" / "Main" / "train.txt"
    given.write_bytes(text.encode())
    photos = read_labels(given, folder / "JPEGImages", ("kob", "topi"))
    assert {photo.name: len(photo.labels) for photo in photos} == animals
    assert [photo.name for photo in photos] == list(animals)
    kinds = {KINDS[name.removesuffix(".jpg")] for name, count in animals.items() if count}
    assert set(names_in(given)) == kinds
    assert all(photo.boxes_px.tolist() == [[20, 10, 45, 30]] for photo in photos if len(photo.labels))


@pytest.mark.parametrize(
    ("said", "learnt"), [("", ["a/DSC1.jpg", "b/DSC3.jpg"]), ('unannotated = "unknown"\n', ["a/DSC1.jpg"])]
)
def test_a_run_learns_from_one_list_and_is_judged_on_the_other(tmp_path: Path, said: str, learnt: list[str]) -> None:
    """The photos of the other list are not taken for photos without animals."""
    folder = write(tmp_path)
    lists = {"train": "a/DSC1\nb/DSC3\n", "val": "b/DSC1\nb/DSC 2\n"}
    config = 'classes = ["kob", "topi"]\n'
    for (name, text), key in zip(lists.items(), ("data", "validation"), strict=True):
        (folder / "ImageSets" / "Main" / f"{name}.txt").write_text(text, encoding="utf-8")
        config += f'[[{key}]]\nlabels = "ImageSets/Main/{name}.txt"\nimages = "JPEGImages"\n{said}'
    path = folder / "train.toml"
    path.write_text(f'{config}[output]\nfolder = "run"\nname = "x"\n', encoding="utf-8")
    found = read_dataset(load_config(path))
    sides = [[photo.name for photo in groups[0].photos] for groups in (found.training, found.validation)]
    assert sides == [learnt, ["b/DSC1.jpg", "b/DSC 2.jpg"]]


def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    given = folder / "ImageSets" / "Main" / "train.txt"
    given.write_text("a/DSC1\n" * 30 + "../../secret\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 31 is '\.\./\.\./secret'; expected the name of a photo, as in VOC"):
        read_labels(given, folder / "JPEGImages", ("kob", "topi"))
