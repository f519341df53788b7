"""AWS Application Load Balancer: a CloudFormation template with the rules of a listener, whose default is Flask.

The documentation says: 100 rules a load balancer, five values of conditions a rule, three a condition, 128 characters a
pattern, in which `*` stands for any text, slashes too, and `?` for any character; the lowest priority is tried first.
No pattern tells a number from a name, or what is encoded from what is not. So only paths without variables are written,
and Flask keeps the rest.

A load balancer looks at paths after it has normalised them, but passes them on as they were sent. A request that no
proxy here would decide on, such as `/x/../orders`, may so reach FastAPI, whose own router does not find it.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from proxy import plain
from proxy.check import Problem
from proxy.engines.filling import require_sound
from proxy.match import Pattern
from proxy.model import RouteTable, Rule, Upstream
from proxy.platforms.chosen import Chosen
from proxy.platforms.neighbours import Neighbours, has_dots, is_literal, path_of

TAKEN_BY = "CloudFormation checks and takes it: `aws cloudformation deploy --template-file FILE --stack-name NAME`"
FILE = "migrate-listener-rules.json"
RULES = 100
PATHS = 3
"""How many paths a rule has here: with GET and HEAD five values."""
LONGEST_PATH = 128
FIRST_PRIORITY = 1000
STICKY_SECONDS = 86_400
PLAIN_PATH = re.compile(r"/[A-Za-z0-9_.$/~'@:+-]*")
"""What a pattern may hold, without what has to be encoded somewhere."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Match:
    """A method, a path and the share of clients in percent that FastAPI serves."""

    method: str
    path: str
    weight: int


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """Rules that the platform cannot tell from others, or has no room for."""
    return choose(table).problems


def render(table: RouteTable) -> dict[str, str]:
    """The template. Raises ValueError where the table has errors, or a side is no target group."""
    require_sound(table)
    groups: dict[str, str] = {upstream.side: target_group(upstream) for upstream in table.upstreams}
    found = list(rules(choose(table).matches, groups))
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What FastAPI serves of an application whose listener sends everything to Flask by default.",
        "Parameters": {"Listener": {"Type": "String", "Description": "ARN of the listener"}},
        "Resources": {f"MigrateRule{number:03}": resource(number, rule) for number, rule in enumerate(found)},
    }
    return {FILE: json.dumps(template, indent=1) + "\n"}


def target_group(upstream: Upstream) -> str:
    """The ARN of a side's target group. Raises ValueError for another address."""
    (server, *others) = upstream.servers
    if others or ":targetgroup/" not in server or not server.startswith("arn:"):
        example = "arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID"
        raise ValueError(f"{server!r} is no target group: --{upstream.side} {example}")
    return server


def choose(table: RouteTable) -> Chosen[Match]:
    """What can be written of a table, as long as there is room."""
    neighbours = Neighbours(table)
    has_hosts = any(rule.host for rule in table.rules)
    matches: list[Match] = []
    left: dict[str, str] = {}
    for rule, own in neighbours.patterns:
        if not rule.is_promoted or not own.is_exact:
            continue
        why = "other rules name hosts" if has_hosts else objection(own) or rival(rule, own, neighbours)
        found = [*matches, Match(rule.method, path_of(own.parts), rule.weight)]
        if why is None and len(list(batches(found))) > RULES - len(plain.CHANGES_OF_REQUEST):
            why = f"a load balancer has {RULES} rules, which others need"
        if why is not None:
            left[rule.key] = why
        else:
            matches = found
    return Chosen(tuple(matches), left)


def objection(own: Pattern) -> str | None:
    """Why a rule cannot be written, whatever the others are; None where it can."""
    if not is_literal(own.parts):
        return "a load balancer's patterns cannot tell what its variables take"
    if not PLAIN_PATH.fullmatch(path_of(own.parts)) or has_dots(own.parts):
        return "its path has characters that a pattern cannot hold"
    return "its path is too long" if len(path_of(own.parts)) > LONGEST_PATH else None


def rival(rule: Rule, own: Pattern, neighbours: Neighbours) -> str | None:
    """The other rule that is tried before this one and takes its requests, if there is one."""
    before = (other for other, _ in neighbours.of(rule, own) if other.rank < rule.rank)
    return next((f"{other.key} takes the same requests" for other in before), None)


def batches(matches: Sequence[Match]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """The method, the share and the paths of each rule."""
    order = sorted(matches, key=lambda one: (one.method, one.weight, one.path))
    for (method, weight), found in itertools.groupby(order, key=lambda one: (one.method, one.weight)):
        paths = [one.path for one in found]
        for start in range(0, len(paths), PATHS):
            yield method, weight, tuple(paths[start : start + PATHS])


def rules(matches: Sequence[Match], groups: Mapping[str, str]) -> Iterator[Json]:
    """Conditions and actions by priority: requests to change the protocol or method, which are Flask's, first."""
    for name in plain.CHANGES_OF_REQUEST:
        header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": ["*"]}}
        yield {"Conditions": [header], "Actions": [forward(groups, 0)]}
    for method, weight, paths in batches(matches):
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        on_method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": methods}}
        on_path = {"Field": "path-pattern", "PathPatternConfig": {"Values": list(paths)}}
        yield {"Conditions": [on_method, on_path], "Actions": [forward(groups, weight)]}


def forward(groups: Mapping[str, str], weight: int) -> Json:
    """An action: to one side, or to both by weight, a client being kept where it is by a cookie."""
    if weight in (0, 100):
        return {"Type": "forward", "TargetGroupArn": groups["fastapi" if weight else "flask"]}
    shares = [("fastapi", weight), ("flask", 100 - weight)]
    config = {
        "TargetGroups": [{"TargetGroupArn": groups[side], "Weight": share} for side, share in shares],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": STICKY_SECONDS},
    }
    return {"Type": "forward", "ForwardConfig": config}


def resource(number: int, rule: Json) -> Json:
    """A rule of the listener. Its place keeps its priority, so that no update has one priority twice."""
    properties = {"ListenerArn": {"Ref": "Listener"}, "Priority": FIRST_PRIORITY + number, **rule}
    return {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": properties}
