"""Checks of the whole that name a field whose attribute has another name: the class knows it by its attribute.

lastName = fields.Str(attribute="last_name")                      last_name: Str = optional(alias="lastName")
    raise ValidationError("Unknown.", "lastName")         →           raise InvalidError("Unknown.", "last_name")
"""

from collections.abc import Iterable

import libcst as cst

from codemods.literals import as_literal
from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.diagnostics import HOOK
from ..basis.errors import ERRORS
from ..basis.plan import FieldPlan
from ..basis.reading import Reader, UnconvertibleError, code


def by_attributes(reader: Reader, function: cst.FunctionDef, fields: Iterable[FieldPlan]) -> cst.FunctionDef:
    """The check with errors about fields by their attributes.

    Raises `UnconvertibleError` where nobody can tell which field an error is about, or where it is about what is only
    the name of an attribute: Marshmallow knows no field of that name.
    """
    renamed = {one.name: one.attribute for one in fields if one.place != one.name and not one.path}
    if not renamed:
        return function
    changed: dict[int, str] = {}
    for call in findall(function.body, m.Call()):
        assert isinstance(call, cst.Call)
        called = reader.qualified(call.func)
        if called in ERRORS:
            changed |= _changed(call, renamed)
        elif (called and not called.startswith("builtins.")) or _is_own(call, function):
            raise UnconvertibleError(HOOK, function, f"'{code(call)}', and a field has another attribute")
    found = _Spelling(changed).rewrite(function)
    assert isinstance(found, cst.FunctionDef)
    return found


def _changed(call: cst.Call, renamed: dict[str, str]) -> dict[int, str]:
    """The text that names the field of an error, by its node, where it has another attribute."""
    for index, one in enumerate(call.args):
        if one.star or not (index == 1 or (one.keyword and one.keyword.value == "field_name")):
            continue
        name = one.value.evaluated_value if isinstance(one.value, cst.SimpleString) else None
        if not isinstance(name, str) or (name in renamed.values() and name not in renamed):
            raise UnconvertibleError(HOOK, call, f"'{code(call)}', and a field has another attribute")
        return {id(one.value): renamed[name]} if name in renamed else {}
    return {}


def _is_own(call: cst.Call, function: cst.FunctionDef) -> bool:
    """Whether it calls a method of the schema, which may raise an error as well."""
    own = function.params.params[0].name if function.params.params else cst.Name("self")
    return m.matches(call.func, m.Attribute(value=m.Name(own.value)))


class _Spelling(Visitor):
    def __init__(self, changed: dict[int, str]) -> None:
        super().__init__()
        self.changed = changed

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        found = self.changed.get(id(original_node))
        return updated_node if found is None else cst.SimpleString(as_literal(found))
