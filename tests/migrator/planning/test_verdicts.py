"""What would serve a route, from facts alone."""

import pytest

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee, Decorator, Rule, Variable
from migrator.planning.forecast import Recorded, forecast


def only(facts, **recorded):
    (route,) = forecast(facts.project(), recorded.get("recorded")).routes
    return route


def codes(route):
    return [finding.code for finding in route.findings]


def test_a_view_that_reads_the_request_is_native(facts):
    facts.route("orders.show", "flask.request.args.get", "flask.jsonify", "flask.abort", "shop.models.name")
    assert only(facts).runtime == "native"
    assert only(facts).findings == ()


def test_a_library_that_has_nothing_to_do_with_flask_is_none_of_our_business(facts):
    facts.route("orders.show", "requests.get", "sqlalchemy.select")
    assert only(facts).runtime == "native"


def test_current_app_makes_it_bridged(facts):
    facts.route("orders.show", "flask.current_app.extensions")
    route = only(facts)
    assert route.runtime == "bridged"
    assert codes(route) == ["FM692"]


def test_a_context_local_deep_in_the_call_chain_makes_it_bridged_and_is_reported_where_it_is(facts):
    facts.route("orders.show", "shop.service.find")
    facts.define("shop.service.find", "shop.service.load")
    facts.define("shop.service.load", "shop.extensions.db.session.get")
    facts.define("shop.extensions.db", "flask_sqlalchemy.SQLAlchemy", kind="state")
    route = only(facts)
    assert route.runtime == "bridged"
    (finding,) = route.findings
    assert finding.location == Location("shop/extensions.py", 10)
    assert "in `shop.extensions.db`" in finding.detail


def test_a_circle_of_calls_ends(facts):
    facts.route("orders.show", "shop.tree.walk")
    facts.define("shop.tree.walk", "shop.tree.step")
    facts.define("shop.tree.step", "shop.tree.walk", "flask.current_app")
    assert only(facts).runtime == "bridged"


@pytest.mark.parametrize(
    "name",
    ["flask.signals.Namespace", "flask.request.remote_user", "flask_principal.Permission", "werkzeug.local"],
)
def test_a_name_without_a_counterpart_keeps_it_on_flask(facts, name):
    facts.route("orders.show", name)
    route = only(facts)
    assert route.runtime == "flask"
    assert codes(route) == ["FM690"]
    assert name in route.findings[0].detail


def test_an_extension_that_nobody_knows_keeps_it_on_flask(facts):
    facts.route("orders.show", "flask_unheard_of.charge")
    assert codes(only(facts)) == ["FM691"]
    assert only(facts).runtime == "flask"


def test_what_blocks_wins_over_the_bridge_and_stands_first(facts):
    facts.route("orders.show", "flask.current_app", "flask_principal.Permission")
    route = only(facts)
    assert route.runtime == "flask"
    assert codes(route) == ["FM690", "FM692"]


def test_a_decorator_of_the_application_counts_with_all_it_reaches(facts):
    facts.define("shop.guards.admin_only", "flask_principal.Permission")
    facts.route("orders.show", decorators=["shop.guards.admin_only"])
    assert codes(only(facts)) == ["FM690"]


def test_a_decorator_that_cannot_be_traced_keeps_it_on_flask(facts):
    facts.route("orders.show", decorators=[Decorator("guards[0]", None, Location("shop/orders.py", 3))])
    route = only(facts)
    assert codes(route) == ["FM182"]
    assert route.findings[0].location == Location("shop/orders.py", 3)


def test_a_decorator_of_a_library_that_nobody_knows_keeps_it_on_flask(facts):
    facts.route("orders.show", decorators=["newrelic.agent.function_trace"])
    assert codes(only(facts)) == ["FM182"]


def test_decorators_of_the_standard_library_and_of_known_extensions_do_not(facts):
    facts.route("orders.show", decorators=["functools.cache", "flask_jwt_extended.jwt_required"])
    assert only(facts).runtime == "bridged"


def test_a_route_decorator_on_a_helper_does_not_reach_the_application_object(facts):
    facts.define("shop.app", "flask.Flask", kind="state")
    facts.define("shop.other", decorators=["shop.app.route"])
    facts.route("orders.show", "shop.other")
    assert only(facts).runtime == "native"


def test_a_wrapper_of_a_library_around_the_live_view_keeps_it_on_flask(facts):
    facts.route("orders.show", wrappers=(Callee("tracing.middleware.traced"),))
    assert codes(only(facts)) == ["FM183"]


