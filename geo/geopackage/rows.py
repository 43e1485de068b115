"""Converts the tables of `geo.tables` to rows of a GeoPackage and back. Estimates: `estimate_rows.py`."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.geopackage import added, row_numbers, schema, styles
from geo.geopackage.identity import identities
from geo.geopackage.table_rows import add_rows, columns_of, has_columns
from geo.searches import Searches
from geo.tables import KINDS, REVIEWS, Counts, DetectionRows, Images, Run

BOX = ("xmin", "ymin", "xmax", "ymax")
"""The columns of a box in image px."""
_EXTRA = {"runner_up", "runner_up_score", "error_m", *schema.SINCE_0_2}  # which an older file lacks


def put_images(
    db: sqlite3.Connection,
    images: Images,
    detections: DetectionRows,
    srs_id: int,
    old: sqlite3.Connection | None = None,
) -> None:
    """old: the survey that is written again. The same goes for the detections and the labelled tiles."""
    known = {image: row for row, image in enumerate(images.path)}
    row_of = np.array([known.get(path, -1) for path in detections.paths], np.int64)
    found = np.bincount(row_of[detections.image], minlength=len(images)) if len(detections) else images.width * 0
    blobs: list[bytes | None] = [None] * len(images)
    bounds = np.full((len(images), 4), np.nan)
    by_corners: dict[int, list[int]] = {}
    for row, ring in enumerate(images.footprints):
        if ring is not None:
            by_corners.setdefault(len(ring), []).append(row)
    for rows in by_corners.values():
        rings = [ring for row in rows if (ring := images.footprints[row]) is not None]
        some, bounds[rows] = schema.polygon_blobs(np.stack(rings), srs_id)
        for row, blob in zip(rows, some, strict=True):
            blobs[row] = blob
    columns: dict[str, Any] = {
        name: column.tolist() if isinstance(column := getattr(images, name), np.ndarray) else column
        for name in schema.IMAGES
    }
    columns["detections"] = found.tolist()
    # A reason may quote the name of a file, whatever bytes that is made of.
    columns["reason"] = [None if text is None else text.encode("utf-8", "replace").decode() for text in images.reason]
    geometry = ("POLYGON", srs_id, blobs, bounds)
    numbers = row_numbers.kept(old, "images", ["path"], images.path)
    add_rows(db, "images", schema.IMAGES, columns, len(images), geometry, images.added, numbers)
    db.execute("CREATE UNIQUE INDEX images_path ON images (path)")


def put_detections(
    db: sqlite3.Connection, rows: DetectionRows, srs_id: int, old: sqlite3.Connection | None = None
) -> None:
    blobs, bounds = schema.polygon_blobs_in_turn(rows.polygons_map, srs_id)
    boxes = np.round(rows.boxes_px.astype(np.float64), 2)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], np.round(boxes[:, :2] + 0.01, 2))
    names = np.array([*rows.classes, None], object)
    animals = rows.animal_id.copy()
    alone = animals < 0
    animals[alone] = max(0, animals.max(initial=0)) + 1 + np.arange(np.count_nonzero(alone))
    columns: dict[str, Any] = {
        "image": np.array([*rows.paths, None], object)[rows.image],
        "class": names[rows.label],
        "score": np.round(rows.score.astype(np.float64), 4),
        "xmin": boxes[:, 0],
        "ymin": boxes[:, 1],
        "xmax": boxes[:, 2],
        "ymax": boxes[:, 3],
        "animal_id": animals,
        "counted": None if (rows.counted == 1).all() else rows.counted,
        "review": None if rows.review == "unreviewed" else rows.review,
        "runner_up": names[rows.runner_up] if (rows.runner_up >= 0).any() else None,
        "runner_up_score": None,
        "error_m": None,
        "kind": None if rows.kind == KINDS[0] else rows.kind,
        "angle_deg": None,
        "uuid": identities(rows.text("uuid"), rows.image_paths(), rows.class_names(), boxes, rows.polygons_map[:, 0]),
        "chip": rows.chip,
    }
    if np.isfinite(rows.error_m).any():
        columns["error_m"] = np.round(rows.error_m, 2)
    if np.isfinite(rows.angle_deg).any():
        columns["angle_deg"] = np.round(rows.angle_deg.astype(np.float64), 2)
    for name in ("seen", "looks"):
        column = getattr(rows, name)
        columns[name] = (None if value < 0 else value for value in column.tolist()) if (column >= 0).any() else None
    if columns["runner_up"] is not None:
        columns["runner_up_score"] = np.round(rows.runner_up_score.astype(np.float64), 4)
    for name in ("reviewed_class", "reviewer", "reviewed_at", "note", "run_id"):
        columns[name] = getattr(rows, name)
    geometry = ("POLYGON", srs_id, blobs, bounds)
    numbers = row_numbers.kept(old, "detections", ["uuid"], columns["uuid"])
    add_rows(db, "detections", schema.DETECTIONS, columns, len(rows), geometry, rows.added, numbers)
    db.execute("CREATE INDEX detections_image ON detections (image)")
    db.execute(schema.DETECTIONS_UUID)
    db.execute("CREATE INDEX detections_review ON detections (review, score)")  # the order of the review queue


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Give the detections the columns that they lack since version 0.1, and each row an identity of its own.

    Needs `schema.allow_edits`. A row that was drawn in QGIS without the form has no identity yet.
    """
    there = {str(row[1]).lower() for row in db.execute("SELECT * FROM pragma_table_info('detections')")}
    for name in schema.SINCE_0_2:
        if name not in there:
            db.execute(f'ALTER TABLE detections ADD COLUMN "{name}" {schema.DETECTIONS[name]}')
    indexed = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'detections_uuid'").fetchone()
    if indexed and not db.execute("SELECT 1 FROM detections WHERE uuid IS NULL LIMIT 1").fetchone():
        return
    names = ["fid", "image", "class", *BOX, "geom", "uuid"]
    read = columns_of(db, "detections", names)
    boxes = np.stack([_floats(read[name]) for name in BOX], axis=1)
    corners = schema.rings_of(read["geom"], 5)[:, 0]
    known = _identities_in(read["uuid"])
    found = identities(known, read["image"], read["class"], boxes, corners)
    changed = [(new, fid) for new, old, fid in zip(found, read["uuid"], read["fid"], strict=True) if new != old]
    db.executemany("UPDATE detections SET uuid = ? WHERE fid = ?", changed)
    if not indexed:
        db.execute(schema.DETECTIONS_UUID)


