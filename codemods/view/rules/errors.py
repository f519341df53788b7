"""`abort(404, …)` and Werkzeug's exceptions → `HTTPException`, or a class of that name where more is said than that.

abort(404, description="no such order")    →    raise HTTPException(404, "no such order")
raise TooManyRequests(retry_after=30)      →    raise TooManyRequests(retry_after=30)
book = books.get(key) or abort(404)        →    book = books.get(key) or abort(404)
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.rule import Rule, Translation, arguments, bind, code, number, string

FOREIGN_EXCEPTION = Diagnostic(
    "FM313",
    "blocked",
    "one of Werkzeug's exceptions is used in a way that has no counterpart",
    "Converted code raises FastAPI's HTTPException or a class that has what Werkzeug's exceptions have; a response of "
    "Flask's, a challenge that is computed, or an exception that says more cannot be handed to these.",
    "Raise it with a description, a response that is made in place, retry_after or valid_methods.",
)

STATUSES = {
    "BadRequest": 400, "Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "MethodNotAllowed": 405,
    "NotAcceptable": 406, "RequestTimeout": 408, "Conflict": 409, "Gone": 410, "LengthRequired": 411,
    "PreconditionFailed": 412, "RequestEntityTooLarge": 413, "RequestURITooLarge": 414, "UnsupportedMediaType": 415,
    "RequestedRangeNotSatisfiable": 416, "ExpectationFailed": 417, "ImATeapot": 418, "MisdirectedRequest": 421,
    "UnprocessableEntity": 422, "Locked": 423, "FailedDependency": 424, "PreconditionRequired": 428,
    "TooManyRequests": 429, "RequestHeaderFieldsTooLarge": 431, "UnavailableForLegalReasons": 451,
    "InternalServerError": 500, "NotImplemented": 501, "BadGateway": 502, "ServiceUnavailable": 503,
    "GatewayTimeout": 504, "HTTPVersionNotSupported": 505,
}  # fmt: skip
"""Werkzeug's exceptions by name (werkzeug.exceptions.default_exceptions)."""

NAMES = {status: name for name, status in STATUSES.items()}
DESCRIPTION_LATER = frozenset({405, 416})
"""Where something else than the description comes first (werkzeug.exceptions)."""

PREFIX = "werkzeug.exceptions."
RAISING = ("flask.abort", "werkzeug.exceptions", "werkzeug.routing")
"""What means the same wherever it is called, also in another thread or after the request."""
CLASSES: Mapping[str, tuple[str, str]] = {
    **{f"{PREFIX}{name}": (".compat.http_statuses", name) for name in (*STATUSES, "BadRequestKeyError")},
    f"{PREFIX}HTTPException": (".compat.http_errors", "HTTPError"),
    **{f"werkzeug.routing.{name}": (".compat.urls", "BuildError") for name in ("BuildError", "exceptions.BuildError")},
}
"""The classes by qualified name, with the module and the name of what stands for them."""

