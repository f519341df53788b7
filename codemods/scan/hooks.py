"""Hooks and error handlers as the source declares them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codemods.findings import Finding, Location
from codemods.model import Callee, ErrorHandler, Hook

from .declarations import Declarations, Place
from .diagnostics import HANDLER_UNKNOWN
from .objects import Object, Objects, Registration
from .registering import HOOKS, REGISTERING
from .scopes import chain_of

#: `werkzeug.exceptions.default_exceptions`: the class of each status
STATUS_CLASSES: Mapping[int, str] = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    411: "LengthRequired",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    414: "RequestURITooLarge",
    415: "UnsupportedMediaType",
    416: "RequestedRangeNotSatisfiable",
    417: "ExpectationFailed",
    418: "ImATeapot",
    421: "MisdirectedRequest",
    422: "UnprocessableEntity",
    423: "Locked",
    424: "FailedDependency",
    428: "PreconditionRequired",
    429: "TooManyRequests",
    431: "RequestHeaderFieldsTooLarge",
    451: "UnavailableForLegalReasons",
    500: "InternalServerError",
    501: "NotImplemented",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
    505: "HTTPVersionNotSupported",
}
STATUSES = {f"werkzeug.exceptions.{name}": code for code, name in STATUS_CLASSES.items()}
STATUSES |= {"werkzeug.exceptions.BadRequestKeyError": 400, "flask_wtf.csrf.CSRFError": 400}
STATUSES |= {"werkzeug.exceptions.SecurityError": 400, "werkzeug.exceptions.ClientDisconnected": 400}


@dataclass(frozen=True, slots=True)
class Declared:
    """A function registered under an attribute of an owner; `what` is the argument of an `errorhandler`."""

    owner: Object
    attribute: str
    function: Callee
    what: ast.expr | None
    place: Place
    order: tuple[str, int]


class Hooks:
    """Finds hooks and error handlers. `registered` are the registrations of each blueprint."""

    def __init__(
        self, objects: Objects, declarations: Declarations, app: Object, registered: Mapping[int, list[Registration]]
    ) -> None:
        self.objects = objects
        self.declarations = declarations
        self.app = app
        self.registered = registered
        self.findings: list[Finding] = []
        self.declared = sorted(self._declared(), key=self._order)

    def _order(self, row: Declared) -> tuple[object, ...]:
        """When a declaration takes effect: one on a blueprint with the blueprint's registration."""
        rows = self.registered.get(id(row.owner), ())
        module, number = rows[0].order if rows else row.order
        return (module != self.app.raw.name, module, number, row.order)

    def hooks(self) -> list[Hook]:
        """The hooks with their places in the lists of their scopes."""
        counts: dict[tuple[str, str], int] = {}
        found = []
        for row in self.declared:
            if row.attribute not in HOOKS:
                continue
            kind, whole = HOOKS[row.attribute]
            for scope in self._scopes(row.owner, whole):
                order = counts[kind, scope] = counts.get((kind, scope), -1) + 1
                found.append(Hook(kind, scope, row.function, order))
        return found

    def error_handlers(self) -> Iterator[ErrorHandler]:
        """The error handlers whose status or class the source tells; for others there is a finding."""
        for row in self.declared:
            if row.attribute not in ("errorhandler", "app_errorhandler", "register_error_handler") or row.what is None:
                continue
            code, exception = self._status(row.place, row.what)
            is_variable = ".<locals>." in (exception or "") and self.declarations.definition(exception or "") is None
            if exception is None or is_variable:
                detail = f"'{ast.unparse(row.what)}' for '{row.function.qualified}'"
                self.findings.append(Finding(HANDLER_UNKNOWN, row.place.location, detail))
                continue
            for scope in self._scopes(row.owner, row.attribute == "app_errorhandler"):
                yield ErrorHandler(scope, code, exception, row.function)

    def _scopes(self, owner: Object, whole: bool) -> list[str]:
        """The scope names that a declaration on an owner lands in."""
        if owner is self.app:
            return [""]
        names = [row.name for row in self.registered.get(id(owner), ())]
        return [""] if whole and names else [] if whole else names

    def _status(self, place: Place, node: ast.expr) -> tuple[int | None, str | None]:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            name = STATUS_CLASSES.get(node.value)
            return node.value, f"werkzeug.exceptions.{name}" if name else None
        chain = chain_of(node)
        target = self.objects.resolve(place.raw, place.scope, chain) if chain else None
        return self._code_of_class(target), target

    def _code_of_class(self, target: str | None, depth: int = 0) -> int | None:
        """The `code` of an exception class: Werkzeug's table, or the project's class and its bases."""
        if target is None or target in STATUSES or depth > 10:
            return STATUSES.get(target or "")
        found = self.declarations.definition(target)
        if found is None:
            return None
        raw, scope = found
        for assigned in scope.assigned:
            if assigned.name == "code" and isinstance(assigned.value, ast.Constant):
                return assigned.value.value if isinstance(assigned.value.value, int) else None
        for chain in map(chain_of, scope.bases):
            base = self.objects.resolve(raw, scope.parent or raw.top, chain) if chain else None
            code = self._code_of_class(base, depth + 1)
            if code is not None:
                return code
        return None

    def _declared(self) -> Iterator[Declared]:
        attributes = REGISTERING | {"register_error_handler"}
        for raw, scope in self.objects.scopes():
            if scope.kind == "function":
                for node in scope.decorators:
                    chain = chain_of(node.func if isinstance(node, ast.Call) else node)
                    owner, _, attribute = (chain or "").rpartition(".")
                    if not owner or attribute not in attributes:
                        continue
                    place = Place(raw, scope.parent or raw.top, node.lineno)
                    function = Callee(f"{raw.name}.{scope.qualname}", Location(raw.file.file, scope.line), True)
                    what = node.args[0] if isinstance(node, ast.Call) and node.args else None
                    for found in self.objects.of(raw, place.scope, owner):
                        yield Declared(found, attribute, function, what, place, (raw.name, scope.order))
            for called in scope.called:
                owner, _, attribute = called.chain.rpartition(".")
                place = Place(raw, scope, called.node.lineno)
                arguments = called.node.args
                if not owner or attribute not in attributes or not arguments:
                    continue
                function = self._callee(place, arguments[-1])
                for found in self.objects.of(raw, scope, owner):
                    yield Declared(found, attribute, function, arguments[0], place, (raw.name, called.order))

    def _callee(self, place: Place, node: ast.expr) -> Callee:
        """The function that an expression names; a lambda or something computed keeps its place and says what it is."""
        view = self.declarations.view(place, node)
        if view is not None:
            location = Location(view.raw.file.file, view.scope.line)
            return Callee(f"{view.raw.name}.{view.scope.qualname}", location, owned=True)
        if isinstance(node, ast.Lambda):
            return Callee(f"{place.raw.name}.<lambda>", Location(place.raw.file.file, node.lineno), owned=True)
        chain = chain_of(node)
        target = self.objects.resolve(place.raw, place.scope, chain) if chain else None
        return Callee(target or ast.unparse(node))
