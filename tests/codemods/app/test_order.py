"""Routers in an order that keeps Werkzeug's: static before variable, across blueprints."""

import random
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from codemods.app.routes.order import Placed, function_order, overlap, router_order
from codemods.model import Rule, Variable


def placed(router: str, text: str, rank: int, methods: tuple[str, ...] = ("GET",)) -> Placed:
    return Placed(router, text, Rule(text, methods, rank=rank))


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [("/a", "/a", True), ("/a", "/b", False), ("/a", "/<x>", True), ("/a", "/<int:x>", False), ("/7", "/<int:x>", True),
     ("/a/b", "/<x>", False), ("/a/b", "/<path:x>", True), ("/<x>/b", "/a/<y>", True), ("/<x>/b", "/a/c", False),
     ("/<int:x>", "/<y>", True), ("/a/", "/a", True)],
)  # fmt: skip
def test_whether_two_rules_can_take_one_url(first: str, second: str, both: bool) -> None:
    rules = Rule(first, ("GET",)), Rule(second, ("GET",))
    assert overlap(*rules) is both
    assert overlap(*reversed(rules)) is both
    assert not overlap(rules[0], Rule(second, ("POST",)))


def test_nothing_moves_without_a_reason() -> None:
    rules = [placed(".routers.a", "/a", 2), placed(".routers.b", "/b", 1)]
    assert router_order(rules, [".routers.a", ".routers.b"]) == ([".routers.a", ".routers.b"], None)


def test_a_static_rule_comes_before_a_variable_one() -> None:
    rules = [placed(".routers.a", "/<x>", 2), placed(".routers.b", "/b", 1)]
    assert router_order(rules, [".routers.a", ".routers.b"]) == ([".routers.b", ".routers.a"], None)


def test_two_routers_that_want_to_be_first_are_told() -> None:
    rules = [placed(".routers.a", "/a/<x>", 4), placed(".routers.b", "/a/b", 1),
             placed(".routers.b", "/b/<x>", 3), placed(".routers.a", "/b/a", 2)]  # fmt: skip
    assert router_order(rules, [".routers.a", ".routers.b"])[1] is not None


def test_a_bridged_rule_that_would_have_to_come_first_is_told() -> None:
    rules = [placed(".routers.a", "/<x>", 2), placed(".bridged.routers.b", "/b", 1)]
    assert router_order(rules, [".routers.a", ".bridged.routers.b"])[1] == rules[0]


def test_every_pair_that_overlaps_counts() -> None:
    """Whatever is passed over because of how rules begin: the order is that of looking at all pairs."""
    chance = random.Random(7)
    segments = ["a", "b", "c", "", "<x>", "<int:x>", "<path:x>", "a<x>", "<own:x>"]
    fixed = [".routers.p", ".routers.q", ".routers.r"]
    for _ in range(500):
        rules = []
        for rank in chance.sample(range(9), chance.randint(2, 7)):
            text = "/" + "/".join(chance.choice(segments) for _ in range(chance.randint(0, 4)))
            variables = (Variable("x", "own", converter_class="app.Own"),) if "<own:" in text else ()
            rules.append(Placed(chance.choice(fixed), text, Rule(text, ("GET",), variables, rank=rank)))
        order, conflict = router_order(rules, fixed)
        pairs = [
            (first.router, second.router)
            for first in rules
            for second in rules
            if first.rule.rank < second.rule.rank and first.router != second.router and overlap(first.rule, second.rule)
        ]
        holds = all(order.index(first) < order.index(second) for first, second in pairs)
        assert holds or conflict is not None
        assert conflict is None or not any(
            all(tried.index(first) < tried.index(second) for first, second in pairs) for tried in permutations(fixed)
        )


def test_static_before_variable_across_blueprints(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Blueprint, Flask
app = Flask(__name__)
first, second = Blueprint("first", __name__), Blueprint("second", __name__)

@first.get("/<name>")
def any_name(name):
    return f"any {name}"

@first.get("/items/<path:rest>")
def rest(rest):
    return f"rest {rest}"

@second.get("/about")
def about():
    return "about"

@second.post("/<name>")
def posted(name):
    return f"posted {name}"

@second.get("/items/<int:number>")
def number(number):
    return f"number {number}"

app.register_blueprint(first)
app.register_blueprint(second)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for url in ("/about", "/other", "/items/7", "/items/x", "/items/7/8", "/items", "/"):
        both.same("GET", url)
        both.same("POST", url)


SEVERAL = """
from flask import Flask, url_for
app = Flask(__name__, static_folder=None)

@app.route("/b/<x>")
@app.route("/<x>")
def one(x):
    return url_for("one", x=1)

@app.route("/v2/items")
@app.route("/items")
def items():
    return url_for("items")

@app.get("/posts/<x>")
@app.get("/p-<x>")
def posts(x):
    return x
"""


def test_a_function_with_several_rules_hides_none_of_anothers(pair: Callable[..., Any]) -> None:
    both = pair(SEVERAL)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/b/1", "/2", "/items", "/v2/items", "/posts/3", "/p-3"):
        both.same("GET", path)
        assert both.alone("GET", path)[1] == both.same("GET", path)[1], path  # the URLs are built by its own routes


def test_functions_that_hide_each_other_are_not_both_native(pair: Callable[..., Any]) -> None:
    both = pair(
        SEVERAL
        + """
@app.get("/posts/p-<x>")
@app.get("/<x>-p")
def other(x):
    return x
"""
    )
    assert "flask" in both.runtimes().values() or "bridged" in both.runtimes().values()


def test_functions_that_hide_each_other_are_told() -> None:
    first = [placed("r", "/p-<x>", 1), placed("r", "/k/<x>", 4)]
    second = [placed("r", "/k/p-<x>", 2), placed("r", "/<x>", 3)]
    assert function_order([first, second])[1] is not None
    assert function_order([first, second[:1]]) == ([1, 0], None)
    assert function_order([first[1:], second[:1]]) == ([1, 0], None)
