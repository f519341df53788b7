"""Error handlers: what keeps routes on Flask, then what handlers do with their errors."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import logging
from flask import Blueprint, Flask, abort, g, jsonify, make_response, redirect, request, session
from werkzeug.exceptions import BadRequest, BadRequestKeyError, Conflict, HTTPException, InternalServerError, NotFound
from werkzeug.exceptions import SecurityError
app = Flask(__name__)
app.secret_key = "k"
"""
VIEWS = """
@app.get("/abort/<int:code>")
def aborting(code):
    if code == 429:
        abort(429, "slow", retry_after=5)
    if code == 409:
        raise Conflict(response=make_response("prepared", 409))
    abort(code, "<own> words") if code == 403 else abort(code)

@app.get("/crash")
def crash():
    return {}["key"]

@app.get("/key")
def key():
    return request.args["x"]

@app.post("/json")
def body():
    return jsonify(request.get_json())
"""
PATHS = (
    "/abort/400", "/abort/401", "/abort/403", "/abort/404", "/abort/409", "/abort/418", "/abort/429", "/abort/500",
    "/abort/503", "/crash", "/key", "/none",
)  # fmt: skip


@pytest.mark.parametrize(
    "handler",
    [
        "@app.errorhandler(404)\ndef lost(e):\n    return jsonify(e.data), 404",
        "@app.errorhandler(404)\ndef lost(e):\n    return e.get_response({'PATH_INFO': '/'})",
        "@app.errorhandler(404)\ndef lost(e):\n    return jsonify(e.original_exception), 404",
        "@app.errorhandler(SecurityError)\ndef lost(e):\n    return 'x', 400",
    ],
)
def test_what_an_error_does_not_have_keeps_the_routes_on_flask(pair: Callable[..., Any], handler: str) -> None:
    both = pair(HEAD + handler + VIEWS)
    assert both.runtimes()["aborting"] == "flask"


HANDLERS = {
    "everything": """
@app.errorhandler(Exception)
def anything(error):
    if isinstance(error, NotFound):
        return error
    if isinstance(error, HTTPException):
        return jsonify(name=error.name, code=error.code, text=str(error), kind=type(error).__name__), error.code
    return {"error": repr(error), "args": list(error.args)}, 500
""",
    "as JSON, by Flask's documentation": """
@app.errorhandler(HTTPException)
def as_json(e):
    response = e.get_response()
    response.data = f"{e.code} {e.name} {e.description}"
    response.content_type = "application/json"
    return response
""",
    "HTTP errors go through": """
@app.errorhandler(Exception)
def anything(e):
    if isinstance(e, HTTPException):
        return e
    return make_response(str(e), 500)
""",
    "by status, with what the classes say": """
@app.errorhandler(InternalServerError)
def failed(error):
    original = getattr(error, "original_exception", None)
    return f"{error} {original!r} {type(error).__name__}", 500

@app.errorhandler(405)
def method(error):
    return jsonify(sorted(error.valid_methods)), 405

@app.errorhandler(429)
def slow(error):
    return f"{error.retry_after} {error.get_headers()}", 429

@app.errorhandler(404)
def lost(error):
    return error.get_body(), 404, {"X-After": error.get_description()}

@app.errorhandler(403)
def forbidden(error: HTTPException):
    return error.get_response(request.environ)

@app.errorhandler(409)
def conflict(error):
    return error.response
""",
    "one for many": """
@app.errorhandler(404)
@app.errorhandler(500)
@app.errorhandler(KeyError)
def one(error):
    return jsonify(error=str(error), code=getattr(error, "code", None)), getattr(error, "code", 500)

for code in (400, 403):
    app.register_error_handler(code, lambda e: (f"lambda {e.code} {e.name}", e.code))
""",
    "of a missing key": """
@app.errorhandler(BadRequestKeyError)
def missing(error):
    return jsonify(key=error.args[0], code=error.code, text=error.description), 400

@app.errorhandler(400)
def bad(error):
    return jsonify(bad=error.description), 400
""",
    "that fail": """
@app.errorhandler(404)
def lost(error):
    raise RuntimeError("broken")

@app.errorhandler(403)
def forbidden(error):
    abort(400)

@app.errorhandler(500)
def failed(error):
    return f"{type(error.original_exception).__name__} {request.path}", 500
""",
    "handed to a function": """
def as_dict(error):
    if isinstance(error, HTTPException):
        return {"code": error.code, "name": error.name}
    return {"code": 500, "name": type(error).__name__}

@app.errorhandler(Exception)
def anything(error):
    logging.getLogger("errors").info("%s", error)
    body = as_dict(error)
    return jsonify(body), body["code"]
""",
    "that read the request, g and the session": """
@app.before_request
def start():
    g.trace = request.args.get("trace", "none")

@app.errorhandler(HTTPException)
def http(error):
    session["last"] = error.code
    return f"{request.method} {request.path} {g.trace} {error.description}", error.code
""",
    "with a trap": """
app.config["TRAP_BAD_REQUEST_ERRORS"] = True

@app.errorhandler(500)
def failed(error):
    return f"{error.original_exception}", 500
""",
    "with a trap for all": """
app.config["TRAP_HTTP_EXCEPTIONS"] = True

@app.errorhandler(403)
def forbidden(error):
    return "handled", 403
""",
}


