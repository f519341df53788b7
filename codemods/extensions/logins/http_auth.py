"""Flask-HTTPAuth: its objects with the functions that they are given → objects of `compat.http_auth` as dependencies.

    auth = HTTPTokenAuth()                         auth = TokenAuth(verify_token)

    @auth.verify_token                       →
    def verify_token(token): ...

    @app.get("/me")                                @router.get("/me", dependencies=[Depends(auth_required())])
    @auth.login_required                           def me(request: Request) -> Response: ...
    def me(): ...

What is said here is how these are read; `app/decorators/credentials.py` writes the dependency. Beside Flask
`auth.current_user()` stays as it is: the dependency keeps the user where Flask-HTTPAuth does, on `g`.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import libcst as cst

from codemods.extensions.basis.extension import Check, Extension
from codemods.extensions.basis.objects import GivenFunction, MadeObject, given_functions, made_object
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee, Decorator, Project
from codemods.view.names import Names, meaning, split
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, code
from codemods.view.rules.g import get
from codemods.view.source import Sources

PACKAGE = "flask_httpauth"
HELPER = ".compat.http_auth"
KEY_HELPER = ".compat.api_keys"
USER = "flask_httpauth_user"

AUTH_OBJECT = Diagnostic(
    "FM751",
    "blocked",
    "an object of Flask-HTTPAuth's that cannot be read from the source",
    "How it is made, or which functions tell it of users, is not spelled out, or has no counterpart.",
    "Make it at the top of a module with constants, and give it plain functions by its decorators.",
)
AUTH_VERSION = Diagnostic(
    "FM752",
    "blocked",
    "a version of Flask-HTTPAuth that is not known",
    "What is copied is the behaviour of versions 4.7 and 4.8.",
    "Update the extension to version 4.8 first.",
)
AUTH_USE = Diagnostic(
    "FM753",
    "blocked",
    "Flask-HTTPAuth is used in a way that has no counterpart",
    "Only its decorator `login_required`, `current_user()` and, for basic credentials, `username()` are converted.",
    "Use these, or read the user from `current_user()`.",
)

METHODS = {
    "verify_password": "verify",
    "verify_token": "verify",
    "get_password": "get_password",
    "get_user_roles": "get_user_roles",
    "error_handler": "on_error",
    "error_processor": "on_error",
}
"""By method that registers a function: the argument of the counterpart that it becomes."""
TAKES = {
    "verify_password": (2,),
    "verify_token": (1,),
    "get_password": (1,),
    "get_user_roles": (1,),
    "error_handler": (0, 1),
    "error_processor": (1,),
}
READING = frozenset({"current_user", "login_required", "username"})
KINDS = {
    f"{package}.{name}": kind
    for package in (PACKAGE, "apiflask")
    for name, kind in (("HTTPBasicAuth", "BasicAuth"), ("HTTPTokenAuth", "TokenAuth"), ("MultiAuth", "MultiAuth"))
} | {
    f"apiflask.APIKey{place}Auth": kind
    for place, kind in (("Header", "TokenAuth"), ("Cookie", "CookieKeyAuth"), ("Query", "QueryKeyAuth"))
}
"""The classes, those that APIFlask derives included, and what they become."""
SHARED = frozenset({"error_handler", "error_processor", "get_user_roles"})
OWN = {
    "BasicAuth": frozenset({"verify_password", "get_password"}),
    **dict.fromkeys(("TokenAuth", "CookieKeyAuth", "QueryKeyAuth"), frozenset({"verify_token"})),
}
PARAMETERS = {
    f"{PACKAGE}.HTTPBasicAuth": ("scheme", "realm"),
    f"{PACKAGE}.HTTPTokenAuth": ("scheme", "realm", "header"),
    "apiflask.HTTPBasicAuth": ("name", "scheme", "realm", "description", "security_scheme_name"),
    "apiflask.HTTPTokenAuth": ("scheme", "name", "realm", "header", "description", "security_scheme_name"),
    **{
        f"apiflask.APIKey{place}Auth": ("name", "scheme", "realm", "param_name", "description", "security_scheme_name")
        for place in ("Header", "Cookie", "Query")
    },
}
KEYS = {
    "apiflask.APIKeyHeaderAuth": "header",
    "apiflask.APIKeyCookieAuth": "key",
    "apiflask.APIKeyQueryAuth": "key",
}
"""The classes for a key by a name of its own, and the argument of the counterpart that the name becomes."""
DOCUMENTED = frozenset({"name", "description", "security_scheme_name"})
"""The parameters that only tell OpenAPI something."""
DEFAULTS = {
    ("BasicAuth", "scheme"): "Basic",
    ("TokenAuth", "scheme"): "Bearer",
    **{(kind, "scheme"): "ApiKey" for kind in ("CookieKeyAuth", "QueryKeyAuth")},
}
"""What the counterparts are made with by themselves."""
MAKERS = frozenset(name for name in KINDS if name.startswith(PACKAGE))


@dataclass(frozen=True, slots=True)
class AuthFunction:
    """A function of the project's that an object is given: what for, and how many arguments it takes.

    `takes_error` tells that it is given an error of APIFlask's, and not only a status.
    """

    keyword: str
    callee: Callee
    takes: int
    takes_error: bool = False


@dataclass(frozen=True, slots=True)
class AuthObject:
    """An object as the source makes it. `options` are constants by argument, `ways` the objects of a `MultiAuth`.

    `documented` is what OpenAPI is told of it. `raises_api_error` tells that a refusal is an error of APIFlask's.
    """

    name: str
    kind: str
    location: Location
    options: tuple[tuple[str, object], ...] = ()
    documented: tuple[tuple[str, object], ...] = ()
    raises_api_error: bool = False
    functions: tuple[AuthFunction, ...] = ()
    ways: tuple["AuthObject", ...] = ()

    def option(self, name: str) -> object:
        """An option; None where it is not given."""
        return dict(self.options).get(name)


def login_required(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Check:
    """`@auth.login_required`, or with `role` and `optional`; raises `Refused`."""
    call = written if isinstance(written, cst.Call) else None
    function = call.func if call is not None else written
    given = call.args if call is not None else ()
    if not isinstance(function, cst.Attribute) or any(
        one.star or one.keyword is None or one.keyword.value not in ("role", "optional") for one in given
    ):
        raise refuse(AUTH_USE, decorator.location, f"'{decorator.text}'")
    return Check(function.value, tuple(given))


def told_roles(node: cst.BaseExpression | None) -> tuple[str, ...]:
    """The roles of which a list is written out, as those that documents tell of; none for lists of lists."""
    try:
        roles = ast.literal_eval(code(node)) if node is not None else ()
    except ValueError:
        return ()
    named: tuple[Any, ...] = tuple(roles) if isinstance(roles, list) else (roles,)
    return named if all(isinstance(one, str) for one in named) else ()


def auth_object(project: Project, sources: Sources, qualified: str, location: Location) -> AuthObject:
    """The object behind a name of the project's; raises `Refused` where the source does not tell all of it."""
    made = made_object(project, sources, qualified)
    kind = KINDS.get(made.maker) if made is not None else None
    if made is None or kind is None:
        raise refuse(AUTH_OBJECT, location, f"'{qualified}'")
    if kind == "MultiAuth":
        if made.call.keywords or any(isinstance(one, ast.Starred) for one in made.call.args):
            raise refuse(AUTH_OBJECT, made.location, f"'{ast.unparse(made.call)}'")
        ways = [meaning(project, made.module, one) for one in made.call.args]
        found = tuple(auth_object(project, sources, one, made.location) for one in ways)
        return AuthObject(made.name, kind, made.location, ways=found)
    given = list(given_functions(project, sources, made))
    for one in given:
        if one.method == "username" and not is_in_view(project, one.location):
            raise refuse(AUTH_USE, one.location, f"'username' of '{made.name}' outside of a view")
    functions = [_function(kind, one) for one in given if one.method not in READING]
    if len({one.keyword for one in functions}) < len(functions) or {"verify", "get_password"} <= {
        one.keyword for one in functions
    }:
        raise refuse(AUTH_OBJECT, made.location, f"'{made.name}' is given several functions for one thing")
    given_options = _options(made)
    options = [
        (name, value) for name, value in given_options if name not in DOCUMENTED and DEFAULTS.get((kind, name)) != value
    ]
    if kind != "BasicAuth" and version(project) in ASKS_ALWAYS:
        options.append(("asks_always", True))
    told = tuple((name, value) for name, value in given_options if name in DOCUMENTED)
    answers = any(one.keyword == "on_error" for one in functions)
    is_api = made.maker.startswith("apiflask.") and not answers
    return AuthObject(made.name, kind, made.location, tuple(options), told, is_api, tuple(functions))


