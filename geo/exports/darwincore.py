"""Writes a survey's animals as a Darwin Core Archive, the format in which GBIF takes occurrences.

Terms: Darwin Core quick reference guide, https://dwc.tdwg.org/terms/. File: Darwin Core text guide,
https://dwc.tdwg.org/text/. What GBIF requires: https://www.gbif.org/data-quality-requirements-occurrences.

The text file is written as GBIF's toolkit writes it: tabs between fields, and nothing around the fields. So a tab or a
line break in a name becomes a space. Every other character stays.
"""

import json
import math
import re
import urllib.parse
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET  # nosec B405

import numpy as np
from numpy.typing import NDArray

from geo.areas import GEOD
from geo.errors import Remark, VectorError
from geo.exports.animals import AnimalTable
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.text_encoding import read_toml
from geo.wellformed import element, shown

__all__ = ["POSITION_ERROR_M", "Dataset", "Taxon", "read_dataset", "write_archive"]

_DWC = "http://rs.tdwg.org/dwc/terms/"
_TERMS = {
    name: _DWC + name
    for name in (
        *("occurrenceID", "basisOfRecord", "eventID", "eventDate", "decimalLatitude", "decimalLongitude"),
        *("geodeticDatum", "coordinateUncertaintyInMeters", "countryCode", "individualCount", "occurrenceStatus"),
        *("scientificName", "taxonRank", "kingdom", "vernacularName", "identifiedBy", "dateIdentified"),
        *("identificationVerificationStatus", "identificationRemarks", "recordedBy", "samplingProtocol"),
        *("associatedMedia", "datasetName", "dynamicProperties"),
    )
} | {"license": "http://purl.org/dc/terms/license"}

LICENCES = {
    "CC0-1.0": ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "Public Domain (CC0 1.0)"),
    "CC-BY-4.0": ("http://creativecommons.org/licenses/by/4.0/legalcode", "Creative Commons Attribution (CC-BY) 4.0"),
    "CC-BY-NC-4.0": (
        "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
        "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0",
    ),
}
"""The three licences that GBIF accepts."""

POSITION_ERROR_M = {"geotransform": 10.0, "world file": 10.0, "camera pose": 30.0, "flight log": 100.0, "none": 1000.0}
"""How far an animal may be from its position, m, by how its image was placed: cautious figures for surveys without
control points. For a survey that was checked on the ground, give `uncertainty_m` instead."""

_WITHIN = 2.0
"""So many root mean square errors include about 98 % of all places."""

_PROTOCOL = "aerial imagery, animals found by an object detector"
_BINOMIAL = re.compile(r"[A-Z][a-z]+(?: [a-z-]+){1,2}")
_BREAKS = re.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Taxon:
    """The taxonomic name of a class. rank: species, genus, ...; empty if the name itself shows it."""

    scientific_name: str
    rank: str = ""
    kingdom: str = "Animalia"
    vernacular_name: str = ""


