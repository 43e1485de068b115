"""Archives held against the Darwin Core text guide and GBIF's rules for occurrences, by a reader that is written here.

The reader knows nothing of `geo.exports.darwincore`: the standard library, and the terms that GBIF publishes for the
occurrence core (rs.gbif.org, dwc_occurrence of 2025-07-10).
"""

import dataclasses
import re
import uuid
import zipfile
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from geo.errors import OutputError, VectorError
from geo.exports.darwincore import LICENCES, POSITION_ERROR_M, Dataset, Taxon, read_dataset
from geo.exports.formats import export
from geo.geopackage import write_survey
from tests.surveys.small import HOSTILE, UTM, detections, images, run

PUBLISHED = """
feedbackURL institutionID collectionID datasetID institutionCode collectionCode datasetName ownerInstitutionCode
basisOfRecord informationWithheld dataGeneralizations dynamicProperties occurrenceID catalogNumber recordNumber
recordedBy recordedByID individualCount organismQuantity organismQuantityType sex lifeStage
reproductiveCondition caste behavior vitality establishmentMeans degreeOfEstablishment pathway
georeferenceVerificationStatus occurrenceStatus associatedMedia associatedOccurrences associatedReferences
associatedTaxa otherCatalogNumbers occurrenceRemarks organismID organismName organismScope associatedOrganisms
previousIdentifications organismRemarks causeOfDeath materialEntityID digitalSpecimenID materialEntityType
discipline preparations disposition verbatimLabel associatedSequences materialEntityRemarks materialSampleID
eventID parentEventID eventType projectTitle projectID fundingAttributionID fieldNumber eventDate eventTime
startDayOfYear endDayOfYear year month day verbatimEventDate habitat samplingProtocol sampleSizeValue
sampleSizeUnit samplingEffort fieldNotes eventRemarks locationID higherGeographyID higherGeography continent
waterBody islandGroup island country countryCode stateProvince county municipality locality verbatimLocality
minimumElevationInMeters maximumElevationInMeters verbatimElevation verticalDatum minimumDepthInMeters
maximumDepthInMeters verbatimDepth minimumDistanceAboveSurfaceInMeters maximumDistanceAboveSurfaceInMeters
locationAccordingTo locationRemarks decimalLatitude decimalLongitude geodeticDatum coordinateUncertaintyInMeters
coordinatePrecision pointRadiusSpatialFit verbatimCoordinates verbatimLatitude verbatimLongitude
verbatimCoordinateSystem verbatimSRS footprintWKT footprintSRS footprintSpatialFit georeferencedBy
georeferencedDate georeferenceProtocol georeferenceSources georeferenceRemarks geologicalContextID
earliestEonOrLowestEonothem latestEonOrHighestEonothem earliestEraOrLowestErathem latestEraOrHighestErathem
earliestPeriodOrLowestSystem latestPeriodOrHighestSystem earliestEpochOrLowestSeries latestEpochOrHighestSeries
earliestAgeOrLowestStage latestAgeOrHighestStage lowestBiostratigraphicZone highestBiostratigraphicZone
lithostratigraphicTerms group formation member bed identificationID verbatimIdentification
identificationQualifier typeStatus typifiedName identifiedBy identifiedByID dateIdentified
identificationReferences identificationVerificationStatus identificationRemarks taxonID scientificNameID
acceptedNameUsageID parentNameUsageID originalNameUsageID nameAccordingToID namePublishedInID taxonConceptID
scientificName acceptedNameUsage parentNameUsage originalNameUsage nameAccordingTo namePublishedIn
namePublishedInYear higherClassification kingdom phylum class order superfamily family subfamily tribe subtribe
genus genericName subgenus infragenericEpithet specificEpithet infraspecificEpithet cultivarEpithet taxonRank
verbatimTaxonRank scientificNameAuthorship vernacularName nomenclaturalCode taxonomicStatus nomenclaturalStatus
taxonRemarks
"""
TERMS = {*PUBLISHED.split()}
TEXT = "{http://rs.tdwg.org/dwc/text/}"
DWC, DCTERMS = "http://rs.tdwg.org/dwc/terms/", "http://purl.org/dc/terms/"
BASES = {"HumanObservation", "MachineObservation", "Observation", "Occurrence"}
RANKS = {"", "kingdom", "phylum", "class", "order", "family", "genus", "species", "subspecies"}
NAMES = (*HOSTILE, "=1+2", "two\nlines", "tab\there", "Ovis aries", "Ünï نمر")
COMPLETE = Dataset(
    title="A <b>survey</b> & more",
    description="Wildebeest of 2018",
    creator="Survey 'people' & Co",
    email="a@example.org",
    licence="CC-BY-4.0",
    recorded_by="Ann | Bob",
    event_date="2018-10-01",
    country_code="TZ",
    media_url="https://example.org/photos/",
    taxa={"sheep": Taxon("Ovis aries", "species"), HOSTILE[1]: None, "=1+2": Taxon("Connochaetes", "genus")},
)


