"""The cost of a conversion grows with the routes and no faster, however the application is written.

The cost is counted in calls of functions, which are the same in every run.
"""

import importlib
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from codemods.pipeline import convert
from codemods.scan.scan import scan

INSIDE = Path(__file__).parents[2] / "migrator" / "inside"
HEAD = """\
from flask import Blueprint, Flask, abort, jsonify, request
LIMITS = {"a": "b"}
def helper(item):
    return request.args.get("z", "y") + str(item)
"""
ROUTE = """
@{owner}.get("/shelf{number}/<int:item>")
def show_{number}(item):
    if item not in LIMITS:
        abort(404)
    return jsonify(id=item, currency=request.args.get("currency"), name=helper(item)), 200
"""
LAMBDA = 'app.add_url_rule("/{number}/<int:item>", "l{number}", lambda item: jsonify(item, q=request.args.get("q")))\n'


def routes(owner: str, count: int) -> str:
    return "".join(ROUTE.format(owner=owner, number=number) for number in range(count))


def plain(count: int) -> str:
    return f"{HEAD}app = Flask(__name__)\n{routes('app', count)}"


def factory(count: int) -> str:
    inner = textwrap.indent(f"app = Flask(__name__)\n{routes('app', count)}\nreturn app\n", "    ")
    return f"{HEAD}def create_app():\n{inner}app = create_app()\n"


def lambdas(count: int) -> str:
    return f"{HEAD}app = Flask(__name__)\n" + "".join(LAMBDA.format(number=number) for number in range(count))


def hooks(count: int) -> str:
    hook = '@shelves.before_request\ndef load():\n    if request.args.get("user") == "nobody":\n        abort(403)\n'
    made = 'app = Flask(__name__)\nshelves = Blueprint("shelves", __name__)\n'
    return f"{HEAD}{made}{hook}{routes('shelves', count)}app.register_blueprint(shelves)\n"


def calls(name: str, source: str, root: Path) -> int:
    """How many functions are called to convert an application."""
    (root / f"{name}.py").write_text(source)
    live = importlib.import_module("migrate_inventory.document").inventory(f"{name}:app", str(root))
    sources = {f"{name}.py": source.encode()}
    project = scan(sources, f"{name}:app", live)
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        conversion = convert(project, sources, [one.name for one in project.endpoints], "moved")
    finally:
        sys.setprofile(before)
    assert all(one.runtime == "native" for one in conversion.outcomes.values())
    return count


@pytest.mark.parametrize("written", [plain, factory, lambdas, hooks])
def test_cost_is_linear_in_routes(
    written: Callable[[int], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(INSIDE))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(tmp_path)
    sizes = (2, 4, 12, 36)  # the first loads templates, once for all
    _, few, some, many = (calls(f"{written.__name__}_{size}", written(size), tmp_path) for size in sizes)
    assert (many - some) / 24 < 1.1 * (some - few) / 8
