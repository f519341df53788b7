"""What a view does with the uploaded files that webargs hands it: `args["photo"]` becomes a local of its own."""

from collections.abc import Collection, Mapping

import libcst as cst

from codemods.view import patterns as m
from codemods.view.rule import code, string
from codemods.view.search import findall
from codemods.view.visiting import Visitor

FILES = {"Raw": "upload", "list[Raw]": "uploads"}
"""The types of fields that uploaded files may have, with the kind of what the view has of them."""


class FileReads(Visitor):
    """Puts the names of `locals` in the place of `args["photo"]` and `args.get("photo")`; the first for files that are
    always there."""

    def __init__(self, target: str, own: Mapping[str, str], certain: Collection[str]) -> None:
        self.target, self.locals, self.certain = target, own, certain

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        match original_node:
            case cst.Subscript(
                value=cst.Name(value=self.target), slice=[cst.SubscriptElement(slice=cst.Index(value=key))]
            ) if (string(key) or "") in self.certain:
                return cst.Name(self.locals[string(key) or ""])
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        match original_node:
            case cst.Call(
                func=cst.Attribute(value=cst.Name(value=self.target), attr=cst.Name(value="get")),
                args=[cst.Arg(value=key, keyword=None, star="")],
            ) if (name := self.locals.get(string(key) or "")) is not None:
                return cst.Name(name)
        return updated_node


def assigned_names(function: cst.FunctionDef) -> set[str]:
    """The names to which a function's body assigns anything."""
    targets = findall(function.body, m.AssignTarget(target=m.Name()) | m.NamedExpr(target=m.Name()))
    return {code(one.target) for one in targets if isinstance(one, cst.AssignTarget | cst.NamedExpr)}
