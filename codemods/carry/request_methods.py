"""Which methods of the project's classes need Flask's request, so that code can use the classes without them.

    class Post(db.Model):
        def to_json(self):
            return {"url": url_for("show_post", number=self.id), "body": self.body}

Beside Flask the class itself is Flask's own; only such a method must not be called there. `generic_methods.py` writes
what is called instead.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from codemods.model import Definition, Module
from codemods.scan.context import Context
from codemods.view.calls import LOOKING_UP
from codemods.view.context import needs_request
from codemods.view.names import split
from codemods.view.source import Function
from codemods.vocabulary import REQUEST_ATTRIBUTES, of_flask

from .class_uses import ClassUses
from .plain_classes import Method, PlainClasses, bound_by

OF_MANY = REQUEST_ATTRIBUTES.union(
    *(dir(kind) for kind in (bytes, dict, float, int, list, set, str, tuple)),
    {
        "add", "all", "close", "commit", "delete", "execute", "filter", "filter_by", "first", "flush", "get", "head",
        "merge", "options", "patch", "post", "put", "query", "read", "render", "save", "send", "validate", "write",
    },
)  # fmt: skip
"""Names that requests, responses, queries, files and Python's own objects have: a call of one tells of no class."""


@dataclass(slots=True)
class RequestMethods:
    """The methods that need the request, by name, with those of the name in the same families of classes.

    `properties` are the same of properties that no code reads, only schemas while they dump. `direct` are those, by
    qualified name, of classes whose objects are made for one call of them, `Order(item).execute()`, whatever else has a
    method of the name. `calling` are functions, methods and classes, by qualified name, that call something of one of
    these names.
    """

    context: Context
    by_name: Mapping[str, tuple[Method, ...]] = field(default_factory=dict)
    calling: frozenset[str] = frozenset()
    properties: Mapping[str, tuple[Method, ...]] = field(default_factory=dict)
    direct: Mapping[str, Method] = field(default_factory=dict)
    left_out: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        found = (*self.by_name.values(), *self.properties.values())
        self.left_out = frozenset({one.qualified for methods in found for one in methods} | self.direct.keys())

    def is_calling(self, qualified: str) -> bool:
        """Whether the code of a class itself calls something of one of these names."""
        return any(one == qualified or one.startswith(f"{qualified}.") for one in self.calling)

    def bound(self, qualified: str) -> list[str]:
        """What a definition uses that works only in Flask's request, itself or by way of others."""
        if not self.left_out:
            return sorted(name for name in self.context.reach(qualified) if needs_request(name))
        return sorted(self.walked([qualified]))

    def walked(self, start: Collection[str], opaque: bool = False) -> set[str]:
        """What these names and all that they use need of the request; `opaque` looks into no class."""
        found = {name for name in start if needs_request(name)}
        seen: set[str] = set()
        waiting = list(start)
        while waiting:
            definition = self.context.definition(waiting.pop())
            if definition is None or definition.qualified in seen or (opaque and definition.kind == "class"):
                continue
            seen.add(definition.qualified)
            used = self._used(definition)
            found |= {name for name in used if needs_request(name)} | ({definition.qualified} & self.calling)
            waiting.extend(used)
        return found

    def _used(self, definition: Definition) -> set[str]:
        """The names that a definition uses; of a class, those of the methods that may be called."""
        used = {one.qualified for one in definition.decorators if one.qualified}
        if not definition.members:
            return used | definition.uses
        inside = {f"{definition.qualified}.{name}": names for name, names in definition.members.items()}
        kept = inside.keys() - self.left_out
        return used.union(*(inside[one] for one in kept)) | (kept & self.calling)


def find_request_methods(context: Context, classes: PlainClasses) -> RequestMethods:
    """The methods of a project that need the request, where its classes can do without them."""
    finder = _Finder(context, classes)
    found = RequestMethods(context, properties=finder.dumped_properties())
    while True:
        more, direct = finder.needing(found), finder.made_for_one_call(found)
        if not more and direct.keys() <= found.direct.keys():
            return found
        families = {name: finder.family(name, needy) for name, needy in more.items()}
        finder.refused |= {name for name, methods in families.items() if not methods}
        by_name = {**found.by_name, **families}
        by_name = {name: methods for name, methods in by_name.items() if methods}
        direct = {**found.direct, **direct}
        calling = frozenset((*finder.calling(by_name), *finder.calling_made(direct)))
        found = RequestMethods(context, by_name, calling, found.properties, direct)
        if not by_name and not direct:
            return found


