"""What each step of the panel asks and runs: the parameters of its algorithm, with good answers filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from qgis.core import QgsLayoutExporter, QgsPrintLayout, QgsProject
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

from ..algorithms import kept_output
from ..algorithms.runs import Run
from ..translation import tr
from . import road, unfinished
from .panel import RoadPanel
from .print_layout import make_layout
from .road import Said
from .state import SurveyState

_SAMPLE = "_sample.csv"  # the end of its name, behind that of the survey


class Asked(NamedTuple):
    """A run that a step asks for. makes_survey: whether OUTPUT is a survey. done: what to say at the end, or what makes
    it of the results; if that makes nothing of them, the next step is not yet to be taken.

    then: called in the window's thread when it has ended well; otherwise: when it failed, and returns what to say more.
    stays: whether the step stays unfolded after it.
    """

    step: str
    algorithm: str
    parameters: dict[str, Any]
    makes_survey: bool = False
    done: str | Callable[[dict[str, Any]], str] = ""
    then: Callable[[], None] | None = None
    otherwise: Callable[[], str] | None = None
    stays: bool = False


class Commands(Protocol):
    """What the panel asks of the plugin."""

    def ready(self) -> bool:
        """Whether the detector is set up."""

    def settings(self) -> None:
        """Show the settings."""

    def review(self, path: Path | None = None) -> None:
        """Show the review of this survey."""

    def search(self, path: Path | None = None, sample: Path | None = None) -> None:
        """Show the search of this survey, or of the photos of a sample of it."""

    def show_layout(self, layout: QgsPrintLayout) -> None:
        """Show a print layout in QGIS's window for it."""

    def open_algorithm(self, algorithm: str, parameters: dict[str, Any]) -> None:
        """Open the dialog of an algorithm."""


class Dock(Protocol):
    """What the steps ask of the dock. path: the survey at hand. state: its numbers. run: what works now."""

    path: Path | None
    state: SurveyState | None
    run: Run | None
    iface: Any
    panel: RoadPanel
    commands: Commands

    def start(self, asked: Asked) -> None:
        """Run what a step asked for."""


