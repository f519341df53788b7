"""Responses against Flask's: JSON text, what views return, redirects, streams, headers, and error pages."""

import dataclasses
import enum
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import flask
import pytest
from fastapi import FastAPI
from fastapi import Response as FastAPIResponse
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from starlette.exceptions import HTTPException
from werkzeug.exceptions import default_exceptions
from werkzeug.urls import iri_to_uri as werkzeug_iri_to_uri
from werkzeug.utils import get_content_type

from codemods.compat import response_body, responses
from codemods.compat.head import HeadAsGet
from codemods.compat.http_statuses import as_http_error
from codemods.compat.routing import FlaskRoute

FLASK = flask.Flask(__name__)


@dataclasses.dataclass
class Point:
    x: int
    when: date


class Color(enum.IntEnum):
    RED = 1


class Shade(enum.Enum):
    DARK = "dark"


VALUES = [
    {"b": 1, "a": [True, None, 1.5]},
    {"ü": "é\u2028😀", "</script>": "&"},
    datetime(2024, 2, 29, 1, 2, 3),
    datetime(2024, 2, 29, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))),
    date(2024, 2, 29),
    Decimal("1.50"),
    uuid.UUID(int=7),
    Point(1, date(2024, 1, 1)),
    Markup("<b>"),
    Color.RED,
    float("nan"),
    float("inf"),
    (1, 2),
    {1: "a"},
    {None: 1},
]
REFUSED = [Shade.DARK, {1, 2}, b"x", time(1), timedelta(1), object(), {1: "a", "b": 2}, Point, 1j]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_json_text(value):
    with FLASK.app_context():
        assert responses.FlaskJSONResponse(value).body == flask.jsonify(value).get_data()


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
def test_what_has_no_json_text(value):
    with FLASK.app_context(), pytest.raises(TypeError):
        flask.jsonify(value)
    with pytest.raises(TypeError):
        responses.FlaskJSONResponse(value)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.decimals() | st.uuids()


@given(st.recursive(SCALARS | st.datetimes(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_value(value):
    with FLASK.app_context():
        assert responses.FlaskJSONResponse(value).body == flask.jsonify(value).get_data()


def test_jsonify_of_arguments():
    calls: list[tuple[Any, Any]] = [((), {}), ((1, 2), {}), ((), {"b": 1, "a": 2}), (([],), {}), ((None,), {})]
    with FLASK.app_context():
        for args, kwargs in calls:
            assert responses.jsonify(*args, **kwargs).body == flask.jsonify(*args, **kwargs).get_data()
        with pytest.raises(TypeError):
            responses.jsonify(1, a=2)


def test_the_switches_of_the_json_provider():
    app = flask.Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.compact = False  # type: ignore[attr-defined]

    class Ours(responses.FlaskJSONResponse):
        sort_keys = False
        ensure_ascii = False
        compact = False

    with app.app_context():
        assert Ours({"b": "ü", "a": [1]}).body == flask.jsonify({"b": "ü", "a": [1]}).get_data()


def letters() -> Iterator[str]:
    yield "ü"
    yield "b"


RETURNED: list[Any] = [
    "text",
    "",
    b"\xff",
    bytearray(b"x"),
    {"a": 1},
    [1],
    ["a", 201],
    ["a", 201, {}],
    [],
    ("a", 201),
    ("a", "418 I'M SHORT"),
    ("a", HTTPStatus.ACCEPTED),
    ("a", {"X-One": 1, "Content-Type": "text/csv"}),
    ("a", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]),
    ("a", 201, {"X-One": ["1", "2"]}),
    ({"a": 1}, 201, {"Content-Type": "application/problem+json"}),
    ([1], 400, [("X-One", "1"), ("X-One", "2")]),
    ("a", 204),
    ({}, 204),
    ("a", 304),
    ("a", 200, {"Location": "/ü?a=ü#b c"}),
    None,
    5,
    True,
    {1},
    ("a", 200, {}, "more"),
    ("a",),
    (None, 200),
    ("a", 200, {"X": "a\nb"}),
    ("a", ""),
]


@pytest.mark.parametrize("value", RETURNED, ids=repr)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_a_view_returns(pair, value, method):
    flask_app = flask.Flask(__name__)
    flask_app.add_url_rule("/", "view", lambda: value)
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_middleware(HeadAsGet)

    async def view() -> FastAPIResponse:
        return responses.make_response(value)

    app.add_api_route("/", view)
    pair(flask_app, app).same(method, "/")


@pytest.mark.parametrize(
    "value", ["generator", ("generator", 201), ("generator", {"X-One": "1"}), "response"], ids=repr
)
def test_streams_are_closed(pair, value):
    closed: list[str] = []

    def chunks(side: str) -> Iterator[str]:
        try:
            yield from letters()
        finally:
            closed.append(side)

    def filled(side: str) -> Any:
        return (chunks(side), *value[1:]) if isinstance(value, tuple) else chunks(side)

    flask_app = flask.Flask(__name__)
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_middleware(HeadAsGet)
    if value == "response":
        flask_app.add_url_rule("/", "view", lambda: flask.Response(filled("flask"), mimetype="text/csv", status=202))
    else:
        flask_app.add_url_rule("/", "view", lambda: filled("flask"))

    def view() -> FastAPIResponse:
        if value == "response":
            return responses.response(filled("fastapi"), mimetype="text/csv", status=202)
        return responses.make_response(filled("fastapi"))

    app.add_api_route("/", view)
    both = pair(flask_app, app)
    both.same("GET", "/")
    assert closed == ["flask", "fastapi"]
    both.same("HEAD", "/")
    assert closed == ["flask", "fastapi"]  # a generator that never starts has nothing to close


ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"response": "x"},
    {"response": b"x", "status": 201},
    {"response": "x", "status": "404 Nope"},
    {"response": "<a/>", "mimetype": "application/xml"},
    {"response": "<a/>", "mimetype": "image/svg+xml"},
    {"response": "x", "mimetype": "image/png"},
    {"response": "x", "content_type": "text/csv"},
    {"response": "x", "mimetype": "text/css", "headers": {"Content-Type": "text/csv", "X-A": "1"}},
    {"response": "x", "headers": {"Content-Type": "text/csv"}},
    {"response": ["a", "ü"], "headers": [("X-A", "1"), ("X-A", "2")]},
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=repr)
def test_response_objects(pair, arguments):
    flask_app = flask.Flask(__name__)
    flask_app.add_url_rule("/", "view", lambda: flask.Response(**arguments))
    app = FastAPI()
    app.router.route_class = FlaskRoute

    async def view() -> FastAPIResponse:
        given = dict(arguments)
        return responses.response(given.pop("response", None), **given)

    app.add_api_route("/", view)
    both = pair(flask_app, app)
    both.ignored = {"content-length"} if isinstance(arguments.get("response"), list) else set()
    both.same("GET", "/")


