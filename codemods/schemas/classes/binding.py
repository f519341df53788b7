"""`on_bind_field` that gives every field another key, as Pydantic's generator of aliases.

def on_bind_field(self, field_name, field_obj):                           model_config = ConfigDict(
    field_obj.data_key = camelcase(field_obj.data_key or field_name)   →      alias_generator=camelcase
                                                                          )
"""

from dataclasses import dataclass

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.diagnostics import HOOK
from ..basis.reading import Reader, UnconvertibleError, code


@dataclass(frozen=True, slots=True)
class KeyMaker:
    """What makes the keys: the text of a function. `keeps_given` tells that keys that fields were given stay."""

    text: str
    keeps_given: bool


def key_maker(reader: Reader, function: cst.FunctionDef) -> KeyMaker:
    """What `on_bind_field` does to keys; raises `UnconvertibleError` where it does anything else."""
    refused = UnconvertibleError(HOOK, function, "'on_bind_field' does more than to make keys of names")
    parameters = [one.name.value for one in function.params.params]
    statements = [one for one in function.body.body if not _is_text(one)]
    if len(parameters) != 3 or len(statements) != 1:
        raise refused
    _, name, bound = parameters
    given = f"{bound}.data_key"
    statement, keeps_given = statements[0], False
    match statement:
        case cst.If(test=test, orelse=None, body=cst.IndentedBlock(body=[only])) if code(test) in (
            f"{given} is None",
            f"not {given}",
        ):
            statement, keeps_given = only, True
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=target)], value=value)]) if (
            code(target) == given
        ):
            text = _text(reader, value, name, given)
            keeps_given = keeps_given or f"{given} or" not in code(value)
            overwrites = f"{given} or" not in code(value) and statement is statements[0]
            if text is not None and not overwrites:
                return KeyMaker(text, keeps_given)
    raise refused


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
