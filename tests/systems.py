"""What not every system has. A test that needs it says so by a mark or a function here, and is skipped there."""

import ctypes
import re
import shutil
import sys
from pathlib import Path

import pytest

WINDOWS = sys.platform == "win32"
# Wine says who it is.
WINE = sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
# What libraries write to the error output under Wine, which tells them nothing of the processor. Some lines are UTF-16.
_OF_LIBRARIES = re.compile(r"DXGI factory|cpu_?info|cpuid_info")

posix = pytest.mark.skipif(WINDOWS, reason="signals, modes, links and devices as POSIX has them")
not_wine = pytest.mark.skipif(WINE, reason="Wine's C library hands on Ctrl-C alone: Ctrl-Break ends a program at once")


def symbolic_link(name: Path, target: Path | str) -> None:
    """Make the symbolic link `name`. A target that is not absolute is relative to the folder of the link.

    Skips the test where no link can be made: Windows lets administrators and developers make links, and Wine 10 says
    that it has made one, and makes none.
    """
    target = Path(target)  # Windows follows no link whose target is written with /
    try:
        name.symlink_to(target, target_is_directory=(name.parent / target).is_dir())
    except OSError as error:
        if not WINDOWS:
            raise
        pytest.skip(f"this user may make no links: {error}")
    if not name.is_symlink():
        pytest.skip("this system says that it has made a link, and has made none (Wine)")


def on_drive_of(folder: Path, file: Path) -> Path:
    """The file or folder; where it is on another drive of Windows than `folder`, a copy of it in there.

    A survey and its imagery must be on one drive, and the folder of a test may be on another one than the project.
    """
    if file.drive == folder.drive:
        return file
    copy = folder / "copied" / file.name
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        shutil.copytree(file, copy) if file.is_dir() else shutil.copy(file, copy)
    return copy


def allowed_name(name: str) -> str:
    """The name; on Windows without what no name of a file may have there, but as strange as it can be."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "'", name) if WINDOWS else name


def without_wine(said: str) -> str:
    """What a program wrote to its error output, without the lines of libraries that do not know Wine's processor."""
    if not WINE:
        return said
    lines = said.replace("\0", "").splitlines(keepends=True)
    return "".join(line for line in lines if not _OF_LIBRARIES.search(line))