def version(project: Project) -> str:
    """The version of the extension; the last one where the application does not tell."""
    return project.application.versions.get("flask-httpauth", "4.8.1")


ASKS_ALWAYS = frozenset({"4.7.0", "4.8.0"})
"""The versions that ask for a user also where there is no token."""


def is_in_view(project: Project, location: Location) -> bool:
    """Whether a place lies in a function or method that answers an endpoint, all of which is translated."""
    for endpoint in project.endpoints:
        for function in (endpoint.view.function, *(one for _, one in endpoint.view.methods)):
            module, name = split(project, function.qualified)
            found = (module.definitions.get(name) or module.inner.get(name)) if module is not None else None
            if found is None or found.kind != "function" or found.location.file != location.file:
                continue
            if found.location.line <= location.line <= found.end_line:
                return True
    return False


def _function(kind: str, given: GivenFunction) -> AuthFunction:
    is_known = given.method in SHARED | OWN[kind]
    if not is_known or given.callee is None or not given.is_plain or given.takes not in TAKES[given.method]:
        raise refuse(AUTH_OBJECT, given.location, f"'{given.method}'")
    return AuthFunction(METHODS[given.method], given.callee, given.takes, given.method == "error_processor")


def _options(made: MadeObject) -> Collection[tuple[str, object]]:
    """The arguments with a value; raises `Refused` for those that are no texts."""
    known = PARAMETERS[made.maker]
    given = dict(zip(known, made.call.args, strict=False))
    given |= {one.arg or "": one.value for one in made.call.keywords}
    values = [(name, one.value if isinstance(one, ast.Constant) else made) for name, one in given.items()]
    is_known = len(given) == len(made.call.args) + len(made.call.keywords) and given.keys() <= set(known)
    is_named = all(value for name, value in values if name == "param_name")
    if not is_known or not is_named or not all(isinstance(value, str | None) for _, value in values):
        raise refuse(AUTH_OBJECT, made.location, f"'{ast.unparse(made.call)}'")
    found = {name: value for name, value in values if value}
    if made.maker in KEYS:
        key = found.pop("param_name", "X-API-Key")
        found = {"name": "ApiKeyAuth", "scheme": "ApiKey"} | found | {KEYS[made.maker]: key}
    return list(found.items())