PHRASES = frozenset(one.phrase for one in HTTPStatus)
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(status, …)` as the exception to raise, where the translator makes the statement of it."""
    original = arguments(written)
    if written not in translation.raised:
        return call.with_changes(func=cst.Name(translation.need(".compat.aborting", "abort")))
    if original is not None and len(original[0]) == 1 and not original[1]:
        [value] = original[0]
        if translation.kind(value) == "response":
            return cst.Call(cst.Name(translation.need(".compat.routing", "Answer")), [call.args[0]])
    status = status_of(written.args[0].value, translation) if written.args else None
    if status is None or written.args[0].keyword is not None or written.args[0].star:
        return call.with_changes(func=cst.Name(translation.need(".compat.aborting", "error_for")))
    return _error(
        translation, status, written.with_changes(args=written.args[1:]), call.with_changes(args=call.args[1:])
    )


def status_of(node: cst.BaseExpression, translation: Translation) -> int | None:
    """The status that a constant stands for, where Werkzeug has an exception for it."""
    if isinstance(node, cst.Integer):
        return number(node) if number(node) in NAMES else None
    qualified = translation.names.qualified(node) or ""
    if qualified.startswith("http.HTTPStatus."):
        status = getattr(HTTPStatus, qualified.rpartition(".")[2], None)
        return int(status) if status in NAMES else None
    return None


def _error(translation: Translation, status: int, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """The exception of a status, made of the arguments that Werkzeug's is given."""
    bound = bind(call, *([] if status in DESCRIPTION_LATER else ["description"]))
    description = bound.get("description") if bound is not None else None
    if bound is None or bound.keys() - {"description"} or translation.catches_errors or _is_default(description):
        return _class_call(translation, status, written, call)
    name = translation.need("fastapi", "HTTPException")
    parts: list[cst.BaseExpression] = [cst.Integer(str(status))]
    if description is not None and code(description) != "None":
        parts.append(description)
    return cst.Call(cst.Name(name), [cst.Arg(one) for one in parts])


def _is_default(description: cst.BaseExpression | None) -> bool:
    """Whether a description is just the status in words, which Starlette fills in itself where none is given."""
    return string(description) in PHRASES if description is not None else False


def _class_call(translation: Translation, status: int, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    for one in written.args:
        is_response = one.keyword is not None and one.keyword.value == "response"
        if is_response and translation.kind(one.value) != "response":
            raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    if len([one for one in written.args if one.keyword is None]) > 1 and status not in DESCRIPTION_LATER:
        raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    return call.with_changes(func=cst.Name(translation.need(".compat.http_statuses", NAMES[status])))


def error_call(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`NotFound("…")`, raised, returned or kept."""
    qualified = translation.names.qualified(written.func) or ""
    status = STATUSES[qualified.removeprefix(PREFIX)]
    if written in translation.raised:
        return _error(translation, status, written, call)
    return _class_call(translation, status, written, call)


def key_error(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`BadRequestKeyError(key)`."""
    found = arguments(call)
    if found is None or found[1] or len(found[0]) > 1:
        raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    return call.with_changes(func=error_class(translation, written.func))


def http_exception(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`HTTPException(response=…)`, which answers the request; others have no status."""
    bound, original = bind(call, "description", "response"), bind(written, "description", "response")
    if bound is None or original is None or bound.keys() != {"response"} or written not in translation.raised:
        raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    if translation.kind(original["response"]) != "response":
        raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    return cst.Call(cst.Name(translation.need(".compat.routing", "Answer")), [cst.Arg(bound["response"])])


def error_class(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """A class by itself: raised, caught, asked for, kept in a table."""
    qualified = translation.names.qualified(node) or ""
    status = STATUSES.get(qualified.removeprefix(PREFIX))
    if node in translation.raised and status is not None:
        empty = cst.Call(node)
        return _error(translation, status, empty, empty)
    return cst.Name(translation.need(*CLASSES[qualified]))


def status_of_class(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`NotFound.code`."""
    owner = error_class(translation, cst.ensure_type(node, cst.Attribute).value)
    return cst.Attribute(owner, cst.Name("status_code"))


def challenge(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`WWWAuthenticate("basic", {"realm": "x"})` as the header that it is; raises `Refused` for what is computed."""
    bound = bind(written, "auth_type", "values", "token")
    scheme = string(bound.get("auth_type")) if bound is not None else None
    if bound is None or scheme is None or scheme.lower() == "digest" or "token" in bound:
        raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    pairs = []
    values = bound.get("values", cst.Dict([]))
    for element in values.elements if isinstance(values, cst.Dict) else [None]:
        key = string(element.key) if isinstance(element, cst.DictElement) else None
        value = string(element.value) if isinstance(element, cst.DictElement) else None
        if key is None or value is None:
            raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
        escaped = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        pairs.append(f"{key}={value if TOKEN.fullmatch(value) else escaped}")
    text = f"{scheme.title()} {', '.join(pairs)}".rstrip()
    return cst.SimpleString(repr(text) if '"' in text else f'"{text}"')


RULE = Rule(
    calls={
        "flask.abort": abort,
        "werkzeug.exceptions.abort": abort,
        "werkzeug.exceptions.HTTPException": http_exception,
        "werkzeug.exceptions.BadRequestKeyError": key_error,
        "werkzeug.datastructures.WWWAuthenticate": challenge,
        **{f"{PREFIX}{name}": error_call for name in STATUSES},
    },
    attributes={
        **dict.fromkeys(CLASSES, error_class),
        **{f"{PREFIX}{name}.code": status_of_class for name in STATUSES},
    },
    kinds={
        **{f"{PREFIX}{name}": "error" for name in STATUSES},
        "werkzeug.datastructures.WWWAuthenticate": "text",
    },
    diagnostics=(FOREIGN_EXCEPTION,),
)
