"""Functions of the project that are handed schemas, by each of their calls.

    def paginated(rows, schema): …schema.dump(rows)…        a function with such a parameter
    paginated(USERS, UserSchema(many=True))                  a call that fills it

A parameter counts where it is used for nothing else, and every call in the project fills it with a schema: with objects
that are made with the same options, or with classes.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import libcst as cst

from codemods.model import Module, Project
from codemods.scan.files import is_test
from codemods.view.names import Names
from codemods.view.source import Function, Sources

from ..basis.plan import SchemaPlan
from .rewriting import ALLOWED, Instance, constructed

METHODS = frozenset(ALLOWED) - {"jsonify"}
Objects = Mapping[str, Instance]


@dataclass(frozen=True, slots=True)
class HandedSchema:
    """What every call fills a parameter with: an object of one of `schemas`, made as `instance` is, or one of these
    classes where it `is_class`."""

    schemas: tuple[str, ...]
    instance: Instance
    is_class: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """A piece of code, and what names mean in it: a whole function with all that it defines, or what stands in none.
    One that `decorates` stands behind an `@`."""

    node: ast.AST
    names: Names
    decorates: bool = False


def handed_schemas(
    project: Project, sources: Sources, plans: Mapping[str, SchemaPlan], objects: Objects
) -> Mapping[str, Mapping[str, HandedSchema]]:
    """The parameters that are handed schemas, by their function's qualified name."""
    found: dict[str, dict[str, HandedSchema]] = {}
    for module in project.modules.values():
        if is_test(module.file) or not any(sources.mentions(module.file, one.encode()) for one in METHODS):
            continue
        for node in sources.tree(module.file).body:
            if not isinstance(node, ast.FunctionDef) or node.decorator_list:
                continue
            for name, kind in _candidates(node):
                qualified = f"{module.name}.{node.name}"
                given = [*_given(project, sources, plans, objects, qualified, node, name)]
                handed = agreed([one for one in given if one]) if given and None not in given else None
                if handed is not None and handed.is_class == (kind == "class"):
                    found.setdefault(f"{module.name}.{node.name}", {})[name] = handed
    return found


def argument_of(params: Sequence[str], name: str, call: cst.Call) -> cst.Arg | None:
    """What a call fills a parameter with; None where it says nothing, or nobody can tell."""
    if any(one.star for one in call.args):
        return None
    for place, one in enumerate(call.args):
        if one.keyword.value == name if one.keyword else params[place : place + 1] == [name]:
            return one
    return None


def schema_in(
    value: cst.BaseExpression,
    scope: Scope,
    plans: Mapping[str, SchemaPlan],
    objects: Objects,
) -> tuple[Instance, bool] | None:
    """The schema object that an expression is, or the class, which is told by the second value; None for all else."""
    names = scope.names
    if isinstance(value, cst.Name) and names.bindings.get(value.value) == 1:
        made = _local_value(scope.node, value.value)
        value = cst.parse_expression(ast.unparse(made)) if isinstance(made, ast.Call) else value
    qualified = names.qualified(value) or ""
    if qualified in plans:
        return (Instance(qualified), True) if plans[qualified].converts else None
    instance = objects.get(qualified) or constructed(value, plans, names)
    return (instance, False) if instance is not None else None


