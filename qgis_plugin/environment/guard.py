"""Run a module that ends when its parent ends: python guard.py PARENT_PID MODULE [ARGUMENT...].

This runs in the detector's Python, not in QGIS's. It is for programs that do not watch their stdin, such as pip: when
the parent closes stdin or dies, this process ends, and all that it started.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time


def _end_with_parent(parent: int) -> None:
    if os.name == "nt":
        # A pending read of stdin would block every start of a process here; waiting for the parent does not.
        import ctypes

        synchronize, forever, not_allowed = 0x00100000, 0xFFFFFFFF, 5
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        kernel.WaitForSingleObject.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        handle = kernel.OpenProcess(synchronize, False, parent)
        if handle:
            kernel.WaitForSingleObject(handle, forever)
        elif ctypes.get_last_error() == not_allowed:
            return  # it runs as another user: then only the job of `process_tree` ends this
        os._exit(3)
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    # A group of its own, else the signal would go to whoever started this.
    kill = os.killpg if os.getpgrp() == os.getpid() else os.kill
    kill(os.getpid(), signal.SIGTERM)  # in order, if it can
    time.sleep(1)
    kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, args=(int(sys.argv[1]),), daemon=True).start()
    module = sys.argv[2]
    del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
