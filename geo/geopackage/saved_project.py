"""A survey's QGIS project that is there already: Herdmap changes the entries of its own layers, and nothing else.

Layouts, other layers, bookmarks, and how a person drew a layer stay. A project that nobody saved since Herdmap wrote it
is not kept but written anew.
"""

import contextlib
import io
import re
import zipfile
from collections.abc import Collection, Sequence
from xml.etree import ElementTree as ET  # nosec B405

from geo.errors import VectorError
from geo.geopackage import project, styles
from geo.geopackage.project import Facts

_OURS = re.compile(
    rf"\./([^/]+\.gpkg)\|layername=({'|'.join(project.TITLES)})(\|.*)?", re.DOTALL
)  # a filter may follow
_LARGEST_PROJECT = 1 << 25  # bytes of XML: far above any real one, and no memory lost to a forged zip
_IMAGERY = re.compile(r"imagery_(\d+)_herdmap")  # the id of a layer of imagery


def saved_by_a_person(archive: bytes | None) -> bool:
    """Whether a `.qgz` holds a project that QGIS saved, and not Herdmap."""
    try:
        _, root = _read(archive or b"", "")
        _parts(root, "")
    except VectorError:
        return False
    return root.tag == "qgis" and root.attrib != {"version": "3.22.0", "projectname": "Herdmap"}


def repacked(archive: bytes, xml: bytes) -> bytes:
    """A `.qgz` with another XML of its project; what else is in it, such as moved labels, stays."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        left = _LARGEST_PROJECT
        for info in old.infolist():
            if info.filename.endswith(".qgs"):
                new.writestr(info, xml, zipfile.ZIP_DEFLATED)
                continue
            left -= info.file_size
            if left >= 0:
                with contextlib.suppress(zipfile.BadZipFile, RuntimeError, NotImplementedError):
                    new.writestr(info, old.read(info), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def refreshed(archive: bytes, gpkg: str, facts: Facts, before: Collection[str]) -> bytes:
    """The XML of a stored project for a survey that was written anew.

    Its layers have their new CRS and extent. Tables that the survey did not have before, and imagery that the project
    does not show yet, are added. Layers of tables and imagery that are gone are removed. before: the tables that the
    survey had. Raises VectorError where the archive holds no project.
    """
    _, root = _read(archive, gpkg)
    tree, layers = _parts(root, gpkg)
    _follow_rename(root, gpkg)
    for name in project.TITLES:
        there = [layer for layer in layers if _table_of(layer.findtext("datasource", ""), gpkg) == name]
        if name == "runs":
            continue
        if name not in facts.layers:
            for layer in there:
                _remove(root, layers, layer)
        elif there:
            for layer in there:
                _place(layer, facts.layers[name])
        elif name not in before:
            project.add_vector(tree, layers, gpkg, name, facts)
            _put_in_order(tree, name)
    _show_imagery(root, tree, layers, facts)
    return project.document(root)


def _place(layer: ET.Element, where: project.Layer) -> None:
    """Give a layer its new CRS and extent."""
    for tag in ("srs", "extent", "wgs84extent"):
        for node in layer.findall(tag):
            layer.remove(node)
    srs = ET.SubElement(layer, "srs")
    project.put_crs(srs, where.crs_wkt)
    if where.extent is not None:
        project.put_extent(layer, where.extent)


def _show_imagery(root: ET.Element, tree: ET.Element, layers: ET.Element, facts: Facts) -> None:
    """Add imagery that the project does not show, and remove Herdmap's own that the survey does not have any more."""
    wanted = {image.source.removeprefix("./"): image for image in facts.imagery}
    shown = {layer.findtext("datasource", "").removeprefix("./"): layer for layer in list(layers)}
    for source, layer in shown.items():
        if _IMAGERY.fullmatch(layer.findtext("id", "")) and source not in wanted:
            _remove(root, layers, layer)
    new = [image for source, image in wanted.items() if source not in shown]
    if not new:
        return
    groups = [node for node in tree.iter("layer-tree-group") if node.get("name", "").startswith("Imagery")]
    group = groups[0] if groups else ET.SubElement(tree, "layer-tree-group", name="Imagery", checked="Qt::Checked")
    numbers = [int(found[1]) for layer in layers if (found := _IMAGERY.fullmatch(layer.findtext("id", "")))]
    scale = project.photos_from(facts)
    for number, image in enumerate(new, start=max(numbers, default=-1) + 1):
        key = f"imagery_{number}_herdmap"
        project.add_imagery(group, layers, key, image, scale if image.kind == "photo" else None)


