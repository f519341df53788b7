"""Parts of a request that a Pydantic model validates, where an endpoint begins, and values that one dumps.

Preserves: what APIFlask's `input` makes of a model: a body counts as JSON whatever its type says, and malformed JSON is
a 400; of a repeated key the first value counts; a refusal names the part of the request, and the fields by their path.
What `output` makes of one: a value that is no model yet is validated first.

To live without it: take the model as the endpoint's body, or by `Query()`, declare it as `response_model` of the route,
and let FastAPI answer with its own 422.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, TypeVar, Unpack

from fastapi import Request
from pydantic import BaseModel, ValidationError

from .api_errors import InvalidInputError
from .json_body import JsonBody
from .sent_parts import SentCookies, SentHeaders, SentQuery

M = TypeVar("M", bound=BaseModel)


class Wording(TypedDict, total=False):
    """What the application answers where input is refused, if not 422 and "Validation error"."""

    status: int
    message: str


def validate_json(model: type[M], body: JsonBody[M], **wording: Unpack[Wording]) -> M:
    """The body; raises `InvalidInputError`, and a 400 for malformed JSON."""
    sent = body.json(force=True)
    return validated(model, {} if sent is None else sent, "json", **wording)


def validate_json_or_form(model: type[M], body: JsonBody[M], form: Mapping[str, str], **wording: Unpack[Wording]) -> M:
    """The body, or the form where it is no JSON; raises `InvalidInputError`, and a 400 for malformed JSON."""
    sent = (body.json() or {}) if body.is_json else dict(form)
    return validated(model, sent, "json_or_form", **wording)


def validate_query(query: SentQuery[M], location: str = "query", **wording: Unpack[Wording]) -> M:
    """The query parameters; raises `InvalidInputError`."""
    return validated(query.schema, dict(query.request.query_params), location, **wording)


def validate_headers(headers: SentHeaders[M], **wording: Unpack[Wording]) -> M:
    """The headers, as names in Python; raises `InvalidInputError`."""
    given = headers.request.headers
    sent = {name.lower().replace("-", "_"): given[name] for name in given}
    return validated(headers.schema, sent, "headers", **wording)


def validate_cookies(cookies: SentCookies[M], **wording: Unpack[Wording]) -> M:
    """The cookies; raises `InvalidInputError`."""
    return validated(cookies.schema, dict(cookies.request.cookies), "cookies", **wording)


def validate_path(model: type[M], request: Request, location: str = "path", **wording: Unpack[Wording]) -> M:
    """The values of the path; raises `InvalidInputError`."""
    return validated(model, dict(request.path_params), location, **wording)


def validate_form(model: type[M], form: Mapping[str, str], **wording: Unpack[Wording]) -> M:
    """The fields of a form; raises `InvalidInputError`."""
    return validated(model, dict(form), "form", **wording)


def validated(model: type[M], sent: Any, location: str, **wording: Unpack[Wording]) -> M:
    """The model of what was sent; raises `InvalidInputError`, with the messages by the path of each field."""
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        messages: dict[str, list[str]] = {}
        for one in error.errors():
            messages.setdefault(".".join(map(str, one["loc"])) or "_schema", []).append(one["msg"])
        raise InvalidInputError(location, messages, **wording) from error


def as_model(model: type[BaseModel]) -> Callable[[Any], Any]:
    """What dumps a value, or each of a list; raises `ValidationError` for one that is no such model and makes none."""

    def dumped(value: Any) -> Any:
        made = value if isinstance(value, BaseModel) else model.model_validate(value)
        return made.model_dump(mode="json", by_alias=True)

    def dump(value: Any) -> Any:
        return [dumped(one) for one in value] if isinstance(value, list | tuple) else dumped(value)

    return dump
