"""What each step of the panel asks and runs: the parameters of its algorithm, with good answers filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from qgis.core import QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

from ..algorithms import kept_output
from ..translation import tr
from . import road, unfinished
from .panel import RoadPanel
from .road import Said
from .runs import Run


class Asked(NamedTuple):
    """A run that a step asks for. makes_survey: whether OUTPUT is a survey. done: what to say at the end.

    then: called in the window's thread when it has ended well.
    """

    step: str
    algorithm: str
    parameters: dict[str, Any]
    makes_survey: bool = False
    done: str = ""
    then: Callable[[], None] | None = None


class Commands(Protocol):
    """What the panel asks of the plugin."""

    def ready(self) -> bool:
        """Whether the detector is set up."""

    def settings(self) -> None:
        """Show the settings."""

    def review(self, path: Path | None = None) -> None:
        """Show the review of this survey."""

    def search(self, path: Path | None = None) -> None:
        """Show the search of this survey."""

    def open_algorithm(self, algorithm: str, parameters: dict[str, Any]) -> None:
        """Open the dialog of an algorithm."""


class Dock(Protocol):
    """What the steps ask of the dock. path: the survey at hand. run: what works now."""

    path: Path | None
    run: Run | None
    commands: Commands

    def start(self, asked: Asked) -> None:
        """Run what a step asked for."""


class Steps:
    """The buttons of the steps. begun: whether the user has chosen imagery for a new survey."""

    def __init__(self, panel: RoadPanel, dock: Dock) -> None:
        self.panel, self.dock = panel, dock
        self.begun = False
        dialog, boxes = self._dialog, panel.boxes
        boxes[road.IMAGERY].add_buttons(more={tr("Georeference photos…"): dialog("georeference")})
        boxes[road.DETECT].add_buttons(
            ("run_detect", tr("Detect animals"), self.detect),
            ("run_search", tr("Search by eye"), self.search),
            more={
                tr("Detect with all settings…"): dialog("detect"),
                tr("Find more like these…"): dialog("find"),
                tr("Import detections or labels…"): dialog("import"),
            },
        )
        boxes[road.REVIEW].add_buttons(
            ("run_review", tr("Review"), self.review),
            more={tr("Search images"): self.search, tr("Export training data…"): dialog("exportdata")},
        )
        boxes[road.COUNT].add_buttons(
            ("run_count", tr("Count"), self.count), more={tr("Count with all settings…"): dialog("count")}
        )
        boxes[road.ESTIMATE].add_buttons(
            ("run_estimate", tr("Estimate"), self.estimate),
            more={tr("Estimate with all settings…"): dialog("estimate")},
        )
        boxes[road.PASS_ON].add_buttons(
            ("run_report", tr("Write report"), self.write_report),
            ("open_report", tr("Open it"), self.open_report),
            ("run_share", tr("Share folder"), self.share),
            more={
                tr("Report with all settings…"): dialog("report"),
                tr("Share folder with all settings…"): dialog("share"),
                tr("Export animals…"): dialog("export"),
            },
        )

    def update_buttons(self) -> None:
        """Enable what can be done now."""
        if self.dock.run is not None:
            return
        survey = self.dock.path is not None
        chosen = bool(self.panel.imagery.parameters())
        for name, box in self.panel.boxes.items():
            for button in box.buttons.values():
                button.setEnabled(survey or (name == road.DETECT and chosen))
        self.panel.imagery.setEnabled(not survey)
        self.panel.boxes[road.PASS_ON].buttons["open_report"].setEnabled(self.report() is not None)

    def said_before(self) -> dict[str, Said]:
        """What the steps say of imagery that is chosen for a new survey."""
        output = self.panel.imagery.output()
        if not output:
            return {}
        name = Path(output).name
        said = tr("Nothing searched yet.")
        if Path(output).exists():
            said = tr("The survey {} exists: it is continued, and reviews are kept.").format(name)
        elif unfinished.left_work(output):
            said = tr("A run was stopped here. It goes on where it stopped.")
        return {
            road.IMAGERY: Said(road.DONE, tr("Survey: {}").format(name), output),
            road.DETECT: Said(road.TO_DO, said),
        }

    def report(self) -> Path | None:
        """The survey's report, if it was written."""
        path = Path(self._beside("_report.html")) if self.dock.path is not None else None
        return path if path is not None and path.is_file() else None

    # ---- what the buttons do -----------------------------------------------------------------

    def detect(self) -> None:
        """Detect the animals in the imagery. On a survey, its dialog opens: the imagery may be another one."""
        if self.dock.path is not None:
            self._dialog("detect")()
        elif not self.dock.commands.ready():
            self.dock.commands.settings()
        else:
            given = {**self._new_survey(), **self.panel.model.parameters()}
            self.dock.start(Asked(road.DETECT, "herdmap:detect", given, makes_survey=True))

    def search(self) -> None:
        """Let a person search the images; a new survey is made first."""
        if self.dock.path is not None:
            self.dock.commands.search(self.dock.path)
        elif not self.dock.commands.ready():
            self.dock.commands.settings()
        else:
            asked = self._new_survey()

            def then() -> None:
                self.dock.commands.search(Path(asked["OUTPUT"]))

            self.dock.start(Asked(road.DETECT, "herdmap:survey", asked, makes_survey=True, then=then))

    def review(self) -> None:
        """Review the survey."""
        self.dock.commands.review(self.dock.path)

    def count(self) -> None:
        """Count per region, into the survey."""
        regions = self.panel.regions.chosen()
        if regions is None:
            self.panel.say(tr("Choose the layer of regions first, or open it with “…”."), wrong=True)
            return
        given = {"SURVEY": str(self.dock.path), "REGIONS": regions.id(), "INTO_SURVEY": True, "OUTPUT": "memory:"}
        self.dock.start(Asked(road.COUNT, "herdmap:count", given, done=tr("The animals are counted.")))

    def estimate(self) -> None:
        """Estimate the population from transects."""
        transects, strata = self.panel.transects.chosen(), self.panel.strata.chosen()
        if transects is None or strata is None:
            self.panel.say(tr("Choose the layers of transects and strata first, or open them with “…”."), wrong=True)
            return
        given = {"SURVEY": str(self.dock.path), "TRANSECTS": transects.id(), "STRATA": strata.id()}
        given["OUTPUT"] = self._beside("_estimates.csv")
        if _is_lines(transects):
            if not self.panel.strip_width.value():
                self.panel.say(tr("These transects are lines. Give the full width of the strip."), wrong=True)
                return
            given["STRIP_WIDTH"] = self.panel.strip_width.value()
        self.dock.start(Asked(road.ESTIMATE, "herdmap:estimate", given, done=tr("The population is estimated.")))

    def write_report(self) -> None:
        """Write the report and open it in the browser."""
        given = {"SURVEY": str(self.dock.path), "OUTPUT": self._beside("_report.html")}
        done = tr("The report is written: {}").format(given["OUTPUT"])
        self.dock.start(Asked(road.PASS_ON, "herdmap:report", given, done=done, then=self.open_report))

    def open_report(self) -> None:
        """Open the report in the browser."""
        report = self.report()
        if report is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(report)))

    def share(self) -> None:
        """Make the folder for colleagues."""
        given = {"SURVEY": str(self.dock.path), "OUTPUT": self._beside("_share")}
        done = tr("The share folder is made: {}").format(given["OUTPUT"])
        self.dock.start(Asked(road.PASS_ON, "herdmap:share", given, done=done))

    # ---- parameters --------------------------------------------------------------------------

    def _new_survey(self) -> dict[str, Any]:
        return {**self.panel.imagery.parameters(), "OUTPUT": self.panel.imagery.output()}

    def _beside(self, ending: str) -> str:
        """A file beside the survey, named after it."""
        path = self.dock.path
        return kept_output.beside(path.parent, path.stem + ending) if path is not None else ""

    def _dialog(self, name: str) -> Callable[[], None]:
        """Opens the dialog of an algorithm, filled in with the survey or the imagery at hand."""

        def open_dialog() -> None:
            path, given = self.dock.path, {}
            if name == "detect":
                given = self._new_survey() if path is None else {"OUTPUT": str(path)}
                given.update(self.panel.model.parameters())
            elif path is not None:
                given = {"SURVEY": str(path)}
            self.dock.commands.open_algorithm(f"herdmap:{name}", {k: v for k, v in given.items() if v})

        return open_dialog


def _is_lines(layer: Any) -> bool:
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == QgsWkbTypes.GeometryType.LineGeometry
