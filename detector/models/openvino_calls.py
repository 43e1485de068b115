"""Calls of an ONNX file in OpenVINO, which computes in bfloat16 on processors that have it."""

import contextlib
import queue
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from geo.errors import one_line

# OpenVINO does without its telemetry, which would write to the home folder and may send something.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
import openvino as ov  # noqa: E402

# OpenVINO makes its tables of number types when they are first asked for. Two threads that ask at once wait for each
# other for ever: one holds the table and waits for Python, the other holds Python and waits for the table. So they are
# asked for here, where one thread is alone.
ov.Tensor(np.zeros(1, np.float32)).element_type.to_dtype()

_TYPES = {"bfloat16": ov.Type.bf16, "float32": ov.Type.f32}
# As OpenVINO names what a processor has.
_CAPABILITIES = {"bfloat16": "BF16", "float32": "FP32"}
_LOOK_MS = 250


def version() -> str:
    """OpenVINO's version, such as 2026.4.1."""
    return str(ov.__version__).partition("-")[0]


def has(precision: str) -> bool:
    """Whether this processor computes in a precision, and does not only imitate it."""
    return _CAPABILITIES[precision] in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVinoCalls:
    """Runs an ONNX file, in any thread, as `onnx_calls.Calls` does.

    `limit_s`: how long a call may take.

    Args:
        path: The file.
        precision: 'bfloat16' or 'float32'.
        threads: CPU threads in all.
        calls_at_once: How many calls share them.
        image: The name of the input that takes the tiles.
        outputs: The names of the outputs, in the order in which they are given.
        constants: The other inputs, by name.

    Raises:
        ModelError: OpenVINO cannot read the file.
    """

    def __init__(
        self,
        path: Path,
        precision: str,
        threads: int,
        calls_at_once: int,
        image: str,
        outputs: Sequence[str],
        constants: Mapping[str, NDArray[Any]],
        limit_s: float,
    ) -> None:
        self.limit_s = limit_s
        self._path, self._image, self._outputs, self._constants = path, image, tuple(outputs), dict(constants)
        self._settings = {
            "INFERENCE_PRECISION_HINT": _TYPES[precision],
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": calls_at_once,
            # The cores are also those of the threads that decode the next photo.
            "ENABLE_CPU_PINNING": False,
        }
        self._changing = threading.Lock()
        self._running: set[Any] = set()
        self._shape: tuple[int, ...] | None = None
        self._usual: _Requests | None = None
        # Compiled here to learn whether OpenVINO can read the file.
        self._any: _Requests | None = self._compiled(None)

    def stop(self) -> None:
        """End the calls that are running. They raise ModelError."""
        with self._changing:
            for request in self._running:
                request.cancel()

    def run(self, batch: NDArray[Any], more: Mapping[str, NDArray[Any]] | None = None) -> list[NDArray[Any]]:
        """The outputs for a batch. more: further inputs by name. Raises ModelError."""
        requests = self._requests(batch.shape)
        request = requests.take()
        with self._changing:
            self._running.add(request)
        try:
            request.start_async({self._image: batch, **self._constants, **(more or {})}, share_inputs=True)
            until = time.monotonic() + self.limit_s
            while not request.wait_for(_LOOK_MS):
                if time.monotonic() > until:
                    request.cancel()
                    raise ModelError(
                        f"the model did not answer within {self.limit_s:g} s for {len(batch)} tiles; use another "
                        "model, or smaller batches",
                        about="time_limit_s",
                    )
            # Copies, because the next call writes to the same memory.
            answer = [np.array(request.get_tensor(name).data) for name in self._outputs]
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(f"the model failed on tiles of shape {batch.shape}: {one_line(error, 150)}") from error
        finally:
            with self._changing:
                self._running.discard(request)
        requests.give_back(request)
        return answer

    def _requests(self, shape: tuple[int, ...]) -> "_Requests":
        """The network for batches of a shape. For the first shape, the usual one, it is compiled anew, which makes it
        a third faster. The one for any shape is let go, because it holds memory and most surveys do not need it.
        """
        with self._changing:
            if self._shape is None:
                self._shape = shape
                with contextlib.suppress(ModelError):  # a file of which some shapes are known only while it runs
                    self._usual = self._compiled(shape)
                    self._any = None
            if self._usual is not None and shape == self._shape:
                return self._usual
            if self._any is None:
                self._any = self._compiled(None)
            return self._any

    def _compiled(self, shape: tuple[int, ...] | None) -> "_Requests":
        """The network for a shape; None: for any. Raises ModelError if OpenVINO cannot compile it."""
        try:
            core = ov.Core()
            network = core.read_model(str(self._path))
            if shape is not None:
                network.reshape({self._image: list(shape)})
            return _Requests(core.compile_model(network, "CPU", self._settings))
        except Exception as error:
            raise ModelError(f"OpenVINO cannot read {self._path.name}: {_said(error)}") from error


def _said(error: Exception) -> str:
    """What OpenVINO says of a file, without the places in its own source."""
    return one_line(re.sub(r"Exception from \S+|Check '.*?' failed at \S+", "", str(error)).strip(" :\n"), 160)


class _Requests:
    """A compiled network with its requests that wait for work: one for each call at once."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()

    def take(self) -> Any:
        """One that waits, or a new one."""
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._network.create_infer_request()

    def give_back(self, request: Any) -> None:
        """One whose answer was read."""
        self._idle.put(request)
