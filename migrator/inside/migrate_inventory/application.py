"""The application object: folders, what it replaces of Flask, middleware, templates, settings, extensions."""
# ruff: noqa: UP006, UP035, SIM905

import inspect
from typing import Any, List

from .callables import Describer, Facts, described, type_name
from .registrations import folder_of, signal_facts
from .routing import plain
from .templating import template_facts

FLAGS = (
    "DEBUG TESTING PROPAGATE_EXCEPTIONS TRAP_HTTP_EXCEPTIONS TRAP_BAD_REQUEST_ERRORS MAX_CONTENT_LENGTH "
    "MAX_FORM_MEMORY_SIZE MAX_FORM_PARTS MAX_COOKIE_SIZE SERVER_NAME APPLICATION_ROOT PREFERRED_URL_SCHEME "
    "PROVIDE_AUTOMATIC_OPTIONS TRUSTED_HOSTS USE_X_SENDFILE SEND_FILE_MAX_AGE_DEFAULT PERMANENT_SESSION_LIFETIME "
    "SESSION_COOKIE_NAME SESSION_COOKIE_DOMAIN SESSION_COOKIE_PATH SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SECURE "
    "SESSION_COOKIE_PARTITIONED SESSION_COOKIE_SAMESITE SESSION_REFRESH_EACH_REQUEST JSON_AS_ASCII "
    "JSON_SORT_KEYS JSONIFY_MIMETYPE JSONIFY_PRETTYPRINT_REGULAR TEMPLATES_AUTO_RELOAD "
    "BASE_RESPONSE_SCHEMA VALIDATION_ERROR_DESCRIPTION VALIDATION_ERROR_STATUS_CODE BOOTSTRAP_SERVE_LOCAL "
    "COMPRESS_MIMETYPES COMPRESS_MIN_SIZE COMPRESS_ALGORITHM COMPRESS_ALGORITHM_STREAMING COMPRESS_STREAMS "
    "COMPRESS_EVALUATE_CONDITIONAL_REQUEST COMPRESS_STREAMING_ENDPOINT_CONDITIONAL COMPRESS_LEVEL "
    "COMPRESS_DEFLATE_LEVEL COMPRESS_ZSTD_LEVEL COMPRESS_BR_LEVEL COMPRESS_BR_MODE COMPRESS_BR_WINDOW "
    "COMPRESS_BR_BLOCK RESTX_MASK_HEADER"
).split()
REPLACEABLE = (
    "request_class response_class url_rule_class url_map_class jinja_environment "
    "json_encoder json_decoder app_ctx_globals_class config_class aborter_class test_client_class"
).split()


TOLD_BY_LIVE_FACTS = frozenset(
    (
        "json_provider_class session_interface jinja_options test_client_class test_cli_runner_class "
        "add_url_rule route get post put delete patch endpoint register_blueprint iter_blueprints errorhandler "
        "register_error_handler before_request after_request teardown_request teardown_appcontext context_processor "
        "url_value_preprocessor url_defaults template_filter template_global template_test add_template_filter "
        "add_template_global add_template_test shell_context_processor make_shell_context run cli test_client "
        "test_cli_runner make_config auto_find_instance_path create_jinja_environment setupmethod"
    ).split()
)
"""Attributes of a subclass of Flask that act before a request comes, or whose effect other facts tell."""
HARMLESS_SPECIALS = frozenset("__init__ __init_subclass__ __repr__ __str__".split())
JSON_ATTRIBUTES = ("sort_keys", "ensure_ascii", "compact", "mimetype")


def json_facts(app: Any, describer: Describer) -> Facts:
    """What differs from Flask's JSON provider as `json.` and the attribute; the class where it is none of Flask's."""
    try:
        from flask.json.provider import DefaultJSONProvider
    except ImportError:  # before Flask 2.2
        return {}
    provider = app.json
    if not isinstance(provider, DefaultJSONProvider):
        return {"json_provider": type_name(provider)}
    found: Facts = {}
    for name in JSON_ATTRIBUTES:
        if getattr(provider, name) != getattr(DefaultJSONProvider, name):
            found["json." + name] = repr(getattr(provider, name))
    mro = type(provider).__mro__
    places = [vars(provider)] + [vars(kind) for kind in mro[: mro.index(DefaultJSONProvider)]]
    names = {name for place in places for name in place}
    for name in sorted(names.difference(JSON_ATTRIBUTES)):
        if hasattr(DefaultJSONProvider, name) and not name.startswith("_"):
            value = getattr(provider, name)
            found["json." + name] = describer.one(value)["qualified"] if callable(value) else repr(value)
    return found


