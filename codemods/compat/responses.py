"""Responses as Flask writes them.

Preserves: `jsonify` (sorted keys, ASCII, HTTP dates, decimals as text, a newline at the end), text as `text/html`,
`redirect` (302 with a small page), streams, and what Flask makes of the values that a view returns.

To live without it: return plain dicts and models, `HTMLResponse`, and `RedirectResponse(url, status_code=302)`.
"""

import dataclasses
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from email.utils import format_datetime
from functools import cache
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from markupsafe import escape
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Receive, Scope, Send

from .http_errors import HTTPError

HeaderValues = Mapping[str, Any] | Iterable[tuple[str, Any]]

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"

# These get a charset although they are no `text/...`, beside every `...+xml` (`werkzeug.utils.get_content_type`).
TEXTUAL = {"application/ecmascript", "application/javascript", "application/sql", "application/xml",
           "application/xml-dtd", "application/xml-external-parsed-entity"}  # fmt: skip


def json_default(value: object) -> Any:
    """What `flask.json` makes of a value that JSON has no form for; raises `TypeError` for any other."""
    if isinstance(value, date) and FlaskJSONResponse.http_dates:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return format_datetime(moment.astimezone(UTC), usegmt=True)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


class FlaskJSONResponse(JSONResponse):
    """`jsonify(content)`. Return it as it is: FastAPI would convert the values of a bare dict in its own way.

    The class attributes but `http_dates` are those of `app.json`; an application that sets them there sets them here.
    """

    http_dates: ClassVar[bool] = True
    sort_keys: ClassVar[bool] = True
    ensure_ascii: ClassVar[bool] = True
    compact: ClassVar[bool] = True
    default: ClassVar[Callable[[Any], Any]] = staticmethod(json_default)

    def __init__(self, content: Any = None, status_code: int = 200, headers: HeaderValues | None = None) -> None:
        super().__init__(content)
        self.status_code = status_code  # afterwards, so that a 204 has a length as long as it may change
        if headers:
            update_headers(self.headers, headers)

    def render(self, content: Any) -> bytes:
        """The JSON text of the content; raises `TypeError` where it has none."""
        text = json_encoder(self.default, self.sort_keys, self.ensure_ascii, self.compact).encode(content)
        return f"{text}\n".encode()


@cache
def json_encoder(default: Callable[[Any], Any], sort_keys: bool, ensure_ascii: bool, compact: bool) -> json.JSONEncoder:
    """The encoder with these switches; `json.dumps` would make one for every call."""
    return json.JSONEncoder(
        default=default,
        sort_keys=sort_keys,
        ensure_ascii=ensure_ascii,
        indent=None if compact else 2,
        separators=(",", ":") if compact else None,
    )


def jsonify(*args: Any, **kwargs: Any) -> FlaskJSONResponse:
    """`flask.jsonify`, for arguments that are known only when the code runs."""
    if args and kwargs:
        raise TypeError("app.json.response() takes either args or kwargs, not both")
    if len(args) == 1:
        return FlaskJSONResponse(args[0])
    return FlaskJSONResponse(args or kwargs or None)


def dumps(value: Any, **options: Any) -> str:
    """`flask.json.dumps(value, **options)`; raises `TypeError` for what has no JSON text."""
    switches = FlaskJSONResponse
    defaults = {"default": switches.default, "ensure_ascii": switches.ensure_ascii, "sort_keys": switches.sort_keys}
    return json.dumps(value, **{**defaults, **options})


def text(
    content: str | bytes, status: int = 200, headers: HeaderValues | None = None, content_type: str = HTML
) -> Response:
    """The response to a view that returns text or bytes: HTML, as far as Flask knows."""
    response = Response(content, headers={"Content-Type": content_type})
    response.status_code = status
    if headers:
        update_headers(response.headers, headers, keep_repeated=True)
    return response


def response(
    body: str | bytes | Iterable[str | bytes] | None = None,
    status: int | str | None = None,
    headers: HeaderValues | None = None,
    mimetype: str | None = None,
    content_type: str | None = None,
    direct_passthrough: bool = False,
    *,
    is_plain: bool = False,
) -> Response:
    """`flask.Response(...)`: a content type is taken as it is, a MIME type gets its charset, a generator streams.

    With `is_plain` it is `werkzeug.Response(...)`: plain text, not HTML, where nothing says what it is.
    """
    unsaid = PLAIN if is_plain else HTML
    kind = with_charset(mimetype) if mimetype is not None and content_type is None else content_type
    code = 200 if status is None else status_code(status)
    made: Response
    if body is None or isinstance(body, str | bytes | bytearray):
        made = text(bytes(body) if isinstance(body, bytearray) else body or b"", code, headers, unsaid)
    elif isinstance(body, list | tuple):
        made = Joined(body, code, unsaid)
        update_headers(made.headers, headers or (), keep_repeated=True)
    else:
        made = stream(body, code, unsaid, headers)
        made.direct_passthrough = direct_passthrough
    if kind is not None:
        made.headers["Content-Type"] = kind
    return made


def redirect(location: str, code: int = 302) -> Response:
    """`flask.redirect`."""
    link = escape(location)
    page = (
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n"
        "<p>You should be redirected automatically to the target URL: "
        f'<a href="{link}">{link}</a>. If not, click the link.\n'
    )
    return text(page, code, {"Location": location})


