"""Flask's reading of a request, under FastAPI's typed parameters.

Preserves: of repeated query keys, form fields and cookies the first counts; repeated headers are one value; an empty
form value is a value, files are apart, a form that cannot be parsed is an empty one; bytes that are no UTF-8 stay
percent-encoded; a JSON body is decoded when the endpoint asks for it, once the guards have let the request pass.

To live without it: Starlette's own request. The last of repeated keys counts then, an empty form value is a missing
one, and malformed JSON is refused ahead of a guard's 401.
"""

import codecs
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote

from starlette.datastructures import Headers, ImmutableMultiDict, QueryParams, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from .http_statuses import RequestEntityTooLarge
from .multipart import read_form

Value = TypeVar("Value")

# Flask's defaults, where `app.state.limits` says nothing else.
LIMITS: Mapping[str, int | None] = {
    "MAX_CONTENT_LENGTH": None,
    "MAX_FORM_MEMORY_SIZE": 500_000,
    "MAX_FORM_PARTS": 1000,
}

# The methods whose form counts among a request's values.
BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})

NOT_JSON = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."

COOKIE = re.compile(
    r'[ \t]*(?P<key>[^ \t=";]+)(?:[ \t]*=[ \t]*(?P<value>"(?:[^\\"]|\\.)*"|[^ \t";]*))?[ \t]*(?:;|\Z)', re.ASCII
)
COOKIE_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)")


def quote_undecodable(error: UnicodeError) -> tuple[str, int]:
    """Keep bytes that are no UTF-8 percent-encoded, as Werkzeug does (a codec error handler)."""
    assert isinstance(error, UnicodeDecodeError)
    return quote(error.object[error.start : error.end], safe=""), error.end


codecs.register_error("compat.quote", quote_undecodable)


