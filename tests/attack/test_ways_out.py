"""Imagery and vector files reach neither the network nor files elsewhere."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.attack import ways_out
from tests.command_line import ENVIRONMENT

# Reads each file as a survey does. With ALL_DRIVERS, GDAL was loaded before, as in a program that uses it for other
# things: then what is checked before a file is opened holds alone.
READS = """
import json, os, sys
if os.environ.get("ALL_DRIVERS"):
    import rasterio, pyogrio
    with rasterio.Env():
        pass
from pathlib import Path
from geo.errors import GeoError
from geo.raster import RasterReader, read_preview, inspect
from geo.vector import read_features
for path, image in json.load(sys.stdin):
    print(json.dumps("begin " + path), flush=True)
    try:
        if image:
            inspect(path)
            with RasterReader(path) as reader:
                reader.read(0, 0, reader.info.width, reader.info.height)
                reader.read(0, 0, reader.info.width, reader.info.height, (16, 16))
            read_preview(path, 16)
        else:
            read_features(path)
        said = None
    except GeoError as error:
        said = str(error)
    print(json.dumps([path, said]), flush=True)
"""


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_HEAD = do_POST = _answer

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("drivers", ["only ours", "all"])
def test_no_file_reaches_the_network_or_another_file(tmp_path: Path, drivers: str) -> None:
    secret = tmp_path / "secret.tif"
    secret.write_bytes(ways_out._tiff())
    with listening() as (url, asked):
        ways = ways_out.make(tmp_path / "in", url, secret)
        assert len(ways) >= 30
        environment = {**ENVIRONMENT, "ALL_DRIVERS": "1" if drivers == "all" else "", "NO_PROXY": "127.0.0.1"}
        environment |= {"no_proxy": "127.0.0.1", "GDAL_HTTP_TIMEOUT": "5"}
        done = subprocess.run(
            [sys.executable, "-c", READS],
            input=json.dumps([[os.fspath(way.path), way.image] for way in ways]),
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-300:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = {Path(line[0]): line[1] for line in lines if isinstance(line, list)}
    assert asked == []
    assert not [way.path for way in ways if said[way.path] is None and not way.survives]
    assert not [text for text in said.values() if text is not None and ("\n" in text or len(text) > 300)]
