"""One view for several methods: what is left of it for each, and the same answers as before."""

from collections.abc import Callable
from typing import Any

import libcst as cst
import pytest

from codemods.model import Application, Module, Project
from codemods.view.methods import for_method, mentions_method
from codemods.view.names import Names

MODULE = Module("app", "app.py", "", {"request": "flask.request"})
PROJECT = Project(Application("app:app"), {"app": MODULE})


def parsed(body: str) -> tuple[cst.FunctionDef, Names]:
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    function = cst.ensure_type(cst.parse_module(f"def view():\n{lines}\n").body[0], cst.FunctionDef)
    return function, Names.of(PROJECT, MODULE, function)


def folded(body: str, method: str) -> str:
    function, names = parsed(body)
    return cst.Module([for_method(function, names, method)]).code.partition("\n")[2].replace("    ", " ")


UNTOUCHED = {
    "another name": ('if method == "POST":\n    return 1\nreturn 2', "POST"),
    "a value that is no constant": ("if request.method == METHOD:\n    return 1\nreturn 2", "POST"),
    "lower case": ("if request.method.lower() == 'post':\n    return 1\nreturn 2", "POST"),
    "an order": ('if request.method < "POST":\n    return 1\nreturn 2', "POST"),
    "GET, which HEAD also is": ('if request.method == "GET":\n    return 1\nreturn 2', "GET"),
    "HEAD": ('if request.method == "HEAD":\n    return 1\nreturn 2', "GET"),
    "GET among others, without HEAD": ('if request.method in ("GET", "POST"):\n    return 1\nreturn 2', "GET"),
    "a condition that was constant already": ("if True:\n    return 1\nreturn 2", "POST"),
}


@pytest.mark.parametrize(("body", "method"), UNTOUCHED.values(), ids=list(UNTOUCHED))
def test_what_is_not_decided_stays(body: str, method: str) -> None:
    function, names = parsed(body)
    assert for_method(function, names, method).deep_equals(function)


FOLDED = {
    "taken": ('if request.method == "POST":\n    return 1\nreturn 2', "POST", " return 1\n"),
    "not taken": ('if request.method == "POST":\n    return 1\nreturn 2', "GET", " return 2\n"),
    "else": ('if request.method == "POST":\n    a = 1\nelse:\n    a = 2\nreturn a', "PUT", " a = 2\n return a\n"),
    "elif": (
        'if request.method == "POST":\n    a = 1\nelif request.method == "PUT":\n    a = 2\nelse:\n    a = 3\nreturn a',
        "PUT", " a = 2\n return a\n",
    ),
    "the last of a chain": (
        'if request.method == "POST":\n    a = 1\nelif request.method == "PUT":\n    a = 2\nelse:\n    a = 3\nreturn a',
        "DELETE", " a = 3\n return a\n",
    ),
    "a condition of another kind between": (
        'if request.method == "POST":\n    return 1\nelif flag:\n    return 2\nreturn 3',
        "GET", " if flag:\n  return 2\n return 3\n",
    ),
    "not equal": ('if request.method != "POST":\n    return 1\nreturn 2', "POST", " return 2\n"),
    "in": ('if request.method in ("POST", "PUT"):\n    return 1\nreturn 2', "PUT", " return 1\n"),
    "not in a set": ('if request.method not in {"GET", "HEAD"}:\n    return 1\nreturn 2', "GET", " return 2\n"),
    "in a list with both": ('if request.method in ["GET", "HEAD"]:\n    return 1\nreturn 2', "GET", " return 1\n"),
    "and": (
        'if request.method == "POST" and valid:\n    return 1\nreturn 2', "POST", " if valid:\n  return 1\n return 2\n"
    ),
    "and, false": ('if request.method == "POST" and valid:\n    return 1\nreturn 2', "GET", " return 2\n"),
    "or, true": ('if request.method == "POST" or valid:\n    return 1\nreturn 2', "POST", " return 1\n"),
    "or, false": (
        'if request.method == "POST" or valid:\n    return 1\nreturn 2', "PUT", " if valid:\n  return 1\n return 2\n"
    ),
    "not": ('if not request.method == "POST":\n    return 1\nreturn 2', "POST", " return 2\n"),
    "an expression": ('return 1 if request.method == "POST" else 2', "POST", " return 1\n"),
    "a suite on one line": ('if request.method == "POST": return 1\nreturn 2', "POST", " return 1\n"),
    "nothing left": ('if request.method == "POST":\n    return 1', "GET", " pass\n"),
    "raise ends it": ('if request.method == "POST":\n    raise Error\nreturn 2', "POST", " raise Error\n"),
    "inside a block": (
        'with lock:\n    if request.method == "POST":\n        return 1\n    return 2',
        "POST",
        " with lock:\n  return 1\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "method", "left"), FOLDED.values(), ids=list(FOLDED))
def test_what_is_left_for_a_method(body: str, method: str, left: str) -> None:
    assert folded(body, method) == left


def test_whether_the_method_is_read_at_all() -> None:
    assert mentions_method(*parsed("return request.method"))
    assert not mentions_method(*parsed("return other.method, request.path"))


HEAD = """
from flask import Flask, request
app = Flask(__name__)
items = ["module"]
"""


def test_each_method_answers_as_before(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a", methods=["GET", "POST", "PUT", "DELETE"])
def a():
    if request.method == "POST":
        return {"posted": request.get_json()}, 201
    elif request.method in ("PUT", "PATCH"):
        return {"put": request.get_json(silent=True)}
    if request.method == "GET":
        return {"method": "GET"}
    return {"method": request.method}

@app.route("/tail", methods=["GET", "POST"])
def tail():
    if request.method == "POST":
        return "posted"

@app.route("/head", methods=["GET", "POST"])
def head():
    status = 200
    if request.method == "HEAD":
        status = 202
    return ("x" if request.method != "POST" else "y"), status

@app.route("/unbound", methods=["GET", "POST"])
def unbound():
    if request.method == "POST":
        items = ["local"]
    return {"items": items}
"""
    )
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        both.same(method, "/a", json={"a": 1})
        both.same(method, "/a", data="{", headers={"Content-Type": "application/json"})
        both.same(method, "/a")
    for method in ("GET", "HEAD", "POST"):
        for path in ("/tail", "/head"):
            both.same(method, path)
    assert both.findings("unbound") == ["FM603 two meanings of the name 'items'"]
    assert both.same("GET", "/tail")[0] == 500
    assert both.same("HEAD", "/head")[0] == 202


def test_only_the_method_that_reads_a_body_has_one_in_the_document(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a", methods=["GET", "POST"])
def a():
    if request.method == "POST":
        return {"posted": request.get_json()}
    return {"page": request.args.get("page")}
"""
    )
    operations = both.make().openapi()["paths"]["/a"]
    assert "requestBody" in operations["post"]
    assert "requestBody" not in operations["get"]
    assert "parameters" not in operations["post"]
