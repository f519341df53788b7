"""Hooks that ask which fields their schema has: of those that Pydantic's class has, too.

    unknown = set(original) - set(self.fields)    →    unknown = set(original) - set(type(self).model_fields)

Fields of one side only, and those whose values have another name, are not what `model_fields` says.
"""

from collections.abc import Collection, Iterator

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.diagnostics import HOOK
from ..basis.plan import FieldPlan, HookKind, Lists, MethodPlan
from ..basis.reading import UnconvertibleError

HERE = "model_fields"
"""What Pydantic calls them."""
LOADING: frozenset[HookKind] = frozenset(
    {"before_load", "before_load_all", "check_field", "check_all", "check", "after_load_all", "after_load"}
)
READERS = ("set", "frozenset", "list", "tuple", "sorted", "len")
METHODS = ("keys", "difference", "intersection", "union", "issubset", "issuperset")


def with_listed(
    function: cst.FunctionDef, own: str, kind: HookKind, fields: Collection[FieldPlan]
) -> tuple[cst.FunctionDef, Lists]:
    """The hook that asks for the fields of its class, and for which; as it was where that would not be the same."""
    side: Lists = "load" if kind in LOADING else "dump"
    asked: dict[str, Lists] = {"fields": "all", f"{side}_fields": side}
    found: Lists = ""
    for name, lists in asked.items():
        listed = m.Attribute(value=m.Name(own), attr=m.Name(name))
        uses = findall(function.body, listed)
        if not uses:
            continue
        if not _is_listed(fields, lists) or sum(len(findall(function.body, one)) for one in _names(listed)) != len(
            uses
        ):
            return function, ""
        found = "all" if "all" in (found, lists) else lists
    return (_Renaming(own, frozenset(asked)).rewrite(function), found) if found else (function, "")


def of_class(function: cst.FunctionDef, own: str) -> cst.FunctionDef:
    """The method of an object, which asks its class."""
    return _OfClass(own).rewrite(function)


def unlisted(
    node: cst.ClassDef, fields: Collection[FieldPlan], methods: Collection[MethodPlan]
) -> Iterator[UnconvertibleError]:
    """A hook of a base class that asks for the fields, where those of this class are not what it would be told."""
    for one in methods:
        if one.lists and not _is_listed(fields, one.lists):
            yield UnconvertibleError(HOOK, node, f"'{one.name}' asks for the fields of '{node.name.value}'")


def _is_listed(fields: Collection[FieldPlan], lists: Lists) -> bool:
    """Whether the class of a side has the fields that are asked for, all by their names."""
    if lists == "all":
        return all(one.loads and one.dumps and one.place == one.name == one.attribute for one in fields)
    named = [one for one in fields if (one.loads if lists == "load" else one.dumps)]
    return all(one.place == one.name == one.attribute for one in named)


def _names(listed: m.Pattern) -> list[m.Pattern]:
    """The uses of which only the names of the fields are seen."""
    return [
        m.ComparisonTarget(operator=m.In() | m.NotIn(), comparator=listed),
        m.Call(func=m.one_of(*map(m.Name, READERS)), args=[m.Arg(listed)]),
        m.Call(func=m.Attribute(attr=m.one_of(*map(m.Name, METHODS))), args=[m.Arg(listed)]),
        m.Call(func=m.Attribute(value=listed, attr=m.Name("keys")), args=[]),
        m.For(iter=listed),
        m.CompFor(iter=listed),
    ]


class _Renaming(Visitor):
    def __init__(self, own: str, asked: frozenset[str]) -> None:
        super().__init__()
        self.own, self.asked = own, asked

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        is_own = isinstance(original_node.value, cst.Name) and original_node.value.value == self.own
        if is_own and original_node.attr.value in self.asked:
            return updated_node.with_changes(attr=cst.Name(HERE))
        return updated_node


class _OfClass(Visitor):
    def __init__(self, own: str) -> None:
        super().__init__()
        self.own = own

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        if m.matches(original_node, m.Attribute(value=m.Name(self.own), attr=m.Name(HERE))):
            return updated_node.with_changes(value=cst.parse_expression(f"type({self.own})"))
        return updated_node
