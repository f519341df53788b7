"""Schemas that tell of all that cannot be dumped in one dictionary, as those of Marshmallow 2 did that were `strict`.

Preserves: methods that are called for their value, errors of fields that are dumped, and where messages about items
stand that are no objects.

To live without it: inherit from `Schema`, where a value that cannot be written raises an error of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from .models import Unknown
from .schema import Schema, dump_plan
from .schema_containers import TEXTS
from .schema_dumping import MISSING
from .schema_errors import InvalidError, Messages


class CollectingSchema(Schema):
    """Base of such schemas: `dump` raises `InvalidError` where values cannot be written."""

    @classmethod
    def load_many(cls, data: object, *, unknown: Unknown | None = None) -> list[Self]:
        """As `Schema.load_many`; what is no object is said once for each such item, and under no index."""
        try:
            return super().load_many(data, unknown=unknown)
        except InvalidError as error:
            said = {"_schema": [cls.texts.get("type", TEXTS["type"])]}
            strange = [index for index, messages in error.messages_dict.items() if messages == said]
            if not strange:
                raise
            messages = {**error.messages_dict, **{index: {} for index in strange}}
            raise InvalidError({**messages, "_schema": said["_schema"] * len(strange)}) from None

    @classmethod
    def get_attribute(cls, source: Any, name: str, default: Any) -> Any:
        """An item, or an attribute: what it returns where it is a method."""
        for part in name.split("."):
            source = _read(source, part, default)
        return source

    @classmethod
    def _dumped(cls, source: Any) -> dict[str, Any]:
        dumped: dict[str, Any] = {}
        wrong: Messages = {}
        source = source.to_dict() if isinstance(source, Schema) else source
        for field in dump_plan(cls):
            try:
                value = field.dumped(source)
            except InvalidError as error:
                wrong[field.key] = error.messages
                continue
            except AttributeError:
                if field.compute is None:
                    raise
                continue  # what is made of the object is left out where that lacks something
            if value is not MISSING:
                dumped[field.key] = value
        if wrong:
            raise InvalidError(wrong)
        return dumped

    @classmethod
    def _dumped_all(cls, sources: Iterable[Any] | None) -> list[dict[str, Any]]:
        if sources is None:
            return super()._dumped_all(None)
        found: list[dict[str, Any]] = []
        wrong: Messages = {}
        for index, source in enumerate(sources):
            try:
                found.append(cls._dumped(source))
            except InvalidError as error:
                wrong[index] = error.messages
        if wrong:
            raise InvalidError(wrong)
        return found


def _read(source: Any, name: str, default: Any) -> Any:
    try:
        return source[name]
    except (KeyError, AttributeError, IndexError, TypeError):
        found = getattr(source, name, default)
        return found() if callable(found) else found
