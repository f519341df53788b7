"""What was registered besides rules: hooks, error handlers, blueprints, receivers of signals."""
# ruff: noqa: UP006, UP035, UP045, SIM905, PTH117, PTH118

import os
import weakref
from typing import Any, Dict, List, Optional

from .callables import Describer, Facts, type_name
from .loading import PREFIXES

HOOKS = (
    ("before_request", "before_request_funcs"),
    ("after_request", "after_request_funcs"),
    ("teardown_request", "teardown_request_funcs"),
    ("url_value_preprocessor", "url_value_preprocessors"),
    ("url_defaults", "url_default_functions"),
    ("context_processor", "template_context_processors"),
)
SIGNALS = (
    "template_rendered before_render_template request_started request_finished request_tearing_down "
    "got_request_exception appcontext_tearing_down appcontext_pushed appcontext_popped message_flashed"
).split()


def hook_facts(app: Any, describer: Describer) -> List[Facts]:
    """Every hook, in the order of its list; `blueprint` is Flask's scope name, empty for the application."""
    listed = []
    for kind, attribute in HOOKS:
        for scope, functions in getattr(app, attribute).items():
            # Flask's own gives `request`, `session` and `g` to templates
            own = [function for function in functions if getattr(function, "__module__", "") != "flask.templating"]
            for order, function in enumerate(own):
                facts = {"kind": kind, "blueprint": scope or "", "order": order}
                listed.append(dict(facts, callable=describer.describe(function)))
    for order, function in enumerate(getattr(app, "teardown_appcontext_funcs", ())):
        facts = {"kind": "teardown_appcontext", "blueprint": "", "order": order}
        listed.append(dict(facts, callable=describer.describe(function)))
    for order, function in enumerate(getattr(app, "before_first_request_funcs", ())):
        facts = {"kind": "before_first_request", "blueprint": "", "order": order}
        listed.append(dict(facts, callable=describer.describe(function)))
    return listed


def error_handler_facts(app: Any, describer: Describer) -> List[Facts]:
    """Every error handler by scope, status and class."""
    listed = []
    for scope, by_code in app.error_handler_spec.items():
        for code, by_class in (by_code or {}).items():
            for exception, function in (by_class or {}).items():
                facts = {"blueprint": scope or "", "code": code, "exception": type_name(exception)}
                listed.append(dict(facts, callable=describer.describe(function)))
    return listed


def blueprint_facts(app: Any, describer: Describer, names: Dict[int, str]) -> List[Facts]:
    """Every registered blueprint by its dotted name, with the whole prefix that its rules have."""
    listed = []
    for name, blueprint in app.blueprints.items():
        listed.append(
            {
                "name": name,
                "own_name": blueprint.name,
                "class": type_name(blueprint),
                "url_prefix": PREFIXES.get((id(app), name), blueprint.url_prefix) or "",
                "subdomain": blueprint.subdomain,
                "import_name": blueprint.import_name,
                "variable": names.get(id(blueprint)),
                "template_folder": folder_of(blueprint, "template_folder", describer),
                "static_folder": folder_of(blueprint, "static_folder", describer),
                "static_url_path": getattr(blueprint, "static_url_path", None),
                "overridden": replaced_names(blueprint),
            }
        )
    return listed


def replaced_names(blueprint: Any) -> List[str]:
    """What the class of a blueprint, or the instance, has in place of Flask's own methods."""
    from flask import Blueprint

    classes = [cls for cls in type(blueprint).__mro__ if not cls.__module__.startswith("flask.") and cls is not object]
    names = {name for cls in classes for name in vars(cls) if hasattr(Blueprint, name) and not name.startswith("__")}
    names |= {name for name, value in vars(blueprint).items() if callable(value) and hasattr(Blueprint, name)}
    return sorted(names)


def folder_of(owner: Any, attribute: str, describer: Describer) -> Optional[str]:
    """A template or static folder: relative to the root where the project's own code means it so, else its whole path.

    Links are not followed, since what they lead to may change with each deployment, and `..` stays: a file's ETag tells
    of its path as it is written.
    """
    folder = getattr(owner, attribute, None)
    if folder is None:
        return None
    path = os.path.join(owner.root_path, str(folder))
    written = str(getattr(owner, "_" + attribute, folder))
    if describer.relative(os.path.join(owner.root_path, "x")) is None:
        return path
    if os.path.isabs(written) and describer.relative(os.path.join(path, "x")) is None:
        return path
    return describer.from_root(path)


def signal_facts(app: Any, describer: Describer) -> List[Facts]:
    """Receivers connected to Flask's signals, whoever connected them; and whether they are called for this application.

    blinker keeps what wants every sender under the sender 0.
    """
    import flask.signals

    listed = []
    for name in SIGNALS:
        signal = getattr(flask.signals, name, None)
        receivers = getattr(signal, "receivers", None) or {}
        senders: Any = getattr(signal, "_by_sender", {})
        heard = set(senders.get(0, ())) | set(senders.get(id(app), ()))
        for key, reference in list(receivers.items()):
            receiver: Any = reference() if isinstance(reference, weakref.ReferenceType) else reference
            if callable(receiver):
                listed.append(
                    {"signal": name, "callable": describer.describe(receiver), "of_application": key in heard}
                )
    return listed