def validate(path):
    """Hold an archive against the rules; returns its occurrences by short term, and the EML's root.

    Text guide: one core with a row type, every column described once by a known term, UTF-8, an id that is unique.
    GBIF: occurrenceID, basisOfRecord, scientificName and eventDate in each row; vocabularies; coordinates in range with
    their datum and an uncertainty above 0; counts of whole animals; licences that it takes; EML with what it requires.
    """
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["eml.xml", "meta.xml", "occurrence.txt"]
        files = {name: archive.read(name) for name in archive.namelist()}
    meta: Any = ET.fromstring(files["meta.xml"])
    assert meta.tag == f"{TEXT}archive"
    assert meta.get("metadata") == "eml.xml"
    (core,) = list(meta)
    assert core.tag == f"{TEXT}core"
    assert core.get("rowType") == DWC + "Occurrence"
    assert core.get("encoding") == "UTF-8"
    assert [node.tag for node in core][:2] == [f"{TEXT}files", f"{TEXT}id"]  # the order of the schema
    assert core.findtext(f"{TEXT}files/{TEXT}location") == "occurrence.txt"
    fields = core.findall(f"{TEXT}field")
    assert [int(field.get("index")) for field in fields] == list(range(len(fields)))
    terms = [field.get("term") for field in fields]
    assert len(set(terms)) == len(terms)
    for term in terms:
        name = term.removeprefix(DWC)
        assert name in TERMS or term in {DCTERMS + "license", DCTERMS + "modified"}, f"{term} is no published term"
    names = [term.rpartition("/")[2] for term in terms]
    breaks = {r"\t": "\t", r"\n": "\n"}
    separator, newline = breaks[core.get("fieldsTerminatedBy")], breaks[core.get("linesTerminatedBy")]
    assert core.get("fieldsEnclosedBy") == ""
    lines = files["occurrence.txt"].decode("utf-8").split(newline)
    assert lines.pop() == ""
    header = [lines.pop(0) for _ in range(int(core.get("ignoreHeaderLines")))]
    assert [line.split(separator) for line in header] == [names]
    table = [line.split(separator) for line in lines]
    assert {len(row) for row in table} <= {len(names)}
    rows = [dict(zip(names, row, strict=True)) for row in table]
    ids = [row[int(core.find(f"{TEXT}id").get("index"))] for row in table]
    assert len(set(ids)) == len(ids)
    assert ids == [row["occurrenceID"] for row in rows]
    for row in rows:
        _validate_occurrence(row)
    return rows, _validate_eml(files["eml.xml"])


def _validate_occurrence(row):
    assert not re.search("[\x00-\x1f]", "".join(row.values()))
    assert row["occurrenceID"].startswith("urn:uuid:")
    uuid.UUID(row["occurrenceID"][9:])
    assert row["basisOfRecord"] in BASES
    assert row["scientificName"].strip()
    assert row["kingdom"] in {"Animalia", "Plantae"}
    assert row["taxonRank"] in RANKS
    datetime.fromisoformat(row["eventDate"])
    assert row["occurrenceStatus"] == "present"
    assert int(row["individualCount"]) >= 1
    if row["decimalLatitude"] or row["decimalLongitude"]:
        assert -90 <= float(row["decimalLatitude"]) <= 90
        assert -180 <= float(row["decimalLongitude"]) <= 180
        assert (row["decimalLatitude"], row["decimalLongitude"]) != ("0.0000000", "0.0000000")
        assert row["geodeticDatum"] in {"EPSG:4326", "WGS84"}
        assert 0 < float(row["coordinateUncertaintyInMeters"]) < 5_000_000
    if row["dateIdentified"]:
        datetime.fromisoformat(row["dateIdentified"])
    assert row["license"] in {"", *(url for url, _ in LICENCES.values())}
    assert re.fullmatch("[A-Z]{2}|", row["countryCode"])
    assert not row["associatedMedia"] or re.fullmatch(r"https?://[\x21-\x7e]+", row["associatedMedia"])


