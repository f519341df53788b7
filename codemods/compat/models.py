"""`Model`: a Pydantic model that is loaded and dumped by the calls that the application had for its schemas.

Preserves: one error with a dictionary of messages, which the application's own handlers know, where Pydantic has a flat
list; `load` and `dump` of one or of many.

To live without it: inherit from `BaseModel`; `model_validate(data)` loads, `model_validate(row,
from_attributes=True).model_dump(mode="json")` dumps, and FastAPI's 422 replaces the dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .schema_errors import WHOLE, InvalidError, Messages, merged

Unknown = Literal["forbid", "ignore", "allow"]

NO_OBJECT = frozenset({"model_type", "model_attributes_type", "dict_type"})
"""Pydantic's errors about something that should be an object."""


class Model(BaseModel):
    """Base of all models. Unknown keys are errors unless a model's `extra` says otherwise."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, protected_namespaces=())

    @classmethod
    def load(cls, data: Any, *, unknown: Unknown | None = None) -> Self:
        """The validated data; raises `InvalidError` with the messages of every field.

        `unknown` says for this call what becomes of keys that the model does not know.
        """
        try:
            return cls.model_validate(_plain(data), extra=unknown)
        except ValidationError as error:
            raise cls._refused(error, data) from None

    @classmethod
    def load_many(cls, data: Any, *, unknown: Unknown | None = None) -> list[Self]:
        """As `load` for a list; messages stand under the item's index."""
        try:
            return cast("list[Self]", _several(cls).validate_python(data, extra=unknown))
        except ValidationError as error:
            raise cls._refused(error, data) from None

    @classmethod
    def problems(cls, data: Any) -> Messages:
        """What is wrong with the data, or an empty dictionary."""
        try:
            cls.load(data)
        except InvalidError as error:
            return error.messages_dict
        return {}

    @classmethod
    def problems_many(cls, data: Any) -> Messages:
        """As `problems` for a list."""
        try:
            cls.load_many(data)
        except InvalidError as error:
            return error.messages_dict
        return {}

    @classmethod
    def dump(cls, source: Any) -> dict[str, Any]:
        """What the client sees of a row, object or dictionary, as JSON; raises `ValidationError` for a wrong one."""
        shown = cls.model_validate(_source(source), from_attributes=True, by_name=True, by_alias=False, extra="ignore")
        return shown.model_dump(mode="json", warnings=False)

    @classmethod
    def dump_many(cls, sources: Iterable[Any]) -> list[dict[str, Any]]:
        """As `dump` for several. Each is validated when its turn comes: they are never all there as models."""
        adapter, items = _in_turn(cls), map(_source, sources)
        shown = adapter.validate_python(items, from_attributes=True, by_name=True, by_alias=False, extra="ignore")
        return cast("list[dict[str, Any]]", adapter.dump_python(shown, mode="json", warnings=False))

    def to_dict(self) -> dict[str, Any]:
        """The fields that were sent or have a default, with their Python values; nested ones are dictionaries, too."""
        found = self.model_dump(by_alias=False, warnings=False)
        return {**found, **self.__pydantic_extra__} if self.__pydantic_extra__ else found

    @classmethod
    def wording(cls, error: ErrorDetails) -> str:
        """What is said where Pydantic reports this."""
        found = error.get("ctx", {}).get("error")  # what a validator of the model's own has raised
        return str(found) if isinstance(found, Exception) else error["msg"]

    @classmethod
    def _refused(cls, error: ValidationError, data: Any) -> InvalidError:
        messages: Messages = {}
        for one in error.errors(include_url=False):
            is_whole = not one["loc"] or isinstance(one["loc"][-1], int) or one["input"] is not None
            path = [*one["loc"], *([WHOLE] if one["type"] in NO_OBJECT and is_whole else [])]
            said: Any = [cls.wording(one)]
            for key in reversed(path or [WHOLE]):
                said = {key: said}
            messages = merged(messages, said)
        refused = InvalidError(messages)
        refused.data = data
        return refused


def unchecked(default: Any, *, alias: str | None = None) -> Any:
    """A default of another type than the field's. It is used as it is: Marshmallow does not look at defaults."""
    return Field(default=default, alias=alias)


@cache
def _several(model: type[Model]) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]  # a class that is only known here


@cache
def _in_turn(model: type[Model]) -> TypeAdapter[Iterable[Any]]:
    return TypeAdapter(Iterable[model])  # type: ignore[type-abstract,valid-type]  # known here only


def _plain(data: Any) -> Any:
    # A form's or query's mapping may hold lists inside; its own look-up tells which value counts.
    return {key: data[key] for key in data} if isinstance(data, Mapping) and type(data) is not dict else data


def _source(source: Any) -> Any:
    return source.model_dump(by_alias=False) if isinstance(source, BaseModel) else source
