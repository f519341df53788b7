"""Values of a schema class that are no fields: `keep_blanks = ("password",)` becomes a `ClassVar` of the new class."""

from collections.abc import Collection, Sequence

import libcst as cst

from codemods.scan.context import reach
from codemods.view import patterns as m
from codemods.view.search import findall

from .plan import MethodPlan
from .reading import Reader, literal

CHANGING = ("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update")
"""Methods that change a list, a set or a dictionary."""
FIELDS_OF = frozenset({"marshmallow", "marshmallow_sqlalchemy", "flask_marshmallow", "webargs", "apiflask"})
"""The libraries whose fields a name may stand for."""


def is_constant(reader: Reader, value: cst.BaseExpression) -> bool:
    """Whether what a class body assigns is no field: no call, or one of the standard library; nor is it a name of what
    may hold fields."""
    if isinstance(value, cst.Name | cst.Attribute | cst.Subscript):
        named = [reader.qualified(one) for one in findall(value, m.Name()) if isinstance(one, cst.Name)]
        if any(one.partition(".")[0] in FIELDS_OF for name in named for one in reach(reader.project, name)):
            return False
    if not isinstance(value, cst.Call):
        return not isinstance(value, cst.Lambda)
    return reader.qualified(value.func).partition(".")[0] in ("builtins", "re", "datetime", "decimal")


def constant(
    reader: Reader,
    name: str,
    value: cst.BaseExpression,
    comments: Sequence[str],
    inherited: Collection[MethodPlan],
) -> MethodPlan:
    """The value as the new class has it; `inherited` are the bases' methods and values. Raises `UnconvertibleError`."""
    text = reader.take(value)
    kind = _type(value)
    if any(one.name == name and f"{name}: ClassVar[{kind}]" not in one.text for one in inherited):
        kind = "Any"
    reader.standard("typing", "ClassVar")
    if "Any" in kind:
        reader.standard("typing", "Any")
    return MethodPlan("constant", name, "\n".join([*comments, f"{name}: ClassVar[{kind}] = {text}"]))


def changes(function: cst.FunctionDef, own: str, constants: Collection[str]) -> bool:
    """Whether a method may change such a value: it then would for all objects, or for its own schema only."""
    named = m.Attribute(value=m.Name(own), attr=m.one_of(*map(m.Name, constants))) if constants else None
    if named is None:
        return False
    held = named | m.Subscript(value=named)
    found = [
        *findall(function.body, m.AssignTarget(target=held)),
        *findall(function.body, m.AugAssign(target=held)),
        *findall(function.body, m.Del(target=held)),
        *findall(function.body, m.Attribute(value=named, attr=m.one_of(*map(m.Name, CHANGING)))),
    ]
    return bool(found)


def _type(node: cst.BaseExpression) -> str:
    """The type of a value that is written out, as far as it is plain."""
    try:
        value = literal(node)
    except ValueError:
        return "Any"
    if isinstance(value, str | int | float | bool):
        return type(value).__name__
    if isinstance(value, tuple | list | set):
        kinds = {type(one).__name__ for one in value}
        inner = kinds.pop() if len(kinds) == 1 and kinds <= {"str", "int", "float", "bool"} else "Any"
        return f"tuple[{inner}, ...]" if isinstance(value, tuple) else f"{type(value).__name__}[{inner}]"
    return "Any"
