"""What was decided for a request and is remembered: it holds for the like of it only, and only as long as it is so."""

from collections.abc import Callable
from itertools import product
from typing import Any

import fastapi
import flask
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from proxy.runtime.deciding import REMEMBERED
from proxy.runtime.environ import build_environ
from proxy.runtime.matching import LONGEST

Side = Callable[..., str]


def application() -> flask.Flask:
    app = flask.Flask(__name__)
    for rule, name in (("/users/<int:id>", "user"), ("/users/<name>", "name"), ("/files/<path:path>", "file")):
        app.add_url_rule(rule, name, lambda **values: "flask")
    return app


def successor(*, route_class: type[APIRoute] = APIRoute) -> fastapi.FastAPI:
    app = fastapi.FastAPI(redirect_slashes=False)
    router = fastapi.APIRouter(route_class=route_class)
    for path, name in (("/users/{id:int}", "user"), ("/users/{name}", "name"), ("/files/{path:path}", "file")):
        router.add_api_route(path, lambda: "fastapi", name=name, methods=["GET", "HEAD"])
    app.include_router(router)
    return app


def host(name: str) -> dict[str, Any]:
    return {"headers": [(b"host", name.encode())]}


@pytest.fixture
def gateway(project: Any, keys_of: Any) -> Any:
    """All is promoted."""
    app = application()
    project.promote(keys_of(app))
    return project.gateway(app, successor())


def test_werkzeug_is_asked_once_for_the_like_of_a_request(gateway: Any, side: Side, monkeypatch: Any):
    found = [side(gateway, f"/users/{number % 3}") for number in range(3)]
    monkeypatch.setattr(gateway._decisions._rules, "match", None)
    assert found + [side(gateway, f"/users/{number % 3}") for number in range(20)] == ["fastapi"] * 23


METHODS = ["GET", "HEAD", "POST", "OPTIONS", "get"]
PATHS = ["/users/5", "/users/\u0665", "/users/bob", "/users//5", "/users/5/", "/files/a/b", "/", "/s/users/5"]
PREFIXES = ["", "/s", "/users"]
HOSTS = [[], [b"a.example"], [b"b.example"], [b"a b"], [b"a.example:80"], [b"a.example", b"b.example"]]
SPELLINGS = [b"host", b"Host"]
CONNECTIONS = [b"close", b"Upgrade"]


@pytest.mark.parametrize("trusted", [None, ["a.example"]])
def test_what_is_remembered_is_what_would_be_decided(trusted: Any, gateway: Any):
    decisions = gateway._decisions
    decisions._rules._flask_app.config["TRUSTED_HOSTS"] = trusted
    sides = set()
    for method, path, prefix, hosts, spelling, connection in product(
        METHODS, PATHS, PREFIXES, HOSTS, SPELLINGS, CONNECTIONS
    ):
        headers = [*((spelling, name) for name in hosts), (b"connection", connection), (b"upgrade", b"websocket")]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "root_path": prefix,
            "query_string": b"",
            "headers": headers,
        }
        environ = build_environ(scope)
        found = decisions.decide(scope, environ)
        assert found == decisions._decided(scope, environ)
        sides.add(found.is_fastapi)
    assert sides == {True, False}


def test_a_rule_that_is_added_counts_at_once(project: Any, side: Side, keys_of: Any):
    app = application()
    project.promote(keys_of(app))
    gateway = project.gateway(app, successor())
    before = side(gateway, "/users/me")
    app.add_url_rule("/users/me", "me", lambda: "flask")
    assert (before, side(gateway, "/users/me"), side(gateway, "/users/you")) == ("fastapi", "flask", "fastapi")


def test_a_promotion_that_changes_counts(gateway: Any, side: Side, project: Any, monkeypatch: Any):
    monkeypatch.setattr("proxy.runtime.table.INTERVAL", 0)
    sides = [side(gateway, "/users/5")]
    for weight in (0, 100):
        project.override({"GET /users/<int:id>": weight})
        sides.append(side(gateway, "/users/5"))
    assert sides == ["fastapi", "flask", "fastapi"]


def test_a_setting_that_changes_counts(gateway: Any, side: Side):
    config = gateway._decisions._rules._flask_app.config
    sides = [side(gateway, "/users/5", **host("shop.example"))]
    config["TRUSTED_HOSTS"] = ["other.example"]
    sides.append(side(gateway, "/users/5", **host("shop.example")))
    config["TRUSTED_HOSTS"].append("shop.example")
    sides.append(side(gateway, "/users/5", **host("shop.example")))
    assert sides == ["fastapi", "flask", "fastapi"]


