"""The road of a survey: what each step says of itself, and which one is next."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..translation import tr, written
from .state import SurveyState

IMAGERY, DETECT, REVIEW, COUNT, ESTIMATE, PASS_ON = "imagery", "detect", "review", "count", "estimate", "pass on"
STEPS = (IMAGERY, DETECT, REVIEW, COUNT, ESTIMATE, PASS_ON)

TO_DO, BEGUN, DONE, WRONG = "to do", "begun", "done", "wrong"


class Said(NamedTuple):
    """What a step says. mark: how far it is, one of the four words above. detail: more, for who asks."""

    mark: str
    text: str
    detail: str = ""


def titles() -> dict[str, str]:
    """The name of each step."""
    return {
        IMAGERY: tr("Imagery"),
        DETECT: tr("Find the animals"),
        REVIEW: tr("Review"),
        COUNT: tr("Count per region"),
        ESTIMATE: tr("Estimate the population"),
        PASS_ON: tr("Report and share"),
    }


def said(survey: SurveyState | None, report: Path | None = None) -> dict[str, Said]:
    """What each step says. survey: None where none is open. report: the survey's report, if it was written."""
    if survey is None:
        nothing = Said(TO_DO, "")
        return {**dict.fromkeys(STEPS, nothing), IMAGERY: Said(TO_DO, tr("Choose photos or an orthomosaic."))}
    return {
        IMAGERY: _imagery(survey),
        DETECT: _detect(survey),
        REVIEW: _review(survey),
        COUNT: _count(survey),
        ESTIMATE: _estimate(survey),
        PASS_ON: Said(DONE, tr("Report: {}").format(report.name), str(report))
        if report is not None
        else Said(TO_DO, tr("No report yet.")),
    }


def next_step(steps: dict[str, Said], after: str = "") -> str:
    """The first step that is not done. after: only steps behind this one: who counts may review the rest later."""
    following = STEPS[STEPS.index(after) + 1 :] if after else STEPS
    return next((name for name in following if steps[name].mark in (TO_DO, BEGUN)), PASS_ON)


def _imagery(survey: SurveyState) -> Said:
    text = tr("%Ln images", survey.images)
    if survey.unplaced:
        without = tr("%Ln have no place on the map", survey.unplaced)
        return Said(WRONG, f"{text}, {without}", tr("“More” has “Georeference photos”, which places them."))
    return Said(DONE, text)


def _detect(survey: SurveyState) -> Said:
    """The animals; the failed images are named always, as nothing in them was counted."""
    parts = [
        tr("{animals} in {images}").format(
            animals=tr("%Ln animals", survey.found),
            images=tr("%Ln images", survey.images_with),
        )
        if survey.found
        else tr("No animals")
    ]
    if survey.waiting:
        parts.append(tr("%Ln images not searched yet", survey.waiting))
    if survey.failed:
        parts.append(tr("%Ln images failed", survey.failed))
    reasons = "\n".join(f"{name}: {reason}" for name, reason in survey.failures)
    if survey.waiting:
        return Said(BEGUN if survey.searched else TO_DO, ", ".join(parts), reasons)
    return Said(WRONG if survey.failed else DONE, ", ".join(parts), reasons)


def _review(survey: SurveyState) -> Said:
    all_animals = survey.reviewed + survey.unreviewed
    if not all_animals:
        return Said(DONE if not survey.waiting else TO_DO, tr("Nothing to review"))
    text = tr("{done} of {all} reviewed").format(done=written(survey.reviewed), all=written(all_animals))
    if survey.rejected:
        text += ", " + tr("%Ln rejected", survey.rejected)
    return Said(DONE if not survey.unreviewed else BEGUN if survey.reviewed else TO_DO, text)


def _count(survey: SurveyState) -> Said:
    if survey.counted is None:
        return Said(TO_DO, tr("Not counted yet."))
    regions = tr("%Ln regions", survey.regions)
    text = tr("{animals} in {regions} and outside").format(animals=written(survey.counted), regions=regions)
    if survey.outdated:
        return Said(BEGUN, text, tr("The animals have changed since. Count again."))
    return Said(DONE, text)


def _estimate(survey: SurveyState) -> Said:
    if not survey.totals:
        return Said(TO_DO, tr("Not estimated yet."))
    lines = []
    for one in survey.totals:
        interval = tr("interval undefined")
        if one.low is not None and one.high is not None:
            interval = tr("{low} to {high}").format(low=written(one.low), high=written(one.high))
        lines.append(f"{one.class_name}: {written(one.number or 0)} ({interval})")
    return Said(DONE, "\n".join(lines[:4]) + ("\n…" if len(lines) > 4 else ""), "\n".join(lines))
