"""`url_for` and what a request says of its URL, against Flask, alone and beside a Flask application."""

import uuid
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import flask
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request as WerkzeugRequest

from codemods.compat import convertors, request_info
from codemods.compat.lifecycle import Lifecycle
from codemods.compat.request import FlaskRequest
from codemods.compat.responses import text
from codemods.compat.routing import FlaskRoute
from codemods.compat.urls import BuildError, url_for

convertors.convertor("url_any", convertors.any_of("a", "b"), str, convertors.one_of("a", "b"))
convertors.convertor("url_digits", convertors.integer(), int, convertors.digits(3))

RULES = [
    ("/", "/", ["GET"], "index"),
    ("/ü b/<int:n>", "/ü b/{n:int}", ["GET"], "unquoted"),
    ("/items/<int:n>", "/items/{n:int}", ["GET"], "item"),
    ("/items/<int:n>", "/items/{n:int}", ["POST"], "item_post"),
    ("/x/<x>", "/x/{x}", ["GET"], "text"),
    ("/path/<path:x>", "/path/{x:flask_path}", ["GET"], "path"),
    ("/plain-path/<path:x>", "/plain-path/{x:path}", ["GET"], "plain_path"),
    ("/float/<float:x>", "/float/{x:flask_float}", ["GET"], "float"),
    ("/uuid/<uuid:x>", "/uuid/{x:flask_uuid}", ["GET"], "uuid"),
    ("/any/<any(a, b):x>", "/any/{x:url_any}", ["GET"], "any"),
    ("/digits/<int(fixed_digits=3):x>", "/digits/{x:url_digits}", ["GET"], "digits"),
    ("/many/", "/many/", ["GET"], "many"),
    ("/many/<a>", "/many/{a}", ["GET"], "many"),
    ("/many/<a>/<b>", "/many/{a}/{b}", ["GET"], "many"),
    ("/by-method", "/by-method", ["GET"], "by_method"),
    ("/by-method/post", "/by-method/post", ["POST"], "by_method"),
    ("/bp/here", "/bp/here", ["GET"], "bp.here"),
    ("/bp/there/<x>", "/bp/there/{x}", ["GET"], "bp.there"),
]

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("index", {}),
    ("index", {"q": "a b&c=ü/?", "none": None, "many": [1, "é", None], "empty": "", "t": (1, 2)}),
    ("index", {"_anchor": "ü #x"}),
    ("index", {"_external": True}),
    ("index", {"_external": True, "_scheme": "https"}),
    ("index", {"_scheme": "https"}),
    ("index", {"_scheme": "ws"}),
    ("index", {"_scheme": "https", "_external": False}),
    ("unquoted", {"n": 7}),
    ("item", {"n": 7, "page": 2}),
    ("item", {"n": "007"}),
    ("item", {"n": -3}),
    ("item", {"n": True}),
    ("item", {}),
    ("item", {"n": "x"}),
    ("text", {"x": "a/b ü?#%"}),
    ("text", {"x": ""}),
    ("text", {"x": None}),
    ("text", {"x": 5}),
    ("path", {"x": "a/b ü?#%"}),
    ("plain_path", {"x": "a//b"}),
    ("float", {"x": 1}),
    ("float", {"x": "2.50"}),
    ("uuid", {"x": uuid.UUID(int=1)}),
    ("uuid", {"x": "anything"}),
    ("any", {"x": "a"}),
    ("any", {"x": "c"}),
    ("digits", {"x": 7}),
    ("many", {}),
    ("many", {"a": 1}),
    ("many", {"b": 1}),
    ("many", {"a": 1, "b": 2, "c": 3}),
    ("by_method", {}),
    ("by_method", {"_method": "POST"}),
    ("by_method", {"_method": "PUT"}),
    ("unknown", {}),
    (".there", {"x": 1}),
    ("bp.there", {"x": 1}),
    ("item", {"n": 1, "request": "r", "values": "v"}),
]


def flask_side(calls: list[Any]) -> flask.Flask:
    app = flask.Flask(__name__, static_folder=None)
    blueprint = flask.Blueprint("bp", __name__)

    def view(**values: Any) -> str:
        endpoint, options = calls[0]
        return flask.url_for(endpoint, **options)

    for rule, _, methods, name in RULES:
        target = blueprint if name.startswith("bp.") else app
        target.add_url_rule(rule, name.removeprefix("bp."), view, methods=methods)
    app.register_blueprint(blueprint)
    return app


