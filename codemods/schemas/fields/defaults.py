"""What a field is where it is absent: `load_default` and `dump_default`."""

import libcst as cst

from codemods.view.names import split

from ..basis.diagnostics import FIELD_OPTION
from ..basis.library import MISSING
from ..basis.plan import Default
from ..basis.reading import Reader, UnconvertibleError, code, literal
from .field_types import FieldType

#: functions of the standard library that a default may be
CALLABLES = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "uuid.uuid4",
        "uuid.uuid1",
        "time.time",
    }
    | {f"builtins.{name}" for name in ("list", "dict", "set", "str", "int", "float", "bool", "tuple")}
)
#: calls of these make a new, empty value
EMPTY = frozenset({"builtins.list", "builtins.dict", "builtins.set"})
VALUE_MAKERS = frozenset(
    {"datetime.timedelta", "datetime.date", "datetime.datetime", "datetime.time", "decimal.Decimal", "uuid.UUID"}
)


def default_of(reader: Reader, node: cst.BaseExpression | None, found: FieldType, allows_none: bool) -> Default | None:
    """What a field is where it is absent; raises `UnconvertibleError`."""
    if node is None or reader.qualified(node) == MISSING:
        return None
    try:
        value = literal(node)
    except ValueError:
        return _computed(reader, node)
    if isinstance(value, list | dict | set):
        return Default(f"lambda: {code(node)}" if value else type(value).__name__, factory=True)
    is_plain = type(value) is found.plain or (found.plain is float and type(value) is int)
    is_plain = allows_none if value is None else is_plain
    return Default(code(node), is_plain=is_plain, is_odd=not is_plain)


def _computed(reader: Reader, node: cst.BaseExpression) -> Default:
    """A default that is no literal: a function is called for each object, anything else is the value."""
    if isinstance(node, cst.Lambda):
        return Default(reader.take(node), factory=True)
    match node:
        case cst.Call(func=func, args=[]) if reader.qualified(func) in EMPTY:
            return Default(code(func), factory=True)
        case cst.Call(func=func) if reader.qualified(func) in VALUE_MAKERS:
            return Default(reader.take(node))
        case cst.Call(func=func) if reader.qualified(func) == "functools.partial":
            return Default(reader.take(node), factory=True)
    qualified = reader.qualified(node)
    owner, rest = split(reader.project, qualified)
    name, _, member = rest.partition(".")
    definition = owner.definitions.get(name) if owner else None
    match definition.kind if definition else None:
        case "function" | "class" if not member:
            return Default(reader.take(node), factory=True)
        case "constant" if not member:
            return Default(reader.take(node))
        case "class" if definition and {"enum.Enum", "enum.IntEnum", "enum.StrEnum"} & definition.uses:
            return Default(reader.take(node))
    if qualified in CALLABLES:
        return Default(reader.take(node), factory=True)
    raise UnconvertibleError(FIELD_OPTION, node, f"the default '{code(node)}'")
