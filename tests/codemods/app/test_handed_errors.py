"""Bridged handlers that give their errors away: to code that tells Werkzeug's classes apart, and to other code."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, abort, current_app, g, jsonify, session
from werkzeug.exceptions import HTTPException, NotFound

app = Flask(__name__)
app.secret_key = "k"

class Missing(NotFound):
    pass

def kind(error):
    return "lost" if isinstance(error, NotFound) else "other"

def kind_by_table(error):
    return kind(error)

def answer(error):
    return error.get_response().status_code

def is_missing(error):
    current_app.extensions.get("x")
    return isinstance(error, Missing)

class Teller:
    def __init__(self):
        self.told = []
    def tell(self, error):
        self.told.append(isinstance(error, NotFound))
        return str(self.told[-1])

teller = Teller()

def text(error):
    current_app.extensions.get("x")
    return f"{error.code} {error.description}"

@app.get("/<kind>")
def fail(kind):
    if kind == "own":
        raise Missing("own")
    abort(int(kind))

@app.errorhandler({key})
def handler(error):
    current_app.extensions.get("x")
    {body}
"""


@pytest.mark.parametrize(
    "body",
    [
        "return kind(error), error.code",
        "return kind_by_table(error), error.code",
        "return str(answer(error)), error.code",
        "return str(is_missing(error)), error.code",
        "return teller.tell(error), error.code",
        "again = error\n    return kind(again), error.code",
        "return list(map(kind, [error]))[0], error.code",
        "return jsonify(isinstance(error, Missing)), error.code",
        "g.error = error\n    return 'x', error.code",
    ],
)
def test_what_would_tell_the_classes_apart_stays_on_flask(pair: Callable[..., Any], body: str) -> None:
    both = pair(HEAD.replace("{key}", "HTTPException").replace("{body}", body))
    assert both.runtimes() == {"fail": "flask"}
    assert any(one.startswith("FM512") for one in both.findings("fail"))


@pytest.mark.parametrize(
    "body",
    [
        "return text(error), error.code",
        "app.logger.info('%s', error)\n    return error",
        "return {'kind': isinstance(error, NotFound), 'text': str(error)}, error.code",
    ],
)
@pytest.mark.parametrize("key", ["HTTPException", "Missing"])
def test_what_needs_no_class_runs_beside_flask(pair: Callable[..., Any], body: str, key: str) -> None:
    both = pair(HEAD.replace("{key}", key).replace("{body}", body))
    assert both.runtimes() == {"fail": "bridged"}
    for path in ("/own", "/404", "/409"):
        both.same("GET", path)
