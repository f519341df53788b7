"""The modules of a project, each with its scopes when somebody asks for it.

All that the application imports belongs to the project, but most of it declares no route: what it imports is read from
its bytes, and it is parsed when a view, a hook or a codemod leads there.
"""

import ast
import gc
import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from codemods.findings import Finding

from .collector import Collector
from .definitions import build
from .files import ModuleFile, parse, speaks_of_flask
from .raw import RawModule
from .scopes import Collected, Scope


@contextmanager
def collection_paused() -> Iterator[None]:
    """Without the cyclic garbage collector, which would go through millions of syntax nodes again and again.

    They have no cycles, and those of the scopes are broken by hand. Measured on 200,000 lines: half of the time of a
    scan; a seventh of that of a conversion, which then takes 3 % more memory.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class Raws(Mapping[str, RawModule]):
    """The modules of a project by name, each read when it is asked for and kept.

    `files` and `targets` (what each module imports) are of all of them; `declaring` may declare something, and
    `leading` are the module-level names that lead to an object or hand one on. Scopes are there while the scan runs;
    `problems` are of modules that turned out to be unreadable. `trees`, by file, gets what is parsed, where it is kept.
    `modules` are the names of all that there are in the project.
    """

    sources: Mapping[str, bytes]
    files: dict[str, ModuleFile] = field(default_factory=dict)
    targets: dict[str, frozenset[str]] = field(default_factory=dict)
    declaring: tuple[str, ...] = ()
    leading: set[str] = field(default_factory=set)
    problems: dict[str, Finding] = field(default_factory=dict)
    trees: dict[str, ast.Module] | None = None
    modules: Collection[str] = frozenset()
    _known: dict[str, RawModule] = field(default_factory=dict)
    _is_finished: bool = False

    def __getitem__(self, name: str) -> RawModule:
        found = self._known.get(name)
        return found if found is not None else self._read(self.files[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, name: object) -> bool:
        return name in self.files

    def source(self, name: str) -> bytes:
        """The bytes of a module."""
        return self.sources[self.files[name].file]

    def scopes(self) -> Iterator[tuple[RawModule, Scope]]:
        """Every scope of every module that may declare something."""
        for name in self.declaring:
            raw = self[name]
            waiting = [raw.top]
            while waiting:
                scope = waiting.pop()
                yield raw, scope
                waiting.extend(scope.children)

    def leads(self, name: str) -> bool:
        """Whether a name, or what it is an attribute of, leads to an object."""
        while name and ".<locals>." not in name:
            if name in self.leading:
                return True
            name = name.rpartition(".")[0]
        return False

    def finish(self) -> None:
        """Let the scopes go; of modules that are read later, only the definitions stay."""
        self._is_finished = True
        for raw in self._known.values():
            raw.dissolve()

    def has_read(self, name: str) -> bool:
        """Whether a module has been parsed already."""
        return name in self._known

    def leave_out_problems(self) -> list[Finding]:
        """Forget the modules that cannot be parsed; why."""
        for name in self.problems:
            self.files.pop(name)
            self._known.pop(name, None)
        self.declaring = tuple(name for name in self.declaring if name not in self.problems)
        problems = list(self.problems.values())
        self.problems.clear()
        return problems

    def _read(self, file: ModuleFile) -> RawModule:
        """One module; one that cannot be parsed is a problem, is empty, and may import anything."""
        source = self.sources[file.file]
        with collection_paused():
            tree = parse(file.file, source)
            if isinstance(tree, Finding):
                self.problems[file.name] = tree
                collected = Collected(Scope("module", file.name, None), dynamic_imports=True)
            else:
                if self.trees is not None:
                    self.trees[file.file] = tree
                walk = Collector(file.name, file.is_package, speaks_of_flask(source), self.modules)
                collected = walk.collect(tree)
            raw = build(file, "sha256:" + hashlib.sha256(source).hexdigest(), collected)
            if self._is_finished:
                raw.dissolve()
        self._known[file.name] = raw
        return raw
