"""The command line: it parses the arguments, calls functions of `detector` and `geo`, and prints their results.

Exit codes: 0 done, 1 done but some images failed, 2 bad usage or input, 3 cancelled, 4 an unexpected error. An error is
one line on stderr; --debug adds the traceback.
"""

import contextlib
import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import click

# The commands add themselves to the group.
from detector.cli import (
    beginning,
    comparing,
    detecting,
    evaluating,
    finding,
    importing,
    models,
    placing,
    planning,
    reporting,
    results,
    simulating,
    teaching,
    training,
)
from detector.cli.group import BAD_INPUT, CANCELLED, DONE, UNEXPECTED, CancelledError, herdmap
from detector.cli.mends import with_mend
from detector.stop_signals import stop_signals
from geo.errors import HerdmapError, one_line
from geo.process_tree import hold_children
from geo.pyogrio_start import without_tables

__all__ = [
    "beginning",
    "comparing",
    "detecting",
    "evaluating",
    "finding",
    "herdmap",
    "importing",
    "main",
    "models",
    "placing",
    "planning",
    "reporting",
    "results",
    "simulating",
    "teaching",
    "training",
]

_LONGEST_LINE = 280  # characters of an error, whatever names are in it


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the contract's codes."""
    if arguments is None:  # this process does nothing else
        without_tables()
        arguments = sys.argv[1:]
    debug = "--debug" in arguments
    # It may stand anywhere, because people add it at the end of a command that failed.
    arguments = [a for a in arguments if a != "--debug"]
    # For every Python that is started from here: it must not look for modules in the current folder, where the photos
    # and anybody's files may be.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    try:
        hold_children()
        with _other_signals_as_ctrl_c():
            code = herdmap.main(arguments, prog_name="herdmap", standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.UsageError as error:
        context = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        code = _complain(f"{error.format_message().rstrip('.')}{context}", BAD_INPUT, debug)
    except click.ClickException as error:
        code = _complain(error.format_message(), BAD_INPUT, debug)
    except HerdmapError as error:
        running = next((argument for argument in arguments if not argument.startswith("-")), "")
        code = _complain(with_mend(error, herdmap.commands.get(running)), BAD_INPUT, debug)
    except CancelledError as error:
        code = _complain(str(error), CANCELLED, debug)
    except (KeyboardInterrupt, click.Abort):
        code = _complain("cancelled", CANCELLED, debug)
    except BrokenPipeError:
        sys.stderr.close()
        code = UNEXPECTED
    except OSError as error:
        code = _complain(*_refused_by_system(error), debug)
    except Exception as error:
        text = f"unexpected {type(error).__name__}: {error}; run again with --debug for the details"
        code = _complain(text, UNEXPECTED, debug)
    sys.exit(code if isinstance(code, int) else DONE)


def _complain(text: str, code: int, debug: bool) -> int:
    from detector.cli.console import plain

    if debug:
        traceback.print_exc()
    line = plain(one_line(text))
    if len(line) > _LONGEST_LINE and not debug:
        line = f"{line[: _LONGEST_LINE - 110]} [...] {line[-100:]}"  # what is wrong, and at the end the mend
    click.echo(f"herdmap: {line}", err=True)
    return code


@contextlib.contextmanager
def _other_signals_as_ctrl_c() -> Iterator[None]:
    """Make SIGTERM and its like act as Ctrl-C: no half-written file is left, and the exit code says cancelled."""
    before: dict[signal.Signals, Any] = {}
    with contextlib.suppress(ValueError):  # only the main thread may handle signals
        for each in stop_signals():
            if each != signal.SIGINT:
                before[each] = signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _refused_by_system(error: OSError) -> tuple[str, int]:
    """(text, exit code) for an error of the operating system, with a mend where the user can do something."""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        mend = "free some space and run the same command again, or choose another disk"
        return f"{where}the disk is full ({error.strerror}); {mend}", BAD_INPUT
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}not allowed ({error.strerror}); change the permissions, or choose another place", BAD_INPUT
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG) and where:
        return (
            f"{where}in the way ({error.strerror}); remove or rename it, or choose another name",
            BAD_INPUT,
        )
    return f"unexpected {type(error).__name__}: {error}; run again with --debug for the details", UNEXPECTED
