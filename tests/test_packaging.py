"""What a wheel puts into an environment: a decision, because `codemods` and `proxy` are common names."""

import configparser
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in the wheel, and its entry points; built from a copy, so that the tree stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    tree.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    for name in ("migrator", "codemods", "proxy", "tests", "scripts"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    done = subprocess.run([*build, str(tree)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        (entry,) = [name for name in names if name.endswith("/entry_points.txt")]
        points = configparser.ConfigParser()
        points.read_string(archive.read(entry).decode())
    return names, points


def test_the_top_level_names(wheel):
    names, _ = wheel
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name.partition("/")[0]}
    assert tops == {"migrator", "codemods", "proxy"}


def test_the_console_scripts(wheel):
    _, points = wheel
    assert {section: dict(points[section]) for section in points.sections()} == {
        "console_scripts": {"migrate": "migrator.__main__:main"}
    }


def test_every_module_template_and_marker_is_in_it(wheel):
    names, _ = wheel
    wanted = {
        file.relative_to(ROOT).as_posix()
        for package in ("migrator", "codemods", "proxy")
        for pattern in ("*.py", "*.j2", "py.typed")
        for file in (ROOT / package).rglob(pattern)
    }
    assert wanted - set(names) == set()


def test_nothing_of_tests_or_caches_is_in_it(wheel):
    names, _ = wheel
    assert [name for name in names if "__pycache__" in name or "tests" in name.split("/")] == []
