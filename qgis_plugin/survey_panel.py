"""What the panels of the review and of the search have alike: the list of surveys, and a line that says something."""

from __future__ import annotations

from collections.abc import Mapping

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

_WRONG = "background: #f8d7da; color: #58151c; padding: 4px;"
_SAID = "background: #cfe2ff; color: #052c65; padding: 4px;"


class SurveyPanel(QWidget):
    """A panel for one survey of several. survey: their list. message: the line."""

    survey: QComboBox
    message: QLabel

    def say(self, text: str, wrong: bool = False) -> None:
        """Show a message; an empty text hides it."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.message.setStyleSheet(_WRONG if wrong else _SAID)

    def offer_surveys(self, names: Mapping[str, str]) -> None:
        """Offer these surveys: path -> name."""
        self.survey.clear()
        for path, name in names.items():
            self.survey.addItem(name, path)
            self.survey.setItemData(self.survey.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
