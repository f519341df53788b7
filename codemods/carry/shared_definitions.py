"""Classes that objects shared with Flask are instances of: they are shared with Flask, too.

    class Book:                                    @router.post("/books")
        ...                                        def add(data: ...) -> Response:
                                            →          state.BOOKS.append(state.Book(data["title"]))
    BOOKS = [Book("Dune"), Book("Emma")]

While Flask is in the process there is one such class, that of Flask's module, so that `isinstance`, `==` and `except`
mean on either side what they meant before. Alone the classes are those that `state.py` defines. What they use of the
project's goes with them, and so do classes made of them, and classes whose methods use state.
"""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.extensions import base
from codemods.extensions.basis.dialects import DIALECTS
from codemods.model import Definition, Module
from codemods.obstacles import EFFECTS
from codemods.view.context import is_flask_family, needs_request
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.names import canonical, split
from codemods.view.refusal import Refused, refuse

from .carried import SharedState
from .fixed_objects import is_fixed_object
from .verbatim import as_written, free_names, name_of_state, named

if TYPE_CHECKING:
    from .carrier import Carrier

FIELDS = tuple(f"{one.library}." for one in DIALECTS)
MADE = ("class", "function")
"""The kinds of definitions of which objects are made."""
KEEPING = frozenset({"functools.cache", "functools.lru_cache"})
TOGETHER = ("class", "constant")
"""The kinds of definitions that are shared as soon as they use one that is."""


@dataclass(slots=True)
class SharedDefinitions:
    """Which of the project's definitions are shared: `names`, found when first asked for."""

    carrier: "Carrier"
    names: frozenset[str] = frozenset()
    is_known: bool = False
    _plain: dict[str, bool] = field(default_factory=dict)

    def __contains__(self, qualified: str) -> bool:
        if not self.is_known:
            self.is_known = True
            self._find()
        return qualified in self.names

    def _find(self) -> None:
        """Every family that can be written down as a whole, with all that is made of it; one that cannot leaves its
        classes to each side."""
        families = {self._with_those_made_of(self._family(one)) for one in self._roots()}
        while families:
            self.names = frozenset().union(*families)
            refused = {one for one in sorted(self.names) if not self._can_be_written(one)}
            if not refused:
                return
            self.carrier.states.clear()
            families = {one for one in families if not one & refused}
        self.names = frozenset()

    def _roots(self) -> list[str]:
        """The objects that are made by definitions of the project, the classes that use objects or keep some, and the
        functions whose results are kept."""
        found = []
        for definition in self._definitions():
            module, name = split(self.carrier.project, definition.qualified)
            if module is None or not self.is_plain(definition.qualified):
                continue
            used = [one for one in map(self._own, self._uses(definition)) if one is not None]
            if definition.kind == "class":
                is_root = any(one.kind == "state" and not self._is_fixed(one) for one in used)
                is_root = is_root or self.carrier.keeps_state(definition)
            elif definition.kind == "function":
                is_root = keeps_results(definition)
            else:
                is_made = definition.kind == "state" and any(one.kind in MADE for one in used)
                is_root = is_made and not is_fixed_object(self.carrier, module, definition, name)
            found += [definition.qualified] if is_root else []
        return found

    def _family(self, qualified: str) -> frozenset[str]:
        """What goes with a root: the definitions that it uses, but for objects, which are shared anyway."""
        definition = self._own(qualified)
        names = {qualified, *(self._uses(definition) if definition is not None else ())}
        names = names.union(*map(self.carrier.context.reach, names))
        own = [one for one in map(self._own, names) if one is not None]
        return frozenset(one.qualified for one in own if one.kind != "state" or self._is_fixed(one))

    def _with_those_made_of(self, names: frozenset[str]) -> frozenset[str]:
        """These, and the classes and constants that use one of them."""
        found = set(names)
        while True:
            more = {
                one.qualified for one in self._definitions()
                if one.kind in TOGETHER and one.qualified not in found and one.uses & found
                and self.is_plain(one.qualified)
            }  # fmt: skip
            if not more:
                return frozenset(found)
            found |= more.union(*map(self._family, more))

    def _can_be_written(self, qualified: str) -> bool:
        module, name = split(self.carrier.project, qualified)
        try:
            if module is not None:
                self.carrier.shared(module, module.definitions[name], name)
        except Refused:
            return False
        return True

    def is_plain(self, qualified: str) -> bool:
        """Whether a definition, and all that it uses, has nothing to do with Flask."""
        if qualified not in self._plain:
            self._plain[qualified] = True  # what uses itself by way of others is as plain as they are
            self._plain[qualified] = self._is_plain(qualified)
        return self._plain[qualified]

    def _is_plain(self, qualified: str) -> bool:
        definition = self._own(qualified)
        if definition is None or definition.kind == "unknown" or self.carrier.is_http_error(qualified):
            return False
        if definition.kind in MADE and self.carrier.request_methods.bound(qualified):
            return False
        if definition.kind == "function" and definition.decorators and not keeps_results(definition):
            return False
        reached = self.carrier.context.reach(qualified) | {qualified}
        if reached & self.carrier.called_by_flask:
            return False
        return all(self._may_use(one) for one in self._uses(definition))

    def _uses(self, definition: Definition) -> frozenset[str]:
        """What a definition uses, and what an object is filled with while its module is imported."""
        module, name = split(self.carrier.project, definition.qualified)
        if module is None or definition.kind != "state":
            return definition.uses
        nodes = (one for filling in self.carrier.sources.fillings(module, name) for one in ast.walk(filling))
        named = {one.id for one in nodes if isinstance(one, ast.Name)} - {name}
        found = {f"{module.name}.{one}" for one in named & module.definitions.keys()}
        return definition.uses | found | {module.imports[one] for one in named & module.imports.keys()}

    def _may_use(self, used: str) -> bool:
        target = canonical(self.carrier.project, used)
        owner, rest = split(self.carrier.project, target)
        if owner is None:
            if f"{target}.".startswith(FIELDS):  # each side writes by fields of its own
                return False
            is_of_flask = is_flask_family(target) or needs_request(target) or target.startswith("werkzeug.exceptions")
            return base(target) is not None or not (is_of_flask or f"{target}.".startswith(EFFECTS))
        if not self.carrier.context.reaches_flask(owner.name):
            return True
        return (found := self._own(target)) is not None and bool(rest) and self.is_plain(found.qualified)

    def _own(self, qualified: str) -> Definition | None:
        """The module-level definition that a name belongs to, in a module that is not free of Flask."""
        module, rest = split(self.carrier.project, qualified)
        if module is None or not self.carrier.context.reaches_flask(module.name):
            return None
        return module.definitions.get(rest.partition(".")[0])

    def _definitions(self) -> list[Definition]:
        modules = sorted(self.carrier.project.modules.items())
        return [
            one for name, module in modules if self.carrier.context.reaches_flask(name)
            for one in module.definitions.values()
        ]  # fmt: skip

    def _is_fixed(self, definition: Definition) -> bool:
        return self.carrier.is_fixed(definition)


