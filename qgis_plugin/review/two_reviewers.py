"""Two reviewers in the window: a copy for the second one, the merge of both, and their conflicts side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from ..algorithms import kept_output
from ..algorithms.runs import Run
from ..survey_file import SurveyError
from ..translation import tr
from .conflicts import ConflictsDialog, conflicts_file
from .second_reviewer import copy_survey
from .session import ReviewSession


class SecondReviewer(QDialog):
    """Asks who reviews the copy, and whether the reviews so far are hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Copy for a second reviewer"))
        self.setObjectName("herdmap_second_reviewer")
        self.name, self.blind = QLineEdit(), QCheckBox(tr("Without the reviews and drawn animals so far"))
        self.blind.setChecked(True)
        self.name.setPlaceholderText(tr("Name of the second reviewer"))
        about = QLabel(
            tr("The second reviewer works in a copy beside the survey. Afterwards, merge both: “More” has the command.")
        )
        about.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(about)
        form.addRow(tr("Reviewer"), self.name)
        form.addRow(self.blind)
        form.addRow(self.buttons)
        self.name.textChanged.connect(lambda *_: self._follow())
        self._follow()

    def _follow(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(file_name(self.name.text())))


class TwoReviewers(QObject):
    """What the review's menu offers for two people.

    open_survey(path, reviewer): takes another survey in hand; an empty reviewer stays who it is. begin: called before
    anything is written.
    """

    def __init__(
        self,
        session: ReviewSession,
        open_survey: Callable[[Path, str], object],
        begin: Callable[[], None],
        dock: QWidget,
    ) -> None:
        super().__init__(dock)
        self.session, self._dock, self._open = session, dock, open_survey
        self.dialog: SecondReviewer | None = None
        self.conflicts = ConflictsDialog(session, begin, dock)
        self.run: Run | None = None

    def copy(self) -> None:
        """Make a copy for a second reviewer, and open it."""
        queue = self.session.queue
        if queue is None:
            return
        survey = queue.file.path
        self.dialog = SecondReviewer(self._dock)
        self.dialog.accepted.connect(lambda: self._copy(survey))
        self.dialog.open()

    def _copy(self, survey: Path) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        name = dialog.name.text().strip()
        target = survey.with_name(f"{survey.stem}_{file_name(name)}.gpkg")
        try:
            copy_survey(survey, target, blind=dialog.blind.isChecked())
        except SurveyError as error:
            self.session.said.emit(str(error), True)
            return
        self._open(target, name)
        self.session.said.emit(tr("This is the copy of {name}: {file}").format(name=name, file=target.name), False)

    def merge(self) -> None:
        """Ask for the copy of the other reviewer, merge both in the background, and open the result."""
        queue = self.session.queue
        if queue is None or self.run is not None:
            return
        survey = queue.file.path
        title, kinds = tr("The copy of the other reviewer"), tr("Surveys (*.gpkg)")
        second, _ = QFileDialog.getOpenFileName(self._dock, title, str(survey.parent), kinds)
        if not second:
            return
        output = _free(Path(kept_output.beside(survey.parent, f"{survey.stem}_merged.gpkg")))
        given = {"SURVEY": str(survey), "SECOND": second, "OUTPUT": str(output)}
        run = Run("herdmap:merge", given, self)
        if problem := run.problem():
            self.session.said.emit(problem, True)
            return
        self.run = run
        run.ended.connect(lambda done, results, why: self._merged(output, done, why, run.warnings))
        self.session.said.emit(tr("Merging the two reviews…"), False)
        run.start()

    def _merged(self, output: Path, done: bool, why: str, warnings: list[str]) -> None:
        self.run = None
        if not done:
            self.session.said.emit(why or tr("The run failed. QGIS's log of messages says more."), True)
            return
        self._open(output, "")
        said = list(warnings)  # nobody sees the log of a run in the background
        if conflicts_file(output).is_file():
            self.show_conflicts()
        else:
            said.insert(0, tr("The two reviews are merged in {}. They agree.").format(output.name))
        if said:
            self.session.said.emit("\n".join(said), False)

    def show_conflicts(self) -> None:
        """Show where the two reviewers of this survey disagree."""
        if self.session.queue is None and self.session.opening is not None:  # a large one is still being read
            self.session.changed.connect(self._when_read)
            return
        self.conflicts.open()

    def _when_read(self) -> None:
        if self.session.queue is not None:
            self.session.changed.disconnect(self._when_read)
            self.conflicts.open()

    def put_away(self) -> None:
        """End what works in the background: the dock is about to be deleted."""
        self.conflicts.hide()
        if self.run is not None:
            self.run.ended.disconnect()
            self.run.cancel()


def file_name(name: str) -> str:
    """A person's name as a part of a file's name, on every system."""
    return "".join(letter if letter.isalnum() else "_" for letter in name.strip())[:40].strip("_")


def _free(path: Path) -> Path:
    """This path, or where it is taken, with a number: a merged survey is never replaced."""
    number, found = 2, path
    while found.exists() or conflicts_file(found).exists():
        found, number = path.with_name(f"{path.stem}_{number}{path.suffix}"), number + 1
    return found


def menu(of: TwoReviewers) -> dict[str, Any]:
    """The entries of the review's menu."""
    return {
        tr("Copy for a second reviewer…"): of.copy,
        tr("Merge with the copy of another reviewer…"): of.merge,
        tr("Conflicts of two reviewers…"): of.show_conflicts,
    }
