"""Functions of the project that are handed a response, which in the target is one of Starlette's.

def no_store(response):                             def no_store(response: Response) -> Any:
    response.headers.add("Vary", "Cookie")     →        response.headers.append("Vary", "Cookie")
    return response                                     return response

after_this_request(no_store)                        after_this_request(request)(no_store)

A parameter counts where every call in the project fills it with a response. A function that only some calls hand one
may be handed none by a converted call, because it would find Flask's attributes missing.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from codemods.model import Module, Project
from codemods.view.inner import AFTER_THIS_REQUEST
from codemods.view.kinds import RESPONSES
from codemods.view.names import meaning, split
from codemods.view.source import Function, Sources, first_line
from codemods.view.tables import KINDS

GIVEN = {"after_request": 0, "request_finished": 1}
"""The kinds of hooks that Flask hands a response, each with the place of the parameter."""
ALIKE = frozenset({"status_code"})
"""Attributes that both libraries' responses have, with the same meaning."""
MADE_BY_APPLICATION = frozenset({"make_response", "response_class", "redirect", "send_static_file"})
PARTS = (ast.Assign, ast.Attribute, ast.Call, ast.NamedExpr)

Argument = tuple[str, int | str]
"""What a call fills: a function's qualified name, or `.name` for a method of whatever class; a place or keyword."""


@dataclass(frozen=True, slots=True)
class HandedResponses:
    """The parameters that are always responses, by their function's qualified name; `touched` are those of functions
    and methods, by `Argument`, that use what Starlette's responses have not."""

    parameters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    touched: Collection[Argument] = frozenset()

    def fails(self, function: str, place: int | str) -> bool:
        """Whether a function, or a method `.name`, would find Flask's attributes missing on a response of the target.

        `place` counts the arguments of a call, without the object of a method.
        """
        return function not in self.parameters and (function, place) in self.touched


def find_handed_responses(project: Project, sources: Sources) -> HandedResponses:
    """What the functions of a project are handed."""
    scopes = list(_scopes(project, sources))
    if not any(one.touched() for one in scopes):
        return HandedResponses()
    known = {one.qualified: one for one in scopes if one.is_callable}
    while True:
        filled = _filled(scopes)
        found = {
            name: frozenset(one for one, are in taken.items() if are) & known[name].touched()
            for name, taken in _by_parameter(known, filled).items()
        }
        if all(found[name] <= known[name].responses for name in found):
            break
        for name, parameters in found.items():
            known[name].responses |= parameters
    touched = {(one.callee, place) for one in scopes for name in one.touched() for place in one.places(name)}
    return HandedResponses({name: parameters for name, parameters in found.items() if parameters}, touched)


