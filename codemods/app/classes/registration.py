"""How a class-based view is registered, and what its class is made with there: `as_view("name", Model)`,
`api.add_resource(View, "/path", resource_class_kwargs={"model": Model})`.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.app.functions.inner_functions import Function, is_constant
from codemods.extensions.basis.module_names import of_module
from codemods.extensions.resources.adding import adding_calls
from codemods.model import Module
from codemods.scan.declarations import resource_arguments
from codemods.view.names import Names, split

from .api_arguments import argument_of, own_parameters, registered_arguments, spelled_arguments
from .values import Given

if TYPE_CHECKING:
    from .members import Members


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration of one view, whose class has these members."""

    members: "Members"

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the class is made with, without what its library always hands it, as source text."""
        return registered_arguments(self.members.endpoint, self.members.given_first)

    def bound(self, init: Function) -> dict[str, Given]:
        """The values of the parameters of `__init__`; raises `Refused`."""
        arguments = [argument_of(text) for text in self.arguments]
        signature, given = init.args, self.members.given_first
        if (signature.vararg and not given) or signature.posonlyargs or not signature.args or init.decorator_list:
            raise self.members.refuse("parameters of '__init__'")
        names = own_parameters(init, given)
        by_name: dict[str, ast.expr | None] = {}
        positions = iter(names)
        for key, value in arguments:
            name = key if key is not None else next(positions, None)
            if name is None or name in by_name:
                raise self.members.refuse("unknown arguments")
            by_name[name] = value
        known = {*names, *(one.arg for one in signature.kwonlyargs)}
        further = by_name.keys() - known
        if further and signature.kwarg is None:
            raise self.members.refuse("unknown arguments")
        values = self.argument_values(names, by_name) if by_name else {}
        spelled = {name: f"{signature.kwarg.arg}[{name!r}]" for name in further} if signature.kwarg else {}
        values = {spelled.get(name, name): given for name, given in values.items()}
        defaults = zip(reversed(names), reversed(signature.defaults), strict=False)
        keywords = (one.arg for one in signature.kwonlyargs)
        keyword_defaults = zip(keywords, signature.kw_defaults, strict=True)
        for name, default in (*defaults, *keyword_defaults):
            if default is not None and name not in values and is_constant(default):
                values[name] = Given(default, self.members.concrete.module)
        return values

    def argument_values(self, names: Sequence[str], arguments: dict[str, ast.expr | None]) -> dict[str, Given]:
        """The values of arguments by name; raises `Refused`.

        Where a function registers the view, its arguments are what the running application has.
        """
        places = {name: str(place) for place, name in enumerate(names, self.members.given_first)}
        live = {name: self.defined(name) or self.defined(places.get(name, "")) for name in arguments}
        known = {name: given for name, given in live.items() if given is not None}
        if len(known) == len(arguments):
            return known
        written = {name: value for name, value in arguments.items() if value is not None}
        spelled = spelled_arguments(self.members.carrier.sources, self.registrations())
        if spelled.keys() >= arguments.keys():
            return {name: spelled[name] for name in arguments}
        if len(written) < len(arguments):
            raise self.members.refuse("unknown arguments")
        home = self.registered_in()
        return {name: Given(value, home) for name, value in written.items()}

    def defined(self, key: str) -> Given | None:
        """What the running application has for an argument of `as_view`, or keeps in an attribute."""
        qualified = self.members.endpoint.view.definitions.get(key)
        module, name = split(self.members.carrier.project, qualified) if qualified is not None else (None, "")
        return Given(ast.Name(name), module) if module is not None else None

    def registrations(self) -> Iterator[tuple[Module, ast.Call]]:
        """Every call that registers a resource: a decorator of its class, or one that adds it to an `Api`."""
        concrete, carrier = self.members.concrete, self.members.carrier
        for one in concrete.node.decorator_list:
            if isinstance(one, ast.Call) and self.members.registers(concrete, one):
                yield concrete.module, one
        yield from adding_calls(carrier.project, carrier.sources, concrete.qualified)

    def registered_in(self) -> Module:
        """The module that registers the class with these arguments, which are names of its own; raises `Refused` for
        none or more."""
        found = [
            (module, call)
            for module in self.members.carrier.project.modules.values()
            for call in ast.walk(self.members.carrier.sources.tree(module.file))
            if isinstance(call, ast.Call) and self.is_registration(module, call)
        ]
        modules = {module.name: module for module, _ in found}
        if len(modules) != 1:
            raise self.members.refuse("arguments of 'as_view'")
        [module] = modules.values()
        given = [node for _, call in found for one in (*call.args[1:], *call.keywords) for node in ast.walk(one)]
        known = set(of_module(self.members.carrier.sources.tree(module.file)))
        if any(isinstance(node, ast.Name) and node not in known for node in given):
            raise self.members.refuse("arguments of 'as_view'")
        return module

    def is_registration(self, module: Module, call: ast.Call) -> bool:
        """Whether a call is `as_view` of this class with the endpoint's arguments, or adds it to an `Api`."""
        if self.adds(module, call) and call.args:
            first = call.args[0]
            names = Names(self.members.carrier.project, module, frozenset(), {})
            is_own = isinstance(first, ast.Name) and names.of_name(first.id) == self.members.concrete.qualified
            words = {one.arg: one.value for one in call.keywords if one.arg is not None}
            return is_own and resource_arguments(words) == self.arguments
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "as_view" or not call.args:
            return False
        names = Names(self.members.carrier.project, module, frozenset(), {})
        texts = [ast.unparse(one) for one in (*call.args[1:], *call.keywords)]
        owner = call.func.value
        return (
            isinstance(owner, ast.Name)
            and names.of_name(owner.id) == self.members.concrete.qualified
            and texts == list(self.members.endpoint.view.arguments)
            and isinstance(call.args[0], ast.Constant)
            and call.args[0].value == self.members.endpoint.name.rpartition(".")[2]
        )

    def adds(self, module: Module, call: ast.Call) -> bool:
        """Whether a call adds resources to an `Api`, which may be a variable of a function."""
        if self.members.library is None:
            return False
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name not in {
                *module.definitions,
                *module.imports,
            }:
                return attr == self.members.library.adding.rpartition(".")[2]
        return self.members.method_of(module, call.func) == self.members.library.adding