def _identities_in(column: Sequence[Any]) -> list[str | None]:
    """The identities that a column holds; what another program wrote there and is no text, is none."""
    return [text if isinstance(text, str) and text else None for text in column]


def put_tile_labels(
    db: sqlite3.Connection, rows: DetectionRows, srs_id: int, old: sqlite3.Connection | None = None
) -> None:
    """The labelled tiles; of what `DetectionRows` has, a tile has no animal, no second class and no picture."""
    blobs, bounds = schema.polygon_blobs(rows.polygons_map, srs_id)
    boxes = np.round(rows.boxes_px.astype(np.float64), 2)
    columns: dict[str, Any] = {
        "image": np.array([*rows.paths, None], object)[rows.image].tolist(),
        "class": np.array([*rows.classes, None], object)[rows.label].tolist(),
        "score": np.round(rows.score.astype(np.float64), 4).tolist(),
        **{name: boxes[:, i].tolist() for i, name in enumerate(BOX)},
        "review": None if rows.review == "unreviewed" else rows.review,
    }
    for name in ("reviewed_class", "reviewer", "reviewed_at", "note", "run_id"):
        columns[name] = getattr(rows, name)
    geometry = ("POLYGON", srs_id, blobs, bounds)
    key: tuple[str, ...] = ("image", *BOX)
    if len({*zip(*(columns[name] for name in key), strict=True)}) < len(rows):
        key = (*key, "class")  # a tile has several classes
    numbers = row_numbers.kept(old, "tile_labels", key, list(zip(*(columns[name] for name in key), strict=True)))
    add_rows(db, "tile_labels", schema.TILE_LABELS, columns, len(rows), geometry, rows.added, numbers)
    db.execute("CREATE INDEX tile_labels_image ON tile_labels (image)")
    db.execute("CREATE INDEX tile_labels_review ON tile_labels (review, class)")


def put_runs(db: sqlite3.Connection, runs: Sequence[Run]) -> None:
    columns: dict[str, list[Any]] = {name: [getattr(run, name) for run in runs] for name in schema.RUNS}
    columns["classes"] = [json.dumps(list(run.classes), ensure_ascii=False) for run in runs]
    columns["settings"] = [json.dumps(dict(run.settings), ensure_ascii=False, allow_nan=False) for run in runs]
    add_rows(db, "runs", schema.RUNS, columns, len(runs))


