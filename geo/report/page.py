"""Writes the survey report: one HTML page without scripts, which opens offline and prints on A4, or the PDF of it."""

import html
import math
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET  # nosec B405

import numpy as np

from geo.errors import InputError
from geo.estimates.plot import plot
from geo.estimates.population import Estimate, Estimates
from geo.estimates.visible import DIVIDED
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.report.content import Content, read
from geo.report.printed import print_pdf
from geo.report.species import carcass_ratios, categories
from geo.report.style import STYLE
from geo.report.survey_map import survey_map

__all__ = ["write_report"]

_MOST_ROWS = 500  # of a table
_SHORT = 12  # rows: such a table is not divided between two pages
_ALL_BUT = 0.0005  # of the land: less than what the report's digits show is nothing
# A name with one of these would write the numbers after it from right to left.
_NO_TURNS = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_KINDS = {"t": "by Student's t"}
_DIGITS = {"", "–", "-", *"0123456789"}  # how a number begins


def write_report(
    survey_file: StrPath, output: StrPath, title: str | None = None, *, observers_file: StrPath | None = None
) -> str:
    """Write the report of a survey as one HTML page, or as PDF. Returns a line for a person.

    Args:
        survey_file: The GeoPackage.
        output: A name that ends in .html, or in .pdf if a browser is installed that prints it (`geo.report.printed`).
        title: By default the name of the survey's file.
        observers_file: The table that compares two observers of the same photos (`geo.two_searches`).

    Raises:
        InputError: The output's name has another ending, or no browser can print a PDF.
        VectorError: The file is not a survey.
        OutputError: The page cannot be written.
    """
    target = as_path(output)
    kind = target.suffix.lower()
    if kind not in (".html", ".htm", ".pdf"):
        raise InputError(f"{target.name}: expected a name that ends in .html or .pdf")
    content = read(survey_file, observers_file)
    text = page(content, title or content.path.stem)
    with whole(target) as part:
        if kind != ".pdf":
            part.write_text(text, encoding="utf-8", errors="replace")
        else:
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder) / "report.html"
                made.write_text(text, encoding="utf-8", errors="replace")
                print_pdf(made, part)
    how = "" if kind == ".pdf" else "; open it in a browser, and print it from there"
    return f"{target}: the report of {content.path.name}{how}"


def page(content: Content, title: str) -> str:
    """The page as HTML."""
    parts = [
        *_head(content, title),
        *_summary(content),
        *_left_out(content),
        *_map(content),
        *_estimates(content),
        *_effort(content),
        *_quality(content),
        *_species(content),
        *_method(content),
        *_signatures(),
    ]
    made = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><title>{_text(title)}: survey report</title>'
        f"<style>{STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
    return made.translate(_NO_TURNS)


# ---- the parts ------------------------------------------------------------------------------


def _head(content: Content, title: str) -> Iterable[str]:
    yield f"<h1>{_text(title)}</h1>"
    said = [f"Survey report, made {datetime.now(UTC).date().isoformat()} from {_text(content.path.name)}"]
    if content.days:
        said.append(f"photos of {_text(content.days)}")
    yield f'<p class="sub">{"; ".join(said)}.</p>'


def _summary(content: Content) -> Iterable[str]:
    yield "<h2>What was counted, and how sure it is</h2>"
    if not content.sums:
        total = sum(content.found.values())
        names = ", ".join(f"{_text(name)} {_number(n)}" for name, n in content.found.items())
        yield (
            f"<p><b>{_number(total)} animals</b> were found in the photos{f': {names}' if names else ''}. There is no "
            "estimate for the land that was not photographed.</p>"
        )
        done, boxes = content.reviewed
        if boxes:
            yield (
                f"<p><b>How far this number is off is not known.</b> A person reviewed {_number(done)} of the "
                f"{_number(boxes)} boxes. Missed animals, and boxes that show no animal, are not corrected.</p>"
            )
    for row in content.sums:
        yield f"<p>{_sentence(row)}</p>"
    for text in content.seen_once:
        yield f"<p>{_text(text)}.</p>"


