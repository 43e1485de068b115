"""Check the plugin's zip as the plugin site does: its file list, bandit, flake8 and detect-secrets. Says what is wrong.

    python scripts/check_plugin.py OUT.zip

The site refuses a version with findings. Which rules it applies is in its repository, QGIS-Plugins-Website; these are
the rules of July 2026. Whoever uploads may switch off rules that the site calls warnings: that is `SWITCHED_OFF`.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

LARGEST = 25_000_000
# An assert states what the code itself guarantees, for readers and type checkers. No input reaches one.
SWITCHED_OFF = ("B101",)
# Bandit's rules that the site leaves out.
NOT_ASKED = ("B109", "B404", "B410", "B411")
FLAKE8 = (
    "C901,E101,E711,E712,E713,E714,E721,E722,E731,E741,E742,E743,E901,E902,E999,"
    "F402,F403,F404,F405,F811,F821,F822,F823,F831,F901,W605"
)
PROGRAMS = {".exe", ".dll", ".so", ".dylib", ".bat", ".sh", ".ps1", ".cmd", ".pyc", ".pyd"}
ARCHIVES = {".zip", ".whl", ".tar", ".gz", ".bz2", ".xz", ".7z", ".jar"}


def problems(plugin: Path) -> Iterator[str]:
    """A line for each thing that the site would find in this zip."""
    yield from listed_problems(plugin)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(plugin) as zipped:
            zipped.extractall(folder)
        for found in (bandit(Path(folder)), flake8(Path(folder)), secrets(Path(folder))):
            yield from (line.replace(f"{folder}/", "") for line in found)


def listed_problems(plugin: Path) -> Iterator[str]:
    """What is wrong with the zip's size, names and kinds of files."""
    if plugin.stat().st_size > LARGEST:
        yield f"{plugin.name}: {plugin.stat().st_size / 1e6:.1f} MB; the site takes {LARGEST / 1e6:.0f} MB"
    with zipfile.ZipFile(plugin) as zipped:
        entries = zipped.infolist()
    folders = {entry.filename.split("/")[0] for entry in entries}
    if len(folders) != 1 or not next(iter(folders)).isidentifier():
        yield f"{plugin.name}: has {sorted(folders)}; expected one folder whose name is an identifier"
    (folder, *_) = sorted(folders)
    names = {entry.filename for entry in entries}
    for needed in ("LICENSE", "metadata.txt", "__init__.py"):
        if f"{folder}/{needed}" not in names:
            yield f"{plugin.name}: has no {folder}/{needed}"
    for entry in entries:
        parts, kind = entry.filename.split("/"), PurePosixPath(entry.filename).suffix.lower()
        if ".." in parts or entry.filename.startswith("/") or re.search(r"\\|^[A-Za-z]:", entry.filename):
            yield f"{entry.filename}: a name that leads out of the folder"
        if {"__MACOSX", ".git", "__pycache__"} & set(parts) or parts[-1].startswith("."):
            yield f"{entry.filename}: a hidden file or a cache"
        if kind in PROGRAMS | ARCHIVES:
            yield f"{entry.filename}: a program or an archive"
        if (entry.external_attr >> 16) & 0o111:
            yield f"{entry.filename}: may be executed"


def bandit(folder: Path) -> Iterator[str]:
    """Findings of bandit."""
    skipped = ",".join((*SWITCHED_OFF, *NOT_ASKED))
    done = run("bandit", "--recursive", str(folder), "--format", "json", "--quiet", "--skip", skipped)
    report = json.loads(done)
    for error in report["errors"]:
        yield f"bandit cannot read {error['filename']}: {error['reason']}"
    for one in report["results"]:
        yield f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
    for path in sorted(folder.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"#\s*nosec(?!:?\s*B\d)", line):
                yield f"{path}:{number}: nosec without the rule that it means"


def flake8(folder: Path) -> Iterator[str]:
    """Findings of flake8, with the site's rules."""
    yield from run("flake8", "--isolated", "--max-line-length=120", f"--select={FLAKE8}", str(folder)).splitlines()


def secrets(folder: Path) -> Iterator[str]:
    """Findings of detect-secrets, which looks only into its current folder."""
    done = run("detect_secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", ".", cwd=folder)
    for name, found in json.loads(done)["results"].items():
        yield from (f"{name}:{one['line_number']}: {one['type']}" for one in found)


def run(program: str, *arguments: str, cwd: Path | None = None) -> str:
    """What a program of this Python's environment prints. It may end with 1, which says that it found something."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-P", "-m", program, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode not in (0, 1) or (done.returncode and not done.stdout):
        sys.exit(f"{program} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def main(plugin: Path) -> None:
    found = list(problems(plugin))
    for line in found:
        print(line)
    if found:
        sys.exit(f"{plugin}: the plugin site would find {len(found)} problems")
    print(f"{plugin}: bandit, flake8 and detect-secrets find nothing; on upload, switch off {', '.join(SWITCHED_OFF)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
