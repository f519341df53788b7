"""Cookies, sessions and flashes against Flask: texts of headers, and one cookie read by both sides."""

import re
import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import flask
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from starlette.exceptions import HTTPException
from werkzeug.http import dump_cookie

from codemods.compat.cookies import delete_cookie, set_cookie
from codemods.compat.flash import flash, get_flashed_messages
from codemods.compat.responses import FlaskJSONResponse, text
from codemods.compat.routing import FlaskRoute
from codemods.compat.session import FlaskSessionMiddleware

COOKIES: list[dict[str, Any]] = [
    {},
    {"value": 'ü "quoted"; a,b\\'},
    {"max_age": 60},
    {"max_age": timedelta(days=1)},
    {"max_age": 60, "expires": 0},
    {"expires": datetime(2030, 1, 1)},
    {"expires": datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
    {"expires": "whenever"},
    {"expires": 1.5},
    {"path": "/ü;x y", "domain": ".münchen.de:80"},
    {"path": None, "domain": ""},
    {"secure": True, "httponly": True, "samesite": "lax"},
    {"samesite": "NONE", "partitioned": True},
]


def without_clock(header: str | None) -> str:
    """A cookie's text without seconds, which may pass between two answers."""
    return re.sub(r":\d\d GMT", " GMT", header or "")


@pytest.mark.parametrize("options", COOKIES, ids=repr)
def test_set_cookie(options):
    expected = flask.Response()
    expected.set_cookie("näme", **options)
    found = Response()
    set_cookie(found, "näme", **options)
    assert without_clock(found.headers["set-cookie"]) == without_clock(expected.headers["set-cookie"])


@pytest.mark.parametrize(
    "options", [{}, {"path": "/x", "domain": "a.b"}, {"secure": True, "httponly": True, "samesite": "Lax"}]
)
def test_delete_cookie(options):
    expected = flask.Response()
    expected.delete_cookie("a", **options)
    found = Response()
    delete_cookie(found, "a", **options)
    assert found.headers["set-cookie"] == expected.headers["set-cookie"]


@given(st.text(max_size=20))
def test_any_value_of_a_cookie(value):
    found = Response()
    set_cookie(found, "a", value)
    assert found.headers["set-cookie"] == dump_cookie("a", value)


def test_an_unknown_samesite():
    with pytest.raises(ValueError, match="SameSite"):
        set_cookie(Response(), "a", samesite="some")


ACTIONS: dict[str, Any] = {}


def sides(secret: str | None = "secret", **config: Any) -> tuple[flask.Flask, FastAPI]:
    """Both sides do with the session what the last part of the path says."""
    flask_app = flask.Flask(__name__)
    flask_app.secret_key = secret
    flask_app.config.update({f"SESSION_{name.upper()}": value for name, value in config.items()})
    app = FastAPI()
    app.router.route_class = FlaskRoute
    names = {"cookie_domain": "domain", "cookie_path": "path", "cookie_samesite": "samesite", "cookie_secure": "secure"}
    names |= {"cookie_httponly": "httponly", "cookie_partitioned": "partitioned"}
    options = {names.get(name, name): value for name, value in config.items()}
    app.add_middleware(FlaskSessionMiddleware, secret_key=secret, **options)

    def act(session: Any, what: str) -> Any:
        match what:
            case "nothing":
                return None
            case "read":
                return sorted(session.get("user", {})) and None
            case "dump":
                return sorted((key, repr(value)) for key, value in session.items())
            case "set":
                session["user"] = {"id": 7, "roles": ["a"]}
            case "permanent":
                session["user"] = 1
                session.permanent = True
            case "nested":
                session["user"]["roles"].append("b")
            case "nested_modified":
                session["user"]["roles"].append("b")
                session.modified = True
            case "pop":
                return repr(session.pop("user", None))
            case "clear":
                session.clear()
            case "setdefault":
                session.setdefault("user", 1)
            case "update":
                session.update(b=2, a=1)
            case "contains":
                return "user" in session
            case "unsavable":
                session["a"] = object()
            case "set_and_clear":
                session["a"] = 1
                session.clear()
        return None

    def flask_view(what: str) -> Any:
        if what == "nothing":
            return flask.jsonify(None)
        result = act(flask.session, what)
        if what == "vary":
            response = flask.jsonify(bool(flask.session))
            response.headers["Vary"] = "Accept, cookie"
            return response
        if what == "abort":
            flask.session["a"] = 1
            flask.abort(404)
        if what == "crash":
            flask.session["a"] = 1
            raise ValueError
        return flask.jsonify(result)

    async def view(request: Request, what: str) -> Response:
        if what == "nothing":
            return FlaskJSONResponse(None)
        result = act(request.session, what)
        if what == "vary":
            return FlaskJSONResponse(bool(request.session), headers={"Vary": "Accept, cookie"})
        if what == "abort":
            request.session["a"] = 1
            raise HTTPException(404)
        if what == "crash":
            request.session["a"] = 1
            raise ValueError
        return FlaskJSONResponse(result)

    flask_app.add_url_rule("/<what>", "view", flask_view)
    app.add_api_route("/{what}", view)
    return flask_app, app


def cookie_of(answer: Any) -> str | None:
    """The cookie that a browser sends back."""
    header = answer.header("set-cookie")
    return header.partition(";")[0] if header else None


def shape(answer: Any) -> Any:
    """An answer, the signature of its cookie left out: it holds the time."""
    headers = [
        (name, without_clock(re.sub(r"(session=[^.;]*)\.[^;]*", r"\1", value)) if name == "set-cookie" else value)
        for name, value in answer.headers
    ]
    return answer.status, headers, answer.body


WHAT = [
    "nothing",
    "read",
    "dump",
    "set",
    "permanent",
    "nested",
    "nested_modified",
    "pop",
    "clear",
    "setdefault",
    "update",
    "contains",
    "set_and_clear",
    "vary",
    "abort",
    "crash",
    "unsavable",
]


@pytest.mark.parametrize("first", [None, "set", "permanent"])
@pytest.mark.parametrize("what", WHAT)
def test_what_happens_to_a_session(pair, flask_answer, first, what):
    both = pair(*sides())
    cookie = cookie_of(flask_answer(both.flask, "GET", f"/{first}")) if first else None
    expected, found = both.both("GET", f"/{what}", {"Cookie": cookie} if cookie else {})
    assert shape(found) == shape(expected)


@pytest.mark.parametrize(
    "config",
    [
        {"cookie_name": "sid"},
        {"cookie_domain": "example.com", "cookie_path": "/app"},
        {"cookie_secure": True, "cookie_httponly": False, "cookie_samesite": "Strict", "cookie_partitioned": True},
        {"refresh_each_request": False},
    ],
    ids=repr,
)
@pytest.mark.parametrize("what", ["set", "permanent", "clear", "dump"])
def test_the_configuration_of_the_cookie(pair, flask_answer, config, what):
    both = pair(*sides(**config))
    cookie = cookie_of(flask_answer(both.flask, "GET", "/permanent"))
    expected, found = both.both("GET", f"/{what}", {"Cookie": cookie or ""})
    assert shape(found) == shape(expected)


@pytest.mark.parametrize("what", ["update", "permanent"])
def test_keys_keep_their_order_where_the_application_does_not_sort_them(pair, monkeypatch, what):
    flask_app, app = sides()
    flask_app.json.sort_keys = False
    monkeypatch.setattr(FlaskJSONResponse, "sort_keys", False)
    expected, found = pair(flask_app, app).both("GET", f"/{what}")
    assert shape(found) == shape(expected)


@pytest.mark.parametrize("what", ["read", "set", "clear", "dump", "pop"])
def test_an_application_without_a_secret_key(pair, what):
    expected, found = pair(*sides(secret=None)).both("GET", f"/{what}")
    assert shape(found) == shape(expected)


@pytest.mark.parametrize(
    "cookie", ["session=", "session=x", "session=e30.x.y", 'session="a"', "session=.e.e.e; session=b"]
)
def test_cookies_that_are_not_ours(pair, cookie):
    expected, found = pair(*sides()).both("GET", "/dump", {"Cookie": cookie})
    assert shape(found) == shape(expected)


def signed(app: flask.Flask, value: dict[str, Any]) -> str:
    serializer = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    with app.app_context():
        return str(serializer.dumps(value))


CONTENT = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.uuids()
    | st.text().map(Markup)
    | st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.sampled_from([" t", " d", "a", " di", " b__"]) | st.text(), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(), CONTENT))
