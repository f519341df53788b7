"""What classes that only dump have no use for: checks of values by the project's own definitions.

    name: Annotated[Str, All(Length(max=9), Regexp(NAMES))]    →    name: Annotated[Str, Length(max=9)]

Nothing is checked where it is dumped, and what such a check uses may be had with Flask only.
"""

import re
from collections.abc import Collection
from dataclasses import replace

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.plan import FieldPlan, KeyOf, Nested, Part, SchemaPlan
from ..basis.reading import code
from .used_helpers import named_helpers, names_in

PLACE = re.compile(r"(place_\d+_)")


def without_checks(plan: SchemaPlan) -> SchemaPlan:
    """The plan of a class that only dumps, without these."""
    own = {*plan.uses, *(name for one in plan.helpers for name in names_in(one.text))}
    fields = tuple(_field(one, own) for one in plan.fields) if own else plan.fields
    texts = [part for one in fields for part in one.type_on("dump") if isinstance(part, str)]
    texts += [one.text for one in plan.methods if one.is_on("dump")]
    texts += [one.dump_default.text for one in fields if one.dump_default]
    named = named_helpers([one.text for one in plan.helpers], texts)
    return replace(plan, fields=fields, helpers=tuple(one for one in plan.helpers if one.text in named))


def _field(field: FieldPlan, own: Collection[str]) -> FieldPlan:
    if field.shown_as:
        return field
    text = "".join(one if isinstance(one, str) else f"place_{index}_" for index, one in enumerate(field.annotation))
    if not any(re.search(rf"\b{name}\b", text) for name in own):
        return field
    node = _Unchecking(own).visit(cst.parse_expression(text))
    assert isinstance(node, cst.BaseExpression)
    parts: list[Part] = []
    for one in filter(None, PLACE.split(code(node))):
        parts.append(_place(field, one) if PLACE.fullmatch(one) else one)
    return replace(field, annotation=tuple(parts))


def _place(field: FieldPlan, name: str) -> Nested | KeyOf:
    found = field.annotation[int(name.split("_")[1])]
    assert not isinstance(found, str)
    return found


class _Unchecking(Visitor):
    """Leaves marks out that name definitions of the project, but for those that say how values are dumped."""

    def __init__(self, own: Collection[str]) -> None:
        super().__init__()
        self.named = m.one_of(*map(m.Name, own))

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        if code(original_node.value) != "Annotated":
            return updated_node
        kind, *marks = [cst.ensure_type(one.slice, cst.Index).value for one in updated_node.slice]
        kept = [one for mark in marks if (one := self._without(mark)) is not None]
        if kept == marks:
            return updated_node
        text = ", ".join(map(code, [kind, *kept]))
        return cst.parse_expression(f"Annotated[{text}]" if kept else text)

    def _without(self, mark: cst.BaseExpression) -> cst.BaseExpression | None:
        if not isinstance(mark, cst.Call) or not findall(mark, self.named):
            return mark
        if code(mark.func) in CHECKS or m.matches(mark.func, self.named):
            return None
        if code(mark.func) != "All":
            return mark
        kept = [one for arg in mark.args if (one := self._without(arg.value)) is not None and not self._is_own(one)]
        if len(kept) < 2:
            return kept[0] if kept else None
        return cst.parse_expression(f"All({', '.join(map(code, kept))})")

    def _is_own(self, node: cst.BaseExpression) -> bool:
        return not isinstance(node, cst.Call) and bool(findall(node, self.named))


CHECKS = frozenset(
    {"Finished", "LoadedBy", "Prepared"}
    | {"ContainsNoneOf", "ContainsOnly", "Equal", "Length", "NoneOf", "NotFalse", "OneOf", "Range", "Regexp"}
)
"""What loads, and validators: neither says anything about what is dumped."""
