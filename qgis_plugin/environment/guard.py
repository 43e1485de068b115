"""Run a module and end with it when the parent is gone: python guard.py PARENT_PID MODULE [ARGUMENT...].

Runs in the detector's Python, not in QGIS's. For what does not watch its stdin by itself, as pip: the end of stdin,
which comes when the parent closes it or dies, ends this process and what it started.
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
        # A read of stdin that is pending would block what starts a process here; a wait for the parent does not.
        import ctypes

        synchronize, forever = 0x00100000, 0xFFFFFFFF
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, parent)
        ctypes.windll.kernel32.WaitForSingleObject(handle, forever)
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