@dataclass(frozen=True)
class Dataset:
    """The description of an archive. An empty text is unknown; `write_archive` says what GBIF will miss.

    Raises VectorError if a value cannot be used.

    Attributes:
        title: The title of the data set.
        description: What it is.
        creator: Who made it.
        email: The address for questions.
        licence: One of LICENCES.
        taxa: The taxon of each class; None leaves a class out, such as a building, which is not an occurrence.
        event_date: ISO 8601, for photos without a date.
        country_code: ISO 3166-1 alpha-2.
        recorded_by: Who surveyed.
        uncertainty_m: Of every position, instead of POSITION_ERROR_M.
        media_url: The address before the paths of the photos.
    """

    title: str = ""
    description: str = ""
    creator: str = ""
    email: str = ""
    licence: str = ""
    recorded_by: str = ""
    event_date: str = ""
    country_code: str = ""
    media_url: str = ""
    uncertainty_m: float | None = None
    taxa: Mapping[str, Taxon | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.licence and self.licence not in LICENCES:
            raise VectorError(f"licence {self.licence!r}: GBIF takes {', '.join(LICENCES)}")
        if self.event_date and _iso(self.event_date) is None:
            raise VectorError(
                f"event_date {self.event_date!r} is not an ISO 8601 date; expected a date such as 2026-07-31"
            )
        if self.country_code and not re.fullmatch("[A-Z]{2}", self.country_code):
            raise VectorError(f"country_code {self.country_code!r}: expected two capital letters, such as TZ")
        if self.media_url and urllib.parse.urlsplit(self.media_url).scheme not in ("http", "https"):
            raise VectorError(f"media_url {self.media_url!r}: expected an address that begins with https://")
        if self.uncertainty_m is not None and not 0 < self.uncertainty_m < math.inf:
            raise VectorError(f"uncertainty_m {self.uncertainty_m}: expected metres above 0")


def read_dataset(path: StrPath) -> Dataset:
    """Read a TOML file with the fields of `Dataset`. `[taxa]` gives each class a name, false, or a table of `Taxon`'s
    fields.

    Raises:
        VectorError: The file cannot be read, or has an unknown field.
    """
    path = as_path(path)
    try:
        values = read_toml(path)
    except OSError as error:
        raise VectorError(f"{path}: {error.strerror}; expected a TOML file that describes the dataset") from error
    except ValueError as error:
        raise VectorError(f"{path} {error}") from error
    taxa = values.pop("taxa", {})
    texts = {known.name for known in fields(Dataset)} - {"taxa", "uncertainty_m"}
    for name, value in values.items():
        if name == "uncertainty_m" and isinstance(value, int | float) and not isinstance(value, bool):
            continue
        if name not in texts or not isinstance(value, str):
            expected = "a number" if name == "uncertainty_m" else f"texts named {', '.join(sorted(texts))}"
            raise VectorError(f"{path}: {name} = {value!r}; expected {expected}")
    if not isinstance(taxa, dict):
        raise VectorError(f"{path}: taxa is not a table; expected [taxa] with a line for each class")
    return Dataset(**values, taxa={name: _taxon(value, name, path) for name, value in taxa.items()})


def _taxon(value: object, name: str, path: Path) -> Taxon | None:
    if value is False:
        return None
    if isinstance(value, str):
        return Taxon(value)
    known = {known.name for known in fields(Taxon)}
    if isinstance(value, dict) and "scientific_name" in value and value.keys() <= known:
        return Taxon(**{key: str(text) for key, text in value.items()})
    raise VectorError(f"{path}: taxon {name!r}: expected a scientific name, false, or {', '.join(sorted(known))}")


def write_archive(animals: AnimalTable, output: StrPath, dataset: Dataset) -> tuple[int, tuple[str, ...]]:
    """Write the archive: meta.xml, eml.xml and occurrence.txt, with one occurrence for each animal.

    Animals that a person rejected, and classes that are no taxon, are left out. The same survey and data set give the
    same bytes.

    Returns:
        The number of occurrences, and warnings.
    """
    output = as_path(output)
    rows = occurrences(animals, dataset)
    lines = ["\t".join(_TERMS)]
    lines += ["\t".join(_BREAKS.sub(" ", shown(row[name])) for name in _TERMS) for row in rows]
    text = ("\n".join(lines) + "\n").encode("utf-8", "replace")
    contents = {"meta.xml": _meta(), "eml.xml": _eml(animals, rows, dataset), "occurrence.txt": text}
    with whole(output) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return len(rows), _warnings(animals, rows, dataset)


def occurrences(animals: AnimalTable, dataset: Dataset) -> list[dict[str, str]]:
    """The rows of occurrence.txt, by the short names of their terms."""
    columns = animals.columns
    uncertainty = _uncertainty(animals, dataset)
    models = {run.run_id: run.model for run in animals.runs}
    rows = []
    for i, (name, added) in enumerate(zip(columns["class"], animals.added.tolist(), strict=True)):
        taxon = taxon_of(name, dataset)
        if taxon is None or columns["review"][i] == "rejected":
            continue
        by_a_person = added or columns["review"][i] == "confirmed"
        placed = columns["lon"][i] is not None
        person, score = columns["reviewer"][i] or "", columns["score"][i]
        model = f"Herdmap, model {models.get(columns['run_id'][i], 'unknown')}"
        rows.append(
            {
                "occurrenceID": f"urn:uuid:{columns['id'][i]}",
                "basisOfRecord": "HumanObservation" if by_a_person else "MachineObservation",
                "eventID": columns["image"][i],
                "eventDate": _event_date(columns["captured_at"][i], dataset),
                "decimalLatitude": f"{columns['lat'][i]:.7f}" if placed else "",
                "decimalLongitude": f"{columns['lon'][i]:.7f}" if placed else "",
                "geodeticDatum": "EPSG:4326" if placed else "",
                "coordinateUncertaintyInMeters": str(uncertainty[i]) if placed else "",
                "countryCode": dataset.country_code,
                "individualCount": "1",
                "occurrenceStatus": "present",
                "scientificName": taxon.scientific_name,
                "taxonRank": taxon.rank,
                "kingdom": taxon.kingdom,
                "vernacularName": taxon.vernacular_name or name,
                "identifiedBy": person if by_a_person else model,
                "dateIdentified": columns["reviewed_at"][i] or "" if by_a_person else "",
                "identificationVerificationStatus": "verified by human" if by_a_person else "unverified",
                "identificationRemarks": "added by a person" if added else f"{model}, score {score}",
                "recordedBy": dataset.recorded_by,
                "samplingProtocol": _PROTOCOL,
                "associatedMedia": _media(columns["image"][i], dataset),
                "datasetName": dataset.title,
                "dynamicProperties": _properties(animals, i),
                "license": LICENCES[dataset.licence][0] if dataset.licence else "",
            }
        )
    return rows


def _properties(animals: AnimalTable, row: int) -> str:
    """What a person wrote of an animal in columns that they added, as JSON; empty for nothing."""
    said = {column.name: value for column in animals.more if (value := column.values[row]) is not None}
    return json.dumps(said, ensure_ascii=False) if said else ""


def taxon_of(name: str, dataset: Dataset) -> Taxon | None:
    """The taxon of a class that is not in the dataset file.

    It is the class's own name if that looks like a scientific name, otherwise an animal of some kind.
    """
    if name in dataset.taxa:
        return dataset.taxa[name]
    return Taxon(name) if _BINOMIAL.fullmatch(name) else Taxon("Animalia", "kingdom")


def _uncertainty(animals: AnimalTable, dataset: Dataset) -> list[int]:
    """Metres, rounded up: the error of the position, and half the diagonal of the box on the ground."""
    kinds = dict(zip(animals.images.path, animals.images.georeference, strict=True))
    errors: list[float] | NDArray[np.float64]
    if dataset.uncertainty_m is not None:
        errors = [dataset.uncertainty_m] * len(animals)
    else:
        usual = [POSITION_ERROR_M[kinds.get(image, "none")] for image in animals.columns["image"]]
        known = animals.columns["error_m"]
        errors = [_WITHIN * a if a is not None else b for a, b in zip(known, usual, strict=True)]
    a, c = animals.boxes_lonlat[:, 0], animals.boxes_lonlat[:, 2]
    diagonal = np.nan_to_num(GEOD.inv(a[:, 0], a[:, 1], c[:, 0], c[:, 1])[2])
    return [max(1, math.ceil(value)) for value in (np.asarray(errors) + diagonal / 2).tolist()]


def _event_date(captured_at: str | None, dataset: Dataset) -> str:
    # A time without a zone is the camera's local time; Darwin Core allows that.
    return captured_at if captured_at and _iso(captured_at) else dataset.event_date


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _media(image: str, dataset: Dataset) -> str:
    return f"{dataset.media_url.rstrip('/')}/{urllib.parse.quote(image)}" if dataset.media_url else ""


def _warnings(animals: AnimalTable, rows: list[dict[str, str]], dataset: Dataset) -> tuple[str, ...]:
    said: list[str] = []
    missing = [name for name in ("title", "description", "creator", "email", "licence") if not getattr(dataset, name)]
    if missing:
        said.append(Remark(f"GBIF will ask for {', '.join(missing)}: a dataset file can say it", about="dataset"))
    unmapped = Counter(
        name for name in animals.columns["class"] if name not in dataset.taxa and not _BINOMIAL.fullmatch(name)
    )
    if unmapped:
        named = ", ".join(repr(name) for name in sorted(unmapped)[:5]) + (", ..." if len(unmapped) > 5 else "")
        said.append(
            f"no scientific name for {named}: written as Animalia; give the names under [taxa] of the dataset file"
        )
    if undated := sum(not row["eventDate"] for row in rows):
        said.append(f"{undated} occurrences have no date, which GBIF requires: give event_date in the dataset file")
    if left := len(animals) - len(rows):
        said.append(f"{left} animals are left out: they were rejected, or their class is not a taxon")
    return tuple(said)


# ---- the two descriptions --------------------------------------------------------------------


def _meta() -> bytes:
    root = ET.Element("archive", xmlns="http://rs.tdwg.org/dwc/text/", metadata="eml.xml")
    core = element(
        root,
        "core",
        encoding="UTF-8",
        fieldsTerminatedBy=r"\t",
        linesTerminatedBy=r"\n",
        fieldsEnclosedBy="",
        ignoreHeaderLines="1",
        rowType=_DWC + "Occurrence",
    )
    element(element(core, "files"), "location", "occurrence.txt")
    element(core, "id", index="0")
    for index, term in enumerate(_TERMS.values()):
        element(core, "field", index=str(index), term=term)
    return _document(root)


def _eml(animals: AnimalTable, rows: list[dict[str, str]], dataset: Dataset) -> bytes:
    """EML 2.2 in GBIF's profile, https://rs.gbif.org/schema/eml-gbif-profile/."""
    said = sorted(run.finished_at or run.started_at for run in animals.runs)
    title = dataset.title or animals.survey
    root = ET.Element(
        "eml:eml",
        {
            "xmlns:eml": "https://eml.ecoinformatics.org/eml-2.2.0",
            "packageId": f"{animals.survey_id}/v1.0",
            "system": "http://gbif.org",
            "scope": "system",
            "xml:lang": "en",
        },
    )
    about = element(root, "dataset")
    element(about, "title", title)
    for role in ("creator", "metadataProvider"):
        _party(element(about, role), dataset)
    if said and _iso(said[-1]):
        element(about, "pubDate", said[-1][:10])
    element(about, "language", "eng")
    text = dataset.description or f"Animals found in aerial imagery: {title}"
    element(element(about, "abstract"), "para", text)
    if dataset.licence:
        url, name = LICENCES[dataset.licence]
        para = element(element(about, "intellectualRights"), "para", "This work is licensed under a ")
        link = element(para, "ulink", url=url)
        element(link, "citetitle", name)
        link.tail = " License."
    _coverage(about, rows, title)
    _party(element(about, "contact"), dataset)
    return _document(root)


def _party(party: ET.Element, dataset: Dataset) -> None:
    element(party, "organizationName", dataset.creator or "unknown")
    if dataset.email:
        element(party, "electronicMailAddress", dataset.email)


def _coverage(about: ET.Element, rows: list[dict[str, str]], title: str) -> None:
    places = [(float(r["decimalLongitude"]), float(r["decimalLatitude"])) for r in rows if r["decimalLongitude"]]
    dates = sorted(row["eventDate"][:10] for row in rows if row["eventDate"])
    if not places and not dates:
        return
    coverage = element(about, "coverage")
    if places:
        area = element(coverage, "geographicCoverage")
        element(area, "geographicDescription", title)
        box = element(area, "boundingCoordinates")
        (west, south), (east, north) = np.min(places, axis=0), np.max(places, axis=0)
        for side, value in (("west", west), ("east", east), ("north", north), ("south", south)):
            element(box, f"{side}BoundingCoordinate", f"{value:.7f}")
    if dates:
        span = element(element(coverage, "temporalCoverage"), "rangeOfDates")
        for tag, date in (("beginDate", dates[0]), ("endDate", dates[-1])):
            element(element(span, tag), "calendarDate", date)


def _document(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
