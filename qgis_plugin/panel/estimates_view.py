"""The estimates as a table and as a plot: for each stratum and class the number of animals with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPen
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..translation import tr, written
from .road import interval_of
from .state import ALL_STRATA, Estimate

_WIDE = 2.0  # as many times the lower end as the upper one: plans for such a number differ
_SHOWN = 8  # rows of the table at once; the others are scrolled to
_BLUE, _GRID = QColor("#0072B2"), QColor("#d7dbdf")


class EstimatesView(QWidget):
    """Table and plot, one under the other. Without estimates it is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("herdmap_estimates")
        self.table, self.plot, self.about = QTableWidget(0, 4), EstimatesPlot(), QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)  # it comes from the survey's file
        self.about.setMinimumWidth(1)
        self.table.setHorizontalHeaderLabels([tr("Stratum"), tr("Animals"), tr("95 % interval"), tr("per km²")])
        header: Any = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)  # a narrow dock scrolls, and cuts no name
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(round(1.6 * self.fontMetrics().height()))
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.table, self.plot, self.about):
            column.addWidget(widget)
        self.hide()

    def show_estimates(self, estimates: Sequence[Estimate]) -> None:
        """Show these, in their order."""
        self.setVisible(bool(estimates))
        one_class = len({one.class_name for one in estimates}) < 2
        self.table.setRowCount(len(estimates))
        for row, one in enumerate(estimates):
            texts = (label(one, one_class), number(one), interval(one), density(one))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if one.stratum == ALL_STRATA:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.table.setItem(row, column, item)
        lines = min(len(estimates), _SHOWN) * self.table.verticalHeader().defaultSectionSize()
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(lines + self.table.horizontalHeader().sizeHint().height() + bar + 4)
        self.plot.show_estimates(estimates)
        remarks = dict.fromkeys(one.remarks for one in estimates if one.stratum == ALL_STRATA and one.remarks)
        self.about.setText("\n".join([*_how(estimates), *remarks]))
        self.about.setVisible(bool(self.about.text()))


class EstimatesPlot(QWidget):
    """A dot for each estimate and a bar for its interval. A hollow dot has no interval."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("herdmap_estimates_plot")
        self._estimates: Sequence[Estimate] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_estimates(self, estimates: Sequence[Estimate]) -> None:
        """Draw these."""
        self._estimates = [one for one in estimates if one.number is not None]
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        line = self.fontMetrics().height()
        return QSize(20 * line, round((1.6 * len(self._estimates) + 2.2) * line))

    def paintEvent(self, event: Any) -> None:  # noqa: N802
        painter = QPainter(self)
        draw_plot(painter, QRectF(self.rect()), self._estimates)
        painter.end()


def draw_plot(painter: QPainter, area: QRectF, estimates: Sequence[Estimate]) -> None:
    """Draw estimates with their intervals into an area of any paint device. The axis begins at 0."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(area, QColor("#ffffff"))
    if not estimates:
        return
    metrics = painter.fontMetrics()
    one_class = len({one.class_name for one in estimates}) < 2
    ends = [value for one in estimates for value in (one.number, one.high) if value is not None and value >= 0]
    step = _step(max(ends, default=1.0))
    top = step * max(1, math.ceil(max(ends, default=1.0) / step - 1e-9))
    names = [label(one, one_class) for one in estimates]
    font = painter.font()
    font.setBold(True)  # as the names of sums are
    painter.setFont(font)
    widest = max(map(painter.fontMetrics().horizontalAdvance, names))
    font.setBold(False)
    painter.setFont(font)
    left = area.left() + min(0.4 * area.width(), widest + 12)
    right = area.right() - metrics.horizontalAdvance(written(top)) / 2 - 8
    line = (area.height() - 2 * metrics.height()) / len(estimates)
    bottom = area.top() + line * len(estimates) + 4

    def x_of(value: float) -> float:
        return left + (right - left) * min(max(value, 0.0), top) / top

    every = max(1, math.ceil((metrics.horizontalAdvance(written(top)) + 12) / ((right - left) * step / top)))
    for number_of, value in enumerate(_ticks(step, top)):
        x = x_of(value)
        painter.setPen(QPen(_GRID, 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, bottom))
        if number_of % every == 0:
            painter.setPen(QColor("#30363b"))
            wide = metrics.horizontalAdvance(written(value)) + 4
            place = QRectF(x - wide / 2, bottom + 2, wide, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, written(value))
    for at, (name, one) in enumerate(zip(names, estimates)):
        place = QRectF(area.left() + 4, area.top() + at * line, left - area.left() - 10, line)
        _draw_one(painter, one, name, place, x_of)


def _draw_one(painter: QPainter, one: Estimate, name: str, place: QRectF, x_of: Any) -> None:
    y, whole = place.center().y(), one.stratum == ALL_STRATA
    font = painter.font()
    font.setBold(whole)
    painter.setFont(font)
    painter.setPen(QColor("#30363b"))
    shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(place.width()))
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
    font.setBold(False)
    painter.setFont(font)
    known = one.has_interval
    if known:
        painter.setPen(QPen(_BLUE, 4 if whole else 2))
        painter.drawLine(QPointF(x_of(one.low), y), QPointF(x_of(one.high), y))
    painter.setPen(QPen(_BLUE, 1.5))
    painter.setBrush(_BLUE if known else QColor("#ffffff"))
    painter.drawEllipse(QPointF(x_of(one.number or 0.0), y), 4.5, 4.5)


def label(one: Estimate, one_class: bool) -> str:
    """The stratum of an estimate, with its class where there are several."""
    stratum = tr("all strata") if one.stratum == ALL_STRATA else one.stratum
    return stratum if one_class else f"{one.class_name}, {stratum}"


def number(one: Estimate) -> str:
    """The estimated number of animals."""
    return "–" if one.number is None else written(one.number)


def interval(one: Estimate) -> str:
    """The interval of an estimate in words."""
    if one.low is None or one.high is None:
        return tr("undefined")
    return interval_of(one)


def density(one: Estimate) -> str:
    """Animals per km², to three digits."""
    if one.density is None:
        return "–"
    rounded = float(f"{one.density:.3g}")
    return written(rounded) if rounded >= 1000 else f"{rounded:g}"


def _how(estimates: Sequence[Estimate]) -> list[str]:
    """What the intervals leave out, where nothing was corrected, and what would make the numbers better."""
    made = [one for one in estimates if one.correction]
    if not made:
        return []
    if all(one.is_corrected for one in made):
        wide = any(one.stratum == ALL_STRATA and _is_wide(one) for one in made)
        more = tr("The interval is wide. Press “Review them” and review more of the drawn photos.")
        return [tr("Corrected by the photos that people reviewed."), *([more] if wide else [])]
    lacks = (
        tr("Not corrected for missed animals and false detections: the true number may lie outside the interval.")
        if any(one.has_interval for one in made)
        else tr("Not corrected for missed animals and false detections.")
    )
    return [lacks, tr("To correct it, press “Draw photos…”, then “Review them”.")]


def _is_wide(one: Estimate) -> bool:
    """Whether the upper end of the interval is more than twice the lower one."""
    return one.low is not None and one.high is not None and one.high > _WIDE * one.low


def _step(largest: float) -> float:
    """The distance of the lines of the axis: 1, 2 or 5 times a power of ten, so that there are two to five."""
    if not largest > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest / 2))
    return max(1.0, next(m * power for m in (1, 2, 5, 10) if m * power >= largest / 5))


def _ticks(step: float, top: float) -> list[float]:
    return [n * step for n in range(round(top / step) + 1)]
