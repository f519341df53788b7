"""HTTPRoutes decide as Werkzeug does, whichever expression an implementation tries first, and keep to the limits."""

import random
import re
from typing import Any

import pytest
import yaml
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from migrator.proving.verdict import judge_proxy
from proxy.decide import Decider
from proxy.model import RouteTable, Rule, Upstream
from proxy.platforms.gateway_api import FILE, Match, limits, render
from proxy.probes import Probe, draw

from ..applications import application, owners
from .httproute import objections

UPSTREAMS = [Upstream("flask", ("shop-flask:80",)), Upstream("fastapi", ("shop-fastapi:8000",))]
MATCH = re.compile(r"- method: (\w+)\n +path: \{type: (\w+), value: '(.*)'\}")
BACKEND = re.compile(r"- \{name: shop-(\w+), port: \d+\}")


def matches_of(text: str) -> list[Match]:
    """What the HTTPRoutes say, without the prefix that is Flask's."""
    found = []
    for rule in text.split("    - matches:\n")[1:]:
        side = BACKEND.search(rule)[1]
        found += [Match(method, kind, path.replace("''", "'"), side) for method, kind, path in MATCH.findall(rule)]
    return found


def side_of(matches: list[Match], probe: Probe) -> str:
    """Which side takes a request; the test fails where that depends on the order of expressions."""
    path = probe.target.partition("?")[0]
    of_method = [one for one in matches if one.method == probe.method]
    exact = {one.side for one in of_method if one.kind == "Exact" and one.path == path}
    sides = exact or {one.side for one in of_method if one.kind != "Exact" and re.fullmatch(one.path, path)}
    assert len(sides) <= 1, str(probe)
    return sides.pop() if sides else "flask"


@pytest.mark.parametrize("seed", range(4))
def test_it_decides_as_werkzeug_does(seed: int, table_of: Any):
    app = application(200, seed)
    chance = random.Random(seed)
    table = table_of(app.url_map, lambda key: chance.random() < 0.7, upstreams=UPSTREAMS)
    matches = matches_of(render(table)[FILE])
    probes = list(draw(table, 3000, seed))
    answers = [side_of(matches, probe) for probe in probes]
    decider = Decider(table, decodes=False)
    wrong = [
        str(one)
        for one in judge_proxy("gateway", table, probes, owners(app, table, probes), answers, decider).disagreements
        if one.said == "fastapi"
    ]
    assert wrong == []
    assert answers.count("fastapi") > 100


def test_the_limits_of_the_specification(table_of: Any):
    rules = [
        WerkzeugRule(f"/r{number}/<int:id>", endpoint=str(number), methods=["GET", "PUT"]) for number in range(300)
    ]
    text = render(table_of(Map(rules), upstreams=UPSTREAMS))[FILE]
    routes = text.split("\n---\n")
    assert len(routes) > 2
    for route in routes:
        by_rule = [len(MATCH.findall(rule)) for rule in route.split("    - matches:\n")[1:]]
        assert len(by_rule) <= 16
        assert max(by_rule) <= 64
        assert sum(by_rule) < 128
    assert len(matches_of(text)) == 900


@pytest.mark.parametrize("count", [0, 1, 300])
def test_a_cluster_takes_the_routes(count: int, table_of: Any):
    texts = [f"/r{number}/<int:id>" for number in range(count)] + ["/", "/it's/[x]", "/a+b", "/.", "/a/../b", "/docs/"]
    rules = [WerkzeugRule(text, endpoint=text, methods=["GET", "PUT"]) for text in texts]
    routes = list(yaml.safe_load_all(render(table_of(Map(rules), upstreams=UPSTREAMS))[FILE]))
    assert [objection for route in routes for objection in objections(route)] == []
    names = [route["metadata"]["name"] for route in routes]
    assert len({*names}) == len(names) > 1


