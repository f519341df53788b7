"""Route declarations in every style: decorators, `add_url_rule`, `route(...)(view)`, classes, Flask-RESTful."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Decorator

from .constants import NotConstantError
from .diagnostics import ROUTE_IN_LOOP, RULE_NOT_CONSTANT, UNKNOWN_OWNER
from .namespaces import apis_of, find_made, words_of
from .objects import Object, Objects, _first_is_rule
from .raw import RawModule
from .registering import ROUTES
from .scopes import Called, Scope, chain_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a declaration stands: its scope resolves the names in it."""

    raw: RawModule
    scope: Scope
    line: int

    @property
    def location(self) -> Location:
        return Location(self.raw.file.file, self.line)


@dataclass(frozen=True, slots=True)
class ViewSource:
    """What a declaration names as its view: a definition, for a class with the arguments of `as_view`.

    `wrapped` are what the declaration itself puts around it: `view_func=login_required(show)`, outermost first.
    """

    raw: RawModule
    scope: Scope
    name: str
    arguments: tuple[str, ...] = ()
    wrapped: tuple[Decorator, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared rule, relative to its owner. `endpoint` is None where the view's name serves.

    `given` is the expression that names the view, where that is no definition. `is_resource` tells that an `Api` puts
    the prefix of a blueprint before the rule as it stands.
    """

    owner: Object
    rule: str
    endpoint: str
    view: ViewSource | None
    methods: tuple[str, ...] | None
    options: Mapping[str, object]
    place: Place
    order: int
    given: str = ""
    is_resource: bool = False


OPTIONS = frozenset(
    [
        "defaults",
        "strict_slashes",
        "merge_slashes",
        "host",
        "subdomain",
        "redirect_to",
        "build_only",
        "alias",
        "provide_automatic_options",
    ]
)


class Declarations:
    """Finds declarations; what cannot be followed becomes a finding."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.findings: list[Finding] = []
        find_made(objects)

    def all(self) -> list[Declaration]:
        """Every declaration of the project."""
        found: list[Declaration] = []
        for raw, scope in self.objects.scopes():
            for node in scope.decorators if scope.kind in ("function", "class") else ():
                found.extend(self.decorator(raw, scope, node))
            for called in scope.called:
                found.extend(self.call(raw, scope, called))
        return found

    def report(self, diagnostic: Diagnostic, place: Place, detail: str) -> None:
        """Remember what could not be followed."""
        self.findings.append(Finding(diagnostic, place.location, detail))

    # styles

    def decorator(self, raw: RawModule, scope: Scope, node: ast.expr) -> Iterator[Declaration]:
        """`@owner.route("/x")`, `@owner.get("/x")`, `@api.resource("/x")`."""
        chain = chain_of(node.func) if isinstance(node, ast.Call) else None
        owner, _, attribute = (chain or "").rpartition(".")
        if not isinstance(node, ast.Call) or not owner or attribute not in ROUTES | {"resource"}:
            return
        outside = scope.parent or raw.top
        place = Place(raw, outside, node.lineno)
        owners = self.owners(place, owner, node)
        if scope.loop:
            self.report(ROUTE_IN_LOOP, place, f"'{ast.unparse(node)}'")
            return
        view = ViewSource(raw, scope, scope.name)
        for found in owners:
            if found.kind in ("api", "namespace"):
                yield from self.resource(found, place, [ast.Name(scope.name), *node.args], node, view, scope.order)
            else:
                shorthand = None if attribute == "route" else attribute.upper()
                yield from self.route(found, place, node, view, shorthand, scope.order)

    def call(self, raw: RawModule, scope: Scope, called: Called) -> Iterator[Declaration]:
        """`owner.add_url_rule(...)`, `owner.route("/x")(view)`, `api.add_resource(...)`."""
        owner, _, attribute = called.chain.rpartition(".")
        node = called.node
        place = Place(raw, scope, node.lineno)
        is_route_call = attribute in ROUTES and isinstance(node.func, ast.Call)
        if not owner or (attribute not in ("add_url_rule", "add_resource") and not is_route_call):
            return
        owners = self.owners(place, owner, node.func if is_route_call and isinstance(node.func, ast.Call) else node)
        if called.loop:
            if owners:
                self.report(ROUTE_IN_LOOP, place, f"'{ast.unparse(node)}'")
            return
        for found in owners:
            if attribute == "add_resource":
                yield from self.resource(found, place, node.args, node, None, called.order)
            elif attribute == "add_url_rule":
                yield from self.url_rule(found, place, node, called.order)
            elif isinstance(node.func, ast.Call) and node.args:
                view = self.view(place, node.args[0])
                shorthand = None if attribute == "route" else attribute.upper()
                yield from self.route(found, place, node.func, view, shorthand, called.order)

    def owners(self, place: Place, owner: str, node: ast.Call) -> list[Object]:
        """The objects that a declaration belongs to; one that looks like a route on something unknown is reported."""
        found = self.objects.of(place.raw, place.scope, owner)
        if not found and _first_is_rule(node):
            target = self.objects.resolve(place.raw, place.scope, owner)
            module = self.objects.names.module_of(target)[0] if target else None
            if module is not None and not self.is_foreign(place, owner, target or ""):
                self.report(UNKNOWN_OWNER, place, f"'{owner}' in '{ast.unparse(node)}'")
        return found

    def is_foreign(self, place: Place, owner: str, target: str) -> bool:
        """Whether a variable is made by calling something that is not the project's and not Flask's."""
        module, rest = self.objects.names.module_of(target)
        home = self.objects.raws.get(module or "")
        scopes = [(place.raw, one, owner) for one in _around(place.scope)]
        for raw, scope, name in [*scopes, *([(home, home.top, rest)] if home else [])]:
            for assigned in scope.assigned:
                if assigned.name == name.partition(".")[0] and isinstance(assigned.value, ast.Call):
                    chain = chain_of(assigned.value.func)
                    made_by = self.objects.resolve(raw, scope, chain) if chain else None
                    return made_by is not None and self.objects.names.module_of(made_by)[0] is None
        return False

    def route(
        self, owner: Object, place: Place, node: ast.Call, view: ViewSource | None, shorthand: str | None, order: int
    ) -> Iterator[Declaration]:
        """The arguments of `route(rule, **options)`; `get` and its like bring their method."""
        words = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        rule_node = node.args[0] if node.args else words.get("rule")
        try:
            if rule_node is None or any(keyword.arg is None for keyword in node.keywords):
                raise NotConstantError
            rule = self.text(place, rule_node)
            endpoint = self.optional(place, words.get("endpoint"))
            methods = (shorthand,) if shorthand else self.methods(place, words.get("methods"))
            options = self.options(place, words)
        except NotConstantError:
            self.report(RULE_NOT_CONSTANT, place, f"'{ast.unparse(node)}'")
            return
        if endpoint is None and view is None:
            return
        name = endpoint if endpoint is not None else view.name if view else ""
        yield Declaration(owner, rule, name, view, methods, options, place, order)

    def url_rule(self, owner: Object, place: Place, node: ast.Call, order: int) -> Iterator[Declaration]:
        """`add_url_rule(rule, endpoint=None, view_func=None, provide_automatic_options=None, **options)`."""
        names = ("rule", "endpoint", "view_func", "provide_automatic_options")
        words = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        words.update(zip(names, node.args, strict=False))
        view = self.view(place, words["view_func"]) if "view_func" in words else None
        try:
            if "rule" not in words or any(keyword.arg is None for keyword in node.keywords):
                raise NotConstantError
            rule = self.text(place, words["rule"])
            endpoint = self.optional(place, words.get("endpoint"))
            methods = self.methods(place, words.get("methods"))
            options = self.options(place, words)
        except NotConstantError:
            self.report(RULE_NOT_CONSTANT, place, f"'{ast.unparse(node)}'")
            return
        if endpoint is None and view is None:
            self.report(RULE_NOT_CONSTANT, place, f"the view in '{ast.unparse(node)}'")
            return
        name = endpoint if endpoint is not None else view.name if view else ""
        given = ast.unparse(words["view_func"]) if view is None and "view_func" in words else ""
        yield Declaration(owner, rule, name, view, methods, options, place, order, given)

    def resource(
        self, owner: Object, place: Place, args: list[ast.expr], node: ast.Call, view: ViewSource | None, order: int
    ) -> Iterator[Declaration]:
        """Flask-RESTful's `add_resource(Class, *urls, endpoint=...)`."""
        if not args or owner.kind not in ("api", "namespace"):
            return
        words = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        view = view or self.view(place, args[0])
        try:
            rules = [self.text(place, argument) for argument in args[1:]]
            endpoint = self.optional(place, words.get("endpoint"))
            homes = list(self.homes_of_api(owner))
            name = endpoint or (self.endpoint_of_resource(owner, view.name) if view is not None else "")
        except NotConstantError:
            self.report(RULE_NOT_CONSTANT, place, f"'{ast.unparse(node)}'")
            return
        if view is None:
            self.report(RULE_NOT_CONSTANT, place, f"the resource in '{ast.unparse(node)}'")
            return
        view = replace(view, arguments=resource_arguments(words))
        for found, prefix in homes:
            for rule in rules:
                yield Declaration(found, prefix + rule, name, view, None, {}, place, order, is_resource=True)

    # parts

    def endpoint_of_resource(self, api: Object, name: str) -> str:
        """The endpoint of a class: in lower case, for Flask-RESTX with underscores between its words, behind its
        namespace's name. Raises NotConstantError."""
        if api.kind == "namespace":
            return f"{self.name_of_namespace(api)}_{words_of(name)}"
        made_by = self.objects.resolve(api.raw, api.scope, chain_of(api.call.func) or "") or ""
        return words_of(name) if made_by.startswith("flask_restx.") else name.lower()

    def homes_of_api(self, owner: Object) -> Iterator[tuple[Object, str]]:
        """Where the resources of an `Api` or a namespace are, with what stands before their rules. Raises
        NotConstantError."""
        if owner.kind == "api":
            prefix = self.prefix_of_api(owner)
            yield from ((home, prefix) for home in self.objects.home_of_api(owner))
            return
        for api, raw, scope, path in apis_of(self.objects, owner):
            given = self.optional(Place(raw, scope, owner.call.lineno), path)
            words = {keyword.arg: keyword.value for keyword in owner.call.keywords}
            own = self.optional(Place(owner.raw, owner.scope, owner.call.lineno), words.get("path"))
            below = given or (own or f"/{self.name_of_namespace(owner)}").rstrip("/")
            for home in self.objects.home_of_api(api):
                yield home, self.prefix_of_api(api) + below

    def name_of_namespace(self, namespace: Object) -> str:
        """The name that a namespace is given. Raises NotConstantError."""
        words = {keyword.arg: keyword.value for keyword in namespace.call.keywords}
        given = namespace.call.args[0] if namespace.call.args else words.get("name")
        if given is None:
            raise NotConstantError
        return self.text(Place(namespace.raw, namespace.scope, namespace.call.lineno), given)

    def prefix_of_api(self, api: Object) -> str:
        """The `prefix` that an `Api` puts before its rules."""
        for keyword in api.call.keywords:
            if keyword.arg == "prefix":
                return self.text(Place(api.raw, api.scope, api.call.lineno), keyword.value)
        return ""

    def text(self, place: Place, node: ast.expr) -> str:
        """A constant text. Raises NotConstantError."""
        found = self.objects.constants.text(place.raw, place.scope, node)
        if found is None:
            raise NotConstantError
        return found

    def optional(self, place: Place, node: ast.expr | None) -> str | None:
        """A constant text or nothing. Raises NotConstantError."""
        return self.objects.constants.text(place.raw, place.scope, node)

    def methods(self, place: Place, node: ast.expr | None) -> tuple[str, ...] | None:
        """The asked methods in upper case, sorted; None where none are given. Raises NotConstantError."""
        if node is None:
            return None
        found = self.objects.constants.value(place.raw, place.scope, node)
        if found is None:
            return None
        if not isinstance(found, tuple):
            raise NotConstantError
        return tuple(sorted({str(method).upper() for method in found}))

    def options(self, place: Place, words: Mapping[str, ast.expr]) -> dict[str, object]:
        """The constant options of a rule. Raises NotConstantError."""
        constants = self.objects.constants
        return {
            name: constants.value(place.raw, place.scope, node)
            for name, node in words.items()
            if name in OPTIONS and not (name == "redirect_to" and not isinstance(node, ast.Constant))
        }

    def view(self, place: Place, node: ast.expr, depth: int = 0) -> ViewSource | None:
        """The definition that an expression names: a function, `Class.as_view("name")`, or one in a wrapper."""
        if depth > 10:
            return None
        if isinstance(node, ast.Call):
            chain = chain_of(node.func) or ""
            if chain.endswith(".as_view"):
                return self.class_view(place, chain.removesuffix(".as_view"), node)
            is_partial = self.objects.resolve(place.raw, place.scope, chain) == "functools.partial" if chain else False
            return self.wrapped_view(place, node, depth) if len(node.args) == 1 and not is_partial else None
        chain = chain_of(node) or ""
        target = self.objects.resolve(place.raw, place.scope, chain) if chain else None
        if target is None:
            return None
        found = self.definition(target)
        if found is not None:
            return ViewSource(*found, found[1].name)
        home, scope, name = self.binding(place, target, chain)
        for assigned in scope.assigned if scope else ():
            if assigned.name == name and assigned.value is not None and home is not None and scope is not None:
                return self.view(Place(home, scope, assigned.line), assigned.value, depth + 1)
        return None

    def wrapped_view(self, place: Place, node: ast.Call, depth: int) -> ViewSource | None:
        """`decorator(view)`, or `decorator(arguments)(view)`."""
        inner = self.view(place, node.args[0], depth + 1)
        if inner is None:
            return None
        called = node.func.func if isinstance(node.func, ast.Call) else node.func
        chain = chain_of(called) or ""
        qualified = self.objects.resolve(place.raw, place.scope, chain) if chain else None
        around = Decorator(ast.unparse(node.func), qualified, place.location)
        return replace(inner, wrapped=(around, *inner.wrapped))

    def binding(self, place: Place, target: str, chain: str) -> tuple[RawModule | None, Scope | None, str]:
        """The scope that binds a variable."""
        if ".<locals>." in target:
            scope: Scope | None = place.scope
            while scope is not None and chain not in scope.stores:
                scope = scope.parent
            return place.raw, scope, chain
        module, rest = self.objects.names.module_of(target)
        home = self.objects.raws.get(module or "")
        return home, home.top if home else None, rest

    def class_view(self, place: Place, chain: str, node: ast.Call) -> ViewSource | None:
        """`Class.as_view("name", ...)`."""
        target = self.objects.resolve(place.raw, place.scope, chain)
        found = self.definition(target) if target else None
        if found is None:
            return None
        words = {keyword.arg: keyword.value for keyword in node.keywords}
        given = node.args[0] if node.args else words.get("name")
        try:
            name = self.text(place, given) if given is not None else None
        except NotConstantError:
            name = None
        rest = [ast.unparse(argument) for argument in node.args[1:]]
        rest += [f"{key}={ast.unparse(value)}" for key, value in words.items() if key not in (None, "name")]
        return ViewSource(*found, name, tuple(rest)) if name else None

    def definition(self, qualified: str) -> tuple[RawModule, Scope] | None:
        """The function or class of a qualified name, nested ones too; of several the last."""
        module, rest = self.objects.names.module_of(qualified)
        raw = self.objects.raws.get(module or "")
        found = [scope for scope in raw.by_line.values() if scope.qualname == rest] if raw else []
        return (raw, found[-1]) if raw and found else None


def resource_arguments(words: Mapping[str, ast.expr]) -> tuple[str, ...]:
    """What the class of a resource is called with, each argument as source text."""
    listed, named = words.get("resource_class_args"), words.get("resource_class_kwargs")
    texts = [ast.unparse(one) for one in listed.elts] if isinstance(listed, ast.Tuple | ast.List) else []
    if isinstance(named, ast.Dict):
        for key, value in zip(named.keys, named.values, strict=True):
            name = str(key.value) if isinstance(key, ast.Constant) else "?"
            texts.append(f"{name}={ast.unparse(value)}")
    return tuple(texts)


def _around(scope: Scope) -> Iterator[Scope]:
    """A scope and those around it, the module's own left out."""
    while scope.parent is not None:
        yield scope
        scope = scope.parent
