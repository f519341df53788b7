"""Applications, blueprints and APIs as objects of the source: where they are made, what they are called elsewhere."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from codemods.findings import Location
from codemods.model import Decorator

from .constants import Constants, NotConstantError
from .names import Names
from .raw import RawModule, qualify
from .reading import Raws
from .registering import REGISTERING, ROUTES
from .scopes import Called, Scope, chain_of
from .tables import unroll

ObjectKind = Literal["app", "blueprint", "api", "namespace"]
#: classes whose instances routes are declared on
MAKERS: Mapping[str, ObjectKind] = {
    "flask.Flask": "app",
    "apiflask.APIFlask": "app",
    "flask_openapi3.OpenAPI": "app",
    "connexion.FlaskApp": "app",
    "flask.Blueprint": "blueprint",
    "apiflask.APIBlueprint": "blueprint",
    "flask_smorest.Blueprint": "blueprint",
    "flask_openapi3.APIBlueprint": "blueprint",
    "flask_restful.Api": "api",
    "flask_restx.Api": "api",
    "flask_restx.Namespace": "namespace",
    "flask_smorest.Api": "api",
}


@dataclass(slots=True)
class Object:
    """An application, blueprint or API. `key` is the qualified variable it is made in."""

    key: str
    kind: ObjectKind
    call: ast.Call
    raw: RawModule
    scope: Scope
    order: int

    @property
    def location(self) -> Location:
        return Location(self.raw.file.file, self.call.lineno)


@dataclass(frozen=True, slots=True)
class Registration:
    """A blueprint as it is registered: dotted name, the whole prefix of its rules, where it is defined.

    `order` is the place (module, number) of the registration on the application that brings it in.
    """

    name: str
    url_prefix: str
    variable: str
    location: Location
    subdomain: str | None = None
    order: tuple[str, int] = ("", 0)


@dataclass(slots=True)
class Objects:
    """All objects of a project and the names that lead to them."""

    raws: Raws
    names: Names
    constants: Constants
    objects: dict[str, Object] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)
    classes: dict[str, ObjectKind | None] = field(default_factory=dict)

    @classmethod
    def find(cls, raws: Raws, names: Names) -> "Objects":
        """Find them in all modules."""
        found = cls(raws, names, Constants(raws, names))
        for raw, scope in found.scopes():
            unroll(raw.top, scope)
            found._assignments(raw, scope)
        for raw, scope in found.scopes():
            for called in scope.called:
                found._hand_on(raw, scope, called)
        return found

    def scopes(self) -> Iterator[tuple[RawModule, Scope]]:
        """Every scope of every module that may declare something."""
        return self.raws.scopes()

    def resolve(self, raw: RawModule, scope: Scope, chain: str) -> str | None:
        """What a chain stands for, followed to its definition."""
        qualified = qualify(raw.name, scope, chain)
        return self.names.canonical(qualified) if qualified else None

    # making

    def kind_of_class(self, qualified: str | None, depth: int = 0) -> ObjectKind | None:
        """What instances of a class are: by the table, or by the bases of a class of the project."""
        if qualified is None or depth > 10:
            return None
        if qualified in MAKERS:
            return MAKERS[qualified]
        if qualified not in self.classes:
            self.classes[qualified] = None
            module, rest = self.names.module_of(qualified)
            home = self.raws.get(module or "")
            for child in home.top.children if home else ():
                if child.kind == "class" and child.name == rest and home is not None:
                    bases = [self._base(home, chain, qualified) for chain in map(chain_of, child.bases) if chain]
                    kinds = [self.kind_of_class(base, depth + 1) for base in bases]
                    self.classes[qualified] = next((kind for kind in kinds if kind), None)
        return self.classes[qualified]

    def _base(self, home: RawModule, chain: str, qualified: str) -> str | None:
        """The base of a class, which may be an import whose name the class takes: `class Flask(Flask)`."""
        found = self.resolve(home, home.top, chain)
        return home.collected.imported_before.get(chain) if found == qualified else found

    def _assignments(self, raw: RawModule, scope: Scope) -> None:
        for assigned in scope.assigned:
            value = assigned.value
            if not isinstance(value, ast.Call | ast.Name | ast.Attribute):
                continue
            key = qualify(raw.name, scope, assigned.name)
            chain = chain_of(value.func if isinstance(value, ast.Call) else value)
            qualified = qualify(raw.name, scope, chain) if chain else None
            if key is None or qualified is None or not self._may_lead(raw, scope, qualified, value):
                continue
            target = self.names.canonical(qualified)
            if not isinstance(value, ast.Call):
                self.aliases.setdefault(key, []).append(target)
                continue
            kind = self.kind_of_class(target)
            if kind is not None:
                self.objects.setdefault(key, Object(key, kind, value, raw, scope, scope.order))
            else:
                self.aliases.setdefault(key, []).extend(self._returned(target))

    def _may_lead(self, raw: RawModule, scope: Scope, qualified: str, value: ast.expr) -> bool:
        """Whether a name, or what a call of it is given, may lead to an object: only then its module is read."""
        if self._is_near(raw, qualified):
            return True
        given = [*value.args, *(keyword.value for keyword in value.keywords)] if isinstance(value, ast.Call) else []
        names = (qualify(raw.name, scope, chain) for chain in map(chain_of, given) if chain)
        return any(name and (name in self.objects or name in self.aliases or self.raws.leads(name)) for name in names)

    def _is_near(self, raw: RawModule, qualified: str) -> bool:
        """Whether a name needs no other module to be read, or one that leads to an object."""
        module = self.names.module_of(qualified)[0]
        return module is None or module == raw.name or self.raws.leads(qualified)

    def function(self, qualified: str) -> tuple[RawModule, Scope] | None:
        """A module-level function of the project."""
        module, rest = self.names.module_of(qualified)
        home = self.raws.get(module or "")
        for child in home.top.children if home else ():
            if child.kind == "function" and child.name == rest and home is not None:
                return home, child
        return None

    def _returned(self, qualified: str) -> Iterator[str]:
        """What a function of the project returns, where that is a name."""
        found = self.function(qualified)
        for value in found[1].returns if found else ():
            chain = chain_of(value)
            target = self.resolve(*found, chain) if found and chain else None
            if target:
                yield target

    def _hand_on(self, raw: RawModule, scope: Scope, called: Called) -> None:
        """Bind a project's function's parameters to the objects that it is called with."""
        qualified = qualify(raw.name, scope, called.chain)
        if qualified is None or not self._is_near(raw, qualified):
            return
        found = self.function(self.names.canonical(qualified))
        if found is None:
            return
        home, function = found
        named = {keyword.arg: keyword.value for keyword in called.node.keywords if keyword.arg}
        pairs = [*zip(function.parameters, called.node.args, strict=False), *named.items()]
        for parameter, argument in pairs:
            chain = chain_of(argument)
            value = self.resolve(raw, scope, chain) if chain else None
            if value:
                self.aliases.setdefault(f"{home.name}.{function.qualname}.<locals>.{parameter}", []).append(value)

    # finding

    def of(self, raw: RawModule, scope: Scope, chain: str) -> list[Object]:
        """The objects that a chain may stand for, in the order in which they are bound."""
        key = self.resolve(raw, scope, chain)
        return list(self._follow(key, set())) if key else []

    def _follow(self, key: str, seen: set[str]) -> Iterator[Object]:
        if key in seen:
            return
        seen.add(key)
        if key in self.objects:
            yield self.objects[key]
            return
        for alias in self.aliases.get(key, ()):
            yield from self._follow(self.names.canonical(alias), seen)

    def home_of_api(self, api: Object) -> list[Object]:
        """The application or blueprint that an `Api` is made for, or initialised with later."""
        words = {keyword.arg: keyword.value for keyword in api.call.keywords}
        given = api.call.args[0] if api.call.args else words.get("app")
        chain = chain_of(given) if given is not None else None
        if chain:
            return self.of(api.raw, api.scope, chain)
        for raw, scope in self.scopes():
            for called in scope.called:
                owner, _, attribute = called.chain.rpartition(".")
                if attribute == "init_app" and called.node.args and api in self.of(raw, scope, owner):
                    argument = chain_of(called.node.args[0])
                    return self.of(raw, scope, argument) if argument else []
        return []

    def is_registering(self, raw: RawModule, scope: Scope, node: ast.expr) -> bool:
        """Whether a decorator registers the function with an application or blueprint and hands it back unchanged."""
        chain = chain_of(node.func if isinstance(node, ast.Call) else node)
        owner, _, attribute = (chain or "").rpartition(".")
        if not owner or attribute not in ROUTES | REGISTERING | {"resource"}:
            return False
        outside = scope.parent or raw.top
        if self.of(raw, outside, owner):
            return True
        target = self.resolve(raw, outside, owner)
        module = self.names.module_of(target)[0] if target else None
        if module is None:
            return False
        return attribute in REGISTERING or _first_is_rule(node)

    def endpoint_of(self, raw: RawModule, scope: Scope, node: ast.expr) -> str | None:
        """The last part of the endpoint that a route decorator declares; None where it declares none or computes it."""
        chain = chain_of(node.func) if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or (chain or "").rpartition(".")[2] not in ROUTES:
            return None
        for keyword in node.keywords:
            if keyword.arg == "endpoint":
                try:
                    return self.constants.text(raw, scope.parent or raw.top, keyword.value)
                except NotConstantError:
                    return None
        return scope.name

    def class_decorators(self, raw: RawModule, scope: Scope) -> Iterator[Decorator]:
        """The `decorators` list of a class-based view, outermost (the last) first."""
        for assigned in scope.assigned:
            if assigned.name == "decorators" and isinstance(assigned.value, ast.List | ast.Tuple):
                for node in reversed(assigned.value.elts):
                    chain = chain_of(node.func if isinstance(node, ast.Call) else node)
                    qualified = self.resolve(raw, scope, chain) if chain else None
                    yield Decorator(ast.unparse(node), qualified, Location(raw.file.file, node.lineno))


def _first_is_rule(node: ast.expr) -> bool:
    """Whether a decorator's first argument is a text that starts like a rule."""
    match node:
        case ast.Call(args=[ast.Constant(value=str(text)), *_]):
            return text.startswith("/") or not text
        case _:
            return False
