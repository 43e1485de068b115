"""Calls of a model in threads of their own, which end with the run: also those of a model that never answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar, runtime_checkable

from detector.models import Model, TileClassifier

_LOOK_S = 0.25

_Answer = TypeVar("_Answer")


@contextmanager
def calls(model: Model | TileClassifier | None) -> Iterator[ThreadPoolExecutor]:
    """Threads for the calls that a model takes at a time; None: a thread that is not used.

    Calls that still wait at the end are not made. Those that still run are told to end, if the model can be told.
    """
    pool = _Pool(model.calls_at_once if model else 1, thread_name_prefix="model")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        told: object = model
        while isinstance(told, _Stoppable) and wait(list(pool.made), _LOOK_S / 10).not_done:
            told.stop()  # again and again, as one may begin just now
        pool.shutdown()


def answered(call: "Future[_Answer | None]", cancelled: Callable[[], bool]) -> _Answer | None:
    """The answer of a call, which is waited for; None if the run was cancelled before it came."""
    while wait([call], _LOOK_S).not_done:
        if cancelled():
            return None
    return call.result()


@runtime_checkable
class _Stoppable(Protocol):
    def stop(self) -> None: ...


class _Pool(ThreadPoolExecutor):
    """Threads whose calls are known for as long as they are not over."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.made: set[Future[Any]] = set()

    def submit(self, *arguments: Any, **named: Any) -> Future[Any]:
        """As any executor's."""
        call: Future[Any] = super().submit(*arguments, **named)
        self.made.add(call)
        call.add_done_callback(self.made.discard)
        return call
