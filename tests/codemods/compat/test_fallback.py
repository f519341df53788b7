"""The fallback route, HEAD and convertors against Werkzeug's URL map."""

from typing import Any

import flask
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.compat import convertors
from codemods.compat.fallback import add_fallback
from codemods.compat.head import HeadAsGet
from codemods.compat.lifecycle import ErrorHandlers, Lifecycle
from codemods.compat.responses import FlaskJSONResponse, text
from codemods.compat.routing import FlaskRoute, NotThisRouteError

convertors.convertor("test_two", convertors.string(length=2))
convertors.convertor("test_any", convertors.any_of("one", "t.o"), str, convertors.one_of("one", "t.o"))
convertors.convertor("test_digits", convertors.integer(), convertors.number(int, fixed_digits=3), convertors.digits(3))
convertors.convertor("test_range", convertors.integer(), convertors.number(int, 2, 4), convertors.digits())
convertors.convertor("test_signed", convertors.integer(signed=True), int, convertors.digits())

RULES: list[tuple[str, str, list[str], str]] = [
    ("/", "/", ["GET"], "root"),
    ("/leaf", "/leaf", ["GET"], "leaf"),
    ("/leaf", "/leaf", ["POST"], "leaf_post"),
    ("/dir/", "/dir/", ["GET", "PUT"], "dir"),
    ("/a/<int:x>", "/a/{x:flask_int}", ["GET"], "ints"),
    ("/a/<x>", "/a/{x}", ["DELETE"], "strings"),
    ("/f/<float:x>", "/f/{x:flask_float}", ["GET"], "floats"),
    ("/u/<uuid:x>", "/u/{x:flask_uuid}", ["GET"], "uuids"),
    ("/p/<path:x>", "/p/{x:flask_path}", ["GET"], "paths"),
    ("/p/<path:x>/edit", "/p/{x:flask_path}/edit", ["POST"], "edit"),
    ("/two/<string(length=2):x>", "/two/{x:test_two}", ["GET"], "two"),
    ("/any/<any(one, 't.o'):x>", "/any/{x:test_any}", ["GET"], "any"),
    ("/digits/<int(fixed_digits=3):x>", "/digits/{x:test_digits}", ["GET"], "digits"),
    ("/signed/<int(signed=True):x>", "/signed/{x:test_signed}", ["GET"], "signed"),
    ("/no-options", "/no-options", ["GET"], "no_options"),
    ("/bp/item", "/bp/item", ["GET", "PATCH"], "bp.item"),
]
ORDER = ["edit", "paths"]  # as Werkzeug weighs them


def flask_side() -> flask.Flask:
    app = flask.Flask(__name__, static_folder=None)
    blueprint = flask.Blueprint("bp", __name__)

    def view(**values: Any) -> Any:
        return {key: f"{type(value).__name__} {value}" for key, value in values.items()} | {"m": flask.request.method}

    def tagging(name: str) -> Any:
        def hook(response: flask.Response) -> flask.Response:
            response.headers.add("X-Hook", f"{name} {flask.request.endpoint}")
            return response

        return hook

    app.after_request(tagging("app"))
    blueprint.after_request(tagging("bp"))
    app.register_error_handler(405, lambda error: (f"ours {error.description}", 405, error.get_headers()))
    for rule, _, methods, name in RULES:
        target = blueprint if name.startswith("bp.") else app
        options = False if name == "no_options" else None
        target.add_url_rule(rule, name.removeprefix("bp."), view, methods=methods, provide_automatic_options=options)
    app.register_blueprint(blueprint)
    return app


def fastapi_side() -> FastAPI:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.add_middleware(HeadAsGet)
    router = APIRouter(route_class=FlaskRoute)

    async def view(request: Request) -> Response:
        values = {key: f"{type(value).__name__} {value}" for key, value in request.path_params.items()}
        return FlaskJSONResponse(values | {"m": request.method})

    def tagging(name: str) -> Any:
        async def hook(request: Any, response: Response) -> Response:
            response.headers.append("X-Hook", f"{name} {request.endpoint}")
            return response

        return hook

    async def refused(request: Request, error: Any) -> Response:
        return text(f"ours {error.description}", 405, error.get_headers())

    for _, path, methods, name in sorted(RULES, key=lambda rule: ORDER.index(rule[3]) if rule[3] in ORDER else 9):
        router.add_api_route(path, view, methods=methods, name=name)
    app.include_router(router)
    app.state.lifecycle = Lifecycle(
        after={"": [tagging("app")], "bp": [tagging("bp")]}, handlers=ErrorHandlers({"": {405: refused}})
    )
    add_fallback(app, without_options=["no_options"])
    return app


