"""What keeps a whole application on Flask: its own request, response or dispatch, receivers of its signals."""

from codemods.findings import Diagnostic, Finding
from codemods.model import Project

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
        Finding(SIGNALS, receiver.location, f"'{receiver.qualified}' receives {signal}")
        for signal, receiver in application.signal_receivers
    ]
    return tuple(found)


def json_switches(project: Project) -> dict[str, str]:
    """The attributes of the generated JSON response class that differ from Flask's defaults."""
    overridden = project.application.overridden
    return {JSON_SWITCHES[name]: value for name, value in sorted(overridden.items()) if name in JSON_SWITCHES}