def test_a_view_without_source_keeps_it_on_flask(facts):
    facts.route("orders.show", kind="unknown")
    assert codes(only(facts)) == ["FM180"]


def test_static_files_of_a_folder_that_only_flask_knows_are_bridged_and_say_why(facts):
    facts.route("static", kind="static")
    route = only(facts)
    assert route.runtime == "bridged"
    assert [finding.diagnostic.severity for finding in route.findings] == ["note"]


def test_a_converter_class_of_the_application_travels_along(facts):
    variable = Variable("day", "date", converter_class="shop.converters.DateConverter")
    facts.route("orders.show", rule=(Rule("/<date:day>", ("GET",), (variable,)),))
    assert only(facts).runtime == "native"


def test_a_rule_that_redirects_needs_no_view(facts):
    facts.route("orders.show", rule=(Rule("/old", ("GET",), redirect_to="/new"),), kind="unknown")
    assert only(facts).runtime == "native"


def test_a_rule_that_redirects_keeps_it_on_flask_beside_hooks_that_read_its_values(facts):
    facts.route("orders.show", rule=(Rule("/old", ("GET",), redirect_to="/new"),))
    facts.hook("url_value_preprocessor", facts.define("shop.hooks.pull"))
    assert codes(only(facts)) == ["FM111"]


def test_what_code_reads_of_the_application_s_variable_is_read_of_the_current_one(facts):
    facts.define("shop.app", "flask.Flask", kind="state")
    facts.route("orders.show", "shop.app.logger.info", "shop.app.config.get")
    assert only(facts).runtime == "native"


@pytest.mark.parametrize("used", ["shop.app", "shop.app.url_map.bind"])
def test_the_application_itself_makes_it_bridged(facts, used):
    facts.define("shop.app", "flask.Flask", kind="state")
    facts.route("orders.show", used)
    assert codes(only(facts)) == ["FM692"]


def test_an_object_that_can_be_shared_with_flask_does_not(facts):
    facts.define("shop.store.Book", "dataclasses.dataclass", kind="class")
    facts.define("shop.store.BOOKS", "shop.store.Book", kind="state")
    facts.route("orders.show", "shop.store.BOOKS")
    assert only(facts).runtime == "native"


def test_an_object_that_starts_something_makes_it_bridged(facts):
    facts.define("shop.store.Worker", "threading.Thread", kind="class")
    facts.define("shop.store.Store", "shop.store.Worker", kind="class")
    facts.define("shop.store.STORE", "shop.store.Store", kind="state")
    facts.route("orders.show", "shop.store.STORE")
    assert codes(only(facts)) == ["FM692"]


def test_an_object_of_a_schema_does_not(facts):
    facts.define("shop.schemas.BookSchema", "marshmallow.Schema", kind="class")
    facts.define("shop.schemas.books", "shop.schemas.BookSchema", kind="state")
    facts.route("orders.show", "shop.schemas.books")
    assert only(facts).runtime == "native"


def test_a_context_variable_of_its_own_keeps_it_on_flask(facts):
    facts.define("shop.trace.current", "contextvars.ContextVar", kind="state")
    facts.route("orders.show", "shop.trace.current")
    assert codes(only(facts)) == ["FM606"]


def test_a_decorator_above_the_route_keeps_it_on_flask(facts):
    facts.route("orders.show", unused_decorators=(Decorator("guarded", "shop.guarded", Location("shop/orders.py", 3)),))
    assert codes(only(facts)) == ["FM114"]


def test_a_method_of_an_object_is_no_view_that_is_converted(facts):
    facts.define("shop.greeter.Greeter", kind="class")
    method = Callee("shop.greeter.Greeter.__call__", Location("shop/greeter.py", 11), owned=True)
    facts.route("orders.show", function=method)
    assert codes(only(facts)) == ["FM180"]


def test_a_processor_for_templates_counts_where_one_is_rendered(facts):
    facts.hook("context_processor", facts.define("shop.hooks.inject", "flask.current_app"))
    facts.route("orders.show")
    facts.route("pages.index", "flask.render_template")
    assert {one.endpoint: one.runtime for one in forecast(facts.project()).routes} == {
        "orders.show": "native",
        "pages.index": "bridged",
    }


def test_error_handlers_of_an_extension_count_where_its_library_is_used(facts):
    place = "flask_jwt_extended.jwt_manager.JWTManager._set_error_handler_callbacks.<locals>.handle_expired_error"
    facts.handler(Callee(place, None, owned=False))
    facts.route("orders.show")
    facts.route("tokens.decode", "jwt.decode")
    assert {one.endpoint: one.runtime for one in forecast(facts.project()).routes} == {
        "orders.show": "native",
        "tokens.decode": "bridged",
    }


