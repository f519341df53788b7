"""Which modules belong to the project: all that its application imports, directly or not."""

import ast
import symtable
import warnings
from collections.abc import Iterable, Mapping
from typing import cast

from codemods.findings import Finding

from .declaring import may_declare
from .files import ModuleFile, parse, speaks_of_flask
from .imported import imported_names, imports_by_computed_name
from .reading import Raws


def read(
    sources: Mapping[str, bytes],
    files: Mapping[str, ModuleFile],
    first: Iterable[str],
    trees: dict[str, ast.Module] | None = None,
) -> Raws:
    """The modules that can matter: those to begin with and all of the project that these import, directly or not.

    Where one of them imports by a computed name, every file that speaks of Flask belongs to them as well.
    """
    found = Raws(sources, trees=trees, modules=files.keys())
    seen: set[str] = set()
    followed: set[str] = set()
    waiting = list(first)
    is_computed = is_widened = False
    while waiting:
        name = waiting.pop()
        file = files.get(name) if name not in seen else None
        seen.add(name)
        if file is not None:
            is_computed = _enter(found, file) or is_computed
            waiting.extend(_modules((*found.targets[name], name), files, followed) - seen)
        if not waiting and is_computed and not is_widened:
            is_widened = True
            waiting = [name for name, file in files.items() if speaks_of_flask(sources[file.file])]
    found.files = dict(sorted(found.files.items()))
    return found


def check(raws: Raws) -> list[Finding]:
    """Leave out the modules that cannot be parsed; the findings that say why.

    Looked at are those that were read and what the declaring modules import. Of the rest a module is checked when it
    is read (`Raws.problems`).
    """
    near: set[str] = set()
    followed: set[str] = set()
    for name in raws.declaring:
        near |= _modules(raws.targets[name], raws.files, followed)
    for name in sorted(near):
        if not raws.has_read(name):
            problem = syntax_problem(raws.files[name].file, raws.source(name))
            if problem is not None:
                raws.problems[name] = problem
    return sorted(raws.leave_out_problems(), key=str)


def syntax_problem(file: str, source: bytes) -> Finding | None:
    """The finding that says why a file cannot be parsed. A symbol table costs half of a syntax tree."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symtable.symtable(cast(str, source), file, "exec")  # typeshed does not know that it takes bytes
    except Exception:
        tree = parse(file, source)
        return tree if isinstance(tree, Finding) else None
    return None


def _enter(raws: Raws, file: ModuleFile) -> bool:
    """Add a module with what it imports; whether it imports by a computed name, for which its calls are looked at."""
    source = raws.sources[file.file]
    raws.files[file.name] = file
    raws.targets[file.name] = frozenset(imported_names(source, file.name, file.is_package))
    if may_declare(source, raws.targets[file.name]):
        raws.declaring = (*raws.declaring, file.name)
    if not imports_by_computed_name(source):
        return False
    raw = raws[file.name]
    stars = (f"{star}.*" for star in raw.star_imports)
    raws.targets[file.name] = frozenset((*raw.collected.imported, *raw.imports.values(), *stars))
    return raw.collected.dynamic_imports and file.name not in raws.problems


def _modules(targets: Iterable[str], files: Mapping[str, ModuleFile], followed: set[str]) -> set[str]:
    """The project's modules that imports lead to, their parent packages included; names in `followed` are done."""
    found: set[str] = set()
    for target in targets:
        while target and target not in followed:
            followed.add(target)
            if target in files:
                found.add(target)
            target = target.rpartition(".")[0]
    return found
