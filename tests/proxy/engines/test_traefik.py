"""What is Traefik's own: two files that it may read at different moments, and its opinion of them."""

import re
from typing import Any

import pytest

from migrator.proxying import write
from proxy.engines.traefik import RULES, SITE, STATE, judge, render, still_encoded
from proxy.model import RouteTable, Rule, Upstream

from .conftest import Proxy, url_map


def test_a_state_that_was_made_for_other_rules_takes_nothing(
    upstreams: list[Upstream], table_of: Any, tmp_path: Any, wait_until: Any
):
    """Another deploy: shapes have other places, and so routers other priorities."""
    proxy = Proxy("traefik", tmp_path, wait_until)
    options = {"upstreams": upstreams, "listen": proxy.listen}
    proxy.write(table_of(url_map({"/users/<int:id>": "GET", "/users/me": "GET"}), **options))
    state = (tmp_path / STATE).read_text()
    proxy.write(table_of(url_map({"/users/<int:id>": "GET", "/users/<name>/x": "GET"}), lambda key: False, **options))
    assert (tmp_path / STATE).read_text() != state
    (tmp_path / STATE).write_text(state)
    try:
        proxy.start()
        assert {proxy.side(target) for target in ("/users/5", "/users/me", "/users/a/x")} == {"flask"}
    finally:
        proxy.stop()


def test_two_applications_in_one_traefik(upstreams: list[Upstream], table_of: Any, tmp_path: Any, wait_until: Any):
    proxy = Proxy("traefik", tmp_path, wait_until)
    urls = url_map({"/users/<int:id>": "GET", "/users/me": "GET"})
    options = {"upstreams": upstreams, "listen": proxy.listen}
    proxy.write(table_of(urls, lambda key: key == "GET /users/me", **options))
    other = render(table_of(urls, lambda key: key == "GET /users/<int:id>", name="shop-2", **options))
    site = other[SITE].replace("PathPrefix(`/`)", "Host(`b.example`)").replace("priority: 1", "priority: 2")
    write(tmp_path, {f"migrate/other/{name}": text for name, text in {**other, SITE: site}.items() if "/" in name})
    try:
        proxy.start()
        asked = [(target, host) for host in ("a.example", "b.example") for target in ("/users/me", "/users/5")]
        wait_until(lambda: proxy.side("/users/5", host="b.example") == "fastapi")
        assert [proxy.side(target, host=host) for target, host in asked] == ["fastapi", "flask", "flask", "fastapi"]
    finally:
        proxy.stop()


def test_its_opinion_of_a_rule_is_heard(upstreams: list[Upstream], tmp_path: Any, wait_until: Any, monkeypatch: Any):
    proxy = Proxy("traefik", tmp_path, wait_until)
    proxy.write(RouteTable.of(upstreams, [Rule("GET", "/x", "x", side="fastapi")], proxy.listen))
    rules = tmp_path / RULES
    text = rules.read_text()
    assert ")$`)" in text
    rules.write_text(text.replace(")$`)", "$`)"))
    assert "missing closing )" in proxy.check(monkeypatch)


def test_nothing_is_known_before_the_rules_are_read():
    assert judge('{"routers": {"api@internal": {}}}') is None
    assert judge('{"routers": {"migrate@file": {"error": ["no service"]}}}') == ("migrate@file: no service",)


def test_it_reaches_no_socket():
    with pytest.raises(ValueError, match="Traefik cannot reach unix:/run/shop"):
        render(RouteTable.of([Upstream("flask", ("unix:/run/shop.sock",))], []))


@pytest.mark.parametrize(
    ("regex", "path", "is_match"),
    [
        ("[^/]{2}", "%2Ba", True),
        ("[^/]{2}", "%2B", False),
        (r"a\x24", "a$", True),
        (r"a\x24", "a%24", True),
        (r"\x25", "%25", True),
        ("[^/]+24", "a%24", False),
        ("[^/].*?/meta", "a/%3Fb/meta", True),
        (r"(?:a\.b|c\x2cd)", "c%2Cd", True),
        ("a=@:b", "a%3D%40%3Ab", True),
        ("[0-9]+\\.[0-9]+", "1x5", False),
    ],
)
def test_what_is_reserved_may_be_encoded_where_it_is_matched(regex: str, path: str, is_match: bool):
    assert (re.fullmatch(still_encoded(regex), path) is not None) is is_match
