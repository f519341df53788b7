"""Registrations of blueprints: dotted names and whole prefixes, nested and repeated ones too."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.findings import Finding

from .constants import NotConstantError
from .declarations import Place
from .diagnostics import NOT_REGISTERED, ROUTE_IN_LOOP, RULE_NOT_CONSTANT
from .objects import Object, Objects, Registration
from .scopes import Called, chain_of


@dataclass(frozen=True, slots=True)
class Registered:
    """A `register_blueprint` call: which owner gets which blueprint, with what options."""

    owner: Object
    blueprint: Object
    node: ast.Call
    place: Place
    order: int


@dataclass(frozen=True, slots=True)
class Parent:
    """What a blueprint's registration takes over from the one around it."""

    name: str = ""
    url_prefix: str | None = None
    subdomain: str | None = None
    order: tuple[str, int] | None = None
    depth: int = 0


class Blueprints:
    """Follows registrations from the application down."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.findings: list[Finding] = []
        self.calls = list(self._calls())

    def of(self, app: Object) -> list[tuple[Object, Registration]]:
        """Every blueprint that the application registers, parents before children."""
        found = list(self._below(app, Parent()))
        registered = {id(blueprint) for blueprint, _ in found}
        for candidate in self.objects.objects.values():
            if candidate.kind == "blueprint" and id(candidate) not in registered:
                self.findings.append(Finding(NOT_REGISTERED, candidate.location, f"'{candidate.key}'"))
        return found

    def _calls(self) -> Iterator[Registered]:
        for raw, scope in self.objects.scopes():
            for called in scope.called:
                owner, _, attribute = called.chain.rpartition(".")
                if owner and attribute == "register_blueprint":
                    yield from self._call(Place(raw, scope, called.node.lineno), owner, called)

    def _call(self, place: Place, owner: str, called: Called) -> Iterator[Registered]:
        words = {keyword.arg: keyword.value for keyword in called.node.keywords}
        given = called.node.args[0] if called.node.args else words.get("blueprint")
        chain = chain_of(given) if given is not None else None
        blueprints = self.objects.of(place.raw, place.scope, chain) if chain else []
        owners = self.objects.of(place.raw, place.scope, owner)
        if owners and not blueprints:
            diagnostic = ROUTE_IN_LOOP if called.loop else RULE_NOT_CONSTANT
            self.findings.append(Finding(diagnostic, place.location, f"'{ast.unparse(called.node)}'"))
        for found in owners:
            if found.kind == "api":
                yield from (
                    Registered(home, blueprint, called.node, place, called.order)
                    for home in self.objects.home_of_api(found)
                    for blueprint in blueprints
                )
                continue
            for blueprint in blueprints:
                yield Registered(found, blueprint, called.node, place, called.order)

    def _below(self, owner: Object, parent: Parent) -> Iterator[tuple[Object, Registration]]:
        if parent.depth > 20:
            return  # a blueprint that registers itself in a circle
        for call in (call for call in self.calls if call.owner is owner):
            try:
                own_name, own_prefix, own_subdomain = self._options(call)
            except NotConstantError:
                self.findings.append(Finding(RULE_NOT_CONSTANT, call.place.location, f"'{ast.unparse(call.node)}'"))
                continue
            inner = Parent(
                name=f"{parent.name}.{own_name}".lstrip("."),
                url_prefix=joined_prefix(parent.url_prefix, own_prefix),
                subdomain=".".join(part for part in (own_subdomain, parent.subdomain) if part) or None,
                order=parent.order or (call.place.raw.name, call.order),
                depth=parent.depth + 1,
            )
            yield (
                call.blueprint,
                Registration(
                    name=inner.name,
                    url_prefix=inner.url_prefix or "",
                    variable=call.blueprint.key,
                    location=call.blueprint.location,
                    subdomain=inner.subdomain,
                    order=inner.order or ("", 0),
                ),
            )
            yield from self._below(call.blueprint, inner)

    def _options(self, call: Registered) -> tuple[str, str | None, str | None]:
        """Name, prefix and subdomain: the registration's, else the blueprint's own. Raises NotConstantError."""
        words = {keyword.arg: keyword.value for keyword in call.node.keywords if keyword.arg}
        if any(keyword.arg is None for keyword in call.node.keywords):
            raise NotConstantError
        text = self.objects.constants.text
        given = {
            name: text(call.place.raw, call.place.scope, words[name])
            for name in ("name", "url_prefix", "subdomain")
            if name in words
        }
        name = given.get("name")
        if name is None:
            name = self.own(call.blueprint, "name", 0)
        prefix, subdomain = given.get("url_prefix"), given.get("subdomain")
        if prefix is None:
            prefix = self.own(call.blueprint, "url_prefix")
        if subdomain is None:
            subdomain = self.own(call.blueprint, "subdomain")
        if name is None:
            raise NotConstantError
        return name, prefix, subdomain

    def own(self, blueprint: Object, option: str, position: int | None = None) -> str | None:
        """An argument of the `Blueprint(...)` call. Raises NotConstantError."""
        call = blueprint.call
        node = next((keyword.value for keyword in call.keywords if keyword.arg == option), None)
        if node is None and position is not None and len(call.args) > position:
            node = call.args[position]
        return self.objects.constants.text(blueprint.raw, blueprint.scope, node)


def joined_prefix(outer: str | None, inner: str | None) -> str | None:
    """Prefixes as `Blueprint.register` joins them."""
    if outer is not None and inner is not None:
        return outer.rstrip("/") + "/" + inner.lstrip("/")
    return inner if inner is not None else outer


def joined_rule(prefix: str | None, rule: str) -> str:
    """A rule below a prefix, as `BlueprintSetupState.add_url_rule` joins them."""
    if prefix is None:
        return rule
    return "/".join((prefix.rstrip("/"), rule.lstrip("/"))) if rule else prefix