def _candidates(node: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The parameters that are only used as a schema, each with what it is used as: `object` or `class`."""
    parents = {child: one for one in ast.walk(node) for child in ast.iter_child_nodes(one)}
    bound = [one.arg for one in ast.walk(node) if isinstance(one, ast.arg)]
    for name in [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]:
        uses = [one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id == name]
        kinds = {_kind(one, parents) for one in uses}
        if len(kinds) == 1 and bound.count(name) == 1:
            (kind,) = kinds
            yield from [(name, kind)] if kind else []


def _kind(use: ast.Name, parents: Mapping[ast.AST, ast.AST]) -> str:
    owner, kind = parents[use], "object"
    if isinstance(owner, ast.Call) and owner.func is use:
        owner, kind = parents[owner], "class"
    if not isinstance(owner, ast.Attribute) or owner.attr not in METHODS or not isinstance(use.ctx, ast.Load):
        return ""
    call = parents[owner]
    return kind if isinstance(call, ast.Call) and call.func is owner else ""


def _given(
    project: Project,
    sources: Sources,
    plans: Mapping[str, SchemaPlan],
    objects: Objects,
    qualified: str,
    function: ast.FunctionDef,
    name: str,
) -> Iterator[tuple[Instance, bool, bool] | None]:
    """What the calls of a function fill a parameter with, and whether they make decorators; None for what is no
    schema, or no call."""
    params = [one.arg for one in function.args.args]
    for module in project.modules.values():
        if is_test(module.file) or not sources.mentions(module.file, function.name.encode()):
            continue
        if _is_renamed(sources.tree(module.file), function.name):
            yield None
        for scope in _scopes(project, sources, module, function.name):
            for call in _uses(scope, qualified):
                argument = argument_of(params, name, call) if call is not None else None
                found = schema_in(argument.value, scope, plans, objects) if argument is not None else None
                yield (*found, scope.decorates) if found is not None else None


def _scopes(project: Project, sources: Sources, module: Module, word: str) -> Iterator[Scope]:
    """The functions of a module that stand in no other one, and each statement outside of them, which name a word."""
    bare = Names(project, module, frozenset(), {})
    waiting: list[ast.AST] = [*sources.tree(module.file).body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Function):
            if word in {_last(node) for node in ast.walk(one)}:
                yield Scope(one, Names.of(project, module, sources.parsed(module.file, one)))
            yield from (Scope(outside, bare, decorates=True) for outside in one.decorator_list)
            yield from (Scope(outside, bare) for outside in (*one.args.defaults, *filter(None, one.args.kw_defaults)))
        elif isinstance(one, ast.ClassDef):
            waiting += one.body
            yield from (Scope(outside, bare) for outside in chain(one.decorator_list, one.bases))
        else:
            yield Scope(one, bare)


def _uses(scope: Scope, qualified: str) -> Iterator[cst.Call | None]:
    """The calls of a function in a scope; None for what is said of it otherwise, and for decorators inside of it."""
    last = qualified.rpartition(".")[2]
    parts = scope.node.body if isinstance(scope.node, Function) else [scope.node]
    nodes = [one for part in parts for one in ast.walk(part)]
    calls: dict[ast.AST, ast.Call] = {one.func: one for one in nodes if isinstance(one, ast.Call)}
    around = {each for one in nodes if isinstance(one, Function | ast.ClassDef) for each in one.decorator_list}
    for one in nodes:
        if _last(one) != last or scope.names.qualified(cst.parse_expression(ast.unparse(one))) != qualified:
            continue
        call = calls.get(one)
        is_plain = call is not None and call not in around and (call is not scope.node or scope.decorates)
        yield cst.ensure_type(cst.parse_expression(ast.unparse(call)), cst.Call) if call and is_plain else None


def _is_renamed(tree: ast.Module, name: str) -> bool:
    """Whether something of this name is imported under another one, by which it may be called."""
    aliases = (alias for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) for alias in one.names)
    return any(one.name == name and one.asname not in (None, name) for one in aliases)


def _last(node: ast.AST) -> str:
    """The last word of a chain of names."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _local_value(scope: ast.AST, name: str) -> ast.expr | None:
    for one in ast.walk(scope):
        match one:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return value
    return None


def agreed(given: Sequence[tuple[Instance, bool, bool]]) -> HandedSchema | None:
    """What is the same about schemas: for each there is an object, whether it is the class, and a decorator's."""
    (first, is_class, _), *_ = given
    alike = {(replace(one, schema=""), *rest) for one, *rest in given}
    if len(alike) != 1 or first.many_if is not None or first.partial_if is not None:
        return None
    schemas = tuple(dict.fromkeys(one.schema for one, *_ in given))
    return HandedSchema(schemas, replace(first, schema=schemas[0]), is_class)
