"""How the imagery looks during a review: brightness, contrast and gamma, on the map and in the photo beside it.

Only the picture changes: neither the image files nor what the detector sees. `Reset` gives each layer back what it had.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from qgis.core import QgsProject, QgsProviderRegistry, QgsRasterLayer
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QPushButton, QSlider, QWidget

from ..layers import group_of
from ..translation import tr
from .session import ReviewSession
from .sight import Sight

_SEEN = "herdmap/looks"  # of a layer: its own brightness, contrast and gamma, before these were changed here


class LooksPanel(QgsCollapsibleGroupBox):
    """Three sliders. `changed` says that one was moved."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Brightness and contrast"), parent)
        self.brightness, self.contrast, self.gamma = (QSlider(Qt.Orientation.Horizontal) for _ in range(3))
        for name, slider, most in (
            ("brightness", self.brightness, 150),
            ("contrast", self.contrast, 100),
            ("gamma", self.gamma, 20),
        ):
            slider.setObjectName(f"herdmap_{name}")
            slider.setRange(-most, most)
            slider.setPageStep(most // 10)
            slider.valueChanged.connect(lambda *_: self.changed.emit())
        self.back = QPushButton(tr("Reset"))
        self.back.setObjectName("herdmap_looks_reset")
        self.back.clicked.connect(lambda *_: self.reset())
        form = QFormLayout(self)
        form.addRow(tr("Brightness"), self.brightness)
        form.addRow(tr("Contrast"), self.contrast)
        form.addRow(tr("Gamma"), self.gamma)
        form.addRow(self.back)

    def values(self) -> tuple[int, int, float]:
        """Brightness -150 to 150, contrast -100 to 100, gamma 0.25 to 4; above 1 dark places become lighter."""
        return self.brightness.value(), self.contrast.value(), 4.0 ** (self.gamma.value() / 20)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is changed."""
        return self.values() == (0, 0, 1.0)

    def reset(self) -> None:
        """Change nothing any more."""
        for slider in (self.brightness, self.contrast, self.gamma):
            slider.setValue(0)


class Looks:
    """Gives the imagery of the survey in hand the looks that the sliders say."""

    def __init__(self, panel: LooksPanel, session: ReviewSession, sight: Sight) -> None:
        self.panel, self._session, self._sight = panel, session, sight
        self._changed: set[str] = set()  # the surveys whose layers were changed
        panel.changed.connect(self.apply)

    def apply(self) -> None:
        """Show all of the survey's imagery so."""
        queue = self._session.queue
        self._changed.add("" if queue is None else str(queue.file.path))
        for layer in (*self._photos(), *self._layers()):
            self._look(layer)

    def follow(self) -> None:
        """Show the photo that has come into view so; of another survey, all of its imagery."""
        queue = self._session.queue
        if self.panel.is_plain or queue is None:
            return
        if str(queue.file.path) not in self._changed:
            self.apply()
        for layer in self._photos():
            self._look(layer)

    def _look(self, layer: QgsRasterLayer) -> None:
        filtered = layer.brightnessFilter()
        if filtered is None:
            return
        own = layer.customProperty(_SEEN)
        if self.panel.is_plain:
            if own is None:
                return
            values = tuple(float(value) for value in own)
            layer.removeCustomProperty(_SEEN)
        else:
            if own is None:
                layer.setCustomProperty(
                    _SEEN, [str(one) for one in (filtered.brightness(), filtered.contrast(), filtered.gamma())]
                )
            values = self.panel.values()
        now = (filtered.brightness(), filtered.contrast(), filtered.gamma())
        if now == values:
            return
        filtered.setBrightness(round(values[0]))
        filtered.setContrast(round(values[1]))
        filtered.setGamma(values[2])
        layer.triggerRepaint()

    def _photos(self) -> Iterator[QgsRasterLayer]:
        """The photo beside the map, and the photo on top of the map."""
        yield from (one for one in self._sight.photo.layers() if isinstance(one, QgsRasterLayer))
        if self._sight.top.layer is not None:
            yield self._sight.top.layer

    def _layers(self) -> Iterator[QgsRasterLayer]:
        """The layers of the survey's images in the project."""
        queue, project = self._session.queue, QgsProject.instance()
        if queue is None:
            return
        group = group_of(queue.file.path, project)
        ours = {node.layerId() for node in group.findLayers()} if group is not None else set()
        folder = queue.file.path.parent
        images = {os.path.realpath(folder / path) for path in queue.rows.images}
        for layer in project.mapLayers().values():
            if not isinstance(layer, QgsRasterLayer) or layer.providerType() != "gdal":
                continue
            parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
            if layer.id() in ours or os.path.realpath(str(parts.get("path") or "")) in images:
                yield layer