def keeps_results(definition: Definition) -> bool:
    """Whether a function is one that keeps what its calls gave, and does nothing else around them."""
    return [one.qualified in KEEPING for one in definition.decorators] == [True]


def shared_definition(carrier: "Carrier", module: Module, definition: Definition, name: str) -> SharedState:
    """A definition as `state.py` has it; raises `Refused` where its text is of no use there."""
    shown = name_of_state(carrier, module, name)
    if shown != name:
        raise refuse(CONSTRUCT, definition.location, f"'{name}' has the name of another definition")
    piece: ast.stmt
    if definition.kind in MADE:
        piece = carrier.sources.piece(definition.location, name)
        text = carrier.sources.text(module.file, piece)
        _check_at_once(carrier, module, definition, piece)
        if any(isinstance(one, ast.Name) and one.id == "open" for one in ast.walk(piece)):
            raise refuse(CONSTRUCT, definition.location, f"'{definition.qualified}' opens files")
    else:
        statement = carrier.sources.assignment(module, definition, name)
        piece = named(module, statement)
        text = as_written(carrier, module, statement, piece)
    needs = free_names(carrier, module, piece, name, definition.location, is_shared=True)
    comment = carrier.sources.comment(definition.location, name)
    return SharedState(module.name, name, name, "", needs, text=comment + text, line=definition.location.line)


def _check_at_once(carrier: "Carrier", module: Module, definition: Definition, piece: ast.AST) -> None:
    """Raise `Refused` for a definition that uses objects while it is made, which are made behind it."""
    waiting, used = [*ast.iter_child_nodes(piece)], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [node.args, *getattr(node, "decorator_list", ())]
        elif not isinstance(piece, ast.ClassDef) and node in piece.body:  # type: ignore[attr-defined]  # a function
            continue
        else:
            used |= {node.id} if isinstance(node, ast.Name) else set()
            waiting += ast.iter_child_nodes(node)
    for one in sorted(used):
        known = module.definitions.get(one)
        if known is not None and known.kind == "state" and not carrier.is_fixed(known):
            raise refuse(CONSTRUCT, definition.location, f"'{definition.qualified}' uses '{one}' while it is made")