def _validate_eml(data):
    eml: Any = ET.fromstring(data)
    assert eml.tag == "{https://eml.ecoinformatics.org/eml-2.2.0}eml"
    assert eml.get("packageId")
    assert eml.get("system")
    order = [node.tag for node in eml.find("dataset")]
    schema = ["title", "creator", "metadataProvider", "pubDate", "language", "abstract", "intellectualRights"]
    schema += ["coverage", "contact"]
    assert order == [tag for tag in schema if tag in order]
    for required in ("title", "abstract/para", "language", "creator/*", "contact/*", "metadataProvider/*"):
        assert (eml.findtext(f"dataset/{required}") or "").strip(), required
    date.fromisoformat(eml.findtext("dataset/pubDate"))
    box = eml.find("dataset/coverage/geographicCoverage/boundingCoordinates")
    if box is not None:
        sides = [float(box.findtext(f"{side}BoundingCoordinate")) for side in ("west", "east", "north", "south")]
        assert sides[0] <= sides[1]
        assert sides[3] <= sides[2]
    return eml


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "survey.gpkg"
    rows = detections(classes=NAMES)
    drawn = [i % 10 == 0 for i in range(len(rows))]
    rows = dataclasses.replace(
        rows,
        run_id=["manual" if by_hand else "r1" for by_hand in drawn],
        score=np.where(drawn, np.nan, rows.score),
        reviewer=[None if review == "unreviewed" else "Ann 'ß'" for review in rows.text("review")],
        reviewed_at=[None if review == "unreviewed" else "2026-02-03T04:05:06Z" for review in rows.text("review")],
    )
    write_survey(path, images(), rows, [run(NAMES)], UTM)
    return path


def test_an_archive_with_all_that_gbif_asks_for(survey, tmp_path):
    done = export(survey, tmp_path / "a.zip", review="all", dataset=COMPLETE)
    rows, eml = validate(tmp_path / "a.zip")
    table = detections(classes=NAMES)
    wanted = [
        name
        for name, review in zip(table.class_names(), table.text("review"), strict=True)
        if review != "rejected" and name != HOSTILE[1]
    ]
    assert [row["vernacularName"] for row in rows] == [re.sub("[\n\t]", " ", name) for name in wanted]
    assert len(done.warnings) == 2  # names without a taxon, and what is left out
    by_class = {row["vernacularName"]: (row["scientificName"], row["taxonRank"]) for row in rows}
    assert by_class["sheep"] == ("Ovis aries", "species")
    assert by_class["=1+2"] == ("Connochaetes", "genus")
    assert by_class["Ovis aries"] == ("Ovis aries", "")
    assert by_class[HOSTILE[3]] == ("Animalia", "kingdom")
    assert {row["eventDate"] for row in rows if row["eventID"] == images().path[0]} == {"2018-10-01T08:00:00Z"}
    assert {row["eventDate"] for row in rows if row["eventID"] == images().path[1]} == {"2018-10-01"}
    assert rows[0]["associatedMedia"] == "https://example.org/photos/photos/0%20%27%C3%A9%27.jpg"
    assert {row["recordedBy"] for row in rows} == {"Ann | Bob"}
    assert eml.findtext("dataset/title") == COMPLETE.title
    assert eml.findtext("dataset/creator/organizationName") == COMPLETE.creator
    assert eml.find("dataset/intellectualRights/para/ulink").get("url") == LICENCES["CC-BY-4.0"][0]
    assert eml.findtext(".//beginDate/calendarDate") == "2018-10-01"


def test_who_saw_it_is_said(survey, tmp_path):
    export(survey, tmp_path / "a.zip", dataset=COMPLETE)
    rows, _ = validate(tmp_path / "a.zip")
    for row in rows:
        human = row["basisOfRecord"] == "HumanObservation"
        assert row["identificationVerificationStatus"] == ("verified by human" if human else "unverified")
        assert (row["dateIdentified"] != "") <= human
        if not human:
            assert row["identifiedBy"] == "Herdmap, model sheep"
    assert {row["basisOfRecord"] for row in rows} == {"HumanObservation", "MachineObservation"}
    assert {"added by a person"} < {row["identificationRemarks"] for row in rows}
    assert "Ann 'ß'" in {row["identifiedBy"] for row in rows}


def test_the_uncertainty_is_the_positions_and_half_the_box(survey, tmp_path):
    export(survey, tmp_path / "a.zip", dataset=COMPLETE)
    rows, _ = validate(tmp_path / "a.zip")
    low = POSITION_ERROR_M["camera pose"]
    found = [int(row["coordinateUncertaintyInMeters"]) for row in rows]
    assert low < min(found)
    assert max(found) <= low + 2  # boxes of 0.2 to 2 m
    export(survey, tmp_path / "b.zip", dataset=dataclasses.replace(COMPLETE, uncertainty_m=2.5))
    again, _ = validate(tmp_path / "b.zip")
    assert max(int(row["coordinateUncertaintyInMeters"]) for row in again) <= 5


def test_what_gbif_will_miss_is_said(survey, tmp_path):
    done = export(survey, tmp_path / "a.zip")
    text = " ".join(done.warnings)
    for missing in ("title, description, creator, email, licence", "no scientific name for", "have no date"):
        assert missing in text
    with pytest.raises(ValueError, match="Invalid isoformat"):  # and the rules that are held here say so too
        validate(tmp_path / "a.zip")


