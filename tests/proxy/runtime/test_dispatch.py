"""Who answers: the gateway against the Flask application alone, over URLs that hypothesis draws."""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fastapi
import flask
import pytest
from fastapi.responses import PlainTextResponse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.routing import BaseConverter, ValidationError

from proxy.runtime.bridge import WSGIBridge
from proxy.runtime.dispatch import Gateway

Call = Callable[..., tuple[int, dict[str, str], bytes]]

UUID = "00000000-0000-4000-8000-00000000000a"


class EvenConverter(BaseConverter):
    """A converter that refuses after its regex has matched."""

    regex = r"\d+"

    def to_python(self, value: str) -> int:
        if int(value) % 2:
            raise ValidationError
        return int(value)


RULES = {
    "index": ("/", ["GET"]),
    "me": ("/users/me", ["GET"]),
    "user": ("/users/<int:id>", ["GET", "DELETE"]),
    "name": ("/users/<name>", ["POST", "GET"]),
    "short": ("/short/<string(length=2):code>", ["GET"]),
    "bounded": ("/bounded/<int(min=2, max=5):n>", ["GET"]),
    "digits": ("/digits/<int(fixed_digits=3):n>", ["GET"]),
    "signed": ("/signed/<int(signed=True):n>", ["GET"]),
    "ratio": ("/ratio/<float:x>", ["GET"]),
    "choice": ("/choice/<any(red, green, 'light blue'):colour>", ["GET"]),
    "thing": ("/things/<uuid:id>", ["GET"]),
    "file": ("/files/<path:path>", ["GET"]),
    "meta": ("/files/<path:path>/meta", ["GET"]),
    "even": ("/even/<even:n>", ["GET"]),
    "docs": ("/docs/", ["GET", "POST"]),
    "page": ("/pages/<name>/", ["GET"]),
    "dotted": ("/export/<name>.<kind>", ["GET"]),
    "pair": ("/pairs/<a>-<int:b>", ["GET"]),
}
PATHS = {
    "choice": "/choice/{colour}",
    "user": "/users/{id:int}",
    "file": "/files/{path:path}",
    "meta": "/files/{path:path}/meta",
    "page": "/pages/{name}/",
    "docs": "/docs/",
}


@cache
def view(name: str) -> Callable[..., Any]:
    def answer(**values: Any) -> flask.Response:
        return flask.Response(name, mimetype="text/plain")

    return answer


def flask_app(**options: Any) -> flask.Flask:
    app = flask.Flask(__name__, **options)
    app.url_map.converters["even"] = EvenConverter
    for name, (rule, methods) in RULES.items():
        app.add_url_rule(rule, name, view(name), methods=methods)
    app.add_url_rule("/list/", "list", view("list"), defaults={"page": 1})
    app.add_url_rule("/list/<int:page>", "list", view("list"))
    app.add_url_rule("/loose", "loose", view("loose"), strict_slashes=False)
    app.add_url_rule("/old", "old", view("old"), redirect_to="/docs/")
    app.add_url_rule("/alias", "me", view("me"), alias=True)
    return app


def path_of(name: str, rule: str) -> str:
    """A Starlette path that takes at least what the rule takes."""
    if name in PATHS:
        return PATHS[name]
    parts = rule.split("<")
    return parts[0] + "".join(f"{{{part.split('>')[0].split(':')[-1]}}}{part.split('>')[1]}" for part in parts[1:])


@cache
def endpoint(name: str) -> Callable[..., Any]:
    async def answer() -> PlainTextResponse:
        return PlainTextResponse(name)

    return answer


def fastapi_app(names: list[str]) -> fastapi.FastAPI:
    """Routes in the order of `names`, every second one on an included router."""
    app = fastapi.FastAPI(openapi_url=None, redirect_slashes=False)
    rules = {
        **RULES,
        "list": ("/list/<int:page>", ["GET"]),
        "loose": ("/loose", ["GET"]),
        "old": ("/old", ["GET"]),
    }
    for position, name in enumerate(names):
        rule, methods = rules[name]
        router = app.router if position % 2 else fastapi.APIRouter()

        router.add_api_route(path_of(name, rule), endpoint(name), methods=[*methods, "HEAD"], name=name)
        if name == "list":
            router.add_api_route("/list/", endpoint(name), methods=["GET", "HEAD"], name=name)
        if router is not app.router:
            app.include_router(router)
    return app


