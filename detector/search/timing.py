"""Measures where the time of a run goes."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping

from detector.search.devices import gpu_query

# How often the GPU is asked how busy it is, seconds.
_SAMPLE_S = 1.0
# A stage that takes at least this share of the time slows the run.
_MUCH = 0.25

STAGES = {
    "plan": "listing the images and reading their headers",
    "decode": "reading pixels, while the model works",
    "gate": "the gate",
    "forward": "the model",
    "wait": "the model waited for pixels",
    "chips": "small pictures of the detections, while the model works",
    "journal": "writing the results of each photo",
    "match": "matching overlapping photos by their pixels",
    "merge": "merging the boxes of neighbouring tiles",
    "write": "placing animals on the map, and writing the file",
}


class Profile:
    """How long each of the STAGES took, by the clock, in any number of threads. So the times of stages may overlap.

    Attributes:
        tiles: How many tiles were searched.
        engine: What runs the model, and in which precision; '' if nothing was searched.
        gpu_busy: The share of the time in which the GPU worked; None if unknown.
    """

    def __init__(self) -> None:
        self.engine = ""
        self.seconds: dict[str, float] = {}
        self.tiles = 0
        self._gpu: list[float] = []
        self._at_work: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Count the time of the block as this stage's."""
        with self._lock:
            threads = self._at_work.get(stage, 0)
            self._at_work[stage] = threads + 1
            if threads == 0:
                self._since[stage] = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self._at_work[stage] -= 1
                if self._at_work[stage] == 0:
                    self._add(stage, time.perf_counter() - self._since[stage])

    @contextlib.contextmanager
    def measure_search(self, device: str) -> Iterator[None]:
        """Count the time of the block as the search. While the model does not work, it waits."""
        before, began = self._forward(), time.perf_counter()
        over = threading.Event()
        sampler = threading.Thread(target=self._watch_gpu, args=(device, over), daemon=True)
        sampler.start()
        try:
            yield
        finally:
            over.set()
            took = time.perf_counter() - began
            with self._lock:
                self._add("search", took)
                self._add("wait", max(0.0, took - (self._forward() - before)))

    def take_over(self, seconds: Mapping[str, float], share: float) -> None:
        """Add a share of the times that another process measured."""
        with self._lock:
            for stage, took in seconds.items():
                self._add(stage, share * took)

    @property
    def tiles_per_s(self) -> float:
        """How many tiles were searched in a second, from the first read to the last part."""
        return self.tiles / max(self.seconds.get("search", 0.0), 1e-9)

    @property
    def gpu_busy(self) -> float | None:
        """How busy the GPU was during the search, on average, as its driver reports it; None if unknown."""
        return sum(self._gpu) / len(self._gpu) if self._gpu else None

    def text(self) -> str:
        """The table for a person, and a line that says what would make the run faster."""
        seconds = dict(self.seconds)
        seconds["write"] = seconds.get("assemble", 0.0) - seconds.get("merge", 0.0)
        total = sum(seconds.get(stage, 0.0) for stage in ("plan", "search", "assemble"))
        lines = [f"{self.tiles} tiles searched, {self.tiles_per_s:.1f} tiles/s; {total:.1f} s in all"]
        for stage, meaning in STAGES.items():
            if (took := seconds.get(stage, 0.0)) > 0:
                lines.append(f"  {stage:8} {took:8.1f} s {100 * took / max(total, 1e-9):4.0f} %  {meaning}")
        if self.engine:
            lines.append(f"  the model ran on {self.engine}")
        if self.gpu_busy is not None:
            lines.append(f"  the GPU was busy for {100 * self.gpu_busy:.0f} % of the search")
        return "\n".join([*lines, f"  {self._advice(total)}"])

    def _advice(self, total: float) -> str:
        if total == 0 or self.tiles == 0:
            return "nothing was searched"
        if self.seconds["wait"] > _MUCH * total:
            return "the model waited for pixels; a faster disk, or more cores for decoding, would help"
        if self._forward() > _MUCH * total:
            return "the model takes most of the time; a GPU, or a faster GPU, would help"
        return "the search takes little of the time"

    def _forward(self) -> float:
        return self.seconds.get("forward", 0.0) + self.seconds.get("gate", 0.0)

    def _add(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def _watch_gpu(self, device: str, over: threading.Event) -> None:
        if not device.startswith("cuda"):
            return
        with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
            while not over.wait(_SAMPLE_S):
                self._gpu.append(gpu_query(device, "utilization.gpu") / 100)
