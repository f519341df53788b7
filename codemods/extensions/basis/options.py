"""The arguments of an extension's decorators, where they are spelled out."""

import ast
from http import HTTPStatus

import libcst as cst

from codemods.findings import Diagnostic
from codemods.literals import as_literal
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


def told_entries(
    diagnostic: Diagnostic, decorator: Decorator, bound: dict[str, cst.BaseExpression], default: str = ""
) -> tuple[str, ...]:
    """What a decorator tells OpenAPI of an answer, as entries of a dictionary in source text; raises `Refused`."""
    return tuple(f'"{name}": {as_literal(one)}' for name, one in told(diagnostic, decorator, bound, default).items())


def told(
    diagnostic: Diagnostic, decorator: Decorator, bound: dict[str, cst.BaseExpression], default: str = ""
) -> dict[str, object]:
    """What `description`, `example`, `examples` and `links` tell OpenAPI of a body.

    `default` describes it where nothing else does. Raises `Refused`.
    """
    given = {
        name: value
        for name in ("description", "example", "examples", "links")
        if (value := option(diagnostic, decorator, bound, name, None)) is not None
    }
    found: dict[str, object] = {name: given[name] for name in ("description", "links") if name in given}
    if default:
        found.setdefault("description", default)
    if shown := {name: given[name] for name in ("example", "examples") if name in given}:
        found["content"] = {"application/json": shown}
    return found


def told_content(entries: tuple[str, ...], schema: object, media: str) -> tuple[str, ...]:
    """What OpenAPI is told of an answer, and of the content that it has, in which no examples are shown."""
    others = tuple(one for one in entries if not one.startswith('"content":'))
    return (*others, f'"content": {as_literal({media: {"schema": schema}})}')


def constant(node: cst.BaseExpression) -> object:
    """The value of a constant; None for anything else."""
    try:
        return ast.literal_eval(code(node))
    except (ValueError, SyntaxError):
        return None


def status_of(node: cst.BaseExpression) -> int | None:
    """The status that a number, a text or a member of `HTTPStatus` says; None for anything else."""
    text = code(node)
    if text.rpartition(".")[0].endswith("HTTPStatus"):
        member = getattr(HTTPStatus, text.rpartition(".")[2], None)
        return int(member) if isinstance(member, HTTPStatus) else None
    value = constant(node)
    is_number = isinstance(value, int) or (isinstance(value, str) and value.isdecimal())
    status = int(str(value)) if is_number and not isinstance(value, bool) else None
    return status if status in {int(one) for one in HTTPStatus} else None
