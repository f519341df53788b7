"""Classes and functions that keep something: there is one of them while Flask is in the process."""

from collections.abc import Callable
from typing import Any

SOURCE = """
import functools
from itertools import count as counting
from flask import Flask, request
app = Flask(__name__)
NUMBERS = counting()

@functools.lru_cache(maxsize=2)
def kept(name):
    return {name: next(NUMBERS)}

@functools.lru_cache
def kept_path():
    return request.path

@app.get("/kept/<name>")
def kept_of(name):
    return kept(name)

@app.get("/path")
def path_of_first():
    return kept_path()

class ByMethod:
    hits = 0
    names = []

    @classmethod
    def hit(cls, name):
        cls.hits += 1
        cls.names.append(name)
        return cls.hits

class ByItsObjects:
    rows = {}

    def put(self, name):
        self.rows[name] = len(self.rows)
        return self.rows

class ByName:
    hits = 0

class OfObjects:
    count = 0
    rows = []

    def __init__(self):
        self.rows = []

    def bump(self):
        self.count += 1
        self.rows.append(self.count)
        return self.rows

def counted():
    counted.calls += 1
    return counted.calls

counted.calls = 0

@app.get("/method/<name>")
def method(name):
    return {"hits": ByMethod.hit(name), "names": ByMethod.names}

@app.get("/objects/<name>")
def objects(name):
    return ByItsObjects().put(name)

@app.get("/name")
def by_name():
    ByName.hits += 1
    return {"hits": ByName.hits}

@app.get("/own")
def own():
    return OfObjects().bump()

@app.get("/counted")
def count():
    return {"calls": counted()}

@app.get("/view")
def view():
    view.seen = getattr(view, "seen", 0) + 1
    return {"seen": view.seen}
"""


def test_what_is_kept_is_shared(pair: Callable[..., Any]) -> None:
    both = pair(SOURCE)
    native = dict.fromkeys(("method", "objects", "by_name", "own", "kept_of"), "native")
    assert both.runtimes() == {**native, "count": "bridged", "view": "flask", "path_of_first": "flask"}
    for path in ("/own", "/kept/a", "/kept/b", "/kept/a"):
        both.same("GET", path)
    for path, hits in (("/method/a", "hits"), ("/name", "hits"), ("/counted", "calls")):
        first, second = both.answers("GET", path)
        assert f'"{hits}":1'.encode() in first[1]
        assert f'"{hits}":2'.encode() in second[1]
    shared = both.conversion.files["state.py"]
    assert [f"class {name}" in shared for name in ("ByMethod", "ByItsObjects", "ByName", "OfObjects")] == [
        True, True, True, False
    ]  # fmt: skip
