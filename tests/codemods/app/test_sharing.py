"""Routes that share a variable of the factory: converted together with it, or left on Flask together."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.pipeline import convert
from codemods.scan.scan import scan

Pairs = Callable[..., Any]

FACTORY = """
from collections import defaultdict
from threading import Lock
from flask import Flask, jsonify, request

def create_app():
    app = Flask(__name__)
    notes = {initialiser}
    lock = Lock()

    @app.get("/notes")
    def listed():
        return jsonify(list(notes))

    @app.post("/notes")
    def add():
        with lock:
            notes.append(request.get_json()["text"])
        return jsonify(count=len(notes)), 201

    @app.get("/name")
    def name():
        return "notes"
{more}
    return app

app = create_app()
"""

KEPT = {
    "another function of the factory's uses it": "    def helper():\n        return len(notes)\n",
    "a hook uses it": "    @app.before_request\n    def count():\n        notes.append('hit')\n",
    "the factory hands it on": "    app.config['NOTES'] = notes\n",
    "it is bound twice": "    notes = []\n",
    "a view rebinds it": """
    @app.delete("/notes")
    def clear():
        nonlocal notes
        notes = []
        return "", 204
""",
}


@pytest.mark.parametrize("more", KEPT.values(), ids=KEPT.keys())
def test_a_variable_that_others_use_keeps_its_views_on_flask(pair: Pairs, more: str) -> None:
    both = pair(FACTORY.format(initialiser="[]", more=more))
    runtimes = both.runtimes()
    assert runtimes["listed"] == runtimes["add"] == "flask"
    assert not both.conversion.groups
    assert "own_state.py" not in both.conversion.files


@pytest.mark.parametrize("initialiser", ["open(__file__)", "list(app.config)", "load()", "[[]] * 2"])
def test_only_containers_of_nothing_but_constants_are_made_again(pair: Pairs, initialiser: str) -> None:
    source = FACTORY.format(initialiser=initialiser, more="")
    both = pair(f"load = list\n{source}")
    assert both.runtimes() == {"listed": "flask", "add": "flask", "name": "native"}


def test_a_view_that_stays_keeps_all_that_share_with_it(pair: Pairs) -> None:
    more = """
    @app.get("/reader")
    def reader():
        notes.append(request.environ.get("wsgi.multiprocess"))
        return vars(request)["method"]
"""
    both = pair(FACTORY.format(initialiser="[]", more=more))
    assert both.runtimes() == {"listed": "flask", "add": "flask", "reader": "flask", "name": "native"}
    (found,) = both.findings("listed")
    assert found.startswith("FM612 ")
    assert found.endswith(".create_app.notes', which 'reader' uses, too")


def test_views_that_share_a_variable_are_a_group(pair: Pairs) -> None:
    both = pair(FACTORY.format(initialiser='["first"]', more=""))
    assert set(both.runtimes().values()) == {"native"}
    group = f"{both.flask.name}.create_app.lock, {both.flask.name}.create_app.notes"
    assert both.conversion.groups == {"listed": group, "add": group}
    with both.clients() as (flask, fastapi):
        for _ in range(2):
            theirs = flask.post("/notes", json={"text": "ä"})
            mine = fastapi.post("/notes", json={"text": "ä"})
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)
        assert fastapi.get("/notes").content == flask.get("/notes").data == b'["first","\\u00e4","\\u00e4"]\n'
        assert mine.json() == {"count": 3}


def test_every_application_that_is_made_has_state_of_its_own(pair: Pairs) -> None:
    both = pair(FACTORY.format(initialiser="[]", more=""))
    with both.clients() as (_, one), both.clients() as (_, other):
        one.post("/notes", json={"text": "a"})
        assert one.get("/notes").json() == ["a"]
        assert other.get("/notes").json() == []


PROCESSES = b"""
import logging
from flask import Flask
app = Flask(__name__)
hits = {}
logger = logging.getLogger("app")

@app.get("/hit")
def hit():
    hits["n"] = hits.get("n", 0) + 1
    return str(hits["n"])

@app.get("/hits")
def count():
    logger.info("asked")
    return str(len(hits))

@app.get("/other")
def other():
    logger.info("asked")
    return "other"
"""


def outcomes(source: bytes) -> tuple[Any, Any]:
    """What becomes of a module's endpoints where Flask runs in another process, and their groups."""
    sources = {"app.py": source}
    project = scan(sources, "app:app", None)
    found = convert(project, sources, {one.name for one in project.endpoints}, "result", is_apart=True)
    return {name: one.runtime for name, one in found.outcomes.items() if name != "static"}, found.groups


def test_in_two_processes_all_state_makes_a_group() -> None:
    runtimes, groups = outcomes(PROCESSES)
    assert set(runtimes.values()) == {"native"}
    assert groups == {"hit": "app.hits", "count": "app.hits"}


@pytest.mark.parametrize(
    "more",
    [
        b'from flask import current_app\n@app.get("/raw")\ndef raw():\n    return f"{current_app.extensions}{hits}"',
        b'@app.before_request\ndef before():\n    hits["all"] = 1',
    ],
    ids=["a view that needs Flask", "a hook around all requests"],
)
def test_in_two_processes_a_group_stays_with_what_cannot_move(more: bytes) -> None:
    runtimes, _ = outcomes(PROCESSES + more)
    assert runtimes["hit"] == runtimes["count"] == "flask"
