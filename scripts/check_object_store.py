#!/usr/bin/env python3
"""Parts in an S3 store: both engines against a server of the S3 API on this machine, with a real client behind s3fs.

Not among the tests, as the server and the client weigh more than all else that those need:

    pip install '.[ray]' s3fs 'moto[server]'
    python scripts/check_object_store.py

Says OK or what was wrong for: the same rows as with parts on disk, from this process and from two workers on Ray; a
worker that is killed; a run that is given again; --fresh; a bucket that is not there.
"""

import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.kill import content, make_survey  # noqa: E402
from detector import survey  # noqa: E402
from detector.errors import DetectorError  # noqa: E402
from detector.search import storage  # noqa: E402
from tests.detector.survey.cluster_processes import workers  # noqa: E402


class Meddling(survey.Watcher):
    """Does something once, after so many photos."""

    def __init__(self, after: int, meddle: Callable[[], None]) -> None:
        self._left, self._meddle = after, meddle

    def progress(self, progress: survey.Progress) -> None:
        self._left -= 1
        if self._left == 0:
            self._meddle()


def main() -> None:
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # What boto3 and s3fs both read, also in the workers.
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    boto3.client("s3").create_bucket(Bucket="survey")
    wrong = 0

    def check(what: str, right: bool) -> None:
        nonlocal wrong
        wrong += not right
        print(f"{'OK   ' if right else 'WRONG'} {what}", flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        photos = make_survey(folder / "survey")
        count = len(list(photos.iterdir()))
        cluster = survey.Cluster(workers=2)

        def detect(name: str, parts: str | None, **how: object) -> survey.Outcome:
            settings = survey.Settings(parts=parts)
            return survey.detect([photos], folder / f"{name}.gpkg", device="cpu", settings=settings, **how)  # type: ignore[arg-type]

        detect("disk", None)
        expected = content(folder / "disk.gpkg")
        store = storage.folder("s3://survey/local run")

        detect("local", "s3://survey/local run")
        check("this process: the rows of a run with parts on disk", content(folder / "local.gpkg") == expected)
        check(f"{count} parts in the store", sum(name.endswith(".part") for name in store.names()) == count)
        check("given again: nothing is searched", detect("local", "s3://survey/local run").profile.tiles == 0)
        detect("local", "s3://survey/local run", fresh=True)
        check("--fresh: the same rows", content(folder / "local.gpkg") == expected)

        detect("ray", "s3://survey/ray", cluster=cluster)
        check("two workers on Ray: the same rows", content(folder / "ray.gpkg") == expected)
        check("given again, here: nothing is searched", detect("ray", "s3://survey/ray").profile.tiles == 0)

        def kill() -> None:
            os.kill(workers(os.getpid())[0], signal.SIGKILL)

        detect("killed", "s3://survey/killed", cluster=cluster, watcher=Meddling(5, kill))
        check("a worker killed: the same rows", content(folder / "killed.gpkg") == expected)
        try:
            detect("nowhere", "s3://no-such-bucket/x")
            check("a bucket that is not there is an error", False)
        except (DetectorError, OSError) as error:
            check(f"a bucket that is not there is an error of one line: {error}", "\n" not in str(error))
    server.stop()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
