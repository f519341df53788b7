"""From the scopes of a module to its definitions: kinds, uses, what is rebound or changed."""

import ast
from collections.abc import Iterator

from codemods.findings import Location
from codemods.model import Decorator, Definition, DefinitionKind

from .files import ModuleFile
from .kinds import kind_of_all
from .raw import RawModule, qualify
from .scopes import Assigned, Collected, Scope, chain_of


def build(file: ModuleFile, digest: str, collected: Collected) -> RawModule:
    """The definitions of a module."""
    raw = RawModule(file, digest, collected)
    raw.imports = _imports(collected.top)
    for scope in _walk(collected.top):
        if scope.kind in ("class", "function") and scope.name != "<lambda>":
            raw.by_line[scope.line] = scope
            raw.qualnames.add(scope.qualname)
    rebound = _rebound(collected.top) | collected.made_of_imports
    _functions_and_classes(raw, rebound)
    _assignments(raw, rebound)
    raw.changes = frozenset(_changes(raw))
    return raw


def _walk(scope: Scope) -> Iterator[Scope]:
    yield scope
    for child in scope.children:
        yield from _walk(child)


def _imports(top: Scope) -> dict[str, str]:
    """Module-level imports, and function-level ones whose name means one thing only in the module."""
    inner: dict[str, set[str]] = {}
    for scope in _walk(top):
        if scope is not top:
            for name, target in scope.imports.items():
                inner.setdefault(name, set()).add(target)
    found = {
        name: next(iter(targets)) for name, targets in inner.items() if len(targets) == 1 and name not in top.stores
    }
    return {**found, **top.imports}


def _rebound(top: Scope) -> frozenset[str]:
    """Module-level names that a function rebinds by `global`."""
    return frozenset(
        name
        for scope in _walk(top)
        if scope is not top
        for name in scope.outer_names & (scope.stores | set(scope.imports))
    )


def _functions_and_classes(raw: RawModule, rebound: frozenset[str]) -> None:
    for scope in _walk(raw.top):
        if scope.kind not in ("class", "function") or scope.name == "<lambda>":
            continue
        definition = _definition(raw, scope, rebound)
        qualname = scope.qualname
        if scope.parent is not raw.top:
            raw.inner[qualname] = definition
            continue
        earlier = raw.definitions.get(qualname)
        if earlier is not None:
            raw.inner[f"{qualname}@{earlier.location.line}"] = earlier
        raw.definitions[qualname] = definition


def _definition(raw: RawModule, scope: Scope, rebound: frozenset[str]) -> Definition:
    kind: DefinitionKind = "class" if scope.kind == "class" else "function"
    is_rebound = scope.parent is raw.top and scope.name in rebound
    return Definition(
        qualified=f"{raw.name}.{scope.qualname}",
        kind="state" if is_rebound else kind,
        location=Location(raw.file.file, scope.line),
        end_line=scope.end_line,
        uses=frozenset(_uses(raw, scope)),
        decorators=decorators_of(raw, scope),
        rebound=is_rebound,
        returns_display=scope.returns_display,
        members=_members(raw, scope) if kind == "class" else {},
    )


def decorators_of(raw: RawModule, scope: Scope) -> tuple[Decorator, ...]:
    """The decorators of a definition, outermost first; each is asked for again as part of a route."""
    known = raw.decorators.get(id(scope))
    if known is None:
        known = raw.decorators[id(scope)] = tuple(_decorator(raw, scope, node) for node in scope.decorators)
    return known


def _decorator(raw: RawModule, scope: Scope, node: ast.expr) -> Decorator:
    chain = chain_of(node.func if isinstance(node, ast.Call) else node)
    qualified = qualify(raw.name, scope.parent or raw.top, chain) if chain else None
    return Decorator(ast.unparse(node), qualified, Location(raw.file.file, node.lineno))


def _uses(raw: RawModule, scope: Scope) -> Iterator[str]:
    """Qualified names that a definition's code and head refer to, without its own locals."""
    return _used_in(raw, scope, _walk(scope))


