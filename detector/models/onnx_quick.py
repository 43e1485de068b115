"""An ONNX detector in a precision that is faster than float32."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models import precision as precisions
from detector.models.libraries import need
from detector.models.onnx_calls import AnyCalls, Calls
from detector.models.precision import Precision


@dataclass(frozen=True)
class QuickCalls:
    """Calls in a faster precision, and near which scores they are not enough.

    Attributes:
        precision: Which one.
        calls: By OpenVINO.
        version: Of OpenVINO.
    """

    precision: Precision
    calls: AnyCalls
    version: str

    @classmethod
    def of(
        cls,
        session: ort.InferenceSession,
        path: Path,
        wanted: Precision,
        exact: Calls,
        threads: int,
        calls_at_once: int,
    ) -> "QuickCalls":
        """Calls of the file of a session that is open.

        Raises:
            MissingLibraryError: OpenVINO is not installed.
            ModelError: The processor does not have the precision, or OpenVINO cannot read the file.
        """
        need("openvino", purpose=wanted.name)
        from detector.models import openvino_calls

        if not openvino_calls.has(wanted.name):
            raise ModelError(f"this processor does not compute in {wanted.name}", about="precision")
        calls = openvino_calls.OpenVinoCalls(
            path,
            wanted.name,
            threads,
            calls_at_once,
            session.get_inputs()[0].name,
            [output.name for output in session.get_outputs()],
            exact.constants,
            exact.limit_s,
        )
        return cls(wanted, calls, openvino_calls.version())

    def doubtful(self, found: Detections, tiles: int) -> NDArray[np.bool_]:
        """(tiles,) which tiles of a batch must be searched in float32."""
        return precisions.doubtful(found, tiles, self.precision)
