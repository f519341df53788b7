"""Locals that only name a part of the request or the application's settings: `form = request.form`.

They are written out, for the rules to see.
"""

import libcst as cst

from . import patterns as m
from .names import Names
from .visiting import Visitor

PARTS = frozenset(
    [
        *(f"flask.request.{name}" for name in ("args", "form", "files", "values", "headers", "cookies")),
        "flask.current_app.config",
    ]
)


def without_aliases(function: cst.FunctionDef, names: Names) -> cst.FunctionDef:
    """The function with `request.form` in the place of each local that is bound to it once, outside all branches."""
    found: dict[str, cst.BaseExpression] = {}
    for statement in function.body.body:
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
            ) if names.qualified(value) in PARTS and names.bindings.get(name) == 1:
                found[name] = value
    if not found:
        return function
    return _WriteOut(found).rewrite(function)


class _WriteOut(Visitor):
    def __init__(self, aliases: dict[str, cst.BaseExpression]) -> None:
        self.aliases = aliases

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        alias = self.aliases.get(original_node.value)
        return alias.deep_clone() if alias is not None else updated_node

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        is_alias = any(
            m.matches(original_node, m.SimpleStatementLine([m.Assign([m.AssignTarget(m.Name(name))])]))
            for name in self.aliases
        )
        return cst.RemoveFromParent() if is_alias else updated_node
