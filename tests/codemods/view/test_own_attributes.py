"""Attributes that an application sets on the request: refusals first, then the same answers as Flask's."""

from collections.abc import Callable
from typing import Any

HEAD = """
from functools import wraps
from flask import Flask, abort, g, request
app = Flask(__name__)
"""


def test_what_is_flasks_own_or_has_two_places_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/limit")
def limit():
    request.max_content_length = 10
    return "limited"

@app.get("/both")
def both():
    g.user = "of g"
    request.user = "of the request"
    return f"{g.user} {request.user}"

@app.get("/private")
def private():
    return str(request._cached_json)
"""
    )
    assert both.runtimes() == {"limit": "flask", "both": "flask", "private": "flask"}


def test_what_is_set_on_the_request_is_seen_by_all_that_serves_it(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class User:
    def __init__(self, name):
        self.name = name
        self.seen = 0

def known(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "name" not in request.args:
            abort(401)
        request.user = User(request.args["name"])
        request.user.seen += 1
        return view(*args, **kwargs)
    return wrapper

@app.before_request
def start():
    request.marks = ["before"]

@app.after_request
def finish(response):
    response.headers["X-After"] = ",".join(request.marks) + getattr(request, "tail", "")
    return response

def mark(text):
    request.marks.append(text)

@app.get("/who")
@known
def who():
    mark("view")
    request.tail = "!"
    return {"name": request.user.name, "seen": request.user.seen, "method": request.method}

@app.get("/nobody")
def nobody():
    mark("nobody")
    return "user" if hasattr(request, "user") else str(getattr(request, "user", None))

@app.get("/missing")
def missing():
    return request.user.name
"""
    )
    assert "flask" not in both.runtimes().values()
    assert [both.same("GET", path)[0] for path in ("/who?name=ann", "/who", "/nobody", "/missing")] == [
        200, 401, 200, 500,
    ]  # fmt: skip
    assert both.same("GET", "/who?name=ann")[2]["x-after"] == "before,view!"


def test_a_context_variable_of_its_own_keeps_what_uses_it_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
import contextvars
trace = contextvars.ContextVar("trace", default="none")

def note():
    return trace.get()

@app.get("/set")
def set_it():
    request.token = trace.set("x")
    return note()

@app.get("/read")
def read():
    return note()

@app.get("/other")
def other():
    return "other"
"""
    )
    assert both.runtimes() == {"set_it": "flask", "read": "flask", "other": "native"}
    assert both.findings("read")[0].startswith("FM606")
