"""What is said about a table before any engine sees it."""

from typing import Any

import pytest

from proxy.check import Problem, check
from proxy.model import RouteTable, Rule, Upstream, Variable

BOTH = (Upstream("flask", ("localhost:1",)), Upstream("fastapi", ("localhost:2",)))
NAME, NUMBER, PATH = Variable("name"), Variable("id", "int"), Variable("path", "path")


def kinds(*rules: Rule) -> list[tuple[str, str]]:
    """The problems of rules in this order."""
    return [(problem.kind, problem.key) for problem in check(table(*rules))]


def table(*rules: Rule, upstreams: tuple[Upstream, ...] = BOTH) -> RouteTable:
    ranked = [
        Rule(one.method, one.rule, one.endpoint, one.variables, one.host, one.side, one.weight, rank, one.always_legacy)
        for rank, one in enumerate(rules)
    ]
    return RouteTable(upstreams, tuple(ranked))


def rule(text: str, *variables: Variable, method: str = "GET", **changes: Any) -> Rule:
    return Rule(method, text, text, variables, **changes)


def promoted(text: str, *variables: Variable, **changes: Any) -> Rule:
    return rule(text, *variables, side="fastapi", **changes)


def test_a_sound_table_has_no_problems():
    assert kinds(promoted("/"), promoted("/users/<int:id>", NUMBER), promoted("/users/<name>", NAME)) == []


def test_a_duplicate():
    assert kinds(rule("/users/<name>", NAME), rule("/users/<other>", Variable("other"))) == [
        ("duplicate", "GET /users/<other>")
    ]


def test_the_same_pattern_for_another_method_or_host_is_no_duplicate():
    assert kinds(rule("/x"), rule("/x", method="POST"), rule("/y", host="a"), rule("/y", host="b")) == []


def test_a_rule_for_all_methods_and_hosts_makes_duplicates():
    assert kinds(rule("/x", method="*"), rule("/x", host="a")) == [("duplicate", "GET a/x")]


def test_an_unreachable_rule():
    short = Variable("code", "string", (("length", 2),))
    assert kinds(rule("/users/<name>", NAME), rule("/users/<string(length=2):code>", short)) == [
        ("unreachable", "GET /users/<string(length=2):code>")
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("/users/me"), promoted("/users/<name>", NAME)),
        (rule("/files/<name>", NAME), promoted("/files/<path:path>", PATH)),
        (rule("/<int:id>", NUMBER), promoted("/<name>", NAME)),
        (rule("/files/<path:path>/meta", PATH), promoted("/files/<path:path>", PATH)),
    ],
)
def test_a_promoted_rule_in_the_shadow_of_one_on_flask(first: Rule, second: Rule):
    assert kinds(first, second) == [("shadowed", second.key)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (promoted("/users/me"), promoted("/users/<name>", NAME)),
        (rule("/users/me"), rule("/users/<name>", NAME)),
        (rule("/users/me"), promoted("/users/<int:id>", NUMBER)),
        (rule("/users/me/posts"), promoted("/users/<name>", NAME)),
        (rule("/users/me", method="POST"), promoted("/users/<name>", NAME)),
        (promoted("/users/<name>", NAME), rule("/users/<path:path>", PATH)),
    ],
)
def test_rules_that_do_not_shadow(first: Rule, second: Rule):
    assert kinds(first, second) == []


@pytest.mark.parametrize(
    "undecidable",
    [
        promoted("/x/<own:name>", Variable("name", "own", is_builtin=False)),
        promoted("/x/<int(min=1):id>", Variable("id", "int", (("min", 1),))),
        promoted("/x", always_legacy=True),
        promoted("/x", method="OPTIONS"),
        promoted("/x", method="*"),
        promoted("/x", host="<tenant>.example"),
        promoted("/café"),
    ],
    ids=lambda one: one.key,
)
def test_what_a_proxy_cannot_decide(undecidable: Rule):
    assert kinds(undecidable) == [("undecidable", undecidable.key)]


def test_a_side_that_nothing_serves():
    problems = check(table(promoted("/x"), upstreams=BOTH[:1]))
    message = "nothing serves the side 'fastapi'"
    assert problems == (Problem("unknown target", "GET /x", message, is_error=True),)


def test_a_side_without_servers():
    upstreams = (Upstream("flask", ()), Upstream("fastapi", ()))
    assert [problem.is_error for problem in check(table(rule("/x"), upstreams=upstreams))] == [True]


def test_fastapi_is_not_needed_while_nothing_is_promoted():
    assert check(table(rule("/x"), promoted("/y", weight=0), upstreams=BOTH[:1])) == ()
