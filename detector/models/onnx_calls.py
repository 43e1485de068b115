"""Calls of an ONNX model, which end: by themselves, when they are stopped, after Ctrl-C, or when they take too long."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Protocol

import onnxruntime as ort
from numpy.typing import NDArray

from detector.errors import ModelError
from geo.errors import one_line

# How long a call may take where nobody says.
LIMIT_S = 600.0
_LOOK_S = 0.25


class AnyCalls(Protocol):
    """Calls of an ONNX file, whatever runs it. `limit_s`: how long a call may take."""

    limit_s: float

    def run(self, batch: NDArray[Any], more: Mapping[str, NDArray[Any]] | None = None) -> list[NDArray[Any]]:
        """The outputs for a batch, in the file's order. more: further inputs by name. Raises ModelError."""
        ...

    def stop(self) -> None:
        """End the calls that are running. They raise ModelError."""
        ...


class Calls:
    """Runs a session, in any thread. `limit_s`: how long a call may take. `constants`: its other inputs, by name."""

    def __init__(
        self,
        session: ort.InferenceSession,
        limit_s: float = LIMIT_S,
        constants: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self.limit_s = limit_s
        self.constants = dict(constants or {})
        self._session = session
        self._input = session.get_inputs()[0].name
        self._running: set[ort.RunOptions] = set()
        self._changing = threading.Lock()

    def stop(self) -> None:
        """End the calls that are running. They raise ModelError."""
        with self._changing:
            for options in self._running:
                options.terminate = True

    def run(self, batch: NDArray[Any], more: Mapping[str, NDArray[Any]] | None = None) -> list[NDArray[Any]]:
        """The session's outputs for a batch. more: further inputs by name. Raises ModelError."""
        if threading.current_thread() is not threading.main_thread():
            return self._run(batch, more or {})
        # Python handles Ctrl-C in the main thread, and not before what it does there is over. So that only waits.
        with ThreadPoolExecutor(1, thread_name_prefix="model") as pool:
            call = pool.submit(self._run, batch, more or {})
            try:
                while wait([call], _LOOK_S).not_done:
                    pass
                return call.result()
            except BaseException:
                self.stop()
                raise

    def _run(self, batch: NDArray[Any], more: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        options = ort.RunOptions()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            options.terminate = True

        timer = threading.Timer(self.limit_s, give_up)
        timer.daemon = True
        with self._changing:
            self._running.add(options)
        timer.start()
        try:
            answer: list[NDArray[Any]] = self._session.run(
                None, {self._input: batch, **self.constants, **more}, options
            )
        except Exception as error:
            if late.is_set():
                raise ModelError(
                    f"the model did not answer within {self.limit_s:g} s for {len(batch)} tiles; use another model, or "
                    "smaller batches",
                    about="time_limit_s",
                ) from error
            raise ModelError(f"the model failed on tiles of shape {batch.shape}: {one_line(error, 150)}") from error
        finally:
            timer.cancel()
            with self._changing:
                self._running.discard(options)
        return answer