def _members(raw: RawModule, scope: Scope) -> dict[str, frozenset[str]]:
    """What the methods of a class use, and its bases and body; a property and its setter are one."""
    found: dict[str, frozenset[str]] = {}
    body = [scope]
    for child in scope.children:
        if child.kind == "function" and child.name != "<lambda>":
            found[child.name] = found.get(child.name, frozenset()) | frozenset(_used_in(raw, child, _walk(child)))
        else:
            body.extend(_walk(child))
    return found | {"": frozenset(_used_in(raw, scope, iter(body)))}


def _used_in(raw: RawModule, scope: Scope, inner: Iterator[Scope]) -> Iterator[str]:
    """What the head of a scope and these scopes in it refer to, without its own locals."""
    inside = f"{raw.name}.{scope.qualname}."
    found: set[str] = set()
    for chain in scope.header_loads:
        qualified = _use(raw, scope.parent or raw.top, chain)
        if qualified is not None:
            found.add(qualified)
    for one in inner:
        found |= _loaded(raw, one)
    return (name for name in found if not (".<locals>." in name and name.startswith(inside)))


def _loaded(raw: RawModule, scope: Scope) -> frozenset[str]:
    """What the names that a scope reads stand for, by itself; resolved once, though every scope around it asks."""
    known = raw.loaded.get(id(scope))
    if known is None:
        names = (_use(raw, scope, chain) for chain in scope.loads)
        known = raw.loaded[id(scope)] = frozenset(name for name in names if name is not None)
    return known


def _use(raw: RawModule, scope: Scope, chain: str) -> str | None:
    """What a chain stands for, unless it is a builtin or a variable of a function."""
    qualified = qualify(raw.name, scope, chain)
    if qualified is None or qualified.startswith("builtins."):
        return None
    owner, found, name = qualified.rpartition(".<locals>.")
    return None if found and not _is_definition(raw, owner, name) else qualified


def _is_definition(raw: RawModule, owner: str, name: str) -> bool:
    """Whether a local of an enclosing function is a function or class, and not a mere variable."""
    return f"{owner}.<locals>.{name.partition('.')[0]}"[len(raw.name) + 1 :] in raw.qualnames


def _assignments(raw: RawModule, rebound: frozenset[str]) -> None:
    groups: dict[str, list[Assigned]] = {}
    for assigned in raw.top.assigned:
        if "." not in assigned.name and assigned.name not in raw.top.imports:
            groups.setdefault(assigned.name, []).append(assigned)
    for name, bindings in groups.items():
        if name in raw.definitions:
            continue
        kind, shallow = kind_of_all(raw, bindings, name in rebound)
        line = bindings[0].line
        ends = [getattr(binding.value, "end_lineno", None) or binding.line for binding in bindings]
        loads = raw.collected.statement_loads.get(name, set())
        uses = {used for used in (_use(raw, raw.top, chain) for chain in loads) if used is not None}
        for scope in raw.collected.statement_scopes.get(name, ()):
            uses |= {used for one in _walk(scope) for used in _loaded(raw, one) if ".<locals>." not in used}
        raw.definitions[name] = Definition(
            qualified=f"{raw.name}.{name}",
            kind=kind,
            location=Location(raw.file.file, line),
            end_line=ends[0] if len(bindings) == 1 else max(ends),
            uses=frozenset(uses - {f"{raw.name}.{name}"}),
            rebound=name in rebound or any(binding.augmented for binding in bindings),
            shallow=shallow,
            texts=_texts(bindings[0].value) if kind == "constant" and len(bindings) == 1 else (),
        )
    for name in rebound - groups.keys() - raw.definitions.keys() - raw.top.imports.keys():
        where = Location(raw.file.file, 1)
        raw.definitions[name] = Definition(f"{raw.name}.{name}", "state", where, 1, rebound=True)


def _texts(value: ast.expr | None) -> tuple[str, ...]:
    """The texts of a tuple that is written out and holds nothing else."""
    elements = value.elts if isinstance(value, ast.Tuple) else []
    found = [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return tuple(found) if len(found) == len(elements) else ()


def _changes(raw: RawModule) -> Iterator[str]:
    """Names outside functions that the module's code changes in place, rebinds or lets out of sight."""
    for scope in _walk(raw.top):
        for chain in scope.changes | scope.escapes:
            qualified = qualify(raw.name, scope, chain)
            if qualified and ".<locals>." not in qualified and not qualified.startswith("builtins."):
                yield qualified
