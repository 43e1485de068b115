"""Files that ask for something elsewhere: an address on the network, or a file that is nobody's business."""

import json
import shutil
import sqlite3
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

PIXELS = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
RING = [[36.87, -2.7], [36.875, -2.7], [36.875, -2.69], [36.87, -2.69], [36.87, -2.7]]


@dataclass(frozen=True)
class Way:
    """A file that is an image or a file of regions, and what may come of it.

    survives: whether it may also be read, without what it asks for; else it must be refused.
    """

    path: Path
    image: bool
    survives: bool


def make(folder: Path, url: str, secret: Path) -> list[Way]:
    """The files, below `folder`. url: a server's address. secret: a GeoTIFF outside `folder`."""
    made: list[Way] = []
    for maker, image in ((_images, True), (_vectors, False)):

        def add(name: str, data: str | bytes, survives: bool = False, image: bool = image) -> Path:
            path = folder / f"{len(made):02d}" / name
            path.parent.mkdir(parents=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
            made.append(Way(path, image, survives))
            return path

        maker(add, url, secret)
    return made


Add = Callable[..., Path]


def _images(add: Add, url: str, secret: Path) -> None:
    _sidecars(add, url, secret)
    _vrts(add, url, secret)
    for name, text in {
        "wms.jpg": f"<GDAL_WMS><Service name='WMS'><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>",
        "wms.tif": f"<GDAL_WMS><Service name='TMS'><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>",
        "wcs.tif": f"<WCS_GDAL><ServiceURL>{url}</ServiceURL><CoverageName>a</CoverageName></WCS_GDAL>",
        "wmts.tif": f"<GDAL_WMTS><GetCapabilitiesUrl>{url}</GetCapabilitiesUrl></GDAL_WMTS>",
        "stacta.png": json.dumps({"stac_extensions": ["tiled-assets"], "asset_templates": {"a": {"href": url}}}),
        "stacit.png": json.dumps({"type": "FeatureCollection", "stac_version": "1.0", "links": [{"href": url}]}),
        "mrf.tif": f"<MRF_META><CachedSource><Source>{url}</Source></CachedSource></MRF_META>",
        "gti.tif": f"<GDALTileIndexDataset><IndexDataset>{url}</IndexDataset></GDALTileIndexDataset>",
    }.items():
        add(name, text)


def _sidecars(add: Add, url: str, secret: Path) -> None:
    jpeg, tiff = _jpeg(), _tiff()
    overview = "<PAMDataset><Metadata domain='OVERVIEWS'><MDI key='{}'>{}</MDI></Metadata></PAMDataset>"
    for key, value in (
        ("OVERVIEW_FILE", f"{url}/a.tif"),
        ("OVERVIEW_FILE", f"/vsicurl/{url}/a.tif"),
        ("&#79;VERVIEW_FILE", f"{url}/a.tif"),
        ("OVERVIEW_FILE", str(secret)),
        ("OVERVIEW_FILE", f":::BASE:::../../{secret.name}"),
    ):
        path = add("a.jpg", jpeg)
        path.with_name("a.jpg.aux.xml").write_text(overview.format(key, value))
    path = add("mask.jpg", jpeg, True)
    path.with_name("mask.jpg.aux.xml").write_text(
        f"<PAMDataset><SRS>{url}/crs.wkt</SRS><Metadata domain='Mask'><MDI key='MASK_FILE'>{url}</MDI>"
        "</Metadata></PAMDataset>"
    )
    for end, beside in (
        (".ovr", f"<GDAL_WMS><Service name='WMS'><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>"),
        (".msk", f"<GDAL_WMS><Service name='WMS'><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>"),
        (".ovr", _vrt(url)),
        (".msk", _vrt(str(secret))),
    ):
        path = add("b.tif", tiff)
        path.with_name(f"b.tif{end}").write_text(beside)
    path = add("c.tif", tiff)
    path.with_name("c.tif.ovr").write_bytes(tiff)
    path.with_name("c.tif.ovr.aux.xml").write_text(overview.format("OVERVIEW_FILE", url))
    path = add("tags.tif", b"")
    _tiff_with_tags(path, url)
    path = add("prj.jpg", jpeg, True)
    path.with_name("prj.jgw").write_text("1\n0\n0\n-1\n0\n0\n")
    path.with_name("prj.prj").write_text(f"{url}/crs.wkt")
    _img_of_elsewhere(add("spill.img", b""), secret)


def _vrts(add: Add, url: str, secret: Path) -> None:
    for source in (
        url,
        f"/vsicurl/{url}/a.tif",
        f"WMS:{url}",
        "/vsizip/a.zip/a.tif",
        f"vrt://{url}",
        f"HDF5:{url}://a",
    ):
        add("a.vrt", _vrt(source))
    add("a.vrt", _vrt(url).replace("<VRTDataset", "<VRTDataset xmlns='http://x'"))
    path = add("attribute.vrt", _vrt("b.tif").replace("<SimpleSource>", f"<SimpleSource SourceFilename='{url}'>"))
    path.with_name("b.tif").write_bytes(_tiff())
    dem = f"<RPCTransformer DEMPath='{url}'/>"
    add("dem.vrt", _vrt("b.tif").replace("<SimpleSource>", f"<Transformer>{dem}</Transformer><SimpleSource>"))
    srs = add("srs.vrt", _vrt("b.tif").replace("<VRTRasterBand", f"<SRS>{url}/crs.wkt</SRS><VRTRasterBand"), True)
    srs.with_name("b.tif").write_bytes(_tiff())
    path = add("beside.vrt", _vrt("b.jpg"))
    path.with_name("b.jpg").write_bytes(_jpeg())
    path.with_name("b.jpg.aux.xml").write_text(
        f"<PAMDataset><Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>{url}</MDI></Metadata></PAMDataset>"
    )
    raw = (
        f"<VRTRasterBand dataType='Byte' band='1' subClass='VRTRawRasterBand'><SourceFilename>{secret}</SourceFilename>"
    )
    add("raw.vrt", f"<VRTDataset rasterXSize='64' rasterYSize='64'>{raw}</VRTRasterBand></VRTDataset>")
    geolocation = f"<Metadata domain='GEOLOCATION'><MDI key='X_DATASET'>{url}</MDI></Metadata>"
    add("geolocation.vrt", _vrt("b.tif").replace("<VRTRasterBand", f"{geolocation}<VRTRasterBand"))


def _vectors(add: Add, url: str, secret: Path) -> None:
    polygon = {"type": "Polygon", "coordinates": [RING]}
    feature = {"type": "Feature", "properties": {"name": "a"}, "geometry": polygon}
    collection = {"type": "FeatureCollection", "features": [feature]}
    ogr = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    for name in ("a.geojson", "a.vrt", "a.kml"):
        add(name, ogr.format(f"{url}/r.geojson"))
    add("a.vrt", ogr.format(secret))
    for crs in (
        {"type": "link", "properties": {"href": f"{url}/crs.wkt", "type": "ogcwkt"}},
        {"type": "URL", "properties": {"url": f"{url}/crs.wkt"}},
        {"type": "name", "properties": {"name": f"{url}/crs.wkt"}},
    ):
        add("crs.geojson", json.dumps({"crs": crs, **collection}))
    link = json.dumps({"crs": {"type": "link", "properties": {"href": url}}, **collection})
    add("codes.geojson", link.replace('"crs"', '"\\u0063rs"'))
    add("wfs.gml", f"<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>")
    add("wfs.kml", f"<WFS_Capabilities><OnlineResource>{url}</OnlineResource></WFS_Capabilities>")
    add("oapif.json", json.dumps({"links": [{"rel": "data", "href": url}], "collections": []}))
    placemark = f"<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>{_coordinates()}</coordinates>"
    placemark += "</LinearRing></outerBoundaryIs></Polygon><styleUrl>{}/s.kml#s</styleUrl></Placemark>"
    network = f"<NetworkLink><Link><href>{url}/n.kml</href></Link></NetworkLink>"
    kml = f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{network}{placemark.format(url)}</Document></kml>"
    add("network.kml", kml, True)
    packed = add("network.kmz", b"", True)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", kml)
    entity = f"<!DOCTYPE kml [<!ENTITY e SYSTEM '{url}/e'>]>"
    add("entity.kml", entity + kml.replace("<Document>", "<Document><name>&e;</name>"))
    add("schema.gml", _gml(f"xsi:schemaLocation='http://x {url}/a.xsd'"), True)
    add("entity.gml", entity.replace("kml", "gml") + _gml(""))
    add("srs.gml", _gml("").replace("<gml:Polygon", f"<gml:Polygon srsName='{url}/crs.xml'"), True)
    held = add("held.zip", b"")
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.vrt", ogr.format(url))
    add("gdalg.json", json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {url}"}))
    add("es.json", f"ES:{url}")
    _virtual(add("virtual.gpkg", b""), url)
    _virtual(add("virtual.sqlite", b""), url)


def _gml(attributes: str) -> str:
    ring = " ".join(f"{x},{y}" for x, y in RING)
    polygon = f"<gml:Polygon><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>{ring}</gml:coordinates>"
    polygon += "</gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>"
    return (
        "<ogr:FeatureCollection xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        "xmlns:ogr='http://ogr.maptools.org/' "
        f"xmlns:gml='http://www.opengis.net/gml' {attributes}><gml:featureMember><ogr:a fid='a.0'>"
        f"<ogr:geometryProperty>{polygon}</ogr:geometryProperty></ogr:a></gml:featureMember></ogr:FeatureCollection>"
    )


def _coordinates() -> str:
    return " ".join(f"{x},{y},0" for x, y in RING)


def _vrt(source: str) -> str:
    relative = int("://" not in source and not source.startswith("/"))
    return (
        "<VRTDataset rasterXSize='64' rasterYSize='64'><VRTRasterBand dataType='Byte' band='1'><SimpleSource>"
        f"<SourceFilename relativeToVRT='{relative}'>{source}</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )


def _jpeg() -> bytes:
    import io

    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "JPEG")
    return buffer.getvalue()


def _tiff() -> bytes:
    with warnings.catch_warnings(), rasterio.MemoryFile() as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open(driver="GTiff", width=64, height=64, count=3, dtype="uint8") as dataset:
            dataset.write(PIXELS.transpose(2, 0, 1))
        return bytes(memory.read())


def _tiff_with_tags(path: Path, url: str) -> None:
    """The place of the overviews among the tags of the file itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="GTiff", width=64, height=64, count=3, dtype="uint8") as dataset:
            dataset.write(PIXELS.transpose(2, 0, 1))
            dataset.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=url)


def _img_of_elsewhere(path: Path, secret: Path) -> None:
    """An Erdas file whose pixels are in a spill file elsewhere: its name in the file is changed to a path."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="HFA", width=64, height=64, count=1, dtype="uint8", use_spill="YES"
        ) as dataset:
            dataset.write(PIXELS[..., 0], 1)
    spill = path.with_suffix(".ige")
    name = spill.name.encode()
    elsewhere = b"../a.ige"[: len(name)]
    data = path.read_bytes()
    assert name in data
    assert len(elsewhere) <= len(name)
    path.write_bytes(data.replace(name, elsewhere.ljust(len(name), b"\0")))
    shutil.move(spill, path.parent.parent / "a.ige")
    assert secret.exists()


def _virtual(path: Path, url: str) -> None:
    """A database with a table that is somewhere else, through modules that GDAL and SpatiaLite have."""
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE a (fid INTEGER PRIMARY KEY, geom BLOB)")
    db.execute("PRAGMA writable_schema=ON")
    for name, sql in {
        "b": f"CREATE VIRTUAL TABLE b USING VirtualOGR('{url}/a.geojson')",
        "c": f"CREATE VIRTUAL TABLE c USING VirtualShape('{url}/a', 'UTF-8', 4326)",
    }.items():
        db.execute("INSERT INTO sqlite_master VALUES ('table', ?, ?, 0, ?)", (name, name, sql))
    db.commit()
    db.close()
