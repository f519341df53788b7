"""What a route's code reaches, through its decorators, helpers, models and module-level objects.

Walks the `uses` of definitions. A walk enters only definitions from which something of interest can be reached;
these are found once for the project by going through the graph backwards, so many routes over large models stay cheap.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codemods.model import Definition, Project
from codemods.obstacles import EFFECTS
from codemods.public_names import public_name
from codemods.scan.registering import CONNECTING, REGISTERING, ROUTES
from codemods.vocabulary import APPLICATIONS, EXTENSIONS, Term, term

REGISTRATIONS = ROUTES | REGISTERING | CONNECTING
"""A decorator that registers a definition is no part of what the definition does."""


CURRENT = "flask.current_app"


@dataclass(frozen=True, slots=True)
class Site:
    """A definition that is of interest, with the names of the Flask family that it uses and what these mean."""

    definition: Definition
    terms: tuple[tuple[str, Term], ...]


class Reach:
    """The graph of definitions of one project, and walks over it."""

    def __init__(self, project: Project, landmarks: Iterable[str] = ()) -> None:
        """`landmarks` are modules whose every definition is of interest, whatever it uses.

        Only what the project's views, hooks and handlers reach is looked at: a large application is mostly other code.
        """
        self._modules = project.modules
        self._resolved: dict[str, str | None] = {}
        self.definitions: dict[str, Definition] = {}
        self.module_of: dict[str, str] = {}
        self._landmarks = frozenset(landmarks)
        self._terms: dict[str, tuple[tuple[str, Term], ...]] = {}
        self._edges: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, Term | None] = {}
        self._explore(_roots(project))
        self._interesting = self._backwards()

    def resolve(self, name: str) -> str | None:
        """The definition that a name belongs to: `shop.db.session` is of `shop.db`; None for foreign code."""
        if name not in self._resolved:
            self._resolved[name] = self._find(name)
        return self._resolved[name]

    def _find(self, name: str) -> str | None:
        """Only the module that the name lies in is looked at: most of a large project's are never read."""
        owner = name
        while owner and owner not in self._modules:
            owner = owner.rpartition(".")[0]
        while owner and name != owner and not name.endswith(".<locals>"):  # a function's variable is no part of it
            module = self._modules[owner]
            rest = name[len(owner) + 1 :]
            definition = module.definitions.get(rest) or module.inner.get(rest)
            if definition is not None and definition.qualified == name:
                self.definitions[name] = definition
                self.module_of[name] = owner
                return name
            name = name.rpartition(".")[0]
        return None

    def sites(self, root: str) -> Iterator[Site]:
        """What is of interest among all that `root` reaches, itself included, nearest first."""
        start = self.resolve(root)
        if start is None or start not in self._interesting:
            return
        seen = {start}
        waiting = deque([start])
        while waiting:
            name = waiting.popleft()
            definition = self.definitions[name]
            if self._marked(definition):
                yield Site(definition, self._terms[name])
            for target in self._edges[name]:
                if target not in seen and target in self._interesting:
                    seen.add(target)
                    waiting.append(target)

    def is_made_here(self, definition: Definition) -> bool:
        """Whether an object is made from definitions of its own module: classes of schemas and extensions' objects,
        which have counterparts, apart, and what can be shared with Flask."""
        if _is_of_extension(self._terms[definition.qualified]):
            return False
        home = self.module_of[definition.qualified]
        makers = [name for name in self._edges[definition.qualified] if self.module_of[name] == home]
        objects = {name for name in makers if self.definitions[name].kind == "state" and self._terms[name]}
        return any(
            name not in objects and not self.uses(name, "marshmallow.") and not self._is_shareable(name)
            for name in makers
        )

    def _is_shareable(self, name: str) -> bool:
        """Whether a class or function has nothing to do with Flask, and nothing outside of the process."""
        reached = list(self.closure(name))
        return self.definitions[name].kind in ("class", "function") and not any(
            any(found.treatment != "plain" for _, found in self._terms[one.qualified])
            or any(f"{used}.".startswith(EFFECTS) for used in one.uses)
            for one in reached
        )

    def is_method(self, name: str) -> bool:
        """Whether a name is that of a function in a class of a module."""
        owner = self.resolve(name.rpartition(".")[0])
        return owner is not None and name != owner and self.definitions[owner].kind == "class"

    def uses(self, root: str, prefix: str) -> bool:
        """Whether `root` or what it reaches uses a name that begins so."""
        return any(used.startswith(prefix) for one in self.closure(root) for used in one.uses)

    def closure(self, root: str) -> Iterator[Definition]:
        """Everything of the project that `root` reaches, itself included."""
        start = self.resolve(root)
        waiting = [start] if start is not None else []
        seen = set(waiting)
        while waiting:
            name = waiting.pop()
            yield self.definitions[name]
            new = [target for target in self._edges.get(name, ()) if target not in seen]
            seen.update(new)
            waiting += new

    def _explore(self, roots: Iterable[str]) -> None:
        waiting = [name for name in map(self.resolve, roots) if name is not None]
        while waiting:
            name = waiting.pop()
            if name not in self._edges:
                self._terms[name], self._edges[name] = self._direct(self.definitions[name])
                waiting.extend(self._edges[name])

    def _direct(self, definition: Definition) -> tuple[tuple[tuple[str, Term], ...], tuple[str, ...]]:
        decorators = (
            decorator.qualified
            for decorator in definition.decorators
            if decorator.qualified and decorator.qualified.rpartition(".")[2] not in REGISTRATIONS
        )
        terms: dict[str, Term] = {}
        edges: dict[str, None] = {}
        is_receiver = any((one.qualified or "").rpartition(".")[2] in CONNECTING for one in definition.decorators)
        for name in sorted(definition.uses.union(decorators)):
            target = self.resolve(name)
            if target is not None and not self._is_application(target):
                edges[target] = None
                continue
            if target is not None and name == target and is_receiver:
                continue  # whose signals it receives
            if target is not None:
                name = f"{CURRENT}{name.removeprefix(target)}"
            if name not in self._known:
                self._known[name] = term(name)
            found = self._known[name]
            if found is not None:
                terms[_shown(name, found)] = found
        edges.pop(definition.qualified, None)
        if definition.kind == "state" and _is_of_extension(tuple(terms.items())):
            terms.pop(CURRENT, None)  # it is only handed the application
        return tuple(terms.items()), tuple(edges)

    def _is_application(self, name: str) -> bool:
        """Whether a definition is the Flask application, of which code that is converted sees `current_app`."""
        definition = self.definitions[name]
        return definition.kind == "state" and not APPLICATIONS.isdisjoint(definition.uses)

    def _marked(self, definition: Definition) -> bool:
        """Whether a definition is worth a word: it uses a name with consequences, is state, or lies in a landmark."""
        return (
            definition.kind == "state"
            or any(found.diagnostic for _, found in self._terms[definition.qualified])
            or self.module_of[definition.qualified] in self._landmarks
        )

    def _backwards(self) -> frozenset[str]:
        users: dict[str, list[str]] = {}
        for name, targets in self._edges.items():
            for target in targets:
                users.setdefault(target, []).append(name)
        waiting = [name for name in self._edges if self._marked(self.definitions[name])]
        found = set(waiting)
        while waiting:
            for user in users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return frozenset(found)


def _is_of_extension(terms: tuple[tuple[str, Term], ...]) -> bool:
    """Whether an object is one of an extension's that is replaced as a whole, with what it is made of."""
    return any(found.treatment == "plain" and found.name in EXTENSIONS for _, found in terms)


def _roots(project: Project) -> Iterator[str]:
    """Every function of the project that a request may run first."""
    for endpoint in project.endpoints:
        yield endpoint.view.function.qualified
        yield from (wrapper.qualified for wrapper in endpoint.view.wrappers)
        yield from (decorator.qualified for decorator in endpoint.view.decorators if decorator.qualified)
    yield from (hook.function.qualified for hook in project.hooks)
    yield from (handler.function.qualified for handler in project.error_handlers)


def _shown(name: str, found: Term) -> str:
    """What to report: the row, or for one that refuses all below it what was used: `flask_login.login_user`."""
    if found.treatment != "refused" and "." in found.name:
        return found.name
    return ".".join(public_name(name).split(".")[: found.name.count(".") + 2])
