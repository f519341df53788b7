"""A JSON body that is read when the endpoint says so.

Preserves: `request.get_json()`, `request.is_json` and `request.get_data()`: any JSON is accepted; another content type
answers 415 and malformed text 400 where the code asks for the JSON, behind the guards.

To live without it: declare a Pydantic model with the fields that the endpoint uses as its parameter.
"""

from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .body import Body
from .request import RawBody

T = TypeVar("T")


class JsonBody(Body, Generic[T]):
    """The body of a request, in OpenAPI as JSON of type `T`; nothing of it is decoded before it is asked for."""

    defers_body = True

    def __init__(self, raw: RawBody, schema: Any) -> None:
        super().__init__(raw)
        self._schema = schema

    def load(self) -> T:
        """The body through `T.load`, which raises its own errors for data that is wrong; for `list[T]` item by item."""
        return self.load_data(self.json())

    def load_data(self, data: Any) -> T:
        """As `load`, for data that somebody else has decoded."""
        if get_origin(self._schema) is list:
            loaded: T = get_args(self._schema)[0].load_many(data)
        else:
            loaded = self._schema.load(data)
        return loaded

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A validator that wraps what `FlaskRequest` hands over, with the JSON schema of `T`."""
        (schema,) = get_args(source) or (Any,)
        inner = core_schema.dict_schema() if schema is Any else handler.generate_schema(schema)
        return core_schema.no_info_wrap_validator_function(lambda raw, _: cls(raw, schema), inner)
