"""The search by keys alone, for longer than a test may take: how long does a cell take, and is any cell lost?

Photos are searched in the plugin's own window, each key by an event of the window system. Then an observer is killed at
instants drawn at random. These are the tests of `tests/plugin/search/test_whole_search.py` with other numbers.

    python -m benchmarks.search_mode --photos 250 --size 1500x1000 --kills 50
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=250)
    parser.add_argument("--size", default="1500x1000", help="of a photo, px")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--python", default=".venv/qgis/bin/python", help="of QGIS, with pytest-qgis; as make test has it"
    )
    options = parser.parse_args()
    tests = ["-c", "tests/plugin/pytest.ini", "tests/plugin/search/test_whole_search.py", "-q", "-rP", "--timeout=7200"]
    done = subprocess.run(
        [options.python, "-m", "pytest", *tests],
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HERDMAP_SEARCH_PHOTOS": str(options.photos),
            "HERDMAP_SEARCH_SIZE": options.size,
            "HERDMAP_KILLS": str(options.kills),
        },
        check=False,
    )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
