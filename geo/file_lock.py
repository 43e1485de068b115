"""A lock on an open file. The system releases it when the process that holds it dies."""

import sys
from typing import IO, Any


def take(file: IO[Any]) -> bool:
    """Lock an open file for this process, until the file is closed. False if another holder has it.

    The file must be open for writing. A second open file of the same process counts as another holder. Raises OSError
    if the file system has no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
