"""`on_bind_field` that gives every field another key, as Pydantic's generator of aliases.

def on_bind_field(self, field_name, field_obj):                           model_config = ConfigDict(
    field_obj.data_key = camelcase(field_obj.data_key or field_name)   →      alias_generator=camelcase
                                                                          )
"""

import re
from dataclasses import dataclass

import libcst as cst

from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.diagnostics import HOOK
from ..basis.plan import Helper
from ..basis.reading import Reader, UnconvertibleError, code

MAKER = "on_bind_field"


@dataclass(frozen=True, slots=True)
class KeyMaker:
    """What makes the keys: the text of a function. `keeps_given` tells that keys that fields were given stay,
    `drops_given` that they count for nothing."""

    text: str
    keeps_given: bool
    drops_given: bool = False


def key_maker(reader: Reader, owner: str, function: cst.FunctionDef) -> KeyMaker:
    """What `on_bind_field` of a class does to keys; raises `UnconvertibleError` where it does anything else."""
    refused = UnconvertibleError(HOOK, function, "'on_bind_field' does more than to make keys of names")
    parameters = [one.name.value for one in function.params.params]
    statements = [one for one in function.body.body if not _is_text(one)]
    if len(parameters) != 3:
        raise refused
    _, name, bound = parameters
    given = f"{bound}.data_key"
    keeps_given = False
    match statements:
        case [cst.If(test=test, orelse=None, body=cst.IndentedBlock(body=inner))] if code(test) in (
            f"{given} is None",
            f"not {given}",
        ):
            statements, keeps_given = list(inner), True
    match statements:
        case [*before, cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target)], value=value)])] if (
            code(target) == given and all(map(_is_assignment, before))
        ):
            asks_given = any(f"{given} or" in code(one) for one in (*before, value))
            own = [one for one in before if isinstance(one, cst.SimpleStatementLine)]
            text = _helper(reader, owner, own, value, name, given) if own else _text(reader, value, name, given)
            if text is not None:
                return KeyMaker(text, keeps_given or not asks_given, not (keeps_given or asks_given))
    raise refused


def _is_assignment(statement: cst.CSTNode) -> bool:
    """Whether it gives locals a value."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=target)])]):
            return isinstance(target, cst.Name | cst.Tuple)
    return False


def _helper(
    reader: Reader,
    owner: str,
    before: list[cst.SimpleStatementLine],
    value: cst.BaseExpression,
    name: str,
    given: str,
) -> str | None:
    """The name of a function of the same statements, beside the schema; None where it needs more than the name."""
    called = f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', owner.removesuffix('Schema') or owner).lower()}_key"
    body = [*before, cst.SimpleStatementLine([cst.Return(value)])]
    plain = _Plain(f"{given} or {name}", name).rewrite(cst.Module(body))
    known = {given.partition(".")[0], "self", "super"}
    used = {one.value for one in findall(plain, m.Name()) if isinstance(one, cst.Name)}
    if used & known or called in reader.module.definitions or called in reader.module.imports:
        return None
    lines = [one for one in plain.body if isinstance(one, cst.SimpleStatementLine)]
    text = cst.Annotation(cst.Name("str"))
    params = cst.Parameters([cst.Param(cst.Name(name), text)])
    function = cst.FunctionDef(cst.Name(called), params, cst.IndentedBlock(lines), returns=text)
    changed = reader.rewritten(function, Names.of(reader.project, reader.module, function), function)
    qualified = f"{reader.module.name}.{owner}.{MAKER}"
    reader.helpers[qualified] = Helper(qualified, code(changed).strip("\n"))
    return called


def _text(reader: Reader, value: cst.BaseExpression, name: str, given: str) -> str | None:
    """The function that is called, or one that does the same; None where it needs more than the name."""
    plain = _Plain(f"{given} or {name}", name).rewrite(cst.Module([cst.SimpleStatementLine([cst.Expr(value)])]))
    line = cst.ensure_type(plain.body[0], cst.SimpleStatementLine)
    expression = cst.ensure_type(line.body[0], cst.Expr).value
    known = {name, given.partition(".")[0], "self"}
    used = [one.value for one in findall(expression, m.Name()) if isinstance(one, cst.Name) and one.value in known]
    if not used or set(used) != {name}:
        return None
    match expression:
        case cst.Call(func=func, args=[cst.Arg(value=cst.Name(value=only), keyword=None, star="")]) if only == name:
            return reader.take(func)
    shown = cst.Lambda(cst.Parameters([cst.Param(cst.Name(name))]), expression)
    return reader.take(shown)


class _Plain(Visitor):
    """The name in place of the key that a field was given or its name."""

    def __init__(self, written: str, name: str) -> None:
        super().__init__()
        self.written, self.name = written, name

    def leave_BooleanOperation(
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        if code(original_node).strip("()") == self.written:
            return cst.Name(self.name)
        return updated_node


def _is_text(statement: cst.BaseStatement | cst.BaseSmallStatement) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString()) | cst.Pass()]):
            return True
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=func))]):
            return code(func) == "super().on_bind_field"
    return False