def _sentence(row: Estimate) -> str:
    """One class in words: the estimate, its interval, what was counted, and how it was corrected."""
    name = f"<b>{_text(row.class_name)}</b>"
    if math.isnan(row.estimate):
        return f"{name}: no estimate. {_text(_and_stop(row.audit('remarks')))}"
    said = [f"{name}: about <b>{_number(row.estimate)}</b>"]
    if math.isfinite(row.ci_high):
        kind = _text(_KINDS.get(row.interval, row.interval))
        said[0] += f" (95 % interval {_number(max(row.ci_low, 0))} to {_number(row.ci_high)}, {kind})"
    else:
        said[0] += " (no interval: the standard error is not known)"
    corrected = math.isfinite(row.photos_reviewed)
    if math.isfinite(row.counted):
        land = f"{_percent(row.searched_share)} of the land" if math.isfinite(row.searched_share) else ""
        if corrected:  # then those that a person saw count, and only in these photos
            reviewed = f"{_number(row.photos_reviewed)} reviewed photo{_s(row.photos_reviewed)}"
            seen = f"{_number(row.counted)} {_were(row.counted)} seen by a person, in {reviewed}"
            said.append(f"{seen} of {_number(row.photos)}" + (f". {land} was searched" if land else ""))
        else:
            said.append(f"{_number(row.counted)} {_were(row.counted)} seen" + (f" on {land}" if land else ""))
    if row.leaves_out:
        said.append(f"<b>The interval leaves out {_text(row.leaves_out)}</b>")
    elif row.correction and math.isfinite(row.factor):
        of = "The number of the detector's boxes" if corrected else "The count"
        said.append(f"{of} was multiplied by {row.factor:.2f}, from reviewed photos ({_text(row.correction)})")
    if any(not text.startswith(DIVIDED) for text in row.remarks):
        said.append("<b>Read the remarks below the table of estimates too</b>")
    return ". ".join(said) + "."


def _left_out(content: Content) -> Iterable[str]:
    yield "<h2>What was not looked at</h2><ul>"
    for row in content.sums[:1]:
        if math.isfinite(row.searched_km2):
            rest = row.area_km2 - row.searched_km2
            if rest < _ALL_BUT * row.area_km2:
                yield f"<li>All {_area(row.area_km2)} km² of the land were searched.</li>"
            else:
                yield (
                    f"<li>{_area(rest)} km² of {_area(row.area_km2)} km² were not searched. The estimate assumes "
                    "that as many animals live there as on the transects.</li>"
                )
    for reason, number in list(content.not_searched().items())[:20]:
        yield f"<li>{_number(number)} photo{_s(number)}: {_text(reason)}.</li>"
    for row in content.sums[:1]:
        if (off := int(content.images.searched.sum()) - row.photos) > 0:
            yield (
                f"<li>{_number(off)} photo{_s(off)} {_were(off)} searched but {'is' if off == 1 else 'are'} on no "
                "transect: no animal there is in the estimate.</li>"
            )
        if (unseen := row.photos - row.photos_reviewed) > 0:
            yield (
                f"<li>{_number(unseen)} of {_number(row.photos)} photos {_were(unseen)} searched by the detector "
                "alone. The reviewed photos stand for them.</li>"
            )
    done, boxes = content.reviewed
    if boxes and done == boxes:
        yield f"<li>A person reviewed all {_number(boxes)} boxes.</li>"
    elif rest := boxes - done:
        yield f"<li>{_number(rest)} of {_number(boxes)} boxes {_were(rest)} not reviewed by a person.</li>"
    yield "<li>Animals that no photo can show, such as those under trees or water, "
    if "availability" in content.divided:
        yield f"are not in the counts. The estimates include them: they are {_text(content.divided)}.</li></ul>"
    else:
        yield "are in no number here.</li></ul>"


def _map(content: Content) -> Iterable[str]:
    drawn = survey_map(content)
    yield "<h2>Map</h2>"
    if drawn is None:
        yield "<p>The photos have no place on the ground, so there is no map.</p>"
        return
    yield f'<figure class="map">{ET.tostring(drawn, encoding="unicode")}<figcaption>'
    kinds = [("searched", "photo that was searched"), ("failed", "photo that failed"), ("open", "photo not searched")]
    used = {"searched": bool(content.images.searched.any())}
    used["failed"] = "failed" in content.images.status
    used["open"] = bool((~content.images.searched).sum() > list(content.images.status).count("failed"))
    kinds += [("animal", "animal"), ("transect", "transect"), ("stratum", "stratum")]
    used |= {"animal": True, "transect": bool(content.transects.shapes), "stratum": bool(content.strata.shapes)}
    yield " ".join(
        f'<span class="word"><span class="key {kind}"></span> {words}</span>' for kind, words in kinds if used[kind]
    )
    yield "</figcaption></figure>"


