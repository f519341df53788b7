"""What converting costs beside parsing and writing the same modules by libcst, and how it grows with the routes."""

import shutil
import subprocess
import sys
from pathlib import Path

from scripts.bench.ratio import Ratio, medians, migrate

SIZES = (10, 100, 1000)
ROUNDS = 3

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


def measure(cache: Path) -> list[Ratio]:
    """CPU time that each further route costs `apply`, over that of libcst, and over itself between fewer routes.

    All of the command counts, its children too: importing the application, the scan, the conversion, ruff, manifest.
    """
    applied, parsed = [], []
    for size in SIZES:
        tree = generated(cache, size)
        command = [*migrate("apply", "--all", "--force")]
        one, other = medians(ROUNDS, tree, command, [sys.executable, "-c", ROUND_TRIP])
        applied.append(one)
        parsed.append(other)
    few, many = ((applied[index + 1] - applied[index]) / (SIZES[index + 1] - SIZES[index]) for index in (0, 1))
    libcst = (parsed[-1] - parsed[0]) / (SIZES[-1] - SIZES[0])
    converting = (applied[-1] - applied[0]) / (SIZES[-1] - SIZES[0])
    detail = f"{converting * 1e3:.1f} / {libcst * 1e3:.1f} ms a route"
    start = f"{applied[0]:.2f} / {parsed[0]:.2f} s"
    growth = f"{many * 1e3:.1f} / {few * 1e3:.1f} ms a route"
    return [
        Ratio("apply of a module / libcst parse + codegen (CPU)", converting / libcst, detail, limit=3),
        Ratio(f"apply of {SIZES[0]} routes with all start-up / libcst with its own", applied[0] / parsed[0], start),
        Ratio("a route's cost, 100 to 1,000 routes / 10 to 100", many / few, growth, limit=1.2),
    ]


def generated(cache: Path, size: int) -> Path:
    """A Flask application of one module with so many routes, known to the tool."""
    tree = cache / f"routes-{size}"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    (tree / "app.py").write_text(HEAD + "".join(ROUTE.replace("{number}", str(one)) for one in range(size)))
    subprocess.run(migrate("init", "--app", "app:app"), cwd=tree, check=True, capture_output=True)
    return tree