class Joined(Response):
    """A body given in parts, whose length is told when it is sent: until then it may change."""

    def __init__(self, parts: Iterable[str | bytes], status_code: int, content_type: str) -> None:
        super().__init__(b"".join(map(encoded, parts)), status_code, {"Content-Type": content_type})
        del self.headers["Content-Length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        if self.status_code >= 200 and self.status_code not in (204, 304):
            self.headers.setdefault("Content-Length", str(len(self.body)))
        await super().__call__(scope, receive, send)


class Stream(StreamingResponse):
    """A body made while it is sent. The iterable is closed at the end, and not started for a HEAD request.

    Background tasks run in any case; `direct_passthrough` forbids to read the body beforehand.
    """

    def __init__(
        self,
        iterable: Iterable[str | bytes],
        status_code: int,
        headers: Mapping[str, str],
        direct_passthrough: bool = False,
    ) -> None:
        super().__init__(chunks(iterable), status_code, headers)
        self.iterable = iterable
        self.direct_passthrough = direct_passthrough

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        background, self.background = self.background, None
        try:
            if scope.get("compat.method") == "HEAD":
                self.body_iterator = chunks(())
            await super().__call__(scope, receive, send)
        finally:
            if close := getattr(self.iterable, "close", None):
                await run_in_threadpool(close)
            if background is not None:
                await background()


async def chunks(iterable: Iterable[str | bytes]) -> AsyncIterator[bytes]:
    """The iterable's chunks, each made in a worker thread; raises `TypeError` for what is neither text nor bytes."""
    async for chunk in iterate_in_threadpool(iterable):
        yield encoded(chunk)


def encoded(chunk: str | bytes) -> bytes:
    """Text or bytes as bytes; raises `TypeError` for anything else."""
    return chunk.encode() if isinstance(chunk, str) else bytes(memoryview(chunk))


def stream(
    iterable: Iterable[str | bytes],
    status: int = 200,
    content_type: str = HTML,
    headers: HeaderValues | None = None,
) -> Stream:
    """The response to a view that returns a generator."""
    response = Stream(iterable, status, {"Content-Type": content_type})
    if headers:
        update_headers(response.headers, headers, keep_repeated=True)
    return response


def make_response(value: Any, status: int | str | None = None, headers: HeaderValues | None = None) -> Response:
    """The response to whatever a view returns; raises `TypeError`, a 500, for what Flask does not take."""
    if isinstance(value, tuple):
        match value:
            case (body, code, more):
                value, status, headers = body, code, more
            case (body, dict() | list() | tuple() | Headers() as more):
                value, headers = body, more
            case (body, code):
                value, status = body, code
            case _:
                raise TypeError("The view function did not return a valid response tuple.")
    code = 200 if status is None else status_code(status)
    match value:
        case str() | bytes():
            return text(value, code, headers)
        case bytearray():
            return text(bytes(value), code, headers)
        case Iterator():
            return stream(value, code, headers=headers)
        case Response() as response:
            response.status_code = response.status_code if status is None else code
        case dict() | list():
            response = FlaskJSONResponse(value, code)
        case HTTPError():
            response = value.get_response()
            response.status_code = response.status_code if status is None else code
        case _:
            raise TypeError(
                "The view function did not return a valid response. The return type must be a string, dict, list,"
                f" tuple with headers or status, or Response instance, but it was a {type(value).__name__}."
            )
    if headers:
        update_headers(response.headers, headers)
    return response


def status_code(status: int | str) -> int:
    """The number of a status, which may be a text such as "201 Created"; raises `ValueError` for an empty one."""
    return int(status.split(None, 1)[0]) if isinstance(status, str) else int(status)


def update_headers(present: MutableHeaders, headers: HeaderValues, keep_repeated: bool = False) -> None:
    """`response.headers.update(headers)`, with values of any type as text; raises `ValueError` for a newline in one.

    Of pairs the last of repeated names counts; with `keep_repeated`, as where Flask makes the response, all do.
    """
    fresh: dict[bytes, list[bytes]] = {}
    if isinstance(headers, Headers):
        headers, keep_repeated = headers.items(), True
    if isinstance(headers, Mapping):
        for key, value in headers.items():
            values = value if isinstance(value, list | tuple | set) else [value]
            fresh[key.lower().encode("latin-1")] = [header_value(key, one) for one in values]
    else:
        for key, value in headers:
            name = key.lower().encode("latin-1")
            before = fresh.get(name, []) if keep_repeated else []
            fresh[name] = [*before, header_value(key, value)]
    kept = [header for header in present.raw if header[0] not in fresh]
    present.raw[:] = kept + [(name, value) for name, values in fresh.items() for value in values]


def header_value(name: str, value: object) -> bytes:
    """A header's value as it is sent; a URL is quoted."""
    line = str(value)
    if "\n" in line or "\r" in line:
        raise ValueError("Header values must not contain newline characters.")
    return (iri_to_uri(line) if name.lower() in ("location", "content-location") else line).encode("latin-1")


def with_charset(mimetype: str) -> str:
    """The content type of `Response(..., mimetype=mimetype)`: with a charset for what is text."""
    is_text = mimetype.startswith("text/") or mimetype in TEXTUAL or mimetype.endswith("+xml")
    return f"{mimetype}; charset=utf-8" if is_text else mimetype


def iri_to_uri(iri: str) -> str:
    """A URL with everything quoted that is not ASCII, as Werkzeug sends it in `Location`."""
    parts = urlsplit(iri)
    netloc = parts.hostname.encode("idna").decode("ascii") if parts.hostname else ""
    if ":" in netloc:
        netloc = f"[{netloc}]"
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    if parts.username is not None:
        user = quote(parts.username, safe="%!$&'()*+,;=")
        if parts.password is not None:
            user += ":" + quote(parts.password, safe="%!$&'()*+,;=")
        netloc = f"{user}@{netloc}"
    path = quote(parts.path, safe="%!$&'()*+,/:;=@")
    query = quote(parts.query, safe="%!$&'()*+,/:;=?@")
    fragment = quote(parts.fragment, safe="%!#$&'()*+,/:;=?@")
    return urlunsplit((parts.scheme, netloc, path, query, fragment))
