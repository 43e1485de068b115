"""The road of a survey: what each step says of itself, and which one is next."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..translation import tr, written
from .state import Estimate, SurveyState

IMAGERY, DETECT, TEACH, REVIEW = "imagery", "detect", "teach", "review"
COUNT, ESTIMATE, PASS_ON = "count", "estimate", "pass on"
STEPS = (IMAGERY, DETECT, TEACH, REVIEW, COUNT, ESTIMATE, PASS_ON)

OPTIONAL, TO_DO, BEGUN, DONE, WRONG = "optional", "to do", "begun", "done", "wrong"

LEAST_MARKS = 5
"""Animals of a class that people mark, before anything is learnt from them: as detector/survey/marks.py has it."""


class Said(NamedTuple):
    """What a step says. mark: how far it is, one of the five words above. detail: more, for who asks."""

    mark: str
    text: str
    detail: str = ""


def titles() -> dict[str, str]:
    """The name of each step."""
    return {
        IMAGERY: tr("Imagery"),
        DETECT: tr("Find the animals"),
        TEACH: tr("Teach your animals"),
        REVIEW: tr("Review"),
        COUNT: tr("Count per region"),
        ESTIMATE: tr("Estimate the population"),
        PASS_ON: tr("Report and share"),
    }


def said(
    survey: SurveyState | None,
    report: Path | None = None,
    model: Path | None = None,
) -> dict[str, Said]:
    """What each step says.

    survey: None where none is open. report: the survey's report, if it was written. model: what was taught on it.
    """
    if survey is None:
        nothing = Said(TO_DO, "")
        return {
            **dict.fromkeys(STEPS, nothing),
            TEACH: Said(OPTIONAL, ""),
            IMAGERY: Said(TO_DO, tr("Choose photos or an orthomosaic.")),
        }
    return {
        IMAGERY: _imagery(survey),
        DETECT: _detect(survey),
        TEACH: _teach(survey, model),
        REVIEW: _review(survey),
        COUNT: _count(survey),
        ESTIMATE: _estimate(survey),
        PASS_ON: Said(DONE, tr("Report: {}").format(report.name), str(report))
        if report is not None
        else Said(TO_DO, tr("No report yet.")),
    }


def next_step(steps: dict[str, Said], after: str = "") -> str:
    """The first step that is not done. after: only steps behind this one: who counts may review the rest later."""
    if not after and steps[TEACH].mark == BEGUN:  # whoever marks animals by eye has no model that knows them
        return TEACH
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


def too_few_to_find(survey: SurveyState) -> str:
    """Why nothing can be learnt yet, for the user; empty if it can."""
    if max(survey.marked.values(), default=0) < LEAST_MARKS:
        return tr("Mark {} or more animals of a class first.").format(LEAST_MARKS)
    return ""


def too_few_to_teach(survey: SurveyState) -> str:
    """Why no model can be taught yet, for the user; empty if it can."""
    if too_few := too_few_to_find(survey):
        return too_few
    if survey.marked_images < 2:
        return tr("Mark animals in a second image too: it is to measure on.")
    if not survey.looked_at and not survey.rejected:
        return tr("Nothing says where no animal is: search some images, or reject what is wrong.")
    return ""


def _teach(survey: SurveyState, model: Path | None) -> Said:
    """What people marked; it is the next step only where images wait and no model has searched them."""
    marked = sum(survey.marked.values())
    if not marked and not survey.looked_at:
        return Said(OPTIONAL, tr("If no model knows your animals: search some images by eye, then teach one."))
    text = ", ".join([tr("%Ln images searched by people", survey.looked_at), tr("%Ln animals marked", marked)])
    too_few = too_few_to_teach(survey)
    lines = [text, too_few]
    if model is not None:
        lines.append(tr("Model: {}").format(model.name))
    mark = DONE if model is not None else BEGUN if survey.waiting and not too_few else OPTIONAL
    return Said(mark, "\n".join(line for line in lines if line), "" if model is None else str(model))


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


def interval_of(one: Estimate) -> str:
    """The interval of an estimate in words."""
    if one.low is None or one.high is None:
        return tr("interval undefined")
    if not one.has_interval:
        return tr("no interval")
    return tr("{low} to {high}").format(low=written(one.low), high=written(one.high))


def _estimate(survey: SurveyState) -> Said:
    if not survey.totals:
        return Said(TO_DO, tr("Not estimated yet."))
    lines = [f"{one.class_name}: {written(one.number or 0)} ({interval_of(one)})" for one in survey.totals]
    return Said(DONE, "\n".join(lines[:4]) + ("\n…" if len(lines) > 4 else ""), "\n".join(lines))