def fastapi_side(calls: list[Any]) -> FastAPI:
    app = FastAPI()
    router = APIRouter(route_class=FlaskRoute)

    async def view(request: Request) -> Response:
        endpoint, options = calls[0]
        return text(url_for(request, endpoint, **options))

    for _, path, methods, name in RULES:
        router.add_api_route(path, view, methods=methods, name=name)
    app.include_router(router)
    return app


@pytest.fixture(params=["alone", "beside flask"])
def sides(request: pytest.FixtureRequest) -> tuple[list[Any], flask.Flask, FastAPI]:
    calls: list[Any] = []
    flask_app, app = flask_side(calls), fastapi_side(calls)
    if request.param == "beside flask":
        app.state.flask_app = flask_app
    return calls, flask_app, app


@pytest.mark.parametrize(("endpoint", "values"), CALLS, ids=repr)
@pytest.mark.parametrize(("method", "target"), [("GET", "/bp/here"), ("POST", "/by-method/post"), ("GET", "/")])
def test_every_url(pair, sides, endpoint, values, method, target):
    calls, flask_app, app = sides
    calls.append((endpoint, values))
    pair(flask_app, app).same(method, target, {"Host": "shop.example:8000"})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=10), st.dictionaries(st.sampled_from(["q", "r", "ü"]), st.text() | st.lists(st.integers())))
def test_any_text_in_path_and_query(pair, x, values):
    calls = [("text", {"x": x, **values})]
    pair(flask_side(calls), fastapi_side(calls)).same("GET", "/")


def test_errors_are_lookup_errors(fastapi_answer):
    seen: list[Exception] = []
    for flask_app in (None, flask_side([])):
        app = FastAPI()
        app.router.route_class = FlaskRoute
        if flask_app:
            app.state.flask_app = flask_app

        @app.get("/")
        async def view(request: Request) -> Response:
            try:
                return text(url_for(request, "nowhere"))
            except LookupError as error:
                seen.append(error)
                raise

        assert fastapi_answer(app, "GET", "/").status == 500
    assert [type(error) for error in seen] == [BuildError, BuildError]


def test_hooks_for_defaults_and_handlers_of_the_flask_application_apply(pair):
    calls: list[Any] = []
    flask_app, app = flask_side(calls), fastapi_side(calls)
    app.state.flask_app = flask_app
    flask_app.url_defaults(lambda endpoint, values: values.setdefault("lang", "en"))
    app.state.lifecycle = Lifecycle(
        url_defaults={"": [lambda request, endpoint, values: values.setdefault("lang", "en")]}
    )
    flask_app.url_build_error_handlers.append(lambda error, endpoint, values: f"/missing/{endpoint}")
    both = pair(flask_app, app)
    for call in (("index", {}), ("nowhere", {"a": 1})):
        calls[:] = [call]
        both.same("GET", "/")


TARGETS = ["/", "/a b/%C3%A9?x=%C3%A9%20y&z=%2F%23", "/a%2Fb", "/%FF?%FF", "/x?", "/%25?a=%25", "/a%3Fb%23c", "//a//b"]
HOSTS = ["localhost", "localhost:80", "EXAMPLE.com:8080", "xn--mnchen-3ya.de", "[::1]:5000", "bad host", "a:99999"]
NAMES = ["url", "base_url", "url_root", "host", "host_url", "path", "full_path", "root_path"]


@pytest.mark.parametrize("root", ["", "/mount", "/m ü"])
@pytest.mark.parametrize("host", HOSTS)
def test_what_a_request_says_of_its_url(host, root):
    for target in TARGETS:
        for scheme in ("http", "https"):
            compare(target, host, root, scheme)


def compare(target: str, host: str, root: str, scheme: str) -> None:
    path, _, query = target.partition("?")
    environ = EnvironBuilder(base_url=f"{scheme}://localhost/").get_environ()
    environ |= {
        "HTTP_HOST": host,
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
    }
    expected = WerkzeugRequest(environ)
    found = FlaskRequest(
        {
            "type": "http",
            "scheme": scheme,
            "root_path": root,
            "path": root + unquote(path),
            "query_string": query.encode(),
            "headers": [(b"host", host.encode())],
            "client": None,
            "method": "GET",
        }
    )
    for name in NAMES:
        assert getattr(request_info, name)(found) == getattr(expected, name), (name, target, scheme)


def test_the_client():
    scope: dict[str, Any] = {"type": "http", "headers": [], "client": ("10.0.0.1", 5)}
    assert request_info.remote_addr(FlaskRequest(scope)) == "10.0.0.1"
    assert request_info.remote_addr(FlaskRequest({**scope, "client": None})) is None
