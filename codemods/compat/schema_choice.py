"""Schemas that choose another one for each object that is dumped.

Preserves: what a `dump` of the application's own did: which schema it takes for an object, and what it raises for one
that none is for.

To live without it: give each schema a `type: Literal[…]` of its own, and write the union as
`Annotated[Cat | Dog, Field(discriminator="type")]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .models import Model
from .schema import Schema


class SchemaChoice(Model):
    """Base of such schemas, which say in `dump` which of `type_schemas` is for an object."""

    type_schemas: ClassVar[Mapping[Any, type[Schema]]] = {}

    @classmethod
    def dump_many(cls, sources: Iterable[Any]) -> list[Any]:
        """As `dump` for several."""
        return [cls.dump(source) for source in sources]

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        if cls in _described.get():
            return {}  # it holds itself: this is replaced by what the call around this one says
        token = _described.set(_described.get() | {cls})
        try:
            kinds = list(dict.fromkeys(cls.type_schemas.values()))
            for kind in kinds:
                if not kind.__pydantic_complete__:
                    kind.model_rebuild(_types_namespace=vars(sys.modules[kind.__module__]))
            told = handler(core_schema.union_schema([kind.__pydantic_core_schema__ for kind in kinds]))
        finally:
            _described.reset(token)
        return {"title": cls.__name__, **told, **({"description": cls.__doc__} if cls.__doc__ else {})}


_described: ContextVar[frozenset[type]] = ContextVar("compat.schema_choice", default=frozenset())
"""The schemas whose JSON schema is being made."""
