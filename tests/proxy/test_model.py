"""What is no route table."""

from typing import Any

import pytest

from proxy.match import pattern
from proxy.model import RouteTable, Rule, Upstream, Variable

FLASK = Upstream("flask", ("localhost:1",))


@pytest.mark.parametrize(
    "changes",
    [{"rule": "no/slash"}, {"method": "get"}, {"method": ""}, {"method": "GET;"}, {"weight": 101}, {"weight": -1}],
)
def test_a_rule_that_is_none(changes: dict[str, Any]):
    with pytest.raises(ValueError, match=r"slash|method|percentage"):
        Rule(**{"method": "GET", "rule": "/", "endpoint": "x", **changes})


@pytest.mark.parametrize("server", ["", "a b", "a;", "a{", 'a"', "$host", "a\nb", "a#"])
def test_an_address_that_would_break_a_configuration(server: str):
    with pytest.raises(ValueError, match="not the address"):
        Upstream("flask", (server,))


@pytest.mark.parametrize("listen", ["80;", "80 default", "$x"])
def test_an_address_to_listen_at_that_would_break_a_configuration(listen: str):
    with pytest.raises(ValueError, match="not an address"):
        RouteTable((FLASK,), (), listen)


@pytest.mark.parametrize("listen", ["8080", "127.0.0.1:8080", "[::1]:80", "localhost:80"])
def test_addresses_to_listen_at(listen: str):
    assert RouteTable((FLASK,), (), listen).listen == listen


def test_a_side_is_there_once():
    with pytest.raises(ValueError, match="more than one"):
        RouteTable((FLASK, FLASK), ())


def test_rules_are_in_order():
    rules = [Rule("GET", "/b", "b", rank=1), Rule("GET", "/a", "a", rank=0)]
    with pytest.raises(ValueError, match="order"):
        RouteTable((FLASK,), tuple(rules))
    assert [rule.endpoint for rule in RouteTable.of([FLASK], rules).rules] == ["a", "b"]


def test_a_key_and_an_identifier():
    rule = Rule("GET", "/orders/<int:id>", "orders.show", host="api.example")
    assert rule.key == "GET api.example/orders/<int:id>"
    assert rule.identifier == Rule("GET", "/orders/<int:id>", "another", host="api.example", weight=1).identifier
    assert rule.identifier != Rule("POST", "/orders/<int:id>", "orders.show", host="api.example").identifier


def test_a_rule_that_werkzeug_would_not_take():
    with pytest.raises(ValueError, match="not a part of a rule"):
        pattern(Rule("GET", "/x/<int:>", "x"))


@pytest.mark.parametrize(
    ("rule", "variable", "regex"),
    [
        ("/a.b/<int:n>", Variable("n", "int"), r"^/a\.b/[0-9]+$"),
        ("/x/<float(signed=True):n>", Variable("n", "float", (("signed", True),)), r"^/x/-?[0-9]+\.[0-9]+$"),
        ("/x/<p>.json", Variable("p"), r"^/x/[^/]+\.json$"),
        ("/x/<path:p>/raw/", Variable("p", "path"), "^/x/[^/].*?/raw/$"),
        ("//x//y/", Variable("unused"), "^/x/y/$"),
    ],
)
def test_the_expression_of_a_rule(rule: str, variable: Variable, regex: str):
    assert pattern(Rule("GET", rule, "x", (variable,))).regex == regex
