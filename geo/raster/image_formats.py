"""The image formats by the ends of their files' names: what a folder is searched for, and what it may hold besides.

The names only choose which files of a folder are images. What a file is, its first bytes say (`geo.raster.formats`).
The documentation has the formats in a table made of `FORMATS`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageFormat:
    """name, what: for the documentation. endings: of its files, in small letters. what: what is used of it."""

    name: str
    endings: tuple[str, ...]
    what: str


_HEIC = (".heic", ".heif", ".hif")
_RAW = (".dng", ".arw", ".nef", ".nrw", ".cr2", ".cr3", ".raf", ".rw2", ".orf", ".pef", ".srw")
FORMATS = (
    ImageFormat("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), "pixels; position, camera and angles from EXIF and XMP"),
    ImageFormat("TIFF, GeoTIFF, COG", (".tif", ".tiff"), "pixels, masks, the georeference; EXIF and XMP"),
    ImageFormat("PNG", (".png",), "pixels, alpha; EXIF and XMP; a world file beside it"),
    ImageFormat("WebP", (".webp",), "pixels, alpha; EXIF and XMP"),
    ImageFormat("JPEG 2000", (".jp2", ".j2k"), "pixels, alpha, the georeference"),
    ImageFormat("Erdas Imagine", (".img",), "pixels, masks, the georeference"),
    ImageFormat("GDAL VRT", (".vrt",), "what it draws together, if that is local files of the formats above"),
    ImageFormat("HEIC", _HEIC, "pixels, alpha; EXIF and XMP as in JPEG. Needs `herdmap[photos]`"),
    ImageFormat(
        "Camera RAW",
        _RAW,
        "pixels, developed alike for all photos; EXIF and XMP as in JPEG. Needs `herdmap[photos]`",
    ),
)
IMAGE_ENDINGS = frozenset(ending for one in FORMATS for ending in one.endings)
"""The ends of the names of images, in small letters."""

# Endings by kind, of what may be pictures and is not read.
_NOT_READ = {
    "camera RAW": ".x3f .crw .gpr .3fr .iiq .rwl .erf .kdc .mrw",
    "no reader": ".ecw .sid .bmp .dib .gif .avif .jxl .psd .psb .tga .ppm .pgm .exr .ntf .nitf .insp",
    "map tiles": ".mbtiles",
    "video": ".mp4 .mov .avi .mkv .m4v .mpg .mpeg .mts .m2ts .wmv .webm .3gp .flv .lrv .lrf .insv .360 .seq .csq",
    "archive": ".zip .7z .rar .tar .gz .tgz .bz2 .xz .zst",
    "not downloaded": ".icloud .crdownload .part .partial .download",
    "copy": ".jpg_original .jpeg_original .tif_original .tiff_original .png_original .dng_original .bak .old",
}
# Endings of what lies beside imagery and is no picture.
_NO_PICTURES = {
    "texts": ".txt .csv .tsv .xml .json .geojson .html .htm .pdf .md .rtf .doc .docx .xls .xlsx .ods .odt .log .ini",
    "world files": ".jgw .jpgw .jpegw .jgwx .tfw .tifw .tiffw .tfwx .pgw .pngw .pgwx .wld .j2w .jp2w .wpw .webpw .prj",
    "sidecars": ".blw .aux .ovr .msk .rrd .rde .ige .hdr .rpb .imd .til .eph .att .mtl .xmp .thm .srt .pp3 .cos .dop",
    "flight logs": ".mrk .nav .obs .bin .rtk .rnx .pos .ubx .sbf .dat .gpx .kml .kmz .igc .tlog .ulg",
    "maps": ".shp .shx .dbf .sbn .sbx .cpg .qpj .qix .qmd .qgs .qgz .qml .qlr .sld .psx .p4d .las .laz .ply .obj",
    "surveys": ".gpkg .gpkg-wal .gpkg-shm .gpkg-journal .sqlite .db .parquet",
    "programs": ".onnx .pt .pth .pkl .py .js .css .sh .bat .exe .lnk .url .yaml .yml .toml .lock .tmp .md5 .sha256",
    "sound, previews": ".thumb .wav .mp3 .aac .m4a",
}
_KINDS = {ending: kind for kind, endings in _NOT_READ.items() for ending in endings.split()}
_BESIDE = frozenset(ending for endings in _NO_PICTURES.values() for ending in endings.split())


def is_raw(name: str) -> bool:
    """Whether a name is one of camera RAW."""
    return ending_of(name) in _RAW


def rank(name: str) -> int:
    """Which of several formats of one photo is searched: the lowest. 2 for camera RAW, 1 for HEIC, 0 for others."""
    ending = ending_of(name)
    return 2 if ending in _RAW else 1 if ending in _HEIC else 0


def is_image(name: str) -> bool:
    """Whether a file of this name is searched."""
    return ending_of(name) in IMAGE_ENDINGS


def not_searched(name: str) -> str | None:
    """What a file that is not searched is, as '.mp4 (video)'; None where it is known to be no picture at all.

    A file of an unknown kind may be one: it is said by its ending alone.
    """
    ending = ending_of(name)
    if ending in _BESIDE or ending in IMAGE_ENDINGS:
        return None
    if not ending:
        return "without an ending"
    kind = _KINDS.get(ending)
    return ending if kind is None else f"{ending} ({kind})"


def ending_of(name: str) -> str:
    """The end of a file's name, from its last point on, in small letters; empty where it has none."""
    stem, _, ending = name.rpartition(".")
    return f".{ending[:19].lower()}" if stem and ending else ""


def table() -> str:
    """All formats as a table in Markdown, for the documentation."""
    rows = [f"| {one.name} | {' '.join(f'`{end}`' for end in one.endings)} | {one.what} |" for one in FORMATS]
    return "\n".join(["| format | files | what is used |", "|---|---|---|", *rows])
