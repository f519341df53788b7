"""A view, hook or handler that returns what is no response, beside every kind of error handler, as under Flask."""

import pytest

VIEWS = """
from flask import Blueprint, Flask, abort, g, jsonify, make_response, request

app = Flask(__name__)
EMPTY = {"none": None, "number": 3, "four": (1, 2, 3, 4), "fine": "fine"}


@app.get("/none")
def none():
    g.seen = 1


@app.get("/returned/<key>")
def returned(key):
    return EMPTY[key]


@app.get("/explicit/<key>")
def explicit(key):
    return make_response(EMPTY[key])


@app.get("/gone")
def gone():
    abort(410)


@app.before_request
def before():
    if "early" in request.args:
        return EMPTY[request.args["early"]]


@app.after_request
def after(response):
    response.headers["X-Test"] = str(response.status_code)
    return response
"""
HANDLERS = {
    "none": "",
    "everything": "@app.errorhandler(Exception)\ndef failed(error):\n    return f'E {type(error).__name__}', 500\n",
    "type": "@app.errorhandler(TypeError)\ndef failed(error):\n    return f'T {type(error).__name__}', 500\n",
    "http": "from werkzeug.exceptions import HTTPException\n@app.errorhandler(HTTPException)\n"
    "def failed(error):\n    return f'H {type(error).__name__}', error.code\n",
    "500": "@app.errorhandler(500)\n"
    "def failed(error):\n    return f'5 {type(error.original_exception).__name__}', 500\n",
    "nothing": "@app.errorhandler(410)\ndef lost(error):\n    return EMPTY['none']\n"
    "@app.errorhandler(Exception)\ndef failed(error):\n    return f'E {type(error).__name__}', 500\n",
}


@pytest.mark.parametrize("kind", HANDLERS)
def test_the_order_of_handlers_is_flasks(pair, kind):
    both = pair(f"{VIEWS}\n\n{HANDLERS[kind]}")
    assert set(both.runtimes().values()) == {"native"}
    both.same("GET", "/none")
    both.same("GET", "/gone")
    for key in ("none", "number", "four", "fine"):
        both.same("GET", f"/returned/{key}")
        both.same("GET", f"/explicit/{key}")
        both.same("GET", f"/gone?early={key}")
