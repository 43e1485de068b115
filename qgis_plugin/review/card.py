"""The detection in hand as the review dock shows it, and the line where a class or a note is typed."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QEvent, Qt, pyqtSignal
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from ..counting_rule import CONFIRMED, REJECTED
from ..survey_file import region_in_words
from ..survey_panel import breakable
from ..translation import tr
from .file import Detection

_CHIP = 96  # px
_LONGEST_NAME = 60  # characters
_MOST_ADDED, _LONGEST_ADDED = 8, 80  # of columns that a person added: how many are shown, and how many characters


class ReviewCard(QFrame):
    """What is known of one detection. It has the keyboard while nothing is typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("herdmap_card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._chip = QLabel()
        self._chip.setFixedSize(_CHIP, _CHIP)
        self._chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._chip.setStyleSheet("background: #30363b; color: #c8ccd0;")
        self.title, self.state, self.about = QLabel(), QLabel(), QLabel()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self.title.setFont(font)
        for label in (self.title, self.state, self.about):
            label.setTextFormat(Qt.TextFormat.PlainText)  # a name out of a file is never markup
            label.setWordWrap(True)
            label.setMinimumWidth(1)  # a long name must not make the dock wider than its place
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self.title, self.state, self.about):
            texts.addWidget(label)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_detection(
        self, one: Detection, region: str | None, chip: bytes | None, added: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Show a detection. region: where it counts, None where the survey has no regions. added: names and texts of
        the columns that a person added.
        """
        score = "" if one.score is None else f"  {one.score:.2f}"
        point = f"  ({tr('point')})" if one.is_point else ""
        self.title.setText(f"{fitting(one.is_a)}{score}{point}")
        self.state.setText(state_of(one))
        lines = [fitting(one.image.rsplit("/", 1)[-1])]
        if region is not None:
            lines.append(tr("Region: {}").format(fitting(region_in_words(region))))
        if one.runner_up is not None:
            second, second_score = fitting(one.runner_up[0]), one.runner_up[1]
            lines.append(
                tr("Second best: {}").format(second) + ("" if second_score is None else f"  {second_score:.2f}")
            )
        if one.note:
            lines.append(tr("Note: {}").format(one.note))
        lines += [f"{_short(name)}: {_short(text)}" for name, text in added[:_MOST_ADDED]]
        self.about.setText("\n".join(lines))
        self.about.setToolTip(one.image)
        self._chip.show()
        pixmap = QPixmap()
        if chip:
            pixmap.loadFromData(chip)
        if pixmap.isNull():
            self._chip.setText(tr("no picture"))
        else:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._chip.setPixmap(pixmap.scaled(_CHIP, _CHIP, Qt.AspectRatioMode.KeepAspectRatio, smooth))

    def show_words(self, title: str, text: str) -> None:
        """Show words, where there is no detection in hand."""
        self.title.setText(title)
        self.state.setText("")
        self.about.setText(text)
        self._chip.hide()


def fitting(name: str) -> str:
    """A name that breaks into lines anywhere, and that is shortened in its middle where it is very long."""
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME // 2 - 1]}…{name[-_LONGEST_NAME // 2 :]}"
    return breakable(name)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_ADDED else text[: _LONGEST_ADDED - 1] + "…"


def state_of(one: Detection) -> str:
    """What was said of it, by whom and when."""
    if one.review == REJECTED:
        said = tr("rejected")
    elif one.by_hand:
        said = tr("added by hand")
    elif one.review == CONFIRMED and one.reviewed_class and one.reviewed_class != one.class_name:
        said = tr("confirmed, detected as {}").format(one.class_name)
    elif one.review == CONFIRMED:
        said = tr("confirmed")
    else:
        return tr("not reviewed")
    who = f" · {one.reviewer}" if one.reviewer else ""
    when = f" · {one.reviewed_at[:16].replace('T', ' ')}" if one.reviewed_at else ""
    return said + who + when


class Typing(QFrame):
    """A line to type in, with a list to choose from where there is one. `taken(text)` or `given_up` ends it.

    Up and Down choose, Enter takes what is chosen, else what is typed; Escape gives up.
    """

    taken = pyqtSignal(str)
    given_up = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.prompt, self.line, self.list = QLabel(), QLineEdit(), QListWidget()
        self.prompt.setWordWrap(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMaximumHeight(150)
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        for widget in (self.prompt, self.line, self.list):
            column.addWidget(widget)
        self._choices: list[str] = []
        self.line.textEdited.connect(lambda *_: self._offer())
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self.taken.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.hide()

    def ask(self, prompt: str, text: str = "", choices: Sequence[str] = ()) -> None:
        """Ask for a text, with the keyboard in the line."""
        self.prompt.setText(prompt)
        self._choices = list(choices)
        self.line.setText(text)
        self.line.selectAll()
        self.list.setVisible(bool(choices))
        self._offer()
        self.show()
        self.line.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802
        if event.type() != QEvent.Type.KeyPress:
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.list.currentItem() if self._choices else None
            self.taken.emit(self.line.text() if item is None else item.data(Qt.ItemDataRole.UserRole))
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._choices:
            step = 1 if key == Qt.Key.Key_Down else -1
            count = self.list.count()
            self.list.setCurrentRow(max(0, min(count - 1, self.list.currentRow() + step)) if count else -1)
        else:
            return False
        return True

    def _offer(self) -> None:
        """The choices that hold what is typed, those that begin so first, and last what is typed as a new one."""
        text = self.line.text().strip()
        typed = text.casefold()
        found = [(number, name) for number, name in enumerate(self._choices, 1) if typed in name.casefold()]
        found.sort(key=lambda one: not one[1].casefold().startswith(typed))
        self.list.clear()
        for number, name in found:
            self._add(f"{number}   {name}" if number < 10 else f"     {name}", name)
        if text and text not in self._choices:
            self._add(tr("new class: {}").format(text), text)
        # What only contains the letters of a known class does not turn into it.
        begins = bool(found) and found[0][1].casefold().startswith(typed)
        self.list.setCurrentRow(-1 if not text else 0 if begins else self.list.count() - 1)

    def _add(self, shown: str, name: str) -> None:
        self.list.addItem(shown)
        self.list.item(self.list.count() - 1).setData(Qt.ItemDataRole.UserRole, name)
