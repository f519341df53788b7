"""What OpenAPI shows of a part of a request that an endpoint, or its dependency, reads by itself.

Preserves: FastAPI refuses nothing of such a part before it is read.

To live without it: take the model as a parameter of the endpoint, by `Query()`, `Form()`, `Header()` or `Cookie()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Unread:
    """Beside a model in `Annotated`: OpenAPI shows its fields, and it is the dependency that reads them."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(lambda value, _: value, handler(source))


@dataclass(frozen=True, slots=True)
class Uploaded(Unread):
    """`Unread` for a form in which the fields of these names are files."""

    names: frozenset[str]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        for name, one in handler.resolve_ref_schema(found)["properties"].items():
            if name in self.names and "type" not in one:
                one |= {"type": "string", "format": "binary"}
        return found


def shown(dependency: Callable[..., Any], **annotations: Any) -> Callable[..., Any]:
    """A dependency with parameters whose types are known when it is made."""
    dependency.__annotations__.update(annotations)
    return dependency


def form_operation(schema: type[BaseModel], media: str = "application/x-www-form-urlencoded") -> dict[str, Any]:
    """What OpenAPI tells of an operation that loads a form by a schema."""
    told = schema.model_json_schema(by_alias=True)
    fields = _in_place(told, told.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {media: {"schema": fields}}}}


def _in_place(part: Any, definitions: dict[str, Any]) -> Any:
    """A part of a schema with definitions where they are referred to: FastAPI's document has none but those of its
    parameters. One that refers to itself is any value there."""
    if isinstance(part, list):
        return [_in_place(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).rpartition("/")[2]
    rest = {key: _in_place(one, definitions) for key, one in part.items() if key != "$ref"}
    if name not in definitions:
        return rest
    others = {key: one for key, one in definitions.items() if key != name}
    return _in_place(definitions[name], others) | rest
