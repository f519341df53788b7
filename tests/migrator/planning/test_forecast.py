"""Routes, needs, effort and order of a whole plan."""

import subprocess
import sys

from codemods.findings import Diagnostic, Finding
from codemods.model import Rule
from migrator.planning.forecast import forecast
from migrator.planning.selection import narrowed


def names(plan):
    return [blueprint.name for blueprint in plan.blueprints]


def test_a_route_is_one_method_of_one_rule_with_the_host_in_front(facts):
    facts.route("orders.show", rule=(Rule("/a", ("GET", "POST")), Rule("/b", ("GET",), host="api.example.com")))
    keys = [route.key for route in forecast(facts.project()).routes]
    assert keys == ["GET /a", "POST /a", "GET api.example.com/b"]


def test_a_rule_that_only_builds_urls_is_no_route(facts):
    facts.route("orders.show", rule=(Rule("/a", ("GET",)), Rule("/b", ("GET",), build_only=True)))
    assert [route.rule for route in forecast(facts.project()).routes] == ["/a"]


def test_the_application_itself_is_a_dot(facts):
    facts.route("index")
    assert names(forecast(facts.project())) == ["."]


def test_a_blueprint_needs_the_one_whose_code_it_uses_and_comes_after_it(facts):
    facts.route("accounts.show", "shop.orders.total")
    facts.route("orders.show")
    facts.define("shop.orders.total")
    plan = forecast(facts.project())
    assert names(plan) == ["orders", "accounts"]
    (need,) = plan.blueprints[1].needs
    assert (need.kind, need.name, need.reason) == ("blueprint", "orders", "uses `shop.orders.total`")


def test_a_circle_of_needs_still_has_an_order(facts):
    facts.route("a.show", "shop.b.helper")
    facts.route("b.show", "shop.a.helper")
    facts.define("shop.a.helper")
    facts.define("shop.b.helper")
    assert names(forecast(facts.project())) == ["a", "b"]


def test_state_that_two_blueprints_reach_is_named_in_both(facts):
    facts.define("shop.store.CACHE", kind="state")
    facts.route("a.show", "shop.store.CACHE")
    facts.route("b.show", "shop.store.CACHE.get")
    facts.route("c.show")
    plan = forecast(facts.project())
    needs = {one.name: [(need.kind, need.name, need.reason) for need in one.needs] for one in plan.blueprints}
    assert needs == {
        "a": [("state", "shop.store.CACHE", "shared with b")],
        "b": [("state", "shop.store.CACHE", "shared with a")],
        "c": [],
    }


def test_a_table_of_the_database_is_the_extensions_state_and_not_named(facts):
    facts.define("shop.extensions.db", "flask_sqlalchemy.SQLAlchemy", kind="state")
    facts.define("shop.models.tags", "shop.extensions.db.Table", kind="state")
    facts.route("a.show", "shop.models.tags")
    facts.route("b.show", "shop.models.tags")
    assert [one.needs for one in forecast(facts.project()).blueprints] == [(), ()]


def test_state_of_one_blueprint_alone_is_nothing_to_speak_of(facts):
    facts.define("shop.store.CACHE", kind="state")
    facts.route("a.show", "shop.store.CACHE")
    assert forecast(facts.project()).blueprints[0].needs == ()


def test_what_is_ready_comes_before_what_is_not_and_small_before_large(facts):
    facts.route("blocked.show", "flask_principal.Permission")
    for number in range(3):
        facts.route(f"large.show{number}")
    facts.route("small.show")
    assert names(forecast(facts.project())) == ["small", "large", "blocked"]


def test_an_obstacle_that_many_routes_share_is_cleared_once(facts):
    facts.define("shop.guards.user", "flask_principal.Permission")
    for number in range(3):
        facts.route(f"orders.show{number}", "shop.guards.user")
    (orders,) = forecast(facts.project()).blueprints
    assert "1 obstacle to clear first, or to leave" in orders.effort.reasons


def test_an_obstacle_that_blueprints_share_counts_once_in_the_total(facts):
    facts.define("shop.guards.user", "flask_principal.Permission")
    facts.route("a.show", "shop.guards.user")
    facts.route("b.show", "shop.guards.user")
    plan = forecast(facts.project())
    assert [blueprint.effort.hours for blueprint in plan.blueprints] == [2.0, 2.0]
    assert plan.totals.hours == 2.0


def test_totals_and_readiness(facts):
    facts.route("orders.a")
    facts.route("orders.b", "flask.current_app.extensions")
    facts.route("orders.c", "flask_principal.Permission")
    plan = forecast(facts.project())
    totals = plan.totals
    assert (totals.routes, totals.native, totals.bridged, totals.flask, totals.readiness) == (3, 1, 1, 1, 66)
    assert totals.blocked == 1
    assert totals.hours == plan.blueprints[0].effort.hours > 0


def test_a_plan_of_nothing_is_ready(facts):
    assert forecast(facts.project()).totals.readiness == 100


def test_findings_about_files_come_with_the_plan(facts):
    finding = Finding(Diagnostic("FM001", "review", "s", "w", "a"), None, "x.py")
    assert forecast(facts.project(), unread=(finding,)).findings == (finding,)


def test_a_part_of_the_plan_keeps_its_place_in_the_order(facts):
    facts.route("a.show")
    facts.route("b.show")
    facts.route("b.list")
    plan = narrowed(forecast(facts.project()), {("b", "GET /b/list")})
    assert names(plan) == ["b"]
    assert [route.endpoint for route in plan.routes] == ["b.list"]
    assert plan.blueprints[0].effort.reasons == ("1 converted route to read",)


def test_the_same_facts_make_the_same_plan(facts):
    facts.route("b.show", "flask.current_app.extensions", "flask_principal.Permission", "flask_principal.utils")
    facts.route("a.show", "flask.current_app")
    assert forecast(facts.project()) == forecast(facts.project())


def test_neither_help_nor_plan_loads_what_is_heavy():
    code = """if True:
        import sys
        import migrator.cli.entry, migrator.cli.plan, migrator.report.plan_text
        print(*sorted({"libcst", "jinja2", "fastapi", "starlette", "flask", "markdown_it"} & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
