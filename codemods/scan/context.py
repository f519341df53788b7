"""Questions about a finished project: what code reaches, which context locals it uses, what may change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codemods.model import Definition, Module, Project

from .names import Names

#: Flask's context locals, and those of extensions that read them
CONTEXT_LOCALS = frozenset(
    [
        "flask.request",
        "flask.session",
        "flask.g",
        "flask.current_app",
        "flask_login.current_user",
        "flask_jwt_extended.current_user",
        "flask_security.current_user",
        "flask_httpauth.g",
        "flask_principal.identity",
    ]
)
CONTEXT_VARIABLE = "contextvars.ContextVar"
#: top-level packages that mean Flask or Marshmallow, besides everything that starts with `flask_`
FLASK_FAMILY = frozenset(
    [
        "flask",
        "werkzeug",
        "marshmallow",
        "marshmallow_sqlalchemy",
        "marshmallow_enum",
        "marshmallow_oneofschema",
        "marshmallow_jsonapi",
        "marshmallow_dataclass",
        "webargs",
        "apispec",
        "apiflask",
        "apifairy",
        "quart",
        "connexion",
        "flasgger",
    ]
)


@dataclass(slots=True)
class Context:
    """Answers about one project, each kept once it is found."""

    project: Project
    names: Names = field(init=False)
    reached: dict[str, frozenset[str]] = field(default_factory=dict)
    flask: dict[str, bool] = field(default_factory=dict)
    changed: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.names = Names(self.project.modules)

    def definition(self, qualified: str) -> Definition | None:
        """The definition that a name belongs to: of `shop.views.Items.get.x` the innermost one that there is."""
        module, rest = self.names.module_of(qualified)
        if module is None:
            return None
        home = self.project.modules[module]
        while rest:
            found = home.definitions.get(rest) or home.inner.get(rest)
            if found is not None:
                return found
            rest = rest.rpartition(".")[0].removesuffix(".<locals>")
        return None

    def reach(self, qualified: str) -> frozenset[str]:
        """Every qualified name that a definition uses, itself or through definitions of the project; decorators too."""
        known = self.reached.get(qualified)
        if known is not None:
            return known
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [qualified]
        while waiting:
            name = waiting.pop()
            definition = self.definition(name)
            if definition is None or definition.qualified in seen:
                continue
            seen.add(definition.qualified)
            used = definition.uses | {row.qualified for row in definition.decorators if row.qualified}
            found |= used
            waiting.extend(used)
        self.reached[qualified] = frozenset(found)
        return self.reached[qualified]

    def own_context(self, names: Iterable[str]) -> frozenset[str]:
        """The definitions among these that make a context variable whose value other code may see than its setter's."""
        found = (self.definition(name) for name in names)
        makers = {one.qualified for one in found if one is not None and CONTEXT_VARIABLE in one.uses}
        return frozenset(makers - self.project.confined)

    def context_locals(self, qualified: str) -> frozenset[str]:
        """The context locals that a definition reads, directly or through helpers."""
        return frozenset(local for local in CONTEXT_LOCALS if reaches(self.reach(qualified), local))

    def reaches_flask(self, module: str) -> bool:
        """Whether importing a module, its parent packages or what these import brings in Flask or Marshmallow.

        Imports inside functions count, since they run with them; those for annotations only do not. An import by a
        computed name may bring in anything.
        """
        known = self.flask.get(module)
        if known is None:
            known = any(self.flask.get(name) or self._is_flask(name) for name in self._brought_in(module))
            self.flask[module] = known
        return known

    def _brought_in(self, module: str) -> Iterator[str]:
        """All modules of the project and top-level packages that importing a module imports."""
        found: set[str] = set()
        waiting = [module]
        while waiting:
            name = waiting.pop()
            for part in parents(name):
                home = self.project.modules.get(part)
                if home is not None and part not in found:
                    found.add(part)
                    yield part
                    waiting.extend((*home.imported, *home.star_imports))
            if self.names.module_of(name)[0] is None:
                yield name.partition(".")[0]

    def _is_flask(self, name: str) -> bool:
        home: Module | None = self.project.modules.get(name)
        if home is not None:
            return home.dynamic_imports
        return name in FLASK_FAMILY or name.startswith("flask_")

    def may_change(self, qualified: str) -> bool:
        """Whether something may change a module-level object while the application runs.

        False only for constants, functions and classes that nothing rebinds, and for displays of immutable values that
        no code of the project changes in place, rebinds, or hands on to where that cannot be seen.
        """
        definition = self.definition(qualified)
        if definition is None or definition.rebound:
            return True
        if definition.kind in ("constant", "function", "class"):
            return definition.qualified in self._assigned_from_outside()
        return not definition.shallow or definition.qualified in self._assigned_from_outside()

    def _assigned_from_outside(self) -> frozenset[str]:
        if self.changed is None:
            modules = self.project.modules.values()
            self.changed = frozenset(name for module in modules for name in module.changes)
        return self.changed


def reaches(names: Iterable[str], target: str) -> bool:
    """Whether a name or an attribute of it is among names: `flask.request.args` is of `flask.request`."""
    return any(name == target or name.startswith(f"{target}.") for name in names)


def parents(name: str) -> list[str]:
    """A dotted name and its parents, the longest last."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


_latest: list[Context] = []


def context_of(project: Project) -> Context:
    """The answers about a project; those of the project asked last are kept."""
    if not _latest or _latest[0].project is not project:
        _latest[:] = [Context(project)]
    return _latest[0]


def reach(project: Project, qualified: str) -> frozenset[str]:
    """Every qualified name that a definition uses, itself or through definitions of the project."""
    return context_of(project).reach(qualified)


def context_locals(project: Project, qualified: str) -> frozenset[str]:
    """The context locals that a definition reads, directly or through helpers."""
    return context_of(project).context_locals(qualified)


def reaches_flask(project: Project, module: str) -> bool:
    """Whether a module's import closure has Flask, an extension of it, or Marshmallow."""
    return context_of(project).reaches_flask(module)


def may_change(project: Project, qualified: str) -> bool:
    """Whether something may change a module-level object while the application runs."""
    return context_of(project).may_change(qualified)