def test_any_content_is_read_by_both_sides_either_way(content):
    app = flask.Flask(__name__)
    app.secret_key = "secret"
    ours = FlaskSessionMiddleware(lambda *_: None, "secret")  # type: ignore[arg-type]
    theirs = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
    assert ours.serializer is not None
    assert theirs is not None
    with app.app_context():
        by_flask, by_us = theirs.dumps(content), ours.serializer.dumps(content)
        assert str(by_us).partition(".")[0] == str(by_flask).partition(".")[0]
        assert ours.serializer.loads(by_flask) == theirs.loads(by_us)


@pytest.mark.parametrize(
    "value", [Decimal("1.5"), datetime(2024, 1, 1, tzinfo=UTC), (1, (2,)), {" t": [1]}, uuid.UUID(int=1)]
)
def test_a_cookie_of_ours_is_flasks(flask_answer, value):
    flask_app, _ = sides()
    ours = FlaskSessionMiddleware(lambda *_: None, "secret")  # type: ignore[arg-type]
    assert ours.serializer is not None
    by_us = str(ours.serializer.dumps({"user": value}))
    by_flask = signed(flask_app, {"user": value})
    answers = [flask_answer(flask_app, "GET", "/dump", {"Cookie": f"session={cookie}"}) for cookie in (by_us, by_flask)]
    assert answers[0].body == answers[1].body != b"[]\n"


