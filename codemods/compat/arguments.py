"""What an endpoint is sent, loaded by a schema: dependencies for JSON, the query, forms, files, headers and cookies.

Preserves: webargs' reading of a request: no JSON is an empty object, malformed JSON a 400; repeated keys count for
lists only; which places may hold unknown keys. Errors are a 422 whose `data["messages"]` stand under their place, or
what the application's own `refuse` raises.

To live without it: `body: UserBody` and `query: Annotated[SearchQuery, Query()]` as parameters of the endpoint, and an
exception handler for `RequestValidationError` that words the errors.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType
from typing import Annotated, Any, NoReturn, TypedDict, TypeVar, Unpack

from fastapi import Cookie, File, Form, Header, Query, Request, Response
from pydantic import create_model

from .body import AnyBody
from .form import Uploads, WholeForm
from .http_errors import HTTPError
from .http_statuses import STANDARD
from .json_body import JsonBody
from .lifecycle import Answer
from .models import Model, Unknown
from .schema_errors import InvalidError
from .schema_hooks import made_of
from .sent import ABSENT, load_sent, sent_headers, sent_json, sent_values
from .unread import Unread, Uploaded, shown

MAPPED = frozenset({"query", "querystring", "form", "cookies"})
"""The places whose data webargs keeps in mappings that are no dictionaries."""
S = TypeVar("S", bound=Model)
Load = Callable[[Any], Any]
Prepare = Callable[[Request, Any, str], Any]
Refuse = Callable[[Request, InvalidError, int | None, Mapping[str, str] | None], Any]
"""Raises for wrong arguments; given the request, the error, and the status and headers that the endpoint asks for."""


class ArgumentsError(HTTPError):
    """The arguments are not what the endpoint asks for: also an error of the class of its status.

    `data["messages"]` tells what is wrong, by place; `data["headers"]` are the headers that the endpoint wants the
    answer to have, for handlers that add them. `exc` is the error behind it, if any is.
    """

    data: dict[str, Any]
    exc: Exception | None


def arguments_error(status: int | Response, exc: Exception | None = None, **data: Any) -> Exception:
    """The error of a status that tells of arguments; an answer of its own for a response.

    Raises `LookupError` for a status that stands for no error.
    """
    if isinstance(status, Response):
        return Answer(status)
    made = of_status(status)()
    made.data, made.exc = data, exc
    return made


def abort(status: int | Response, exc: Exception | None = None, **data: Any) -> NoReturn:
    """Raise the error, where an expression does; a statement is `raise arguments_error(...)`."""
    raise arguments_error(status, exc, **data)


def malformed(error: Exception) -> Exception:
    """The error for malformed JSON: a 400, whatever else is asked for."""
    return arguments_error(400, error, messages={"json": ["Invalid JSON body."]})


@cache
def of_status(status: int) -> type[ArgumentsError]:
    """The class for a status, which handlers of that status take as well."""
    kind = STANDARD[status]
    return type(kind.__name__, (kind, ArgumentsError), {})


class Options(TypedDict, total=False):
    """How arguments are loaded, and what follows where they are wrong; all of it may be left out.

    `unknown` says what becomes of keys that the schema does not have, `status` and `headers` belong to the answer,
    `make` is called with what was loaded, `checks` with what the endpoint is given of it: one that gives False, for
    which the `message` is said, or raises `InvalidError`, refuses it. `refuse` raises in place of `ArgumentsError`.
    `prepare` is given what was sent, no dictionary unless it is JSON, with the place, and gives what is loaded.
    """

    unknown: Unknown | None
    status: int | None
    headers: Mapping[str, str] | None
    make: Load | None
    checks: Sequence[Callable[[Any], Any]]
    message: str
    refuse: Refuse | None
    prepare: Prepare


def loader(place: str, schema: type[Model], options: Options, many: bool = False) -> Callable[[Request, Any], Any]:
    """The function that loads what was sent at a place, and makes of it what `make` does.

    It raises `ArgumentsError`, or what `refuse` raises, and `ValueError` where that raises nothing.
    """
    unknown, make, refuse = options.get("unknown"), options.get("make"), options.get("refuse")
    status, headers, checks = options.get("status"), options.get("headers"), options.get("checks", ())
    prepare = options.get("prepare")

    def load(request: Request, sent: Any) -> Any:
        if prepare is not None:
            sent = prepare(request, MappingProxyType(sent) if place in MAPPED else sent, place)
        if many:
            items = schema.load_many(sent, unknown=unknown)
            if make is None:
                return checked(items, lambda: [one.to_dict() for one in items])
            return checked(made_of(make, items))
        item = schema.load(sent, unknown=unknown)
        return checked(item, item.to_dict) if make is None else checked(make(item))

    def checked(made: Any, data: Callable[[], Any] | None = None) -> Any:
        for check in checks:
            if check(made if data is None else data()) is False:
                raise InvalidError(options.get("message", "Invalid value."))
        return made

    def refused(request: Request, said: Any) -> Exception:
        error = InvalidError(messages := {place: said})
        if refuse is None:
            return arguments_error(status or 422, error, messages=messages, schema=schema, headers=headers)
        refuse(request, error, status, headers)
        return ValueError("the error handler for arguments raised nothing")

    return lambda request, sent: load_sent(partial(load, request), sent, partial(refused, request))


def json_arguments(schema: type[S], *, many: bool = False, **options: Unpack[Options]) -> Callable[..., Any]:
    """A dependency: the JSON body, loaded; with `many` a list of them."""
    load = loader("json", schema, options, many)

    def loaded(request: Request, body: Any) -> Any:
        sent = sent_json(body, malformed)
        return load(request, {} if sent is ABSENT else sent)

    kind: Any = list[schema] if many else schema  # type: ignore[valid-type]  # known when it is made
    return shown(loaded, body=JsonBody[kind])


def json_or_form_arguments(schema: type[S], **options: Unpack[Options]) -> Callable[..., S]:
    """A dependency: the JSON body, or the form where there is none, loaded."""
    load = loader("json_or_form", schema, options)

    def loaded(request: Request, body: Any, form: WholeForm) -> Any:
        sent = sent_json(body, malformed)
        return load(request, sent_values(form, schema) if sent is ABSENT else sent)

    kind: Any = schema
    return shown(loaded, body=JsonBody[kind])


def query_arguments(schema: type[S], *, place: str = "query", **options: Unpack[Options]) -> Callable[..., S]:
    """A dependency: the query, loaded, unknown keys ignored unless something else is said.

    Messages stand under `place`.
    """
    load = loader(place, schema, {"unknown": "ignore", **options})

    def loaded(request: Request, query: Any) -> Any:
        return load(request, sent_values(request.query_params, schema))

    return shown(loaded, query=Annotated[schema, Query(), Unread()])


def form_arguments(schema: type[S], *, is_shown: bool = True, **options: Unpack[Options]) -> Callable[..., S]:
    """A dependency: the form without its files, loaded. What is not shown here is shown with the files."""
    load = loader("form", schema, options)

    def loaded(request: Request, form: WholeForm) -> Any:
        return load(request, sent_values(form, schema))

    def loaded_and_shown(request: Request, form: WholeForm, body: Any = None) -> Any:
        return loaded(request, form)

    return shown(loaded_and_shown, body=Annotated[schema, Form(), Unread()]) if is_shown else loaded


def file_arguments(
    schema: type[S], *, beside: type[Model] | None = None, **options: Unpack[Options]
) -> Callable[..., S]:
    """A dependency: the uploaded files, loaded, unknown ones ignored unless something else is said.

    `beside` is what the same form holds of texts.
    """
    load = loader("files", schema, {"unknown": "ignore", **options})

    def loaded(request: Request, files: Uploads, body: Any = None) -> Any:
        return load(request, sent_values(files, schema))

    kind: Any = (
        schema if beside is None else create_model(f"{beside.__name__}With{schema.__name__}", __base__=(beside, schema))
    )
    return shown(loaded, body=Annotated[kind, File(), Uploaded(frozenset(schema.model_fields))])


def form_and_files_arguments(
    schema: type[S], *, has_files: bool = False, **options: Unpack[Options]
) -> Callable[..., S]:
    """A dependency: the form with its files, loaded; of a name that both have, the text."""
    load = loader("form", schema, options)

    def loaded(request: Request, form: WholeForm, files: Uploads, body: Any = None) -> Any:
        return load(request, {**sent_values(files, schema), **sent_values(form, schema)})

    return shown(loaded, body=Annotated[schema, File() if has_files else Form(), Unread()])


def path_arguments(schema: type[S], *, place: str = "view_args", **options: Unpack[Options]) -> Callable[..., S]:
    """A dependency: the values of the path, loaded, unknown ones refused unless something else is said.

    Messages stand under `place`.
    """
    load = loader(place, schema, {"unknown": "forbid", **options})

    def loaded(request: Request) -> Any:
        return load(request, dict(request.path_params))

    return loaded


def header_arguments(schema: type[S], **options: Unpack[Options]) -> Callable[..., S]:
    """A dependency: the headers that the schema knows, loaded."""
    load = loader("headers", schema, {"unknown": "ignore", **options})

    def loaded(request: Request, sent: Any) -> Any:
        return load(request, sent_headers(request, schema))

    return shown(loaded, sent=Annotated[schema, Header(), Unread()])


def cookie_arguments(schema: type[S], **options: Unpack[Options]) -> Callable[..., S]:
    """A dependency: the cookies, loaded, unknown ones ignored unless something else is said."""
    load = loader("cookies", schema, {"unknown": "ignore", **options})

    def loaded(request: Request, cookies: Any) -> Any:
        return load(request, dict(request.cookies))

    return shown(loaded, cookies=Annotated[schema, Cookie(), Unread()])


def own_arguments(
    schema: type[S], read: Callable[[Request], Any], *, place: str, reads_body: bool = False, **options: Unpack[Options]
) -> Callable[..., S]:
    """A dependency: what a function of the application's own reads of the request, loaded.

    Messages stand under `place`. `reads_body` tells that the function asks for the body.
    """
    prepare = options.get("prepare")

    def prepared(request: Request, _: Any, place: str) -> Any:
        sent = read(request)
        return sent if prepare is None else prepare(request, sent, place)

    load = loader(place, schema, {**options, "prepare": prepared})

    def loaded(request: Request) -> Any:
        return load(request, {})

    def loaded_of_body(request: Request, _: AnyBody) -> Any:
        return load(request, {})

    return loaded_of_body if reads_body else loaded
