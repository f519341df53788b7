"""The rules of a load balancer's listener decide as Werkzeug does, and keep to the limits."""

import functools
import json
import random
import re
from typing import Any

import pytest
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from migrator.proving.verdict import judge_proxy
from proxy.decide import Decider
from proxy.model import RouteTable, Rule, Upstream
from proxy.plain import CHANGES_OF_REQUEST
from proxy.platforms.alb import FILE, limits, render
from proxy.probes import Probe, draw

from ..applications import application, owners

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{}/0"
UPSTREAMS = [Upstream(side, (GROUP.format(side),)) for side in ("flask", "fastapi")]


def listener_rules(table: RouteTable) -> list[dict[str, Any]]:
    """The rules by priority."""
    resources = json.loads(render(table)[FILE])["Resources"].values()
    assert {one["Type"] for one in resources} == {"AWS::ElasticLoadBalancingV2::ListenerRule"}
    assert len({one["Properties"]["Priority"] for one in resources}) == len(resources)
    return sorted((one["Properties"] for one in resources), key=lambda one: one["Priority"])


def values(condition: dict[str, Any]) -> list[str]:
    """The values of a condition."""
    config = next(value for key, value in condition.items() if key.endswith("Config"))
    found: list[str] = config["Values"]
    return found


@functools.cache
def expression(pattern: str) -> re.Pattern[str]:
    """A pattern, by what the documentation says of `*` and `?`."""
    text = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(text, re.DOTALL)


def shares(rules: list[dict[str, Any]], probe: Probe) -> dict[str, int]:
    """The share of each side of a request without special headers."""
    path = probe.target.partition("?")[0]
    for rule in rules:
        if rule["Conditions"][0]["Field"] == "http-header":
            continue
        of_method, of_path = rule["Conditions"]
        assert (of_method["Field"], of_path["Field"]) == ("http-request-method", "path-pattern")
        if probe.method in values(of_method) and any(
            expression(pattern).fullmatch(path) for pattern in values(of_path)
        ):
            (action,) = rule["Actions"]
            if "TargetGroupArn" in action:
                return {action["TargetGroupArn"].split("/")[1]: 100}
            groups = action["ForwardConfig"]["TargetGroups"]
            return {one["TargetGroupArn"].split("/")[1]: one["Weight"] for one in groups}
    return {"flask": 100}


def side(rules: list[dict[str, Any]], probe: Probe) -> str:
    """The side that takes a request."""
    (found,) = shares(rules, probe)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_it_decides_as_werkzeug_does(seed: int, table_of: Any):
    app = application(200, seed)
    chance = random.Random(seed)
    table = table_of(app.url_map, lambda key: chance.random() < 0.7, upstreams=UPSTREAMS)
    rules = listener_rules(table)
    probes = list(draw(table, 3000, seed))
    answers = [side(rules, probe) for probe in probes]
    verdict = judge_proxy("alb", table, probes, owners(app, table, probes), answers, Decider(table, decodes=False))
    assert [str(one) for one in verdict.disagreements if one.said == "fastapi"] == []
    assert answers.count("fastapi") > 20


def test_the_limits_of_a_load_balancer(table_of: Any):
    texts = [f"/n{number}/{'x' * 100}" for number in range(400)]
    rules = [WerkzeugRule(text, endpoint=text, methods=["GET", "PUT"]) for text in texts]
    table = table_of(Map(rules), upstreams=UPSTREAMS)
    found = listener_rules(table)
    assert len(found) <= 100
    for rule in found:
        assert sum(len(values(condition)) for condition in rule["Conditions"]) <= 5
        assert max(len(values(condition)) for condition in rule["Conditions"]) <= 3
        paths = [path for condition in rule["Conditions"][1:] for path in values(condition)]
        assert max(map(len, paths), default=0) <= 128
    left = [problem for problem in limits(table) if "a load balancer has 100 rules" in problem.message]
    asked = [Probe(method, "h", text) for text in texts for method in ("GET", "PUT")]
    promoted = sum(side(found, probe) == "fastapi" for probe in asked)
    assert len(left) == len(asked) - promoted
    assert 200 < promoted < 300


