"""A release is made whole or not at all; each thing that stands in its way is refused with its reason."""

import configparser
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build.__main__", reason="build, of the extra for developers, is not installed")

from scripts import release
from tests import ROOT

PROJECT = {
    "pyproject.toml": """
[tool.hatch.version]
path = "herd/__init__.py"
[tool.hatch.build.targets.wheel]
packages = ["herd"]
[tool.hatch.build.targets.sdist]
exclude = ["/.ci"]
""",
    "herd/__init__.py": '__version__ = "0.1.0"\n',
    "metadata.txt": "[general]\nname=Herd\nversion=0.1.0\nauthor=Anna\n",
    "CITATION.cff": "cff-version: 1.2.0\nversion: 0.1.0\nlicense: MIT\n",
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Counting.\n",
}


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Anna", "-c", "user.email=anna@example.org")
    return subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def name_for_git(root: Path) -> None:
    """For the program's own commits there: a machine may have no name."""
    git(root, "config", "user.name", "Anna")
    git(root, "config", "user.email", "anna@example.org")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository that states its version as ours does, committed."""
    root = tmp_path / "small"
    root.mkdir()
    write(root, PROJECT)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


def committed(root: Path, files: dict[str, str]) -> None:
    write(root, files)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "More")


def test_the_project_states_one_version() -> None:
    stated = release.stated_versions(ROOT)
    assert len(stated) == 3
    assert len(set(stated.values())) == 1, stated


def test_the_version_is_stated_everywhere_and_the_changelog_s_section_is_closed(small: Path) -> None:
    release.check_ready(small, "0.2.0")
    changed = release.state_version(small, "0.2.0", "2026-12-01")
    assert set(changed) == {"herd/__init__.py", "metadata.txt", "CITATION.cff", "CHANGELOG.md"}
    assert set(release.stated_versions(small).values()) == {"0.2.0"}
    assert (
        "## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- Counting.\n" in (small / changed[-1]).read_text()
    )
    assert "version: 0.2.0\ndate-released: 2026-12-01\n" in (small / "CITATION.cff").read_text()
    committed(small, {})
    with pytest.raises(release.ReleaseError, match="no entry under"):
        release.check_ready(small, "0.3.0")
    # The next release replaces the date.
    release.state_version(small, "0.3.0", "2027-01-02")
    assert (small / "CITATION.cff").read_text().count("date-released") == 1


def test_the_first_release_may_carry_the_version_that_the_files_state(small: Path) -> None:
    release.check_ready(small, "0.1.0")
    git(small, "tag", "v0.1.0")
    with pytest.raises(release.ReleaseError, match=r"the tag v0\.1\.0 exists"):
        release.check_ready(small, "0.1.0")
    release.check_ready(small, "0.1.1")


@pytest.mark.parametrize(
    ("version", "reason"),
    [("0.0.9", "0.0.9 is not newer than 0.1.0"), ("1.0", "'1.0' is no version"), ("v0.2.0", "is no version")],
)
def test_a_version_that_is_none_or_older_is_refused(small: Path, version: str, reason: str) -> None:
    with pytest.raises(release.ReleaseError, match=reason):
        release.check_ready(small, version)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"metadata.txt": "[general]\nversion=0.1.1\n"}, "different versions"),
        ({"metadata.txt": "[general]\n"}, "metadata.txt states 0 versions"),
        ({"CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-11-01\n\n- Old.\n"}, "no entry under"),
        ({"CHANGELOG.md": "# Changelog\n"}, r"0 sections '## \[Unreleased\]'"),
    ],
)
def test_files_that_do_not_fit_are_refused(small: Path, files: dict[str, str], reason: str) -> None:
    committed(small, files)
    with pytest.raises(release.ReleaseError, match=reason):
        release.check_ready(small, "0.2.0")


def test_a_changed_and_an_untracked_file_are_refused(small: Path) -> None:
    write(small, {"herd/new.py": ""})
    with pytest.raises(release.ReleaseError, match=r"not clean: \?\? herd/new.py"):
        release.check_ready(small, "0.2.0")
    git(small, "add", "--all")
    with pytest.raises(release.ReleaseError, match="not clean: A"):
        release.check_ready(small, "0.2.0")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this project's files as they are now, whatever of them is committed."""
    pytest.importorskip("build", reason="a release is built where the tools of development are")
    root = tmp_path_factory.mktemp("ours") / "herdmap"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    replaced = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    head, _, rest = replaced.partition("## [Unreleased]\n")
    (root / "CHANGELOG.md").write_text(f"{head}## [Unreleased]\n\n- Something new.\n{rest}", encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    name_for_git(root)
    return root


@pytest.fixture(scope="module")
def released(ours: Path) -> Path:
    """The same repository after a release of 9.8.7, its tests skipped."""
    root = ours.with_name("released")
    git(ours.parent, "clone", "--quiet", str(ours), str(root))
    name_for_git(root)
    release.release(root, "9.8.7", "2026-12-01", dry_run=False, run_checks=False)
    return root


def test_a_release_is_committed_tagged_and_built(ours: Path, released: Path) -> None:
    assert git(released, "log", "-1", "--format=%s %an").strip() == "Version 9.8.7 Anna"
    assert git(released, "rev-parse", "HEAD^") == git(ours, "rev-parse", "HEAD")
    assert git(released, "rev-parse", "v9.8.7^{commit}") == git(released, "rev-parse", "HEAD")
    assert git(released, "status", "--porcelain") == ""
    assert set(release.stated_versions(released).values()) == {"9.8.7"}
    built = {path.name: path for path in (released / "dist").iterdir()}
    assert set(built) == {"herdmap-9.8.7-py3-none-any.whl", "herdmap-9.8.7.tar.gz", "herdmap-qgis.zip"}
    with zipfile.ZipFile(built["herdmap-9.8.7-py3-none-any.whl"]) as wheel:
        names = wheel.namelist()
    assert {"detector/models/bundled/sheep.onnx", "geo/share/page/page.html", "detector/py.typed"} <= set(names)
    with zipfile.ZipFile(built["herdmap-qgis.zip"]) as plugin:
        metadata = configparser.ConfigParser()
        metadata.read_string(plugin.read("herdmap/metadata.txt").decode("utf-8"))
    assert metadata["general"]["version"] == "9.8.7"


def test_a_wheel_that_lacks_a_file_and_a_plugin_of_another_version_are_found(released: Path, tmp_path: Path) -> None:
    dist = released / "dist"
    names = ("herdmap-9.8.7-py3-none-any.whl", "herdmap-9.8.7.tar.gz", "herdmap-qgis.zip")
    artefacts = release.Artefacts(*(dist / name for name in names))
    release.check_artefacts(released, artefacts, "9.8.7")
    less = tmp_path / artefacts.wheel.name
    with zipfile.ZipFile(artefacts.wheel) as whole, zipfile.ZipFile(less, "w") as part:
        for name in whole.namelist():
            if name != "detector/models/bundled/sheep.onnx":
                part.writestr(name, whole.read(name))
    with pytest.raises(release.ReleaseError, match=r"the wheel lacks detector/models/bundled/sheep\.onnx"):
        release.check_artefacts(released, artefacts._replace(wheel=less), "9.8.7")
    other = restated(artefacts.plugin, tmp_path / "other.zip")
    with pytest.raises(release.ReleaseError, match=r"the plugin states version 19\.8\.7; expected 9\.8\.7"):
        release.check_artefacts(released, artefacts._replace(plugin=other), "9.8.7")


def restated(plugin: Path, other: Path) -> Path:
    """A copy of the plugin's zip whose metadata state another version."""
    with zipfile.ZipFile(plugin) as whole, zipfile.ZipFile(other, "w") as changed:
        for name in whole.namelist():
            text = whole.read(name)
            changed.writestr(name, text.replace(b"\nversion=", b"\nversion=1") if name.endswith("data.txt") else text)
    return other


def test_a_dry_run_changes_nothing(
    ours: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(release, "ROOT", ours)
    before = git(ours, "log", "--format=%H")
    release.main(["9.8.7", "--dry-run", "--skip-checks"])
    said = capsys.readouterr().out
    assert '+__version__ = "9.8.7"' in said
    assert "NOT run: make lint, make plugin, make demo, make docs, make test" in said
    assert "nothing was changed" in said
    assert (git(ours, "log", "--format=%H"), git(ours, "status", "--porcelain"), git(ours, "tag")) == (before, "", "")
    assert not (ours / "dist").exists()


def test_a_failed_build_leaves_nothing_behind(ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "broken"
    git(tmp_path, "clone", "--quiet", str(ours), str(root))
    name_for_git(root)
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    committed(root, {"pyproject.toml": project.replace('"hatchling.build"', '"no_such_backend"')})
    before = git(root, "log", "--format=%H"), git(root, "tag")
    monkeypatch.setattr(release, "ROOT", root)
    with pytest.raises(SystemExit, match=r"release: .* -m build .* failed"):
        release.main(["9.8.7", "--skip-checks"])
    assert (git(root, "log", "--format=%H"), git(root, "tag")) == before
    assert git(root, "status", "--porcelain") == ""
    assert not (root / "dist").exists()


def test_the_program_says_what_it_does() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "release.py"), "--help"], capture_output=True, text=True, check=True
    )
    assert "--dry-run" in done.stdout
