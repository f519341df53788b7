"""Marshmallow's error in views and error handlers, where it becomes `InvalidError`.

except ValidationError as error: return error.messages    →    except InvalidError as error: return error.messages
"""

import libcst as cst

from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.search import findall

WHOLE = "marshmallow.exceptions.SCHEMA"
"""The name of the key for errors of the whole, which is a text."""
ERRORS = frozenset(
    f"{owner}.ValidationError" for owner in ("marshmallow", "marshmallow.exceptions", "webargs", "webargs.core")
)
"""The names of Marshmallow's error, which webargs hands on."""

KNOWN = ("messages", "messages_dict", "normalized_messages", "valid_data", "field_name")
"""What both errors have and say alike; the text of the whole may name the fields in another order."""
LOGGING = ("critical", "debug", "error", "exception", "info", "warning")
"""The methods of a logger that write."""


def known_errors(function: cst.FunctionDef, names: Names) -> bool:
    """Whether everything that a function does with Marshmallow's error can be done with `InvalidError`."""
    if not all(reads_messages_only(body, name) for name, body in _handlers(function, names)):
        return False
    for call in findall(function, m.Call()):
        assert isinstance(call, cst.Call)
        if names.qualified(call.func) in ERRORS and not _is_plain(call):
            return False
    return True


def caught(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """The names that a function catches Marshmallow's error under."""
    return frozenset(name for name, _ in _handlers(function, names))


def catching(function: cst.FunctionDef, names: Names) -> frozenset[cst.CSTNode]:
    """The `except` clauses of a function that catch Marshmallow's error."""
    return frozenset(_catching(function, names))


def _handlers(function: cst.FunctionDef, names: Names) -> list[tuple[str, cst.CSTNode]]:
    """The name and the body of each `except` that catches Marshmallow's error and gives it a name."""
    return [
        (handler.name.name.value, handler.body)
        for handler in _catching(function, names)
        if handler.name is not None and isinstance(handler.name.name, cst.Name)
    ]


def _catching(function: cst.FunctionDef, names: Names) -> list[cst.ExceptHandler]:
    return [
        handler
        for handler in findall(function, m.ExceptHandler())
        if isinstance(handler, cst.ExceptHandler) and handler.type is not None and _catches(handler.type, names)
    ]


def reads_messages_only(body: cst.CSTNode, name: str) -> bool:
    """Whether a piece of code takes nothing but its messages from the error of that name, names it as the cause of
    another one, or writes it into a log."""
    own = m.Name(name)
    known = findall(body, m.Attribute(value=own, attr=m.one_of(*map(m.Name, KNOWN))) | m.From(item=own))
    logged = [
        one
        for call in findall(body, m.Call(func=m.Attribute(attr=m.one_of(*map(m.Name, LOGGING)))))
        for one in cst.ensure_type(call, cst.Call).args
        if m.matches(one.value, own)
    ]
    return len(known) + len(logged) == len(findall(body, own))


def _catches(node: cst.BaseExpression, names: Names) -> bool:
    found = findall(node, m.Name() | m.Attribute())
    return any(isinstance(one, cst.Name | cst.Attribute) and names.qualified(one) in ERRORS for one in found)


def _is_plain(call: cst.Call) -> bool:
    """`ValidationError(message)`, `ValidationError(message, field_name)`."""
    return len(call.args) in (1, 2) and all(
        not one.star and (one.keyword is None or one.keyword.value in ("message", "field_name")) for one in call.args
    )