@dataclass(slots=True)
class _Finder:
    """Looks for such methods; `refused` are the names of those without which a class cannot do."""

    context: Context
    classes: PlainClasses
    refused: set[str] = field(default_factory=set)
    given: frozenset[str] | None = None
    uses: ClassUses = field(init=False)

    def __post_init__(self) -> None:
        self.uses = ClassUses(self.context.project, self.classes.sources)

    def needing(self, found: RequestMethods) -> dict[str, set[str]]:
        """The classes with a method that needs the request, by the method's name, where more than was found needs it.

        The first time no class is looked into: what it needs may be due to such methods alone.
        """
        more: dict[str, set[str]] = {}
        for name, methods in self.classes.methods().items():
            if name in self.refused or name in OF_MANY:
                continue
            needy = {
                one.owner.qualified
                for one in methods
                if one.qualified in found.calling or found.walked(one.owner.members[name], opaque=not found.by_name)
            }
            if not needy <= {one.owner.qualified for one in found.by_name.get(name, ())}:
                more[name] = needy | {one.owner.qualified for one in found.by_name.get(name, ())}
        return more

    def made_for_one_call(self, found: RequestMethods) -> dict[str, Method]:
        """The methods with a name of many that need the request, of classes whose objects are made to call them."""
        more = {}
        for name, methods in self.classes.methods().items():
            for one in methods if name in OF_MANY and name not in REQUEST_ATTRIBUTES else ():
                used = one.owner.members[name]
                is_needy = one.qualified in found.calling or found.walked(used, opaque=not found.by_name)
                if one.qualified not in found.direct and is_needy and self.uses.is_made_for(one):
                    more[one.qualified] = one
        return more

    def calling_made(self, direct: Mapping[str, Method]) -> Iterator[str]:
        """See `RequestMethods.calling`."""
        for one in direct.values():
            yield from self.uses.of(one.owner.qualified).callers

    def dumped_properties(self) -> dict[str, tuple[Method, ...]]:
        """The properties that need the request, of classes that can do without them, where no code reads one of the
        name."""
        found = {}
        plain = RequestMethods(self.context)
        for name, getters in self.classes.properties().items():
            needy = {
                one.owner.qualified for one in getters if plain.walked(one.owner.members.get(name, ()), opaque=True)
            }
            if needy and not any(
                self._looks_up(module, one, [name])
                for module, statement in self._statements([name])
                for one in ast.walk(statement)
            ):
                found[name] = self._family(name, needy, {one.owner.qualified: one for one in getters})
        return {name: getters for name, getters in found.items() if getters}

    def family(self, name: str, needy: set[str]) -> tuple[Method, ...]:
        """The methods that a call of that name may mean instead of one that needs the request; none where the class of
        an object alone does not tell."""
        found = self._family(name, needy, {one.owner.qualified: one for one in self.classes.methods()[name]})
        return () if self._is_handed_on(name) else found

    def _family(self, name: str, needy: set[str], mine: Mapping[str, Method]) -> tuple[Method, ...]:
        members = set(needy)
        for _, definition in self.classes.classes():
            line = self.classes.line(definition.qualified)
            if not line & needy:
                continue
            if not self.classes.is_plain(definition.qualified) or _binds(self.classes.node(definition), name) > 1:
                return ()
            if definition.qualified not in mine and _binds(self.classes.node(definition), name):
                return ()
            members |= line & mine.keys()
        return tuple(mine[one] for one in sorted(members))

    def _is_handed_on(self, name: str) -> bool:
        """Whether a module hands a method of that name on while it is imported, or gives objects one."""
        if self.given is None:
            self.given = frozenset(self._given_attributes())
        if name in self.given:
            return True
        for module, statement in self._statements([name]):
            is_done = not isinstance(statement, Function | ast.ClassDef) and not bound_by(statement)
            if is_done and any(self._looks_up(module, one, [name]) for one in ast.walk(statement)):
                return True
        return False

    def _given_attributes(self) -> Iterator[str]:
        """The names of all attributes that the project's code sets or deletes, of whatever."""
        for module in self.context.project.modules.values():
            for one in ast.walk(self.classes.sources.tree(module.file)):
                if isinstance(one, ast.Attribute) and not isinstance(one.ctx, ast.Load):
                    yield one.attr

    def calling(self, names: Collection[str]) -> Iterator[str]:
        """See `RequestMethods.calling`."""
        for module, statement in self._statements(names):
            inner = statement.body if isinstance(statement, ast.ClassDef) else []
            for one in inner or [statement]:
                if any(self._looks_up(module, part, names) for part in ast.walk(one)):
                    if not inner:
                        yield from (f"{module.name}.{name}" for name in bound_by(statement))
                    elif isinstance(statement, ast.ClassDef):
                        method = one.name if isinstance(one, Function) else ""
                        yield f"{module.name}.{statement.name}.{method}".rstrip(".")

    def _statements(self, names: Collection[str]) -> Iterator[tuple[Module, ast.stmt]]:
        """The statements of all modules that speak of one of these names."""
        sources = self.classes.sources
        for module in self.context.project.modules.values():
            if any(name.encode() in sources.files.get(module.file, b"") for name in names):
                yield from ((module, one) for one in sources.tree(module.file).body)

    def _looks_up(self, module: Module, node: ast.AST, names: Collection[str]) -> bool:
        """Whether a node is an attribute of one of these names, of anything but a library's module, or looks one up."""
        match node:
            case ast.Attribute(attr=name, value=value) if name in names:
                target = module.imports.get(ast.unparse(value).partition(".")[0], "")
                return not target or of_flask(target) or split(self.context.project, target)[0] is not None
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=arguments):
                given = {one.value for one in arguments if isinstance(one, ast.Constant)}
                return called in LOOKING_UP and not given.isdisjoint(names)
            case _:
                return False


def _binds(owner: ast.ClassDef | None, name: str) -> int:
    """How many statements of a class bind a name."""
    return sum(name in bound_by(one) for one in owner.body) if owner is not None else 0
