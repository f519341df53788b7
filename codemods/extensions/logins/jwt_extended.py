"""Flask-JWT-Extended: its decorator and its functions → `compat.jwt`, by PyJWT.

    @jwt_required(fresh=True)                @router.get("/me", dependencies=[Depends(jwt_required(fresh=True))])
    def me():                           →    def me(request: Request) -> Response:
        return get_jwt()                         return FlaskJSONResponse(get_jwt(request))

The application's settings and the callbacks of its `JWTManager` are those of the Flask application, so that these
routes are bridged. What only makes tokens needs no request and stays the library's.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

import libcst as cst

from codemods.extensions.basis.extension import Dependency, Extension
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Decorator, Definition, Module, Project
from codemods.obstacles import HANDLED_LIBRARIES
from codemods.scan.context import context_of
from codemods.view.context import MAKES_RESPONSES, needs_request
from codemods.view.imports import Need
from codemods.view.names import canonical, split
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, bind, code
from codemods.view.source import Piece, Sources, first_line

from .jwt_places import security

PACKAGE = "flask_jwt_extended"

TOKEN_CALL = Diagnostic(
    "FM711",
    "blocked",
    "a function of Flask-JWT-Extended is called or used in a way that has no counterpart",
    "Its arguments, or what becomes of it, are not spelled out where it stands.",
    "Call it directly, with constants for the options of jwt_required.",
)
TOKEN_CALLBACK = Diagnostic(
    "FM712",
    "blocked",
    "a callback of the JWTManager cannot run for a converted route",
    "The callbacks are called for each token. One that needs Flask's request, or that is registered where the tool "
    "cannot see which function it is, could fail there.",
    "Register it by its decorator, and take what it needs from the token.",
)
TOKEN_VERSION = Diagnostic(
    "FM713",
    "blocked",
    "a version of Flask-JWT-Extended that is not known",
    "What is copied is the behaviour of version 4.",
    "Update the extension to version 4 first.",
)

TOKEN_TEMPLATE = Diagnostic(
    "FM714",
    "blocked",
    "templates are given the current user by Flask-JWT-Extended",
    "Its context processor (`add_context_processor=True`) reads what only its own check of the token leaves behind.",
    "Hand the user to the template where it is rendered.",
)

OPTIONS = ("optional", "fresh", "refresh", "locations", "verify_type", "skip_revocation_check")
"""The parameters of `jwt_required`, in order."""

ASKED = (
    "verify_jwt_in_request", "get_jwt", "get_jwt_header", "get_jwt_identity", "get_jwt_request_location",
    "get_current_user", "decode_token", "get_jti", "get_csrf_token",
)  # fmt: skip
COOKIES = (
    "set_access_cookies", "set_refresh_cookies", "unset_access_cookies", "unset_refresh_cookies", "unset_jwt_cookies",
)  # fmt: skip
EXCEPTIONS = (
    "JWTExtendedException", "JWTDecodeError", "InvalidHeaderError", "InvalidQueryParamError", "NoAuthorizationError",
    "CSRFError", "WrongTokenError", "RevokedTokenError", "FreshTokenRequired", "UserLookupError",
    "UserClaimsVerificationError",
)  # fmt: skip
LOADERS = frozenset(
    f"{name}_loader"
    for name in (
        "additional_claims", "additional_headers", "decode_key", "encode_key", "expired_token", "invalid_token",
        "needs_fresh_token", "revoked_token", "token_in_blocklist", "token_verification", "token_verification_failed",
        "unauthorized", "user_identity", "user_lookup", "user_lookup_error",
    )
)  # fmt: skip
"""The methods of `JWTManager` that register callbacks."""

ANSWERS = MAKES_RESPONSES | {"flask.make_response"}
"""What a callback may use, because it needs the application only: its response is translated."""

RENDERING = frozenset({"flask.render_template", "flask.render_template_string"})

SPELLINGS = (PACKAGE, f"{PACKAGE}.utils", f"{PACKAGE}.view_decorators")


def with_request(
    module: str, name: str, translation: Translation, written: cst.Call, call: cst.Call
) -> cst.BaseExpression:
    """`get_jwt()` → `get_jwt(request)`."""
    if any(one.star for one in written.args):
        raise translation.refuse(TOKEN_CALL, written, code(written))
    translation.needs_application(written.func)
    helper = cst.Name(translation.need(module, name))
    return call.with_changes(func=helper, args=[cst.Arg(translation.request()), *call.args])


def current_user(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`current_user`: the user itself, where Flask has a proxy."""
    translation.needs_application(node)
    return cst.Call(cst.Name(translation.need(".compat.jwt", "get_current_user")), [cst.Arg(translation.request())])


def unproxied_user(translation: Translation, written: cst.Call, _: cst.Call) -> cst.BaseExpression:
    """`current_user._get_current_object()`."""
    return current_user(translation, written.func)


