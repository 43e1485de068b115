"""Two programs at one survey, for longer than a test may take: is any review lost?

A person reviews with the plugin's own code while another program counts, estimates, places again, searches again,
shares, exports and merges the same file, one after the other, while any two of these run at once, and while a second
person reviews it. Then a reviewer is killed at instants drawn at random. After each, every review that was acknowledged
must be in the file on its own animal, the counts must be those of `herdmap count`, and the file must be whole. These
are the tests of `tests/plugin/review/test_two_programs.py` with other numbers and with every pair.

    python -m benchmarks.two_programs --seconds 60 --kills 50
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each pair")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--python", default=".venv/qgis/bin/python", help="of QGIS, with pytest-qgis; as make test has it"
    )
    options = parser.parse_args()
    tests = ["-c", "tests/plugin/pytest.ini", "tests/plugin/review/test_two_programs.py", "-q", "-rP"]
    done = subprocess.run(
        [options.python, "-m", "pytest", *tests],
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HERDMAP_PAIR_SECONDS": str(options.seconds),
            "HERDMAP_KILLS": str(options.kills),
            "HERDMAP_PAIR_ALL": "1",
        },
        check=False,
    )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
