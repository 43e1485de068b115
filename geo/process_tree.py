"""Programs that this process starts: without a console window, and ended together with all that they start.

On Windows a job object holds such a tree of processes. Windows ends all of them when the job's last handle closes, and
so also when this process is killed. On other systems the tree is a session with a group of processes of its own.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess  # nosec B404
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

# `creationflags` of a program that needs no console. A program with a window, such as QGIS, has none that it could
# share: without this, Windows would show one for a moment.
NO_WINDOW = 0x08000000 if os.name == "nt" else 0
_LOOKS_EVERY_S = 0.5


class ProcessTree:
    """A program that was started, and all that it starts. `options` are those of `subprocess.Popen`.

    Raises OSError or ValueError if it cannot be started.
    """

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        self._job: Any = None
        self._is_over = False
        if os.name != "nt":
            self.process = subprocess.Popen(list(command), start_new_session=True, **options)  # noqa: S603 # nosec B603
            return
        # It begins when it is in the job: what it would start before that would not be.
        suspended = 0x00000004
        flags = NO_WINDOW | suspended | options.pop("creationflags", 0)
        self.process = subprocess.Popen(list(command), creationflags=flags, **options)  # noqa: S603 # nosec B603
        try:
            with contextlib.suppress(OSError):  # without a job, the program alone can be ended
                self._job = _Job()
                self._job.add(self.process.pid)
            _resume(self.process.pid)
        except BaseException:
            self.process.kill()
            raise

    def ask(self) -> None:
        """Ask the program to end in order. On Windows, a program without a console cannot be asked."""
        if os.name != "nt":
            self.process.terminate()

    def end(self) -> None:
        """End what is left of the tree, at once. Does nothing if all has ended."""
        if self._is_over:
            return
        self._is_over = self.process.poll() is not None  # after this, another process may get its number
        if os.name != "nt":
            # The number stays that of the group as long as a process is in it, also after the first has ended.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            return
        if self._job is not None:
            self._job.end()
            self._job = None
        if self.process.poll() is None:
            self.process.kill()


@functools.cache
def hold_children() -> None:
    """On Windows: what this process starts from now on ends with it, however it ends.

    On other systems, what it starts calls `end_with_parent`.
    """
    if os.name == "nt":
        with contextlib.suppress(OSError):  # without it, only a process that is killed leaves children
            _Job().add(os.getpid())


def end_with_parent(parent: int) -> None:
    """End this process soon after `parent`, the number of the process that started it, has ended.

    On Windows this waits for nothing: see `hold_children`.
    """
    if os.name == "nt":
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOKS_EVERY_S)
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
    _kernel.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD]
    _kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    _kernel.TerminateJobObject.argtypes = [wintypes.HANDLE, wintypes.UINT]
    _kernel.CloseHandle.argtypes = [wintypes.HANDLE]
    _SUSPEND_RESUME, _SET_QUOTA, _TERMINATE = 0x0800, 0x0100, 0x0001  # rights to a process
    _EXTENDED_LIMITS, _KILL_ON_CLOSE = 9, 0x2000

    class _Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION; of it, only LimitFlags is set."""

        _fields_ = (
            ("times", ctypes.c_int64 * 2),
            ("LimitFlags", wintypes.DWORD),
            ("working_set", ctypes.c_size_t * 2),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("priorities", wintypes.DWORD * 2),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("memory", ctypes.c_size_t * 4),
        )

    class _Job:
        """A job object of Windows. When this process ends, Windows ends all processes in it. Raises OSError.

        Nothing but `end` closes its handle: a process that closes that of its own job ends itself.
        """

        def __init__(self) -> None:
            self._handle = _checked(_kernel.CreateJobObjectW(None, None))
            limits = _Limits(LimitFlags=_KILL_ON_CLOSE)
            size = ctypes.sizeof(limits)
            _checked(_kernel.SetInformationJobObject(self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), size))

        def add(self, pid: int) -> None:
            """Put a process into the job, and with it all that it starts from now on."""
            with _opened(pid, _SET_QUOTA | _TERMINATE) as process:
                _checked(_kernel.AssignProcessToJobObject(self._handle, process))

        def end(self) -> None:
            """End all processes in the job, and close it."""
            _kernel.TerminateJobObject(self._handle, 1)
            _kernel.CloseHandle(self._handle)

    def _checked(answer: Any) -> Any:
        if not answer:
            raise ctypes.WinError(ctypes.get_last_error())
        return answer

    @contextlib.contextmanager
    def _opened(pid: int, rights: int) -> Any:
        handle = _checked(_kernel.OpenProcess(rights, False, pid))
        try:
            yield handle
        finally:
            _kernel.CloseHandle(handle)

    def _resume(pid: int) -> None:
        native = ctypes.WinDLL("ntdll")
        native.NtResumeProcess.argtypes = [wintypes.HANDLE]
        with _opened(pid, _SUSPEND_RESUME) as process:
            native.NtResumeProcess(process)
else:
    _Job: Any = None
    _resume: Any = None
