"""What converting costs beside parsing and writing the same modules by libcst, and how it grows with the routes."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.bench.ratio import Ratio, medians, migrate

SIZES = (10, 250, 1000)
ROUNDS = 5

HEAD = "from flask import Flask, abort, jsonify, request\n\napp = Flask(__name__)\nITEMS = {1: 'kettle'}\n"
ROUTE = '''

@app.get("/shelf{number}/<int:item_id>")
def show_{number}(item_id):
    """Show an item of shelf {number}."""
    if item_id not in ITEMS:
        abort(404)
    currency = request.args.get("currency", "EUR")
    page = request.args.get("page", 1, type=int)
    return jsonify(id=item_id, currency=currency, page=page, name=ITEMS[item_id]), 200
'''

# Without the garbage collector, as `apply` converts: with it libcst takes half as long again for large modules.
ROUND_TRIP = """
import gc, pathlib, libcst
gc.disable()
libcst.parse_module(pathlib.Path("app.py").read_bytes()).code
"""
# What the application itself takes to be imported, the same way as the process in which `apply` asks it.
IMPORT = """
import gc, sys
sys.dont_write_bytecode = True
gc.disable()
import app
"""


def measure(cache: Path) -> list[Ratio]:
    """CPU time that each further route costs `apply`, over that of libcst, and over itself between fewer routes.

    All of the command counts, its children too: the scan, what is asked of the application, the conversion, ruff, the
    manifest. What Flask and Werkzeug take to import the application is none of it, and is told beside it.
    """
    applied, parsed, imported = [], [], []
    for size in SIZES:
        tree = generated(cache, size)
        command = [*migrate("apply", "--all", "--force")]
        python = [sys.executable, "-c"]
        times = medians(ROUNDS, tree, command, [*python, ROUND_TRIP], [*python, IMPORT])
        for found, one in zip((applied, parsed, imported), times, strict=True):
            found.append(one)
    whole, libcst, importing = (growth(times, 0, -1) for times in (applied, parsed, imported))
    few, many = (growth(applied, index, index + 1) - growth(imported, index, index + 1) for index in (0, 1))
    converting = whole - importing
    detail = f"{converting * 1e3:.1f} / {libcst * 1e3:.1f} ms a route, {importing * 1e3:.1f} to import it"
    start = f"{applied[0]:.2f} / {parsed[0]:.2f} s"
    first, middle, last = SIZES
    return [
        Ratio("apply of a module / libcst parse + codegen (CPU)", converting / libcst, detail, limit=3),
        Ratio("the same with the application's own import", whole / libcst, f"{whole * 1e3:.1f} ms a route"),
        Ratio(f"apply of {first} routes with all start-up / libcst with its own", applied[0] / parsed[0], start),
        Ratio(
            f"a route's cost, {middle} to {last:,} routes / {first} to {middle}", many / few,
            f"{many * 1e3:.1f} / {few * 1e3:.1f} ms a route", limit=1.2,
        ),
    ]  # fmt: skip


def growth(times: Sequence[float], few: int, many: int) -> float:
    """Seconds that one more route takes, between two of the sizes."""
    return (times[many] - times[few]) / (SIZES[many] - SIZES[few])


def generated(cache: Path, size: int) -> Path:
    """A Flask application of one module with so many routes, known to the tool."""
    tree = cache / f"routes-{size}"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    (tree / "app.py").write_text(HEAD + "".join(ROUTE.replace("{number}", str(one)) for one in range(size)))
    subprocess.run(migrate("init", "--app", "app:app"), cwd=tree, check=True, capture_output=True)
    return tree
