"""The panel *Herdmap*: it shows the road of the survey at hand and takes the next step.

The dock joins the parts: `state` reads the survey, `road` says how far each step is, `step_box` shows a step,
`questions` and `estimate_questions` ask for imagery, layers and columns, `steps` says what each step asks and runs,
`unfinished` remembers runs that stopped. Everything else of Herdmap is reached from here, too.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsMessageLog
from qgis.PyQt.QtWidgets import QWidget

from .. import help_pages, layers
from ..algorithms.runs import Run
from ..environment.background import BackgroundTask
from ..survey_dock import SurveyDock
from ..survey_file import SurveyError, stamp
from ..survey_panel import scrolled
from ..translation import tr
from . import road, unfinished
from .own_animals import OwnAnimals
from .panel import RoadPanel
from .state import SurveyState, read_state
from .steps import Asked, Commands, Steps

_REST = 5  # times as long as a reading takes, before it is read again


class HerdmapPanel(SurveyDock):
    """path: the survey at hand, None for a new one. state: its numbers, once they are read."""

    def __init__(self, iface: Any, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("Herdmap", "HerdmapPanel", parent)
        self.iface, self.commands = iface, commands
        self.path: Path | None = None
        self.state: SurveyState | None = None
        self.run: Run | None = None
        self._running = ""
        self._reading: BackgroundTask | None = None
        self._again = False  # whether it shall be read again when that has ended
        self._seen, self._sample_seen, self._rest_until = (0, 0), (0, 0), 0.0
        self._unread = ""  # why it could not be read last
        self._after = ""  # the step of which the next one unfolds
        self._learns = False  # whether enough was marked to teach, when that was looked at last
        self.panel: RoadPanel = RoadPanel()
        self.steps = Steps(self.panel, self)
        self.own = OwnAnimals(self.panel, self, self.steps)
        self.setWidget(scrolled(self.panel))
        self._connect()
        self.follow_project()

    def _connect(self) -> None:
        self.panel.help.clicked.connect(lambda *_: help_pages.show("plugin", "the-panel"))
        self.panel.set_up.clicked.connect(lambda *_: self.commands.settings())
        self.panel.go_on.clicked.connect(lambda *_: self.continue_stopped())
        self.panel.give_up.clicked.connect(lambda *_: self.give_up_stopped())
        self.panel.all.aboutToShow.connect(self._offer_all)
        for name, box in self.panel.boxes.items():
            box.unfolded.connect(lambda name=name: self._unfold(name))
            box.cancelled.connect(self.stop)
        self.panel.imagery.changed.connect(self._imagery_chosen)

    # ---- the survey at hand ------------------------------------------------------------------

    def open(self, path: str | Path | None) -> None:
        """Take this survey in hand, and add its layers if they are missing; None begins a new survey."""
        path = Path(path).absolute() if path else None
        if path is not None and layers.group_of(path, self.project) is None:
            try:
                layers.open_survey(path, self.project)
            except SurveyError as error:
                self.panel.say(str(error), wrong=True)
                return
        if path != self.path:
            self.panel.say("")
            self.panel.show_warnings([])
        self.path, self.state, self.steps.begun = path, None, path is None
        self.list_surveys()
        self.refresh()

    def refresh(self) -> None:
        """Read the survey again, in the background."""
        self._offer()
        if self.path is None:
            self._show(unfold=True)
            return
        if self._reading is not None:
            self._again = True
            return
        path, began = self.path, time.monotonic()
        seen = stamp(path)

        def done(state: Any, error: Exception | None) -> None:
            self._reading = None
            self._rest_until = time.monotonic() + _REST * (time.monotonic() - began)
            again, self._again = self._again, False
            if path != self.path or again:
                self.refresh()
                return
            self._seen, first = seen, self.state is None
            self.state = state
            if error is not None:
                self.panel.say(str(error), wrong=True)
                self._unread = self.panel.message.text()
            elif self.panel.message.text() == self._unread:  # the survey is there again
                self.panel.say("")
            self._show(unfold=first)

        self._reading = BackgroundTask(tr("Reading the survey"), lambda task: read_state(path))
        self._reading.finished_with.connect(done)
        self._reading.start()

    @property
    def at_hand(self) -> Path | None:
        return self.path

    def look_again(self) -> None:
        """Read the survey again if somebody wrote it."""
        self.panel.show_ready(self.commands.ready())
        self.own.update()
        self.panel.model.offer()
        sample = self.steps.sample()
        if sample is not None and stamp(sample) != self._sample_seen:  # it is marked after the survey is written
            self._show_sample()
        if self.path is not None and time.monotonic() > self._rest_until and stamp(self.path) != self._seen:
            self.refresh()

    def more_offered(self) -> dict[str, str]:
        return {"": tr("New survey…")}

    def takes_first(self) -> bool:
        return self.path is None and not self.steps.begun and self.isVisible()

    def without_survey(self) -> None:
        if self.path is not None:  # its layers were taken out of the project
            self.path, self.state = None, None
            self.refresh()
        self.panel.survey.setCurrentIndex(self.panel.survey.count() - 1)

    def list_surveys(self) -> None:
        """Also offer the layers of the project, and what else may have changed with them."""
        super().list_surveys()
        self._offer()

    def _imagery_chosen(self) -> None:
        self.steps.begun = True
        self._show(unfold=False)
        self.panel.unfold(road.DETECT)

    # ---- showing -----------------------------------------------------------------------------

    def _offer(self) -> None:
        """Offer the layers of the project, runs that stopped, and the settings where they are needed."""
        for question in (self.panel.imagery, self.panel.regions, self.panel.estimate):
            question.offer()
        self.panel.show_ready(self.commands.ready())
        stopped = unfinished.stopped() if self.run is None else []
        self.panel.show_stopped(Path(stopped[0][1]["OUTPUT"]).name if stopped else "")

    def _show(self, unfold: bool) -> None:
        """Show what each step says. unfold: also the questions of the next one."""
        known = self.path is None or self.state is not None
        said = road.said(self.state, self.steps.report(), self.own.model()) if known else {}
        if self.path is None:
            said.update(self.steps.said_before())
        for name, one in said.items():
            if name != self._running:
                self.panel.boxes[name].show_said(one)
        self.panel.estimates.show_estimates(self.state.estimates if self.state is not None else ())
        self._show_sample()
        learns = bool(said) and said[road.TEACH].mark == road.BEGUN
        if said and (unfold or (learns and not self._learns)):
            self.panel.unfold(road.next_step(said, self._after))
            self._after = ""
        self._learns = learns
        self.steps.update_buttons()
        self.own.update()

    def _show_sample(self) -> None:
        sample = self.steps.sample()
        self._sample_seen = stamp(sample) if sample is not None else (0, 0)
        self.panel.estimate.show_sample(sample)

    def _unfold(self, name: str) -> None:
        """The user wants to see this step: new results of others have been seen."""
        for box in self.panel.boxes.values():
            box.keep_result(False)
        self.panel.unfold(name)

    def _offer_all(self) -> None:
        """All algorithms of Herdmap, by name."""
        self.panel.all.clear()
        provider = QgsApplication.processingRegistry().providerById("herdmap")
        found = sorted(provider.algorithms(), key=lambda one: one.displayName()) if provider is not None else []
        for algorithm in found:
            action = self.panel.all.addAction(algorithm.icon(), f"{algorithm.displayName()}…")
            action.setObjectName(f"herdmap_all_{algorithm.name()}")
            name, has = algorithm.id(), algorithm.parameterDefinition("SURVEY") is not None
            given = {"SURVEY": str(self.path)} if has and self.path is not None else {}
            action.triggered.connect(lambda *_, name=name, given=given: self.commands.open_algorithm(name, given))
        self.panel.all.addSeparator()
        self.panel.all.addAction(tr("Settings…")).triggered.connect(lambda *_: self.commands.settings())

    # ---- runs --------------------------------------------------------------------------------

    def start(self, asked: Asked) -> None:
        """Run what a step asked for, in the background."""
        if self.run is not None:
            self.panel.say(tr("Another run of this panel works. Wait for it, or stop it."), wrong=True)
            return
        run = Run(asked.algorithm, asked.parameters, self)
        if problem := run.problem():
            self.panel.say(problem, wrong=True)
            return
        if asked.makes_survey:
            run.open_when_done(asked.parameters["OUTPUT"])
            unfinished.note(asked.algorithm, asked.parameters)
        self.run, self._running = run, asked.step
        self.panel.say("")
        self.panel.show_warnings([])
        self.panel.show_stopped("")
        box = self.panel.boxes[asked.step]
        self.panel.unfold(asked.step)
        box.show_work(0, run.text)
        run.changed.connect(box.show_work)
        run.ended.connect(lambda done, results, why: self._ended(asked, done, results, why))
        run.start()

    def stop(self) -> None:
        """End the run; what it has finished is kept."""
        if self.run is not None:
            self.run.cancel()

    def continue_stopped(self) -> None:
        """Go on with the run that stopped last."""
        stopped = unfinished.stopped()
        if stopped:
            algorithm, parameters = stopped[0]
            self.start(Asked(road.DETECT, algorithm, parameters, makes_survey=True))

    def give_up_stopped(self) -> None:
        """Do not offer the run that stopped last again."""
        stopped = unfinished.stopped()
        if stopped:
            unfinished.forget(stopped[0][1]["OUTPUT"])
        self._offer()

    def find_more(self, path: Path) -> None:
        """Propose more animals like those that people marked in this survey."""
        self.open(path)
        self.own.find()

    def _ended(self, asked: Asked, done: bool, results: dict[str, Any], why: str) -> None:
        cancelled = self.run is not None and self.run.cancelled
        warnings = self.run.warnings if self.run is not None else []
        self.run, self._running = None, ""
        self.panel.boxes[asked.step].show_work(None)
        if done:
            if asked.makes_survey:
                unfinished.forget(asked.parameters["OUTPUT"])
                self.steps.begun = False
                self.path = None
                self.open(asked.parameters["OUTPUT"])
            if asked.then is not None:
                asked.then()
            said = (asked.done or tr("Done.")) if isinstance(asked.done, str) else asked.done(results)
            if said and not asked.makes_survey:  # such a run says itself how many animals it found
                self.iface.messageBar().pushSuccess("Herdmap", said)
            self.panel.boxes[asked.step].keep_result(True)
            if said and not asked.stays:
                self.state, self._after = None, asked.step  # so that the next step unfolds
        elif cancelled:
            self.panel.say(tr("Stopped. Finished work is kept."))
        else:
            text = why or tr("The run failed. QGIS's log of messages says more.")
            if asked.otherwise is not None and (instead := asked.otherwise()):
                text = f"{text}\n{instead}"
            self.panel.say(text, wrong=True)
            self.iface.messageBar().pushCritical("Herdmap", text)
        self._warn(warnings)
        self.refresh()

    def _warn(self, warnings: list[str]) -> None:
        """Show what a run warned of: nobody sees the log of a run in the background."""
        for text in warnings:
            QgsMessageLog.logMessage(text, "Herdmap", Qgis.MessageLevel.Warning, False)
        self.panel.show_warnings(warnings)

    # ---- the window --------------------------------------------------------------------------

    def showEvent(self, event: Any) -> None:  # noqa: N802
        super().showEvent(event)
        self._soon.start()
        self.panel.model.offer(again=True)
        self.refresh()

    def put_away(self) -> None:
        """End what works in the background: the dock is about to be deleted."""
        super().put_away()
        self.panel.model.put_away()
        if self._reading is not None:
            self._reading.finished_with.disconnect()
            self._reading = None
        if self.run is not None:
            self.run.ended.disconnect()
            self.run.changed.disconnect()
            self.run.cancel()
