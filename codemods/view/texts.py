"""The text that an expression of a function is, where the source spells it out.

head = "<h1>{{ title }}</h1>"
return render_template_string(head + BODY, title=title)    →    the text of `head` and of the constant `BODY`
"""

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from . import patterns as m
from .names import Names
from .search import findall


def text_of(
    node: cst.BaseExpression, function: cst.FunctionDef, names: Names, constant: Callable[[str], str | None]
) -> str | None:
    """The text of an expression of this function, of which `names` are known; None where it is computed.

    `constant` tells the text of a qualified name.
    """
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            text = node.evaluated_value
            return text if isinstance(text, str) else None
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            texts = [text_of(one, function, names, constant) for one in (left, right)]
            known = [one for one in texts if one is not None]
            return "".join(known) if len(known) == len(texts) else None
        case cst.Name(value=name) if name in names.local:
            value = _only_value(name, function, names)
            others = replace(names, bindings={one: often for one, often in names.bindings.items() if one != name})
            return text_of(value, function, others, constant) if value is not None else None
    qualified = names.qualified(node)
    return constant(qualified) if qualified is not None else None


def _only_value(name: str, function: cst.FunctionDef, names: Names) -> cst.BaseExpression | None:
    """What a local is given, where that happens once."""
    if names.bindings.get(name) != 1:
        return None
    given = findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name(name))]))
    return cst.ensure_type(given[0], cst.Assign).value if given else None
