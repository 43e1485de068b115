"""A hosted MLflow, on this computer: MLflow's own server behind a door that asks for a token or a password.

    python -m tests.detector.training.mlflow_server FOLDER

It is a process of its own, as MLflow's server changes what MLflow's clients in its process report to. It prints its
address, and keeps what it gets in FOLDER.
"""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import ROOT

TOKEN, USER, PASSWORD = "a-token-of-an-hour", "survey", "secret"  # of a server that only these tests know
PROOFS = (f"Bearer {TOKEN}", f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}")


@dataclass(frozen=True)
class Hosted:
    """The server, as its guests see it.

    Attributes:
        uri: Its address.
        folder: Where it keeps what it gets. While there is a file `refuse`, it refuses with the status in the file.
    """

    uri: str
    folder: Path

    @property
    def with_password(self) -> str:
        """Its address with a user's name and password in it."""
        return self.uri.replace("//", f"//{USER}:{PASSWORD}@")

    def refuse(self, status: str) -> None:
        """Answer every request with a status from now on, such as `503 Service Unavailable`; '' to serve again."""
        (self.folder / "refuse").write_text(status, encoding="utf-8")

    @property
    def refused(self) -> int:
        """How many requests it has refused."""
        return len(_text_in(self.folder / "refused"))


def _text_in(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


@contextmanager
def mlflow_server(folder: Path) -> Iterator[Hosted]:
    """The server as a process, while the `with` lasts."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", __name__, str(folder)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Hosted(process.stdout.readline().strip(), folder)
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ |= {
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder / 'hosted.db'}",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(folder / "artifacts"),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    from mlflow.server import app
    from werkzeug.serving import make_server

    def door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status = _text_in(folder / "refuse")
        if not status and environ.get("HTTP_AUTHORIZATION") not in PROOFS:
            status = "401 Unauthorized"
        if status:
            with (folder / "refused").open("a", encoding="utf-8") as file:
                file.write("x")
            start_response(status, [("Content-Type", "text/plain")])
            return [status.encode()]
        answer: Iterable[bytes] = app(environ, start_response)
        return answer

    server = make_server("127.0.0.1", 0, door, threaded=True)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
