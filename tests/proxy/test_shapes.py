"""Shapes against Werkzeug's own matcher: the same path, the same rule."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule

from proxy.model import RouteTable
from proxy.shapes import LEGACY, Group, Key, groups

UUID = "00000000-0000-4000-8000-00000000000A"


class LowerConverter(BaseConverter):
    """A converter of an application's own, tried before any other."""

    regex = "[a-z]+"
    weight = 1


RULES = [
    "/",
    "/users/me",
    "/users/<int:id>",
    "/users/<name>",
    "/users/<int:id>/posts/<slug>",
    "/users/<name>/posts/",
    "/short/<string(length=2):code>",
    "/short/<code>",
    "/tie/<name>",
    "/tie/<string(length=2):code>",
    "/long/<string(minlength=2, maxlength=3):code>",
    "/least/<string(minlength=2):code>",
    "/most/<string(maxlength=2):code>",
    "/bounded/<int(min=2):n>",
    "/digits/<int(3):n>",
    "/signed/<int(signed=True):n>",
    "/ratio/<float:x>",
    "/choice/<any(red, 'a.b'):colour>",
    "/choice/<colour>",
    "/things/<uuid:id>",
    "/files/<path:path>",
    "/files/<path:path>/meta",
    "/files/<name>/meta",
    "/tree/<path:path>/",
    "/own/<lower:name>",
    "/own/<name>",
    "/own/<name>/x",
    "/docs/",
    "/docs/<page>",
    "/export/<name>.<kind>",
    "/export/<name>.json",
    "/pairs/<a>-<int:b>",
    "/Users/me",
    "/a b/$x/<n>",
    "/a.b",
    "/café",
    "/<name>",
    "/<name>/",
    "/<name>/deep",
    "/<path:rest>",
]
SEGMENTS = sorted({part for rule in RULES for part in rule.split("/") if "<" not in part} | {"a", "ab", "abc", "ABC"})
VALUES = ["1", "12", "007", "-5", "1.5", "red", "a.b", "a-1", "x.json", UUID, "%", "*", "a>b", "é", "٥", ""]
PATHS = st.lists(st.sampled_from([*SEGMENTS, *VALUES]), max_size=4).map(lambda parts: "/" + "/".join(parts))


def url_map(rules: list[tuple[str, list[str]]], strict: bool = True) -> Map:
    made = [Rule(rule, endpoint=rule, methods=methods) for rule, methods in rules]
    return Map(made, converters={"lower": LowerConverter}, strict_slashes=strict)


def werkzeugs(urls: Map, path: str, method: str) -> str | None:
    """The rule that Werkzeug matches, None where it answers in some other way."""
    try:
        rule, _ = urls.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return None
    return rule.rule


def found(shapes: tuple[Group, ...], path: str, method: str, host: str = "") -> str:
    """What an engine finds."""
    for group in shapes:
        looked_up = path
        if group.regex is not None:
            match = re.match(group.regex.replace("$", r"\Z"), path, re.ASCII)
            if match is None:
                continue
            looked_up = re.sub(r"\$(\d)", lambda reference, match=match: match[int(reference[1])], group.template)
        target = group.targets.get(Key(method, host, looked_up))
        if target is not None:
            return target.name
    return LEGACY


METHODS = st.sampled_from([["GET"], ["POST"], ["GET", "POST"]])


@given(
    rules=st.lists(st.tuples(st.sampled_from(RULES), METHODS), min_size=1, max_size=25, unique_by=lambda one: one[0]),
    path=PATHS,
    method=st.sampled_from(["GET", "POST"]),
    strict=st.booleans(),
)
@example(rules=[(rule, ["GET"]) for rule in RULES], path="/users/me", method="GET", strict=True)
@example(
    rules=[("/tie/<name>", ["GET"]), ("/tie/<string(length=2):c>", ["GET"])], path="/tie/ab", method="GET", strict=True
)
@settings(max_examples=400, deadline=None)
def test_what_is_found_is_what_werkzeug_matches(
    rules: list[tuple[str, list[str]]], path: str, method: str, strict: bool, table_of: Callable[..., RouteTable]
):
    urls = url_map(rules, strict)
    table = table_of(urls)
    name = found(groups(table), path, method)
    if path.isascii() and "//" not in path and name != LEGACY:
        (rule,) = [rule for rule in table.rules if rule.identifier == name]
        assert (rule.rule, rule.method) == (werkzeugs(urls, path, method), method)


@pytest.mark.parametrize("length", ["length=1001", "maxlength=1001", "minlength=1, maxlength=1001"])
def test_text_longer_than_an_expression_repeats_is_left_to_flask(length: str, table_of: Any):
    table = table_of(Map([Rule(f"/x/<string({length}):text>", endpoint="x", methods=["GET"])]))
    assert groups(table) == ()


PLAIN = {
    "/": "/",
    "/users/me": "/users/me",
    "/users/7": "/users/<int:id>",
    "/users/bob": "/users/<name>",
    "/users/7/posts/x": "/users/<int:id>/posts/<slug>",
    "/users/7/posts/": "/users/<name>/posts/",
    "/short/ab": "/short/<string(length=2):code>",
    "/short/abc": "/short/<code>",
    "/long/abc": "/long/<string(minlength=2, maxlength=3):code>",
    "/least/abc": "/least/<string(minlength=2):code>",
    "/most/ab": "/most/<string(maxlength=2):code>",
    "/signed/-5": "/signed/<int(signed=True):n>",
    "/ratio/1.5": "/ratio/<float:x>",
    "/choice/a.b": "/choice/<any(red, 'a.b'):colour>",
    "/choice/axb": "/choice/<colour>",
    f"/things/{UUID}": "/things/<uuid:id>",
    "/files/a/b": "/files/<path:path>",
    "/files/a/b/meta": "/files/<path:path>/meta",
    "/files/a/meta": "/files/<path:path>/meta",
    "/tree/a/b/": "/tree/<path:path>/",
    "/docs/": "/docs/",
    "/docs/x": "/docs/<page>",
    "/export/a.b": "/export/<name>.<kind>",
    "/export/a.json": "/export/<name>.json",
    "/pairs/a-b-2": "/pairs/<a>-<int:b>",
    "/Users/me": "/Users/me",
    "/a b/$x/1": "/a b/$x/<n>",
    "/bob": "/<name>",
    "/bob/": "/<name>/",
    "/bob/deep": "/<name>/deep",
    "/a/b/c": "/<path:rest>",
}


