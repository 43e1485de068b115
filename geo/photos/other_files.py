"""Files that are given for positions and are of another kind: what each is, and which file to give instead."""

import re

from geo.errors import GeoreferenceError

# (what the bytes begin with, what the file is, what to do)
_BINARY = (
    (b"PK\x03\x04", "a spreadsheet or a zip", "save it as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save it as CSV"),
    (b"%PDF", "a PDF", "export the positions as CSV"),
    (b"SQLite format 3\0", "a GeoPackage or another database", "export its table as CSV"),
    (b"\xa3\x95\x80", "a log of ArduPilot", "give the location.csv that Mission Planner's Geo Ref Images makes of it"),
)
# (how the text begins, a word in its beginning, what the file is, what to do)
_TEXT = (
    (r"FMT, ", "", "a log of ArduPilot", "give the location.csv that Mission Planner's Geo Ref Images makes of it"),
    (r"\$G[A-Z]{4},", "", "NMEA sentences", "convert them to GPX, as GPSBabel does"),
    (r"A[A-Z0-9]{3}[^\n]*\n+H", "", "an IGC log", "convert it to GPX, as GPSBabel does"),
    (r"\d+\s*\n\d\d:\d\d:\d\d,\d{3} -->", "", "the subtitles of a video", "give the flight log or a GPX track"),
    (r"\$PROJECT ", "", "a project of Inpho", "export the exterior orientation as a table with a header"),
    (r"<", "<gpx", "a GPX file", "give it a name that ends in .gpx"),
    (r"<", "<kml", "a KML file", "export the track as GPX, or the positions as CSV"),
    (r"<", "<chunk", "Metashape's cameras as XML", "export the reference as CSV: File, Export, Export Reference"),
    (r"<", "", "XML or a web page", "expected a CSV or GPX file"),
    (r'\{\s*"|\[\s*[{\[]', "", "JSON that Herdmap does not know",
     "expected OpenDroneMap's shots.geojson or images.json, or a CSV file"),
)  # fmt: skip
_START = 4096  # characters


def refuse_binary(data: bytes, name: str) -> None:
    """Raise `GeoreferenceError` where the bytes of a file called `name` are no text."""
    for begins, what, mend in _BINARY:
        if data.startswith(begins):
            raise GeoreferenceError(f"{name} is {what}; {mend}")


def refuse_text(text: str, name: str) -> None:
    """Raise `GeoreferenceError` where the text of a file called `name` is of a kind that is no table."""
    start = text.lstrip()[:_START]
    for begins, word, what, mend in _TEXT:
        if re.match(begins, start) is not None and word in start:
            raise GeoreferenceError(f"{name} is {what}; {mend}")
