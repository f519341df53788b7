"""Requests drawn around rules: each engine decides as Werkzeug does, and planted faults are found."""

import os
import random
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from migrator.proving.asking import Alter, Running, ask
from migrator.proving.verdict import Verdict, judge_proxy
from proxy import plain
from proxy.decide import Decider
from proxy.engines import ENGINES, load
from proxy.model import RouteTable, Upstream
from proxy.probes import draw

from ..programs import installed, search_path
from .applications import application, owners

REQUESTS = int(os.environ.get("PROOF_REQUESTS", "2000"))
RULES = int(os.environ.get("PROOF_RULES", "120"))
SEED = int(os.environ.get("PROOF_SEED", "1"))


@pytest.fixture(autouse=True)
def engines_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", search_path())


def unaltered(name: str, text: str) -> str:
    """No fault."""
    return text


def proven(name: str, app: Flask, table: RouteTable, requests: int, alter: Alter = unaltered) -> Verdict:
    """The verdict on an engine."""
    probes = list(draw(table, requests, SEED))
    found = owners(app, table, probes)
    answers = ask(Running(name, load(name), alter), table, probes)
    return judge_proxy(name, table, probes, found, answers, Decider(table, load(name).DECODES))


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_decides_as_werkzeug_does(name: str, table_of: Any):
    installed(name)
    app = application(RULES, SEED)
    chance = random.Random(SEED)
    table = table_of(app.url_map, lambda key: chance.random() < 0.6)
    verdict = proven(name, app, table, REQUESTS)
    assert [str(one) for one in verdict.disagreements[:20]] == []
    assert verdict.asked == REQUESTS
    assert verdict.on_fastapi > REQUESTS / 20
    assert verdict.left + verdict.refused < REQUESTS / (3 if load(name).DECODES else 2)


@pytest.mark.parametrize("seed", range(5))
def test_the_shapes_decide_as_werkzeug_does(seed: int, table_of: Any):
    """Without an engine: many more rules at once than one asks a process about."""
    app = application(300, seed)
    table = table_of(app.url_map)
    probes = list(draw(table, 3000, seed))
    decider = Decider(table)
    answers = ["fastapi" if decider.rule(probe) else "flask" for probe in probes]
    verdict = judge_proxy("shapes", table, probes, owners(app, table, probes), answers, decider)
    assert [str(one) for one in verdict.disagreements[:20]] == []
    assert verdict.on_fastapi > 300


def test_requests_of_hosts(table_of: Any):
    """Rules that name a host, beside rules for all hosts of the same paths."""
    rules = [WerkzeugRule("/<name>", endpoint=host, host=host, methods=["GET"]) for host in ("a.example", "b.example")]
    table = table_of(Map(rules, host_matching=True), lambda key: "a.example" in key)
    probes = list(draw(table, 3000, 1))
    decider = Decider(table)
    decided = {probe.host: decider.rule(probe) for probe in probes if probe.target == "/bob" and probe.method == "GET"}
    assert {host for host, rule in decided.items() if rule} == {"a.example", "b.example", "A.EXAMPLE", "B.EXAMPLE"}


def test_the_same_seed_draws_the_same_requests(table_of: Any):
    table = table_of(application(50, 1).url_map)
    assert list(draw(table, 200, 3)) == list(draw(table, 200, 3)) != list(draw(table, 200, 4))


def test_requests_are_what_a_client_can_send(table_of: Any):
    for probe in draw(table_of(application(50, 1).url_map), 3000, 5):
        assert probe.target.startswith("/")
        assert re.fullmatch(r"[!-~]+", probe.target), probe.target
        assert "#" not in probe.target


def test_an_empty_table_can_be_asked_about():
    probes = list(draw(RouteTable((Upstream("flask", ("localhost:1",)),), ()), 10))
    assert len(probes) == 10


def replaced(file: str, before: str, after: str) -> Alter:
    """A fault: every occurrence of a text in a file is another."""

    def alter(name: str, text: str) -> str:
        if name != file:
            return text
        assert before in text, before
        return text.replace(before, after)

    return alter


def rewritten(file: str, before: str, after: str) -> Alter:
    """A fault: all that an expression matches in a file is another."""

    def alter(name: str, text: str) -> str:
        if name != file:
            return text
        altered = re.sub(before, after, text, flags=re.MULTILINE)
        assert altered != text, before
        return altered

    return alter


def backwards(name: str, text: str) -> str:
    """A fault: shapes are tried in the wrong order."""
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if "migrate-rules.map" in line and "regsub" in line]
    for place, line in zip(places, [lines[place] for place in reversed(places)], strict=True):
        lines[place] = line
    return "\n".join(lines)


def others_promoted(name: str, text: str) -> str:
    """A fault: what is on Flask is promoted, and the other way round."""
    if name != "migrate-state.map":
        return text
    return re.sub(r"^(r_\w+) (\d+)$", lambda found: f"{found[1]} {100 - int(found[2])}", text, flags=re.MULTILINE)


