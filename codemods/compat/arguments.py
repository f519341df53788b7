"""What an endpoint is sent, loaded by a schema: dependencies for JSON, the query, forms, headers and cookies.

Preserves: webargs' reading of a request: no JSON is an empty object, malformed JSON a 400; repeated keys count for
lists only; which places may hold unknown keys. Errors are a 422 whose `data["messages"]` stand under their place.

To live without it: `body: UserBody` and `query: Annotated[SearchQuery, Query()]` as parameters of the endpoint, and an
exception handler for `RequestValidationError` that words the errors.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import Cookie, Form, Header, Query, Request
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .form import WholeForm
from .http_errors import HTTPError
from .http_statuses import STANDARD
from .json_body import JsonBody
from .schema import Schema
from .schema_containers import Unknown
from .schema_errors import InvalidError
from .sent import ABSENT, load_sent, sent_headers, sent_json, sent_values

S = TypeVar("S", bound=Schema)
Load = Callable[[Any], Any]


class ArgumentsError(HTTPError):
    """The arguments are not what the endpoint asks for: also an error of the class of its status.

    `data["messages"]` tells what is wrong, by place; `data["headers"]` are the headers that the endpoint wants the
    answer to have, for handlers that add them. `exc` is the error behind it.
    """

    data: dict[str, Any]
    exc: Exception


def arguments_error(status: int, error: Exception, **data: Any) -> ArgumentsError:
    """The error of a status that tells of arguments."""
    made = of_status(status)()
    made.data, made.exc = data, error
    return made


def malformed(error: Exception) -> ArgumentsError:
    """The error for malformed JSON: a 400, whatever else is asked for."""
    return arguments_error(400, error, messages={"json": ["Invalid JSON body."]})


@cache
def of_status(status: int) -> type[ArgumentsError]:
    """The class for a status, which handlers of that status take as well."""
    kind = STANDARD[status]
    return type(kind.__name__, (kind, ArgumentsError), {})


class Unread:
    """Beside a model in `Annotated`: OpenAPI shows its fields, and it is the dependency that reads them."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(lambda value, _: value, handler(source))


def loader(
    place: str,
    schema: type[Schema],
    unknown: Unknown | None,
    status: int,
    headers: Mapping[str, str] | None,
    make: Load | None,
    many: bool = False,
) -> Load:
    """The function that loads what was sent at a place, and makes of it what `make` does; raises `ArgumentsError`."""

    def load(sent: Any) -> Any:
        if many:
            items = schema.load_many(sent, unknown=unknown)
            return [make(one) for one in items] if make else items
        item = schema.load(sent, unknown=unknown)
        return make(item) if make else item

    def refused(said: Any) -> ArgumentsError:
        messages = {place: said}
        return arguments_error(status, InvalidError(messages), messages=messages, schema=schema, headers=headers)

    return lambda sent: load_sent(load, sent, refused)


def json_arguments(
    schema: type[S],
    *,
    many: bool = False,
    unknown: Unknown | None = None,
    status: int = 422,
    headers: Mapping[str, str] | None = None,
    make: Load | None = None,
) -> Callable[..., Any]:
    """A dependency: the JSON body, loaded; with `many` a list of them."""
    load = loader("json", schema, unknown, status, headers, make, many)

    def loaded(body: Any) -> Any:
        sent = sent_json(body, malformed)
        return load({} if sent is ABSENT else sent)

    kind: Any = list[schema] if many else schema  # type: ignore[valid-type]  # known when it is made
    return shown(loaded, body=JsonBody[kind])


def json_or_form_arguments(
    schema: type[S],
    *,
    unknown: Unknown | None = None,
    status: int = 422,
    headers: Mapping[str, str] | None = None,
    make: Load | None = None,
) -> Callable[..., S]:
    """A dependency: the JSON body, or the form where there is none, loaded."""
    load = loader("json_or_form", schema, unknown, status, headers, make)

    def loaded(body: Any, form: WholeForm) -> Any:
        sent = sent_json(body, malformed)
        return load(sent_values(form, schema) if sent is ABSENT else sent)

    kind: Any = schema
    return shown(loaded, body=JsonBody[kind])


def query_arguments(
    schema: type[S],
    *,
    unknown: Unknown | None = "ignore",
    status: int = 422,
    headers: Mapping[str, str] | None = None,
    make: Load | None = None,
    place: str = "query",
) -> Callable[..., S]:
    """A dependency: the query, loaded; messages stand under `place`."""
    load = loader(place, schema, unknown, status, headers, make)

    def loaded(request: Request, query: Any) -> Any:
        return load(sent_values(request.query_params, schema))

    return shown(loaded, query=Annotated[schema, Query(), Unread()])


def form_arguments(
    schema: type[S],
    *,
    unknown: Unknown | None = None,
    status: int = 422,
    headers: Mapping[str, str] | None = None,
    make: Load | None = None,
) -> Callable[..., S]:
    """A dependency: the form without its files, loaded."""
    load = loader("form", schema, unknown, status, headers, make)

    def loaded(form: WholeForm, body: Any = None) -> Any:
        return load(sent_values(form, schema))

    return shown(loaded, body=Annotated[schema, Form(), Unread()])


def header_arguments(
    schema: type[S], *, status: int = 422, headers: Mapping[str, str] | None = None, make: Load | None = None
) -> Callable[..., S]:
    """A dependency: the headers that the schema knows, loaded."""
    load = loader("headers", schema, "ignore", status, headers, make)

    def loaded(request: Request, sent: Any) -> Any:
        return load(sent_headers(request, schema))

    return shown(loaded, sent=Annotated[schema, Header(), Unread()])


def cookie_arguments(
    schema: type[S],
    *,
    unknown: Unknown | None = "ignore",
    status: int = 422,
    headers: Mapping[str, str] | None = None,
    make: Load | None = None,
) -> Callable[..., S]:
    """A dependency: the cookies, loaded."""
    load = loader("cookies", schema, unknown, status, headers, make)

    def loaded(request: Request, cookies: Any) -> Any:
        return load(dict(request.cookies))

    return shown(loaded, cookies=Annotated[schema, Cookie(), Unread()])


def shown(dependency: Callable[..., Any], **annotations: Any) -> Callable[..., Any]:
    """A dependency with parameters whose types are known when it is made."""
    dependency.__annotations__.update(annotations)
    return dependency
