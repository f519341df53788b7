"""Decorators that take what was loaded off the view's arguments and work with it on what the view returns.

    @arguments(PageSchema)                             def users(query: Annotated[Page, Depends(page_query)]) -> Any:
    @response(users_schema)                                page = query.to_dict()
    @paginated(order_by=User.name)             →           return paginated(User.select(), page, order_by=User.name)
    def users():
        return User.select()

The wrapper becomes a function of the two, which the endpoint calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.carry.functions import write_function
from codemods.extensions import ParsingCall, layer_of
from codemods.findings import Finding
from codemods.model import Decorator, Module
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused
from codemods.view.returns import leaves, returns_of, statements_of
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .arguments import Placed, arguments_here
from .diagnostics import unclear
from .parts import Parts, expression_of, take_apart
from .shapes import DOCSTRING


@dataclass(frozen=True, slots=True)
class Completion:
    """A function that makes a view's answer of what it returns: where it is defined, and how it is called.

    `taken` is the view's local with what was loaded.
    """

    placed: Placed
    needs: frozenset[Need]
    application: Finding | None
    taken: str
    arguments: str
    text: str

    def applied(self, function: cst.FunctionDef) -> cst.FunctionDef:
        """A translated view that returns what the function makes of its values."""
        return _Completed(self, returns_of(function)).rewrite(function)


@dataclass(frozen=True, slots=True)
class Completed:
    """A view without such a decorator, which has a parameter for what that takes; as it was where there is none."""

    decorators: list[tuple[Decorator, Module]]
    function: cst.FunctionDef
    names: Names
    completion: Completion | None = None


@dataclass(frozen=True, slots=True)
class _Taking:
    """A wrapper that takes its last argument off, calls the view, and goes on: the locals that it gives the two."""

    taken: str
    value: str
    rest: tuple[cst.BaseStatement, ...]


def with_completion(
    carrier: Carrier,
    policy: Policy,
    decorators: list[tuple[Decorator, Module]],
    function: cst.FunctionDef,
    names: Names,
) -> Completed:
    """The view and the decorators around it, the one that completes its answer taken out; raises `Refused`."""
    plain = Completed(decorators, function, names)
    loading = [place for place, (one, module) in enumerate(decorators) if _loads(carrier, one, module)]
    if len(loading) != 1 or function.asynchronous is not None:
        return plain
    for place, (decorator, module) in enumerate(decorators):
        if place <= loading[0] or layer_of(
            carrier.project, carrier.sources, decorator, module, expression_of(decorator)
        ):
            continue
        try:
            parts = take_apart(carrier, decorator)
        except Refused:
            continue
        taking = _taking(parts)
        if taking is None:
            continue
        own = _free(taking.taken, function, names)
        completion = _converted(carrier, policy, module, parts, taking, own)
        params = function.params.with_changes(params=[cst.Param(cst.Name(own)), *function.params.params])
        return Completed(
            [*decorators[:place], *decorators[place + 1 :]],
            function.with_changes(params=params),
            replace(names, local=names.local | {own}),
            completion,
        )
    return plain


def _loads(carrier: Carrier, decorator: Decorator, module: Module) -> bool:
    layer = layer_of(carrier.project, carrier.sources, decorator, module, expression_of(decorator))
    return isinstance(layer, ParsingCall) and not layer.as_kwargs and not layer.arg_name


def _taking(parts: Parts) -> _Taking | None:
    """What a wrapper does with its last argument; None for any other wrapper."""
    params = parts.wrapper.params
    if len(parts.star_names) != 2 or params.params or params.kwonly_params or parts.wrapper.asynchronous is not None:
        return None
    args, keywords = parts.star_names
    body = [one for one in statements_of(parts.wrapper) if not m.matches(one, DOCSTRING)]
    listed = m.Assign([m.AssignTarget(m.Name(args))], m.Call(func=m.Name("list"), args=[m.Arg(m.Name(args))]))
    if body and m.matches(body[0], m.SimpleStatementLine([listed])):
        taken, rest = _popped(body[1], args) if len(body) > 1 else "", body[2:]
    else:
        taken, rest = _unpacked(body[0], args) if body else "", body[1:]
    if not taken or not rest:
        return None
    call = m.Call(func=m.Name(parts.view), args=[m.Arg(m.Name(args), star="*"), m.Arg(m.Name(keywords), star="**")])
    called = m.SimpleStatementLine([m.Assign([m.AssignTarget(m.Name())], call)])
    if not m.matches(rest[0], called):
        return None
    assign = cst.ensure_type(cst.ensure_type(rest[0], cst.SimpleStatementLine).body[0], cst.Assign)
    value = cst.ensure_type(assign.targets[0].target, cst.Name).value
    attributes = [
        one.attr for each in rest[1:] for one in findall(each, m.Attribute()) if isinstance(one, cst.Attribute)
    ]
    named = [one for each in rest[1:] for one in findall(each, m.Name()) if one not in attributes]
    if any(one.value in (args, keywords, parts.view) for one in named if isinstance(one, cst.Name)):
        return None
    return _Taking(taken, value, tuple(rest[1:])) if len(rest) > 1 and taken != value else None


def _popped(statement: cst.BaseStatement, args: str) -> str:
    """`page` of `page = args.pop()`, or of `page = args.pop(-1)`."""
    if not m.matches(statement, m.SimpleStatementLine([m.Assign([m.AssignTarget(m.Name())], m.Call())])):
        return ""
    assign = cst.ensure_type(cst.ensure_type(statement, cst.SimpleStatementLine).body[0], cst.Assign)
    pops = code(assign.value).replace(" ", "") in (f"{args}.pop()", f"{args}.pop(-1)")
    return cst.ensure_type(assign.targets[0].target, cst.Name).value if pops else ""


def _unpacked(statement: cst.BaseStatement, args: str) -> str:
    """`page` of `*args, page = args`."""
    match statement:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(
                    targets=[
                        cst.AssignTarget(
                            target=cst.Tuple(
                                elements=[
                                    cst.StarredElement(value=cst.Name(value=before)),
                                    cst.Element(value=cst.Name(value=last)),
                                ]
                            )
                        )
                    ],
                    value=cst.Name(value=given),
                )
            ]
        ) if before == given == args:
            return last
        case _:
            return ""


def _free(wanted: str, function: cst.FunctionDef, names: Names) -> str:
    used = {one.value for one in findall(function, m.Name()) if isinstance(one, cst.Name)}
    name, number = wanted, 1
    while name in used or names.of_name(name) is not None:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _converted(
    carrier: Carrier, policy: Policy, view_module: Module, parts: Parts, taking: _Taking, taken: str
) -> Completion:
    """The function that a wrapper becomes; raises `Refused`."""
    factory = parts.factory.params if parts.factory is not None else cst.Parameters()
    given = [cst.Param(cst.Name(taking.value)), cst.Param(cst.Name(taking.taken))]
    body = cst.IndentedBlock([*_documented(parts), *taking.rest])
    params = factory.with_changes(params=[*given, *factory.params])
    function = cst.FunctionDef(cst.Name(parts.name), params, body)
    if not leaves(taking.rest[-1]) or any(one.value is None for one in returns_of(function)):
        raise unclear(parts.location, parts.text, "may return nothing")
    home = ".bridged.decorators" if policy == "bridged" else ".decorators"
    names = Names.of(carrier.project, parts.names.module, function)
    file = parts.references(carrier, policy, False, home)
    carried = write_function(carrier, function, names, file, file, parts.defined_at)
    if carried.parameters:
        raise unclear(parts.location, parts.text, "reads the request and changes what the view answers")
    text = carried.text.replace(f"def {carried.name}(", f"def {parts.name}(", 1)
    placed = Placed.of(carrier, home, parts.name, text, carried.needs)
    shown, needs = arguments_here(carrier, policy, view_module, parts.arguments, parts.location, parts.text)
    imports = frozenset({Need(home, placed.name), *needs})
    return Completion(placed, imports, carried.application, taken, shown[1:-1], parts.text)


def _documented(parts: Parts) -> Sequence[cst.BaseStatement]:
    return [cst.parse_statement(parts.docstring)] if parts.docstring else []


class _Completed(Visitor):
    """`return value` → `return function(value, taken)`."""

    def __init__(self, completion: Completion, returns: list[cst.Return]) -> None:
        super().__init__()
        self.completion, self.returns = completion, returns

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        if not any(original_node is one for one in self.returns) or updated_node.value is None:
            return updated_node
        one = self.completion
        more = f", {one.arguments}" if one.arguments else ""
        value = f"{one.placed.name}({code(updated_node.value)}, {one.taken}{more})"
        return updated_node.with_changes(value=cst.parse_expression(value))
