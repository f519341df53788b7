"""What an error handler does with the error that it is given.

jsonify(error=e.description), e.code    →    FlaskJSONResponse({"error": e.description}, e.status_code)
return e    →    return e.get_response()

HTTP errors come as `HTTPError` of the compat helpers, which has what Werkzeug's exceptions have.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import libcst as cst

from codemods.findings import Diagnostic
from codemods.model import Project

from .imports import Need
from .rule import Translation, code

ERROR_ATTRIBUTE = Diagnostic(
    "FM511",
    "blocked",
    "an error handler uses its error in a way that has no counterpart",
    "The error that a converted handler is given has what Werkzeug's exceptions have; an extension may add more.",
    "Use what the exception itself says: code, name, description, its headers, str(error).",
)

HTTP_EXCEPTION = Need("starlette.exceptions", "HTTPException")
HTTP_ERROR = Need(".compat.http_errors", "HTTPError")

KNOWN = frozenset(
    [
        "__cause__", "__class__", "__context__", "__traceback__", "args", "code", "description", "get_body",
        "get_description", "get_headers", "get_response", "name", "response", "with_traceback",
    ]
)  # fmt: skip
"""What all of Werkzeug's HTTP exceptions and `HTTPError` have."""

OF_STATUS = {
    "original_exception": {500: "InternalServerError"},
    "valid_methods": {405: "MethodNotAllowed"},
    "retry_after": {429: "TooManyRequests", 503: "ServiceUnavailable"},
    "length": {416: "RequestedRangeNotSatisfiable"},
    "units": {416: "RequestedRangeNotSatisfiable"},
}
"""Attributes that only the errors of some statuses have, with the class."""

OF_ARGUMENTS = frozenset(["data", "exc"])
"""Attributes of the errors that webargs raises; other libraries' errors have a `data` of their own."""
ARGUMENTS_ERROR = Need(".compat.arguments", "ArgumentsError")
WITH_DATA = frozenset(["apiflask", "flask_restful", "flask_restx", "flask_smorest"])
BY_WEBARGS = frozenset(["flask_apispec", "webargs"])
"""Libraries that parse by webargs, whose errors theirs are."""

RENDERED = {"get_body": "text", "get_description": "text", "get_headers": "unknown", "get_response": "response"}
"""The kind of what the methods make that take the request's environment, which they do without."""


@dataclass(slots=True)
class ErrorObject:
    """The error under its `name` in a handler.

    `statuses` are those that the handler is registered for, None among them for any HTTP error; `classes` the classes
    of exceptions, with their imports, and `own` those of them that are HTTP errors of the application's own. `uses` are
    the attributes that it reads so far, "" for the error itself.
    """

    name: str
    statuses: frozenset[int | None] = frozenset()
    classes: tuple[tuple[str, Need | None], ...] = ()
    own: frozenset[str] = frozenset()
    uses: set[str] = field(default_factory=set)

    @property
    def is_http(self) -> bool:
        """Whether only HTTP errors come."""
        return all(text in self.own for text, _ in self.classes)

    def is_only_http(self, name: str) -> bool:
        """Whether this is the name of the error, which is an HTTP error whatever was raised."""
        return name == self.name and self.is_http

    @property
    def is_any(self) -> bool:
        """Whether an HTTP error may be among others."""
        loose = ("Exception", "BaseException")
        return bool(self.statuses or self.own) or any(text in loose for text, _ in self.classes)

    def annotation(self) -> tuple[str, frozenset[Need]]:
        """The parameter's annotation, after all that the handler does with it, and the imports."""
        texts = sorted(text for text, _ in self.classes)
        needs = {need for _, need in self.classes if need is not None}
        if self.statuses:
            need = self._http_class()
            texts.insert(0, need.name)
            needs.add(need)
        return " | ".join(dict.fromkeys(texts)), frozenset(needs)

    def _http_class(self) -> Need:
        for attribute in sorted(self.uses & OF_STATUS.keys()):
            [status] = self.statuses
            return Need(".compat.http_statuses", OF_STATUS[attribute][status or 0])
        if self.uses & OF_ARGUMENTS:
            return ARGUMENTS_ERROR
        return HTTP_EXCEPTION if self.uses <= {"code"} else HTTP_ERROR


def attribute(translation: Translation, error: ErrorObject, node: cst.Attribute) -> cst.BaseExpression:
    """`error.code`, `error.description`, `error.name`."""
    name = node.attr.value
    error.uses.add(name)
    if not error.is_http:
        return node
    if error.own and name != "code":
        return node
    if name in OF_STATUS and len(error.statuses) == 1 and error.statuses <= OF_STATUS[name].keys():
        return node
    if name in OF_ARGUMENTS and _raises_arguments_errors(translation.names.project):
        return node
    if name not in KNOWN:
        raise translation.refuse(ERROR_ATTRIBUTE, node, code(node))
    return node.with_changes(attr=cst.Name("status_code")) if name == "code" else node


def _raises_arguments_errors(project: Project) -> bool:
    """Whether errors that have `data` are those of webargs."""
    packages = {one.partition(".")[0] for module in project.modules.values() for one in module.imports.values()}
    return bool(packages & BY_WEBARGS) and not packages & WITH_DATA


def renders(call: cst.Call, error: ErrorObject | None, caught: Collection[cst.CSTNode]) -> bool:
    """Whether a call is one of the methods of a handler's error, or of one that was caught, that make its answer; or
    one of those in an overriding method."""
    func = call.func
    if not isinstance(func, cst.Attribute) or func.attr.value not in RENDERED:
        return False
    match func.value:
        case cst.Call(func=cst.Name(value="super"), args=()):
            return True
        case cst.Name(value=name) as owner:
            return owner in caught or (error is not None and name == error.name and error.is_any)
        case _:
            return False


def environment(translation: Translation, call: cst.Call) -> list[cst.BaseExpression]:
    """The arguments of such a call, which have nothing to say here; raises `Refused` for others."""
    values = [one.value for one in call.args]
    for value in values:
        known = ("flask.request", "flask.request.environ")
        if code(value) != "None" and translation.names.qualified(value) not in known:
            raise translation.refuse(ERROR_ATTRIBUTE, call, code(call))
    return values
