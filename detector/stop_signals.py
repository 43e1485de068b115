"""The signals that ask a run to stop: Ctrl-C, and what a system sends when it ends a program in order."""

import signal

# Windows has SIGBREAK for Ctrl-Break and when its console closes, other systems SIGHUP when their terminal closes.
_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")


def stop_signals() -> tuple[signal.Signals, ...]:
    """Those of this system. `nohup` lets a program go on after its terminal: then SIGHUP is none of them."""
    known = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
    return tuple(each for each in known if each.name != "SIGHUP" or signal.getsignal(each) is not signal.SIG_IGN)
