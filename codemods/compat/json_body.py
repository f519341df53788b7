"""A JSON body that is read when the endpoint says so.

Preserves: `request.get_json()`, `request.is_json` and `request.get_data()`: any JSON is accepted; another content type
answers 415 and malformed text 400 where the code asks for the JSON, behind the guards.

To live without it: declare a Pydantic model with the fields that the endpoint uses as its parameter.
"""

import json
from typing import Any, Generic, NoReturn, TypeVar, get_args, get_origin

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .http_errors import HTTPError
from .http_statuses import BadRequest, UnsupportedMediaType
from .request import RawBody, mimetype_is_json

T = TypeVar("T")

NOT_JSON = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."


class JsonBody(Generic[T]):
    """The body of a request, in OpenAPI as JSON of type `T`; nothing of it is decoded before it is asked for."""

    defers_body = True

    def __init__(self, raw: RawBody, schema: Any) -> None:
        self._raw = raw
        self._schema = schema

    @property
    def is_json(self) -> bool:
        """Whether the content type says that the body is JSON."""
        return mimetype_is_json(self._raw.mimetype)

    def data(self) -> bytes:
        """`request.data`: nothing where the body is a form, which Flask parses for it."""
        is_form = self._raw.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded")
        return b"" if is_form else self._raw.content

    def bytes(self) -> bytes:
        """`request.get_data()`."""
        return self._raw.content

    def text(self) -> str:
        """`request.get_data(as_text=True)`."""
        return self._raw.content.decode(errors="replace")

    def json(self, force: bool = False, silent: bool = False) -> Any:
        """`request.get_json(force, silent)`: raises a 415 for another content type, a 400 for malformed text."""
        if hasattr(self, "_decoded"):
            return self._decoded
        if not force and not self.is_json:
            return None if silent else refuse(UnsupportedMediaType(NOT_JSON))
        try:
            self._decoded: Any = json.loads(self._raw.content)
        except ValueError as error:
            return None if silent else refuse(BadRequest(), error)
        return self._decoded

    def load(self) -> T:
        """The body through `T.load`, which raises its own errors for data that is wrong; for `list[T]` item by item."""
        if get_origin(self._schema) is list:
            loaded: T = get_args(self._schema)[0].load_many(self.json())
        else:
            loaded = self._schema.load(self.json())
        return loaded

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A validator that wraps what `FlaskRequest` hands over, with the JSON schema of `T`."""
        (schema,) = get_args(source) or (Any,)
        inner = core_schema.dict_schema() if schema is Any else handler.generate_schema(schema)
        return core_schema.no_info_wrap_validator_function(lambda raw, _: cls(raw, schema), inner)


def refuse(refusal: HTTPError, cause: Exception | None = None) -> NoReturn:
    """Raise the error that Flask answers a body with that is not JSON."""
    raise refusal from cause
