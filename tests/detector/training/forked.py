"""Trainings in processes of their own, which begin to learn at once: the process they are forked from has loaded torch.

A process that starts as `herdmap train` takes a core some five seconds until then, and more with fastai.
"""

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

# Not MLflow, whose threads would be missing in the others.
_LOADED = ["detector.cli", "detector.training.compact", "detector.training.plot", "onnx", "torchvision"]
_FASTAI = ["detector.training.fastai", "fastai.callback.schedule"]


def forked(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A process that runs `target`, with torch on one thread."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_LOADED, *_FASTAI])  # what is not installed is left out
    process = context.Process(target=_on_one_thread, args=(target, *arguments))
    process.start()
    return process


@contextlib.contextmanager
def herdmap(said: Path, *arguments: object, alone: bool = False) -> Iterator[BaseProcess]:
    """`herdmap ...` that runs, and is killed at the end of the block. It writes to the file `said` what it says.

    alone: The process leads a group of processes, to which a signal can be sent: it and those that it starts.
    """
    process = forked(_command, str(said), [str(argument) for argument in arguments], alone)
    try:
        yield process
    finally:
        process.kill()
        process.join()


def torchrun(said: Path, *arguments: object) -> BaseProcess:
    """`torchrun ...` that runs. The processes that it starts are forked from it. All write to `said` what they say."""
    return forked(_torchrun, str(said), [str(argument) for argument in arguments])


def ended(process: BaseProcess, said: Path) -> tuple[int, str]:
    """The exit code of a process, and all that it said."""
    process.join(300)
    assert process.exitcode is not None, "it does not end"
    return process.exitcode, said.read_text(encoding="utf-8")


def until(holds: Callable[[], bool], process: BaseProcess) -> None:
    """Wait until it is so, or until the process is over."""
    end = time.monotonic() + 300
    while not holds() and process.is_alive() and time.monotonic() < end:
        time.sleep(0.01)


def _on_one_thread(target: Callable[..., None], *arguments: Any) -> None:
    import torch

    torch.set_num_threads(1)
    target(*arguments)


def _write_to(said: str) -> None:
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)


def _torchrun(said: str, arguments: list[str]) -> None:
    from torch.distributed.run import main

    _write_to(said)
    main(["--start-method", "fork", "--run-path", *arguments])


def _command(said: str, arguments: list[str], alone: bool) -> None:
    from detector.cli import main

    if alone:
        os.setsid()
    # As a terminal starts it: what starts in the background ignores Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _write_to(said)
    main(arguments)