def put_searches(db: sqlite3.Connection, searches: Searches) -> None:
    """The cells that people searched."""
    boxes = np.round(searches.boxes_px, 2)
    columns = {
        "image": searches.image,
        "cell": searches.cell.tolist(),
        **{name: boxes[:, i].tolist() for i, name in enumerate(("xmin", "ymin", "xmax", "ymax"))},
        "reviewer": searches.reviewer,
        "searched_at": searches.searched_at,
    }
    add_rows(db, "searches", schema.SEARCHES, columns, len(searches))
    db.execute("CREATE INDEX searches_image ON searches (image)")


def put_counts(db: sqlite3.Connection, counts: Counts) -> None:
    srs_id = schema.add_srs(db, counts.crs_wkt)
    blobs, bounds = schema.wkb_blobs(counts.polygons, srs_id)
    totals: dict[str, int] = {}
    for region, count in zip(counts.region, counts.count.tolist(), strict=True):
        totals[region] = totals.get(region, 0) + count
    columns = {
        "region": counts.region,
        "class": counts.class_name,
        "count": counts.count.tolist(),
        "area_km2": counts.area_km2.tolist(),
        "density_per_km2": counts.density_per_km2.tolist(),
        "total": [totals.pop(region, None) for region in counts.region],
    }
    add_rows(db, "counts", schema.COUNTS, columns, len(counts), ("MULTIPOLYGON", srs_id, blobs, bounds))


def style_options(
    rows: DetectionRows,
    runs: Sequence[Run],
    labels: DetectionRows | None = None,
    images: Images | None = None,
    *,
    on_map: bool = True,
) -> styles.Options:
    """What the styles must know of the rows: the classes that are there, in the models' own order, and the columns that
    a person added.
    """
    tables = {"detections": rows, "tile_labels": labels, "images": images}
    here = _classes_in(rows)
    on_tiles = set() if labels is None else _classes_in(labels)
    known = list(dict.fromkeys([*chain.from_iterable(run.classes for run in runs), *sorted(here | on_tiles)]))
    empty = next((e for run in reversed(runs) if isinstance(e := run.settings.get("empty_class"), str)), None)
    return styles.Options(
        tuple(name for name in known if name in here),
        tuple(known),
        tile_classes=tuple(name for name in known if name in on_tiles),
        empty_class=empty,
        on_map=on_map,
        added={name: [one.name for one in table.added] for name, table in tables.items() if table is not None},
    )


def _classes_in(rows: DetectionRows) -> set[str]:
    said = {rows.reviewed_class} if isinstance(rows.reviewed_class, str) else set(rows.reviewed_class or ())
    return {rows.classes[label] for label in np.unique(rows.label).tolist()} | {name for name in said if name}


def put_styles(db: sqlite3.Connection, options: styles.Options, only: Collection[str] | None = None) -> None:
    """Give the layers that are there, or `only` these of them, their default style."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "layer_styles" not in tables:
        schema.add_layer(
            db,
            "layer_styles",
            schema.STYLES,
            {"f_table_name": ()},
            0,
            identifier="layer_styles",
            description=styles.DESCRIPTIONS["layer_styles"],
        )
    for name in ("images", "detections", "tile_labels", "counts", "strata", "transects") if only is None else only:
        query = "SELECT sum(styleName = 'herdmap'), sum(useAsDefault) FROM layer_styles WHERE f_table_name = ?"
        kept, chosen = db.execute(query, (name,)).fetchone()  # styles that a person saved
        if name in tables and not kept:
            db.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
                " styleQML, styleSLD, useAsDefault, description, owner)"
                " VALUES ('', '', ?, 'geom', 'herdmap', ?, '', ?, ?, '')",
                (name, styles.qml(name, options), int(not chosen), styles.DESCRIPTIONS[name]),
            )
    db.execute(
        "UPDATE gpkg_ogr_contents SET feature_count = (SELECT count(*) FROM layer_styles)"
        " WHERE table_name = 'layer_styles'"
    )


def get_images(db: sqlite3.Connection) -> Images:
    """The images, in the file's order."""
    columns = columns_of(db, "images", ["geom", *schema.IMAGES])
    shapes = [schema.shape_of(blob) for blob in columns.pop("geom")]
    rings = [None if s is None or s.is_empty else shapely.get_coordinates(s.exterior) for s in shapes]
    for name in ("detections", "tiles"):
        columns[name] = [value or 0 for value in columns[name]]
    for name in ("lon", "lat", "altitude_m", "agl_m", "heading_deg", "gsd_m"):
        columns[name] = _floats(columns[name])
    return Images(**columns, footprints=rings, added=added.read(db, "images", schema.IMAGES))


