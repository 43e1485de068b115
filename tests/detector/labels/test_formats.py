"""Tables of labels: HerdNet's stands for all of them."""

from pathlib import Path

import pytest
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels
from detector.labels.shapes import said_of
from tests.mutations import survives

CLASSES = ("elephant", "kob")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "img" / "b").mkdir(parents=True)
    for name in ("DJI_0001.png", "b/DJI_0001.png"):
        Image.new("RGB", (600, 400)).save(tmp_path / "img" / name)
    return tmp_path


# A table: of each photo its boxes and their names, and what is said.
READ = [
    (
        "images,x,y,labels,scores\nDJI_0001.png,100,200,elephant,0.9\n",
        {"DJI_0001.png": [("elephant", [100, 200, 100, 200])]},
        "",
    ),
    ("labels,y,x,images\nkob,200,100.5,DJI_0001.png\n", {"DJI_0001.png": [("kob", [100.5, 200, 100.5, 200])]}, ""),
    (
        "images,x_min,y_min,x_max,y_max,labels\nDJI_0001.png,1,2,30,40,kob\n",
        {"DJI_0001.png": [("kob", [1, 2, 30, 40])]},
        "",
    ),
    (
        "images,x,y,labels\nb\\DJI_0001.png,1,2,kob\nDJI_0001.png,3,4,kob\nb/DJI_0001.png,5,6,elephant\n",
        {
            "b/DJI_0001.png": [("kob", [1, 2, 1, 2]), ("elephant", [5, 6, 5, 6])],
            "DJI_0001.png": [("kob", [3, 4, 3, 4])],
        },
        "",
    ),
    (
        "images,x,y,labels\nDJI_0001.png,1,2,kob\nb/DJI_0001.png,,,\n",
        {"DJI_0001.png": [("kob", [1, 2, 1, 2])], "b/DJI_0001.png": []},
        "",
    ),
    ("images;x;y;labels\nDJI_0001.png;1;2.5;kob\n", {"DJI_0001.png": [("kob", [1, 2.5, 1, 2.5])]}, ""),
    ("images\tlabels\tx\ty\r\nDJI_0001.png\tkob\t1\t2\t\r\n", {"DJI_0001.png": [("kob", [1, 2, 1, 2])]}, ""),
    ('"images","x","y","labels"\n"DJI_0001.png","1","2","kob"\n', {"DJI_0001.png": [("kob", [1, 2, 1, 2])]}, ""),
    ("images,x,y,labels\nimg\\b\\DJI_0001.PNG,1,2,kob\n", {"b/DJI_0001.png": [("kob", [1, 2, 1, 2])]}, ""),
    ("images,x,y,labels\nDJI_0001.png,1,2,kob\nDJI_0001.png,3,4,lion\n", {"DJI_0001.png": [("kob", [1, 2, 1, 2])]}, ""),
    (
        "images,x,y,labels\nDJI_0001.png,1,2,kob\nDJI_0001.png,601,4,kob\n",
        {"DJI_0001.png": [("kob", [1, 2, 1, 2])]},
        "labels outside their photo are left out: line 3",
    ),
]


@pytest.mark.parametrize(("text", "photos", "said"), READ)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_herdnet(
    folder: Path, text: str, photos: dict[str, list[tuple[str, list[float]]]], said: str, encoding: str
) -> None:
    (folder / "points.csv").write_text(text, encoding=encoding)
    read = read_labels(folder / "points.csv", folder / "img", CLASSES)
    found = {p.name: list(zip(p.found_as, p.boxes_px.tolist(), strict=True)) for p in read}
    assert found == photos
    assert all((photo.width, photo.height) == (600, 400) for photo in read)
    assert said in "".join(said_of(odd for photo in read for odd in photo.odd))
    assert set(names_in(folder / "points.csv")) - {"lion"} <= set(CLASSES)


WRONG = [
    ("images,x,labels\na,1,kob\n", "expected those of HerdNet"),
    ("", "expected those of HerdNet"),
    ("images,x,y,labels\nDJI_0001.png,ten,2,kob\n", "line 2: its x is 'ten'; expected a number"),
    ("images,x,y,labels\nDJI_0001.png,1,2,kob\nDJI_0001.png,nan,2,kob\n", "line 3: its x is 'nan'"),
    ("images,x,y,labels\nDJI_0001.png,1,,kob\n", "line 2 has no y"),
    ("images,x,y,labels\nDJI_0001.png,1,2,\n", "(has the classes none|line 2 has no labels)"),
    ("images,x,y,labels\n,1,2,kob\n", "line 2 has no images"),
    ("images,x,y,labels\nDJI_0001.png,100,5,200,kob\n", "line 2 has more cells"),
    ("images,x,y,labels\n../a.png,1,2,kob\n", "inside the image folder"),
    ("images,x,y,labels\nDJI_0001.png,1,2,lion\n", "has the classes lion"),
    ('images,x,y,labels\nDJI_0001.png,1,2,"lion\ncub"\n', "has the classes lion cub"),
    ("images,x_min,y_min,x_max,y_max,labels\nDJI_0001.png,9,2,3,4,kob\n", "x_min <= x_max"),
    ("images,x_min,y_min,x_max,y_max,labels\nDJI_0001.png,.1,.2,.3,.4,kob\n", "lie between 0 and 1"),
    ("images,x,y,labels,x\nDJI_0001.png,1,2,kob,9\n", "has several columns 'x'"),
    ("path,xmin,ymin,xmax,ymax,what\nDJI_0001.png,1,2,3,4,kob\n", "expected those of HerdNet"),
    ("images;x;y;labels\nDJI_0001.png;1,5;2,5;kob\n", "line 2: its x is '1,5'"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_table_that_cannot_be_is_named(folder: Path, text: str, message: str) -> None:
    (folder / "points.csv").write_text(text)
    with pytest.raises(InputError, match=message) as error:
        read_labels(folder / "points.csv", folder / "img", CLASSES)
    assert "points.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_utf_8_is_said(folder: Path) -> None:
    (folder / "points.csv").write_bytes(b"images,x,y,labels\n\xff\xfe.png,1,2,kob\n")
    with pytest.raises(InputError, match="not UTF-8 text; save it as CSV UTF-8"):
        read_labels(folder / "points.csv", folder / "img", CLASSES)


def test_no_damage_of_a_file_gives_any_other_error(folder: Path) -> None:
    """2,000 files, drawn from a seed."""
    files = [("points.csv", b"images,x,y,labels,scores\nDJI_0001.png,100,200,kob,0.9\nb/DJI_0001.png,,,,\n")]
    files.append(("boxes.CSV", b"images;x_min;y_min;x_max;y_max;labels\nDJI_0001.png;1;2;30;40;elephant\n"))
    read_right = survives(lambda path: read_labels(path, folder / "img", CLASSES), files, folder, 11)
    assert 100 < read_right < 1900
