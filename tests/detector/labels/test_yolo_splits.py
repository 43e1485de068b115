"""What train, val and test of YOLO's data.yaml name: folders, lists, or several; a file of another computer too."""

from pathlib import Path

import pytest
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import TO_EVALUATE, TO_LEARN, TO_VALIDATE, names_in, not_named, read_labels
from detector.labels.shapes import said_of
from detector.training.config import load_config
from detector.training.dataset import read_dataset

NAMES = "names: [kob, topi]\n"
# Folders as Ultralytics and as Roboflow have them. Photo c has no label file; d is in no list.
LAYOUTS = {
    "images/{split}/{name}.jpg, labels/{split}/{name}.txt": ("images/{split}", "images"),
    "{split}/images/{name}.jpg, {split}/labels/{name}.txt": ("{split}/images", "."),
}
SPLIT_OF = {"a": "train", "b": "train", "c": "train", "v": "valid", "t": "test", "d": "train"}


def write(folder: Path, layout: str, yaml: str, lists: dict[str, str] | None = None) -> Path:
    photo, label = layout.split(", ")
    for name, split in SPLIT_OF.items():
        file = folder / photo.format(split=split, name=name)
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 10), (ord(name), 0, 0)).save(file)
        if name != "c":
            file = folder / label.format(split=split, name=name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{0 if name in 'ab' else 1} 0.5 0.5 0.5 0.5\n", encoding="utf-8")
    for name, text in (lists or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "data.yaml").write_text(yaml + NAMES, encoding="utf-8")
    return folder / "data.yaml"


def read(yaml: Path, images: str, splits: tuple[str, ...] = ()) -> str:
    """The names of the photos without folders and endings, in one text; those without an animal in capitals."""
    photos = read_labels(yaml, yaml.parent / images, ("kob", "topi"), splits=splits)
    assert all(photo.path.is_file() for photo in photos)
    return "".join(sorted(p.path.stem if len(p.labels) else p.path.stem.upper() for p in photos))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "said",
    [
        "{}",
        "'./{}/'  # its photos",
        "../{}",
        "/content/datasets/herd/{}",
        "D:\\herd\\{}",
        "[{}]",
        "\n  - {}",
    ],
)
def test_folders(tmp_path: Path, layout: str, said: str) -> None:
    entry, images = LAYOUTS[layout]
    named = {split: said.format(entry.format(split=split)) for split in ("train", "valid", "test")}
    yaml = write(
        tmp_path,
        layout,
        f"path: ../datasets/herd\ntrain: {named['train']}\nval: {named['valid']}\ntest: {named['test']}\n",
    )
    assert read(yaml, images, TO_LEARN) == "abd"
    assert read(yaml, images, TO_VALIDATE) == read(yaml, images, TO_EVALUATE) == "v"
    assert read(yaml, images, ("test",)) == "t"
    assert read(yaml, images) == "abdtv"
    assert names_in(yaml, splits=TO_VALIDATE) == ("topi",)
    # A photo of the split without a label file belongs to the data, the photos of other splits do not.
    learnt = [photo.path for photo in read_labels(yaml, tmp_path / images, ("kob", "topi"), splits=TO_LEARN)]
    assert [path.name for path in not_named(yaml, tmp_path / images, learnt, TO_LEARN)] == ["c.jpg"]


LISTS = {
    "train.txt": "./images/train/a.jpg\nimages/train/c.jpg\n",
    "fold2.txt": "/content/herd/images/train/b.jpg\n",
    "val.txt": "images/valid/v.jpg\n",
}


@pytest.mark.parametrize(
    ("yaml", "learnt", "judged", "every"),
    [
        ("path: .\ntrain: train.txt\nval: val.txt\n", "Ca", "v", "Cav"),
        ("path: /content/herd\ntrain: [train.txt, fold2.txt]\nval: val.txt\ntest:  # none\n", "Cab", "v", "Cabv"),
        ("train:\n- train.txt\n- images/test\nval: images/valid\n", "Cat", "v", "Catv"),
        ("train: [images/train/a.jpg, images/train/b.jpg]\nvalidation: images/valid\n", "ab", "v", "abv"),
        ("train: train.txt\n", "Ca", "Ca", "Ca"),  # as CVAT exports it, also what is to be judged
        ("val: val.txt\n", "v", "v", "v"),
        ("train: images/elsewhere\n", "abdtv", "abdtv", "abdtv"),  # one split, whose folder has another name here
        ("train: train.txt\nval: val.txt\ntest: test-dev2017.txt\n", "Ca", "v", "Cav"),
    ],
)
def test_lists(tmp_path: Path, yaml: str, learnt: str, judged: str, every: str) -> None:
    file = write(tmp_path, next(iter(LAYOUTS)), yaml, LISTS)
    assert read(file, "images", TO_LEARN) == learnt
    assert read(file, "images", TO_EVALUATE) == judged
    assert read(file, "images") == every
    photos = read_labels(file, tmp_path / "images", ("kob", "topi"))
    left = [line for line in said_of(odd for photo in photos for odd in photo.odd) if "are left out" in line]
    assert bool(left) == (every not in ("abdtv",))


@pytest.mark.parametrize(
    ("yaml", "splits", "said"),
    [
        (
            "train: a.txt\nval: val.txt\n",
            TO_LEARN,
            r"its train is the list 'a\.txt', which is not below .*; put it there",
        ),
        ("train: a.txt\n", (), r"its train is the list 'a\.txt', which is not below"),
        (
            "train: images/one\nval: val.txt\n",
            TO_LEARN,
            r"its train is 'images/one', and no label file below .* belongs",
        ),
        ("train: train.txt\ntest: val.txt\n", TO_VALIDATE, r"names train and test, but no val; add it there"),
        ("train: [train.txt\n", TO_LEARN, r"its train are '\[train\.txt'; expected a list of names"),
    ],
)
def test_a_split_that_is_not_there_is_said(tmp_path: Path, yaml: str, splits: tuple[str, ...], said: str) -> None:
    file = write(tmp_path, next(iter(LAYOUTS)), yaml, LISTS)
    with pytest.raises(InputError, match=said):
        read_labels(file, tmp_path / "images", ("kob", "topi"), splits=splits)


@pytest.mark.parametrize("unannotated", ["", 'unannotated = "empty"\n'])
def test_a_run_learns_from_train_and_is_judged_on_val(tmp_path: Path, unannotated: str) -> None:
    write(tmp_path, next(iter(LAYOUTS)), "train: images/train\nval: images/valid\ntest: images/test\n")
    each = [f'[[{key}]]\nlabels = "data.yaml"\nimages = "images"\n{unannotated}' for key in ("data", "validation")]
    (tmp_path / "train.toml").write_text(
        'classes = ["kob", "topi"]\n' + "".join(each) + '[output]\nfolder = "run"\nname = "x"\n', encoding="utf-8"
    )
    found = read_dataset(load_config(tmp_path / "train.toml"))
    sides = [sorted(p.path.stem for p in groups[0].photos) for groups in (found.training, found.validation)]
    assert sides == [["a", "b", *(["c"] if unannotated else []), "d"], ["v"]]
    assert [path.name for path in found.left_out] == ([] if unannotated else ["c.jpg"])
    assert "names train, val, test; only the photos of val are read: 1" in found.table()
