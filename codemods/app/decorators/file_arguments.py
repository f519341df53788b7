"""What a view does with the uploaded files that it is handed in a dictionary: it has to ask for each by its name."""

from collections.abc import Collection

import libcst as cst

from codemods.view import patterns as m
from codemods.view.rule import code, string
from codemods.view.search import ancestors, findall


def is_looked_into(
    function: cst.FunctionDef, target: str, files: Collection[str], bound: cst.CSTNode | None = None
) -> bool:
    """Whether a function only reads values of a dictionary by their names: what else it is given may be these files.

    Where the function itself has `bound` the name, to what is parsed, values are attributes as well.
    """
    others = (node for node in findall(function.body, m.Name(target)) if node is not bound)
    return all(_is_read(function, node, files, bound is not None) for node in others)


def _is_read(function: cst.FunctionDef, node: cst.CSTNode, files: Collection[str], has_attributes: bool) -> bool:
    parent, around, *_ = ancestors(function.body, node)
    match parent:
        case cst.Attribute(value=value, attr=cst.Name(value=name)) if value is node and has_attributes:
            if not hasattr(dict, name):
                return not isinstance(around, cst.AssignTarget | cst.AugAssign | cst.Del)
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]) if value is node:
            is_changed = isinstance(around, cst.AssignTarget | cst.AugAssign | cst.Del)
            return string(key) is not None and not is_changed
        case cst.Attribute(value=value, attr=cst.Name("get")) if value is node and isinstance(around, cst.Call):
            match around.args:
                case [cst.Arg(value=key, keyword=None, star="")]:
                    return string(key) is not None
                case [cst.Arg(value=key, keyword=None, star=""), cst.Arg(value=default, keyword=None, star="")]:
                    return string(key) is not None and (string(key) not in files or code(default) == "None")
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn()):
            return isinstance(around, cst.Comparison) and string(around.left) is not None
    return False


def assigned_names(function: cst.FunctionDef) -> set[str]:
    """The names to which a function's body assigns anything."""
    targets = findall(function.body, m.AssignTarget(target=m.Name()) | m.NamedExpr(target=m.Name()))
    return {code(one.target) for one in targets if isinstance(one, cst.AssignTarget | cst.NamedExpr)}
