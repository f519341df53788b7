"""Whether a converted body provably never blocks, so that it may be `async def`.

Only what is known to compute and return is let through: literals, operators, a table of builtins and of methods of the
built-in containers, the response helpers. A single unknown call leaves the endpoint `def`, in a worker thread.
"""

import libcst as cst

from . import patterns as m
from .rules.errors import STATUSES
from .search import findall

SAFE_CALLS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "divmod",
        "enumerate",
        "float",
        "frozenset",
        "int",
        "isinstance",
        "len",
        "list",
        "max",
        "min",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
        "FlaskJSONResponse",
        "HTMLResponse",
        "APIResponse",
        "api_response",
        "api_error",
        "HTTPException",
        *STATUSES,
        "abort",
        "error_for",
        "Answer",
        "redirect",
        "required",
        "arg",
        "arglist",
        "given",
        "text",
        "name",
        "description",
        "url_for",
    ]
)
SAFE_METHODS = frozenset(
    [
        "get",
        "items",
        "keys",
        "values",
        "append",
        "extend",
        "format",
        "join",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "split",
        "startswith",
        "endswith",
        "replace",
        "json",
        "encode",
        "decode",
        "count",
        "index",
        "isdigit",
        "setdefault",
    ]
)

SLOW = m.With() | m.While() | m.Await() | m.Yield() | m.FunctionDef() | m.Lambda() | m.Attribute(attr=m.Name("file"))
BINDING = m.AssignTarget() | m.CompFor() | m.For() | m.NamedExpr()


def cannot_block(function: cst.FunctionDef, imported: frozenset[str]) -> bool:
    """Whether every call in the body is one that only computes.

    `imported` are the names that the file imports: a method of one of those may do anything.
    """
    if findall(function.body, SLOW):
        return False
    bound = {
        node.value for assign in findall(function.body, BINDING)
        for node in findall(getattr(assign, "target", assign), m.Name()) if isinstance(node, cst.Name)
    }  # fmt: skip
    return all(
        _is_safe(call.func, bound, imported) for call in findall(function.body, m.Call()) if isinstance(call, cst.Call)
    )


def _is_safe(func: cst.BaseExpression, bound: set[str], imported: frozenset[str]) -> bool:
    match func:
        case cst.Name(value=name):
            return name in SAFE_CALLS and name not in bound
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in SAFE_METHODS and _root(func) not in imported
        case _:
            return False


def _root(node: cst.BaseExpression) -> str | None:
    while isinstance(node, cst.Attribute | cst.Subscript | cst.Call):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else None
