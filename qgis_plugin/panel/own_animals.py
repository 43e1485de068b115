"""The step *Teach your animals*: for animals that no model at hand knows. People mark some, and Herdmap finds the rest.

First *Find more like these* proposes animals from a few marks, in seconds to minutes and without torch. Then *Teach a
model* learns from what people marked, searched and rejected. *Detect the rest* searches what nobody searched completely
with that model, or as *Find more like these* does if this made fewer mistakes on images that neither had learnt from.
After more reviews, each of them may be pressed again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QFrame, QPushButton

from ..algorithms.beside_find import BesideFind, page_of
from ..environment import environment
from ..environment.set_up import Teaching
from ..translation import tr
from . import road
from .panel import RoadPanel, notice
from .steps import Asked, Dock, Steps

_MINUTES = 10  # as `herdmap teach` takes by itself


class OwnAnimals:
    """The widgets and buttons of the step. steps: the other steps, which say what lies beside the survey."""

    def __init__(self, panel: RoadPanel, dock: Dock, steps: Steps) -> None:
        self.dock, self.box, self._beside, dialog = dock, panel.boxes[road.TEACH], steps.beside, steps.dialog
        self.minutes = QDoubleSpinBox()
        self.minutes.setObjectName("herdmap_minutes")
        self.minutes.setRange(0.1, 1440)
        self.minutes.setDecimals(1)
        self.minutes.setValue(_MINUTES)
        self._lacks = self._build_lacks()
        self.box.form.addRow(self._lacks)
        self.box.form.addRow(tr("Minutes, about"), self.minutes)
        self.box.add_buttons(
            ("run_find", tr("Find more like these"), self.find),
            ("run_teach", tr("Teach a model"), self.teach),
            ("run_rest", tr("Detect the rest"), self.detect_rest),
            ("open_taught", tr("How good it is"), self.open_page),
            more={
                tr("Teach with all settings…"): dialog("teach"),
                tr("Find more with all settings…"): dialog("find"),
                tr("Detect the rest with all settings…"): dialog("detectrest"),
            },
            in_column=True,
        )

    def _build_lacks(self) -> QFrame:
        add = QPushButton(tr("Add teaching…"))
        add.setObjectName("herdmap_add_teaching")
        add.clicked.connect(lambda *_: self.dock.commands.settings())
        return notice(Teaching.here().in_words(), add)

    def model(self) -> Path | None:
        """The model that was taught on this survey, if there is one."""
        path = Path(self._beside("_model.onnx")) if self.dock.path is not None else None
        return path if path is not None and path.is_file() else None

    def update(self) -> None:
        """Enable what can be done now; a button that cannot be pressed says why."""
        teaches = environment.may_teach()
        self._lacks.setVisible(not teaches and self.dock.commands.ready())
        if self.dock.run is not None:
            return
        state = self.dock.state
        few = tr("Open a survey first.") if state is None else road.too_few_to_find(state)
        to_teach = few or ("" if state is None else road.too_few_to_teach(state))
        if not to_teach and not teaches:
            to_teach = tr("It needs torch. Press “Add teaching…” above.")
        untaught = "" if self.model() is not None else tr("Teach a model first.")
        for name, why in (
            ("run_find", few),
            ("run_teach", to_teach),
            ("run_rest", untaught),
            ("open_taught", untaught if self._page() is None else ""),
        ):
            self.box.buttons[name].setEnabled(not why)
            self.box.buttons[name].setToolTip(why)
        if not untaught and self._finds_better():
            text = tr("Searches as “Find more like these” does, because it makes fewer mistakes than the model.")
            self.box.buttons["run_rest"].setToolTip(text)
        self.box.buttons["open_taught"].setVisible(self._page() is not None)

    # ---- what the buttons do -----------------------------------------------------------------

    def find(self) -> None:
        """Propose more animals like those that people marked."""
        self._find(tr("More animals are proposed. Review them: what you reject is learnt too. Then teach a model."))

    def _find(self, done: str) -> None:
        nothing = tr("Nothing more was found. Mark animals in more images, then press it again, or teach a model.")
        given = {"SURVEY": str(self.dock.path)}
        self.dock.start(Asked(road.TEACH, "herdmap:find", given, done=self._found(done, nothing)))

    def teach(self) -> None:
        """Learn a model; a model that is there is taught further."""
        given = {
            "SURVEY": str(self.dock.path),
            "MINUTES": self.minutes.value(),
            "OUTPUT": self._beside("_model.onnx"),
        }
        self.dock.start(Asked(road.TEACH, "herdmap:teach", given, done=self._taught))

    def _taught(self, results: dict[str, Any]) -> str:
        """Say how good the model is, and stay here: the next button is the one below."""
        text = judged(results, self._beside_find())
        self.dock.panel.say(text)
        self.dock.iface.messageBar().pushSuccess("Herdmap", text)
        return ""

    def detect_rest(self) -> None:
        """Search the images that nobody searched completely: with the model that was taught, or as `find` does, if that
        is better. The dialog with all settings searches with the model that it is given.
        """
        if self._finds_better():
            self._find(
                tr(
                    "“Find more like these” searched the rest, because it makes fewer mistakes than the model. Review"
                    " what was found, then teach again."
                )
            )
            return
        given = {"SURVEY": str(self.dock.path), "MODEL": str(self.model())}
        done = tr("The rest is searched. Review what was found, the doubtful ones first, then teach again or count.")
        nothing = tr("The model found nothing in the rest. Mark animals in more images, and teach it again.")
        self.dock.start(Asked(road.TEACH, "herdmap:detectrest", given, done=self._found(done, nothing)))

    def _found(self, done: str, nothing: str) -> Callable[[dict[str, Any]], str]:
        """What to say at the end of a search. Where it left nothing to review, the panel says so and stays here."""

        def say(results: dict[str, Any]) -> str:
            if results.get("PROPOSED"):
                return done
            self.dock.panel.say(nothing, wrong=True)
            return ""

        return say

    def open_page(self) -> None:
        """Open the page that says how good the model is."""
        if (page := self._page()) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    def _beside_find(self) -> BesideFind | None:
        model = self.model()
        return BesideFind.of_model(model) if model is not None else None

    def _finds_better(self) -> bool:
        """Whether *Find more like these* is better than the model, and can be done here."""
        state, beside = self.dock.state, self._beside_find()
        return state is not None and not road.too_few_to_find(state) and beside is not None and beside.find_is_better

    def _page(self) -> Path | None:
        model = self.model()
        page = page_of(model) if model is not None else None
        return page if page is not None and page.is_file() else None


def judged(results: dict[str, Any], beside: BesideFind | None) -> str:
    """How good the model is that was taught, in words. results: those of `herdmap:teach`."""
    if results.get("ANIMALS") is None:
        return tr("The model is taught. Press “Detect the rest”.")
    found = tr(
        "On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false"
        " alarms.",
        int(results["HELD_OUT"]),
    ).format(found=int(results["FOUND"]), animals=int(results["ANIMALS"]), wrong=int(results["FALSE"]))
    fit = (
        tr("It is fit to count with.")
        if results.get("FIT")
        else tr("It is fit to propose: let people review what it finds.")
    )
    parts = [tr("The model is taught."), found, fit]
    if beside is not None:
        parts.append(beside.in_words())
        if beside.find_is_better:
            parts.append(
                tr(
                    "So “Detect the rest” searches as “Find more like these” does. To search with the model, choose"
                    " “Detect the rest with all settings…” below More."
                )
            )
    return " ".join(parts)
