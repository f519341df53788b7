"""Who may pass by the credentials that a request brings: an object with the project's functions, and a dependency.

    def verify_token(request: Request, token: Any) -> Any: ...

    auth = TokenAuth(verify_token)
    bearer_scheme = HTTPBearer(auto_error=False)

    def auth_required(role: Any = None, optional: bool | None = None) -> Callable[..., None]: ...

Native code keeps the user on the request; beside Flask on `g`, where code of the Flask application's own looks for it.
"""

from collections.abc import Iterator

import libcst as cst

from codemods.app.around.surrounding import ConvertedFunction, Surrounding, convert_function
from codemods.carry import Carrier, Policy
from codemods.extensions import Check
from codemods.extensions.logins.http_auth import HELPER, KEY_HELPER, AuthFunction, AuthObject, auth_object
from codemods.extensions.schema_layers.apiflask import ERROR
from codemods.extensions.schema_layers.apiflask_auth import errors_problem
from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.model import Decorator, Module
from codemods.view.answers import answer
from codemods.view.asking import Asking
from codemods.view.error_object import ErrorObject
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused

from .arguments import Placed, arguments_here
from .diagnostics import unclear
from .guards import Guard
from .security import Scheme

GIVEN = {"on_error": (("int", None),)}
"""The annotations of what a function is given, where that is not any value."""
KEY_SCHEMES = {"CookieKeyAuth": "APIKeyCookie", "QueryKeyAuth": "APIKeyQuery"}
"""The schemes for keys that are in no header."""


def credentials_guard(carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, check: Check) -> Guard:
    """The dependency for a check of an object's; raises `Refused`."""
    qualified = Names(carrier.project, module, frozenset(), {}).qualified(check.owner)
    if qualified is None:
        raise unclear(decorator.location, decorator.text)
    found = auth_object(carrier.project, carrier.sources, qualified, decorator.location)
    home = f".{'bridged.' if policy == 'bridged' else ''}dependencies"
    writer = Writer(carrier, policy, home)
    name = writer.object(found)
    guard = writer.dependency(found, name)
    shown, needs = arguments_here(carrier, policy, module, check.arguments, decorator.location, decorator.text)
    return Guard(
        guard.name + shown,
        frozenset({Need(home, guard.name), Need("fastapi", "Security" if check.scopes else "Depends")} | needs),
        writer.application,
        guard,
        ahead=tuple(writer.placed),
        scopes=check.scopes,
    )


class Writer:
    """Writes an object and what it needs into one module of the target."""

    def __init__(self, carrier: Carrier, policy: Policy, home: str) -> None:
        self.carrier, self.policy, self.home = carrier, policy, home
        self.placed: list[Placed] = []
        self.application: Finding | None = None

    def place(self, name: str, text: str, needs: frozenset[Need]) -> str:
        """Put a definition down; the name that it has there."""
        own = self.carrier.free_name(self.home, name, text, needs)
        placed = Placed(self.home, own, text.replace(f"def {name}(", f"def {own}(", 1), needs)
        if text.startswith(f"{name} = "):
            placed = Placed(self.home, own, f"{own}{text.removeprefix(name)}", needs)
        if placed not in self.placed:
            self.placed.append(placed)
        return own

    def object(self, found: AuthObject) -> str:
        """The object; its name. Raises `Refused`."""
        if found.raises_api_error and (finding := errors_problem(self.carrier.project, self.carrier.sources)):
            raise Refused(finding)
        arguments = [self.object(one) for one in found.ways]
        for one in found.functions:
            shown = self.function(one)
            arguments.append(shown if one.keyword == "verify" else f"{one.keyword}={shown}")
        if found.raises_api_error:
            arguments.append(f"on_error={self.api_error(found)}")
        arguments += [f"{name}={as_literal(value)}" for name, value in found.options]
        text = f"{found.name} = {found.kind}({', '.join(arguments)})\n"
        helper = KEY_HELPER if found.kind in KEY_SCHEMES else HELPER
        return self.place(found.name, text, frozenset({Need(helper, found.kind), ERROR}))

    def function(self, given: AuthFunction) -> str:
        """One of the project's functions, as an expression."""
        answers = given.keyword == "on_error"
        around = Surrounding(
            given.callee, "handler" if answers else "value", given.keyword, False,
            GIVEN.get(given.keyword, (("Any", Need("typing", "Any")),) * given.takes)[: given.takes],
            error=_api_error if given.takes_error else None,
            answering=_refusal if answers else answer,
        )  # fmt: skip
        made: ConvertedFunction = convert_function(self.carrier, around, self.policy, self.home)
        self.application = self.application or made.application
        name = self.place(made.name, made.text, made.needs)
        if answers and not given.takes:
            return f"lambda request, status: {name}(request)"
        return f"lambda request, status: {name}(request, {ERROR.name}(status))" if given.takes_error else name

    def api_error(self, found: AuthObject) -> str:
        """What raises the error of APIFlask's by which an object refuses."""
        text = (
            f"def {found.name}_error(request: Request, status: int) -> NoReturn:\n"
            '    """Refuse by an error of the API, with the challenge."""\n'
            f'    raise {ERROR.name}(status, headers={{"WWW-Authenticate": {found.name}.challenge}})\n'
        )
        return self.place(
            f"{found.name}_error", text, frozenset({ERROR, Need("fastapi", "Request"), Need("typing", "NoReturn")})
        )

    def dependency(self, found: AuthObject, name: str) -> Placed:
        """The dependency that asks the object."""
        keeper, needs = ("g", Need("flask", "g")) if self.policy == "bridged" else ("request.state", None)
        wanted = {Need("collections.abc", "Callable"), Need("fastapi", "Depends"), Need("fastapi", "Request")}
        wanted |= {Need("typing", "Annotated"), Need("typing", "Any")} | ({needs} if needs else set())
        schemes = list(dict.fromkeys(self.place(*one) for one in _schemes(found)))
        several = len(schemes) > 1
        asked = [
            f"{one.removesuffix('_scheme') + '_' if several else ''}credentials: Annotated[Any, Depends({one})]"
            for one in schemes
        ]
        parameters = ["request: Request", *asked]
        shown = "".join(f"\n        {one}," for one in parameters) + "\n    " if several else ", ".join(parameters)
        decorated = "    @in_request_thread\n" if self.policy == "bridged" else ""
        if decorated:
            wanted.add(Need(".compat.bridged", "in_request_thread"))
        text = (
            f"def {name}_required(role: Any = None, optional: bool | None = None) -> Callable[..., Any]:\n"
            f'    """Somebody whom `{name}` knows, in the role; a stranger, too, where that is optional."""\n'
            "\n"
            f"{decorated}"
            f"    def guard({shown}) -> None:\n"
            f"        {name}.check(request, {keeper}, role, optional)\n"
            "\n"
            "    return guard\n"
        )
        return Placed.of(self.carrier, self.home, f"{name}_required", text, frozenset(wanted))


