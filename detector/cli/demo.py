"""`herdmap demo`: detect and count on a simulated survey, and compare with the truth."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from detector import survey
from detector.cli.console import bar
from detector.evaluation import JudgedImage, Score, judge
from detector.survey.tables import region_table
from geo import geopackage
from geo.simulation import SurveySettings, simulate


def run_demo(folder: Path, say: Callable[[str], None]) -> Score:
    """Simulate a survey in `folder`, detect, count per region, and report how the counts compare with the truth."""
    with bar("simulating") as progress:
        simulated = simulate(folder, SurveySettings(photos=True), progress)
    output = folder / "survey.gpkg"
    outcome = survey.detect([simulated.orthomosaic], output, region_file=simulated.regions)
    counts = outcome.counts
    assert counts is not None
    found = geopackage.read_detections(output)
    score = judge([JudgedImage(found.boxes_px, found.score, simulated.boxes_px.astype(np.float32))], threshold=0.0)

    say(f"{folder}: a SIMULATED survey, not real imagery, with {len(simulated.boxes_px)} animals")
    say(f"found {outcome.detections}: {score.found} right, {score.false_alarms} false alarms; missed {score.missed}")
    say("")
    say(region_table(counts, simulated.counts))
    say("")
    say(f"to see it:       drag {output} into QGIS, or open {output.with_suffix('.qgz').name}")
    say("your own photos: herdmap detect PHOTOS_OR_ORTHOMOSAIC -o survey.gpkg")
    return score
