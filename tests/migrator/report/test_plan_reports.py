"""The plan as text, JSON and Markdown."""

import json

import pytest

from codemods.findings import Diagnostic, Finding, Location
from migrator.planning.model import Effort, Need, Plan, PlannedBlueprint, PlannedRoute
from migrator.report.grouping import grouped, wording
from migrator.report.plan_data import as_json
from migrator.report.plan_markdown import as_markdown, cell, code
from migrator.report.plan_text import text
from migrator.report.terminal import plain

BLOCKED = Diagnostic("FM302", "blocked", "cannot be moved", "it is bound to Flask", "replace it first")
NOTE = Diagnostic("FM692", "note", "needs a context", "it reads g", "pass the value")
PLACE = Location("shop/orders.py", 12)


def route(endpoint, runtime="native", findings=(), **values):
    defaults = {
        "key": f"GET /{endpoint}/<int:order_id>",
        "method": "GET",
        "rule": f"/{endpoint}/<int:order_id>",
        "endpoint": endpoint,
        "blueprint": "orders",
        "runtime": runtime,
        "basis": "forecast",
        "location": PLACE,
        "findings": findings,
    }
    return PlannedRoute(**{**defaults, **values})


def plan_of(*routes, live=True, needs=()):
    effort = Effort(2.5, ("1 converted route to read",))
    blueprint = PlannedBlueprint("orders", 1, "/orders", Location("shop/__init__.py", 3), routes, effort, needs)
    return Plan("shop.wsgi:app", live, (blueprint,), effort)


@pytest.fixture
def plan():
    finding = Finding(BLOCKED, PLACE, "'request.environ'")
    return plan_of(
        route("orders.show", "flask", (finding,)),
        route("orders.list", "flask", (finding,)),
        route("orders.new", "bridged", (Finding(NOTE, PLACE, "'g'"),)),
        needs=(Need("blueprint", "auth", "uses `shop.auth.user`"), Need("state", "shop.CACHE", "shared with auth")),
    )


def test_text_says_what_where_why_and_what_to_do(plan):
    shown = plain(text(plan))
    assert "shop.wsgi:app: 3 routes, 0 native, 1 bridged, 2 stay on Flask: 33 % ready" in shown
    assert "FM302 blocked: cannot be moved" in shown
    assert "why  it is bound to Flask" in shown
    assert "do   replace it first" in shown
    assert "shop/orders.py:12  'request.environ'  [orders.show, orders.list]" in shown
    assert "shares state: shop.CACHE" in shown


def test_text_in_a_pipe_is_plain_and_folds_nothing(plan):
    shown = plain(text(plan))
    assert "\x1b" not in shown
    assert not any(line != line.rstrip() for line in shown.splitlines())
    (line,) = [line for line in shown.splitlines() if "orders.show" in line and "FM302" in line]
    assert line.split() == ["stays", "on", "Flask", "GET", "/orders.show/<int:order_id>", "orders.show", "FM302"]


def test_a_rule_in_brackets_is_not_taken_for_markup():
    shown = plain(text(plan_of(route("a", key="GET /[bold]/<x>"))))
    assert "/[bold]/<x>" in shown


def test_notes_are_counted_and_shown_on_request(plan):
    assert "and 1 note: `migrate -v plan` shows them" in plain(text(plan))
    assert "needs a context" in plain(text(plan, everything=True))


def test_many_places_are_cut_unless_everything_is_asked_for():
    findings = tuple(Finding(BLOCKED, Location("a.py", line), f"thing {line}") for line in range(1, 21))
    plan = plan_of(route("a", "flask", findings))
    assert "and 12 more" in plain(text(plan))
    assert "thing 20" in plain(text(plan, everything=True))


def test_a_plan_that_nothing_confirms_says_so():
    assert "the application was not imported" in plain(text(plan_of(route("a"), live=False)))
    assert "the application was not imported" in as_markdown(plan_of(route("a"), live=False))


def test_kept_and_applied_routes_say_so():
    shown = plain(text(plan_of(route("a", basis="kept", runtime="flask"), route("b", basis="applied"))))
    assert "kept by decision" in shown
    assert "applied" in shown


def test_json_has_every_finding_in_full(plan):
    document = json.loads(as_json(plan))
    assert document["app"] == "shop.wsgi:app"
    assert document["totals"] == {
        "routes": 3,
        "native": 0,
        "bridged": 1,
        "flask": 2,
        "readiness": 33,
        "hours": 2.5,
        "blocked": 1,
        "review": 0,
    }
    (blueprint,) = document["blueprints"]
    assert blueprint["effort"] == {"size": "S", "hours": 2.5, "reasons": ["1 converted route to read"]}
    assert blueprint["needs"][0] == {"kind": "blueprint", "name": "auth", "reason": "uses `shop.auth.user`"}
    assert blueprint["routes"][0]["findings"] == [
        {
            "code": "FM302",
            "severity": "blocked",
            "file": "shop/orders.py",
            "line": 12,
            "summary": "cannot be moved",
            "detail": "'request.environ'",
            "why": "it is bound to Flask",
            "advice": "replace it first",
        }
    ]


def test_markdown_has_the_same_content(plan):
    document = as_markdown(plan)
    assert "| 1 | orders | 3 | 0 | 1 | 2 | 33 % | S (2.5 h) |" in document
    assert "| `GET /orders.show/<int:order_id>` | orders.show | stays on Flask | FM302 |" in document
    assert "### FM302 (blocked): cannot be moved" in document
    assert "- `shop/orders.py:12`: 'request.environ' (orders.show, orders.list)" in document


def test_markdown_is_safe_inside_a_table():
    assert cell("a|b <script> _x_\nnext") == "a\\|b &lt;script> \\_x\\_ next"
    assert code("GET /<any('a|b'):x>") == "`GET /<any('a\\|b'):x>`"
    assert code("a`b") == "``a`b``"


def test_a_finding_of_many_routes_is_one_place(plan):
    blocked, note = grouped(plan)
    assert blocked.diagnostic is BLOCKED
    assert [place.endpoints for place in blocked.places] == [("orders.show", "orders.list")]
    assert note.diagnostic is NOTE


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["a"], "a"), (["a", "b", "c", "d"], "a, b, c, d"), (list("abcdef"), "a, b, c and 3 more")],
)
def test_long_lists_are_cut(names, words):
    assert wording(names) == words


@pytest.mark.parametrize(("hours", "size"), [(0, "S"), (4, "S"), (4.5, "M"), (16, "M"), (17, "L")])
def test_sizes(hours, size):
    assert Effort(hours, ()).size == size
