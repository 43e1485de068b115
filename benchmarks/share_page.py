"""The page of a share folder with 100,000 animals in Chromium: how soon it opens, and its frames while one moves about.

    python -m benchmarks.share_page [--photos 50000]

The survey is that of `survey_in_qgis.py`, two animals a photo, without pictures of them. The page is opened from disk
by a Chromium without a window, on a screen of 1600 x 900 px, which draws without a GPU. Opening ends when the map has
been drawn. Then the map is dragged for some seconds by events of the mouse, first the whole survey, then closer and
closer, and the page counts the frames that it showed.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.report import Row, finish, load, machine
from benchmarks.survey_in_qgis import made
from geo.share import MaxSize, Settings, share
from tests.browser import Browser

MOST_S, LEAST_FRAMES = 3.0, 30.0
CLICKS = (0, 4, 10)  # on "closer", each of which enlarges the map by 1.6
SECONDS = 4.0
COUNT = """window.frames_at = [];
(function next(at) { window.frames_at.push(at); window.counting = requestAnimationFrame(next); })(performance.now())"""
STOP = "cancelAnimationFrame(window.counting), window.frames_at"


def opened(browser: Browser, address: str) -> float:
    """Seconds from the start of the navigation until the map was drawn."""
    return float(browser.open(address, timeout_s=120)) / 1000


def frames(browser: Browser) -> tuple[float, float]:
    """Frames a second while the map is dragged to and fro, and those of the slowest twentieth."""
    place = "document.querySelector('#map').getBoundingClientRect()"
    x, y = map(float, browser.js(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({place})"))
    browser.mouse("mouseMoved", x, y)
    browser.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
    browser.js(COUNT)
    end, n = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        n += 1
        browser.mouse("mouseMoved", x + 150 * np.sin(n / 10), y + 80 * np.cos(n / 13), button="left", buttons=1)
    shown = np.diff(browser.js(STOP))
    browser.mouse("mouseReleased", x, y, button="left", clickCount=1)
    return 1000 / float(shown.mean()), 1000 / float(np.percentile(shown, 95))


def measured(address: str, profile: Path) -> list[Row]:
    with Browser(profile) as browser:
        browser.screen(1600, 900)
        opening = median(opened(browser, address) for _ in range(3))
        animals = browser.js("document.querySelector('#headline strong').textContent")
        what = f"the share page, {animals} animals: opened"
        rows = [Row(what, f"< {MOST_S:.0f} s", f"{opening:.1f} s", opening < MOST_S)]
        for clicks in CLICKS:
            browser.js("document.querySelector('#map-fit').click()")
            browser.js(f"for (let n = 0; n < {clicks}; n++) document.querySelector('#map-in').click()")
            mean, slow = frames(browser)
            said = f"{mean:.0f} a second, the slowest 5 % {slow:.0f}"
            what = f"its map dragged, {1.6**clicks:.0f} times enlarged: frames"
            rows.append(Row(what, f">= {LEAST_FRAMES:.0f}", said, mean >= LEAST_FRAMES))
        assert not browser.complaints, browser.complaints
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    print(f"{machine()}, load {load():.1f}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        survey = made(folder, wanted.photos, chips=False)
        share(survey, folder / "share", Settings(max_size=MaxSize.parse("2GB")))
        rows = measured((folder / "share" / "index.html").as_uri(), folder / "profile")
    finish(rows, wanted.json)


if __name__ == "__main__":
    main()
