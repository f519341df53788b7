"""Which names outside a function need what: a request, the application, or nothing. Reads the vocabulary."""

from codemods.public_names import public_name
from codemods.vocabulary import of_flask, term

MAKES_RESPONSES = frozenset(
    {"flask.jsonify", "flask.redirect", "flask.Response", "werkzeug.Response", "werkzeug.wrappers.Response"}
)
"""What makes a response object of Flask's: code that does cannot be called from an endpoint as it is."""
MAKING = tuple(f"{one}." for one in sorted(MAKES_RESPONSES))


def needs_request(qualified: str) -> bool:
    """Whether code that uses this name can only run in Flask's request context, or answers with Flask's responses."""
    found = term(qualified)
    if found is None:
        return False
    return found.treatment in ("request", "refused") or f"{public_name(qualified)}.".startswith(MAKING)


def needs_application(qualified: str) -> bool:
    """Whether a name needs an application context, which a bridged route has; native code may have a rule for it."""
    found = term(qualified)
    return found is not None and found.treatment in ("context", "own")


APPLICATION_PARTS = frozenset(
    {
        "_get_current_object",
        "app_context",
        "blueprints",
        "cli",
        "config",
        "debug",
        "extensions",
        "get_send_file_max_age",
        "import_name",
        "instance_path",
        *(f"jinja_env.{name}" for name in ("autoescape", "filters", "list_templates", "loader", "tests")),
        "json",
        "logger",
        "name",
        "open_instance_resource",
        "open_resource",
        "permanent_session_lifetime",
        "root_path",
        "secret_key",
        *("spec", "title", "version"),  # of APIFlask's
        "static_folder",
        "static_url_path",
        "testing",
        "url_map",
    }
)
"""Attributes of a Flask application that need no request; what its environment renders reads the request by globals."""


def needs_request_of_application(attributes: str) -> bool:
    """Whether what follows `app.` or `current_app.` works only while Flask handles a request, as `send_static_file`."""
    return bool(attributes) and not any(f"{attributes}.".startswith(f"{part}.") for part in APPLICATION_PARTS)


def is_flask_family(qualified: str) -> bool:
    """Whether a native route must not import what this name belongs to (Werkzeug's own helpers need no Flask)."""
    return of_flask(qualified) and qualified.partition(".")[0] != "werkzeug"
