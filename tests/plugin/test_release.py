"""The zip as a user gets it: in an empty profile of a real QGIS, from nothing to counts per region."""

import csv
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def program(*names):
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"none of {', '.join(names)} is here; run make test"
    return found


@pytest.fixture(scope="module")
def installed(plugin_zip, tmp_path_factory):
    """A profile with the plugin switched on and nothing else, in a folder with a space and other alphabets."""
    profiles = tmp_path_factory.mktemp("Käthe 北") / "QGIS 3"
    profile = profiles / "profiles" / "default"
    plugins = profile / "python" / "plugins"
    plugins.mkdir(parents=True)
    with zipfile.ZipFile(plugin_zip) as zipped:
        zipped.extractall(plugins)
    (profile / "QGIS").mkdir()
    (profile / "QGIS" / "QGIS3.ini").write_text(
        "[PythonPlugins]\nherdmap=true\nprocessing=true\n\n[qgis]\ncheckVersion=false\nnewsFeed\\httpfeedqgisorg\\disabled=true\n"
    )
    return profiles


def environment(profiles, tmp_path, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "QGIS_", "PYTHON"))}
    # QGIS looks for its own Python on the path: one that comes before it has no `qgis`, and QGIS asks and waits.
    kept["PATH"] = os.pathsep.join(["/usr/bin", kept["PATH"]])
    return {**kept, "QGIS_CUSTOM_CONFIG_PATH": str(profiles), "XDG_RUNTIME_DIR": str(tmp_path), **more}


def read_counts(text):
    return [[row["region"], row["class"], int(row["count"])] for row in csv.DictReader(io.StringIO(text))]


def test_from_nothing_to_reviewed_counts_per_region(installed, practice, herdmap, tmp_path):
    shots = Path(os.environ.get("HERDMAP_SHOTS", tmp_path / "shots"))
    shots.mkdir(parents=True, exist_ok=True)
    by_toolbar, to_do, seen_file = tmp_path / "by toolbar.gpkg", tmp_path / "to do.json", tmp_path / "seen.json"
    to_do.write_text(
        json.dumps({"survey": str(practice), "output": str(by_toolbar), "shots": str(shots), "seen": str(seen_file)})
    )
    screen = [program("xvfb-run"), "-a", "-s", "-screen 0 1600x1000x24", program("qgis.bin", "qgis")]
    options = ["--noversioncheck", "--nologo", "--profiles-path", str(installed), "--code", str(HERE / "drive_qgis.py")]
    ended = subprocess.run(
        [*screen, *options],
        env=environment(installed, tmp_path, HERDMAP_DRIVE=str(to_do)),
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert seen_file.exists(), ended.stderr[-3000:]
    seen = json.loads(seen_file.read_text(encoding="utf-8"))
    assert "error" not in seen, seen["error"]
    assert len(seen["actions"]) == 7
    assert "not set up yet" in seen["first run"]
    assert seen["set up"].startswith("Ready")
    assert "orthomosaic" in seen["filled in"]["IMAGERY"]
    assert str(practice / "orthomosaic_animals.gpkg") in seen["filled in"]["OUTPUT"]
    assert seen["detect"][0] is True
    assert seen["detections"] == seen["detect"][1]["DETECTIONS"] > 40
    assert {"Detections", "Counts", "Images"} <= set(seen["groups"]["by toolbar"])
    assert seen["renderer"] == "RuleRenderer"
    assert seen["count's survey"] == str(by_toolbar)
    assert seen["count's regions"]
    assert seen["counts"] == read_counts(herdmap("count", by_toolbar, "--regions", practice / "regions.gpkg"))
    assert seen["labelled"]

    # The same profile without a window; its environment is the one that the button made.
    by_process, counts = tmp_path / "by qgis_process.gpkg", tmp_path / "counts.csv"
    qgis_process = program("qgis_process.bin", "qgis_process")
    windowless = environment(installed, tmp_path, QT_QPA_PLATFORM="offscreen")

    def process(*arguments):
        ended = subprocess.run([qgis_process, *arguments], env=windowless, capture_output=True, text=True, timeout=200)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    said = process("run", "herdmap:check")
    assert str(installed) in said
    regions = practice / "regions.gpkg"
    process(
        "run",
        "herdmap:detect",
        "--",
        f"IMAGERY={practice / 'orthomosaic.tif'}",
        f"REGIONS={regions}",
        f"OUTPUT={by_process}",
    )
    process("run", "herdmap:count", "--", f"SURVEY={by_process}", f"REGIONS={regions}", f"OUTPUT={counts}")
    # Nobody reviewed this one: the counts are those of a plain `herdmap count`.
    assert read_counts(counts.read_text()) == read_counts(herdmap("count", by_process, "--regions", regions))
    assert sum(n for _, _, n in read_counts(counts.read_text())) == seen["detections"]
    made = installed / "profiles" / "default" / "cache" / "herdmap"
    assert [entry.name for entry in made.iterdir() if entry.is_dir()] == ["e1"]
