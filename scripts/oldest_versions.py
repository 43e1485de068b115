"""The oldest version of each dependency that pyproject.toml allows, for pip: `numpy==1.26` for `numpy>=1.26`.

python scripts/oldest_versions.py [EXTRA ...]
"""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def oldest(extras: list[str]) -> list[str]:
    """Of what the project needs, and of its extras."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [re.sub(r">=", "==", line) for line in wanted if not line.startswith(f"{project['name']}[")]


if __name__ == "__main__":
    print("\n".join(oldest(sys.argv[1:])))