def table_of_rules(*texts: str, **changes: Any) -> Map:
    return Map([WerkzeugRule(text, endpoint=text, methods=["GET"], **changes) for text in texts])


def test_head_goes_with_get(table_of: Any):
    rules = listener_rules(table_of(table_of_rules("/", "/docs/", "/x"), upstreams=UPSTREAMS))
    asked = ["/", "/docs/", "/x", "/docs", "/x/", "//x", "/X"]
    for method in ("GET", "HEAD"):
        assert [side(rules, Probe(method, "h", target)) for target in asked] == ["fastapi"] * 3 + ["flask"] * 4
    assert side(rules, Probe("POST", "h", "/x")) == "flask"


def test_a_canary_is_a_share_with_a_cookie():
    rules = [Rule("GET", "/x", "x", side="fastapi", weight=5), Rule("GET", "/y", "y", side="fastapi", weight=0)]
    rules.append(Rule("GET", "/z", "z", side="fastapi"))
    found = listener_rules(RouteTable.of(UPSTREAMS, rules))
    assert shares(found, Probe("GET", "h", "/x")) == {"fastapi": 5, "flask": 95}
    assert [side(found, Probe("GET", "h", target)) for target in ("/y", "/z")] == ["flask", "fastapi"]
    (config,) = [one["ForwardConfig"] for rule in found for one in rule["Actions"] if "ForwardConfig" in one]
    assert config["TargetGroupStickinessConfig"] == {"Enabled": True, "DurationSeconds": 86400}


def test_requests_to_change_protocol_or_method_are_flasks_before_all_else():
    found = listener_rules(RouteTable.of(UPSTREAMS, [Rule("GET", "/x", "x", side="fastapi")]))
    first = found[: len(CHANGES_OF_REQUEST)]
    headers = [rule["Conditions"][0]["HttpHeaderConfig"] for rule in first]
    assert headers == [{"HttpHeaderName": name, "Values": ["*"]} for name in CHANGES_OF_REQUEST]
    assert all(rule["Actions"] == [{"Type": "forward", "TargetGroupArn": GROUP.format("flask")}] for rule in first)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (["/users/<name>"], "cannot tell what its variables take"),
        (["/static/<path:name>"], "cannot tell what its variables take"),
        (["/a b"], "characters that a pattern cannot hold"),
        (["/a*"], "characters that a pattern cannot hold"),
        (["/a/../b"], "characters that a pattern cannot hold"),
        ([f"/{'long' * 50}"], "its path is too long"),
    ],
)
def test_what_is_left_to_flask(rules: list[str], why: str, table_of: Any):
    table = table_of(table_of_rules(*rules), upstreams=UPSTREAMS)
    assert len(listener_rules(table)) == len(CHANGES_OF_REQUEST)
    assert all(re.search(why, problem.message) for problem in limits(table))
    assert len(limits(table)) == len(rules)


def test_a_path_that_an_earlier_rule_takes_is_left_to_flask():
    rules = [Rule("*", "/x", "any"), Rule("GET", "/x", "x", side="fastapi", rank=1)]
    table = RouteTable.of(UPSTREAMS, rules)
    assert len(listener_rules(table)) == len(CHANGES_OF_REQUEST)
    assert [problem.message for problem in limits(table)] == ["* /x takes the same requests: its requests go to Flask"]


def test_rules_of_hosts_are_left_to_flask(table_of: Any):
    rules = [WerkzeugRule("/x", endpoint=host, host=host, methods=["GET"]) for host in ("a.example", "b.example")]
    table = table_of(Map(rules, host_matching=True), upstreams=UPSTREAMS)
    assert len(listener_rules(table)) == len(CHANGES_OF_REQUEST)


def test_a_side_is_a_target_group(table_of: Any):
    with pytest.raises(ValueError, match="'shop:80' is no target group: --flask arn:aws:elasticloadbalancing"):
        render(table_of(Map([]), upstreams=[Upstream("flask", ("shop:80",)), UPSTREAMS[1]]))
