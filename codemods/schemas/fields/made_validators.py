"""Validators that a call makes: `functools.partial(at_most, limit=5)`, and functions of a project that return a check.

def longer_than(length):                            def longer_than(length: Any) -> Any:
    def check(value):                                   def check(value: Any) -> None:
        if len(value) <= length:               →            if len(value) <= length:
            raise ValidationError("Too short.")                 raise InvalidError("Too short.")
    return check                                        return check

word = fields.Str(validate=longer_than(3))     →    word: Annotated[Str, All(longer_than(3))]
"""

import ast

import libcst as cst

from codemods.view import patterns as m
from codemods.view.names import split
from codemods.view.refusal import Refused
from codemods.view.search import findall

from ..basis.constants import CHANGING
from ..basis.diagnostics import VALIDATOR
from ..basis.reading import Reader, UnconvertibleError, code

PARTIAL = "functools.partial"


def made_validator(reader: Reader, call: cst.Call) -> str | None:
    """The call as it stands in the new module, and None for one that makes no such validator.

    Raises `UnconvertibleError` where the function or an argument has no counterpart.
    """
    if any(one.star for one in call.args):
        return None
    if reader.qualified(call.func) == PARTIAL:
        match call.args:
            case [cst.Arg(value=cst.Name() | cst.Attribute() as function, keyword=None), *rest]:
                inner = [reader.helper(function), *(_argument(reader, one) for one in rest)]
                return f"{reader.take(call.func)}({', '.join(inner)})"
        return None
    if not _returns_a_check(reader, call):
        return None
    return f"{reader.helper(call.func)}({', '.join(_argument(reader, one) for one in call.args)})"


def _argument(reader: Reader, argument: cst.Arg) -> str:
    if isinstance(argument.value, cst.Lambda):
        raise UnconvertibleError(VALIDATOR, argument, f"'{code(argument.value)}', which a validator is made with")
    taken = reader.take(argument.value)
    return f"{argument.keyword.value}={taken}" if argument.keyword else taken


def _returns_a_check(reader: Reader, call: cst.Call) -> bool:
    """Whether the function does nothing but define a check and return it: what it kept beside would be kept once for
    each class that is made of the schema."""
    owner, name = split(reader.project, reader.qualified(call.func))
    definition = owner.definitions.get(name) if owner else None
    if definition is None or definition.kind != "function":
        return False
    function = reader.sources.function(definition.location, name)
    if function.decorators or function.asynchronous or not isinstance(function.body, cst.IndentedBlock):
        return False
    match function.body.body:
        case [cst.SimpleStatementLine(body=[cst.Expr(cst.SimpleString())]), *statements]:
            pass
        case statements:
            pass
    match statements:
        case [cst.SimpleStatementLine(body=[cst.Return(cst.Lambda())])]:
            return not _keeps(function)
        case [
            cst.FunctionDef(name=cst.Name(made), decorators=[], asynchronous=None),
            cst.SimpleStatementLine(body=[cst.Return(cst.Name(returned))]),
        ]:
            return made == returned and not _keeps(function)
    return False


def _keeps(function: cst.FunctionDef) -> bool:
    """Whether the check may remember something from one call to the next."""
    names = [one.name.value for one in (*function.params.params, *function.params.kwonly_params)]
    if not names:
        return False
    given = m.one_of(*map(m.Name, names))
    held = m.Subscript(value=given) | m.Attribute(value=given)
    return any(
        findall(function.body, one)
        for one in (
            m.Nonlocal(),
            m.AssignTarget(target=held),
            m.AugAssign(target=held),
            m.Del(target=held),
            m.Attribute(value=given, attr=m.one_of(*map(m.Name, CHANGING))),
            m.Call(func=m.Name("next")),
        )
    )


def written_out(reader: Reader, node: cst.BaseExpression) -> cst.BaseExpression:
    """Validators that a variable of the module holds, as they are written there: `validate=SHORT` of
    `SHORT = validate.Length(max=5)`, or of a list; all else as it is."""
    definition = reader.module.definitions.get(node.value) if isinstance(node, cst.Name) else None
    if definition is None or definition.kind in ("function", "class") or definition.rebound:
        return node
    try:
        value = reader.sources.assignment(reader.module, definition, cst.ensure_type(node, cst.Name).value).value
    except Refused:
        return node
    is_made = isinstance(value, ast.Call | ast.List | ast.Tuple) and reader.reaches_marshmallow(definition.qualified)
    return cst.parse_expression(ast.unparse(value)) if value is not None and is_made else node