def parse_pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The pairs of a query or an urlencoded form; raises `UnicodeDecodeError` for raw bytes that are no UTF-8."""
    return parse_qsl(encoded.decode(), keep_blank_values=True, errors="compat.quote")


def first_values(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """A dictionary in which the first of repeated keys counts."""
    first: dict[str, Value] = {}
    for key, value in pairs:
        first.setdefault(key, value)
    return first


class QueryValues(QueryParams):
    """Query parameters; the first of repeated keys, where Starlette gives the last."""

    def __init__(self, encoded: bytes) -> None:
        ImmutableMultiDict.__init__(self, parse_pairs(encoded) if encoded else [])
        if len(self._dict) != len(self._list):
            self._dict = first_values(self._list)


class FirstValues(ImmutableMultiDict[str, Value]):
    """Values by name, first of repeated ones."""

    def __init__(self, pairs: Iterable[tuple[str, Value]] = ()) -> None:
        super().__init__(list(pairs))
        self._dict = first_values(self._list)


class CombinedValues(FirstValues[str]):
    """`request.values`: the query and the form, which count in this order."""

    def __init__(self, *parts: ImmutableMultiDict[str, str]) -> None:
        super().__init__(pair for part in parts for pair in part.multi_items())
        self.parts = parts


class FormValues(FirstValues[str]):
    """The text fields of a form, and its files apart from them, in `files`.

    Not a `FormData`, in which FastAPI takes an empty text for a missing one. FastAPI calls `get`, for `Form()` and
    `File()` parameters alike; `file_fields` are the names of the latter. Code reads the form in `texts`.
    """

    def __init__(
        self, pairs: Iterable[tuple[str, str | UploadFile]] = (), file_fields: frozenset[str] = frozenset()
    ) -> None:
        pairs = list(pairs)
        super().__init__((name, value) for name, value in pairs if isinstance(value, str))
        self.texts = FirstValues(self._list)
        self.files = FirstValues((name, value) for name, value in pairs if not isinstance(value, str))
        self._file_fields = file_fields

    def get(self, key: Any, default: Any = None) -> Any:
        """The first text of that name, or the first file where that is what the parameter is for."""
        return (self.files if key in self._file_fields else self.texts).get(key, default)

    async def close(self) -> None:
        """Close the uploaded files; FastAPI calls this at the end of the request."""
        for _, file in self.files.multi_items():
            await file.close()


class JoinedHeaders(Headers):
    """Request headers; a repeated one reads as one value, and `X_Key` is `X-Key`, as a WSGI server hands them on."""

    def getlist(self, key: str) -> list[str]:
        """All values of a header."""
        return super().getlist(key.replace("_", "-"))

    def __contains__(self, key: object) -> bool:
        return bool(self.getlist(str(key)))

    def __getitem__(self, key: str) -> str:
        match self.getlist(key):
            case []:
                raise KeyError(key)
            case [value]:
                return value
            case values:
                return ", ".join(values)


class RawBody:
    """The bytes of a body that nobody has decoded yet; for a `JsonBody`, handed to it in the place of what they say.

    They are read once and then kept, as Werkzeug's stream is: what a form was made of is gone, unless it was kept
    before. `decoded` keeps the JSON. Also an empty body is true.
    """

    def __init__(self, content: bytes | HTTPException, content_type: str) -> None:
        self._content = content
        self._stream: BytesIO | None = None
        self.mimetype = content_type.partition(";")[0].strip().lower()
        self.is_form = self.mimetype == "application/x-www-form-urlencoded" or (
            self.mimetype == "multipart/form-data" and "boundary=" in content_type.lower()
        )
        self.has_form: bool | None = None
        self.kept: bytes | None = None
        self.decoded: list[Any] = []

    @property
    def stream(self) -> BytesIO:
        """What has not been read yet; raises the error that the body met on its way, a 413."""
        if self._stream is None:
            if isinstance(self._content, HTTPException):
                raise self._content
            self._stream = BytesIO(self._content)
        return self._stream

    def take_form(self) -> bool:
        """Read what the form is made of, the first time; whether there is anything. Raises a 413."""
        if self.has_form is None:
            source = self.stream if self.kept is None else BytesIO(self.kept)
            self.has_form = self.is_form and bool(source.read())
        return self.has_form

    def read(self, keep: bool = True) -> bytes:
        """The bytes, as `request.get_data(cache=keep)` gives them; raises a 413."""
        if self.kept is not None:
            return self.kept
        content = self.stream.read()
        if keep:
            self.kept = content
        return content


class FlaskRequest(Request):
    """A request that FastAPI reads as Flask would."""

    defers_body = False
    _raw_body: RawBody | None = None
    _json_body: RawBody | None = None
    form_values: FormValues | None = None
    file_fields: frozenset[str] = frozenset()

    @property
    def method(self) -> str:
        """The method that the client sent: HEAD, where it is routed as GET."""
        method: str = self.scope.get("compat.method") or self.scope["method"]
        return method

    @property
    def endpoint(self) -> str | None:
        """`request.endpoint`: the name of the route, None where the URL is unknown."""
        endpoint: str | None = self.scope.get("compat.endpoint")
        return endpoint

    @property
    def mimetype(self) -> str:
        """The content type without parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def headers(self) -> Headers:
        """The request's headers."""
        if not hasattr(self, "_headers"):
            self._headers = JoinedHeaders(raw=self.scope["headers"])
        return self._headers

    @property
    def query_params(self) -> QueryParams:
        """The query; raises `UnicodeDecodeError`, a 500 as in Flask, where it holds raw bytes that are no UTF-8."""
        if not hasattr(self, "_query_params"):
            self._query_params: QueryParams = QueryValues(self.scope["query_string"])
        return self._query_params

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies."""
        if not hasattr(self, "_cookies"):
            self._cookies = parse_cookies(";".join(self.headers.getlist("cookie")))
        return self._cookies

    async def body(self) -> Any:
        """The body's bytes. FastAPI asks first, ahead of every dependency: for a `JsonBody` it is given a `RawBody`."""
        if not self.defers_body:
            return await super().body()
        self.defers_body = False
        self._json_body = await self.raw_body()
        return self._json_body

    async def raw_body(self) -> RawBody:
        """The body that nobody has decoded yet, one for all who ask; an error is raised when it is read."""
        if self._raw_body is None:
            content: bytes | HTTPException
            try:
                content = await super().body()
            except HTTPException as error:
                content = error
            self._raw_body = RawBody(content, self.headers.get("content-type", ""))
        return self._raw_body

    def stream(self) -> AsyncGenerator[bytes, None]:
        """The body's chunks, as far as MAX_CONTENT_LENGTH allows; raises a 413."""
        limit = self._size_limit()
        return super().stream() if limit is None else self._limited(super().stream(), limit)

    def limit(self, name: str) -> int | None:
        """One of Flask's settings for the size of bodies: what `app.state.limits` says, else the default."""
        limits: Mapping[str, int | None] = getattr(self.scope["app"].state, "limits", LIMITS)
        return limits.get(name, LIMITS[name])

    def _size_limit(self) -> int | None:
        limit = self.limit("MAX_CONTENT_LENGTH")
        if limit is not None:
            announced = self.headers.get("content-length", "")
            if announced.isdecimal() and int(announced) > limit:
                raise RequestEntityTooLarge
        return limit

    async def _limited(self, chunks: AsyncGenerator[bytes, None], limit: int) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise RequestEntityTooLarge
            yield chunk

    async def json(self) -> Any:
        """The decoded body; for a `JsonBody`, which decodes it later, the body as it came."""
        return self._json_body or await super().json()

    async def form(self, **limits: Any) -> FormValues:  # type: ignore[override]  # see FormValues
        """The form, empty where there is none or it cannot be parsed; raises a 413 for one that is too large."""
        if self.form_values is None:
            self.form_values = await self._read_form()
        return self.form_values

    async def _read_form(self) -> FormValues:
        if self.mimetype == "application/x-www-form-urlencoded":
            try:
                return FormValues(parse_pairs(await super().body()))
            except UnicodeDecodeError:
                return FormValues()
        if self.mimetype == "multipart/form-data":
            parts, size = self.limit("MAX_FORM_PARTS"), self.limit("MAX_FORM_MEMORY_SIZE")
            form = await read_form(self.headers, self.stream(), parts, size)
            return FormValues(form.multi_items(), self.file_fields)
        self._size_limit()
        return FormValues()


def mimetype_is_json(mimetype: str) -> bool:
    """`request.is_json`: `application/json` or `application/*+json`."""
    return mimetype == "application/json" or (mimetype.startswith("application/") and mimetype.endswith("+json"))


def parse_cookies(header: str) -> dict[str, str]:
    """The cookies of a header, first of repeated names."""
    cookies: dict[str, str] = {}
    position = 0
    while header:
        if found := COOKIE.match(header, position):
            position = found.end()
            cookies.setdefault(found["key"], unquoted_cookie(found["value"] or ""))
        else:  # skip what is no cookie, up to the next one
            position = header.find(";", position) + 1
            if not position:
                break
    return cookies


def unquoted_cookie(value: str) -> str:
    """A cookie's value without quotes and escapes."""
    if not (value.startswith('"') and value.endswith('"')):
        return value
    return COOKIE_ESCAPE.sub(unescaped, value[1:-1].encode()).decode(errors="replace")


def unescaped(escape: re.Match[bytes]) -> bytes:
    """The byte of `\\303` or `\\"`."""
    return bytes([int(escape[1], 8)]) if len(escape[1]) == 3 else escape[1]