@pytest.fixture(scope="module")
def sides() -> tuple[flask.Flask, FastAPI]:
    return flask_side(), fastapi_side()


METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"]
TARGETS = [
    "/",
    "/leaf",
    "/leaf/",
    "/leaf?x=1",
    "/dir",
    "/dir/",
    "/dir?a=%C3%A9&b",
    "//dir",
    "/dir//",
    "//leaf",
    "/nowhere",
    "/a/1",
    "/a/x",
    "/a/007",
    "/a/-1",
    "/a/1/",
    "/a//1",
    "/a/%D9%A3",
    "/f/1.5",
    "/f/1",
    "/f/.5",
    "/f/1e3",
    "/p/",
    "/p//x",
    "/p/x/y",
    "/p/x//y",
    "/p/x/edit",
    "/p/x/edit/",
    "/u/00000000-0000-0000-0000-000000000001",
    "/u/00000000000000000000000000000001",
    "/u/0000000A-0000-0000-0000-00000000000a",
    "/two/ab",
    "/two/a",
    "/two/abc",
    "/any/one",
    "/any/t.o",
    "/any/txo",
    "/digits/007",
    "/digits/7",
    "/signed/-7",
    "/signed/+7",
    "/no-options",
    "/bp/item",
    "/bp//item",
    "/a/%C3%A9",
    "/a/a%2Fb",
]


@pytest.mark.parametrize("target", TARGETS)
def test_every_method_of_a_url(pair, sides, target):
    both = pair(*sides)
    for method in METHODS:
        both.same(method, target)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(METHODS),
    st.lists(
        st.sampled_from(["leaf", "dir", "a", "p", "f", "x", "1", "1.5", "edit", "bp", "item", "", ""]), max_size=4
    ),
)
def test_any_url_and_method(pair, sides, method, pieces):
    pair(*sides).same(method, "/" + "/".join(pieces))


RANGES = [
    ("/r/<int(min=2, max=4):x>", "/r/{x:test_range}", ["GET"], "range"),
    ("/r/<x>", "/r/{x}", ["GET", "DELETE"], "any"),
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_number_out_of_range_is_not_left_to_the_rules_behind(pair, method, order):
    flask_app = flask.Flask(__name__, static_folder=None)
    app = FastAPI(redirect_slashes=False)
    app.router.route_class = FlaskRoute
    app.add_middleware(HeadAsGet)
    for rule, _, methods, name in RANGES[::order]:
        flask_app.add_url_rule(rule, name, lambda x: str(x), methods=methods)

    async def view(x: Any) -> Response:
        return text(str(x))

    for _, where, methods, name in RANGES:
        app.add_api_route(where, view, methods=methods, name=name)
    add_fallback(app)
    both = pair(flask_app, app)
    for number in ("1", "2", "4", "5", "a", "22"):
        both.same(method, f"/r/{number}")


@pytest.mark.parametrize(
    "options", [{}, {"minlength": 2}, {"maxlength": 3}, {"length": 2}, {"minlength": 2, "maxlength": 3}]
)
def test_patterns_of_strings_are_werkzeugs(options):
    from werkzeug.routing import Map, UnicodeConverter

    assert convertors.string(**options) == UnicodeConverter(Map(), **{"minlength": 1, **options}).regex


def test_any_writes_only_its_items():
    with pytest.raises(ValueError, match="'x' is not one of 'a', 'b'"):
        convertors.one_of("b", "a")("x")


@pytest.mark.parametrize("value", ["12", "-1", "-12", "123", "1"])
def test_signed_numbers_with_fixed_digits_count_the_sign(value):
    import re

    from werkzeug.routing import IntegerConverter, Map, ValidationError

    converter = IntegerConverter(Map(), fixed_digits=2, signed=True)
    try:
        expected = bool(re.fullmatch(converter.regex, value)) and converter.to_python(value) is not None
    except ValidationError:
        expected = False
    try:
        read = re.fullmatch(convertors.integer(signed=True), value) and convertors.number(int, fixed_digits=2)(value)
    except NotThisRouteError:
        read = None
    assert (read is not None) is expected