def _schemes(found: AuthObject) -> Iterator[tuple[str, str, frozenset[Need]]]:
    """What OpenAPI is told of an object: for each way a name, its definition, and the imports of that."""
    if found.ways:
        for one in found.ways:
            yield from _schemes(one)
        return
    made = scheme_of_object(found)
    yield made.name, f"{made.name} = {made.expression}\n", frozenset({made.need})


def scheme_of_object(found: AuthObject) -> Scheme:
    """The scheme by which an object knows a caller; it refuses nothing itself."""
    header, scheme = found.option("header"), str(found.option("scheme") or "")
    name = f"{found.name}_scheme"
    told = dict(found.documented)
    shown = told.get("security_scheme_name") or told.get("name")
    more = f", description={as_literal(told['description'])}" if "description" in told else ""
    more += ", auto_error=False)"
    is_scheme = header == "Authorization" and "name" not in told  # APIFlask tells of a key whatever the header
    if key := found.option("key") or (None if is_scheme else header):
        kind = KEY_SCHEMES.get(found.kind, "APIKeyHeader")
        made = f"{kind}(name={as_literal(key)}, scheme_name={as_literal(shown or key)}{more}"
        return Scheme(name, made, Need("fastapi.security", kind))
    if found.kind == "TokenAuth" and scheme in ("", "Bearer"):
        made = f"HTTPBearer({f'scheme_name={as_literal(shown)}' if shown else ''}{more}".replace("(, ", "(")
        return Scheme(name, made, Need("fastapi.security", "HTTPBearer"))
    # `HTTPBasic` itself refuses what it cannot decode
    kind = "basic" if found.kind == "BasicAuth" else scheme.lower()
    made = f'HTTPBase(scheme="{kind}", scheme_name={as_literal(shown or f"HTTP{kind.capitalize()}")}{more}'
    return Scheme(name, made, Need("fastapi.security.http", "HTTPBase"))


def _api_error(name: str) -> ErrorObject:
    return ErrorObject(name, frozenset(), ((ERROR.name, ERROR),))


def _refusal(
    translation: Asking, written: cst.BaseExpression | None, value: cst.BaseExpression | None
) -> cst.BaseExpression:
    """What an error handler answers: 401 where it says nothing of a status."""
    made = answer(translation, written, value)
    kind = translation.kind(written) if written is not None else "none"
    if kind in ("response", "tuple"):
        return made
    if kind in ("json", "text") and isinstance(made, cst.Call):
        return made.with_changes(args=[*made.args, cst.Arg(cst.Integer("401"))])
    helper = cst.Name(translation.need(HELPER, "unauthorized"))
    assert value is not None
    return cst.Call(helper, [cst.Arg(value)])
