"""The detector that the plugin carries: the files of its wheel as they are, and the wheel that pip installs.

The plugin site takes no archives inside the zip, so the build unpacks the wheel into `sources/`. Here it is packed
again, which needs no build tool and no network.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..translation import tr

SOURCES = Path(__file__).parents[1] / "sources"
# Model weights are the largest of its files, with 4 MB.
_MOST_BYTES = 64 * 1024 * 1024


class CarriedError(Exception):
    """The files are not those of the plugin's zip. The message says which and what to do."""


class Carried(NamedTuple):
    """The detector in the folder `sources`, of this version. `record` lists its files with their hashes."""

    sources: Path
    version: str
    record: Path

    @property
    def digest(self) -> str:
        """What tells this detector from another, also from one of the same version."""
        return hashlib.sha256(self.record.read_bytes()).hexdigest()

    def pack(self, folder: Path) -> Path:
        """Write its wheel into `folder`. Only files that the record lists go in, each with the hash that it states.

        Raises CarriedError, OSError.
        """
        wheel = folder / f"herdmap-{self.version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, stated in self._files():
                path = self.sources / name
                if not path.is_file() or path.stat().st_size > _MOST_BYTES:
                    raise CarriedError(_broken(name))
                content = path.read_bytes()
                if stated and stated != _record_hash(content):
                    raise CarriedError(_broken(name))
                packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return wheel

    def _files(self) -> Iterator[tuple[str, str]]:
        """(name, stated hash) of each file; the record itself has none."""
        with self.record.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                if len(row) < 2 or ".." in row[0].split("/") or row[0].startswith("/") or "\\" in row[0]:
                    raise CarriedError(_broken(self.record.name))
                yield row[0], row[1]


def carried() -> Carried | None:
    """The detector inside the plugin; None in a checkout of the source."""
    records = sorted(SOURCES.glob("herdmap-*.dist-info/RECORD"))
    if not records:
        return None
    version = records[-1].parent.name[len("herdmap-") : -len(".dist-info")]
    return Carried(SOURCES, version, records[-1])


def _record_hash(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return "sha256=" + digest.decode("ascii")


def _broken(name: str) -> str:
    return tr("{name} is missing in the plugin's folder, or changed. Install the plugin again from its zip.").format(
        name=name
    )
