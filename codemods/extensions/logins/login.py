"""Flask-Login: its manager, decorators and functions → an object of `compat.login`.

    login_manager = LoginManager(app)                 login_manager = LoginManager(load_user, Turning("login", …))
    login_manager.login_view = "login"

    @login_manager.user_loader                  →     def load_user(request: Request, user_id: Any) -> Any: …
    def load_user(user_id): ...

    @app.get("/me")                                   @router.get("/me", dependencies=[Depends(login_required)])
    @login_required                                   def me(request: Request) -> Response:
    def me():                                             …
        return {"id": current_user.id}                    return … login_manager.current_user(request).id …

`login_manager.py` reads the manager, `app/login.py` writes it.
"""

from collections.abc import Collection, Mapping

import libcst as cst

from codemods.extensions.basis.extension import Extension
from codemods.findings import Diagnostic, Finding
from codemods.model import Project
from codemods.view.imports import Need
from codemods.view.names import canonical
from codemods.view.refusal import Refused
from codemods.view.rule import CallRule, NodeRule, Rule, Translation, bind, code
from codemods.view.source import Sources

from .login_manager import LOGIN_MANAGER, Manager, read_manager

PACKAGE = "flask_login"
HELPER = ".compat.login"
HOOK = f"{PACKAGE}.login_manager.LoginManager._update_remember_cookie"
PROCESSOR = f"{PACKAGE}.utils._user_context_processor"

LOGIN_USE = Diagnostic(
    "FM762",
    "blocked",
    "Flask-Login is used in a way that has no counterpart",
    "Only its decorators, `current_user`, `login_user`, `logout_user`, `confirm_login` and `login_fresh` are "
    "converted; its signals have no receivers on FastAPI.",
    "Use these, and do what a receiver does where the user logs in or out.",
)
LOGIN_VERSION = Diagnostic(
    "FM763",
    "blocked",
    "a version of Flask-Login that is not known",
    "What is copied is the behaviour of version 0.6.",
    "Update the extension to version 0.6 first.",
)

SETTINGS = frozenset(
    {
        "AUTH_HEADER_NAME", "FORCE_HOST_FOR_REDIRECTS", "LOGIN_DISABLED", "REMEMBER_COOKIE_DOMAIN",
        "REMEMBER_COOKIE_DURATION", "REMEMBER_COOKIE_HTTPONLY", "REMEMBER_COOKIE_NAME", "REMEMBER_COOKIE_PATH",
        "REMEMBER_COOKIE_SAMESITE", "REMEMBER_COOKIE_SECURE", "SESSION_PROTECTION", "USE_SESSION_FOR_NEXT",
    }
)  # fmt: skip
"""The settings that are read of the Flask application, and that native code does not have."""
REFRESHES = "REMEMBER_COOKIE_REFRESH_EACH_REQUEST"

GUARDS = {"login_required": False, "fresh_login_required": True}
"""The decorators, and whether they want a login of this session."""
FUNCTIONS = {
    "login_user": ("user", "remember", "duration", "force", "fresh"),
    "logout_user": (),
    "confirm_login": (),
    "login_fresh": (),
}
SPELLINGS = (PACKAGE, f"{PACKAGE}.utils")


def manager_of(project: Project, sources: Sources) -> Manager:
    """The one manager of a project; raises `Refused` where the source does not tell all of it."""
    if found := problem(project, sources, ()):
        raise Refused(found)
    return read_manager(project, sources)


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask."""
    version = project.application.versions.get("flask-login", "0.6.3")
    if not version.startswith("0.6."):
        return Finding(LOGIN_VERSION, None, f"version {version}")
    if REFRESHES in project.application.config:
        return Finding(LOGIN_USE, None, REFRESHES)
    for module in project.modules.values():
        for target in module.imported:
            name = canonical(project, target).removeprefix(f"{PACKAGE}.").removeprefix("signals.")
            if target.startswith(f"{PACKAGE}.") and name.startswith(("user_", "session_protected", "signals")):
                return Finding(LOGIN_USE, None, f"the signal '{name}' in '{module.name}'")
    return None


def current_user(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`current_user`: the user itself, where Flask has a proxy."""
    asked = cst.Attribute(translation.login_manager(node), cst.Name("current_user"))
    return cst.Call(asked, [cst.Arg(translation.request())])


def unproxied(translation: Translation, written: cst.Call, _: cst.Call) -> cst.BaseExpression:
    """`current_user._get_current_object()`."""
    return current_user(translation, written.func)


def function(name: str) -> CallRule:
    """The rule for a function of the extension's, which becomes a method."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if bind(written, *FUNCTIONS[name]) is None:
            raise translation.refuse(LOGIN_USE, written, code(written))
        asked = cst.Attribute(translation.login_manager(written.func), cst.Name(name))
        return call.with_changes(func=asked, args=[cst.Arg(translation.request()), *call.args])

    return rule


def guard_call(name: str) -> CallRule:
    """What a decorator around a hook or a wrapper does, as a call at its start."""

    def rule(translation: Translation, written: cst.Call, _: cst.Call) -> cst.BaseExpression:
        asked = cst.Attribute(translation.login_manager(written.func), cst.Name("require"))
        fresh = [cst.Arg(cst.Name("True"), cst.Name("fresh"))] if GUARDS[name] else []
        return cst.Call(asked, [cst.Arg(translation.request()), *fresh])

    return rule


def _everywhere(rules: Mapping[str, CallRule]) -> dict[str, CallRule]:
    return {f"{place}.{name}": rule for place in SPELLINGS for name, rule in rules.items()}


ATTRIBUTES: dict[str, NodeRule] = {f"{place}.current_user": current_user for place in SPELLINGS}
RULE = Rule(
    calls={
        **_everywhere({name: function(name) for name in FUNCTIONS}),
        **_everywhere({name: guard_call(name) for name in GUARDS}),
        **{f"{name}._get_current_object": unproxied for name in ATTRIBUTES},
    },
    attributes=ATTRIBUTES,
    proxies=frozenset(ATTRIBUTES),
    diagnostics=(LOGIN_MANAGER, LOGIN_USE, LOGIN_VERSION),
)

EXTENSION = Extension(
    PACKAGE,
    calls={f"{place}.{name}": f"{place}.{name}" for place in SPELLINGS for name in GUARDS},
    bases={
        f"{place}.{name}": Need(HELPER, name)
        for place in (PACKAGE, f"{PACKAGE}.mixins")
        for name in ("UserMixin", "AnonymousUserMixin")
    },
    problem=problem,
)
