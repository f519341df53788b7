"""`current_app.config` → the settings of the application, a dependency.

def index():                                          def index(settings: CurrentSettings) -> Response:
    return jsonify(current_app.config["SIZE"])   →        return JSONResponse(settings["SIZE"])

Beside Flask these are its live configuration, alone what `settings.py` loads; code that reads another key than those is
bridged.
"""

import libcst as cst

from codemods.view.imports import Need
from codemods.view.rule import CallRule, NodeRule, Rule, Translation, arguments, bind, code, expression, string
from codemods.view.signature import Parameter

APPLICATION = "flask.current_app"
CONFIG = f"{APPLICATION}.config"
MODULE = ".settings"
SOURCE = ("settings", "")


def settings(translation: Translation) -> cst.BaseExpression:
    """The settings as an expression: a parameter where FastAPI calls the function, else what the request's app has."""
    if not translation.signature.injected:
        return expression(translation.need(MODULE, "settings_of") + "({request})", request=translation.request())
    known = translation.signature.find(SOURCE)
    name = known.name if known else translation.signature.free_name("settings", "app")
    need = Need(MODULE, "CurrentSettings")
    return translation.ask(Parameter(name, "CurrentSettings", None, SOURCE, frozenset({need})))


def is_known(translation: Translation, node: cst.CSTNode, key: cst.BaseExpression) -> bool:
    """Whether a key can be read without Flask; else the code needs the application."""
    name = string(key)
    problem = "which setting is read is not spelled out" if name is None else translation.setting(name)
    if problem is not None:
        translation.needs_application(node, problem)
    return problem is None


def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`config["KEY"]`, read or assigned."""
    match written.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=key))] if is_known(translation, written, key):
            return updated.with_changes(value=settings(translation))
        case _:
            translation.needs_application(written)
            return updated


def contains(
    translation: Translation, written: cst.BaseExpression, key: cst.BaseExpression
) -> cst.BaseExpression | None:
    """`"KEY" in config`."""
    return settings(translation) if is_known(translation, written, key) else None


def method(name: str) -> CallRule:
    """A method of the configuration for one key."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        found = arguments(written)
        if found is None or not found[0] or found[1]:
            translation.needs_application(written.func)
            return call
        if not is_known(translation, written.func, found[0][0]):
            return call
        return call.with_changes(func=cst.Attribute(settings(translation), cst.Name(name)))

    return rule


def namespace(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`config.get_namespace("MAIL_")`: the settings whose names start with it, which all are known then."""
    application, bound = translation.names.project.application, bind(call, "namespace", "lowercase", "trim_namespace")
    start = string(bound.get("namespace")) if bound else None
    chosen = [code(bound[name]) if bound and name in bound else "True" for name in ("lowercase", "trim_namespace")]
    known = start is not None and translation.names.project.live and set(chosen) <= {"True", "False"}
    if not known or any(translation.setting(key) for key in application.config if key.startswith(start or "")):
        translation.needs_application(written.func)
        return call
    name = f'name.removeprefix("{start}")' if chosen[1] == "True" else "name"
    name += ".lower()" if chosen[0] == "True" else ""
    template = f'{{{{{name}: value for name, value in {{held}}.items() if name.startswith("{start}")}}}}'
    return expression(template, held=settings(translation))


def attribute(key: str) -> NodeRule:
    """An attribute of the application that is a setting."""

    def rule(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
        literal = cst.SimpleString(f'"{key}"')
        if not is_known(translation, node, literal):
            return node
        return expression(f'{{held}}["{key}"]', held=settings(translation))

    return rule


def lifetime(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`current_app.permanent_session_lifetime`, a `timedelta` whatever the setting is."""
    key = "PERMANENT_SESSION_LIFETIME"
    if not is_known(translation, node, cst.SimpleString(f'"{key}"')):
        return node
    return expression(
        f'{translation.need(".compat.session", "lifetime")}({{held}}["{key}"])', held=settings(translation)
    )


RULE = Rule(
    calls={
        **{f"{CONFIG}.{name}": method(name) for name in ("get", "setdefault")},
        f"{CONFIG}.get_namespace": namespace,
    },
    subscripts={CONFIG: item},
    lookups={CONFIG: contains},
    attributes={
        f"{APPLICATION}.debug": attribute("DEBUG"),
        f"{APPLICATION}.testing": attribute("TESTING"),
        f"{APPLICATION}.secret_key": attribute("SECRET_KEY"),
        "flask.request.max_content_length": attribute("MAX_CONTENT_LENGTH"),
        f"{APPLICATION}.permanent_session_lifetime": lifetime,
    },
    is_native=True,
)
