"""The settings dialog, with the real set-up behind its button."""

import time

import pytest
from qgis.core import QgsApplication, QgsTask

import qgis_plugin
from qgis_plugin.environment import environment
from qgis_plugin.environment.settings_dialog import SettingsDialog


def wait_in_the_event_loop(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        QgsApplication.processEvents()
        time.sleep(0.01)


@pytest.fixture
def dialog(profile):
    dialog = SettingsDialog()
    dialog.show()
    yield dialog
    dialog.cancel()
    wait_in_the_event_loop(lambda: dialog._task is None)
    dialog.deleteLater()


def test_the_first_run_says_what_to_press(dialog):
    assert "not set up yet" in dialog._status.text()
    assert dialog._set_up.isEnabled()
    assert dialog._set_up.text() == "Set up"
    assert not dialog._cancel.isEnabled()
    assert not dialog._remove_button.isEnabled()


def test_an_existing_environment_is_checked_and_its_device_shown(dialog, herdmap_python):
    dialog._other.setChecked(True)
    dialog._other_python.setFilePath(herdmap_python)
    wait_in_the_event_loop(lambda: dialog._status.text().startswith("Ready"))
    assert dialog._status.text().endswith("runs on the CPU.")
    assert environment.chosen_python() == herdmap_python
    dialog.copy_diagnostics()
    assert "sheep runs on cpu" in QgsApplication.clipboard().text()
    dialog._own.setChecked(True)
    assert environment.chosen_python() == ""
    assert "not set up yet" in dialog._status.text()


def test_a_set_up_can_be_cancelled_from_the_dialog(dialog, carries):
    dialog._set_up.click()
    assert not dialog._set_up.isEnabled()
    assert dialog._cancel.isEnabled()
    wait_in_the_event_loop(lambda: dialog._bar.value() >= 3)
    dialog._cancel.click()
    wait_in_the_event_loop(lambda: dialog._task is None)
    assert dialog._status.text().startswith("Cancelled")
    assert dialog._set_up.isEnabled()
    assert not list(environment.folder().iterdir())


def test_the_plugin_can_be_unloaded_while_it_sets_up(qgis_iface, qgis_processing, profile, carries):
    plugin = qgis_plugin.classFactory(qgis_iface)
    plugin.initGui()
    plugin.actions["settings"].trigger()
    plugin._settings.set_up()
    task = plugin._settings._task
    wait_in_the_event_loop(lambda: (environment.folder() / "e1").exists())
    plugin.unload()
    ended = (QgsTask.TaskStatus.Complete, QgsTask.TaskStatus.Terminated)
    wait_in_the_event_loop(lambda: task.status() in ended)
    QgsApplication.processEvents()
    assert not list(environment.folder().iterdir())


def test_a_failure_is_said_with_its_mend_and_the_log_is_there(dialog):
    dialog._set_up.click()
    wait_in_the_event_loop(lambda: dialog._task is None)
    assert "contains no detector" in dialog._status.text()
    assert "contains no detector" in dialog._log.toPlainText()
