"""Prints a page as PDF, by the browser of the Chrome family that is installed: Chromium, Chrome, Edge or Brave.

A browser lays the page out as it does on the screen, so no library for PDF is needed. It gets a new profile, and
reaches no address.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from geo.errors import InputError, OutputError, one_line
from geo.process_tree import NO_WINDOW

__all__ = ["print_pdf"]

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser"),
)
_MAC = "/Applications/{0}.app/Contents/MacOS/{0}"
_SECONDS = 120


def print_pdf(page: Path, target: Path) -> None:
    """Print the HTML file `page` to the PDF file `target`.

    Raises:
        InputError: No such browser is installed.
        OutputError: The browser made no PDF.
    """
    browser = next(_browsers(), None)
    if browser is None:
        raise InputError(
            f"{target.name}: a PDF is printed by Chrome, Chromium, Edge or Brave, and none was found; expected a name "
            "that ends in .html, which any browser opens and prints"
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = [
            *("headless=new", "disable-gpu", "disable-extensions", "disable-background-networking", "no-first-run"),
            *("disable-dev-shm-usage", "host-resolver-rules=MAP * ~NOTFOUND", f"user-data-dir={profile}"),
            *("no-pdf-header-footer", f"print-to-pdf={target}"),
            *(["no-sandbox"] if _is_root() else []),  # as root, Chromium has no sandbox; the page runs no scripts
        ]
        command = [browser, *(f"--{option}" for option in options), page.as_uri()]
        try:
            done = subprocess.run(  # noqa: S603 (every word of it is ours, and no shell reads it) # nosec B603
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace",
                timeout=_SECONDS, creationflags=NO_WINDOW,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutputError(f"{target.name}: {browser} cannot print it: {one_line(error, 80)}") from error
    if not target.exists() or not target.stat().st_size:
        said = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise OutputError(f"{target.name}: {browser} made no PDF: {one_line(said, 80)}; write an .html and print that")


def _browsers() -> Iterator[str]:
    """The installed browsers: on the path, and where Windows and macOS keep them."""
    yield from filter(None, map(shutil.which, _NAMES))
    for base in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        for name in (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe"):
            if (folder := os.environ.get(base)) and (found := Path(folder) / name).is_file():
                yield str(found)
    yield from (
        path for name in ("Google Chrome", "Microsoft Edge", "Chromium", "Brave Browser")
        if Path(path := _MAC.format(name)).is_file()
    )  # fmt: skip


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
