"""What a field type is made of: how it reads a value, what it says when it cannot, how it writes one.

Preserves: Marshmallow's order of things: null first, then the conversion, with the field's own message.

To live without it: the plain Python types of `fields.py`; see there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Read = Callable[[Any], Any]


def refusal(key: str, text: str, **told: str) -> PydanticCustomError:
    """An error with Marshmallow's key and text. The text is no template: braces in it stay.

    `told` is what a field's own text for this key may name in braces.
    """
    return PydanticCustomError(key, "{text}", {"text": text, **told})


@dataclass(frozen=True, eq=False)
class Converter:
    """One of Marshmallow's fields: how it reads a value, what it says when it cannot, how it writes one.

    `shown` is its JSON schema where that of the Python type would not be true; where it `leaves_empty`, an empty text
    or list counts as not sent. `quick` is a schema of Pydantic's
    own that takes some of the values that `read` takes, and makes the same of them.
    """

    read: Read
    invalid: str
    dump: Read
    key: str = "invalid"
    shown: Mapping[str, Any] | None = None
    is_constant: bool = False
    quick: CoreSchema | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    leaves_empty: bool = False

    def load(self, value: Any) -> Any:
        """The converted value; raises the field's error."""
        if value is None:
            raise refusal("null", "Field may not be null.")
        try:
            return self.read(value)
        except PydanticCustomError:
            raise
        except (TypeError, ValueError, AttributeError):
            raise refusal(self.key, self.invalid, **self.told) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Pydantic's own schema of the type is for documentation only: it would refuse what the converter lets pass.
        return core_schema.no_info_plain_validator_function(self.load, json_schema_input_schema=handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        if self.shown is not None:
            return dict(self.shown)
        inner: Any = (
            schema  # Pydantic hands over the outermost schema of the annotation: validators may be around ours.
        )
        while "json_schema_input_schema" not in inner and "schema" in inner:
            inner = inner["schema"]
        return handler(inner.get("json_schema_input_schema", inner))