def current_user(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`auth.current_user()`: what the dependency kept."""
    if call.args:
        raise translation.refuse(AUTH_USE, written, code(written))
    return get(translation, written, call.with_changes(args=[cst.Arg(cst.SimpleString(f'"{USER}"'))]))


def username(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`auth.username()`: the name that the request brings."""
    if call.args:
        raise translation.refuse(AUTH_USE, written, code(written))
    return call.with_changes(func=cst.Name(translation.need(HELPER, "username")), args=[cst.Arg(translation.request())])


def refused(translation: Translation, written: cst.Call, _: cst.Call) -> cst.BaseExpression:
    """What reads the request by Flask's own objects."""
    raise translation.refuse(AUTH_USE, written, code(written))


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask."""
    found = version(project)
    return None if found.startswith(("4.7.", "4.8.")) else Finding(AUTH_VERSION, None, f"version {found}")


NATIVE_RULE = Rule(
    calls={f"{maker}.current_user": current_user for maker in MAKERS},
    made=frozenset(f"{maker}.current_user" for maker in MAKERS),
    is_native=True,
    diagnostics=(AUTH_OBJECT, AUTH_VERSION, AUTH_USE),
)
OTHERS = frozenset(
    f"{maker}.{name}"
    for maker in KINDS
    for name in ("authenticate", "authorize", "get_auth", "get_auth_password", "is_compatible_auth", "username")
)
NAMED = frozenset(f"{maker}.username" for maker, kind in KINDS.items() if kind == "BasicAuth")
RULE = Rule(calls=dict.fromkeys(OTHERS, refused) | dict.fromkeys(NAMED, username), made=OTHERS)

EXTENSION = Extension(
    PACKAGE,
    asking=MAKERS,
    layers={f"{maker}.login_required": login_required for maker in (*MAKERS, f"{PACKAGE}.HTTPDigestAuth")},
    problem=problem,
)