def test_an_animal_without_a_place_has_no_coordinates(tmp_path):
    table = detections(count=2, classes=("sheep",))
    table = dataclasses.replace(table, polygons_map=np.full((2, 5, 2), np.nan), review="confirmed")
    write_survey(tmp_path / "s.gpkg", images(placed=False), table, [run()], UTM)
    done = export(tmp_path / "s.gpkg", tmp_path / "a.zip", dataset=COMPLETE)
    rows, eml = validate(tmp_path / "a.zip")
    assert {(row["decimalLatitude"], row["geodeticDatum"], row["coordinateUncertaintyInMeters"]) for row in rows} == {
        ("", "", "")
    }
    assert eml.find(".//geographicCoverage") is None
    assert "2 of 2" in done.warnings[-1]


def test_occurrences_keep_their_ids(survey, tmp_path):
    for name in "ab":
        export(survey, tmp_path / f"{name}.zip", review="all", dataset=COMPLETE)
    one, two = (validate(tmp_path / f"{name}.zip")[0] for name in "ab")
    assert [row["occurrenceID"] for row in one] == [row["occurrenceID"] for row in two]


def test_the_validator_refuses_what_is_wrong(survey, tmp_path):
    """A validator that lets everything pass would prove nothing."""
    export(survey, tmp_path / "a.zip", dataset=COMPLETE)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    lines = files["occurrence.txt"].split("\n")
    wrong = {
        "unknown term": {"meta.xml": files["meta.xml"].replace("terms/eventID", "terms/eventId")},
        "an id twice": {"occurrence.txt": "\n".join([*lines[:2], lines[1], *lines[2:]])},
        "a latitude": {"occurrence.txt": files["occurrence.txt"].replace("\t-2.7", "\t-92.7", 1)},
        "a tab more": {"occurrence.txt": "\n".join([lines[0], "\t" + lines[1], *lines[2:]])},
        "a basis": {"occurrence.txt": files["occurrence.txt"].replace("MachineObservation", "Robot", 1)},
        "no contact": {"eml.xml": re.sub("<contact>.*</contact>", "", files["eml.xml"], flags=re.DOTALL)},
    }
    for what, change in wrong.items():
        assert any(files[name] != text for name, text in change.items()), what
        with zipfile.ZipFile(tmp_path / "w.zip", "w") as archive:
            for name, text in {**files, **change}.items():
                archive.writestr(name, text)
        with pytest.raises((AssertionError, ValueError)):
            validate(tmp_path / "w.zip")


# ---- the dataset file ------------------------------------------------------------------------


def test_a_dataset_file_is_read(tmp_path):
    path = tmp_path / "dataset.toml"
    path.write_text(
        """
title = "Serengeti 2018"
licence = "CC0-1.0"
uncertainty_m = 12
[taxa]
wildebeest = "Connochaetes taurinus"
boma = false
shoats = { scientific_name = "Caprinae", rank = "subfamily", vernacular_name = "sheep or goat" }
""",
        encoding="utf-8",
    )
    assert read_dataset(path) == Dataset(
        title="Serengeti 2018",
        licence="CC0-1.0",
        uncertainty_m=12,
        taxa={
            "wildebeest": Taxon("Connochaetes taurinus"),
            "boma": None,
            "shoats": Taxon("Caprinae", "subfamily", vernacular_name="sheep or goat"),
        },
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("licence = 'MIT'", "CC0-1.0, CC-BY-4.0, CC-BY-NC-4.0"),
        ("event_date = 'summer'", "ISO 8601"),
        ("country_code = 'Tanzania'", "two capital letters"),
        ("media_url = 'file:///x'", "https://"),
        ("uncertainty_m = -1", "metres above 0"),
        ("uncertainty_m = 'far'", "a number"),
        ("titel = 'x'", "texts named"),
        ("title = 3", "texts named"),
        ("taxa = 'x'", r"\[taxa\]"),
        ("[taxa]\nx = 3", "scientific name"),
        ("[taxa]\nx = { name = 'y' }", "scientific name"),
        ("= 3", "not TOML"),
    ],
)
def test_a_wrong_dataset_file_is_refused(tmp_path, text, said):
    (tmp_path / "d.toml").write_text(text, encoding="utf-8")
    with pytest.raises(VectorError, match=said):
        read_dataset(tmp_path / "d.toml")


def test_a_missing_dataset_file_and_a_wrong_format_are_refused(survey, tmp_path):
    with pytest.raises(VectorError, match="expected a TOML file"):
        read_dataset(tmp_path / "none.toml")
    with pytest.raises(OutputError, match="Darwin Core Archive"):
        export(survey, tmp_path / "a.csv", dataset=COMPLETE)
