"""Which fields of a schema are uploaded files, of which a view is handed FastAPI's in the place of Werkzeug's."""

import re
from collections.abc import Mapping

import libcst as cst

from codemods.schemas import FieldPlan, SchemaPlan
from codemods.schemas.basis.plan import ancestors, effective_fields
from codemods.view.rule import code

CERTAIN = frozenset({"File", "UploadFile"})
"""The types that take nothing but files."""
KINDS = {**dict.fromkeys((*CERTAIN, "Raw"), "upload"), **{f"list[{one}]": "uploads" for one in (*CERTAIN, "Raw")}}
"""The types of such fields, with the kind of what the view has of them."""
ANYTHING = frozenset({"Any", "LoadedBy", "Raw"})
"""What takes whatever it is given."""
CHECKS = frozenset({"All", "FileSize", "FileType", "Length", "Texts", "uploaded"})
"""What may stand beside such a type: it looks at no more of a file than its name and its size."""


def file_kind(field: FieldPlan) -> str | None:
    """What a view has of a field that is a file, or several; None for any other."""
    return KINDS.get(_plain(cst.parse_expression("".join(map(str, field.annotation)))) or "")


def certain_files(plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> Mapping[str, FieldPlan]:
    """The fields of a schema that take nothing but files, by their names in what is loaded."""
    fields = effective_fields(plans, plan.qualified).values()
    return {one.attribute: one for one in fields if one.loads and file_kind(one) and not ANYTHING & _words(one)}


def sees_files(plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> bool:
    """Whether anything but such fields may see a file in a form: code, or a field that takes anything."""
    family = [plan, *ancestors(plans, plan)]
    methods = [method for one in family for method in one.methods if not method.is_shared]
    has_files = bool(certain_files(plans, plan))
    if any(one.takes_original or has_files for one in methods) or any(one.unknown == "allow" for one in family):
        return True
    return any(one.loads and _is_unclear(one) for one in effective_fields(plans, plan.qualified).values())


def _is_unclear(field: FieldPlan) -> bool:
    words = _words(field)
    return bool(ANYTHING & words) or (bool(CERTAIN & words) and file_kind(field) is None)


def _words(field: FieldPlan) -> set[str]:
    return {word for one in field.annotation if isinstance(one, str) for word in re.findall(r"\w+", one)}


def _plain(node: cst.BaseExpression) -> str | None:
    """The type without what stands beside it; None where that may do anything else with a file."""
    match node:
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=cst.Name("None")):
            return _plain(left)
        case cst.Subscript(value=cst.Name("Annotated"), slice=[first, *marks]):
            return _plain(_item(first)) if all(_is_check(_item(one)) for one in marks) else None
        case cst.Subscript(value=cst.Name("list"), slice=[inner]):
            return f"list[{_plain(_item(inner))}]"
    return code(node)


def _is_check(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Call(func=cst.Name("All"), args=args):
            return all(_is_check(one.value) for one in args)
        case cst.Call(func=cst.Name(value=name)):
            return name in CHECKS
    return False


def _item(element: cst.SubscriptElement) -> cst.BaseExpression:
    return cst.ensure_type(element.slice, cst.Index).value