NAMES = [*RULES, "list", "loose", "old"]
STATIC = "users me files meta docs pages list loose old alias short bounded digits signed ratio choice things even"
VALUES = ["1", "2", "3", "007", "-5", "٥", "1.5", "red", "light blue", "ab", "a.b", "a-1", "a-b-2", UUID, UUID.upper()]
ODD = ["export", "pairs", "", ".", "..", "Users", "ü", "a/b", "%2F", "x" * 9]
SEGMENTS = st.sampled_from([*STATIC.split(), *VALUES, *ODD])
TARGETS = st.lists(SEGMENTS, max_size=4).map(lambda parts: "/" + "/".join(parts))


def seen(method: str, response: tuple[int, dict[str, str], bytes]) -> tuple[Any, ...]:
    status, headers, body = response
    body = b"" if method == "HEAD" else body  # a server drops it
    allowed = sorted(headers.get("allow", "").split(", "))
    return status, headers.get("location"), allowed, body, headers.get("content-type")


@given(
    target=TARGETS,
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "DELETE", "OPTIONS", "PATCH", "get"]),
    names=st.permutations(NAMES),
    promoted=st.sets(st.sampled_from(NAMES), min_size=5),
)
@example(target="/users/me", method="GET", names=list(reversed(NAMES)), promoted=set(NAMES))
@example(target="/list/1", method="GET", names=NAMES, promoted=set(NAMES))
@example(target="/docs", method="GET", names=NAMES, promoted=set(NAMES))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_answer_is_the_one_of_flask_alone(
    target: str, method: str, names: list[str], promoted: set[str], project: Any, call: Call, keys_of: Any
):
    app = flask_app()
    project.promote({key: name for key, name in keys_of(app).items() if name in promoted})
    gateway = project.gateway(app, fastapi_app(names))
    request = {"method": method, "path": unquote(target), "raw_path": target.encode(), "headers": [(b"host", b"h")]}
    assert seen(method, call(gateway, **request)) == seen(method, call(WSGIBridge(app), **request))


FASTAPI_TAKES = ["/", "/users/me", "/users/5", "/users/bob", "/short/ab", "/bounded/3", "/digits/007", "/signed/-5"]
FASTAPI_TAKES += ["/ratio/1.5", "/choice/light blue", f"/things/{UUID}", "/files/a/b", "/even/2", "/docs/", "/pages/x/"]
FASTAPI_TAKES += ["/export/a.b", "/pairs/a-b-2", "/list/", "/list/2", "/loose"]