URLS = ["/a?b=c&d=e", "http://münchen.de:80/ü?x=ü#ü", "//x.y/a b", '/<script>"', "/%41%zz", "http://u:p@[::1]:8/", ""]


@pytest.mark.parametrize("url", URLS)
def test_redirects(pair, url):
    flask_app = flask.Flask(__name__)
    flask_app.add_url_rule("/", "view", lambda: flask.redirect(url, 303))
    app = FastAPI()
    app.router.route_class = FlaskRoute

    async def view() -> FastAPIResponse:
        return responses.redirect(url, 303)

    app.add_api_route("/", view)
    pair(flask_app, app).same("GET", "/")


@given(st.text("ab/:?#@[]%é 1.", max_size=20))
def test_any_location(url):
    try:
        expected = werkzeug_iri_to_uri(url)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011  # whatever `urlsplit` says
            responses.iri_to_uri(url)
    else:
        assert responses.iri_to_uri(url) == expected


@pytest.mark.parametrize(
    "mimetype", ["text/plain", "application/xml", "image/svg+xml", "application/json", "application/sql"]
)
def test_charsets(mimetype):
    assert responses.with_charset(mimetype) == get_content_type(mimetype, "utf-8")


def test_set_body_and_headers():
    response = responses.text("before", headers={"X-A": "1"})
    response_body.set_body(response, "afterwards ü")
    responses.update_headers(response.headers, {"X-A": 2, "X-B": ["1", "2"]})
    assert response.body == "afterwards ü".encode()
    assert sorted(response.headers.items()) == [
        ("content-length", "13"),
        ("content-type", "text/html; charset=utf-8"),
        ("x-a", "2"),
        ("x-b", "1"),
        ("x-b", "2"),
    ]


@pytest.mark.parametrize("status", sorted(default_exceptions))
@pytest.mark.parametrize("given", [None, "our <text>\nin lines", ""])
def test_error_pages_and_texts_of_every_status(pair, status, given):
    flask_app = flask.Flask(__name__)
    seen: list[Any] = []

    def abort() -> Any:
        try:
            flask.abort(status, **({} if given is None else {"description": given}))
        except Exception as error:
            seen.append((error.name, error.description, str(error)))  # type: ignore[attr-defined]
            raise

    flask_app.add_url_rule("/", "view", abort)
    app = FastAPI()
    app.router.route_class = FlaskRoute

    async def view() -> None:
        error = HTTPException(status) if given is None else HTTPException(status, given)
        shown = as_http_error(error)
        seen.append((shown.name, shown.description, str(shown)))
        raise error

    app.add_api_route("/", view)
    pair(flask_app, app).same("GET", "/")
    assert seen[0] == seen[1]


def test_a_description_that_is_the_status_in_words():
    assert as_http_error(HTTPException(404, "Not Found")).description == "Not Found"
    assert as_http_error(HTTPException(404)).description.startswith("The requested URL was not found")
