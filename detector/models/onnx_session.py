"""Opens ONNX files with ONNX Runtime: on which device, and with how many threads."""

import contextlib
import io
import re
from typing import Any

import onnxruntime as ort

from detector.errors import ModelError
from geo.errors import one_line
from geo.machine import cores
from geo.paths import StrPath, as_path


def open_session(
    path: StrPath, device: str = "auto", threads: int | None = None, calls_at_once: int = 1
) -> tuple[ort.InferenceSession, int]:
    """A session for an ONNX file, and how many calls of it may run at once.

    Args:
        path: The file.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        threads: CPU threads; None for all.
        calls_at_once: How many calls are wanted at once. On the CPU they share the threads. A GPU takes one call.

    Raises:
        ModelError: It is no ONNX file, or the device does not exist or cannot be used.
    """
    path = as_path(path)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    # A memory plan keeps memory for every shape of input. Without it, the peak is a third lower and no run is slower.
    options.enable_mem_pattern = False
    wanted = _providers(device)
    threads = threads or cores()
    calls_at_once = max(1, min(calls_at_once, threads)) if wanted == ["CPUExecutionProvider"] else 1
    # The threads that call the session work too, in addition to its own.
    options.intra_op_num_threads = threads - calls_at_once + 1
    # Threads that spin while they wait would occupy the cores that decode the next photo.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        # Falling back from the CPU to the CPU would only be told on stdout.
        fallback = int(wanted != ["CPUExecutionProvider"])
        session = ort.InferenceSession(str(path), options, providers=wanted, enable_fallback=fallback)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"{path.name} is not an ONNX model that can be opened: {_said(error)}; expected an .onnx detector"
        ) from error
    if device.startswith("cuda") and device_of(session) == "cpu":
        # Without its libraries, ONNX Runtime would run on the processor and say nothing.
        raise ModelError(
            f"device {device!r}: this ONNX Runtime cannot load CUDA; install its libraries with pip install "
            "'onnxruntime-gpu[cuda,cudnn]', or use the device cpu",
            about="device",
        )
    return session, calls_at_once


def device_of(session: ort.InferenceSession) -> str:
    """Where a session runs: 'cpu' or 'cuda:N'."""
    if "CUDAExecutionProvider" not in session.get_providers():
        return "cpu"
    return f"cuda:{session.get_provider_options()['CUDAExecutionProvider'].get('device_id', '0')}"


def providers() -> list[str]:
    """What this ONNX Runtime can run on, best first, by its own names."""
    return list(ort.get_available_providers())


def _providers(device: str) -> list[Any]:
    have = providers()
    cuda = "CUDAExecutionProvider" in have
    if device == "cpu" or (device == "auto" and not cuda):
        return ["CPUExecutionProvider"]
    if cuda:
        load_cuda()
    if device == "auto":
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]
    name, _, index = device.partition(":")
    if name != "cuda" or (index and not index.isdigit()):
        raise ModelError(f"device {device!r}: expected auto, cpu, cuda or cuda:N")
    if not cuda:
        raise ModelError(
            f"device {device!r}: this ONNX Runtime has no CUDA ({', '.join(have)}); "
            "install onnxruntime-gpu in place of onnxruntime, or use the device cpu",
            about="device",
        )
    return [("CUDAExecutionProvider", {"device_id": index or "0"}), "CPUExecutionProvider"]


def load_cuda() -> None:
    """Load the libraries of CUDA and cuDNN that pip installed, which ONNX Runtime does not find by itself."""
    preload = getattr(ort, "preload_dlls", None)  # from ONNX Runtime 1.21 on
    if preload is not None:
        with contextlib.redirect_stdout(io.StringIO()):  # stdout is for results
            preload()


def _said(error: Exception) -> str:
    """What ONNX Runtime says of a file, without the places in its own source and the path."""
    text = re.sub(
        r"^\[ONNXRuntimeError\] : \d+ : \w+ : |Load model from .*? failed: ?|/onnxruntime_src/\S+ ", "", one_line(error)
    )
    return text[:130]
