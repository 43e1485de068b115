"""Make a release: one command sets the version, closes the changelog's section, checks, builds, commits and tags.

    .venv/dev/bin/python scripts/release.py 0.2.0 --dry-run    # all of it, in a copy that is thrown away
    .venv/dev/bin/python scripts/release.py 0.2.0

All work is done in a clone. Only when every step has held does this repository get the commit and the tag, and `dist/`
the wheel, the source distribution and the plugin's zip. So a release that fails leaves nothing behind. Nothing is
published: the last lines say what is left to do.
"""

import argparse
import configparser
import datetime
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from email.parser import Parser
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# What has to pass first: targets of the Makefile.
CHECKS = ("lint", "plugin", "demo", "docs", "test")
# Files that state the version beside the package itself. `tests/test_release.py` holds them to one version.
STATED = {"metadata.txt": r"^version=(.+)$", "CITATION.cff": r"^version: (.+)$"}
STATED_IN_PACKAGE = r'^__version__ = "(.+)"$'
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class ReleaseError(Exception):
    """The release cannot be made. The message is one line: what was found and what was expected."""


class Artefacts(NamedTuple):
    """The files of a release."""

    wheel: Path
    source: Path
    plugin: Path


def run(*command: str | Path, cwd: Path, quiet: bool = True, **environment: str) -> str:
    """Run a program, with these variables over the environment, and return what it printed.

    Raises:
        ReleaseError: It failed.
    """
    variables = {**os.environ, **environment}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=variables, capture_output=quiet, text=True, check=False)
    if done.returncode:
        said = f":\n{done.stdout}{done.stderr}".rstrip() if quiet else ""
        raise ReleaseError(f"{' '.join(map(str, command))} failed with code {done.returncode}{said}")
    return done.stdout or ""


def project(root: Path) -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def stated_versions(root: Path) -> dict[str, str]:
    """The version that each file states, by the file's path."""
    places = {project(root)["tool"]["hatch"]["version"]["path"]: STATED_IN_PACKAGE, **STATED}
    found = {}
    for name, pattern in places.items():
        versions = re.findall(pattern, (root / name).read_text(encoding="utf-8"), re.M)
        if len(versions) != 1:
            raise ReleaseError(f"{name} states {len(versions)} versions; expected one line like {pattern}")
        found[name] = versions[0]
    return found


def check_ready(root: Path, version: str) -> None:
    """Check that this repository can become this version.

    Raises:
        ReleaseError: The version is no newer one, the tag exists, a file is changed or untracked, the files state
            different versions, or the changelog has nothing to release.
    """
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version; expected three numbers, such as 0.2.0")
    if changed := run("git", "status", "--porcelain", cwd=root).strip():
        raise ReleaseError(f"the tree is not clean: {changed.splitlines()[0].strip()}; commit or remove it first")
    stated = stated_versions(root)
    if len(set(stated.values())) != 1:
        raise ReleaseError(f"the files state different versions: {stated}")
    now = next(iter(stated.values()))
    released = run("git", "tag", "--list", "v*", cwd=root).split()
    if f"v{version}" in released:
        raise ReleaseError(f"the tag v{version} exists: this version was released")
    # The first release may carry the version that the files have stated from the start.
    if as_numbers(version) < as_numbers(now) or (f"v{now}" in released and version == now):
        raise ReleaseError(f"{version} is not newer than {now}")
    if not unreleased(root):
        raise ReleaseError("CHANGELOG.md has no entry under [Unreleased]: a user would not know what changed")


