"""Validators that are objects of a project's own classes: the class is written beside the schema.

class Even(validate.Validator):                     class Even:
    def __call__(self, value):                          def __call__(self, value: Any) -> Any:
        if value % 2:                          →            if value % 2:
            raise ValidationError("Odd.")                       raise InvalidError("Odd.")
        return value                                        return value
"""

import libcst as cst

from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.names import Names, split
from codemods.view.search import findall

from ..basis.annotated import annotated
from ..basis.diagnostics import VALIDATOR
from ..basis.plan import Helper
from ..basis.reading import Reader, UnconvertibleError, classes_of, code
from .own_settings import is_constant_value

BASES = frozenset({"marshmallow.validate.Validator", "builtins.object"})
"""What such a class may inherit from: neither does anything by itself."""
CALL = "__call__"


def own_validator(reader: Reader, call: cst.Call) -> str | None:
    """The call of such a class as it stands in the new module, and None for any other.

    Raises `UnconvertibleError` for a class that is more than its own methods and literals.
    """
    owner, name = split(reader.project, reader.qualified(call.func))
    definition = owner.definitions.get(name) if owner else None
    if owner is None or definition is None or definition.kind != "class" or not isinstance(call.func, cst.Name):
        return None
    if not reader.reaches_marshmallow(definition.qualified):
        return None  # imported like anything else
    if any(one.star for one in call.args):
        raise UnconvertibleError(VALIDATOR, call, f"'{code(call)}'")
    if definition.qualified not in reader.helpers:
        node = classes_of(reader.sources.files[owner.file])[0].get(name)
        refused = UnconvertibleError(VALIDATOR, call, f"'{name}', which is more than its own methods")
        if node is None or name != call.func.value:
            raise refused
        reader.helpers[definition.qualified] = Helper(definition.qualified, _written(reader, owner, node, refused))
    shown = [code(one.with_changes(value=cst.parse_expression(reader.take(one.value)))) for one in call.args]
    return f"{name}({''.join(shown)})"


def may_say_no(reader: Reader, call: cst.Call) -> bool:
    """Whether the object may also refuse by returning False: in Marshmallow 3 those of its own class may not."""
    owner, name = split(reader.project, reader.qualified(call.func))
    uses = owner.definitions[name].uses if owner is not None and name in owner.definitions else frozenset()
    return reader.version < 4 and "marshmallow.validate.Validator" not in uses


def _written(reader: Reader, owner: Module, node: cst.ClassDef, refused: UnconvertibleError) -> str:
    """The text of the class."""
    there = Reader(reader.project, reader.sources, owner, {}, reader.version)
    there.helpers = reader.helpers
    if node.decorators or node.keywords or any(there.qualified(one.value) not in BASES for one in node.bases):
        raise refused
    body, known, read = list[cst.BaseStatement](), set[str](), set[str]()
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString()) | cst.Pass()]):
                body.append(statement)
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]
            ) if is_constant_value(value) and name != CALL:
                known.add(name)
                body.append(statement)
            case cst.FunctionDef(decorators=[], asynchronous=None):
                known |= {statement.name.value, *_set(statement)}
                read |= _read(statement)
                body.append(_method(reader, there, statement, refused))
            case _:
                raise refused
    if CALL not in known or not read <= known:
        raise refused
    reader.needs |= there.needs
    for root, used in there.uses.items():
        if reader.uses.setdefault(root, used) != used:
            raise refused
    whole = node.with_changes(
        bases=(), lpar=cst.MaybeSentinel.DEFAULT, rpar=cst.MaybeSentinel.DEFAULT, leading_lines=(),
        body=node.body.with_changes(body=body),
    )  # fmt: skip
    return code(whole).strip("\n")


def _method(reader: Reader, there: Reader, method: cst.FunctionDef, refused: UnconvertibleError) -> cst.FunctionDef:
    """A method with what exists in the new module."""
    names = Names.of(reader.project, there.module, method)
    kept = there.rewritten(method, names, refused.node)
    assert isinstance(kept, cst.FunctionDef)
    return annotated(kept, reader.needs, skip=1)


def _own(method: cst.FunctionDef) -> str:
    return method.params.params[0].name.value if method.params.params else ""


def _set(method: cst.FunctionDef) -> set[str]:
    """The attributes of the object that a method sets."""
    found = findall(method.body, m.AssignTarget(target=m.Attribute(value=m.Name(_own(method)))))
    found += findall(method.body, m.AnnAssign(target=m.Attribute(value=m.Name(_own(method)))))
    targets = [one.target for one in found if isinstance(one, cst.AssignTarget | cst.AnnAssign)]
    return {one.attr.value for one in targets if isinstance(one, cst.Attribute)}


def _read(method: cst.FunctionDef) -> set[str]:
    """The attributes of the object that a method names; what the base class has is none of the class's own."""
    found = findall(method.body, m.Attribute(value=m.Name(_own(method))))
    inherited = {"super"} if findall(method.body, m.Name("super")) else set()
    return inherited | {one.attr.value for one in found if isinstance(one, cst.Attribute)}
