"""Which model detects: one of those at hand, or another file. The detector lists them in the background."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog

from ..environment import environment, models
from ..environment.background import BackgroundTask
from ..translation import tr

BUNDLED = "sheep"  # what `herdmap detect` takes where no model is given
_OTHER = "\0other"  # no path has this


class ModelQuestion(QComboBox):
    """The models at hand. The bundled one is chosen until the user chooses another: `changed`."""

    changed = pyqtSignal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setObjectName("herdmap_model")
        self._found = [models.Model(BUNDLED, tr("sheep (bundled)"), "", "")]
        self._files: list[str] = []
        self._problem, self._asked = "", ""
        self._reading: BackgroundTask | None = None
        self._chosen = BUNDLED
        self._show()
        self.activated.connect(lambda *_: self._activated())

    def parameters(self) -> dict[str, Any]:
        """The parameter MODEL of `herdmap:detect`; empty for the model that it takes by itself."""
        return {} if self._chosen == BUNDLED else {"MODEL": self._chosen}

    def choose(self, given: str) -> None:
        """Choose a model by its file or name; empty: the one that `herdmap detect` takes by itself."""
        if (given or BUNDLED) != self._chosen:
            self._chosen = given or BUNDLED
            self._show()

    def offer(self, again: bool = False) -> None:
        """List the models at hand, in the background; once for each environment, unless `again`."""
        try:
            python = environment.python()
        except environment.EnvironmentMissingError:
            return
        if self._reading is not None or (python == self._asked and not again):
            return
        self._asked = python
        self._reading = BackgroundTask(
            tr("Listing the models"), lambda task: models.at_hand(python, cancelled=task.isCanceled)
        )
        self._reading.finished_with.connect(self._listed)
        self._reading.start()

    def put_away(self) -> None:
        """End what works in the background."""
        if self._reading is not None:
            self._reading.finished_with.disconnect()
            self._reading.cancel()
            self._reading = None

    def _listed(self, found: Any, error: Exception | None) -> None:
        self._reading = None
        self._problem = str(error) if error is not None else ""
        if found:
            self._found = found
        self._show_if_closed()

    def hidePopup(self) -> None:  # noqa: N802
        super().hidePopup()
        QTimer.singleShot(0, self._show_if_closed)  # Qt reads what was clicked after this

    def wheelEvent(self, event: Any) -> None:  # noqa: N802
        event.ignore()  # it scrolls the panel: another model, unnoticed, would be a wrong count

    def _show_if_closed(self) -> None:
        """A list that changes under the mouse would make it choose another model."""
        if not self.view().isVisible():
            self._show()

    def _all(self) -> list[models.Model]:
        """All that is offered. What was chosen stays, also if its file is gone: the run says so then."""
        known = {one.given for one in self._found}
        kept = [one for one in dict.fromkeys([*self._files, self._chosen]) if one not in known]
        return [*self._found, *(models.Model(one, models.one_line(Path(one).name), one, "") for one in kept)]

    def _show(self) -> None:
        self._shown = self._all()
        self.clear()
        for one in self._shown:
            self.addItem(one.text, one.given)
            row = self.count() - 1
            if one.detail:
                self.setItemData(row, _tooltip(one.detail), Qt.ItemDataRole.ToolTipRole)
            self.model().item(row).setEnabled(not one.problem)
        self.addItem(tr("Another file…"), _OTHER)
        self._point_at(self._chosen)

    def _point_at(self, given: str) -> None:
        self._chosen = given
        row = next(row for row in range(self.count()) if self.itemData(row) == given)
        self.setCurrentIndex(row)
        detail = self._shown[row].detail
        self.setToolTip(_tooltip("\n".join(one for one in (detail, self._problem) if one)))

    def _activated(self) -> None:
        before = self._chosen
        if self.currentData() == _OTHER:
            self._ask()
        else:
            self._point_at(self.currentData())
        if self._chosen != before:
            self.changed.emit()

    def _ask(self) -> None:
        kinds = tr("Models (*.onnx *.npz);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, tr("Model"), QgsProject.instance().homePath(), kinds)
        if path:
            self._files.append(path)
            self._chosen = path
        self._show()


def _tooltip(text: str) -> str:
    """A plain text as a tooltip: Qt would take a name with `<b>` in it as markup."""
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>" if text else ""
