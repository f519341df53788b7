"""What an application's own templates mean for all that is generated."""

from codemods.carry import Carrier
from codemods.findings import Diagnostic, Finding

TEMPLATE_CALLABLE = Diagnostic(
    "FM322",
    "blocked",
    "templates call something that needs Flask's request context",
    "A filter, global or test is called while a template renders, where a converted page has no such context.",
    "Hand the value to the template from the view, or keep the pages on Flask.",
)


def template_blocker(carrier: Carrier) -> Finding | None:
    """What keeps every page on Flask: a filter, global or test of templates that needs a request."""
    application = carrier.project.application
    callables = [*application.template_filters.values(), *application.template_globals.values()]
    for qualified in sorted([*callables, *application.template_tests.values()]):
        definition = carrier.context.definition(qualified)
        # Its own decorators only register it; through them everything around would count as reached.
        used = definition.uses if definition is not None else frozenset()
        bound = sorted(carrier.request_methods.walked(used))
        if bound:
            return Finding(TEMPLATE_CALLABLE, None, f"'{qualified}' uses '{bound[0]}'")
    return None
