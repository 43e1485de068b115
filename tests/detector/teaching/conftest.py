"""What the tests of teaching share."""

import pytest

from tests.command_line import HerdmapHere


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    """`herdmap ...` in this process."""
    return HerdmapHere(capsys)
