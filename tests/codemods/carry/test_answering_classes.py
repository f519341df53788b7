"""Exceptions of an application's own that know their answer."""

from collections.abc import Callable
from typing import Any

HEAD = """
from flask import Flask, jsonify, make_response, request
app = Flask(__name__)

class AppError(Exception):
    code = 500

    def __init__(self, message="app error"):
        super().__init__(message)

    def response(self):
        return jsonify(error=str(self)), self.code

@app.errorhandler(AppError)
def show(error):
    return error.response()
"""
NATIVE = (
    HEAD
    + """
class Gone(AppError, LookupError):
    code = 410

    def response(self):
        answer = make_response(f"<b>{self}</b>", self.code)
        answer.headers["X-After"] = type(self).__name__
        return answer, {"Cache-Control": "no-store"}

class Problem(ValueError):
    def __init__(self, status, **more):
        self.status, self.more = status, more

    def get_response(self):
        answer = jsonify(self.more)
        answer.status_code = self.status
        return answer

@app.errorhandler(Problem)
def problem(error):
    return error.get_response()

@app.get("/raised/<kind>")
def raised(kind):
    if kind == "gone":
        raise Gone("lost")
    if kind == "problem":
        raise Problem(409, title="clash")
    raise AppError

@app.get("/caught")
def caught():
    try:
        raise Gone
    except AppError as error:
        return error.response()

@app.get("/attribute")
def attribute():
    try:
        raise Kept("kept")
    except Kept as error:
        return error.response

class Kept(Exception):
    @property
    def response(self):
        return str(self)
"""
)
READS = (
    HEAD
    + """
class Problem(ValueError):
    code = 404

    def get_response(self):
        return jsonify(path=request.path), 409

@app.errorhandler(Problem)
def problem(error):
    return error.get_response()

@app.errorhandler(404)
def missing(error):
    return "no such page", 404

@app.get("/problem")
def raising():
    raise Problem
"""
)
UNKNOWN = (
    HEAD.replace("return jsonify(error=str(self)), self.code", "return self.made or jsonify(error=str(self))")
    + """
@app.get("/raised")
def raised():
    raise AppError
"""
)


def test_what_makes_no_response_for_sure_stays_beside_flask(pair: Callable[..., Any]) -> None:
    assert pair(UNKNOWN).runtimes() == {"raised": "bridged"}


def test_what_reads_the_request_is_handed_it_beside_flask(pair: Callable[..., Any]) -> None:
    """An exception is no HTTP error of Werkzeug's for having a `get_response` and a `code`."""
    both = pair(READS)
    assert both.runtimes() == {"raising": "bridged"}
    both.same("GET", "/problem")


def test_exceptions_answer_without_flask(pair: Callable[..., Any]) -> None:
    both = pair(NATIVE)
    assert set(both.runtimes().values()) == {"native"}
    paths = {"/raised/gone": 410, "/raised/problem": 409, "/raised/other": 500, "/caught": 410, "/attribute": 200}
    assert {path: both.same("GET", path)[0] for path in paths} == paths
