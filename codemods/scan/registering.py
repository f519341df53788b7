"""The methods of Flask's applications and blueprints by which functions are registered."""

from collections.abc import Mapping

from codemods.model import HookKind

ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})
"""Methods that declare a rule, as decorators or where their result is called with a view: `app.route("/x")(view)`."""

HOOKS: Mapping[str, tuple[HookKind, bool]] = {
    "before_request": ("before_request", False),
    "after_request": ("after_request", False),
    "teardown_request": ("teardown_request", False),
    "url_value_preprocessor": ("url_value_preprocessor", False),
    "url_defaults": ("url_defaults", False),
    "context_processor": ("context_processor", False),
    "before_app_request": ("before_request", True),
    "after_app_request": ("after_request", True),
    "teardown_app_request": ("teardown_request", True),
    "app_url_value_preprocessor": ("url_value_preprocessor", True),
    "app_url_defaults": ("url_defaults", True),
    "app_context_processor": ("context_processor", True),
    "teardown_appcontext": ("teardown_appcontext", True),
}
"""What a hook's method means on a blueprint: the kind, and whether the hook is for the whole application."""

HANDLERS = frozenset({"errorhandler", "app_errorhandler"})
CONNECTING = frozenset({"connect", "connect_via"})
"""Methods of signals."""

OUTDATED = frozenset({"before_first_request", "before_app_first_request"})
"""Methods that Flask had until 2.3."""

TEMPLATES = frozenset(
    {
        "template_filter", "app_template_filter", "template_global", "app_template_global", "template_test",
        "app_template_test", "shell_context_processor",
    }
)  # fmt: skip
REGISTERING = HOOKS.keys() | HANDLERS | OUTDATED | TEMPLATES | {"endpoint"}
"""Every decorator that registers something else than a rule."""

FOR_ALL = frozenset(name for name in REGISTERING if "app_" in name)
"""Methods that blueprints alone have, and that register for the whole application."""
