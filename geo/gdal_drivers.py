"""Loads GDAL with the drivers of the formats that Herdmap reads and writes, and no others.

GDAL has more than two hundred drivers. Some fetch from the network, some open files that another file names, some have
hardly been tested with damaged files. A driver that is not there cannot be reached, whatever a file says. GDAL chooses
its drivers once, when it is loaded. So a library that has GDAL (rasterio, pyogrio) is loaded in the block `only`.

If the program loaded the library before, its drivers stay. Then the checks before each file is opened protect alone: of
its first bytes, of the files beside it, and of what a VRT names.
"""

import contextlib
import os
from collections.abc import Collection, Iterator

# Every driver of GDAL up to 3.12, by GDAL's names. A version ignores names that it does not have.
_KNOWN = frozenset(
    name.strip()
    for name in """
AAIGrid, ACE2, ADBC, ADRG, ADS, AeronavFAA, AIG, AirSAR, AIVector, AmigoCloud, ARCGEN, ARG, Arrow, AVC, AVCBin,
AVCE00, AVIF, BAG, BASISU, BIGGIF, BLX, BMP, BNA, BSB, BT, BYN, CAD, CALS, Carto, CEOS, Cloudant, COASP, COG, COSAR,
CosmoSkyMed, CouchDB, CPG, CSV, CSW, CTable2, CTG, DAAS, DB2ODBC, DDS, DERIVED, DGN, DGNv8, DIMAP, DIPEx, DODS,
DOQ1, DOQ2, DTED, DWG, DXF, E00GRID, ECRGTOC, ECW, EDIGEO, EEDA, EEDAI, EHdr, EIR, ELAS, Elasticsearch, ENVI, EOPF,
EOPFZARR, ERS, ESAT, ESRI Shapefile, ESRIC, ESRIJSON, EXR, FAST, FileGDB, FIT, FITS, FlatGeobuf, FMEOBJECTS_DATASET,
FujiBAS, GDALG, GenBin, Geoconcept, GeoJSON, GeoJSONSeq, Geomedia, GeoRaster, GeoRSS, GFF, GFT, GIF, GML, GMLAS,
GNMDatabase, GNMFile, GPKG, GPSBabel, GPX, GRASS, GRASSASCIIGrid, GRIB, GS7BG, GSAG, GSBG, GSC, GTA, GTFS, GTI,
GTiff, GTX, GXF, HANA, HDF4, HDF4Image, HDF5, HDF5Image, HEIF, HF2, HFA, HTF, HTTP, IDA, Idrisi,
IGNFHeightASCIIGrid, ILWIS, INGR, Ingres, Interlis 1, Interlis 2, IRIS, ISCE, ISG, ISIS2, ISIS3, JAXAPALSAR, JDEM,
JML, JP2ECW, JP2KAK, JP2MrSID, JP2OpenJPEG, JPEG, JPEG2000, JPEGXL, JPIPKAK, JSONFG, KEA, KML, KMLSUPEROVERLAY, KRO,
KTX2, L1B, LAN, LCP, Leveller, LIBERTIFF, LIBKML, LOSLAS, LVBAG, MAP, MapInfo File, MapML, MBTiles, MDB, MEM,
Memory, MFF, MFF2, MG4Lidar, MiraMon, MiraMonRaster, MiraMonVector, MongoDB, MongoDBv3, MRF, MrSID, MSGN,
MSSQLSpatial, MVT, MySQL, NAS, NDF, netCDF, NGSGEOID, NGW, NITF, NOAA_B, NSIDCbin, NTF, NTv2, NUMPY, NWT_GRC,
NWT_GRD, OAPIF, OCI, ODBC, ODS, OGCAPI, OGDI, OGR_GMT, OGR_GRASS, OGR_OGDI, OGR_PDS, OGR_SDTS, OGR_VRT, OpenAir,
OpenFileGDB, OpenJPEG, OSM, OZI, Parquet, PAux, PCIDSK, PCRaster, PDF, PDS, PDS4, PGDUMP, PGeo, PLMOSAIC, PLSCENES,
PMTiles, PNG, PNM, PostGISRaster, PostgreSQL, PRF, R, rasdaman, Rasterdaman, Rasterlite, RCM, RDA, REC, RIK, RMF,
ROI_PAC, RPFTOC, RRASTER, RS2, RST, S102, S104, S111, S57, SAFE, SAGA, SAR_CEOS, SDE, SDTS, SEGUKOOA, SEGY, Selafin,
SENTINEL2, SGI, SIGDEM, SNAP_TIFF, SNODAS, SOSI, SQLAnywhere, SQLite, SRP, SRTMHGT, STACIT, STACTA, SUA, SVG, SXF,
Terragen, TGA, Tiger, TIGER, TIL, TileDB, TopoJSON, TSX, UK .NTF, USGSDEM, VDV, VFK, VICAR, VideoFile, VRT, Walk,
WAsP, WCS, WEBP, WFS, WMS, WMTS, XLS, XLSX, XODR, XPlane, XPM, XYZ, ZARR, Zarr, ZMap
""".replace("\n", " ").split(",")
)
# A port at which nobody listens: GDAL asks this "proxy" for whatever it would fetch, and gets no answer.
NOWHERE = "http://127.0.0.1:9"
OFFLINE = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noexist}",  # no file name may reach the network
    "GDAL_HTTP_PROXY": NOWHERE,
    "GDAL_HTTPS_PROXY": NOWHERE,
    "GDAL_HTTP_MAX_RETRY": "0",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
}
"""GDAL's settings while it reads other people's files."""


@contextlib.contextmanager
def only(wanted: Collection[str]) -> Iterator[None]:
    """A library that is loaded in the block has only the drivers of GDAL that `wanted` names, and no plugins.

    PROJ's network stays off in this process, which is also its default.
    """
    os.environ["PROJ_NETWORK"] = "OFF"
    unwanted = (_KNOWN - set(wanted)) | set(filter(None, os.environ.get("GDAL_SKIP", "").split(",")))
    settings = {
        "GDAL_SKIP": ",".join(sorted(unwanted)),
        "GDAL_DRIVER_PATH": "disable",
        "CPL_LOG": os.devnull,  # where GDAL notes each driver that this version does not have
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
