"""Which signals ask a run to stop."""

import signal
import sys

import pytest

from detector.stop_signals import stop_signals


def test_they_are_those_of_the_system() -> None:
    if sys.platform == "win32":
        assert [each.name for each in stop_signals()] == ["SIGINT", "SIGTERM", "SIGBREAK"]
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
    try:
        assert [each.name for each in stop_signals()] == ["SIGINT", "SIGTERM", "SIGHUP"]
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
def test_a_program_under_nohup_outlives_its_terminal() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signal.SIGHUP not in stop_signals()
    finally:
        signal.signal(signal.SIGHUP, before)
