"""What keeps a whole application on Flask: its own request, response or dispatch, receivers of its signals."""

from codemods.carry import Carrier
from codemods.findings import Diagnostic, Finding
from codemods.model import Project
from codemods.view.context import needs_request

OVERRIDDEN = Diagnostic(
    "FM102",
    "blocked",
    "the application replaces a part of Flask itself",
    "Every answer passes through it, and a converted route would bypass it.",
    "Keep the routes on Flask, or take the replacement out first.",
)
SIGNALS = Diagnostic(
    "FM103",
    "blocked",
    "something listens to Flask's signals",
    "Only Flask sends them; for a converted route the receiver would not be called.",
    "Do the receiver's work in a hook.",
)
TEMPLATE_CALLABLE = Diagnostic(
    "FM322",
    "blocked",
    "templates call something that needs Flask's request context",
    "A filter, global or test is called while a template renders, where a converted page has no such context.",
    "Hand the value to the template from the view, or keep the pages on Flask.",
)
HARMLESS = frozenset({"test_client_class", "test_cli_runner_class", "cli"})
JSON_SWITCHES = {"json.sort_keys": "sort_keys", "json.ensure_ascii": "ensure_ascii", "json.compact": "compact"}
"""Switches of Flask's JSON provider that the generated response class has too."""


def application_blockers(project: Project) -> tuple[Finding, ...]:
    """The findings that hold for every route."""
    application = project.application
    found = [
        Finding(OVERRIDDEN, None, f"{name} is {qualified}")
        for name, qualified in sorted(application.overridden.items())
        if name not in HARMLESS and not (name in JSON_SWITCHES and qualified in ("True", "False"))
    ]
    found += [
        Finding(OVERRIDDEN, one.location, f"wsgi_app is wrapped by {one.qualified}") for one in application.wsgi_chain
    ]
    found += [
        Finding(SIGNALS, receiver.location, f"'{receiver.qualified}' receives {signal}")
        for signal, receiver in application.signal_receivers
    ]
    return tuple(found)


def template_blocker(carrier: Carrier) -> Finding | None:
    """What keeps every page on Flask: a filter, global or test of templates that needs a request."""
    application = carrier.project.application
    callables = [*application.template_filters.values(), *application.template_globals.values()]
    for qualified in sorted([*callables, *application.template_tests.values()]):
        definition = carrier.context.definition(qualified)
        # Its own decorators only register it; through them everything around would count as reached.
        used = definition.uses if definition is not None else frozenset()
        reached = used.union(*(carrier.context.reach(name) for name in used))
        bound = sorted(name for name in reached if needs_request(name))
        if bound:
            return Finding(TEMPLATE_CALLABLE, None, f"'{qualified}' uses '{bound[0]}'")
    return None


def json_switches(project: Project) -> dict[str, str]:
    """The attributes of the generated JSON response class that differ from Flask's defaults."""
    overridden = project.application.overridden
    return {JSON_SWITCHES[name]: value for name, value in sorted(overridden.items()) if name in JSON_SWITCHES}
