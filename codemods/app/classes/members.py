"""What a class-based view has, by Python's own order of lookup: methods, attributes, what its `__init__` keeps.

Only plain classes are understood: a body of methods and assignments, bases that are the project's own or Flask's, an
`__init__` that keeps arguments and constants. Everything else could change what an attribute is.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import libcst as cst

from codemods.app.endpoints.inner_parsers import moved, parser_statements
from codemods.app.functions.inner_functions import Function, is_constant
from codemods.carry import Carrier
from codemods.extensions.basis.objects import made_by
from codemods.extensions.resources import views as resources
from codemods.extensions.schema_layers import apispec, smorest
from codemods.model import Endpoint, Module
from codemods.obstacles import CLASS_VIEW
from codemods.view.assignments import one_by_one
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import Refused, refuse

from .api_arguments import given_first, hands_on, keeps_api
from .registration import Registration
from .values import Given, Owner, set_on, text_of

HARMLESS_BASES = apispec.RESOURCES | resources.CLASSES | {
    "flask.views.MethodView", "flask.views.View", "abc.ABC", "builtins.object", "object",
}  # fmt: skip


@dataclass(slots=True)
class Members:
    """The members of one class-based view as it is registered for one endpoint."""

    carrier: Carrier
    endpoint: Endpoint
    owners: tuple[Owner, ...]
    given: dict[str, Given] = field(default_factory=dict)
    parsers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, carrier: Carrier, endpoint: Endpoint) -> "Members":
        """Read the class of a view; raises `Refused` for one that is not plain."""
        view = endpoint.view
        owners = []
        for qualified in (view.function.qualified, *view.bases):
            if qualified in HARMLESS_BASES:
                continue
            owners.append(_owner(carrier, endpoint, qualified))
        if not carrier.project.live and len(owners) > 1 and any(len(one.node.bases) > 1 for one in owners):
            raise refuse(CLASS_VIEW, view.function.location, f"the order of the bases of '{view.function.qualified}'")
        members = cls(carrier, endpoint, tuple(owners))
        members.check()
        members.given |= given_first(carrier, members.library)
        members.read_init()
        return members

    @property
    def concrete(self) -> Owner:
        """The class itself."""
        return self.owners[0]

    def refuse(self, detail: str) -> Refused:
        return refuse(CLASS_VIEW, self.endpoint.view.function.location, f"{detail} of '{self.concrete.qualified}'")

    @property
    def tagging(self) -> tuple[ast.expr, ...]:
        """The decorators of the class that flask-smorest puts around each of its methods, inherited ones included."""
        module, listed = self.concrete.module, self.concrete.node.decorator_list
        return tuple(one for one in listed if self.method_of(module, one) == f"{smorest.MAKER}.etag")

    def check(self) -> None:
        """Raise `Refused` for anything that changes how members are found or requests are dispatched."""
        for owner in self.owners:
            tagging = self.tagging if owner is self.concrete else ()
            decorators = [
                one for one in owner.node.decorator_list if not self.registers(owner, one) and one not in tagging
            ]
            if decorators or owner.node.keywords:
                raise self.refuse(f"decorators or a metaclass of '{owner.node.name}'")
            for name in owner.methods():
                special = name.startswith("__") and name.endswith("__") and name != "__init__"
                if special or name == "as_view":
                    raise self.refuse(f"'{name}'")
            inner = self.read_parsers(owner, owner.node.body, "")
            for statement in owner.node.body:
                if statement not in inner and not _is_plain(statement):
                    raise self.refuse(f"'{ast.unparse(statement).splitlines()[0]}'")
            names = [one.name for one in owner.node.body if isinstance(one, Function)]
            if len(names) != len(set(names)) or set(names) & owner.attributes().keys():
                raise self.refuse("a name that is bound twice")

    def registers(self, owner: Owner, decorator: ast.expr) -> bool:
        """Whether a decorator only registers the class: that of a resource's `Api`, flask-smorest's of a blueprint."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        registering = self.library.registering if self.library is not None else {f"{smorest.MAKER}.route"}
        return self.method_of(owner.module, called) in registering

    @property
    def library(self) -> resources.ResourceLibrary | None:
        """The library whose resource the view is, if it is one."""
        return resources.library_of(self.endpoint)

    @property
    def given_first(self) -> int:
        """The number of arguments with which a library makes the view itself, ahead of those of the registration."""
        return self.library.given if self.library is not None else 0

    def method_of(self, module: Module, callee: ast.expr) -> str | None:
        """The method of an extension's class that is called on an object of the project's."""
        names = Names(self.carrier.project, module, frozenset(), {})
        qualified = names.qualified(cst.parse_expression(ast.unparse(callee)))
        return made_by(self.carrier.project, self.carrier.sources, qualified) if qualified is not None else None

    @property
    def changing(self) -> frozenset[str]:
        """The attributes of the instance that methods set while they answer, `__init__` aside."""
        found = (
            one.attr
            for owner in self.owners
            for name, node in owner.methods().items()
            if name != "__init__" and node.args.args
            for one in set_on(node, node.args.args[0].arg)
        )
        return frozenset(found)

    def method(self, name: str, after: Owner | None = None) -> tuple[Owner, Function] | None:
        """The function that a name finds; `after` an owner, the one that `super()` finds there."""
        place = self.owners.index(after) + 1 if after is not None else 0
        for owner in self.owners[place:]:
            if name in owner.attributes():
                return None
            if name in owner.methods():
                return owner, owner.methods()[name]
        return None

    def attribute(self, name: str) -> Given | None:
        """The value that a name finds where it is not a function: what `__init__` keeps comes first."""
        if name in self.given:
            return self.given[name]
        for owner in self.owners:
            if name in owner.methods():
                return None
            if name in owner.attributes():
                return Given(owner.attributes()[name], owner.module, owner)
        return None

    def may_change(self, name: str) -> bool:
        """Whether code of the project sets an attribute of one of the classes after it is made."""
        return any(
            self.sets(module, node, name)
            for module in self.carrier.project.modules.values()
            if any(one in self.carrier.sources.files[module.file] for one in (f".{name}".encode(), b"attr("))
            for node in ast.walk(self.carrier.sources.tree(module.file))
        )

    def only_loops(self, name: str) -> bool:
        """Whether all that the project's code does with an attribute of that name is to loop over it."""
        for module in self.carrier.project.modules.values():
            if name.encode() not in self.carrier.sources.files[module.file]:
                continue
            nodes = list(ast.walk(self.carrier.sources.tree(module.file)))
            looped = {id(one.iter) for one in nodes if isinstance(one, ast.For | ast.comprehension)}
            for one in nodes:
                match one:
                    case ast.Attribute(attr=attribute) if attribute == name and id(one) not in looped:
                        return False
                    case ast.Constant(value=str(text)) if text == name:
                        return False
        return True

    def sets(self, module: Module, node: ast.AST, name: str) -> bool:
        """Whether this sets an attribute of that name, on one of the classes or on what a variable may hold of them."""
        match node:
            case ast.Attribute(value=target, attr=attribute, ctx=ast.Store() | ast.Del()) if attribute == name:
                pass
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[target, *rest]) if _may_name(rest, name):
                pass
            case _:
                return False
        names = Names(self.carrier.project, module, frozenset(), {})
        qualified = names.qualified(cst.parse_expression(ast.unparse(target)))
        if qualified is None:
            return isinstance(node, ast.Attribute) and not (isinstance(target, ast.Name) and target.id == "self")
        home, tail = split(self.carrier.project, qualified)
        known = home.definitions.get(tail) if home else None
        is_variable = known is not None and known.kind not in ("class", "function")
        return is_variable or qualified in {owner.qualified for owner in self.owners}

    def read_init(self) -> None:
        """Fill in `given` from `__init__` and the arguments of `as_view`; raises `Refused`."""
        found, registration = self.method("__init__"), Registration(self)
        if found is None:
            if registration.arguments:
                raise self.refuse("arguments")
            return
        owner, init = found
        values, given = registration.bound(init), self.given_first
        inner = self.read_parsers(owner, init.body, init.args.args[0].arg)
        plain = ("super().__init__()", f"super({owner.node.name}, {init.args.args[0].arg}).__init__()")
        for statement in chain.from_iterable(map(one_by_one, init.body)):
            match statement:
                case _ if statement in inner or keeps_api(statement, init, given):
                    continue
                case ast.Expr(value=ast.Constant()) | ast.Pass():
                    continue
                case ast.Expr(value=call) if ast.unparse(call) in plain or hands_on(call, owner, init, given):
                    if any("__init__" in one.methods() for one in self.owners[self.owners.index(owner) + 1 :]):
                        raise self.refuse("more than one '__init__'")
                case (
                    ast.Assign(targets=[ast.Attribute(value=ast.Name(id=own), attr=name)], value=value)
                    | ast.AnnAssign(target=ast.Attribute(value=ast.Name(id=own), attr=name), value=ast.expr() as value)
                ) if own == init.args.args[0].arg and name not in self.given:
                    more = init.args.kwarg.arg if init.args.kwarg else ""
                    self.given[name] = self.kept(owner, name, value, values, more)
                case _:
                    raise self.refuse(f"'{ast.unparse(statement).splitlines()[0]}' in '__init__'")

    def read_parsers(self, owner: Owner, statements: Sequence[ast.stmt], instance: str) -> list[ast.stmt]:
        """Note the request parsers that these statements make for the instances, and give back which do; raises
        `Refused`."""
        found = parser_statements(self.carrier, owner.module, statements, instance)
        for name, made in found.items():
            if name not in self.parsers:
                wanted = f"{owner.node.name}_{name}".removesuffix("_parser").removesuffix("_reqparse")
                self.parsers[name] = moved(self.carrier, owner.module, wanted, name, made, instance, owner.location)
        return [one for made in found.values() for one in made]

    def kept(self, owner: Owner, name: str, value: ast.expr, values: dict[str, Given], keywords: str) -> Given:
        """What `__init__` keeps: an argument, also one out of its further `keywords`, or a constant, be it that one is
        made of arguments."""
        if isinstance(value, ast.Name) and value.id in values:
            return values[value.id]
        match value:
            case ast.Subscript(value=ast.Name(), slice=ast.Constant()) if (item := ast.unparse(value)) in values:
                return values[item]
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=taken), attr="get" | "pop" as attr),
                args=[ast.Constant() as key, *more],
            ) if taken == keywords and len(more) < 2:
                default = more[0] if more else ast.Constant(None) if attr == "get" else None
                if (item := f"{taken}[{ast.unparse(key)}]") in values:
                    return values[item]
                if default is not None and is_constant(default):
                    return Given(default, owner.module)
            case ast.Call(func=func, args=[], keywords=words) if all(is_constant(one.value) for one in words):
                if (made := self.called(owner, func, values)) is not None:
                    call = ast.copy_location(ast.Call(made.value, [], words), value)
                    return Given(call, made.module)
        if is_constant(value):
            return Given(value, owner.module)
        if (text := text_of(value, values)) is not None:
            return Given(ast.Constant(text), owner.module)
        if (given := Registration(self).defined(f"self.{name}")) is not None:
            if isinstance(value, ast.Name):  # an argument, of which others may be made
                values[value.id] = given
            return given
        raise self.refuse(f"'{ast.unparse(value)}' in '__init__'")

    def called(self, owner: Owner, func: ast.expr, values: dict[str, Given]) -> Given | None:
        """What `__init__` calls: an argument, a global of its module, or a name that the class holds."""
        match func:
            case ast.Name(id=name):
                found = values.get(name, Given(func, owner.module) if name in owner.known else None)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if not self.may_change(name):
                found = self.attribute(name)
            case _:
                return None
        return found if found is not None and isinstance(found.value, ast.Name | ast.Attribute) else None


def _owner(carrier: Carrier, endpoint: Endpoint, qualified: str) -> Owner:
    module, name = split(carrier.project, canonical(carrier.project, qualified))
    definition = module.definitions.get(name) if module else None
    if module is None or definition is None or definition.kind != "class" or definition.rebound:
        raise refuse(CLASS_VIEW, endpoint.view.function.location, f"the class '{qualified}'")
    node = carrier.sources.piece(definition.location, name)
    assert isinstance(node, ast.ClassDef)
    return Owner(module, node)


def _may_name(arguments: list[ast.expr], name: str) -> bool:
    """Whether the second argument of `setattr` may be this name."""
    return not arguments or not isinstance(arguments[0], ast.Constant) or arguments[0].value == name


def _is_plain(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
            return True
        case _:
            parts = one_by_one(statement)
            return len(parts) > 1 and all(map(_is_plain, parts))
