"""The gateway without Flask in its process: its table of rules decides as Werkzeug does."""

from typing import Any
from urllib.parse import unquote

import fastapi
import pytest
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from migrator.proving.verdict import judge_proxy
from proxy.decide import Decider
from proxy.model import RouteTable
from proxy.probes import Probe, draw
from proxy.rules import rules_document
from proxy.runtime.apart import ApartGateway, RuleTable
from proxy.runtime.environ import build_environ
from proxy.runtime.relay import Relay

from ..applications import application, owners


def document_of(table: RouteTable) -> dict[str, Any]:
    return rules_document(table, {rule.identifier: rule.key for rule in table.rules})


def scope_of(probe: Probe, **changes: Any) -> dict[str, Any]:
    path, _, query = probe.target.partition("?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": probe.method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", probe.host.encode()), *changes.pop("headers", [])],
        **changes,
    }


@pytest.mark.parametrize("seed", range(3))
def test_it_decides_as_werkzeug_does(seed: int, table_of: Any):
    app = application(300, seed)
    table = table_of(app.url_map)
    rules = RuleTable(document_of(table))
    probes = list(draw(table, 3000, seed))
    found = [rules.match(build_environ(scope_of(probe))) for probe in probes]
    answers = ["fastapi" if one else "flask" for one in found]
    owned = owners(app, table, probes)
    verdict = judge_proxy("apart", table, probes, owned, answers, Decider(table))
    assert [str(one) for one in verdict.disagreements[:20]] == []
    assert verdict.on_fastapi > 300
    assert all(one.key == rule.key for one, rule in zip(found, owned, strict=True) if one and rule)


def test_hosts(table_of: Any):
    rules = [WerkzeugRule("/<name>", endpoint=host, host=host, methods=["GET"]) for host in ("a.example", "b.example")]
    table = RuleTable(document_of(table_of(Map(rules, host_matching=True))))
    found = {
        host: table.match(build_environ(scope_of(Probe("HEAD", host, "/x")))) for host in ("A.example", "c.example")
    }
    assert found["A.example"].endpoint == "a.example"
    assert found["A.example"].method == "GET"
    assert found["c.example"] is None


@pytest.mark.parametrize("headers", [[(b"upgrade", b"websocket")], [(b"x-http-method-override", b"DELETE")]])
def test_requests_to_change_the_request_are_flasks(headers: Any, table_of: Any):
    table = RuleTable(document_of(table_of(Map([WerkzeugRule("/x", endpoint="x", methods=["GET"])]))))
    assert table.match(build_environ(scope_of(Probe("GET", "h", "/x")))) is not None
    assert table.match(build_environ(scope_of(Probe("GET", "h", "/x"), headers=headers))) is None


def test_promoted_routes_are_served_while_flask_is_away(project: Any, table_of: Any, call: Any, monkeypatch: Any):
    monkeypatch.setenv("MIGRATE_FLASK", "127.0.0.1:1")
    app = fastapi.FastAPI()
    app.add_api_route("/users/{id}", lambda id: id, name="user")
    url_map = Map([WerkzeugRule(f"/{name}/<int:id>", endpoint=name, methods=["GET"]) for name in ("user", "item")])
    url_map.add(WerkzeugRule("/users/<int:id>", endpoint="user", methods=["GET"]))
    project.promote({"GET /users/<int:id>": "user", "GET /item/<int:id>": "item"})
    gateway = ApartGateway(document_of(table_of(url_map)), app, package=project.package)

    def status(path: str) -> int:
        return int(call(gateway, path, raw_path=path.encode())[0])

    assert [status(path) for path in ("/users/7", "/users/x", "/item/7", "/")] == [200, 503, 503, 503]


def test_an_address_that_is_none(project: Any, monkeypatch: Any):
    monkeypatch.setenv("MIGRATE_FLASK", "shop")
    with pytest.raises(ValueError, match="'shop' is not the address of a server"):
        ApartGateway(document_of(RouteTable.of([], [])), fastapi.FastAPI(), package=project.package)


@pytest.mark.parametrize(
    ("name", "text"),
    [("MIGRATE_FLASK_TIMEOUT", "soon"), ("MIGRATE_FLASK_TIMEOUT", "-1"), ("MIGRATE_FLASK_CONNECTIONS", "0")],
)
def test_a_limit_that_is_none(name: str, text: str, project: Any, monkeypatch: Any, table_of: Any):
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match=f"{name}={text!r} is not a number of"):
        ApartGateway(document_of(table_of(Map())), fastapi.FastAPI(), package=project.package)


def test_limits(project: Any, monkeypatch: Any, table_of: Any):
    monkeypatch.setenv("MIGRATE_FLASK_TIMEOUT", "0.5")
    relay = ApartGateway(document_of(table_of(Map())), fastapi.FastAPI(), package=project.package).legacy
    assert isinstance(relay, Relay)
    assert relay.seconds == 0.5