@pytest.mark.parametrize("handlers", HANDLERS.values(), ids=list(HANDLERS))
def test_handlers_answer_as_under_flask(pair: Callable[..., Any], handlers: str) -> None:
    both = pair(HEAD + handlers + VIEWS)
    assert "flask" not in both.runtimes().values(), both.findings("aborting")
    for path in PATHS:
        both.same("GET", path)
    both.same("POST", "/crash")
    both.same("POST", "/json", data="{", headers={"Content-Type": "application/json"})
    both.same("POST", "/json", data="{")


def test_a_handler_reads_as_its_error_is(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + HANDLERS["by status, with what the classes say"] + VIEWS)
    text = both.text("errors.py")
    assert "def method(request: Request, error: MethodNotAllowed) -> Response:" in text
    assert "def lost(request: Request, error: HTTPError) -> Response:" in text
    text = pair(HEAD + HANDLERS["one for many"] + VIEWS).text("errors.py")
    assert "def one(request: Request, error: HTTPError | KeyError) -> Response:" in text


def test_without_handlers_a_trap_makes_a_failure_of_a_bad_request(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + 'app.config["TRAP_BAD_REQUEST_ERRORS"] = True\n' + VIEWS)
    for path in ("/key", "/abort/400", "/abort/404"):
        both.same("GET", path)


AT_HAND = """
import sys, traceback
from flask import Flask, abort, current_app, jsonify
app = Flask(__name__)

@app.errorhandler(Exception)
def anything(error):
    kind, value, _ = sys.exc_info()
    lines = traceback.format_exc().strip().splitlines()
    return jsonify(kind.__name__, value is error, lines[-1], "raising(ValueError)" in map(str.strip, lines))

@app.errorhandler(404)
def lost(error):
    return jsonify(sys.exc_info()[1] is error)

@app.errorhandler(500)
def failed(error):
    return jsonify(repr(sys.exc_info()[1]), error.original_exception is sys.exc_info()[1]), 500

@app.errorhandler(StopIteration)
def empty(error):
    return "nothing there", 410

def raising(kind):
    raise kind("broken")

@app.get("/value")
def value():
    raising(ValueError)

@app.get("/lost")
def lose():
    abort(404)

@app.get("/first")
def first():
    return next(one for one in ())
"""


@pytest.mark.parametrize("runtime", ["native", "bridged"])
def test_handlers_know_the_exception_that_is_under_way(pair: Callable[..., Any], runtime: str) -> None:
    source = AT_HAND if runtime == "native" else AT_HAND.replace('("broken")', "(str(current_app.extensions))")
    both = pair(source + '\n@app.get("/other")\ndef other():\n    return repr(sys.exc_info())\n')
    assert both.runtimes()["value"] == runtime
    for path in ("/value", "/lost", "/first", "/other"):
        both.same("GET", path)
