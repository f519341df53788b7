"""Hooks and checks of a schema as Pydantic's own: `@validates("age")` becomes `@field_validator("age")`."""

from collections.abc import Mapping
from dataclasses import replace

import libcst as cst

from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.plan import HookKind, MethodPlan
from ..basis.reading import code
from .plain_types import NoPlainTypeError

ERROR = "InvalidError"
DECORATORS: Mapping[HookKind, str] = {
    "before_load": '@model_validator(mode="before")',
    "check_field": "@field_validator",
    "check": '@model_validator(mode="after")',
    "after_load": "",
}

WATCHING = m.Try() | m.TryStar() | m.With()
"""Statements that may end an error that is raised in their bodies."""


def plain_method(method: MethodPlan, *, is_called: bool = False) -> tuple[MethodPlan, frozenset[Need]]:
    """The method, and what it imports; one that `is_called` by the schema's validator is none itself.

    Raises `NoPlainTypeError` for one that no validator of Pydantic's stands for.
    """
    if method.kind in ("constant", "helper"):
        if ERROR in method.text:
            raise NoPlainTypeError(f"'{method.name}', which raises the schema's error")
        return method, frozenset()
    if method.kind not in DECORATORS:
        raise NoPlainTypeError(f"the hook '{method.name}'")
    function = cst.ensure_type(cst.parse_statement(method.text), cst.FunctionDef)
    if method.kind == "check" and any("always" in code(one) for one in function.decorators):
        raise NoPlainTypeError(f"'{method.name}', which looks at what is partly wrong")
    written = {"after_load": _made, "check": _of_whole, "check_field": _of_field, "before_load": _before}
    changed = written[method.kind](_raising(function, method.name), method)
    comments = "".join(f"{one.comment.value}\n" for one in function.leading_lines if one.comment)
    bare = changed.with_changes(leading_lines=(), lines_after_decorators=())
    if is_called:
        bare = bare.with_changes(decorators=bare.decorators[1:])
    text = f"{comments}{code(bare).strip()}\n"
    wanted = {"check_field": "field_validator", "check": "model_validator", "before_load": "model_validator"}
    needs = {Need("pydantic", wanted[method.kind])} if method.kind in wanted and not is_called else set()
    needs |= {Need("typing", "Self")} if method.kind == "check" else set()
    return replace(method, text=text), frozenset(needs)


def _made(function: cst.FunctionDef, method: MethodPlan) -> cst.FunctionDef:
    """What makes an object of loaded data is called by name: a plain method."""
    if ERROR in method.text:
        raise NoPlainTypeError(f"'{method.name}', which raises the schema's error")
    if method.takes_original:
        raise NoPlainTypeError(f"'{method.name}', which is given what was sent")
    return function.with_changes(decorators=())


def _of_whole(function: cst.FunctionDef, method: MethodPlan) -> cst.FunctionDef:
    if len(function.params.params) != 1 or findall(function.body, m.Return()):
        raise NoPlainTypeError(f"'{method.name}'")
    changed = _returning(function, "self").with_changes(returns=cst.Annotation(cst.Name("Self")))
    return _decorated(changed, DECORATORS["check"])


def _of_field(function: cst.FunctionDef, method: MethodPlan) -> cst.FunctionDef:
    names = [one.name.value for one in function.params.params if one.name.value != "cls"]
    if findall(function.body, m.Return()) or len(findall(function.body, m.Name(names[1]))):
        raise NoPlainTypeError(f"'{method.name}'")
    shown = ", ".join(f'"{one}"' for one in method.fields)
    changed = _with_parameters(_returning(function, names[0]), names[0], "Any")
    return _decorated(changed, f"@field_validator({shown})", "@classmethod")


def _before(function: cst.FunctionDef, method: MethodPlan) -> cst.FunctionDef:
    names = [one.name.value for one in function.params.params if one.name.value != "cls"]
    if len(names) != 1:
        raise NoPlainTypeError(f"'{method.name}', which asks whether there are many")
    return _decorated(_with_parameters(function, names[0], "Any"), DECORATORS["before_load"], "@classmethod")


def _with_parameters(function: cst.FunctionDef, value: str, kind: str) -> cst.FunctionDef:
    shape = cst.ensure_type(cst.parse_statement(f"def f(cls, {value}: {kind}) -> {kind}: ..."), cst.FunctionDef)
    return function.with_changes(params=shape.params, returns=shape.returns)


def _returning(function: cst.FunctionDef, name: str) -> cst.FunctionDef:
    line = cst.parse_statement(f"return {name}")
    body = function.body
    if isinstance(body, cst.SimpleStatementSuite):
        return function.with_changes(body=cst.IndentedBlock([cst.SimpleStatementLine(body.body), line]))
    return function.with_changes(body=body.with_changes(body=[*body.body, line]))


def _decorated(function: cst.FunctionDef, *decorators: str) -> cst.FunctionDef:
    shape = cst.parse_statement("\n".join([*decorators, "def f(): ..."]))
    return function.with_changes(decorators=cst.ensure_type(shape, cst.FunctionDef).decorators)


def _raising(function: cst.FunctionDef, name: str) -> cst.FunctionDef:
    """The function, which raises `ValueError` where it raised the schema's error: not where it may catch that."""
    watched = [one.body for one in findall(function, WATCHING) if isinstance(one, cst.Try | cst.TryStar | cst.With)]
    if any(findall(body, m.Call(func=m.Name(ERROR))) for body in watched):
        raise NoPlainTypeError(f"'{name}', which may catch a `ValueError` that it raises")
    raising = _Raising()
    changed = cst.ensure_type(raising.rewrite(function), cst.FunctionDef)
    if findall(changed, m.Name(ERROR)):
        raise NoPlainTypeError(f"'{name}', which does more with the schema's error than to raise it")
    return changed


class _Raising(Visitor):
    def leave_Raise(self, original_node: cst.Raise, updated_node: cst.Raise) -> cst.Raise:
        match updated_node.exc:
            # a second argument names the field, which Pydantic has no place for
            case cst.Call(func=cst.Name("InvalidError"), args=[first, *_]) if first.keyword is None and _is_text(first):
                return updated_node.with_changes(exc=cst.Call(cst.Name("ValueError"), [cst.Arg(first.value)]))
        return updated_node


def _is_text(argument: cst.Arg) -> bool:
    """Whether a message is no list or dictionary, as far as can be told."""
    kinds = cst.SimpleString | cst.FormattedString | cst.ConcatenatedString
    return isinstance(argument.value, kinds)
