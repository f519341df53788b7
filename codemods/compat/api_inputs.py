"""Parts of a request that a schema validates, where an endpoint begins.

Preserves: what APIFlask's `input` loads by webargs: a body that is no JSON counts as an empty one, malformed JSON is a
400; of a repeated key the first counts, or all of them where the field is a list; keys that the schema does not know
are refused in bodies only; a refusal names the part of the request.

To live without it: take the model as the endpoint's body, or by `Query()`, and let FastAPI answer with its own 422.
"""

import json
from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

from fastapi import Request
from starlette.datastructures import ImmutableMultiDict

from .api_errors import InvalidInputError
from .http_statuses import BadRequest
from .json_body import JsonBody
from .schema import Schema
from .schema_containers import Unknown
from .schema_errors import InvalidError

S = TypeVar("S", bound=Schema)
T = TypeVar("T")


def load_json(body: JsonBody[T]) -> T:
    """The body; raises `InvalidInputError`, and a 400 for malformed JSON."""
    try:
        return body.load_data(json_of(body))
    except InvalidError as error:
        raise InvalidInputError("json", error.messages) from None


def json_of(body: JsonBody[Any]) -> Any:
    """The JSON of a body; an empty object where there is none."""
    content = body.bytes() if body.is_json else b""
    if not content:
        return {}
    try:
        return json.loads(content.decode())
    except ValueError as error:
        raise BadRequest() from error


def load_query(schema: type[S], request: Request, location: str = "query") -> S:
    """The query parameters that the schema knows; raises `InvalidInputError`."""
    return loaded(schema, known(schema, request.query_params), location)


def load_headers(schema: type[S], request: Request) -> S:
    """The headers that the schema knows; raises `InvalidInputError`."""
    headers = request.headers
    values = {
        key: headers.getlist(key) if is_list else headers[key] for key, is_list in fields(schema) if key in headers
    }
    return loaded(schema, values, "headers")


def load_cookies(schema: type[S], request: Request) -> S:
    """The cookies that the schema knows; raises `InvalidInputError`."""
    return loaded(schema, dict(request.cookies), "cookies")


def load_form(schema: type[S], form: ImmutableMultiDict[str, str]) -> S:
    """The fields of a form; raises `InvalidInputError`, also for those that the schema does not know."""
    return loaded(schema, {**{key: form[key] for key in form}, **known(schema, form)}, "form", None)


def loaded(schema: type[S], values: Mapping[str, Any], location: str, unknown: Unknown | None = "ignore") -> S:
    """The values of one part of the request; raises `InvalidInputError`."""
    try:
        return schema.load(values, unknown=unknown)
    except InvalidError as error:
        raise InvalidInputError(location, error.messages) from None


def known(schema: type[Schema], values: ImmutableMultiDict[str, str]) -> dict[str, Any]:
    """The values that the schema has fields for: all of one name where the field is a list, else the first."""
    return {key: values.getlist(key) if is_list else values[key] for key, is_list in fields(schema) if key in values}


def fields(schema: type[Schema]) -> Iterable[tuple[str, bool]]:
    """The keys of a schema's fields, and whether each is a list."""
    return [(field.alias or name, holds_list(field.annotation)) for name, field in schema.model_fields.items()]


def holds_list(annotation: Any) -> bool:
    """Whether a type is that of a list or tuple, or of one that may be null."""
    if get_origin(annotation) in (list, tuple):
        return True
    return any(holds_list(one) for one in get_args(annotation) if one is not NoneType and not isinstance(one, str))