def _estimates(content: Content) -> Iterable[str]:
    if content.estimates is None:
        if content.counts is not None:
            yield "<h2>Counts by region</h2>"
            each = zip(content.counts.region, content.counts.class_name, content.counts.count.tolist(), strict=True)
            yield from _table(("region", "class", "animals"), [(a, b, _number(n)) for a, b, n in each], texts=2)
        return
    yield "<h2>Estimates</h2>"
    rows = [
        (
            *(row.stratum, row.class_name, str(row.n), _number(row.counted), _number(row.estimate), _number(row.se)),
            *(_span(row.ci_low, row.ci_high), row.interval, _percent(row.cv), row.correction),
        )
        for row in content.estimates.rows
    ]
    head = ("stratum", "class", "transects", "counted", "estimate", "SE", "95 % interval", "kind", "CV", "correction")
    yield from _table(head, rows, texts=2, last="all")
    if any(math.isfinite(row.photos_reviewed) for row in content.estimates.rows):
        yield "<p>Counted are the animals that a person saw in the reviewed photos.</p>"
    shown = Estimates(content.estimates.rows[:60], "")
    yield f"<figure>{ET.tostring(plot(shown), encoding='unicode')}</figure>"
    remarks: dict[str, list[str]] = {}
    for row in content.by_stratum:
        for text in (text for text in row.remarks if text != content.divided):
            remarks.setdefault(text, []).append(f"{row.class_name} in {row.stratum}")
    if remarks:
        yield "<p>To know when you read these numbers:</p><ul>"
        for text, of in list(remarks.items())[:40]:
            more = f" and {len(of) - 4} others" if len(of) > 4 else ""
            yield f"<li>{_text(', '.join(of[:4]))}{more}: {_text(text)}</li>"
        yield "</ul>"


def _effort(content: Content) -> Iterable[str]:
    yield "<h2>Effort</h2>"
    images = content.images
    facts = [("photos", _number(len(images))), ("searched from edge to edge", _number(int(images.searched.sum())))]
    for name, column, unit, digits in (
        ("height above the ground", images.agl_m, "m", 0),
        ("ground sample distance", images.gsd_m * 100, "cm", 1),
    ):
        known = column[np.isfinite(column)]
        if len(known):
            low, middle, high = (f"{value:.{digits}f}" for value in np.quantile(known, [0, 0.5, 1]))
            facts.append((name, f"{middle} {unit} in the middle, {low} to {high} {unit}"))
    times = sorted(text for text in images.captured_at if text)
    if times:
        facts.append(("first and last photo", f"{times[0]} to {times[-1]}"))
    yield from _table(("", ""), facts, texts=2)
    first = content.by_stratum[0].class_name if content.by_stratum else None
    rows = [
        (
            *(row.stratum, _area(row.area_km2), _area(row.searched_km2), _percent(row.searched_share), str(row.n)),
            *map(_number, (row.photos, row.photos_failed, row.photos_left_out, row.photos_reviewed)),
        )
        for row in (content.estimates.rows if content.estimates else ())
        if row.class_name == first
    ]
    if rows:
        head = ("stratum", "km²", "searched km²", "share", "transects", "photos", "failed", "left out", "reviewed")
        yield from _table(head, rows, texts=1, last="all")


def _quality(content: Content) -> Iterable[str]:
    yield "<h2>Quality</h2><ul>"
    done, boxes = content.reviewed
    yield f"<li>Reviewed: {_number(done)} of {_number(boxes)} boxes.</li>"
    if content.reviewers:
        names = ", ".join(f"{_text(name)} ({_number(n)})" for name, n in list(content.reviewers.items())[:20])
        yield f"<li>Reviewers, with their boxes: {names}.</li>"
    again = int((content.rows.counted == 0).sum())
    if again:
        yield f"<li>{_number(again)} boxes are further sightings of animals that another photo counts.</li>"
    if content.divided:
        yield f"<li>The estimates are {_text(content.divided)}.</li>"
    if not content.observers:
        yield "<li>No second observer searched the same photos for this report.</li>"
    for run in content.runs[-1:]:
        yield (
            f"<li>Detector: {_text(run.model)} (SHA-256 {_text(run.model_sha256[:16])}…), Herdmap "
            f"{_text(run.herdmap_version)}, run {_text(run.run_id)}, {_number(run.images)} images, "
            f"{_number(run.failed)} failed.</li>"
        )
    yield "</ul>"
    yield from _observers(content)
    rows = [
        (
            *(row.stratum, row.class_name, _with_se(row.precision, row.precision_se)),
            *(_with_se(row.recall, row.recall_se), _with_se(row.factor, row.factor_se), row.correction),
        )
        for row in (content.estimates.rows if content.estimates else ())
        if math.isfinite(row.precision) or math.isfinite(row.recall)
    ]
    if rows:
        yield (
            "<p>Precision is the share of the boxes that are animals; recall the share of the animals that have a box. "
            "The factor is what the count was multiplied by. SE in brackets.</p>"
        )
        head = ("stratum", "class", "precision", "recall", "factor", "correction")
        yield from _table(head, rows, texts=2, last="all")
    elif content.sums:
        yield "<p>No reviewed sample corrects this estimate: precision and recall are not known.</p>"