@pytest.mark.parametrize("path", FASTAPI_TAKES)
def test_a_promoted_route_is_served_by_fastapi(path: str, project: Any, side: Any, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    gateway = project.gateway(app, fastapi_app(NAMES))
    assert (side(gateway, path), side(gateway, path, method="HEAD")) == ("fastapi", "fastapi")


FLASK_KEEPS = {
    "no rule": "/nowhere",
    "a redirect to the slash": "/docs",
    "doubled slashes": "/users//5",
    "leading slashes, which Werkzeug strips": "//users/5",
    "a value that the converter refuses": "/even/3",
    "a value out of bounds": "/bounded/9",
    "a digit that Starlette does not take": "/users/٥",
    "a redirect to the defaults": "/list/1",
    "redirect_to": "/old",
    "an alias": "/alias",
    "a slash that the rule does not insist on": "/loose/",
    "another case": "/Users/me",
    "a decoded slash": "/short/a/",
}


@pytest.mark.parametrize("path", FLASK_KEEPS.values(), ids=FLASK_KEEPS)
def test_all_but_a_plain_match_is_left_to_flask(path: str, project: Any, side: Any, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    assert side(project.gateway(app, fastapi_app(NAMES)), path) == "flask"


@pytest.mark.parametrize("method", ["POST", "PATCH", "OPTIONS", "TRACE", "get"])
def test_other_methods_of_a_promoted_route_are_left_to_flask(method: str, project: Any, side: Any, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    assert side(project.gateway(app, fastapi_app(NAMES)), f"/things/{UUID}", method=method) == "flask"


def test_a_route_that_another_would_take_first_is_left_to_flask(project: Any, side: Any, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    assert side(project.gateway(app, fastapi_app(["file", "meta"])), "/files/a/meta") == "flask"
    assert side(project.gateway(app, fastapi_app(["meta", "file"])), "/files/a/meta") == "fastapi"


def test_a_route_that_fastapi_lacks_is_left_to_flask(project: Any, side: Any, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    gateway = project.gateway(app, fastapi_app(["user"]))
    assert [side(gateway, path) for path in ("/users/5", "/users/bob", "/")] == ["fastapi", "flask", "flask"]


def test_a_rule_that_the_bound_application_lacks_is_not_served(project: Any, side: Any, call: Call, keys_of: Any):
    project.promote(keys_of(flask_app()))
    other = flask.Flask(__name__)
    other.add_url_rule("/users/<int:id>", "another", view("another"))
    gateway = project.gateway(other, fastapi_app(NAMES))
    assert (side(gateway, "/users/5"), call(gateway, "/docs/")[0]) == ("flask", 404)


def test_many_gateways_serve_many_applications(project: Any, call: Call):
    project.promote({"GET /": "index"})
    gateways = []
    for number in range(20):
        app = flask.Flask(__name__)
        app.add_url_rule("/", "index", view("index"))
        app.add_url_rule("/number", "number", lambda number=number: str(number))
        gateways.append(project.gateway(app, fastapi_app(["index"])))
    assert [call(gateway, "/number")[2] for gateway in gateways] == [str(number).encode() for number in range(20)]
    assert {call(gateway, "/")[1]["x-served-by"] for gateway in gateways} == {"fastapi"}


def host(name: str) -> dict[str, Any]:
    return {"headers": [(b"host", name.encode())]}


def test_rules_of_hosts(project: Any, side: Any, keys_of: Any):
    app = flask.Flask(__name__, host_matching=True, static_host="static.example")
    app.add_url_rule("/", "index", view("index"), host="a.example")
    app.add_url_rule("/", "other", view("other"), host="<name>.example:8080")
    successor = fastapi.FastAPI()
    successor.add_api_route("/", lambda: "index", name="index")
    project.promote({"GET a.example/": "index"})
    gateway = project.gateway(app, successor)
    hosts = ["a.example", "A.Example", "a.example:80", "a.example:8080", "b.example:8080", "c.example", "a b"]
    assert [side(gateway, "/", **host(name)) for name in hosts] == ["fastapi"] * 3 + ["flask"] * 4


def test_rules_of_subdomains(project: Any, side: Any, keys_of: Any):
    app = flask.Flask(__name__, subdomain_matching=True)
    app.config["SERVER_NAME"] = "shop.example"
    app.add_url_rule("/", "index", view("index"), subdomain="api")
    app.add_url_rule("/", "main", view("main"))
    successor = fastapi.FastAPI()
    successor.add_api_route("/", lambda: "index", name="index")
    project.promote({"GET api/": "index"})
    gateway = project.gateway(app, successor)
    assert [side(gateway, "/", **host(name)) for name in ("api.shop.example", "shop.example")] == ["fastapi", "flask"]
    with pytest.warns(UserWarning, match="doesn't match"):
        assert side(gateway, "/", **host("api.elsewhere.example")) == "flask"


def test_a_host_that_is_not_trusted_is_refused_by_flask(project: Any, call: Call, keys_of: Any):
    app = flask_app()
    app.config["TRUSTED_HOSTS"] = ["shop.example"]
    project.promote(keys_of(app))
    gateway = project.gateway(app, fastapi_app(NAMES))
    answers = [call(gateway, "/users/5", **host(name)) for name in ("shop.example", "evil.example")]
    assert [(status, headers["x-served-by"]) for status, headers, _ in answers] == [(200, "fastapi"), (400, "flask")]


def test_an_application_that_binds_its_map_itself(project: Any, side: Any, keys_of: Any):
    class Tenants(flask.Flask):
        """Flask, refusing requests without a tenant."""

        def create_url_adapter(self, request: flask.Request | None) -> Any:
            if request is not None and "X-Tenant" not in request.headers:
                flask.abort(403)
            return super().create_url_adapter(request)

    app = Tenants(__name__)
    app.add_url_rule("/users/me", "me", view("me"))
    project.promote({"GET /users/me": "me"})
    gateway = project.gateway(app, fastapi_app(["me"]))
    headers = [(b"host", b"h"), (b"x-tenant", b"1")]
    assert side(gateway, "/users/me", headers=headers) == "fastapi"
    assert side(gateway, "/users/me") == "flask"


def test_an_application_under_a_prefix(project: Any, side: Any, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    gateway = project.gateway(app, fastapi_app(NAMES))
    assert side(gateway, "/shop/users/5", root_path="/shop") == "fastapi"
    assert side(gateway, "/shop/nowhere", root_path="/shop") == "flask"
    # Starlette does not take a prefix away that ends with a slash, so its router would not find the route.
    assert side(gateway, "/shop/users/5", root_path="/shop/") == "flask"


def test_the_prefix_itself_is_redirected_by_flask(project: Any, call: Call, keys_of: Any):
    app = flask_app()
    project.promote(keys_of(app))
    status, headers, _ = call(project.gateway(app, fastapi_app(NAMES)), "/shop", root_path="/shop")
    assert (status, headers["location"]) == (308, "http://localhost/shop/")


def test_a_converter_that_needs_a_context_leaves_the_route_on_flask(project: Any, side: Any):
    class Mine(BaseConverter):
        def to_python(self, value: str) -> str:
            return f"{flask.current_app.name}:{value}"

    app = flask.Flask(__name__)
    app.url_map.converters["mine"] = Mine
    app.add_url_rule("/<mine:name>", "name", view("name"))
    successor = fastapi.FastAPI()
    successor.add_api_route("/{name}", lambda name: name, name="name")
    project.promote({"GET /<mine:name>": "name"})
    gateway = project.gateway(app, successor)
    assert side(gateway, "/x") == "flask"


def test_the_body_is_left_to_who_serves(project: Any, call: Call):
    app = flask.Flask(__name__)
    app.add_url_rule("/old", "old", lambda: flask.request.get_data(), methods=["POST"])
    app.add_url_rule("/new", "new", lambda: "unused", methods=["POST"])
    successor = fastapi.FastAPI()

    async def new(request: fastapi.Request) -> fastapi.Response:
        return fastapi.Response(await request.body())

    successor.add_api_route("/new", new, methods=["POST"], name="new")
    project.promote({"POST /new": "new"})
    gateway = project.gateway(app, successor)
    headers = [(b"host", b"h"), (b"content-length", b"4")]
    for path in ("/old", "/new"):
        assert call(gateway, path, method="POST", headers=headers, body=b"body")[2] == b"body"


def test_who_has_served_is_not_told_unless_asked(
    project: Any, call: Call, keys_of: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    app = flask_app()
    project.promote(keys_of(app))
    monkeypatch.delenv("MIGRATE_SERVED_BY", raising=False)
    silent = Gateway(app, fastapi_app(NAMES), package=project.package)
    monkeypatch.setenv("MIGRATE_SERVED_BY", "1")
    telling = Gateway(app, fastapi_app(NAMES), package=project.package)
    assert [call(one, "/users/5")[1].get("x-served-by") for one in (silent, telling)] == [None, "fastapi"]


def test_a_websocket_is_refused_and_lifespan_is_fastapis(project: Any):
    events: list[str] = []

    async def successor(scope: Any, receive: Any, send: Any) -> None:
        events.append(scope["type"])

    sent: list[str] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    gateway = project.gateway(flask_app(), successor)
    asyncio.run(gateway({"type": "lifespan"}, receive, send))
    asyncio.run(gateway({"type": "websocket"}, receive, send))
    assert (events, sent) == (["lifespan"], ["websocket.close"])