CONFIGURATION, MAP = "migrate.cfg", "migrate-rules.map"
FAULTS = {
    "shapes in another order": backwards,
    "a greedy path": replaced(CONFIGURATION, "[^/].*?", ".*"),
    "text that takes slashes": replaced(CONFIGURATION, "/[^/]+", "/.+"),
    "numbers that are any text": replaced(CONFIGURATION, "[0-9]+$", "[^/]+$"),
    "numbers with a sign": replaced(CONFIGURATION, "/[0-9]+", "/-?[0-9]+"),
    "an end that is not anchored": rewritten(CONFIGURATION, r'(regsub\("\^.*)\$","', r'\1","'),
    "a slash at the end that does not count": rewritten(CONFIGURATION, r'(regsub\("\^.*)\$","', r'\1/?$","'),
    "HEAD is not GET": replaced(CONFIGURATION, "'str(GET),", "'str(HEAD),"),
    "every method is GET": replaced(CONFIGURATION, " if { method HEAD }", ""),
    "OPTIONS is GET": replaced(CONFIGURATION, "{ method HEAD }", "{ method HEAD OPTIONS }"),
    "cases are one": replaced(CONFIGURATION, f"map_str({MAP})", f"lower,map_str({MAP})"),
    "merged slashes": lambda name, text: replaced(CONFIGURATION, "path,url_dec", 'path,url_dec,regsub("/+","/",g)')(
        name, replaced(CONFIGURATION, "/)*+", "/+)*+")(name, text)
    ),
    "nothing is decoded": replaced(CONFIGURATION, "path,url_dec", "path"),
    "decoded twice": replaced(CONFIGURATION, "path,url_dec", "path,url_dec,url_dec"),
    "all is plain": replaced(CONFIGURATION, plain.IN_ONE_WITHOUT_GOING_BACK.replace("'", "'\\''"), "^/"),
    "a rule is missing": rewritten(MAP, r"^\S+<GET< .*\n(?=\S+<GET<)", ""),
    "a rule too many": rewritten(MAP, r" flask$", " r_stray"),
    "the wrong state": others_promoted,
}


def with_stray_rule(alter: Alter) -> Alter:
    """The fault, with a promoted rule that no rule of the application is."""
    return lambda name, text: alter(name, text + ("r_stray 100\n" if name == "migrate-state.map" else ""))


RULES_OF_FAULTS = {
    "/": "GET",
    "/users/me": "GET",
    "/users/<int:id>": "GET DELETE",
    "/users/<name>": "GET POST",
    "/numbers/<int:n>": "GET",
    "/files/<path:path>": "GET",
    "/files/<path:path>/meta": "GET",
    "/export/<name>.<kind>": "GET",
    "/docs/": "GET POST",
    "/Mixed/case": "GET",
    "/short/<string(length=2):code>": "PUT PATCH",
    "/a b/<n>": "GET",
}


def few_rules() -> Flask:
    """An application of these rules."""
    app = Flask(__name__, static_folder=None)
    for rule, methods in RULES_OF_FAULTS.items():
        app.add_url_rule(rule, rule, str, methods=methods.split())
    return app


PROMOTED, ROUTERS, STATIC = "migrate/migrate-state.yml", "migrate/migrate-rules.yml", "traefik.yml"


def reversed_priorities(name: str, text: str) -> str:
    """A fault: what comes first comes last."""
    if name not in (PROMOTED, ROUTERS):
        return text
    return re.sub(r"priority: (\d+)", lambda found: f"priority: {1000 - int(found[1])}", text)


FAULTS_OF_TRAEFIK: dict[str, Alter] = {
    "routers in another order": reversed_priorities,
    "no priorities": rewritten(PROMOTED, "^ +priority: .*\n", ""),
    "an end that is not anchored": replaced(PROMOTED, ")$`)", ")`)"),
    "a beginning that is not anchored": replaced(PROMOTED, "PathRegexp(`^", "PathRegexp(`"),
    "HEAD is not GET": replaced(PROMOTED, "(Method(`GET`) || Method(`HEAD`))", "Method(`GET`)"),
    "a method of its own": replaced(PROMOTED, "Method(`PUT`)", "Method(`PATCH`)"),
    "numbers that are any text": replaced(PROMOTED, "[0-9]+", "[^/]+"),
    "text that takes slashes": replaced(PROMOTED, "(?:[^/%]|", "(?:[^%]|"),
    "encoded slashes": replaced(ROUTERS, "!PathRegexp", "PathPrefix(`/-`) && !PathRegexp"),
    "merged slashes": replaced(STATIC, "sanitizePath: false", "sanitizePath: true"),
    "a router of Flask's is missing": replaced(ROUTERS, "service: migrate-flask", "service: migrate-none"),
}
FAULTS_BY_ENGINE = [("haproxy", name, fault) for name, fault in FAULTS.items()]
FAULTS_BY_ENGINE += [("traefik", name, fault) for name, fault in FAULTS_OF_TRAEFIK.items()]


@pytest.mark.parametrize(
    ("engine", "fault"),
    [pytest.param(engine, fault, id=f"{engine}: {name}") for engine, name, fault in FAULTS_BY_ENGINE],
)
def test_a_planted_fault_is_found(engine: str, fault: Alter, table_of: Any):
    installed(engine)
    app = few_rules()
    table = table_of(app.url_map, lambda key: key not in ("GET /users/<int:id>", "GET /files/<path:path>/meta"))
    assert proven(engine, app, table, 2000, with_stray_rule(fault)).disagreements


@pytest.mark.parametrize("engine", ["haproxy", "traefik"])
def test_without_a_fault_the_same_requests_are_agreed_on(engine: str, table_of: Any):
    installed(engine)
    app = few_rules()
    table = table_of(app.url_map, lambda key: key not in ("GET /users/<int:id>", "GET /files/<path:path>/meta"))
    assert proven(engine, app, table, 2000, with_stray_rule(unaltered)).disagreements == ()
