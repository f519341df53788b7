"""Lists and tuples that are sent as one text: `?ids=1,2,3`.

Preserves: webargs' `DelimitedList` and `DelimitedTuple`: `Annotated[list[Int], Delimited()]` refuses what is no text,
and messages about items stand under their index; an empty text is an empty list; what is dumped is one text again.

To live without it: declare a `str` parameter and split it, or let clients repeat the key and declare `list[int]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .converter import refusal


@dataclass(frozen=True, slots=True)
class Delimited:
    """The items are separated by `delimiter`; `kind` is what messages call them."""

    delimiter: str = ","
    kind: str = "list"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self._split, handler(source), json_schema_input_schema=core_schema.str_schema()
        )

    def joined(self, values: Iterable[Any]) -> str:
        """The items as one text."""
        return self.delimiter.join(map(format, values))

    def _split(self, value: Any) -> Any:
        if value is None:
            return value
        if not isinstance(value, str):
            raise refusal("invalid", f"Not a valid delimited {self.kind}.")
        return value.split(self.delimiter) if value else []
