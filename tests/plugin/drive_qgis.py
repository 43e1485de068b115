"""Runs inside a real QGIS (qgis --code): an analyst's first hour, by the toolbar's own buttons.

HERDMAP_DRIVE names a JSON file with what to do: survey (folder of the practice survey), output, shots (folder for
pictures of each stage). What was seen goes to the file `seen` named there, with `error` where something did not hold.
"""

import json
import os
import sqlite3
import time
import traceback
from contextlib import closing
from pathlib import Path

from qgis.core import Qgis, QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QPushButton
from qgis.utils import iface, plugins

TO_DO = json.loads(Path(os.environ["HERDMAP_DRIVE"]).read_text(encoding="utf-8"))
SURVEY, OUTPUT, SHOTS = Path(TO_DO["survey"]), Path(TO_DO["output"]), Path(TO_DO["shots"])
seen = {"qgis": Qgis.QGIS_VERSION}


def wait(holds, what, seconds=240):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        QApplication.processEvents()
        time.sleep(0.02)


def rest(seconds):
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end, "resting")


def shoot(name, widget=None):
    rest(0.3)
    (widget or iface.mainWindow()).grab().save(str(SHOTS / f"{name}.png"))


def press(name):
    plugins["herdmap"].actions[name].trigger()


def button(dialog, text):
    (found,) = [b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text and b.isVisible()]
    return found


def set_up():
    press("detect")  # there is no environment yet, so the settings come
    dialog = plugins["herdmap"]._settings
    wait(dialog.isVisible, "the settings")
    seen["first run"] = dialog._status.text()
    shoot("1-first-run", dialog)
    button(dialog, "Set up").click()
    wait(lambda: dialog._bar.value() >= 40 or dialog._task is None, "the packages")
    shoot("2-setting-up", dialog)
    wait(lambda: dialog._task is None, "the set-up")
    seen["set up"] = dialog._status.text()
    shoot("3-ready", dialog)
    button(dialog, "Close").click()


def run_dialog(shot):
    dialog = plugins["herdmap"]._dialog
    wait(dialog.isVisible, "the algorithm's dialog")
    shoot(f"{shot}-dialog", dialog)
    log = []
    dialog.algorithmFinished.connect(lambda successful, results: log.append((bool(successful), results)))
    dialog.runButton().click()
    wait(lambda: log, "the algorithm")
    shoot(f"{shot}-ran", dialog)
    successful, results = log[0]
    dialog.close()
    return successful, results


def detect():
    layer = iface.addRasterLayer(str(SURVEY / "orthomosaic.tif"), "orthomosaic")
    regions = iface.addVectorLayer(str(SURVEY / "regions.gpkg"), "regions", "ogr")
    iface.setActiveLayer(layer)
    iface.layerTreeView().setCurrentLayer(layer)
    press("detect")
    dialog = plugins["herdmap"]._dialog
    wait(dialog.isVisible, "the dialog of detect")
    seen["filled in"] = {
        k: str(v) for k, v in dialog.createProcessingParameters().items() if k in ("IMAGERY", "OUTPUT")
    }
    dialog.setParameters({**dialog.createProcessingParameters(), "REGIONS": regions.id(), "OUTPUT": str(OUTPUT)})
    seen["detect"] = run_dialog("4-detect")
    wait(lambda: QgsProject.instance().mapLayersByName("Detections"), "the layers")
    root = QgsProject.instance().layerTreeRoot()
    seen["groups"] = {group.name(): [node.name() for node in group.findLayers()] for group in root.findGroups()}
    (found,) = QgsProject.instance().mapLayersByName("Detections")
    seen["detections"] = found.featureCount()
    seen["renderer"] = found.renderer().type()
    iface.mapCanvas().setExtent(found.extent())
    iface.mapCanvas().refresh()
    rest(2)
    shoot("5-map")


def review():
    iface.setActiveLayer(QgsProject.instance().mapLayersByName("Detections")[0])
    press("review")
    dock = plugins["herdmap"]._dock
    wait(lambda: dock.queue is not None, "the review")
    rest(1)
    shoot("6-review")
    for key in (Qt.Key.Key_C, Qt.Key.Key_X) * 5:
        QTest.keyClick(dock.card, key)
    rest(1)
    shoot("7-reviewed")
    with closing(sqlite3.connect(OUTPUT)) as db:
        states = db.execute("SELECT review, count(*) FROM detections GROUP BY review").fetchall()
    seen["reviews"] = dict(states)
    dock.close()


def count():
    press("count")
    dialog = plugins["herdmap"]._dialog
    regions = QgsProject.instance().mapLayersByName("regions")[0]
    wait(dialog.isVisible, "the dialog of count")
    values = dialog.createProcessingParameters()
    seen["count's survey"], seen["count's regions"] = str(values["SURVEY"]), values["REGIONS"] == regions.id()
    seen["count"], results = run_dialog("8-count")
    layer = (
        QgsProject.instance().mapLayer(results["OUTPUT"])
        or QgsProject.instance().mapLayersByName("Counts")[0]  # the survey's own
    )
    seen["counts"] = [[f["region"], f["class"], f["count"]] for f in layer.getFeatures()]
    seen["labelled"] = layer.labelsEnabled()
    rest(1.5)
    shoot("9-counts")


def main():
    try:
        iface.mainWindow().resize(1500, 950)
        seen["actions"] = [action.text() for action in plugins["herdmap"].actions.values()]
        for stage in (set_up, detect, review, count):
            stage()
    except BaseException:
        seen["error"] = traceback.format_exc()
        shoot("error")
    Path(TO_DO["seen"]).write_text(json.dumps(seen, default=str, ensure_ascii=False), encoding="utf-8")
    QgsProject.instance().clear()
    os._exit(0)


QTimer.singleShot(1500, main)
