"""Joins a Ray cluster, or starts one on this machine that no other machine can reach. Only this module imports ray."""

import contextlib
import logging
import os
import secrets
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

from detector.errors import InputError
from detector.stop_signals import stop_signals
from detector.survey.cluster import Cluster
from geo.errors import one_line

# How long the head of a cluster may take to answer, seconds.
_ANSWER_S = 10.0


@contextlib.contextmanager
def joined(cluster: Cluster, say: Callable[[str], None]) -> Iterator[Any]:
    """Ray, connected. A connection that existed before is used and stays open."""
    # Before ray is imported: nothing is reported to anybody.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if cluster.address is None:
        _keep_to_this_machine()
    import ray
    from ray._private import worker as ray_worker

    if ray.is_initialized():
        yield ray
        return
    _check_reachable(cluster.address)
    handlers = {signum: signal.getsignal(signum) for signum in stop_signals()}
    own: dict[str, Any] = {"include_dashboard": False} if cluster.address is None else {}
    # Ray would print on stdout that a worker died, between the lines of progress that a program reads.
    ray_worker._worker_logs_enabled = False
    with tempfile.TemporaryDirectory(prefix="herdmap-ray-") as empty:
        try:
            # Ray tells its workers to look for modules in the current folder first, where anybody's files may be.
            with contextlib.chdir(empty):
                ray.init(address=cluster.address or "local", logging_level=logging.ERROR, log_to_driver=False, **own)
        except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
            where = "on this machine" if cluster.address is None else f"at {cluster.address!r}"
            said = one_line(error, 150)
            raise InputError(f"no Ray cluster {where}: {said}; check its address and token", about="address") from error
        finally:
            # Ray puts its own in place of those that cancel a run in order.
            if threading.current_thread() is threading.main_thread():
                for signum, handler in handlers.items():
                    signal.signal(signum, handler)
        try:
            here: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
            if cluster.address is None and not here.startswith("127."):
                say("Ray was imported before this run: other machines of the network can reach its ports meanwhile")
            yield ray
        finally:
            ray.shutdown()


def _keep_to_this_machine() -> None:
    """Make a cluster that Ray starts in this process listen only on this machine, and ask for a secret.

    This must be called before ray is imported. Then Ray takes the loopback address, as it always does on Windows and
    macOS. Versions of Ray before 2.52 have no secret.
    """
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    if "RAY_AUTH_TOKEN_PATH" not in os.environ:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def _check_reachable(address: str | None) -> None:
    """Raise InputError if nothing answers at a host and port.

    Ray itself would wait for minutes, with a poor message.
    """
    host, _, port = (address or "").rpartition(":")
    if not host or "://" in host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"no Ray cluster at {address}: {error}; check its address, which is what `ray start --head` said",
            about="address",
        ) from error
