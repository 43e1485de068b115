"""The settings: set up the detector's environment, choose another one, check it."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ..icons import icon
from ..state_colours import GOOD, WRONG, colour_of
from ..survey_panel import scrolled
from ..translation import tr
from . import brought_python, diagnostics, environment, packages
from .background import BackgroundTask
from .packages_choice import PackagesChoice
from .proxy import proxy_environment
from .set_up import Teaching, set_up

_NEUTRAL = ""


class SettingsDialog(QDialog):
    """The dialog does not block QGIS. A set-up continues while the dialog is hidden."""

    set_up_ended = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Herdmap settings"))
        self.setWindowIcon(icon("herdmap"))
        room = QApplication.primaryScreen().availableSize()
        self.resize(min(700, room.width()), min(660, room.height() * 9 // 10))
        self._task: BackgroundTask | None = None
        self._health: environment.Health | None = None
        self._log_lines: list[str] = []
        self._build()
        self._choose_by_setting()
        self.refresh()

    # ---- what is shown -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Check the detector in the chosen environment and show the result."""
        if self._task is not None:
            return
        try:
            python = environment.python()
        except environment.EnvironmentMissingError as error:
            self._health = None
            chosen = environment.chosen_python()
            text = tr("The detector is not set up yet. Press “Set up” below. You do this once; it takes a few minutes.")
            self._show(str(error) if chosen else text, _NEUTRAL)
            self._update_buttons()
            return
        self._run(tr("Checking the detector"), lambda task: environment.doctor(python, task.isCanceled), self._checked)

    def _checked(self, health: Any, error: Exception | None) -> None:
        if error is not None or health is None:
            self._show(tr("The check of the detector failed: {error}").format(error=error), WRONG)
            return
        self._health = health
        self._show_health(health)

    def _show_health(self, health: environment.Health) -> None:
        if not health.healthy:
            self._show(tr("The detector does not run.") + " " + health.text.splitlines()[0], WRONG)
            self._write(health.text)
            return
        where = tr("on the GPU ({device})") if health.device.startswith("cuda") else tr("on the CPU")
        text = tr("Ready: Herdmap {version} runs {where}.").format(
            version=health.version, where=where.format(device=health.device)
        )
        if environment.is_outdated():
            text += " " + tr("The plugin contains another version. Press “Set up again”.")
        self._show(text, GOOD)

    def _show(self, text: str, state: str) -> None:
        self._status.setText(text)
        colour = f"color: {colour_of(state, self)};" if state else ""  # else that of QGIS's theme
        self._status.setStyleSheet(f"font-weight: bold; {colour}")

    def _write(self, text: str) -> None:
        self._log_lines.extend(text.splitlines())
        self._log.appendPlainText(diagnostics.redacted(text))

    # ---- what is done --------------------------------------------------------------------------

    def add_teaching(self) -> None:
        """Make the plugin's own environment again, with torch, in the background."""
        self.set_up(teaching=True)

    def get_python(self) -> None:
        """Make the plugin's own environment with a Python that is fetched for it, in the background."""
        self.set_up(brings_python=True)

    def set_up(self, teaching: bool = False, brings_python: bool = False) -> None:
        """Make the plugin's own environment, in the background. One that can teach keeps that."""
        if self._task is not None:
            return
        with_torch = teaching or environment.can_teach()
        base, source, proxy = self._base_python.filePath().strip(), self._packages.source(), proxy_environment()
        self._log.clear()
        self._log_lines.clear()
        self._get_python.hide()
        self._show(tr("Setting up…"), _NEUTRAL)

        def work(task: BackgroundTask) -> environment.Health:
            return set_up(
                base,
                source=source,
                teaching=with_torch,
                brings_python=brings_python,
                on_progress=task.report,
                on_line=task.line.emit,
                cancelled=task.isCanceled,
                extra_environment=proxy,
            )

        self._run(tr("Setting up the detector"), work, self._set_up_ended)

    def _set_up_ended(self, health: Any, error: Exception | None) -> None:
        if error is not None:
            kind = getattr(error, "kind", "")
            told, folder = self._base_python.filePath().strip(), packages.is_folder(self._packages.source())
            offers = kind == "python" and not told and not folder
            self._get_python.setVisible(offers)
            text = str(error) + (" " + tr("Or press “Get Python too”.") if offers else "")
            self._show(text, _NEUTRAL if kind == "cancelled" else WRONG)
            self._write(str(error))
        else:
            environment.choose_python("")
            self._health = health
            self._show_health(health)
        self.set_up_ended.emit()

    def cancel(self) -> None:
        """Cancel the running task."""
        if self._task is not None:
            self._task.cancel()

    def abandon(self) -> None:
        """Cancel the running task and ignore its signals: the dialog is about to be deleted."""
        if self._task is not None:
            self._task.finished_with.disconnect()
            self._task.line.disconnect()
            self._task.step.disconnect()
            self._task.cancel()

    def copy_diagnostics(self) -> None:
        """Copy the diagnostics to the clipboard."""
        QgsApplication.clipboard().setText(diagnostics.report(self._health, self._log_lines))
        self._show(tr("Copied. Paste the text into your message. It contains no names and no passwords."), _NEUTRAL)

    def _choice_changed(self) -> None:
        path = self._other_python.filePath().strip() if self._other.isChecked() else ""
        if path != environment.chosen_python():
            environment.choose_python(path)
            self.refresh()
        self._update_buttons()

    def _remove(self) -> None:
        try:
            environment.remove()
        except OSError as error:
            self._show(tr("Some files could not be removed: {error}").format(error=error), WRONG)
            return
        self.refresh()

    def _run(self, title: str, work: Any, ended: Any) -> None:
        task = BackgroundTask(title, work)
        self._task = task

        def done(result: Any, error: Exception | None) -> None:
            self._task = None
            self._bar.setVisible(False)
            self._step.setText("")
            ended(result, error)
            self._update_buttons()

        task.finished_with.connect(done)
        task.line.connect(self._write)
        task.step.connect(self._show_step)
        self._bar.setRange(0, 0)
        self._bar.setVisible(True)
        self._step.setText(title)
        self._update_buttons()
        task.start()

    def _show_step(self, percent: float, what: str) -> None:
        self._bar.setRange(0, 100)
        self._bar.setValue(round(percent))
        self._step.setText(what)

    def _update_buttons(self) -> None:
        busy, own = self._task is not None, self._own.isChecked()
        exists = environment.folder().joinpath("current.json").exists()
        self._set_up.setText(tr("Set up again") if exists else tr("Set up"))
        self._set_up.setEnabled(own and not busy)
        self._teaching.setText(tr("Teaching is installed") if environment.can_teach() else tr("Add teaching"))
        self._teaching.setEnabled(own and exists and not busy and not environment.can_teach())
        self._get_python.setEnabled(own and not busy)
        self._cancel.setEnabled(busy)
        self._check.setEnabled(not busy)
        self._remove_button.setEnabled(own and exists and not busy)
        self._base_python.setEnabled(own and not busy)
        self._packages.setEnabled(own and not busy)
        self._other_python.setEnabled(not own and not busy)
        self._own.setEnabled(not busy)
        self._other.setEnabled(not busy)

    # ---- how it looks --------------------------------------------------------------------------

    def _build(self) -> None:
        self._status = QLabel()
        self._status.setWordWrap(True)
        self._status.setMinimumHeight(48)
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._log.setPlaceholderText(tr("The set-up writes its log here."))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._copy = box.addButton(tr("Copy diagnostics"), QDialogButtonBox.ButtonRole.ActionRole)
        whole = QVBoxLayout(self)
        whole.addWidget(self._status)
        whole.addWidget(scrolled(self._build_choice()), 4)  # a low screen would cut long texts
        whole.addLayout(self._build_progress())
        whole.addWidget(self._log, 1)
        whole.addWidget(box)
        self._set_up.clicked.connect(lambda: self.set_up())
        self._teaching.clicked.connect(self.add_teaching)
        self._get_python.clicked.connect(self.get_python)
        self._remove_button.clicked.connect(self._remove)
        self._cancel.clicked.connect(self.cancel)
        self._check.clicked.connect(self.refresh)
        self._copy.clicked.connect(self.copy_diagnostics)
        box.rejected.connect(self.hide)

    def _build_choice(self) -> QGroupBox:
        """Which environment: the plugin's own, or another."""
        self._own = QRadioButton(tr("Own environment, set up by this plugin"))
        self._other = QRadioButton(tr("Existing environment"))
        self._other_python = _python_chooser(tr("python of an environment that contains herdmap"))
        other_form = QFormLayout()
        other_form.setContentsMargins(24, 0, 0, 0)
        other_form.addRow(tr("Python"), self._other_python)
        choice = QGroupBox(tr("Where the detector runs"))
        layout = QVBoxLayout(choice)
        layout.addWidget(self._own)
        layout.addLayout(self._build_own())
        layout.addWidget(self._other)
        layout.addLayout(other_form)
        return choice

    def _build_own(self) -> QFormLayout:
        about = QLabel(
            tr(
                "“Set up” downloads the detector's packages from your package index and puts them into the"
                " folder below (600 MB). It does not change QGIS. It uses the proxy of QGIS and the"
                " configuration of pip."
            )
        )
        about.setWordWrap(True)
        self._base_python = _python_chooser(tr("found automatically"))
        place = QLabel(diagnostics.redacted(str(environment.folder())))
        place.setWordWrap(True)
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._set_up, self._remove_button = QPushButton(tr("Set up")), QPushButton(tr("Remove"))
        self._set_up.setDefault(True)
        self._remove_button.setToolTip(tr("Delete the detector and its packages from the folder above"))
        self._get_python = QPushButton(tr("Get Python too ({number} MB)").format(number=brought_python.MEGABYTES))
        self._get_python.setToolTip(
            tr("Fetch a Python into the folder above and set up with it. Nothing else on this computer changes.")
        )
        self._get_python.hide()  # until none was found
        self._teaching, needs = QPushButton(tr("Add teaching")), QLabel(Teaching.here().in_words())
        needs.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._set_up)
        buttons.addWidget(self._get_python)
        buttons.addWidget(self._remove_button)
        buttons.addWidget(self._teaching)
        buttons.addStretch()
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 0)
        form.addRow(about)
        form.addRow(tr("Python to use"), self._base_python)
        self._packages = PackagesChoice()
        form.addRow(tr("Packages from"), self._packages)
        form.addRow(tr("Folder"), place)
        form.addRow(buttons)
        form.addRow(needs)
        return form

    def _build_progress(self) -> QHBoxLayout:
        """The running task, its progress, and the buttons to cancel it and to check the detector."""
        self._bar, self._step = QProgressBar(), QLabel()
        self._bar.setVisible(False)
        self._cancel, self._check = QPushButton(tr("Cancel")), QPushButton(tr("Check"))
        self._check.setToolTip(tr("Test whether the detector runs in the chosen environment"))
        row = QHBoxLayout()
        row.addWidget(self._step, 1)
        row.addWidget(self._bar, 2)
        row.addWidget(self._cancel)
        row.addWidget(self._check)
        return row

    def _choose_by_setting(self) -> None:
        told = environment.chosen_python()
        self._other_python.setFilePath(told)
        (self._other if told else self._own).setChecked(True)
        self._own.toggled.connect(self._choice_changed)
        self._other_python.fileChanged.connect(self._choice_changed)


def _python_chooser(placeholder: str) -> QgsFileWidget:
    chooser = QgsFileWidget()
    chooser.setStorageMode(QgsFileWidget.StorageMode.GetFile)
    chooser.setFilter(tr("Programs (python*)") + ";;" + tr("All files (*)"))
    chooser.lineEdit().setPlaceholderText(placeholder)
    return chooser