def _observers(content: Content) -> Iterable[str]:
    if not content.observers:
        return
    yield (
        "<p>Two observers searched the same photos apart. What only one of them saw tells how many animals both missed "
        "(Chapman 1951, or Huggins 1991 with covariates).</p>"
    )
    names = ("class", "photos", "first", "second", "both", "estimate", "ci_low", "ci_high", "share_any")
    head = ("class", "photos", "first", "second", "both", "estimate", "from", "to", "share seen by any")
    yield from _table(head, [tuple(row.get(name) or "–" for name in names) for row in content.observers], texts=1)


def _species(content: Content) -> Iterable[str]:
    found = categories(content.sums)
    if found:
        yield "<h2>African Elephant Database</h2>"
        rows = [(one.class_name, *map(_number, (one.definite, one.probable, one.possible))) for one in found]
        yield from _table(("class", "definite", "probable", "possible"), rows, texts=1)
        yield (
            "<p>For an aerial sample count: definite are the animals that were seen, or the lower end of the interval "
            "if that is more; probable is the rest of the estimate; possible is what the interval has above it.</p>"
        )
    ratios = carcass_ratios(content.sums)
    if ratios:
        yield "<h2>Carcass ratio</h2>"
        rows = [
            (one.species, _number(one.dead), _number(one.live), f"{one.percent:.1f} %", _number(one.percent_se, 1))
            for one in ratios
        ]
        yield from _table(("species", "carcasses", "live animals", "carcass ratio", "SE, % points"), rows, texts=1)
        yield "<p>The carcass ratio is carcasses / (carcasses + live animals).</p>"


def _method(content: Content) -> Iterable[str]:
    if content.estimates is None:
        return
    yield f"<h2>Method</h2><pre>{_text(content.estimates.method)}</pre>"
    for row in content.sums[:1]:
        facts = [("detections that count", row.review_rule), ("design of the transects", row.design)]
        facts += [("estimate made", row.made_at), ("Herdmap", row.version), ("run", row.run)]
        yield from _table(("", ""), [(name, value) for name, value in facts if value], texts=2)


def _signatures() -> Iterable[str]:
    yield '<div class="sign">'
    for who in ("Counted by", "Checked by", "Responsible"):
        yield f"<p>{who}<span></span></p><p>Date<span></span></p>"
    yield "</div>"


# ---- words and tables -----------------------------------------------------------------------


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int, last: str = "") -> Iterable[str]:
    """A table: its first `texts` columns are text, and others that hold words. Rows that begin with `last` are bold."""
    yield f'<div class="wide{" short" if len(rows) <= _SHORT else ""}"><table>'
    numbers = [at >= texts and all(row[at][:1] in _DIGITS for row in rows) for at in range(len(head))]
    kinds = [" class=n" if number else "" for number in numbers]
    if any(head):
        cells = "".join(f"<th{kind}>{_text(name)}</th>" for kind, name in zip(kinds, head, strict=True))
        yield f"<thead><tr>{cells}</tr></thead>"
    yield "<tbody>"
    for row in rows[:_MOST_ROWS]:
        cells = "".join(f"<td{kind}>{_text(value)}</td>" for kind, value in zip(kinds, row, strict=True))
        yield f"<tr{' class=sum' if last and row[0] == last else ''}>{cells}</tr>"
    yield "</tbody></table></div>"
    if len(rows) > _MOST_ROWS:
        yield f"<p>{_number(len(rows) - _MOST_ROWS)} more rows are in the survey's table.</p>"


def _s(number: float) -> str:
    """The ending of what there is so many of."""
    return "" if number == 1 else "s"


def _were(number: float) -> str:
    return "was" if number == 1 else "were"


def _text(value: object) -> str:
    return html.escape(str(value))


def _and_stop(value: object) -> str:
    return f"{value}." if value else ""


def _number(value: float, digits: int = 0) -> str:
    """A number for people: thousands apart by a narrow space; a dash if it is unknown."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}".replace(",", "\u202f")


def _area(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}" if value < 1000 else _number(value)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"


def _span(low: float, high: float) -> str:
    return "–" if math.isnan(low) or math.isnan(high) else f"{_number(max(low, 0))} to {_number(high)}"


def _with_se(value: float, se: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}" + ("" if math.isnan(se) else f" ({se:.3f})")
