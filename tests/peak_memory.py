"""How much memory a process of tests has needed, on every system."""

import sys

import psutil


def peak_memory() -> int:
    """The most memory that this process has had at once until now, in bytes."""
    if sys.platform == "win32":
        peak = int(psutil.Process().memory_info().peak_wset)
    else:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return peak
