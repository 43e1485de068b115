"""The free memory of the machine, and how many tiles fit into it at once."""

import os
import shutil
import subprocess
from pathlib import Path

from geo.machine import free_memory
from geo.process_tree import NO_WINDOW

# How many tiles a call has by default; and at most on a GPU, because more tiles are not faster.
CPU_BATCH, GPU_BATCH, GPU_MOST = 4, 16, 32
# The memory that a detector needs while it works, bytes for each pixel of a tile: measured with a Faster R-CNN with a
# ResNet 50 and a pyramid, in single precision. If it needs more, batches are halved (`detector.search.batches`).
BYTES_PER_PIXEL = 1600
# The share of the free memory that may be used.
SHARE_OF_CPU, SHARE_OF_GPU = 0.25, 0.7
_PATIENCE_S = 10.0


def batch_size(device: str, tile_size: int) -> int:
    """How many tiles, `tile_size` px a side, a model on a device may get at once, by the free memory."""
    usual, most, share = (
        (CPU_BATCH, CPU_BATCH, SHARE_OF_CPU) if device == "cpu" else (GPU_BATCH, GPU_MOST, SHARE_OF_GPU)
    )
    free = free_bytes(device)
    if free is None:
        return usual
    return max(1, min(most, int(share * free / (BYTES_PER_PIXEL * tile_size**2))))


def free_bytes(device: str) -> int | None:
    """The free memory of a device ('cpu', 'cuda:N'), bytes; None if it is unknown."""
    if device != "cpu":
        try:
            return int(gpu_query(device, "memory.free")) << 20
        except (OSError, ValueError, subprocess.SubprocessError):
            return None
    return free_memory()


def gpu_query(device: str, what: str) -> float:
    """One number from `nvidia-smi` for a device 'cuda:N'. Raises OSError, ValueError or SubprocessError."""
    index = int(device.partition(":")[2] or 0)
    visible = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    tool = shutil.which("nvidia-smi")
    if tool is None or not Path(tool).is_absolute():  # Windows looks in the current folder too
        raise FileNotFoundError("nvidia-smi")
    answer = subprocess.run(  # noqa: S603 (only the id is not ours, and it is a single argument) # nosec B603
        [
            tool,
            f"--query-gpu={what}",
            "--format=csv,noheader,nounits",
            f"--id={visible[index].strip() if index < len(visible) else index}",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=_PATIENCE_S,
        creationflags=NO_WINDOW,
    )
    return float(answer.stdout.strip())
