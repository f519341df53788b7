"""Which kinds of wire difference a route has, and what the team chose for them."""

import pytest

from codemods.model import ErrorHandler, Rule
from codemods.scan.scan import scan
from migrator.planning.forecast import forecast


def wire(facts, **values):
    return {route.key: route.wire for route in forecast(facts.project(**values)).routes}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("flask.jsonify", ("json-dates", "json-key-order")),
        ("flask.abort", ("error-pages",)),
        ("werkzeug.exceptions.NotFound", ("error-pages",)),
        ("flask.request.args.get", ("lenient-query",)),
        ("flask.request.get_json", ("validation-errors",)),
        ("marshmallow.Schema", ("json-key-order",)),
        ("flask.request.arguments", ()),
        ("flask.redirect", ()),
    ],
)
def test_what_a_view_or_its_helpers_use_tells(facts, name, kinds):
    facts.route("direct", name, methods=("POST",))
    facts.route("by_helper", "shop.helper.deep", methods=("POST",))
    facts.define("shop.helper.deep", "shop.helper.deeper")
    facts.define("shop.helper.deeper", name)
    assert wire(facts) == {"POST /direct": kinds, "POST /by_helper": kinds}


def test_head_is_a_matter_of_get_and_slashes_one_of_rules_that_end_with_one(facts):
    facts.route("a", rule=(Rule("/a/", ("GET", "POST")), Rule("/b/", ("POST",), strict_slashes=False)))
    facts.route("index", rule="/")
    assert wire(facts) == {
        "GET /a/": ("head-options", "slash-redirects"),
        "POST /a/": ("slash-redirects",),
        "POST /b/": (),
        "GET /": ("head-options",),
    }


@pytest.mark.parametrize(("blueprint", "kinds"), [("", ()), ("orders", ("error-pages",))])
def test_a_handler_of_every_http_error_hides_the_pages(facts, blueprint, kinds):
    facts.route("orders.show", "flask.abort", methods=("POST",))
    handler = ErrorHandler(blueprint, None, "werkzeug.exceptions.HTTPException", facts.define("shop.errors.show"))
    assert wire(facts, error_handlers=(handler,)) == {"POST /orders/show": kinds}


@pytest.mark.parametrize("body", ['{"a": 1}', "[]", '{"a": 1}, 201', "[one for one in ()]", "{one: 1 for one in ()}"])
def test_a_display_that_a_view_returns_is_json(body):
    source = f'from flask import Flask\napp = Flask(__name__)\n\n@app.post("/x")\ndef x():\n    return {body}\n'
    plan = forecast(scan({"app.py": source.encode()}, "app:app", None))
    (route,) = [one for one in plan.routes if one.endpoint == "x"]
    assert route.wire == ("json-dates", "json-key-order")


def test_the_plan_counts_them_with_the_choice(facts):
    facts.route("a", "flask.jsonify")
    facts.route("b", methods=("POST",))
    plan = forecast(facts.project(), parity={"json-dates": "adopt"})
    assert [(difference.name, choice, count) for difference, choice, count in plan.wire()] == [
        ("head-options", "preserve", 1),
        ("json-dates", "adopt", 1),
        ("json-key-order", "preserve", 1),
    ]