class Steps:
    """The buttons of the steps. begun: whether the user has begun a new survey: then none of the project is taken."""

    def __init__(self, panel: RoadPanel, dock: Dock) -> None:
        self.panel, self.dock = panel, dock
        self.begun = False
        dialog, boxes = self.dialog, panel.boxes
        boxes[road.IMAGERY].add_buttons(more={tr("Georeference photos…"): dialog("georeference")})
        boxes[road.DETECT].add_buttons(
            ("run_detect", tr("Detect animals"), self.detect),
            ("run_search", tr("Search by eye"), self.search),
            more={
                tr("Detect with all settings…"): dialog("detect"),
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
            more={
                tr("Estimate with all settings…"): dialog("estimate"),
                tr("Draw photos with all settings…"): dialog("sample"),
            },
        )
        panel.estimate.draw_sample.connect(self.draw_sample)
        panel.estimate.review_sample.connect(lambda: self.dock.commands.search(self.dock.path, self.sample()))
        boxes[road.PASS_ON].add_buttons(
            ("run_report", tr("Write report"), self.write_report),
            ("open_report", tr("Open it"), self.open_report),
            ("run_pdf", tr("As PDF"), self.print_report),
            ("run_layout", tr("Print layout"), self.lay_out),
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
        path = Path(self.beside("_report.html")) if self.dock.path is not None else None
        return path if path is not None and path.is_file() else None

    def sample(self) -> Path | None:
        """The sample of photos to review, if it was drawn."""
        path = Path(self.beside(_SAMPLE)) if self.dock.path is not None else None
        return path if path is not None and path.is_file() else None

    # ---- what the buttons do -----------------------------------------------------------------

    def detect(self) -> None:
        """Detect the animals in the imagery. On a survey, its dialog opens: the imagery may be another one."""
        if self.dock.path is not None:
            self.dialog("detect")()
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

            self.dock.start(Asked(road.IMAGERY, "herdmap:survey", asked, makes_survey=True, then=then))

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
        asked = self.panel.estimate
        if problem := asked.problem():
            self.panel.say(problem, wrong=True)
            return
        given = {"SURVEY": str(self.dock.path), **asked.parameters(), "OUTPUT": self.beside("_estimates.csv")}
        sample = self.sample()
        if sample is not None and asked.correct.isChecked():
            given["SAMPLE"] = str(sample)
        self.dock.start(Asked(road.ESTIMATE, "herdmap:estimate", given, done=tr("The population is estimated.")))

    def draw_sample(self) -> None:
        """Draw random photos to review, in each stratum where there are strata. A sample that is there is added to."""
        given = {"SURVEY": str(self.dock.path), **self.panel.estimate.sample_of(), "OUTPUT": self.beside(_SAMPLE)}
        done = tr("Photos are drawn. Review them: mark all animals of each.")
        self.dock.start(Asked(road.ESTIMATE, "herdmap:sample", given, done=done, stays=True))

    def write_report(self) -> None:
        """Write the report and open it in the browser."""
        given = {"SURVEY": str(self.dock.path), "OUTPUT": self.beside("_report.html")}
        done = tr("The report is written: {}").format(given["OUTPUT"])
        self.dock.start(Asked(road.PASS_ON, "herdmap:report", given, done=done, then=self.open_report))

    def open_report(self) -> None:
        """Open the report in the browser."""
        report = self.report()
        if report is not None:
            _open(report)

    def print_report(self) -> None:
        """Write the report as PDF and open it. Where no browser can print it, the print layout becomes a PDF."""
        given = {"SURVEY": str(self.dock.path), "OUTPUT": self.beside("_report.pdf")}
        done = tr("The report is written: {}").format(given["OUTPUT"])

        def then() -> None:
            _open(Path(given["OUTPUT"]))

        asked = Asked(road.PASS_ON, "herdmap:report", given, done=done, then=then, otherwise=self._print_layout)
        self.dock.start(asked)

    def lay_out(self) -> None:
        """Make the print layout of the survey, and open it."""
        layout = self._layout()
        if layout is not None:
            self.dock.commands.show_layout(layout)

    def _layout(self) -> QgsPrintLayout | None:
        if self.dock.path is None or self.dock.state is None:
            return None
        return make_layout(self.dock.path, self.dock.state, QgsProject.instance())

    def _print_layout(self) -> str:
        """Write the print layout as PDF and open it. Returns what to say of it."""
        layout, target = self._layout(), self.beside("_map.pdf")
        if layout is None:
            return ""
        done = QgsLayoutExporter(layout).exportToPdf(target, QgsLayoutExporter.PdfExportSettings())
        if done != QgsLayoutExporter.ExportResult.Success:
            return ""
        _open(Path(target))
        return tr("The print layout was written as PDF instead: {}").format(target)

    def share(self) -> None:
        """Make the folder for colleagues."""
        given = {"SURVEY": str(self.dock.path), "OUTPUT": self.beside("_share")}
        done = tr("The share folder is made: {}").format(given["OUTPUT"])
        self.dock.start(Asked(road.PASS_ON, "herdmap:share", given, done=done))

    # ---- parameters --------------------------------------------------------------------------

    def _new_survey(self) -> dict[str, Any]:
        return {**self.panel.imagery.parameters(), "OUTPUT": self.panel.imagery.output()}

    def beside(self, ending: str) -> str:
        """A file beside the survey, named after it."""
        path = self.dock.path
        return kept_output.beside(path.parent, path.stem + ending) if path is not None else ""

    def dialog(self, name: str) -> Callable[[], None]:
        """Opens the dialog of an algorithm, filled in with the survey or the imagery at hand."""

        def open_dialog() -> None:
            path, given = self.dock.path, {}
            if name == "detect":
                given = self._new_survey() if path is None else {"OUTPUT": str(path)}
                if "FILES" in given:
                    given["IMAGERY"] = given.pop("FILES")  # that the dialog shows
                given.update(self.panel.model.parameters())
            elif path is not None:
                given = {"SURVEY": str(path)}
            self.dock.commands.open_algorithm(f"herdmap:{name}", {k: v for k, v in given.items() if v})

        return open_dialog


def _open(path: Path) -> None:
    """Open a file with the program of this computer."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
