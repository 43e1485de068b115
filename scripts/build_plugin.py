"""Build the QGIS plugin's zip: the same bytes from the same files, whoever builds it and when.

    python scripts/build_plugin.py OUT.zip [WHEEL]
    python scripts/build_plugin.py --checkout

In it is one folder, `herdmap`, with what is in qgis_plugin/ (of its translations, the compiled ones), metadata.txt,
LICENSE, the counting rule of geo/, and what the plugin installs in an environment of its own: the detector, and the
versions of its packages that were tested. The plugin site takes no archive inside the zip, so the detector's wheel is
unpacked into the folder `sources`, and the plugin packs it again. Without a WHEEL, it is built here. With --checkout no
zip is built: the checkout's own qgis_plugin/ gets what it lacks, so that it runs where it lies.
"""

import configparser
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "herdmap"
# What the plugin needs of the rest of the checkout. In the checkout's qgis_plugin/ these are copies, which git ignores.
CARRIED = {
    "constraints.txt": ROOT / "constraints.txt",
    "counting_rule.py": ROOT / "geo" / "counting_rule.py",
    "crashed_database.py": ROOT / "geo" / "crashed_database.py",
    "foreign_database.py": ROOT / "geo" / "foreign_database.py",
    "metadata.txt": ROOT / "metadata.txt",
    "process_tree.py": ROOT / "geo" / "process_tree.py",
    "searched_cells.py": ROOT / "geo" / "searched_cells.py",
}
# The plugin site takes no more.
LARGEST = 25_000_000
SOURCE_OF_TRANSLATIONS = ".ts"  # QGIS reads the .qm files that scripts/translations.py makes of them
KINDS = {".py", ".svg", ".txt", ".md", ".qml", ".qm", ".html", ".css", ".jpg", ".png", ""}
# What the detector has beside: scripts of pages, the weights of models, which are data, and a mark of types.
SOURCE_KINDS = {*KINDS, ".js", ".toml", ".onnx", ".typed"}


def files(wheel: Path) -> dict[str, bytes]:
    """What belongs in the zip by its name there, in the order of the names."""
    found = {}
    for path in (ROOT / "qgis_plugin").rglob("*"):
        inside = path.relative_to(ROOT / "qgis_plugin")
        hidden = any(part == "__pycache__" or part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and path.suffix != SOURCE_OF_TRANSLATIONS:
            found[inside.as_posix()] = path.read_bytes()
    found.update((name, path.read_bytes()) for name, path in CARRIED.items())
    # By its path: the scripts are no package, and the plugin's tests import this file where Markdown is missing.
    pages: dict[str, bytes] = runpy.run_path(str(Path(__file__).with_name("help_pages.py")))["help_pages"]()
    found.update((f"pages/{name}", content) for name, content in pages.items())
    found.update((name, (ROOT / name).read_bytes()) for name in ("LICENSE", "CHANGELOG.md"))
    with zipfile.ZipFile(wheel) as packed:
        found.update((f"sources/{name}", packed.read(name)) for name in packed.namelist())
    for name in found:
        kind = PurePosixPath(name).suffix
        if kind not in (SOURCE_KINDS if name.startswith("sources/") else KINDS):
            sys.exit(f"{name}: a {kind} file does not belong in the plugin; add its kind to {Path(__file__).name}")
    return {f"{FOLDER}/{name}": content for name, content in sorted(found.items())}


def copy_carried(plugin: Path = ROOT / "qgis_plugin") -> None:
    """Give the plugin's folder its copies, if it has none or old ones. Tests may do this at the same time."""
    for name, source in CARRIED.items():
        copy = plugin / name
        if not copy.is_file() or copy.read_bytes() != source.read_bytes():
            part = copy.with_name(f"{name}.{os.getpid()}.partial")
            shutil.copyfile(source, part)
            part.replace(copy)


def build_wheel(folder: Path) -> Path:
    """The detector's wheel, reproducible."""
    command = [sys.executable, "-P", "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True, env=environment)
    (wheel,) = folder.glob("*.whl")
    return wheel


def build(output: Path, wheel: Path | None = None) -> None:
    """Write the zip, whole or not at all, with the detector of this wheel."""
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_suffix(".partial")
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped,
    ):
        inside = files(wheel or build_wheel(Path(folder)))
        for name, content in inside.items():
            entry = zipfile.ZipInfo(name)  # of 1980, the first moment that a zip knows
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            zipped.writestr(entry, content, compresslevel=9)
    size = part.stat().st_size
    if size > LARGEST:
        sys.exit(f"{part}: {size / 1e6:.1f} MB; the plugin site takes 25 MB")
    part.replace(output)
    print(f"{output}: {size / 1e6:.1f} MB, {len(inside)} files")
    for line in summary(inside):
        print(f"  {line}")
    if wanting := unfilled(ROOT / "metadata.txt"):
        print(f"for the plugin site, metadata.txt still needs: {', '.join(wanting)}", file=sys.stderr)


def summary(inside: dict[str, bytes]) -> Iterator[str]:
    """A line for each kind of file, in the plugin, its `pages` and its `sources`: how many, and their size unpacked."""
    sizes: dict[tuple[str, str], list[int]] = {}
    for name, content in inside.items():
        inner = name.split("/")[1]
        part = inner if inner in ("sources", "pages") else "plugin"
        sizes.setdefault((part, PurePosixPath(name).suffix or "no ending"), []).append(len(content))
    for (part, kind), each in sorted(sizes.items()):
        yield f"{part}: {kind}, {len(each)} files, {sum(each) / 1e6:.2f} MB"


def unfilled(metadata: Path) -> list[str]:
    """What the plugin site asks for beside the rest, and only whoever publishes the plugin knows.

    A domain of RFC 2606, as example.org, is nobody's.
    """
    read = configparser.ConfigParser()
    read.read_string(metadata.read_text(encoding="utf-8"))
    known = read["general"]
    nobody = re.compile(r"example(\.(com|net|org))?$|\.(example|invalid|test)$")
    wanting = ["email"] if nobody.search(known.get("email", "example")) else []
    return [*wanting, *(name for name in ("homepage", "repository", "tracker") if not known.get(name, "").strip())]


if __name__ == "__main__":
    if sys.argv[1] == "--checkout":
        copy_carried()
    else:
        build(*map(Path, sys.argv[1:3]))
