"""Parts of a request that a schema validates, where an endpoint begins.

Preserves: what APIFlask's `input` loads by webargs: a body that is no JSON counts as an empty one, malformed JSON is a
400; of a repeated key the first counts, or all of them where the field is a list; keys that the schema does not know
are refused in bodies only; a refusal names the part of the request.

To live without it: take the model as the endpoint's body, or by `Query()`, and let FastAPI answer with its own 422.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import ImmutableMultiDict

from .api_errors import InvalidInputError
from .http_statuses import BadRequest
from .json_body import JsonBody
from .models import Model, Unknown
from .sent import ABSENT, load_sent, sent_headers, sent_json, sent_values

S = TypeVar("S", bound=Model)
T = TypeVar("T")


def load_json(body: JsonBody[T]) -> T:
    """The body; raises `InvalidInputError`, and a 400 for malformed JSON."""
    sent = sent_json(body, lambda error: BadRequest())
    return load_sent(body.load_data, {} if sent is ABSENT else sent, partial(InvalidInputError, "json"))


def load_query(schema: type[S], request: Request, location: str = "query") -> S:
    """The query parameters that the schema knows; raises `InvalidInputError`."""
    return loaded(schema, sent_values(request.query_params, schema), location)


def load_headers(schema: type[S], request: Request) -> S:
    """The headers that the schema knows; raises `InvalidInputError`."""
    return loaded(schema, sent_headers(request, schema), "headers")


def load_cookies(schema: type[S], request: Request) -> S:
    """The cookies that the schema knows; raises `InvalidInputError`."""
    return loaded(schema, dict(request.cookies), "cookies")


def load_form(schema: type[S], form: ImmutableMultiDict[str, str]) -> S:
    """The fields of a form; raises `InvalidInputError`, also for those that the schema does not know."""
    return loaded(schema, sent_values(form, schema), "form", None)


def loaded(schema: type[S], values: Mapping[str, Any], location: str, unknown: Unknown | None = "ignore") -> S:
    """The values of one part of the request; raises `InvalidInputError`."""
    return load_sent(partial(schema.load, unknown=unknown), values, partial(InvalidInputError, location))
