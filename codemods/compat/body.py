"""A body of any kind, read as the code asks for it.

Preserves: `request.get_json()`, `get_data()`, `data`, `stream`, `form`, `files` and `values` beside one another, in
views, in hooks and in handlers, each as often as it is asked for: what was parsed as a form is no longer there as data,
unless it was read as data first.

To live without it: one endpoint for each kind of body, with a Pydantic model, `Form()` or `File()` as its parameter.
The whole body is in memory here; `request.stream()` is not.
"""

import json
from io import BytesIO
from typing import Annotated, Any, NoReturn, cast

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from .http_errors import HTTPError
from .http_statuses import BadRequest, UnsupportedMediaType
from .request import (
    BODY_METHODS,
    NOT_JSON,
    CombinedValues,
    FirstValues,
    FlaskRequest,
    FormValues,
    RawBody,
    mimetype_is_json,
)


class Body:
    """The bytes of a request and the JSON in them; nothing is decoded before it is asked for."""

    def __init__(self, raw: RawBody) -> None:
        self._raw = raw

    @property
    def is_json(self) -> bool:
        """Whether the content type says that the body is JSON."""
        return mimetype_is_json(self._raw.mimetype)

    @property
    def stream(self) -> BytesIO:
        """`request.stream`: what nobody has read yet; raises a 413."""
        return self._raw.stream

    def data(self) -> bytes:
        """`request.data`: nothing where the body is a form, which Flask parses for it; raises a 413."""
        if self._raw.kept is None:
            self._raw.take_form()
        return self._raw.read()

    def bytes(self, cache: bool = True) -> bytes:
        """`request.get_data(cache)`; raises a 413."""
        return self._raw.read(cache)

    def text(self, cache: bool = True) -> str:
        """`request.get_data(cache, as_text=True)`; raises a 413."""
        return self._raw.read(cache).decode(errors="replace")

    def json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """`request.get_json(force, silent, cache)`: raises a 415 for another content type, a 400 for malformed text."""
        if cache and self._raw.decoded:
            return self._raw.decoded[0]
        if not force and not self.is_json:
            return None if silent else refuse(UnsupportedMediaType(NOT_JSON))
        try:
            decoded: Any = json.loads(self._raw.read(cache))
        except ValueError as error:
            return None if silent else refuse(BadRequest(), error)
        if cache:
            self._raw.decoded.append(decoded)
        return decoded


class SentBody(Body):
    """The body of a request, whatever it is."""

    def __init__(self, request: Request, raw: RawBody, form: FormValues | HTTPException) -> None:
        super().__init__(raw)
        self._request = request
        self._form = form

    def _parsed(self) -> FormValues:
        if not self._raw.take_form():
            return FormValues()
        if isinstance(self._form, HTTPException):
            raise self._form
        return self._form

    @property
    def form(self) -> FirstValues[str]:
        """`request.form`: empty where the body is none, or was read away as a stream; raises a 413."""
        return self._parsed().texts

    @property
    def files(self) -> FirstValues[UploadFile]:
        """`request.files`; raises a 413."""
        return self._parsed().files

    @property
    def values(self) -> CombinedValues:
        """`request.values`: the query, and behind it the form where the method has a body."""
        form = self.form if self._request.method in BODY_METHODS else FirstValues[str]()
        return CombinedValues(self._request.query_params, form)


def refuse(refusal: HTTPError, cause: Exception | None = None) -> NoReturn:
    """Raise the error that Flask answers a body with that is not JSON."""
    raise refusal from cause


async def read_body(request: Request) -> SentBody:
    """The body as a dependency: one object for a request."""
    found: SentBody | None = request.scope.get("compat.body")
    if found is None:
        raw = await cast(FlaskRequest, request).raw_body()
        form: FormValues | HTTPException
        try:
            form = await cast(FlaskRequest, request).form() if raw.is_form else FormValues()
        except HTTPException as error:
            form = error
        found = request.scope["compat.body"] = SentBody(request, raw, form)
    return found


async def load_body(request: Request) -> None:
    """A hook that stands ahead of hooks and handlers which read the body: these cannot wait for it."""
    await read_body(request)


def sent_body(request: Request) -> SentBody:
    """The body in a hook or handler, behind `load_body`."""
    found: SentBody = request.scope["compat.body"]
    return found


AnyBody = Annotated[SentBody, Depends(read_body)]
