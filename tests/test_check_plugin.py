"""What the plugin site would find in a zip is found before."""

import re
import zipfile
from pathlib import Path

import pytest

from scripts import check_plugin
from tests import ROOT

GOOD = {"herd/__init__.py": "x = 1\n", "herd/metadata.txt": "[general]\n", "herd/LICENSE": "MIT\n"}


def zip_of(path: Path, files: dict[str, str], mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            zipped.writestr(entry, text)
    return path


def test_a_good_zip_has_no_problem(tmp_path: Path) -> None:
    assert list(check_plugin.listed_problems(zip_of(tmp_path / "a.zip", GOOD))) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("herd/wheels/herd.whl", "a program or an archive"),
        ("herd/fast.SO", "a program or an archive"),
        ("herd/.hidden", "a hidden file"),
        ("herd/__pycache__/a.py", "a cache"),
        ("herd/../../a.py", "leads out of the folder"),
        ("other/a.py", "expected one folder"),
    ],
)
def test_a_file_that_does_not_belong_is_found(tmp_path: Path, more: str, said: str) -> None:
    (found,) = check_plugin.listed_problems(zip_of(tmp_path / "a.zip", {**GOOD, more: ""}))
    assert said in found


def test_a_missing_file_and_a_program_are_found(tmp_path: Path) -> None:
    less = {name: text for name, text in GOOD.items() if "LICENSE" not in name}
    found = list(check_plugin.listed_problems(zip_of(tmp_path / "a.zip", less, mode=0o100755)))
    assert found == ["a.zip: has no herd/LICENSE", *(f"{name}: may be executed" for name in less)]


def test_the_tools_find_what_the_site_refuses(tmp_path: Path) -> None:
    for tool in ("bandit", "flake8", "detect_secrets"):
        pytest.importorskip(tool, reason="they come with the tools of development")
    code = "import pickle  # nosec\nx = pickle.load(None)\nassert x\nif x == None:\n    pass\n"
    code += "key = 'AKIA" + "QX7LB3TN5VJ2MW8D" + "'\n"
    found = "\n".join(check_plugin.problems(zip_of(tmp_path / "a.zip", {**GOOD, "herd/bad.py": code})))
    for sign in ("bad.py:2: B301", "bad.py:1: nosec without the rule", "E711", "bad.py:6: AWS Access Key"):
        assert sign in found, found
    assert "B101" not in found


def test_bandit_is_told_what_ruff_is_told() -> None:
    """Ruff's rules of security are bandit's: where a line is safe for the one, it is named for the other."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in ("detector", "geo", "herdmap", "qgis_plugin")
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if (told := re.search(r"noqa:.*\bS(\d{3})\b", line)) and f"nosec B{told.group(1)}" not in line
    ]
    assert wrong == []
