"""What a class-based view does around every request: a `dispatch_request` that calls its base class's.

    def dispatch_request(self, *args, **kwargs):            def payroll_dispatch(request: Request) -> None:
        if "X-Internal" not in request.headers:       →         if "X-Internal" not in request.headers:
            abort(403)                                              raise Forbidden
        return super().dispatch_request(*args, **kwargs)

It is a decorator around each method that answers. What it keeps on the instance for them it hands to them.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import libcst as cst

from codemods.app.decorators.parts import Parts, returned_function
from codemods.app.functions.inner_functions import Function
from codemods.findings import Location
from codemods.model import Decorator, Module
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.rename import snake_case
from codemods.view.rule import TIGHT, code
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .methods import ClassReferences, Methods, read_on
from .spelling import base_of
from .values import Owner, set_on

NAME = "dispatch_request"


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The `dispatch_request` functions of a view, in the order of lookup: those that call the next one, and of a view
    that has no functions for each method, the one that answers."""

    methods: Methods
    around: tuple[tuple[Owner, Function], ...]
    answering: tuple[Owner, Function] | None

    @classmethod
    def of(cls, methods: Methods) -> "Dispatch":
        """Find them, and note what they hand to the methods that answer; raises `Refused`."""
        found = [(one, one.methods()[NAME]) for one in methods.members.owners if NAME in one.methods()]
        around: list[tuple[Owner, Function]] = []
        for owner, node in found:
            if not _calls_next(node):
                break
            around.append((owner, node))
        rest = found[len(around) :]
        is_method_view = methods.endpoint.view.kind == "method_view"
        if is_method_view and rest:
            raise methods.refuse("a dispatch of its own", Location(rest[0][0].module.file, rest[0][1].lineno))
        dispatch = cls(methods, tuple(around), None if is_method_view or not rest else rest[0])
        methods.handed = dispatch.handed()
        return dispatch

    def handed(self) -> frozenset[str]:
        """The attributes that are set here and read by a method that answers."""
        members = self.methods.members
        names = [name for name, _ in self.methods.endpoint.view.methods]
        answering = [found[1] for found in map(members.method, names) if found is not None]
        if self.answering is not None:
            answering = [self.answering[1]]
        read = frozenset().union(*(read_on(one) for one in answering))
        return read & {one.attr for _, node in self.around for one in set_on(node, node.args.args[0].arg)}

    def decorators(self) -> list[Decorator]:
        """They as decorators of what answers, outermost first."""
        return [
            Decorator(f"{owner.node.name}.{NAME}", None, Location(owner.module.file, node.lineno))
            for owner, node in self.around
        ]

    def parts(self) -> list[Parts]:
        """The pieces of these decorators; raises `Refused`."""
        return [self._parts(owner, node) for owner, node in self.around]

    def _named(self, owner: Owner) -> str:
        """What one of them is called: all but the outermost after their classes, too."""
        own, others = self.methods.members.concrete.node.name, [one for one, _ in self.around[1:]]
        name = snake_case(own)
        return f"{name}_{snake_case(owner.node.name)}_dispatch" if owner in others else f"{name}_dispatch"

    def _parts(self, owner: Owner, node: Function) -> Parts:
        methods, location = self.methods, Location(owner.module.file, node.lineno)
        text = f"{owner.node.name}.{NAME}"
        if node.decorator_list or isinstance(node, ast.AsyncFunctionDef):
            raise methods.refuse(f"the decorated or async '{NAME}'", location)
        given = sorted(self.handed() & {one.attr for one in set_on(node, node.args.args[0].arg)})
        if not all(_is_set_first(node, name) for name in given):
            raise methods.refuse(f"'self.{given[0]}', which '{NAME}' may not set,", location)
        view = _free_name("view", methods.carrier.sources.function(location, NAME), owner.module)
        rewriting = partial(_calling, view=view, given=given)
        wrapper, spelling = methods.around_answers(owner, node, rewriting)
        name = self._named(owner)
        decorator = cst.ensure_type(cst.parse_statement(f"def {name}({view}):\n    return {NAME}\n"), cst.FunctionDef)
        body = [wrapper.with_changes(returns=None), *decorator.body.body]
        decorator = decorator.with_changes(body=cst.IndentedBlock(body))
        names = Names.of(methods.carrier.project, owner.module, decorator)
        names = replace(names, imported={**names.imported, **spelling.imported})
        inner = returned_function(decorator)
        assert inner is not None
        return Parts(
            name, text, location, location, None, None, view, inner, True, names,
            references=partial(ClassReferences, methods=methods),
        )  # fmt: skip


def _calls_next(node: Function) -> bool:
    """Whether a method calls its base class's `dispatch_request`."""
    return any(
        isinstance(one, ast.Attribute)
        and one.attr == NAME
        and isinstance(one.value, ast.Call)
        and ast.unparse(one.value.func) == "super"
        for one in ast.walk(node)
    )


def _calling(function: cst.FunctionDef, instance: str, view: str, given: Sequence[str]) -> cst.FunctionDef:
    """The method with `view(…)` for `super().dispatch_request(…)`, which is handed the attributes in `given`."""
    return _Next(instance, view, given).rewrite(function)


class _Next(Visitor):
    def __init__(self, instance: str, view: str, given: Sequence[str]) -> None:
        super().__init__()
        self.next = m.Attribute(value=base_of(instance), attr=m.Name(NAME))
        self.instance, self.view, self.given = instance, view, given

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not m.matches(original_node.func, self.next):
            return updated_node
        comma = cst.Comma(cst.SimpleWhitespace(""), cst.SimpleWhitespace(" "))
        kept = [
            cst.Arg(cst.Attribute(cst.Name(self.instance), cst.Name(name)), cst.Name(name), TIGHT, comma)
            for name in self.given
        ]
        args = list(updated_node.args)
        place = next((index for index, one in enumerate(args) if one.star == "**"), len(args))
        if kept and place == len(args) and args:
            args[-1] = args[-1].with_changes(comma=comma)
        return updated_node.with_changes(func=cst.Name(self.view), args=[*args[:place], *kept, *args[place:]])


def _is_set_first(node: Function, name: str) -> bool:
    """Whether a statement of the method itself, not of a branch in it, sets an attribute."""
    instance = node.args.args[0].arg
    own = (one for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign))
    return any(one.attr == name for statement in own for one in set_on(statement, instance))


def _free_name(wanted: str, function: cst.FunctionDef, module: Module) -> str:
    """A name that neither a function nor its module uses."""
    used = {code(one) for one in findall(function, m.Name())} | module.definitions.keys() | module.imports.keys()
    while wanted in used:
        wanted += "_"
    return wanted
