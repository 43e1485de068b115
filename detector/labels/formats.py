"""The formats of labels, and which one a path has: one list, for training, evaluation and import alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from detector.errors import InputError
from detector.labels import tables
from detector.labels.biigle import is_biigle, read_biigle
from detector.labels.camtrap import is_camtrap, read_camtrap
from detector.labels.coco import category_names, is_coco, read_coco
from detector.labels.coco_results import is_coco_results, read_coco_results
from detector.labels.createml import is_createml, read_createml
from detector.labels.cvat import is_cvat, read_cvat
from detector.labels.dota import is_dota, read_dota
from detector.labels.dotdotgoose import is_dotdotgoose, read_dotdotgoose
from detector.labels.given import Given
from detector.labels.label_studio import is_label_studio, read_label_studio
from detector.labels.labelled import LabelledImage
from detector.labels.labelme import is_labelme, read_labelme
from detector.labels.map_shapes import PlacedImage
from detector.labels.megadetector import is_megadetector, megadetector_advice, read_megadetector
from detector.labels.shapes import shown
from detector.labels.vector_layers import is_vector, read_vector, vector_class_names
from detector.labels.via import is_via, read_via
from detector.labels.via3 import is_via3, read_via3
from detector.labels.viame import is_viame, read_viame
from detector.labels.voc import is_voc, read_voc, voc_class_names
from detector.labels.voc_lists import is_voc_list, read_voc_list, voc_list_class_names
from detector.labels.written import Reader, Written, chosen, names_of
from detector.labels.yolo import is_yolo, of_other_splits, read_yolo
from detector.labels.yolo_splits import is_yolo_list
from geo.paths import Paths, StrPath, as_path, as_paths
from geo.raster.image_formats import is_image

_LABEL_FILES = (".json", ".xml", ".csv", ".pnt", ".yaml", ".yml")
_LOOKED_AT = 20  # so many files of a folder are looked at
Columns = Mapping[str, str]
Classes = tuple[str, ...]
NONE: Mapping[str, str] = MappingProxyType({})
# The splits of a file that names several, for each use: the first that is there.
TO_LEARN: Classes = ("train",)
TO_VALIDATE: Classes = ("val",)
TO_EVALUATE: Classes = ("val", "test")


@dataclass(frozen=True)
class LabelFormat:
    """A format.

    Attributes:
        made_by: The programs that write it.
        file: What is given: a file or a folder.
        used: What is read of it.
        fits: Whether a path has it, by its content.
        names: The names of the classes.
        read: The labelled photos of some classes, some of them renamed.
        advised_score: The least score of an animal that a file itself advises; None if it advises none.
        over: As `read`, of labels on the map over the images that have a place, which may be photos with a pose; None
            if labels of the format are in px.
    """

    made_by: str
    file: str
    used: str
    fits: Callable[[Given], bool]
    names: Callable[[Given, Columns], Classes]
    read: Callable[[Given, Path, Classes, Mapping[str, str], Columns], list[LabelledImage]]
    advised_score: Callable[[Given], float | None] = lambda given: None
    over: Callable[[Given, Path, Columns, Sequence[PlacedImage]], list[LabelledImage]] | None = None


def _plain(
    made_by: str,
    file: str,
    used: str,
    fits: Callable[[Given], bool],
    reader: Reader,
    advised_score: Callable[[Given], float | None] = lambda given: None,
) -> LabelFormat:
    """A format with a reader that needs only the labels."""
    return _of_columns(made_by, file, used, fits, lambda given, columns: reader(given), advised_score)


def _of_columns(
    made_by: str,
    file: str,
    used: str,
    fits: Callable[[Given], bool],
    reader: Callable[[Given, Columns], Iterable[Written]],
    advised_score: Callable[[Given], float | None] = lambda given: None,
) -> LabelFormat:
    """A format with a reader that needs the labels and the columns that the user names."""
    return LabelFormat(
        made_by,
        file,
        used,
        fits,
        lambda given, columns: names_of(reader(given, columns)),
        lambda given, images, classes, rename, columns: chosen(
            given.path, reader(given, columns), images, classes, rename
        ),
        advised_score,
    )


def _table(one: tables.Table, used: str) -> LabelFormat:
    return _plain(
        one.made_by, "CSV", used, lambda given: tables.is_table(one, given), lambda given: tables.read_table(given, one)
    )


_COCO = LabelFormat(
    "COCO; CVAT, Label Studio, Roboflow and others export it",
    "JSON with `images`, `categories`, `annotations`",
    "boxes, also turned ones (`attributes.rotation`); else points, key points, polygons, masks (RLE); `score`",
    is_coco,
    lambda given, columns: tuple(dict.fromkeys(category_names(given).values())),
    lambda given, images, classes, rename, columns: read_coco(given.path, images, classes, rename),
)
_VOC = LabelFormat(
    "Pascal VOC; CVAT, labelImg, roLabelImg",
    "XML file, a folder of them, or a list of photos, `ImageSets/Main/train.txt`",
    "boxes, points, `rotation`, `robndbox`, `difficult`",
    lambda given: is_voc(given) or is_voc_list(given),
    lambda given, columns: voc_list_class_names(given) if is_voc_list(given) else voc_class_names(given.path),
    lambda given, images, classes, rename, columns: (
        read_voc_list(given, images, classes, rename)
        if is_voc_list(given)
        else read_voc(given.path, images, classes, rename)[0]
    ),
)
_MAPPED = LabelFormat(
    "any program",
    "CSV, with its columns named",
    "photo, class, score; xmin, ymin, xmax, ymax, or x, y, w, h, or x, y, or wkt; width, height of the photo",
    lambda given: False,  # only when the user names the columns
    lambda given, columns: names_of(tables.read_table(given, tables.mapped(columns))),
    lambda given, images, classes, rename, columns: chosen(
        given.path, tables.read_table(given, tables.mapped(columns)), images, classes, rename
    ),
)
FORMATS = (
    _COCO,
    _plain(
        "COCO results; many detectors write it",
        "JSON list, with the COCO file of its photos in the same folder",
        "boxes, masks, `score`",
        is_coco_results,
        read_coco_results,
    ),
    _plain(
        "YOLO; Ultralytics, Roboflow, CVAT, Label Studio",
        "`data.yaml`, a folder of .txt files with `data.yaml`, `classes.txt`, `obj.names` or `notes.json`, or a list "
        "of photos, `train.txt`",
        "boxes; around polygons (`-seg`) and turned boxes (`-obb`); of key points (`kpt_shape`) the box; scores",
        lambda given: is_yolo(given) and not is_voc_list(given),
        read_yolo,
    ),
    _VOC,
    _plain(
        "CVAT",
        "XML, CVAT for images or for video",
        "boxes, `rotation`, polygons, polylines, ellipses, masks, points",
        is_cvat,
        read_cvat,
    ),
    _plain(
        "Label Studio",
        "JSON or JSON-MIN",
        "rectangles, also turned ones, polygons, ellipses, key points; predictions with scores, if nobody labelled",
        is_label_studio,
        read_label_studio,
    ),
    _plain(
        "LabelMe",
        "JSON file, or a folder of them",
        "rectangles, polygons, circles, lines, points, masks",
        is_labelme,
        read_labelme,
    ),
    _of_columns(
        "VIA 2, VGG Image Annotator",
        "project, JSON or CSV",
        "rectangles, circles, ellipses, polygons, polylines, points",
        is_via,
        read_via,
    ),
    _of_columns(
        "VIA 3, VGG Image Annotator",
        "project",
        "rectangles, circles, ellipses, polygons, polylines, points",
        is_via3,
        read_via3,
    ),
    _plain("Create ML; Roboflow", "JSON", "boxes", is_createml, read_createml),
    _plain("DOTA", "folder of .txt files (`labelTxt`)", "around the turned boxes; difficult ones", is_dota, read_dota),
    _plain("DotDotGoose", ".pnt", "points", is_dotdotgoose, read_dotdotgoose),
    _plain(
        "MegaDetector, Timelapse",
        "JSON with `images`, `detection_categories`",
        "boxes, `conf`; the best class of a classifier",
        is_megadetector,
        read_megadetector,
        megadetector_advice,
    ),
    _plain(
        "Camtrap DP",
        "folder of the package, or its `observations.csv`",
        "boxes of observations; `scientificName`, `classificationProbability`",
        is_camtrap,
        read_camtrap,
    ),
    _plain(
        "BIIGLE",
        "CSV of annotations of images",
        "points, circles, ellipses, lines, polygons, rectangles",
        is_biigle,
        read_biigle,
    ),
    _table(tables.HERDNET, "images, labels, scores, and x, y or x_min, y_min, x_max, y_max"),
    _table(tables.DEEPFOREST, "image_path, label, score, and xmin, ymin, xmax, ymax or x, y or geometry (WKT)"),
    _table(tables.WISDAM, "image_path, type, probability, xmin, ymin, xmax, ymax"),
    _table(tables.TENSORFLOW, "filename, width, height, class, xmin, ymin, xmax, ymax"),
    _table(tables.VOTT, "image, label, xmin, ymin, xmax, ymax"),
    _plain("VIAME", "CSV", "boxes; the species with the highest score", is_viame, read_viame),
    LabelFormat(
        "QGIS and others; DeepForest's shapefiles",
        "polygons, lines or points of a vector file",
        "over georeferenced images, and for `import` over photos with a position; `image_path`, `score`",
        is_vector,
        vector_class_names,
        lambda given, images, classes, rename, columns: chosen(
            given.path, read_vector(given, images, columns), images, classes, rename
        ),
        over=lambda given, images, columns, placed: chosen(
            given.path, read_vector(given, images, columns, placed), images, vector_class_names(given, columns), NONE
        ),
    ),
    _MAPPED,
)


def table() -> str:
    """The formats as a Markdown table, for the manual."""
    lines = ["| made by | what to give | what is used |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {one.made_by} | {one.file} | {one.used} |" for one in FORMATS)])


def format_of(given: Given, columns: Columns = NONE) -> LabelFormat:
    """The format of labels, by their content. Raises InputError if there is nothing, or nothing that is understood."""
    if not given.path.exists():
        raise InputError(f"cannot read the labels {given.path}: no such file or folder")
    found = next((one for one in FORMATS if one.fits(given)), None)
    if columns and (found is None or found.file == "CSV") and tables.is_csv(given):
        return _MAPPED
    if found is not None:
        return found
    if tables.is_csv(given):
        list(tables.read_table(given))  # says which columns it has, and which were expected
    if given.is_folder and (inside := _inside(given)) is not None:
        raise InputError(f"{given.path} is a folder; give the file with the labels, such as {shown(inside.name)} in it")
    found_in = _described(given)
    raise InputError(
        f"{given.path}: {found_in}, which is no format of labels that is read; expected COCO, YOLO, Pascal VOC, CVAT, "
        "Label Studio, LabelMe, VIA, DOTA, a CSV or a vector file"
    )


def _inside(given: Given) -> Path | None:
    """The first file directly in a folder that has a format."""
    files = sorted(path for path in given.path.iterdir() if path.suffix.lower() in _LABEL_FILES and path.is_file())
    for file in files[:_LOOKED_AT]:
        with suppress(InputError):
            if any(one.fits(Given(file)) for one in FORMATS):
                return file
    return None


def _described(given: Given) -> str:
    if given.is_folder:
        endings = sorted({path.suffix.lower() or "no ending" for path in list(given.path.iterdir())[:1000]})
        return f"a folder with {', '.join(endings[:6]) or 'nothing'}"
    if isinstance(given.document, dict):
        return f"JSON with the keys {shown(', '.join(map(str, given.document)))}"
    if given.document is not None:
        return f"JSON, a {type(given.document).__name__}"
    if given.root is not None:
        return f"XML that begins with <{shown(given.root.tag)[1:-1]}>"
    return f"a file that ends in {given.path.suffix or 'nothing'}"


def not_named(labels: StrPath, images: StrPath, named: Paths, splits: Classes = ()) -> list[Path]:
    """The photos below the folder `images` that labels do not name, and that are of no other list or split.

    Args:
        labels: The file or the folder.
        images: The folder.
        named: The photos that the labels name.
        splits: As in `read_labels`.
    """
    given, images = Given(as_path(labels), splits), as_path(images)
    if is_voc_list(given) or is_yolo_list(given):  # the others are of other lists
        return []
    every = {path for path in images.rglob("*") if is_image(path.name) and path.is_file()}
    bare = sorted(every - set(as_paths(named)))
    others = set(of_other_splits(given, bare, images)) if is_yolo(given) else ()
    return [path for path in bare if path not in others]


def names_in(labels: StrPath, columns: Columns = NONE, splits: Classes = ()) -> tuple[str, ...]:
    """The names of the classes in labels. Arguments as in `read_labels`. Raises InputError like it."""
    given = Given(as_path(labels), splits)
    return format_of(given, columns).names(given, columns)


def with_rest(names: Iterable[str], classes: Sequence[str], rename: Mapping[str, str], rest: str) -> dict[str, str]:
    """`rename`, with the class `rest` for each of the names that is neither a class nor renamed; '' for none."""
    others = {name: rest for name in names if name not in classes} if rest else {}
    return {**others, **rename}


def read_labels(
    labels: StrPath,
    images: StrPath,
    classes: tuple[str, ...],
    rename: Mapping[str, str] = NONE,
    columns: Columns = NONE,
    splits: Classes = (),
) -> list[LabelledImage]:
    """Read the labelled photos of a file or a folder of labels, in any of FORMATS.

    Args:
        labels: The file or the folder. Its format is recognised by its content.
        images: The folder that the names of photos start from.
        classes: The classes to read; labels of others are dropped.
        rename: The class of a name in the labels.
        columns: For a CSV or a vector file: the column of each field of `tables.FIELDS`, where the names are not the
            usual ones.
        splits: Where a file names several splits (YOLO's `data.yaml`), the one that is read: the first of these that it
            names, such as `train`; () for all.

    Raises:
        InputError: The format is not understood, or the labels cannot be used.
    """
    given = Given(as_path(labels), splits)
    return format_of(given, columns).read(given, as_path(images), classes, rename, columns)