def overridden_facts(app: Any, describer: Describer) -> Facts:
    """What replaces Flask's own behaviour: attribute → qualified name of what is there instead."""
    from flask import Flask

    found: Facts = {}
    for name in REPLACEABLE:
        there, normal = getattr(app, name, None), getattr(Flask, name, None)
        is_ignored = name.startswith("json_") and not hasattr(Flask, name)  # since Flask 2.3
        if there is not normal and there is not None and name != "test_client_class" and not is_ignored:
            found[name] = type_name(there)
    if not type(app.session_interface).__module__.startswith("flask."):
        found["session_interface"] = type_name(app.session_interface)
    found.update(json_facts(app, describer))
    for cls in type(app).__mro__:
        if cls.__module__.startswith("flask.") or cls is object:
            continue
        specials = {name for name, value in vars(cls).items() if name.startswith("__") and callable(value)}
        if specials - HARMLESS_SPECIALS:
            found["class"] = type_name(app)
        for name, value in vars(cls).items():
            is_told = name in TOLD_BY_LIVE_FACTS or name in found
            if hasattr(Flask, name) and not name.startswith("__") and not is_told:
                found[name] = describer.one(value)["qualified"] if callable(value) else type_name(cls) + "." + name
    for name, value in vars(app).items():
        if name != "wsgi_app" and callable(value) and inspect.isfunction(getattr(Flask, name, None)):
            found[name] = describer.one(value)["qualified"]
    handlers = [described(one) for one in getattr(app, "url_build_error_handlers", ())]
    if handlers:
        found["url_build_error_handlers"] = ", ".join(handlers)
    return found


def wsgi_chain(app: Any, describer: Describer) -> List[Facts]:
    """What wraps `app.wsgi_app`, outermost first, as far as attributes with the usual names lead inwards."""
    chain: List[Facts] = []
    current = vars(app).get("wsgi_app")
    while current is not None and len(chain) < 20:
        if inspect.ismethod(current) and current.__self__ is app:
            break
        chain.append(describer.one(current) if hasattr(current, "__code__") else describer.of_class(type(current)))
        names = ("wsgi_app", "app", "application", "_app", "_application", "wrapped", "wsgi", "_wsgi_app")
        inner = [getattr(current, name, None) for name in names]
        current = next((value for value in inner if callable(value) and value is not app), None)
    return chain


def config_facts(app: Any) -> Facts:
    """Names of the settings that are not Flask's default, and the values of the flags."""
    normal = dict(app.default_config)
    changed = []
    for name, value in app.config.items():
        try:
            same = name in normal and bool(normal[name] == value)
        except Exception:  # an arbitrary object's comparison
            same = False
        if not same and name != "DEBUG":  # the environment decides it
            changed.append(str(name))
    return {"config": sorted(changed), "flags": {name: plain(app.config[name]) for name in FLAGS if name in app.config}}


def csrf_exempt(app: Any) -> List[str]:
    """The endpoints, and with a dot behind them the blueprints, that Flask-WTF's CSRFProtect leaves alone."""
    protect = app.extensions.get("csrf")
    views, kept = getattr(protect, "_exempt_views", ()), getattr(protect, "_exempt_blueprints", ())
    names = [name for name, view in app.view_functions.items() if place_of(view) in views]
    return sorted(names + [name + "." for name, one in app.blueprints.items() if one in kept or name in kept])


def place_of(view: Any) -> str:
    """A view as Flask-WTF names it."""
    return "{}.{}".format(getattr(view, "__module__", ""), getattr(view, "__name__", ""))


def application_facts(app: Any, describer: Describer) -> Facts:
    """The application object: folders, what it overrides, settings, extensions, templates, signals, middleware."""
    folders = [folder_of(app, "template_folder", describer)]
    facts: Facts = {
        "class": type_name(app),
        "name": app.name,
        "import_name": app.import_name,
        "root_path": describer.from_root(app.root_path),
        "instance_path": describer.from_root(app.instance_path),
        "template_folders": [folder for folder in folders if folder],
        "static_folder": folder_of(app, "static_folder", describer),
        "static_url_path": app.static_url_path,
        "overridden": overridden_facts(app, describer),
        "extensions": {str(key): type_name(value) for key, value in app.extensions.items()},
        "csrf_exempt": csrf_exempt(app),
        "wsgi_chain": wsgi_chain(app, describer),
        "signal_receivers": signal_facts(app, describer),
    }
    facts.update(template_facts(app, describer))
    facts.update(config_facts(app))
    return facts
