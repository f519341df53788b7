"""Receivers of Flask's signals: what stays on Flask, then when they are called, compared with Flask."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, abort, got_request_exception, jsonify, request, request_finished, request_started
from flask import template_rendered
app = Flask(__name__, static_folder=None)
LOG = []
"""
VIEW = """
@app.get("/a")
def a():
    return "a"
"""
STAYS = {
    "a signal that only templates send": "@template_rendered.connect_via(app)\ndef note(sender, **extra):\n    pass\n",
    "the application as a value": "@request_started.connect_via(app)\ndef note(sender, **extra):\n    print(sender)\n",
    "all arguments": "@request_finished.connect_via(app)\ndef note(sender, **extra):\n    LOG.append(extra)\n",
    "another argument": "@request_finished.connect_via(app)\ndef note(sender, response, other):\n    pass\n",
    "a decorator below": "def twice(f):\n    return lambda *a, **k: f(*a, **k)\n"
    "@twice\ndef note(sender, **extra):\n    pass\nrequest_started.connect(note, app)\n",
    "a result that nobody takes": "@request_started.connect_via(app)\ndef note(sender, **extra):\n    return 1\n",
}
ELSEWHERE = """
other = Flask("other")
@request_started.connect_via(other)
def note(sender, **extra):
    abort(500)
"""


@pytest.mark.parametrize("text", STAYS.values(), ids=list(STAYS))
def test_what_cannot_be_a_function_of_the_request_stays_on_flask(pair: Callable[..., Any], text: str) -> None:
    both = pair(HEAD + text + VIEW)
    assert both.runtimes() == {"a": "flask"}


def test_receivers_for_other_senders_are_of_no_account(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + ELSEWHERE + VIEW)
    assert both.runtimes() == {"a": "native"}
    assert "hooks.py" not in both.conversion.files
    both.same("GET", "/a")


CALLED = """
@request_started.connect_via(app)
def started(sender, **extra):
    LOG.append(f"started {request.path}")
    if request.args.get("stop") == "signal":
        abort(418)

@app.before_request
def before():
    LOG.append("before")
    if request.args.get("stop") == "hook":
        return "stopped"

@app.after_request
def after(response):
    LOG.append("after")
    if request.args.get("fail") == "after":
        raise ValueError("after")
    return response

def finished(sender, response, **extra):
    LOG.append(f"finished {response.status_code}")
    response.headers["X-After"] = "finished"

request_finished.connect(finished, app)

@got_request_exception.connect_via(app)
def failed(sender, exception=None, **extra):
    LOG.append(f"failed {exception}")

@app.errorhandler(500)
def handle(error):
    LOG.append("handler")
    return "handled", 500

@app.get("/a")
def a():
    if request.args.get("fail") == "view":
        raise KeyError("view")
    return "a"

@app.get("/log")
def log():
    found = list(LOG)
    LOG.clear()
    return jsonify(found)
"""


def test_receivers_are_called_when_flask_calls_them(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + CALLED)
    assert both.runtimes() == {"a": "native", "log": "native"}
    for path in ("/a", "/a?stop=signal", "/a?stop=hook", "/a?fail=view", "/a?fail=after", "/nowhere"):
        logs = []
        with both.clients() as sides:
            for side in sides:
                side.get("/log")
                answer = side.get(path)
                logs.append((answer.status_code, answer.headers.get("X-After"), side.get("/log").text.strip()))
        assert logs[0] == logs[1], path
