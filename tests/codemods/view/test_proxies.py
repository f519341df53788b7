"""Variables that are a `LocalProxy` of a function of the project's: its calls."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, abort, g, jsonify, request
from werkzeug.local import LocalProxy
app = Flask(__name__)

def get_db():
    if "db" not in g:
        g.db = {"count": 0, "path": request.path}
    return g.db

class User:
    def __init__(self, name):
        self.name = name

    def greet(self, word):
        return f"{word}, {self.name}"

def get_user():
    return User(request.headers.get("X-User", "nobody"))

db = LocalProxy(get_db)
user = LocalProxy(get_user)

"""


@pytest.mark.parametrize("use", ["'x' if db is None else 'y'", "str(type(db._get_current_object()))"])
def test_what_tells_a_proxy_from_its_value_stays_on_flask(use: str, pair: Callable[..., Any]) -> None:
    both = pair(f"{HEAD}@app.get('/a')\ndef a():\n    return {use}\n")
    assert both.runtimes() == {"a": "flask"}


def test_proxy_of_a_lambda_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(f"{HEAD}name = LocalProxy(lambda: g.name)\n@app.get('/a')\ndef a():\n    return str(name)\n")
    assert both.runtimes() == {"a": "flask"}


def test_each_use_of_a_proxy_calls_its_function(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def counted():
    db["count"] += 1
    return db["count"]

@app.before_request
def count():
    db["count"] += 10
    if user.name == "bad":
        abort(403)

@app.get("/a")
def a():
    return jsonify(counted(), db["path"], "count" in db, user.name, user.greet("hi"), len(db))
"""
    )
    assert both.runtimes() == {"a": "native"}
    for name in ("ann", "bad"):
        both.same("GET", "/a", headers={"X-User": name})
    assert both.same("GET", "/a")[:2] == both.alone("GET", "/a")[:2]
