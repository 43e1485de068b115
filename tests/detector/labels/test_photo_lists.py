"""Lists of photos beside YOLO's labels: a list chooses the photos of its split, wherever it was written."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels
from detector.training.config import load_config
from detector.training.dataset import Dataset, read_dataset

PHOTOS = ("a/DSC1.jpg", "a/DSC2.jpg", "b/DSC1.jpg", "b/DSC3.jpg")
LABELS = {"a/DSC1": "0 0.5 0.5 0.2 0.2\n", "b/DSC1": "1 0.5 0.5 0.4 0.4\n0 0.1 0.1 0.1 0.1\n", "a/DSC2": ""}
# What a list has, and how many animals each of its photos has; DSC3 has no label file.
LISTS: dict[str, tuple[str, dict[str, int]]] = {
    "as YOLO's tools write it": ("./images/a/DSC1.jpg\n./images/b/DSC3.jpg\n", {"a/DSC1.jpg": 1, "b/DSC3.jpg": 0}),
    "of another computer": ("/content/yolo/images/b/DSC1.jpg\n", {"b/DSC1.jpg": 2}),
    "of Windows": ("D:\\herd\\images\\b\\DSC1.jpg\r\n\r\n", {"b/DSC1.jpg": 2}),
    "with a photo twice": ("images/b/DSC1.jpg\nimages/b/DSC1.jpg\n", {"b/DSC1.jpg": 2}),
    "with an empty label file": ("\ufeffb/DSC1.jpg\na/DSC2.jpg\n", {"b/DSC1.jpg": 2, "a/DSC2.jpg": 0}),
}


def write(folder: Path, labels: str = "labels") -> Path:
    """A folder with photos, labels and names of classes, without a list."""
    for number, name in enumerate(PHOTOS):
        photo = folder / "images" / name
        photo.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 80), (number, 0, 0)).save(photo)
    for name, text in LABELS.items():
        file = (folder / labels / name).with_suffix(".txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "classes.txt").write_text("kob\ntopi\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("labels", ["labels", "images"])
@pytest.mark.parametrize("case", LISTS)
def test_a_list_names_the_photos_of_a_split(tmp_path: Path, case: str, labels: str) -> None:
    folder = write(tmp_path, labels)
    text, animals = LISTS[case]
    (folder / "fold1.txt").write_bytes(text.encode())
    photos = read_labels(folder / "fold1.txt", folder / "images", ("kob", "topi"))
    assert {photo.name: len(photo.labels) for photo in photos} == animals
    assert {photo.path for photo in photos} == {folder / "images" / name for name in animals}
    assert names_in(folder / "fold1.txt") == (("kob", "topi") if "b/DSC1.jpg" in animals else ("kob",))
    for photo in photos:
        if photo.name == "b/DSC1.jpg":
            np.testing.assert_allclose(photo.boxes_px, [[30, 24, 70, 56], [5, 4, 15, 12]], atol=1e-4)


def data(folder: Path, unannotated: str = "") -> Dataset:
    (folder / "train.txt").write_text("images/a/DSC1.jpg\nimages/a/DSC2.jpg\n", encoding="utf-8")
    (folder / "valid.txt").write_text("images/b/DSC1.jpg\nimages/b/DSC3.jpg\n", encoding="utf-8")
    each = [
        f'[[{key}]]\nlabels = "{name}.txt"\nimages = "images"\n{unannotated}'
        for key, name in (("data", "train"), ("validation", "valid"))
    ]
    config = folder / "train.toml"
    config.write_text(
        'classes = ["kob", "topi"]\n' + "".join(each) + '[output]\nfolder = "run"\nname = "x"\n', encoding="utf-8"
    )
    return read_dataset(load_config(config))


@pytest.mark.parametrize("said", ["", 'unannotated = "empty"\n'])
def test_a_run_learns_from_one_list_and_is_judged_on_the_other(tmp_path: Path, said: str) -> None:
    """The photos of the other list are not taken for photos without animals."""
    found = data(write(tmp_path), said)
    sides = [[photo.name for photo in groups[0].photos] for groups in (found.training, found.validation)]
    assert sides == [["a/DSC1.jpg", "a/DSC2.jpg"], ["b/DSC1.jpg", "b/DSC3.jpg"]]
    assert not found.left_out


def test_photos_without_labels_are_left_out_where_the_config_says_so(tmp_path: Path) -> None:
    found = data(write(tmp_path), 'unannotated = "unknown"\n')
    assert {path.name for path in found.left_out} == {"DSC2.jpg", "DSC3.jpg"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("images/a/DSC1.jpg\n" * 20 + "notes\n", r"line 21 is 'notes'; expected the name of a photo"),
        ("DSC1.jpg\n", r"line 1: 'DSC1\.jpg' fits the labels 'labels/a/DSC1\.txt' and 'labels/b/DSC1\.txt'"),
        (
            "images/c/DSC1.jpg\n",
            r"no photo that it lists has a label file .*; expected labels/a\.txt for images/a\.jpg",
        ),
    ],
)
def test_a_list_that_cannot_be_followed_is_refused(tmp_path: Path, text: str, said: str) -> None:
    folder = write(tmp_path)
    (folder / "train.txt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_labels(folder / "train.txt", folder / "images", ("kob", "topi"))
