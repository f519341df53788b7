from codemods.app.order import Placed, overlap, router_order
from codemods.model import Rule


def rule(text: str, *methods: str, rank: int = 0) -> Rule:
    return Rule(text, methods or ("GET",), rank=rank)


def test_other_methods_never_meet():
    assert not overlap(rule("/orders", "GET"), rule("/orders", "POST"))


def test_other_literals_never_meet():
    assert not overlap(rule("/orders/new"), rule("/orders/old"))


def test_a_variable_takes_a_literal_that_its_converter_takes():
    assert overlap(rule("/orders/new"), rule("/orders/<name>"))
    assert not overlap(rule("/orders/new"), rule("/orders/<int:number>"))
    assert overlap(rule("/orders/7"), rule("/orders/<int:number>"))
    assert not overlap(rule("/static/<path:filename>"), rule("/<any(de, 'en-GB'):lang>/home"))
    assert overlap(rule("/de/<path:rest>"), rule("/<any(de, 'en-GB'):lang>/home"))


def test_literal_text_beside_a_variable_counts():
    assert not overlap(rule("/static/x"), rule("/~<user>/x"))
    assert overlap(rule("/~ann/x"), rule("/~<user>/x"))


def test_a_path_takes_further_segments_but_never_none():
    assert overlap(rule("/files/<path:name>"), rule("/files/a/b/c"))
    assert not overlap(rule("/static/<path:name>"), rule("/<kind>"))


def test_the_more_specific_rule_comes_first():
    placed = [
        Placed(".routers.pages", "pages.show", rule("/<name>", rank=1)),
        Placed(".routers.shop", "shop.cart", rule("/cart", rank=0)),
    ]
    assert router_order(placed, [".routers.pages", ".routers.shop"]) == ([".routers.shop", ".routers.pages"], None)


def test_a_circle_names_the_rule_that_cannot_stay():
    placed = [
        Placed(".routers.one", "one.all", rule("/<name>", rank=2)),
        Placed(".routers.two", "two.a", rule("/a", rank=0)),
        Placed(".routers.two", "two.all", rule("/x/<name>", rank=3)),
        Placed(".routers.one", "one.x", rule("/x/y", rank=1)),
    ]
    _, conflict = router_order(placed, [".routers.one", ".routers.two"])
    assert conflict is not None
    assert conflict.endpoint in ("one.all", "two.all")


def test_a_bridged_router_cannot_come_before_a_native_one():
    placed = [
        Placed(".routers.one", "one.all", rule("/<name>", rank=1)),
        Placed(".bridged.routers.two", "two.a", rule("/a", rank=0)),
    ]
    _, conflict = router_order(placed, [".routers.one", ".bridged.routers.two"])
    assert conflict is not None
    assert conflict.endpoint == "one.all"
