"""Names of a module that its functions bind again: one object for both sides, the module itself beside Flask."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, jsonify, request
app = Flask(__name__)
"""
COUNTED = (
    HEAD
    + """
hits = 0
last = None
LIMIT = 3

def bump():
    global hits
    hits += 1
    return hits

@app.before_request
def remember():
    global last
    previous, last = last, request.path

@app.get("/a")
def a():
    return jsonify(bump(), hits, last)

@app.post("/reset")
def reset():
    global hits, last
    for hits in range(LIMIT):
        pass
    last = {"kind": "json here"}
    return last

@app.get("/b")
def b():
    global last
    last = "text here"
    return jsonify(hits, last)

@app.get("/c")
def c():
    return last
"""
)


def test_both_sides_count_on(pair: Callable[..., Any]) -> None:
    both = pair(COUNTED)
    assert set(both.runtimes().values()) == {"native"}
    module = importlib.import_module(both.flask.import_name)
    with both.clients() as (flask, fastapi):
        counts = [client.get("/a").text for client in (flask, fastapi, flask, fastapi)]
        assert [text.partition(",")[0] for text in counts] == ["[1", "[2", "[3", "[4"]
        assert fastapi.post("/reset").json() == {"kind": "json here"}
        assert (module.hits, module.last) == (2, {"kind": "json here"})
        assert (fastapi.get("/b").text, flask.get("/c").text, fastapi.get("/c").text) == (
            '[2,"text here"]\n'.replace("\\\n", "\n"),
            "/c",
            "/c",
        )


def test_alone_they_start_as_in_flask(pair: Callable[..., Any]) -> None:
    both = pair(COUNTED)
    assert both.alone("GET", "/a")[1] == b'[1,1,"/a"]\n'
    assert both.alone("GET", "/b")[1] == b'[1,"text here"]\n'


def test_names_of_a_module_without_flask_stay_there(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD + "import counters\n@app.get('/a')\ndef a():\n    return jsonify(counters.bump(), counters.total)\n",
        {"counters.py": "total = 0\ndef bump():\n    global total\n    total += 1\n    return total\n"},
    )
    assert both.runtimes() == {"a": "native"}
    theirs, mine = both.answers("GET", "/a")
    assert (theirs[1], mine[1]) == (b"[1,1]\n", b"[2,2]\n")


@pytest.mark.parametrize(
    "body",
    [
        "if (hits := 1):\n        pass",
        "import os as hits",
        "try:\n        pass\n    except Exception as hits:\n        pass",
        "def hits(): pass",
    ],
)
def test_other_bindings_stay_on_flask(body: str, pair: Callable[..., Any]) -> None:
    both = pair(f"{HEAD}hits = 0\n@app.get('/a')\ndef a():\n    global hits\n    {body}\n    return 'x'\n")
    assert both.runtimes() == {"a": "flask"}


def test_names_that_the_module_does_not_give_a_value_are_not_native(pair: Callable[..., Any]) -> None:
    both = pair(f"{HEAD}@app.get('/a')\ndef a():\n    global hits\n    hits = 1\n    return str(hits)\n")
    assert both.runtimes() != {"a": "native"}
    both.same("GET", "/a")