def error_class(name: str, translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """One of the extension's exceptions."""
    translation.needs_application(node)
    return cst.Name(translation.need(".compat.jwt_errors", name))


RULE = Rule(
    calls={
        **{f"{place}.{name}": partial(with_request, ".compat.jwt", name) for place in SPELLINGS for name in ASKED},
        **{
            f"{place}.{name}": partial(with_request, ".compat.jwt_cookies", name)
            for place in SPELLINGS
            for name in COOKIES
        },
        **{f"{place}.current_user._get_current_object": unproxied_user for place in SPELLINGS},
    },
    attributes={
        **{f"{place}.current_user": current_user for place in SPELLINGS},
        **{f"{PACKAGE}.exceptions.{name}": partial(error_class, name) for name in EXCEPTIONS},
    },
    proxies=frozenset(f"{place}.current_user" for place in SPELLINGS),
    diagnostics=(TOKEN_CALL, TOKEN_CALLBACK, TOKEN_VERSION, TOKEN_TEMPLATE),
)


def jwt_required(sources: Sources, decorator: Decorator, written: cst.BaseExpression) -> Dependency:
    """`@jwt_required(...)` around a view."""
    scheme, needs = security(sources)
    shown = ", ".join(f"{name}={value}" for name, value in options(decorator, written).items())
    parameters = "request: Request" + (f", token: Annotated[Any, Depends({scheme})]" if scheme else "")
    text = (
        f"{needs.text}"
        "def jwt_required(**options: Any) -> Callable[..., Any]:\n"
        '    """A valid token; the options are those of `verify_jwt_in_request`."""\n'
        "\n"
        "    @in_request_thread\n"
        f"    def guard({parameters}) -> None:\n"
        "        verify_jwt_in_request(request, **options)\n"
        "\n"
        "    return guard\n"
    )
    return Dependency("jwt_required", f"jwt_required({shown})", text, needs.imports)


def options(decorator: Decorator, written: cst.BaseExpression) -> dict[str, str]:
    """The options of a decorator as source text; raises `Refused` where they are not constants."""
    bound = bind(written, *OPTIONS) if isinstance(written, cst.Call) else None
    texts = {name: code(value) for name, value in (bound or {}).items()}
    try:
        for text in texts.values():
            ast.literal_eval(text)
    except ValueError:
        bound = None
    if bound is None:
        raise refuse(TOKEN_CALL, decorator.location, f"'{decorator.text}'")
    return {name: texts[name] for name in OPTIONS if name in texts}


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask."""
    version = project.application.versions.get("flask-jwt-extended", "4")
    if not version.startswith("4"):
        return Finding(TOKEN_VERSION, None, f"version {version}")
    if f"{PACKAGE}.utils.current_user_context_processor" in reached and RENDERING & set(reached):
        return Finding(TOKEN_TEMPLATE, None, "add_context_processor=True")
    for callback in callbacks(project, sources):
        if callback.definition is None:
            return Finding(TOKEN_CALLBACK, callback.location, f"'{callback.loader}' is not used as a decorator")
        for name in sorted(context_of(project).reach(callback.definition.qualified)):
            if needs_request(name) and canonical(project, name) not in ANSWERS:
                return Finding(TOKEN_CALLBACK, callback.location, f"'{callback.definition.qualified}' uses '{name}'")
    return None


@dataclass(frozen=True, slots=True)
class Callback:
    """A use of one of the loaders: the function that it registers, None where that cannot be seen."""

    loader: str
    location: Location
    definition: Definition | None


def callbacks(project: Project, sources: Sources) -> Iterator[Callback]:
    """Every use of a loader in the project."""
    for module in project.modules.values():
        if module.file not in sources.files or b"_loader" not in sources.files[module.file]:
            continue
        tree = sources.tree(module.file)
        decorators = {
            id(decorator): node
            for node in ast.walk(tree)
            if isinstance(node, Piece)
            for decorator in node.decorator_list
        }
        registered = {
            id(node.func): node.args[0].id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.args[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in LOADERS:
                decorated, name = decorators.get(id(node)), registered.get(id(node))
                if decorated is not None:
                    definition = definition_at(module, decorated)
                else:
                    definition = definition_called(project, module, name) if name else None
                yield Callback(node.attr, Location(module.file, node.lineno), definition)


def definition_at(module: Module, node: Piece) -> Definition | None:
    """The definition that a `def` is, at the top of its module or inside a function."""
    first = first_line(node)
    for definition in (*module.definitions.values(), *module.inner.values()):
        if definition.qualified.rpartition(".")[2] == node.name and first <= definition.location.line <= node.lineno:
            return definition
    return None


def definition_called(project: Project, module: Module, name: str) -> Definition | None:
    """The definition at the top of a module of the project that a name stands for."""
    target = f"{module.name}.{name}" if name in module.definitions else module.imports.get(name)
    home, rest = split(project, canonical(project, target)) if target else (None, "")
    return home.definitions.get(rest) if home is not None else None


EXTENSION = Extension(
    PACKAGE,
    decorators={f"{place}.jwt_required": jwt_required for place in SPELLINGS},
    calls={f"{place}.jwt_required": f"{PACKAGE}.verify_jwt_in_request" for place in SPELLINGS},
    helper=".compat.jwt",
    libraries=frozenset({HANDLED_LIBRARIES[PACKAGE]}),
    handlers=Need(".compat.jwt_errors", "ERROR_HANDLERS"),
    before=Need(".compat.jwt_places", "read_ahead"),
    exceptions={f"{PACKAGE}.exceptions.{name}": Need(".compat.jwt_errors", name) for name in EXCEPTIONS},
    problem=problem,
)