def test_old_keys_are_still_read_and_the_new_one_signs(fastapi_answer):
    old, _ = sides("old")
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_middleware(FlaskSessionMiddleware, secret_key="new", fallbacks=["old"])

    @app.get("/")
    async def view(request: Request) -> Response:
        seen = request.session.get("user")
        request.session["again"] = 1
        return FlaskJSONResponse(seen)

    answer = fastapi_answer(app, "GET", "/", {"Cookie": f"session={signed(old, {'user': 7})}"})
    assert answer.body == b"7\n"
    new, _ = sides("new")
    serializer = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(new)
    assert serializer is not None
    assert serializer.loads((cookie_of(answer) or "").removeprefix("session=")) == {"user": 7, "again": 1}


def test_a_cookie_that_is_too_old(fastapi_answer):
    flask_app, _ = sides()
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_middleware(FlaskSessionMiddleware, secret_key="secret", lifetime=timedelta(seconds=-1))

    @app.get("/")
    async def view(request: Request) -> Response:
        return FlaskJSONResponse(request.session)

    assert fastapi_answer(app, "GET", "/", {"Cookie": f"session={signed(flask_app, {'a': 1})}"}).body == b"{}\n"


def test_flashes(pair):
    flask_app = flask.Flask(__name__)
    flask_app.secret_key = "secret"
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_middleware(FlaskSessionMiddleware, secret_key="secret")
    messages = [("one", "message"), ("zwei ü", "error"), ("three", "error")]
    shows: list[dict[str, Any]] = [
        {},
        {"with_categories": True},
        {"category_filter": ["error"]},
        {"with_categories": True, "category_filter": ["error", "x"]},
    ]

    @flask_app.get("/add")
    def flask_add() -> str:
        for message, category in messages:
            flask.flash(message, category)
        return "added"

    @flask_app.get("/show")
    def flask_show() -> Any:
        return flask.jsonify([flask.get_flashed_messages(**options) for options in shows])

    @app.get("/add")
    async def add(request: Request) -> Response:
        for message, category in messages:
            flash(request, message, category)
        return text("added")

    @app.get("/show")
    async def show(request: Request) -> Response:
        return FlaskJSONResponse([get_flashed_messages(request, **options) for options in shows])

    both = pair(flask_app, app)
    expected, found = both.both("GET", "/add")
    assert shape(found) == shape(expected)
    for cookie in (cookie_of(expected), cookie_of(found), None):
        expected, found = both.both("GET", "/show", {"Cookie": cookie} if cookie else {})
        assert shape(found) == shape(expected)