@dataclass(slots=True)
class _Scope:
    """A function with the names in it that are responses; `owner` is the class that it is a method of, `parts` what of
    it tells of responses."""

    project: Project
    module: Module
    node: Function
    owner: str
    is_inner: bool
    responses: frozenset[str] = frozenset()
    parts: tuple[ast.AST, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = tuple(one for one in ast.walk(self.node) if isinstance(one, PARTS))

    @property
    def is_static(self) -> bool:
        return [ast.unparse(one) for one in self.node.decorator_list] == ["staticmethod"]

    @property
    def is_callable(self) -> bool:
        """Whether other functions call this one by its qualified name."""
        return not self.is_inner and (not self.owner or self.is_static)

    @property
    def qualified(self) -> str:
        return ".".join(filter(None, (self.module.name, self.owner, self.node.name)))

    @property
    def callee(self) -> str:
        return self.qualified if self.is_callable else f".{self.node.name}"

    def parameters(self) -> list[str]:
        arguments = self.node.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        return names[1:] if self.owner and not self.is_static else names

    def places(self, name: str) -> Iterator[int | str]:
        """How a call fills a parameter."""
        yield name
        if name in self.parameters():
            yield self.parameters().index(name)

    def touched(self) -> frozenset[str]:
        """The parameters of which an attribute is used that is not the same on every response, here or further on.

        One that the function itself makes a response of is none of them: what follows is known in any case.
        """
        names = {*self.parameters(), *(one.arg for one in self.node.args.kwonlyargs)}
        found: set[str] = set()
        for one in self.parts:
            match one:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute) if attribute not in ALIKE:
                    found.add(name)
                case ast.Call(func=function, args=arguments, keywords=keywords):
                    given = (*arguments, *(keyword.value for keyword in keywords))
                    handed = {argument.id for argument in given if isinstance(argument, ast.Name)} & names
                    found |= handed if handed and self.is_own(function) else set()
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value) if self.is_response(value):
                    names.discard(name)
        return frozenset(found & names)

    def is_own(self, function: ast.expr) -> bool:
        """Whether a call is of a function of the project."""
        return split(self.project, self.means(function))[0] is not None

    def means(self, node: ast.expr) -> str:
        """What a chain of names stands for; nothing where it is none, or starts at a local."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self.parameters():
            return ""
        return meaning(self.project, self.module, node)

    def is_response(self, node: ast.expr) -> bool:
        """Whether an expression is a response for sure."""
        match node:
            case ast.Name(id=name):
                return name in self.responses
            case ast.Call(func=ast.Attribute(value=owner, attr="make_conditional")):
                return self.is_response(owner)
            case ast.Call(func=ast.Attribute(attr=name) as function) if name in MADE_BY_APPLICATION:
                return self.means(function).startswith(("flask.", f"{self.module.name}."))
            case ast.Call(func=function):
                return KINDS.get(self.means(function)) == "response"
            case ast.IfExp(body=body, orelse=orelse):
                return self.is_response(body) and self.is_response(orelse)
            case _:
                return False

    def find_locals(self) -> None:
        """Count the locals that nothing but responses is assigned to among the responses."""
        assigned: dict[str, list[ast.expr]] = {}
        for one in self.parts:
            match one:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                ):
                    assigned.setdefault(name, []).append(value)
        for _ in assigned:
            more = {name for name, values in assigned.items() if all(self.is_response(one) for one in values)}
            if more <= self.responses:
                break
            self.responses |= more - {*self.parameters()}


def _scopes(project: Project, sources: Sources) -> Iterator[_Scope]:
    given = {
        (one.function.location.file, one.function.location.line): GIVEN[one.kind]
        for one in project.hooks
        if one.kind in GIVEN and one.function.location is not None
    }
    for module in project.modules.values():
        for node, owner, is_inner in _functions(sources.tree(module.file), "", False):
            scope = _Scope(project, module, node, owner, is_inner)
            first = first_line(node)
            hook = next(
                (given[module.file, line] for line in range(first, node.lineno + 1) if (module.file, line) in given),
                None,
            )
            if any(scope.means(one) == AFTER_THIS_REQUEST for one in node.decorator_list):
                hook = 0
            scope.responses = frozenset(scope.parameters()[hook : hook + 1] if hook is not None else ()) | frozenset(
                one.arg
                for one in (*node.args.args, *node.args.kwonlyargs)
                if one.annotation is not None and scope.means(one.annotation) in RESPONSES
            )
            yield scope


def _functions(node: ast.AST, owner: str, is_inner: bool) -> Iterator[tuple[Function, str, bool]]:
    """Every function of a module, with the class that it is a method of, and whether it stands in a function."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, Function):
            yield one, owner, is_inner
            yield from _functions(one, "", True)
        elif isinstance(one, ast.ClassDef):
            yield from _functions(one, one.name, is_inner)
        elif isinstance(one, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _functions(one, owner, is_inner)


def _filled(scopes: Collection[_Scope]) -> dict[Argument, list[bool]]:
    """For each function and place, of every call whether it fills it with a response."""
    found: dict[Argument, list[bool]] = {}
    for scope in scopes:
        scope.find_locals()
        for call in (one for one in scope.parts if isinstance(one, ast.Call)):
            called = scope.means(call.func)
            if called == AFTER_THIS_REQUEST and call.args:
                found.setdefault((scope.means(call.args[0]), 0), []).append(True)
                continue
            for place, argument in enumerate(call.args):
                found.setdefault((called, place), []).append(scope.is_response(argument))
            for keyword in call.keywords:
                found.setdefault((called, keyword.arg or ""), []).append(scope.is_response(keyword.value))
    return found


def _by_parameter(
    known: Mapping[str, _Scope], filled: Mapping[Argument, Collection[bool]]
) -> dict[str, dict[str, bool]]:
    """Of each function the parameters that calls fill, and whether with responses only."""
    found: dict[str, dict[str, bool]] = {}
    for (name, place), are in filled.items():
        scope = known.get(name)
        if scope is None:
            continue
        parameters = scope.parameters()
        parameter = place if isinstance(place, str) else "".join(parameters[place : place + 1])
        taken = found.setdefault(name, {})
        taken[parameter] = all(are) and taken.get(parameter, True)
    return found
