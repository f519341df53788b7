"""The methods of a class-based view as functions without an instance, and what these refer to."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.app.functions.bodies import preceded
from codemods.app.functions.inner_functions import Function, Scope, is_constant
from codemods.carry import Carrier, FileReferences, Policy, write_function
from codemods.carry.apart import SHARED, apart
from codemods.extensions.schema_layers import apispec
from codemods.findings import Finding, Location
from codemods.model import Endpoint
from codemods.obstacles import CLASS_VIEW
from codemods.view import patterns as m
from codemods.view.context import needs_request
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.reference import Reference
from codemods.view.references import Handed
from codemods.view.refusal import Refused, refuse
from codemods.view.rename import rename, snake_case
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .members import Members
from .spelling import Spelling, is_property
from .values import Owner, is_of_class, set_on

Rewriting = Callable[[cst.FunctionDef, str], cst.FunctionDef]
"""Changes a method before its instance goes; it is told the instance's name."""


@dataclass(slots=True)
class Methods:
    """The methods of one class-based view on their way.

    `handed` are the attributes that what stands around the view hands to the methods that answer.
    """

    carrier: Carrier
    endpoint: Endpoint
    policy: Policy
    here: str
    members: Members
    handed: frozenset[str] = frozenset()
    under_way: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, detail: str, location: Location | None = None) -> Refused:
        where = location or self.endpoint.view.function.location
        return refuse(CLASS_VIEW, where, f"{detail} in '{self.members.concrete.node.name}'")

    def answering(self, owner: Owner, node: Function) -> tuple[cst.FunctionDef, Names]:
        """A method that answers requests, with what it is handed as further parameters."""
        own = self.kept(owner, node)
        if own & self.handed:
            raise self.refuse(f"'self.{min(own & self.handed)}', which another method sets,")
        function, _, spelling = self.open(owner, node, own | self.handed)
        started = [
            cst.parse_statement(f"{name} = {code(spelling.value(name))}\n")
            for name in sorted(own)
            if self.members.attribute(name) is not None
        ]
        function = preceded(function, started)
        more = [cst.Param(cst.Name(name)) for name in sorted(self.handed)]
        params = function.params
        function = function.with_changes(params=params.with_changes(kwonly_params=[*params.kwonly_params, *more]))
        return function, self.names(owner, function, spelling)

    def around_answers(self, owner: Owner, node: Function, rewriting: Rewriting) -> tuple[cst.FunctionDef, Spelling]:
        """A method that stands around those that answer."""
        function, _, spelling = self.open(owner, node, self.kept(owner, node), rewriting)
        return function, spelling

    def names(self, owner: Owner, function: cst.FunctionDef, spelling: Spelling) -> Names:
        """The names of a method that is opened."""
        names = Names.of(self.carrier.project, owner.module, function)
        return replace(names, imported={**names.imported, **spelling.imported})

    def kept(self, owner: Owner, node: Function) -> frozenset[str]:
        """The attributes that a method sets, which are its locals as no other request sees them; raises `Refused`."""
        found = list(set_on(node, node.args.args[0].arg)) if node.args.args else []
        location = Location(owner.module.file, node.lineno)
        inner = {one for function in ast.walk(node) if function is not node and isinstance(function, Scope)
                 for one in ast.walk(function)}  # fmt: skip
        for one in found:
            if is_of_class(node) or not self.endpoint.view.init_every_request:
                raise self.refuse(f"'self.{one.attr}', which all requests share,", location)
            if isinstance(one.ctx, ast.Del) or one in inner:
                raise self.refuse(f"how '{node.name}' changes 'self.{one.attr}'", location)
        return frozenset(one.attr for one in found)

    def open(
        self, owner: Owner, node: Function, kept: Iterable[str] = (), rewriting: Rewriting | None = None
    ) -> tuple[cst.FunctionDef, Names, Spelling]:
        """A method as a function without its instance, its names, and how it was spelt; raises `Refused`.

        The attributes in `kept` are locals of it.
        """
        location = Location(owner.module.file, node.lineno)
        if any(not is_constant(one) for one in (*node.args.defaults, *filter(None, node.args.kw_defaults))):
            raise self.refuse(f"defaults of '{node.name}'", location)
        function = self.carrier.sources.function(location, node.name).with_changes(decorators=())
        names = Names.of(self.carrier.project, owner.module, function)
        parameters = function.params
        if parameters.posonly_params or not parameters.params or parameters.params[0].default is not None:
            raise self.refuse(f"parameters of '{node.name}'", location)
        instance = parameters.params[0].name.value
        if names.bindings[instance] != 1:
            raise self.refuse(f"'{node.name}' changes its instance", location)
        function = function.with_changes(params=parameters.with_changes(params=parameters.params[1:]))
        if rewriting is not None:
            function = rewriting(function, instance)
        spelling = Spelling(self.members, owner, instance, names, location, self.refuse, of_class=is_of_class(node))
        spelling.keep(function, frozenset(kept))
        function = spelling.rewrite(function)
        if findall(function, m.Name(instance)) or findall(function, m.Call(func=m.Name("super"))):
            raise self.refuse(f"'{node.name}' hands its instance on", location)
        return function, self.names(owner, function, spelling), spelling

    def helper(self, owner: Owner, node: Function, whole_body: bool) -> Reference:
        """A method that others call, as a function of its own, for callers that read the body so; raises `Refused`."""
        name, location = node.name, Location(owner.module.file, node.lineno)
        if (owner.qualified, name) in self.under_way:
            raise self.refuse(f"the call of '{name}'")
        self.under_way.append((owner.qualified, name))
        try:
            function, names = self.opened_helper(owner, node, location)
            wanted = f"{snake_case(owner.node.name)}_{name.strip('_')}"
            while wanted in owner.module.definitions or wanted in names.local:
                wanted = f"{wanted}_method"
            home = self.carrier.home(owner.module, False)
            file = ClassReferences(self.carrier, self.policy, True, home, self, whole_body=whole_body)
            renamed = function.with_changes(name=cst.Name(wanted))
            carried = write_function(self.carrier, renamed, names, file, file, location)
        finally:
            self.under_way.remove((owner.qualified, name))
        own = self.carrier.free_name(carried.home, carried.name, carried.text, carried.needs)
        if own != carried.name:
            text = rename(carried.text, {carried.name: own}).replace(f"def {carried.name}(", f"def {own}(", 1)
            carried = replace(carried, name=own, text=text)
        self.carrier.carried[f"{owner.qualified}.{name} as {own}", self.policy, True, whole_body] = carried
        return Reference(own, Need(carried.home, own), carried.application, carried.parameters)

    def opened_helper(self, owner: Owner, node: Function, location: Location) -> tuple[cst.FunctionDef, Names]:
        """A method that others call, as a function without its instance; raises `Refused`."""
        if [ast.unparse(one) for one in node.decorator_list] == ["staticmethod"]:
            function = self.carrier.sources.function(location, node.name).with_changes(decorators=())
            return function, Names.of(self.carrier.project, owner.module, function)
        if node.decorator_list[is_of_class(node) :] and not is_property(node):
            raise self.refuse(f"the decorated '{node.name}'", location)
        if apispec.is_resource(self.endpoint) and node.name in dict(self.endpoint.view.methods):
            raise self.refuse(f"the call of '{node.name}', of whose answer flask-apispec makes JSON,", location)
        if self.kept(owner, node):
            raise self.refuse(f"'{node.name}' changes its instance", location)
        return self.open(owner, node)[:2]


