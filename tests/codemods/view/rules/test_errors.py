"""`abort` and Werkzeug's exceptions in views: what stays on Flask, then what both sides answer."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import http
from flask import Flask, Response, abort, jsonify, make_response, redirect, request, url_for
from werkzeug import exceptions
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, BadRequestKeyError, Conflict, HTTPException, MethodNotAllowed, NotFound
from werkzeug.exceptions import RequestedRangeNotSatisfiable, SecurityError, ServiceUnavailable, TooManyRequests
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import BuildError
app = Flask(__name__)
"""


@pytest.mark.parametrize(
    "statement",
    [
        "abort(404, 'x', 1, 2)",
        "raise HTTPException('a')",
        "raise SecurityError()",
        "raise NotFound(response=number)",
        "raise Unauthorized(www_authenticate=WWWAuthenticate('basic', {'realm': number}))",
        "raise Unauthorized(www_authenticate=WWWAuthenticate('digest', {'realm': 'x'}))",
        "try:\n        abort(404)\n    except SecurityError:\n        pass",
        "try:\n        url_for('none')\n    except BuildError as error:\n        return str(error)",
    ],
)
def test_what_has_no_counterpart_stays_on_flask(pair: Callable[..., Any], statement: str) -> None:
    both = pair(HEAD + f'@app.get("/<int:number>")\ndef a(number):\n    {statement}\n    return "a"\n')
    assert both.runtimes() == {"a": "flask"}


STATEMENTS = [
    "abort(number)",
    "abort(799)",
    "abort(405)",
    "abort(416, 'x')",
    "x = abort(404)",
    "abort(**{'code': number})",
    "abort(http.HTTPStatus.GONE)",
    "abort(409, 'Conflict')",
    "abort(404, description='Not Found')",
    "abort(404, '')",
    "abort(429, 'slow', retry_after=3)",
    "abort(405, valid_methods=['GET', 'PUT'])",
    "abort(401, www_authenticate=WWWAuthenticate('basic', {'realm': 'the shop', 'charset': 'UTF-8'}))",
    "abort(404, response=make_response('own', 202))",
    "abort(Response('made', 203))",
    "abort(number if number else 404, 'either')",
    "x = request.args.get('x') or abort(400, 'no x')",
    "return abort(403)",
    "return request.args.get('x') or abort(403)",
    "return (lambda: abort(410, 'in a lambda'))()",
    "if not (request.args.get('y') or abort(402 + 1)):\n        return 'never'",
    "raise NotFound",
    "raise exceptions.Gone",
    "raise exceptions.Gone('by module') from None",
    "raise ServiceUnavailable(retry_after=120)",
    "raise TooManyRequests('wait', retry_after=0)",
    "raise MethodNotAllowed(['GET'])",
    "raise RequestedRangeNotSatisfiable(12)",
    "raise BadRequestKeyError('key')",
    "raise Conflict(response=jsonify(conflict=True))",
    "raise HTTPException(response=make_response('answered', 418))",
    "return NotFound('returned')",
    "return NotFound('returned'), 203, {'X-After': 'x'}",
    "error = Conflict('kept')\n    raise error",
    "raise {1: NotFound, 2: Conflict}.get(number, BadRequest)('from a table')",
    "return str(NotFound.code) + NotFound.description + repr(Conflict()) + Conflict('x').name",
]


def test_errors_are_answered_as_by_flask(pair: Callable[..., Any]) -> None:
    views = [
        f'@app.get("/{index}/<int:number>")\ndef view_{index}(number):\n    {statement}\n    return "a"\n'
        for index, statement in enumerate(STATEMENTS)
    ]
    both = pair(HEAD + "\n".join(views))
    assert set(both.runtimes().values()) == {"native"}
    for index, statement in enumerate(STATEMENTS):
        for number in (0, 404, 799):
            theirs, mine = both.answers("GET", f"/{index}/{number}")
            assert mine == theirs, statement


def test_headers_of_errors(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from datetime import datetime, timezone
@app.get("/<int:number>")
def a(number):
    if number == 1:
        raise Unauthorized("log in", www_authenticate=WWWAuthenticate("basic", {"realm": "x"}))
    if number == 2:
        raise TooManyRequests(retry_after=30)
    raise ServiceUnavailable(retry_after=datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
"""
    )
    assert both.runtimes() == {"a": "native"}
    with both.clients() as (flask, fastapi):
        for number in (1, 2, 3):
            theirs, mine = flask.get(f"/{number}"), fastapi.get(f"/{number}")
            for name in ("www-authenticate", "retry-after"):
                assert mine.headers.get(name) == theirs.headers.get(name)
            assert mine.status_code == theirs.status_code


CATCHING = """
@app.get("/caught/<int:number>")
def caught(number):
    try:
        if number == 7:
            return make_response(request.args["x"])
        if number == 8:
            return jsonify(request.get_json())
        abort(number)
    except NotFound as error:
        return jsonify(error.description, error.code, error.name, str(error)), 404
    except (BadRequest, ValueError) as error:
        return f"bad {type(error).__name__}", 400
    except Conflict as error:
        return error
    except TooManyRequests as error:
        response = error.get_response()
        response.data = "slow"
        return response
    except HTTPException:
        raise

@app.get("/key")
def key():
    try:
        return request.args["x"]
    except KeyError as error:
        return f"{type(error).__name__} {error.args}"

@app.get("/item/<int:item_id>")
def item(item_id):
    return "item"

@app.get("/url")
def url():
    try:
        return url_for("item", item_id=request.args.get("id"))
    except BuildError:
        return "no such page", 404
"""


def test_errors_are_caught_where_flask_catches_them(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + CATCHING)
    assert set(both.runtimes().values()) == {"native"}
    for number in (404, 400, 409, 429, 403, 500, 7, 8):
        both.same("GET", f"/caught/{number}")
    for path in ("/key", "/url?id=3", "/url", "/url?id=x"):
        both.same("GET", path)


def test_beside_flask_both_libraries_errors_are_caught(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from flask import current_app

def legacy(number):
    current_app.aborter(number, "from Flask's own code")

@app.get("/<int:number>")
def a(number):
    try:
        if number == 404:
            raise NotFound("from the view")
        legacy(number)
    except (NotFound, Conflict) as error:
        return f"{error.code} {error.name} {error.description} {error}", 404
"""
    )
    assert both.runtimes() == {"a": "bridged"}
    for number in (404, 409, 403):
        both.same("GET", f"/{number}")