@pytest.mark.parametrize(("path", "rule"), PLAIN.items())
def test_a_plain_path_finds_its_rule(path: str, rule: str, table_of: Callable[..., RouteTable]):
    urls = url_map([(rule, ["GET"]) for rule in RULES if not rule.startswith("/tie")])
    table = table_of(urls)
    assert werkzeugs(urls, path, "GET") == rule
    assert found(groups(table), path, "GET") == next(one.identifier for one in table.rules if one.rule == rule)


LEFT = [
    "/docs",
    "/tree/a/b",
    "/bounded/3",
    "/digits/007",
    "/own/abc",
    "/own/ABC",
    "/users/me/",
    "/tie/ab",
    "/USERS/me/x",
]


@pytest.mark.parametrize("path", LEFT)
def test_what_a_path_alone_does_not_decide_is_flasks(path: str, table_of: Callable[..., RouteTable]):
    urls = url_map([(rule, ["GET"]) for rule in RULES if not rule.startswith("/<path")])
    assert found(groups(table_of(urls)), path, "GET") == LEGACY


def test_other_methods_find_other_rules(table_of: Callable[..., RouteTable]):
    table = table_of(url_map([("/users/me", ["GET"]), ("/users/<name>", ["POST"])]))
    names = {rule.rule: rule.identifier for rule in table.rules}
    shapes = groups(table)
    assert found(shapes, "/users/me", "GET") == names["/users/me"]
    assert found(shapes, "/users/me", "POST") == names["/users/<name>"]
    assert {found(shapes, "/users/me", method) for method in ("OPTIONS", "PUT")} == {LEGACY}


def test_a_rule_without_methods_takes_all(table_of: Callable[..., RouteTable]):
    urls = Map([Rule("/x", endpoint="x"), Rule("/<name>", endpoint="name", methods=["GET"])])
    assert found(groups(table_of(urls)), "/x", "GET") == LEGACY
    assert found(groups(table_of(urls)), "/y", "GET") != LEGACY


def test_a_rule_with_defaults_makes_its_endpoint_flasks(table_of: Callable[..., RouteTable]):
    urls = Map(
        [
            Rule("/list/", endpoint="list", defaults={"page": 1}, methods=["GET"]),
            Rule("/list/<int:page>", endpoint="list", methods=["GET"]),
        ]
    )
    assert found(groups(table_of(urls)), "/list/1", "GET") == LEGACY


@pytest.mark.parametrize(
    ("host", "rule"), [("a.example", "a.example/x"), ("b.example", "b.example/x"), ("", None), ("c.example", None)]
)
def test_rules_of_hosts(host: str, rule: str | None, table_of: Callable[..., RouteTable]):
    urls = Map(
        [Rule("/x", endpoint=name, host=f"{name}.example", methods=["GET"]) for name in "ab"], host_matching=True
    )
    table = table_of(urls)
    names = {f"{one.host}{one.rule}": one.identifier for one in table.rules}
    assert found(groups(table), "/x", "GET", host) == names.get(rule or "", LEGACY)


def test_what_is_promoted_does_not_change_the_shapes(table_of: Callable[..., RouteTable]):
    urls = url_map([(rule, ["GET", "POST"]) for rule in RULES])
    all_promoted, none_promoted = table_of(urls), table_of(urls, lambda key: False)
    assert groups(all_promoted) == groups(none_promoted)


def test_the_number_of_shapes_does_not_grow_with_the_number_of_rules(table_of: Callable[..., RouteTable]):
    def rules(count: int) -> list[tuple[str, list[str]]]:
        names = [f"/resource{number}" for number in range(count)]
        return [(name + rest, ["GET"]) for name in names for rest in ("", "/<int:id>", "/<int:id>/items/<slug>")]

    few, many = (groups(table_of(url_map(rules(count)))) for count in (2, 50))
    assert len(few) == len(many)


def test_a_rule_that_no_engine_can_hold_is_refused(table_of: Callable[..., Any]):
    rule = "".join(f"/literal/<v{number}>" for number in range(10))
    with pytest.raises(ValueError, match="nine captures"):
        groups(table_of(url_map([(rule, ["GET"])])))


@pytest.mark.parametrize("first", ["/tree/<path:p>/new", "/tree/<path:p>/new/"])
def test_a_path_with_and_without_a_slash_at_its_end_is_the_one_that_was_registered_first(
    first: str, table_of: Callable[..., RouteTable]
):
    rules = sorted(["/tree/<path:p>/new", "/tree/<path:p>/new/"], key=lambda rule: rule != first)
    urls = url_map([(rule, ["GET"]) for rule in rules])
    table = table_of(urls)
    name = found(groups(table), "/tree/a/new", "GET")
    matched = werkzeugs(urls, "/tree/a/new", "GET")
    assert name == next((rule.identifier for rule in table.rules if rule.rule == matched), LEGACY)
    assert (name == LEGACY) == first.endswith("/")