def with_layers(archive: bytes, gpkg: str, facts: Facts, names: Sequence[str]) -> bytes:
    """The XML of a stored project with those of the layers `names` that the file has and without the others.

    A layer that is there already stays as a person left it, its classes of density apart; all else stays as it was.
    archive: a `.qgz`. Raises VectorError where it holds no project.
    """
    xml, root = _read(archive, gpkg)
    tree, layers = _parts(root, gpkg)
    changed = _follow_rename(root, gpkg)
    for name in names:
        there = [layer for layer in layers if _table_of(layer.findtext("datasource", ""), gpkg) == name]
        if name not in facts.layers:
            for layer in there:
                _remove(root, layers, layer)
        elif there:
            there = [layer for layer in there if name == "strata" and styles.update_ranges(layer, facts.style)]
        else:
            project.add_vector(tree, layers, gpkg, name, facts)
            _put_in_order(tree, name)
            there = [layers[-1]]
        changed = changed or bool(there)
    return project.document(root) if changed else xml


def _table_of(source: str, gpkg: str) -> str | None:
    """Which table of this GeoPackage a layer shows, if one of Herdmap's."""
    found = _OURS.fullmatch(source)
    return found[2] if found and found[1] == gpkg else None


def _remove(root: ET.Element, layers: ET.Element, layer: ET.Element) -> None:
    """Take a layer out of the project and its tree: without its table, QGIS would ask for it on opening."""
    key = layer.findtext("id", "")
    layers.remove(layer)
    for parent in list(root.iter()):
        for node in [child for child in parent if child.tag == "layer-tree-layer" and child.get("id") == key]:
            parent.remove(node)


def _put_in_order(tree: ET.Element, name: str) -> None:
    """Move the node that was added last under those that are to be above it, where they are there, else on top."""
    node = tree.findall("layer-tree-layer")[-1]
    tree.remove(node)
    before = list(project.TITLES)[: list(project.TITLES).index(name)]
    places = [[i for i, child in enumerate(tree) if child.get("id", "").startswith(table)] for table in before]
    first = next((i for i, child in enumerate(tree) if child.tag.startswith("layer-tree")), 0)
    above = next((found[0] + 1 for found in reversed(places) if found), first)
    tree.insert(above, node)


def _follow_rename(root: ET.Element, gpkg: str) -> bool:
    """Point the layers of a GeoPackage that was renamed since at its name now; whether any had to be."""
    renamed = False
    for node in [*root.iter("datasource"), *root.iter("layer-tree-layer")]:
        source = (node.text if node.tag == "datasource" else node.get("source")) or ""
        found = _OURS.fullmatch(source)
        if found and found[1] != gpkg:
            renamed = True
            source = f"./{gpkg}{source[found.end(1) :]}"
            if node.tag == "datasource":
                node.text = source
            else:
                node.set("source", source)
    return renamed


def _read(archive: bytes, gpkg: str) -> tuple[bytes, ET.Element]:
    """The XML of the project in a `.qgz`. Raises VectorError."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            entry = next(info for info in zipped.infolist() if info.filename.endswith(".qgs"))
            if entry.file_size > _LARGEST_PROJECT:
                raise VectorError(
                    f"{gpkg}: its QGIS project says that it has {entry.file_size} bytes, which is too large; search "
                    "the imagery again"
                )
            xml = zipped.read(entry)
        return xml, ET.fromstring(xml)  # noqa: S314 (expat from 2.4 on bounds entity expansion, and nothing is fetched) # nosec B314
    except (zipfile.BadZipFile, StopIteration, ET.ParseError, NotImplementedError, RuntimeError) as error:
        raise VectorError(
            f"{gpkg}: its QGIS project cannot be read; search the imagery again", about="detect"
        ) from error


def _parts(root: ET.Element, gpkg: str) -> tuple[ET.Element, ET.Element]:
    """The layer tree and the layers. Raises VectorError."""
    tree, layers = root.find("layer-tree-group"), root.find("projectlayers")
    if tree is None or layers is None:
        raise VectorError(f"{gpkg}: its QGIS project has no layers; search the imagery again", about="detect")
    return tree, layers