def get_detections(db: sqlite3.Connection, *, reviewed_only: bool, chips: bool) -> DetectionRows:
    """The detections of one image after the other, in the order of the images.

    Those that a person drew without the form are mended, not refused.
    """
    # A file that another program made has the columns that everybody needs.
    there = {*added.ours(db, "detections", schema.DETECTIONS), *(schema.DETECTIONS.keys() - _EXTRA)}
    names = [name for name in schema.DETECTIONS if name in there and (chips or name != "chip")]
    chosen, defaults = added.by_a_person(db, "detections", schema.DETECTIONS) if reviewed_only else ("1", ())
    read = columns_of(db, "detections", ["geom", *names], chosen, defaults)
    rings = schema.rings_of(read["geom"], 5)
    read.update({name: [None] * len(rings) for name in _EXTRA if name not in read})
    if None in read["image"]:
        read["image"] = _images_under(db, read["image"], rings)
    columns, code_of = _boxed_columns(read, rings)
    found = DetectionRows(
        **columns,
        animal_id=_or_minus_one(read["animal_id"]),
        seen=_or_minus_one(read["seen"]),
        looks=_or_minus_one(read["looks"]),
        counted=_yes_or_no("counted", read["counted"]),
        error_m=_floats(read["error_m"]),
        runner_up=np.array([-1 if name is None else code_of[name] for name in read["runner_up"]], np.int64),
        runner_up_score=_floats(read["runner_up_score"]).astype(np.float32),
        angle_deg=_floats(read["angle_deg"]).astype(np.float32),
        kind=_one_or_all([kind if kind in KINDS else KINDS[0] for kind in read["kind"]]) or KINDS[0],
        uuid=_identities_in(read["uuid"]) or None,
        chip=read.get("chip"),
        added=added.read(db, "detections", schema.DETECTIONS, chosen, defaults),
    )
    return _by_image(db, found)


def _by_image(db: sqlite3.Connection, rows: DetectionRows) -> DetectionRows:
    """Rows that came later have higher numbers, and stand behind those of all images."""
    rank = {path: number for number, (path,) in enumerate(db.execute("SELECT path FROM images ORDER BY fid"))}
    ranks = np.array([rank.get(path, len(rank)) for path in rows.paths], np.int64)[rows.image]
    return rows if (np.diff(ranks) >= 0).all() else rows.take(np.argsort(ranks, kind="stable"))


def _or_minus_one(column: Sequence[int | None]) -> NDArray[np.int64]:
    return np.array([-1 if value is None else value for value in column], np.int64)


def get_tile_labels(db: sqlite3.Connection, *, reviewed_only: bool) -> DetectionRows | None:
    """The labelled tiles, in the file's order; None where the file has none of Herdmap's."""
    columns = [str(row[1]) for row in db.execute("SELECT * FROM pragma_table_info('tile_labels')").fetchall()]
    if not {"fid", "geom", *schema.TILE_LABELS} <= set(columns):
        return None
    chosen, defaults = added.by_a_person(db, "tile_labels", schema.TILE_LABELS) if reviewed_only else ("1", ())
    read = columns_of(db, "tile_labels", ["geom", *schema.TILE_LABELS], chosen, defaults)
    rings = schema.rings_of(read["geom"], 5)
    if None in read["image"]:
        read["image"] = _images_under(db, read["image"], rings)
    own = added.read(db, "tile_labels", schema.TILE_LABELS, chosen, defaults)
    return DetectionRows(**_boxed_columns(read, rings)[0], added=own)


