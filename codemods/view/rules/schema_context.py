"""Marshmallow's context manager, which hooks and functions of schemas read.

with Context({"user": user}):    →    with Context({"user": user}):    (compat.schema_context)
"""

import libcst as cst

from codemods.view.rule import Rule, Translation

CONTEXT = "marshmallow.experimental.context.Context"


def context(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """The class."""
    return cst.Name(translation.need(".compat.schema_context", "Context"))


def current(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`Context.get`."""
    return cst.Attribute(context(translation, node), cst.Name("get"))


RULE = Rule(attributes={CONTEXT: context, f"{CONTEXT}.get": current}, is_native=True)