def test_a_route_that_a_cluster_refuses():
    """The schema is one that refuses."""
    route = yaml.safe_load(render(RouteTable.of(UPSTREAMS, []))[FILE])
    route["spec"]["rules"][0]["matches"][0]["path"]["value"] = "/a/../b"
    route["spec"]["rules"][0]["matches"] *= 129
    route["spec"]["rules"][0]["backendRefs"][0]["port"] = 70000
    route["spec"]["rules"][0]["weight"] = 1
    said = " ".join(objections(route))
    assert all(part in said for part in ("129 matches", "/a/../b is no path", "70000", "'weight' was unexpected"))


def test_applications_in_one_namespace_have_routes_of_their_own():
    def names(service: str) -> set[str]:
        upstreams = [Upstream("flask", (f"{service}:80",)), UPSTREAMS[1]]
        rules = [Rule("GET", "/x", "x", side="fastapi")]
        return {one["metadata"]["name"] for one in yaml.safe_load_all(render(RouteTable.of(upstreams, rules))[FILE])}

    assert names("shop-flask") == {"shop-flask-migrate", "shop-flask-migrate-1"}
    assert not names("shop-flask") & names("blog-flask")


def side(table: RouteTable, target: str, method: str = "GET") -> str:
    return side_of(matches_of(render(table)[FILE]), Probe(method, "h", target))


def test_an_exact_path_on_flask_before_an_expression(table_of: Any):
    rules = [WerkzeugRule(text, endpoint=text, methods=["GET"]) for text in ("/users/me", "/users/<name>")]
    table = table_of(Map(rules), lambda key: "<name>" in key, upstreams=UPSTREAMS)
    assert [side(table, target) for target in ("/users/me", "/users/bob", "/users/b%20b", "/users/")] == [
        "flask",
        "fastapi",
        "flask",
        "flask",
    ]
    assert side(table, "/users/bob", "HEAD") == "fastapi"
    assert side(table, "/users/bob", "POST") == "flask"


def test_what_flask_redirects_to_a_path_with_a_slash(table_of: Any):
    """Werkzeug answers 308 for `/7`, although another rule takes it."""
    rules = [WerkzeugRule(text, endpoint=text, methods=["GET"]) for text in ("/7/", "/<int:number>", "/8")]
    table = table_of(Map(rules), lambda key: key != "GET /7/", upstreams=UPSTREAMS)
    assert [side(table, target) for target in ("/7", "/8", "/9", "/7/")] == ["flask", "fastapi", "fastapi", "flask"]


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (["/<int:id>", "/<name>"], "may take the same requests, and which wins is not said"),
        (["/<name>/a", "/<name>/<int:id>/", "/<name>/<string(length=1):letter>/"], "may take the same requests"),
        (["/files/<path:path>"], "its last part takes slashes"),
        (["/a/../b"], "its path has dot segments"),
        (["/a b"], "its path has to be encoded"),
        ([f"/{'long' * 300}"], "its path is too long"),
    ],
)
def test_what_is_left_to_flask(rules: list[str], why: str, table_of: Any):
    url_map = Map([WerkzeugRule(text, endpoint=text, methods=["GET"]) for text in rules])
    table = table_of(url_map, upstreams=UPSTREAMS)
    assert matches_of(render(table)[FILE]) == []
    assert all(why in problem.message for problem in limits(table))
    assert len(limits(table)) == len(rules)


def test_rules_of_hosts_are_left_to_flask(table_of: Any):
    rules = [WerkzeugRule("/x", endpoint=host, host=host, methods=["GET"]) for host in ("a.example", "b.example")]
    assert matches_of(render(table_of(Map(rules, host_matching=True), upstreams=UPSTREAMS))[FILE]) == []


@pytest.mark.parametrize("server", ["unix:/run/shop.sock", "10.0.0.1:80", "shop"])
def test_a_side_is_a_service(server: str, table_of: Any):
    upstreams = [Upstream("flask", (server,)), UPSTREAMS[1]]
    with pytest.raises(ValueError, match="is no Service with its port: --flask shop-flask:80"):
        render(table_of(Map([]), upstreams=upstreams))