def test_each_client_of_a_canary_is_looked_at(project: Any, side: Side, keys_of: Any):
    app = application()
    project.promote(keys_of(app), weight=50)
    gateway = project.gateway(app, successor())
    clients = [[(b"host", b"h"), (b"x-user-id", str(number).encode())] for number in range(20)]
    found = [[side(gateway, "/users/5", headers=headers) for headers in clients] for _ in range(2)]
    assert found[0] == found[1]
    assert set(found[0]) == {"fastapi", "flask"}


class OwnRoute(APIRoute):
    """A route that looks at more than the path, as `compat.routing.FlaskRoute` has it."""

    header = b""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        vars(self)["matches"] = self.matches_header

    def matches_header(self, scope: Any) -> tuple[Match, Any]:
        """Only the request whose header has the name of the endpoint."""
        asked = dict(scope["headers"]).get(self.header, b"").decode()
        return APIRoute.matches(self, scope) if asked.startswith(self.name) else (Match.NONE, {})


class OnHost(OwnRoute):
    """A route on one host."""

    header = b"host"


class OnTenant(OwnRoute):
    """A route for one header."""

    header = b"x-tenant"


def test_a_route_class_that_looks_at_the_host(project: Any, side: Side):
    app = flask.Flask(__name__, host_matching=True, static_host="static.example")
    router = fastapi.APIRouter()
    for name in ("a", "b"):
        app.add_url_rule("/", name, lambda: "flask", host=f"{name}.example")
        router.add_api_route("/", lambda: "one", name=name, route_class_override=OnHost)
    new = fastapi.FastAPI()
    new.include_router(router)
    project.promote({"GET b.example/": "b"})
    gateway = project.gateway(app, new)
    assert [side(gateway, "/", **host(f"{name}.example")) for name in ("a", "b", "c")] == ["flask", "fastapi", "flask"]


@pytest.mark.parametrize(("route_class", "header"), [(OnHost, b"host"), (OnTenant, b"x-tenant")])
def test_a_route_class_of_the_applications_own_is_asked_each_time(
    route_class: Any, header: bytes, project: Any, side: Side, keys_of: Any
):
    app = application()
    project.promote(keys_of(app))
    gateway = project.gateway(app, successor(route_class=route_class))
    sides = []
    for name in (b"name", b"other", b"name"):
        headers = [(b"host", b"h"), (header, name)] if header != b"host" else [(b"host", name)]
        sides.append(side(gateway, "/users/bob", headers=headers))
    assert sides == ["fastapi", "flask", "fastapi"]


def test_what_clients_invent_does_not_fill_the_memory(gateway: Any, side: Side):
    decisions = gateway._decisions
    for number in range(300):
        assert side(gateway, "/users/5", **host(f"h{number}.example")) == "fastapi"
    assert len(decisions._rules._adapters) <= 256
    known = len(decisions._known)
    assert side(gateway, "/users/" + "x" * LONGEST) == "fastapi"
    assert side(gateway, "/users/5", headers=[(b"host", b"h"), (b"connection", b"x" * LONGEST * 2)]) == "fastapi"
    assert len(decisions._known) == known
    decisions._known.update((number, decisions._known[next(iter(decisions._known))]) for number in range(REMEMBERED))
    assert side(gateway, "/users/6") == "fastapi"
    assert len(decisions._known) == 1


def test_the_rules_are_not_counted_for_each_request(gateway: Any, side: Side, monkeypatch: Any):
    """Werkzeug makes a list of all rules for that."""
    counted = []
    url_map = type(gateway._decisions._rules._flask_app.url_map)
    rules = url_map._rules
    monkeypatch.setattr(url_map, "_rules", property(lambda self: counted.append(1) or rules.fget(self)))
    monkeypatch.setattr("proxy.runtime.matching.INTERVAL", 3600)
    for number in range(20):
        assert side(gateway, f"/users/{number}") == "fastapi"
    assert len(counted) == 1


class ByState(APIRoute):
    """A route that looks into the application's state."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.__dict__["matches"] = self.matches_by_state

    def matches_by_state(self, scope: Any) -> Any:
        return APIRoute.matches(self, scope) if scope["app"].state.is_open else (Match.NONE, {})


@pytest.mark.parametrize(("is_open", "expected"), [(True, "fastapi"), (False, "flask")])
def test_a_route_may_ask_for_the_state_of_its_application(
    project: Any, keys_of: Any, side: Side, is_open: bool, expected: str
):
    app, fastapi_app = application(), successor(route_class=ByState)
    fastapi_app.state.is_open = is_open
    project.promote(keys_of(app))
    assert side(project.gateway(app, fastapi_app), "/users/5") == expected
