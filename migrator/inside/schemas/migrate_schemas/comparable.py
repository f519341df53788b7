"""Values in a form that is the same where they mean the same on both sides, and how two of them are compared."""

from __future__ import annotations

import enum
import math
import re
from typing import Any

LIMIT = 600
PRIME = 1_000_003
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def comparable(value: Any) -> Any:
    """The value as nested tuples that start with what it is.

    A class of the project may be there twice, in the old code and carried along: its objects are compared by the name
    of the class and by their attributes. The order of keys does not count: JSON is compared by value everywhere.
    """
    match value:
        case None | bool() | str() | bytes() if type(value).__module__ == "builtins":
            return (type(value).__name__, value)
        case enum.Enum():
            return ("member", type(value).__name__, value.name)
        case int() if type(value) is int:
            # Python writes no numbers of more than 4,300 digits.
            return ("int", value if value.bit_length() < 10_000 else f"{value.bit_length()} bits, {value % PRIME}")
        case float() if type(value) is float:
            return ("float", "nan" if math.isnan(value) else repr(value))
        case dict():
            pairs = [(comparable(key), comparable(one)) for key, one in value.items()]
            return ("dict", tuple(sorted(pairs, key=lambda pair: repr(pair[0]))))
        case list() | tuple():
            return (type(value).__name__, tuple(comparable(one) for one in value))
        case set() | frozenset():
            return ("set", tuple(sorted((comparable(one) for one in value), key=repr)))
    own = attributes(value)
    if (own is not None and getattr(type(value), "__repr__", None) is object.__repr__) or hasattr(
        value, "__dataclass_fields__"
    ):
        return ("object", type(value).__name__, comparable(own or {}))
    return (type(value).__name__, ADDRESS.sub("", repr(value)))


def attributes(value: Any) -> dict[str, Any] | None:
    """An object's attributes, without those that SQLAlchemy keeps on it; None where it has no dictionary of them."""
    found = getattr(value, "__dict__", None)
    if not isinstance(found, dict):
        return None
    return {name: one for name, one in found.items() if not name.startswith("_sa_")}


def agree(first: Any, second: Any, again: Any = None) -> bool:
    """Whether two comparable values are the same, but for what differs between `first` and `again`, a second run of
    the first side: of that only the kind counts."""
    if first == second:
        return True
    if again is None or first == again:
        return False
    if isinstance(first, tuple):
        three = (first, second, again)
        if not all(isinstance(one, tuple) and len(one) == len(first) for one in three):
            return False
        return all(agree(*parts) for parts in zip(*three, strict=True))
    return True


def shown(outcome: tuple[str, Any]) -> str:
    """What a side answered, for people."""
    kind, value = outcome
    text = value if kind == "raised" else written(value)
    said = {"value": text, "refused": f"refused: {text}", "raised": f"raises {text}"}[kind]
    return said if len(said) <= LIMIT else f"{said[:LIMIT]}…"


def written(value: Any) -> str:
    """A comparable value as Python would write it."""
    kind, *rest = value
    match kind, rest:
        case "dict", [pairs]:
            return f"{{{', '.join(f'{written(key)}: {written(one)}' for key, one in pairs)}}}"
        case "list", [items]:
            return f"[{', '.join(map(written, items))}]"
        case "tuple", [items]:
            return f"({', '.join(map(written, items))}{',' if len(items) == 1 else ''})"
        case "set", [items]:
            return f"{{{', '.join(map(written, items))}}}" if items else "set()"
        case "member", [owner, name]:
            return f"{owner}.{name}"
        case "object", [owner, inner]:
            return f"{owner}({written(inner)})"
        case (("NoneType" | "bool" | "str" | "bytes"), [found]):
            return repr(found)
    return str(rest[0])
