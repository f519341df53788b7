"""The arguments of an extension's decorators, where they are spelled out."""

import ast

import libcst as cst

from codemods.findings import Diagnostic
from codemods.model import Decorator
from codemods.view.refusal import refuse
from codemods.view.rule import bind, code


def option(
    diagnostic: Diagnostic, decorator: Decorator, bound: dict[str, cst.BaseExpression], name: str, default: object
) -> object:
    """A constant among a decorator's arguments; raises `Refused` for another value."""
    if name not in bound:
        return default
    try:
        return ast.literal_eval(code(bound[name]))
    except ValueError:
        raise refuse(diagnostic, decorator.location, f"'{decorator.text}'") from None


def bound_arguments(
    diagnostic: Diagnostic, decorator: Decorator, written: cst.BaseExpression, *names: str
) -> dict[str, cst.BaseExpression]:
    """A decorator's arguments by name; raises `Refused` for others than these."""
    bound = bind(written, *names) if isinstance(written, cst.Call) else None
    if bound is None:
        raise refuse(diagnostic, decorator.location, f"'{decorator.text}'")
    return bound
