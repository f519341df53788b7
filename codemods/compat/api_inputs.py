"""Parts of a request that a schema validates, where an endpoint begins.

Preserves: what APIFlask's `input` loads by webargs: a body that is no JSON counts as an empty one, malformed JSON is a
400; of a repeated key the first counts, or all of them where the field is a list; keys that the schema does not know
are refused in bodies only; a refusal names the part of the request.

To live without it: take the model as the endpoint's body, or by `Query()`, and let FastAPI answer with its own 422.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypedDict, TypeVar, Unpack

from fastapi import Request
from starlette.datastructures import ImmutableMultiDict

from .api_errors import InvalidInputError
from .body import SentBody
from .http_statuses import BadRequest
from .json_body import JsonBody
from .models import Model, Unknown
from .sent import ABSENT, load_sent, repeated, sent_headers, sent_json, sent_values
from .sent_parts import SentCookies, SentHeaders, SentQuery

S = TypeVar("S", bound=Model)
T = TypeVar("T")


class Wording(TypedDict, total=False):
    """What the application answers where input is refused, if not 422 and "Validation error"."""

    status: int
    message: str


def load_json(body: JsonBody[T], **wording: Unpack[Wording]) -> T:
    """The body; raises `InvalidInputError`, and a 400 for malformed JSON."""
    sent = sent_json(body, lambda error: BadRequest())
    refused = partial(InvalidInputError, "json", **wording)
    return load_sent(body.load_data, {} if sent is ABSENT else sent, refused)


def load_json_or_form(
    schema: type[S], body: JsonBody[S], form: ImmutableMultiDict[str, str], **wording: Unpack[Wording]
) -> S:
    """The body, or the form where it is no JSON; raises `InvalidInputError`, and a 400 for malformed JSON."""
    sent = sent_json(body, lambda error: BadRequest())
    values = sent_values(form, schema) if sent is ABSENT else sent
    return loaded(schema, values, "json_or_form", None, **wording)


def load_query(query: SentQuery[S], location: str = "query", **wording: Unpack[Wording]) -> S:
    """The query parameters that the schema knows; raises `InvalidInputError`."""
    values = sent_values(query.request.query_params, query.schema)
    return loaded(query.schema, values, location, **wording)


def load_headers(headers: SentHeaders[S], **wording: Unpack[Wording]) -> S:
    """The headers that the schema knows; raises `InvalidInputError`."""
    return loaded(headers.schema, sent_headers(headers.request, headers.schema), "headers", **wording)


def load_cookies(cookies: SentCookies[S], **wording: Unpack[Wording]) -> S:
    """The cookies that the schema knows; raises `InvalidInputError`."""
    return loaded(cookies.schema, dict(cookies.request.cookies), "cookies", **wording)


def load_path(schema: type[S], request: Request, location: str = "path", **wording: Unpack[Wording]) -> S:
    """The values of the path; raises `InvalidInputError`, also for those that the schema does not know."""
    return loaded(schema, dict(request.path_params), location, "forbid", **wording)


def load_form(schema: type[S], form: ImmutableMultiDict[str, str], **wording: Unpack[Wording]) -> S:
    """The fields of a form; raises `InvalidInputError`, also for those that the schema does not know."""
    return loaded(schema, sent_values(form, schema), "form", None, **wording)


def load_form_and_files(
    schema: type[S], body: SentBody, location: str = "form_and_files", **wording: Unpack[Wording]
) -> S:
    """The fields and the files of a form, of a name that both have the file; raises `InvalidInputError`.

    Names that the schema does not know are ignored where `files` are asked for.
    """
    files, texts = body.files, body.form
    values = {**sent_values(texts, schema), **sent_values(files, schema)}
    for key in repeated(schema):
        if key in texts and key in files:
            values[key] = [*files.getlist(key), *texts.getlist(key)]
    return loaded(schema, values, location, "ignore" if location == "files" else None, **wording)


def loaded(
    schema: type[S],
    values: Mapping[str, Any],
    location: str,
    unknown: Unknown | None = "ignore",
    **wording: Unpack[Wording],
) -> S:
    """The values of one part of the request; raises `InvalidInputError`."""
    refused = partial(InvalidInputError, location, **wording)
    return load_sent(partial(schema.load, unknown=unknown), values, refused)