def _boxed_columns(read: dict[str, Any], rings: NDArray[np.float64]) -> tuple[dict[str, Any], dict[str, int]]:
    """What detections and labelled tiles have in common, and the code of each class."""
    main = [a or b or "unknown" for a, b in zip(read["class"], read["reviewed_class"], strict=True)]
    paths, image = _indexed(read["image"])
    classes, codes = _indexed([*main, *(name for name in read.get("runner_up", ()) if name is not None)])
    boxes = np.stack([_floats(read[name]) for name in BOX], axis=1)
    columns = {
        "paths": paths,
        "image": image,
        "classes": classes,
        "label": codes[: len(main)],
        "score": _floats(read["score"]).astype(np.float32),
        "boxes_px": boxes.astype(np.float32),
        "polygons_map": rings,
        "review": _one_or_all(read["review"]) or REVIEWS[0],
        **{name: _one_or_all(read[name]) for name in ("reviewed_class", "reviewer", "reviewed_at", "note", "run_id")},
    }
    return columns, {name: code for code, name in enumerate(classes)}


def get_searches(db: sqlite3.Connection) -> Searches | None:
    """The cells that people searched, in the file's order; None where the file has no table of that name and kind."""
    if not has_columns(db, "searches", list(schema.SEARCHES)):
        return None
    read = columns_of(db, "searches", list(schema.SEARCHES))
    return Searches(
        image=read["image"],
        cell=np.array([0 if value is None else value for value in read["cell"]], np.int64),
        boxes_px=np.stack([_floats(read[name]) for name in BOX], axis=1),
        reviewer=read["reviewer"],
        searched_at=read["searched_at"],
    )


def get_counts(db: sqlite3.Connection, crs_wkt: str | None) -> Counts | None:
    """The counts per region, in the file's order; None where the file has no layer of that name that Herdmap made."""
    names = ["geom", *(name for name in schema.COUNTS if name != "total")]  # which older files lack
    if not has_columns(db, "counts", names):
        return None
    read = columns_of(db, "counts", names)
    shapes = map(schema.shape_of, read["geom"])
    return Counts(
        region=read["region"],
        class_name=read["class"],
        count=np.array(read["count"], np.int64),
        area_km2=_floats(read["area_km2"]),
        density_per_km2=_floats(read["density_per_km2"]),
        polygons=[None if shape is None or shape.is_empty else shapely.to_wkb(shape) for shape in shapes],
        crs_wkt=crs_wkt,
    )


def get_runs(db: sqlite3.Connection) -> list[Run]:
    """The runs, in the file's order."""
    columns = columns_of(db, "runs", list(schema.RUNS))
    columns["classes"] = [json.loads(text) for text in columns["classes"]]
    columns["settings"] = [json.loads(text) for text in columns["settings"]]
    for classes, settings in zip(columns["classes"], columns["settings"], strict=True):
        if not (isinstance(classes, list) and all(isinstance(name, str) for name in classes)):
            raise ValueError(f"a run has the classes {str(classes)[:40]}, not a list of names")
        if not isinstance(settings, dict):
            raise ValueError(f"a run has the settings {str(settings)[:40]}, not names with values")
    return [Run(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _yes_or_no(name: str, column: Sequence[Any]) -> NDArray[np.uint8]:
    """(N,) 0 or 1. Raises ValueError for another number, which would be that many animals in a sum."""
    if wrong := sorted(set(column) - {0, 1}):
        raise ValueError(f"{name} is {wrong[0]!r}, and may be 0 or 1")
    return np.array(column, np.uint8)


def _floats(values: list[float | None]) -> NDArray[np.float64]:
    return np.array(values, np.float64)  # None becomes NaN


def _indexed(values: list[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The different values in order of appearance, and which of them each value is."""
    code_of = {value: code for code, value in enumerate(dict.fromkeys(values))}
    return tuple(code_of), np.array([code_of[value] for value in values], np.int64)


def _one_or_all(column: list[str | None]) -> Any:
    """A text column as `DetectionRows` keeps it cheaply where all rows say the same."""
    return column[0] if column and column.count(column[0]) == len(column) else column or None


def _images_under(db: sqlite3.Connection, images: list[str | None], rings: NDArray[np.float64]) -> list[str]:
    """The images, with the one whose footprint is nearest to the box where a person's row names none."""
    known = get_images(db)
    footprints = [row for row, ring in enumerate(known.footprints) if ring is not None]
    tree = shapely.STRtree([shapely.Polygon(known.footprints[row]) for row in footprints])
    found = []
    for image, ring in zip(images, rings, strict=True):
        row = 0
        if image is None and footprints and np.isfinite(ring).all():
            row = footprints[int(tree.nearest(shapely.Point(ring[:4].mean(axis=0))))]
        found.append(image if image is not None else known.path[row])
    return found