@dataclass(frozen=True, slots=True)
class ClassReferences(FileReferences):
    """The references of a method: those of its file, helper methods, and what is kept in attributes of the class."""

    methods: Methods

    def to(
        self, qualified: str, names: Names, node: cst.BaseExpression, handed: Handed = ()
    ) -> tuple[Reference | None, str]:
        """See `References.to`."""
        members = self.methods.members
        owner = next((one for one in members.owners if qualified.startswith(f"{one.qualified}.")), None)
        if owner is None:
            return FileReferences.to(self, qualified, names, node, handed)
        member, _, rest = qualified.removeprefix(f"{owner.qualified}.").partition(".")
        found = members.method(member) if owner is members.concrete else (owner, owner.methods().get(member))
        if found is not None and found[1] is not None:
            return self.methods.helper(found[0], found[1], self.whole_body), rest
        if owner.node.name in names.local:
            raise self.methods.refuse(f"the name '{owner.node.name}'")
        self.check_attribute(member)
        shared = self.shared(member)
        if shared is not None:
            return apart(shared, names, qualified), rest
        attribute = f"{member}.{rest}" if rest else member
        place = self.methods.endpoint.view.function.location
        application = Finding(NEEDS_APPLICATION, place, f"'{owner.qualified}.{member}'")
        return Reference(owner.node.name, Need(owner.module.name, owner.node.name), application), attribute

    def shared(self, name: str) -> Reference | None:
        """An attribute that both applications share, which stays the object that the class was made with."""
        members = self.methods.members
        given = members.attribute(name)
        if not self.is_native or given is None or given.owner is None or members.may_change(name):
            return None
        used = {one.id for one in ast.walk(given.value) if isinstance(one, ast.Name)}
        if used & {*given.owner.attributes(), *given.owner.methods()}:
            return None
        path = f"{given.owner.node.name}.{name}"
        try:
            state = self.carrier.state_of_class(given.module, given.owner.location, path, given.value)
        except Refused:
            return None
        return Reference(f"state.{state.name}", SHARED)

    def check_attribute(self, name: str) -> None:
        """Raise `Refused` where what an attribute holds may ask for Flask's request."""
        given = self.methods.members.attribute(name)
        if given is None:
            return
        names = Names(self.carrier.project, given.module, frozenset(), {})
        used = {names.of_name(one.id) for one in ast.walk(given.value) if isinstance(one, ast.Name)} - {None}
        for one in sorted(map(str, used)):
            bound = sorted(found for found in (*self.carrier.context.reach(one), one) if needs_request(found))
            if bound:
                raise self.methods.refuse(f"'{name}', which uses '{bound[0]}',")


def read_on(node: Function) -> frozenset[str]:
    """The attributes of its instance that a method reads."""
    instance = node.args.args[0].arg if node.args.args else ""
    return frozenset(
        one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == instance
    )
