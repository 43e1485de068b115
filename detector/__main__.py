"""`python -m detector` runs the command `herdmap`, for when its script is not on the PATH."""

import os
import sys

_HOLDS_US = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
# `-m` lets Python look for modules in the current folder first, where the photos and anybody's files may be. So nothing
# else is imported before that ends.
if not sys.flags.safe_path and sys.path[0] == os.getcwd() != _HOLDS_US:  # noqa: PTH109
    del sys.path[0]

from detector.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