def as_numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def unreleased(root: Path) -> str:
    """The entries of the changelog that are in no release yet; empty where there is none."""
    sections = re.split(r"^## ", (root / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    found = [section for section in sections if section.startswith("[Unreleased]")]
    if len(found) != 1:
        raise ReleaseError(f"CHANGELOG.md has {len(found)} sections '## [Unreleased]'; expected one")
    body = found[0].removeprefix("[Unreleased]").strip()
    return body if re.search(r"^- ", body, re.M) else ""


def state_version(root: Path, version: str, date: str) -> list[str]:
    """Write the version into every file that states it, and close the changelog's section; the files that changed."""
    package = project(root)["tool"]["hatch"]["version"]["path"]
    replace(root / package, STATED_IN_PACKAGE, f'__version__ = "{version}"')
    replace(root / "metadata.txt", STATED["metadata.txt"], f"version={version}")
    replace(
        root / "CITATION.cff", r"^version: .+\n(?:date-released: .+\n)?", f"version: {version}\ndate-released: {date}\n"
    )
    replace(root / "CHANGELOG.md", r"^## \[Unreleased\]$", f"## [Unreleased]\n\n## [{version}] - {date}")
    return [package, *STATED, "CHANGELOG.md"]


def replace(path: Path, pattern: str, text: str) -> None:
    """Put `text` in the one place where the pattern is found."""
    before = path.read_text(encoding="utf-8")
    after, times = re.subn(pattern, lambda _: text, before, flags=re.M)
    if times != 1:
        raise ReleaseError(f"{path.name}: {pattern} is there {times} times; expected once")
    path.write_text(after, encoding="utf-8")


def build(root: Path, folder: Path) -> Artefacts:
    """Build the source distribution, from it the wheel, and the plugin's zip with that wheel."""
    # From the source distribution: so a file that it lacks is missed here and not by whoever builds from it.
    command = (sys.executable, "-P", "-m", "build", "--outdir", folder, root)
    run(*command, cwd=root, SOURCE_DATE_EPOCH="315532800", PIP_CONSTRAINT=str(root / "constraints.txt"))
    (wheel,) = folder.glob("*.whl")
    (source,) = folder.glob("*.tar.gz")
    plugin = folder / "herdmap-qgis.zip"
    run(sys.executable, root / "scripts" / "build_plugin.py", plugin, wheel, cwd=root)
    return Artefacts(wheel, source, plugin)


def check_artefacts(root: Path, artefacts: Artefacts, version: str) -> None:
    """Check that the files of a release hold what git tracks, state the version, and belong together.

    Raises:
        ReleaseError: Something is missing, superfluous or of another version.
    """
    tracked = set(run("git", "ls-files", cwd=root).splitlines())
    settings = project(root)["tool"]["hatch"]["build"]["targets"]["wheel"]
    expected = {name for name in tracked if name.startswith(tuple(f"{package}/" for package in settings["packages"]))}
    expected |= set(settings.get("force-include", {}).values())
    with zipfile.ZipFile(artefacts.wheel) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        metadata = wheel.read(f"herdmap-{version}.dist-info/METADATA").decode("utf-8")
    compare("the wheel", names, expected)
    if (said := Parser().parsestr(metadata)["Version"]) != version:
        raise ReleaseError(f"the wheel states version {said}; expected {version}")
    with tarfile.open(artefacts.source) as source:
        names = {member.name.split("/", 1)[1] for member in source.getmembers() if member.isfile()}
    left_out = tuple(
        f"{name.strip('/')}/" for name in project(root)["tool"]["hatch"]["build"]["targets"]["sdist"]["exclude"]
    )
    compare(
        "the source distribution", names - {"PKG-INFO"}, {name for name in tracked if not name.startswith(left_out)}
    )
    with zipfile.ZipFile(artefacts.plugin) as plugin:
        config = configparser.ConfigParser()
        config.read_string(plugin.read("herdmap/metadata.txt").decode("utf-8"))
        sources = {name: plugin.read(name) for name in plugin.namelist() if name.startswith("herdmap/sources/")}
    if (said := config["general"]["version"]) != version:
        raise ReleaseError(f"the plugin states version {said}; expected {version}")
    if {name.removeprefix("herdmap/sources/"): sources[name] for name in sources} != contents(artefacts.wheel):
        raise ReleaseError("the detector in the plugin's zip is another than the wheel of the release")


def compare(what: str, names: set[str], expected: set[str]) -> None:
    if missing := sorted(expected - names):
        raise ReleaseError(f"{what} lacks {', '.join(missing[:5])} ({len(missing)} in all)")
    if more := sorted(names - expected):
        raise ReleaseError(f"{what} holds {', '.join(more[:5])} ({len(more)} in all), which git does not track")


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel. Those of the same source may be zipped with other bytes."""
    with zipfile.ZipFile(wheel) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def try_wheel(root: Path, wheel: Path) -> str:
    """Install the wheel into a new environment, away from the source, and run the demo. Returns what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(sys.executable, root / "scripts" / "venv.py", place / "venv", cwd=place)
        programs = place / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        pip: list[str | Path] = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*pip, "--constraint", root / "constraints.txt", wheel, cwd=place)
        return run(programs / "herdmap", "demo", "-o", place / "demo", cwd=place)


def release(root: Path, version: str, date: str, *, dry_run: bool, run_checks: bool = True) -> None:
    """Make a release of the commit that is checked out in `root`.

    Raises:
        ReleaseError: A step failed; the repository and `dist/` are as they were.
    """
    check_ready(root, version)
    if run_checks:
        for target in CHECKS:
            print(f"make {target}", flush=True)
            run("make", target, cwd=root, quiet=False)
        if changed := run("git", "status", "--porcelain", cwd=root).strip():
            raise ReleaseError(f"the checks left files behind: {changed.splitlines()[0].strip()}")
    else:
        print(f"NOT run: {', '.join(f'make {target}' for target in CHECKS)}")
    with tempfile.TemporaryDirectory() as folder:
        clone, built = Path(folder) / "herdmap", Path(folder) / "dist"
        run("git", "clone", "--quiet", root, clone, cwd=root)
        changed_files = state_version(clone, version, date)
        print(run("git", "diff", "--unified=0", cwd=clone))
        person = [
            f"{key}={value}"
            for key in ("user.name", "user.email")
            if (value := run("git", "config", "--default", "", key, cwd=root).strip())
        ]
        identity = [part for setting in person for part in ("-c", setting)]
        run("git", *identity, "commit", "--quiet", "--message", f"Version {version}", *changed_files, cwd=clone)
        run("git", *identity, "tag", "--annotate", f"v{version}", "--message", f"Herdmap {version}", cwd=clone)
        artefacts = build(clone, built)
        check_artefacts(clone, artefacts, version)
        for path in artefacts:
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, holds what it should")
        if run_checks:
            print(try_wheel(clone, artefacts.wheel))
        else:
            print("NOT tried: the wheel in a new environment")
        if dry_run:
            print("a dry run: nothing was changed")
            return
        run("git", "pull", "--quiet", "--ff-only", clone, "HEAD", cwd=root)
        run("git", "fetch", "--quiet", clone, f"refs/tags/v{version}:refs/tags/v{version}", cwd=root)
        (root / "dist").mkdir(exist_ok=True)
        for path in artefacts:
            shutil.copyfile(path, root / "dist" / path.name)
    print(f"committed and tagged v{version}; its files are in {root / 'dist'}")
    print(
        "left to do by hand: push the commit and the tag, upload the wheel and the source distribution, publish the zip"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Make a release of Herdmap. Nothing is published.")
    parser.add_argument("version", help="the new version, such as 0.2.0")
    parser.add_argument("--dry-run", action="store_true", help="do everything in a copy, and change nothing here")
    parser.add_argument(
        "--skip-checks",
        action="store_true",
        help=f"do not run {', '.join(f'make {target}' for target in CHECKS)} and the demo from the wheel",
    )
    given = parser.parse_args(arguments)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    try:
        release(ROOT, given.version, today, dry_run=given.dry_run, run_checks=not given.skip_checks)
    except ReleaseError as error:
        sys.exit(f"release: {error}")


if __name__ == "__main__":
    main()
