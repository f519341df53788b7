"""Functions that are handed a response, and names that are one from some place on."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from functools import wraps
from flask import Flask, Response, after_this_request, jsonify, make_response
app = Flask(__name__)

"""
VIEW = '@app.get("/a")\ndef a():\n    return {}\n@app.get("/b")\ndef b():\n    return {}\n'
STAYS = {
    "by some calls only": (
        "def f(rv):\n    if isinstance(rv, str):\n        rv = make_response(rv)\n    rv.headers.add('X', '1')\n"
        "    return rv\n",
        "f('a')",
        "f(jsonify(1))",
    ),
    "by some calls only, through another": (
        "def g(r):\n    r.headers.add('X', '1')\n    return r\ndef f(rv):\n    return g(rv)\n",
        "f(jsonify(1))",
        "f(Response.force_type(jsonify(1)))",
    ),
    "a method": (
        "class F:\n    def mark(self, r):\n        r.status = '201 Made'\n        return r\nMARK = F()\n",
        "MARK.mark(jsonify(1))",
        "F().mark(r=make_response('b'))",
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_stays(pair: Callable[..., Any], name: str) -> None:
    defined, first, second = STAYS[name]
    both = pair(HEAD + defined + VIEW.format(first, second))
    assert both.runtimes()["b"] == "flask"


MODULE = """
from flask import make_response
EXTRA = {"X-Frame": "DENY", "X-Number": 3}

def secure(response):
    response.headers.extend(EXTRA)
    response.headers.add("X-Two", 1)
    response.headers.add("X-Two", "2")
    return inner(response)

def inner(res):
    res.headers.pop("X-Gone", None)
    res.status = "202 Fine"
    return res

def stamped(name, *, response):
    response.data = response.data + name.encode()
    return response

class Marks:
    @staticmethod
    def version(response):
        response.content_type = "text/x"
        return response

def made(rv):
    rv = make_response(rv)
    rv.headers.set("X-Made", 4)
    return rv
"""
APPLICATION = (
    HEAD.replace("app = ", "from helpers_of_responses import Marks, made, secure, stamped\napp = ")
    + """
@app.after_request
def after(response):
    response = secure(response)
    return Marks.version(response)

@app.get("/a")
def a():
    after_this_request(expire)
    return stamped("!", response=make_response("a"))

def expire(response):
    response.expires = 0
    return response

@app.get("/b")
def b():
    return made(jsonify(1))

@app.get("/c")
def c():
    rv = "text"
    for _ in range(2):
        rv = rv + "!"
    rv = made(rv)
    rv.headers.add("X-Three", 3)
    return rv
"""
)


def test_functions_that_are_always_handed_one(pair: Callable[..., Any]) -> None:
    both = pair(APPLICATION, {"helpers_of_responses.py": MODULE})
    assert both.runtimes() == {"a": "native", "b": "native", "c": "native"}
    for path in ("/a", "/b", "/c", "/none"):
        both.same("GET", path)
    assert "def secure(response: Response) -> Response:" in both.conversion.files["helpers_of_responses.py"]


DECORATED = """
def stamp(view):
    @wraps(view)
    def inner(*args, **kwargs):
        rv = view(*args, **kwargs)
        rv = make_response(rv)
        rv.headers.add("X-Stamp", 1)
        return rv
    return inner

@app.get("/a")
@stamp
def a():
    return "a"

@app.get("/b")
def b():
    found = {"a": 1}
    if not isinstance(found, Response):
        found = make_response(found)
    for _ in range(1):
        found.headers.add("X-Seen", 2)
    return found

@app.get("/c")
def c():
    found = "a"
    if found:
        found = make_response(found)
    found.headers.add("X-Seen", 2)
    return found
"""


def test_names_that_become_responses(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + DECORATED)
    assert both.runtimes() == {"a": "native", "b": "native", "c": "flask"}
    both.same("GET", "/a")
    both.same("GET", "/b")