@pytest.mark.parametrize("reach", ["", "api", "api.orders"])
def test_a_hook_in_reach_counts(facts, reach):
    facts.route("api.orders.show")
    facts.hook("before_request", facts.define("shop.hooks.load", "flask_principal.Permission"), reach)
    assert codes(only(facts)) == ["FM690"]


@pytest.mark.parametrize("reach", ["ap", "orders", "api.orders.inner"])
def test_a_hook_of_another_blueprint_does_not(facts, reach):
    facts.route("api.orders.show")
    facts.hook("before_request", facts.define("shop.hooks.load", "flask_principal.Permission"), reach)
    assert only(facts).runtime == "native"


def test_a_hook_of_a_library_keeps_everything_in_its_reach_on_flask(facts):
    facts.route("orders.show")
    facts.hook("after_request", Callee("talisman_like.headers.add"))
    assert codes(only(facts)) == ["FM580"]


def test_an_extension_hook_that_the_bridge_runs_changes_nothing(facts):
    facts.route("orders.show")
    facts.hook("teardown_appcontext", Callee("flask_sqlalchemy.extension.SQLAlchemy._teardown_session"))
    assert only(facts).runtime == "native"


def test_a_url_value_preprocessor_is_a_hook_like_others(facts):
    facts.route("orders.show")
    facts.hook("url_value_preprocessor", facts.define("shop.hooks.pull_language"))
    assert only(facts).runtime == "native"
    facts.hook("url_value_preprocessor", Callee("flask_other.Other.pull"))
    assert codes(only(facts)) == ["FM580"]


def test_an_error_handler_in_reach_counts(facts):
    facts.route("orders.show")
    facts.handler(facts.define("shop.errors.not_found", "flask.current_app.extensions"))
    assert only(facts).runtime == "bridged"


def test_replaced_machinery_keeps_all_of_it_on_flask(facts):
    facts.route("orders.show")
    facts.set(overridden={"wsgi_app": "werkzeug.middleware.proxy_fix.ProxyFix"})
    route = only(facts)
    assert codes(route) == ["FM186"]
    assert "'wsgi_app'" in route.findings[0].detail


def test_middleware_around_the_application_keeps_all_of_it_on_flask(facts):
    facts.route("orders.show")
    facts.set(wsgi_chain=(Callee("werkzeug.middleware.proxy_fix.ProxyFix", None, False),))
    route = only(facts)
    assert codes(route) == ["FM186"]
    assert "ProxyFix" in route.findings[0].detail


def test_a_receiver_of_a_request_signal_keeps_all_of_it_on_flask(facts):
    facts.route("orders.show")
    facts.set(signal_receivers=(("request_finished", Callee("shop.audit.write", Location("shop/audit.py", 4), True)),))
    assert codes(only(facts)) == ["FM582"]


def test_a_finding_of_the_scan_counts_by_its_severity(facts):
    from dataclasses import replace

    facts.route("orders.show")
    blocked = Finding(Diagnostic("FM199", "blocked", "odd", "why", "advice"), None, "detail")
    facts.endpoints[0] = replace(facts.endpoints[0], findings=(blocked,))
    assert only(facts).runtime == "flask"


def test_what_apply_did_is_the_verdict(facts):
    facts.route("orders.show", "flask_principal.Permission")
    route = only(facts, recorded={"GET /orders/show": Recorded("live", "native")})
    assert (route.runtime, route.basis, route.state, route.findings) == ("native", "applied", "live", ())


def test_what_a_person_keeps_stays(facts):
    facts.route("orders.show")
    route = only(facts, recorded={"GET /orders/show": Recorded("kept", None)})
    assert (route.runtime, route.basis) == ("flask", "kept")


def test_a_route_that_apply_was_not_asked_for_is_forecast(facts):
    facts.route("orders.show")
    route = only(facts, recorded={"GET /orders/show": Recorded("legacy", None)})
    assert (route.runtime, route.basis) == ("native", "forecast")


def test_pages_about_the_api_stay_on_flask(facts):
    facts.route("doc", function=Callee("flask_restx.api.Api.render_doc"))
    facts.route("other", function=Callee("somewhere.page"))
    routes = {route.endpoint: route for route in forecast(facts.project()).routes}
    assert {name: (route.runtime, [one.code for one in route.findings]) for name, route in routes.items()} == {
        "doc": ("flask", ["FM188"]),
        "other": ("flask", ["FM180"]),
    }
