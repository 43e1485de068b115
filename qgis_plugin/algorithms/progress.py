"""The progress lines of a command of the detector, as QGIS shows progress."""

from __future__ import annotations

import time
from typing import Any

from qgis.core import QgsProcessingFeedback

from ..translation import tr


class Progress:
    """The progress lines of a command, as QGIS shows progress."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback
        self._images = self._tiles = 0
        self._started = time.monotonic()
        self._say_at = 0.0

    def show(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "plan":
            self._images, self._tiles = event["images"], event["tiles"]
            self._feedback.pushInfo(
                tr("Images: {images}. Tiles: {tiles}.").format(images=self._images, tiles=self._tiles)
            )
        elif kind == "progress":
            self._feedback.setProgress(100 * event["tiles_done"] / max(1, self._tiles))
            if self._may_say():
                self._feedback.setProgressText(
                    tr("{done} of {tiles} tiles, {speed:.1f} per second, {left}. {detections} boxes so far.").format(
                        done=event["tiles_done"],
                        tiles=self._tiles,
                        speed=event["tiles_per_s"],
                        left=duration_left(event["eta_s"]),
                        detections=event["detections"],
                    )
                )
        elif kind == "step":
            done, images = event["images_done"], max(1, event["images"])
            self._feedback.setProgress(100 * done / images)
            words = (
                tr("{done} of {images} images read.")
                if event["doing"] == "headers"
                else tr("Pictures of the animals of {done} of {images} images made.")
            )
            if self._may_say():
                self._feedback.setProgressText(words.format(done=done, images=images))
        elif kind == "image_failed":
            self._feedback.reportError(f"{event['image']}: {event['reason']}")
        elif kind == "warning":
            self._feedback.pushWarning(event["text"])

    def _may_say(self) -> bool:
        """Whether it is time for a line: QGIS keeps each in its log, so a long run writes only some hundred."""
        now = time.monotonic()
        if now < self._say_at:
            return False
        self._say_at = now + max(1.0, (now - self._started) / 50)
        return True


class LearningProgress(Progress):
    """The progress of teaching: it learns in steps, not in tiles."""

    def show(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "plan":
            self._tiles = event["tiles"]
            self._feedback.pushInfo(tr("Images to learn from: {}.").format(event["images"]))
        elif kind == "progress":
            self._feedback.setProgress(100 * event["tiles_done"] / max(1, self._tiles))
            if self._may_say():
                self._feedback.setProgressText(tr("Learning, {left}.").format(left=duration_left(event["eta_s"])))
        else:
            super().show(event)


def duration_left(seconds: float) -> str:
    """The time left, in words."""
    if seconds < 90:
        return tr("{n} s left").format(n=max(1, round(seconds)))
    if seconds < 90 * 60:
        return tr("{n} min left").format(n=round(seconds / 60))
    return tr("{n:.1f} h left").format(n=seconds / 3600)
