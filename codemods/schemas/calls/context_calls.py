"""Calls of Marshmallow 3's schemas that are given a context, as calls inside a context manager.

    return PostSchema(context={"me": me}).dump(post)    →    with MarshmallowContext({"me": me}):
                                                                 return PostSchema().dump(post)

What is said of the context of a schema object that a function makes is said of a local dictionary.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.library import CONTEXT
from ..basis.plan import SchemaPlan
from ..classes.context_reads import NAME
from ..families.made_parts import made_schema

METHODS = m.one_of(*(m.Name(one) for one in ("load", "loads", "dump", "dumps", "jsonify", "validate")))
OPTION = m.Arg(keyword=m.Name("context"))


def with_contexts(
    function: cst.FunctionDef, names: Names, plans: Mapping[str, SchemaPlan]
) -> tuple[cst.FunctionDef, Names]:
    """The function and its names, where calls that are given a context stand in context managers; as they were where
    one of them cannot."""
    if not findall(function.body, OPTION | m.Attribute(attr=m.Name("context"))):
        return function, names
    writer = _Writer(function, names, plans)
    changed = function.with_changes(body=writer.visit(function.body))
    if not writer.is_used or writer.handled != writer.calls | writer.makes or _says_context(changed, writer):
        return function, names
    locals_ = frozenset(writer.objects.values())
    module = replace(names.module, imports={**names.module.imports, NAME: CONTEXT})
    bindings = {**names.bindings, **dict.fromkeys(locals_, 2)}
    return changed, replace(names, module=module, local=names.local | locals_, bindings=bindings)


def _says_context(function: cst.FunctionDef, writer: "_Writer") -> bool:
    """Whether a context is still given to a schema, or asked of an object of one."""
    made = [one for one in findall(function.body, m.Call()) if writer.is_made(one) and context_of(one) is not None]
    asked = findall(function.body, m.Attribute(value=m.Name(), attr=m.Name("context")))
    return bool(made) or any(_owner(one) in writer.objects for one in asked)


def context_of(made: cst.CSTNode) -> cst.BaseExpression | None:
    """The context that a call of a class gives to the object."""
    given = [one for one in cst.ensure_type(made, cst.Call).args if m.matches(one, OPTION)]
    return given[0].value if given else None


class _Writer(Visitor):
    """`objects` are the locals that are schema objects with a context, with the names of locals for that; `calls` are
    all calls of methods of schemas in the function, `makes` the assignments of such objects."""

    def __init__(self, function: cst.FunctionDef, names: Names, plans: Mapping[str, SchemaPlan]) -> None:
        super().__init__()
        self.names, self.plans = names, plans
        self.handled: set[cst.CSTNode] = set()
        self.is_used = False
        said = {_owner(one) for one in findall(function.body, m.Attribute(attr=m.Name("context")))}
        made = {
            cst.ensure_type(one, cst.Assign).targets[0].target.value: one  # type: ignore[attr-defined]  # a name
            for one in findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name())], value=m.Call()))
            if self.is_made(cst.ensure_type(one, cst.Assign).value)
        }
        self.objects = {
            name: f"{name}_context"
            for name, one in made.items()
            if names.bindings.get(name) == 1
            and f"{name}_context" not in names.local
            and (name in said or context_of(cst.ensure_type(one, cst.Assign).value) is not None)
        }
        self.makes = {one for name, one in made.items() if name in self.objects}
        self.calls = {
            one
            for one in findall(function.body, m.Call(func=m.Attribute(attr=METHODS)))
            if self.context(cst.ensure_type(one, cst.Call)) is not None
        }

    def is_made(self, node: cst.CSTNode) -> bool:
        """Whether a call makes an object of a schema that converts."""
        if not isinstance(node, cst.Call):
            return False
        qualified = made_schema(_without_context(node), self.plans, self.names)
        return qualified in self.plans and self.plans[qualified].converts

    def context(self, call: cst.Call) -> cst.BaseExpression | None:
        """The context that the schema of a call is given."""
        owner = cst.ensure_type(call.func, cst.Attribute).value
        if isinstance(owner, cst.Name):
            return cst.Name(self.objects[owner.value]) if owner.value in self.objects else None
        return _whole(context_of(owner)) if self.is_made(owner) and context_of(owner) is not None else None

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if original_node.attr.value == "context" and _owner(original_node) in self.objects:
            return cst.Name(self.objects[_owner(original_node)])
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if context_of(original_node) is None or not self.is_made(original_node):
            return updated_node
        return _without_context(updated_node)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> Any:
        small = original_node.body[0]
        if len(original_node.body) != 1:
            return updated_node
        if small in self.makes:
            made = cst.ensure_type(small, cst.Assign)
            name = self.objects[cst.ensure_type(made.targets[0].target, cst.Name).value]
            context = _whole(context_of(made.value))
            self.handled.add(small)
            first = cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], context)])
            return cst.FlattenSentinel(
                [
                    first.with_changes(leading_lines=updated_node.leading_lines),
                    updated_node.with_changes(leading_lines=()),
                ]
            )
        inside = [one for one in findall(small, m.Call(func=m.Attribute(attr=METHODS))) if self._is_of_schema(one)]
        value = getattr(small, "value", None)
        if len(inside) != 1 or inside[0] not in self.calls or not isinstance(small, cst.Return | cst.Assign | cst.Expr):
            return updated_node
        call = cst.ensure_type(inside[0], cst.Call)
        given = self.context(call)
        if given is None or not (isinstance(given, cst.Name) or _is_first(value, call)):
            return updated_node
        self.handled.add(call)
        self.is_used = True
        item = cst.WithItem(cst.Call(cst.Name(NAME), [cst.Arg(given)]))
        body = cst.IndentedBlock([updated_node.with_changes(leading_lines=())])
        return cst.With([item], body, leading_lines=updated_node.leading_lines)

    def _is_of_schema(self, call: cst.CSTNode) -> bool:
        """Whether it is, or may be, a method of a schema: another one in the same statement would read the context."""
        owner = cst.ensure_type(cst.ensure_type(call, cst.Call).func, cst.Attribute).value
        return self.is_made(owner) or isinstance(owner, cst.Name | cst.Attribute)

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(body=_joined(list(updated_node.body), frozenset(self.objects.values())))


def _joined(body: list[cst.BaseStatement], contexts: frozenset[str]) -> list[cst.BaseStatement]:
    """The statements, where what a new dictionary is given at once stands in it."""
    done: list[cst.BaseStatement] = []
    for statement in body:
        match statement:
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(
                        targets=[
                            cst.AssignTarget(
                                cst.Subscript(
                                    value=cst.Name(name),
                                    slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))],
                                )
                            )
                        ],
                        value=value,
                    )
                ]
            ) if name in contexts and not findall(value, m.Name(name)):
                if place := _display(done, name):
                    index, line, assign = place
                    shown = cst.ensure_type(assign.value, cst.Dict)
                    more = shown.with_changes(elements=[*shown.elements, cst.DictElement(key, value)])
                    done[index] = line.with_changes(body=[assign.with_changes(value=more)])
                    continue
        done.append(statement)
    return done


def _display(done: list[cst.BaseStatement], name: str) -> tuple[int, cst.SimpleStatementLine, cst.Assign] | None:
    """Where a dictionary is assigned to a name with nothing but the making of an object behind it."""
    for index in range(len(done) - 1, max(-1, len(done) - 3), -1):
        match done[index]:
            case (
                cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(found))], value=value) as assign]
                ) as line
            ):
                if found == name:
                    return (index, line, assign) if isinstance(value, cst.Dict) else None
                if not isinstance(value, cst.Call) or findall(value, m.Name(name)):
                    return None
            case _:
                return None
    return None


def _whole(context: cst.BaseExpression | None) -> cst.BaseExpression:
    """The context that the object has: an empty one where it is given nothing."""
    if context is None:
        return cst.Dict([])
    if isinstance(context, cst.Dict):
        return context
    return cst.BooleanOperation(context, cst.Or(), cst.Dict([]))


def _without_context(made: cst.Call) -> cst.Call:
    kept = [one for one in made.args if not m.matches(one, OPTION)]
    if kept:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return made.with_changes(args=kept)


def _owner(node: cst.CSTNode) -> str:
    value = cst.ensure_type(node, cst.Attribute).value
    return value.value if isinstance(value, cst.Name) else ""


def _is_first(node: object, call: cst.Call) -> bool:
    """Whether nothing of an expression runs ahead of a call in it."""
    if node is call:
        return True
    match node:
        case cst.Call(func=cst.Name() | cst.Attribute(value=cst.Name()), args=[first, *_]):
            return _is_first(first.value, call)
        case cst.Call(func=func):
            return _is_first(func, call)
        case cst.Attribute(value=value) | cst.Subscript(value=value):
            return _is_first(value, call)
        case cst.Tuple(elements=[first, *_]) | cst.List(elements=[first, *_]):
            return _is_first(first.value, call)
        case cst.Dict(elements=[cst.DictElement(key=cst.SimpleString(), value=value), *_]):
            return _is_first(value, call)
    return False
