"""The two sides of a schema: the Marshmallow class, and the classes of the target that it became."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = {"forbid": "raise", "ignore": "exclude", "allow": "include"}
"""What the generated classes call the treatment of unknown keys, and what Marshmallow calls it."""

EXACT = "(exact)"
"""What the name of the exact class ends with where a schema is written in both styles."""

BESIDE_FLASK = "(beside Flask)"
"""What marks the second class of a schema, which bridged code has where native code has another."""


class NamelessError(Exception):
    """A schema that is made where it is used: no module has a name for it."""


@dataclass
class Sides:
    """`old` is Marshmallow's class; `load`, `dump` and `patch` are the new ones, `finish` is called on what was
    loaded. `names` are those of all fields, once they are described: attributes and keys, nested ones too."""

    old: Any
    load: Any
    dump: Any
    patch: Any
    finish: str
    made: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @classmethod
    def found(cls, name: str, entry: Mapping[str, Any], target: str) -> Sides:
        """The sides of the schema of that qualified name. Raises what importing them raises."""
        module = importlib.import_module(f"{target}.{entry['module']}")
        load, dump, patch = (
            getattr(module, entry[side]) if entry[side] else None for side in ("load", "dump", "patch")
        )
        whole, _, waived = name.removesuffix(BESIDE_FLASK).removesuffix(EXACT).partition("(partial=(")
        qualified, _, part = whole.partition("(")
        options = narrowing(part.removesuffix(")").split(",")) if part else {}
        if waived:
            options["partial"] = tuple(waived.removesuffix(",))").split(","))
        return cls(functools.partial(schema_class(named(qualified)), **options), load, dump, patch, entry["finish"])

    def schema(self, **options: Any) -> Any:
        """A Marshmallow schema with these options; one object serves all calls, as one of a module does."""
        key = tuple(sorted(options.items()))
        if key not in self.made:
            self.made[key] = self.old(**options)
        return self.made[key]

    def keys(self, way: str) -> Mapping[str, str]:
        """What fields are called in the input, by what they are called in what comes of it."""
        fields = self.schema().fields.items()
        keys = {one.attribute or name: name if one.data_key is None else one.data_key for name, one in fields}
        if way == "dump":
            return {name: name for name in keys} | {key: name for name, key in keys.items()}
        return {key: key for key in keys.values()} | keys

    def marshmallow(self, case: Mapping[str, Any]) -> Callable[[Any], Any]:
        """What the old code does with such an input."""
        options = {"many": case["many"]}
        if case["way"] == "dump":
            return functools.partial(self.schema().dump, **options)
        partial = {"partial": True} if case["partial"] else {}
        if case["way"] == "validate":
            return functools.partial(self.schema(**partial).validate, **options)
        if case["unknown"]:
            options["unknown"] = UNKNOWN[case["unknown"]]
        return functools.partial(self.schema(**partial).load, **options)

    def pydantic(self, case: Mapping[str, Any]) -> Callable[[Any], Any]:
        """What generated code does with it."""
        many = "_many" if case["many"] else ""
        if case["way"] == "dump":
            return getattr(self.dump, f"dump{many}")  # type: ignore[no-any-return]  # a method of theirs
        model = self.patch if case["partial"] else self.load
        if case["way"] == "validate":
            return getattr(model, f"problems{many}")  # type: ignore[no-any-return]  # likewise
        options = {"unknown": case["unknown"]} if case["unknown"] else {}

        def loaded(data: Any) -> Any:
            found = getattr(model, f"load{many}")(data, **options)
            finish = self.finish
            if getattr(getattr(getattr(model, finish), "hook", None), "when", "") == "after_load_all":
                return getattr(model, finish)(found)
            return [getattr(one, finish)() for one in found] if many else getattr(found, finish)()

        return loaded


def narrowing(names: list[str]) -> dict[str, Any]:
    """The options of a schema of which these fields are used; `author!id` is all of `author` but its `id`."""
    only = {name.partition("!")[0] for name in names}
    return {"only": sorted(only), "exclude": sorted(name.replace("!", ".") for name in names if "!" in name)}


def named(qualified: str) -> Any:
    """The object of a qualified name: the longest part of it that is a module is imported."""
    parts = qualified.split(".")
    for count in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:count])
        try:
            found: Any = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
                continue
            raise
        try:
            return functools.reduce(getattr, parts[count:], found)
        except AttributeError:
            raise NamelessError(qualified) from None
    raise ModuleNotFoundError(f"no module has {qualified}")


def schema_class(found: Any) -> Any:
    """A schema class; for a dictionary of fields that webargs is given, the class that it makes of them."""
    if isinstance(found, Mapping):
        from marshmallow import Schema

        return Schema.from_dict(dict(found))
    return found
