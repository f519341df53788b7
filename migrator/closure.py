"""What a generated module runs with: the modules of the target that it imports, and those that stand around all routes.

A guard in `dependencies.py`, a hook or a carried helper decides an answer as much as the route's own module does.
"""

import ast
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import cache

DEFINITION = re.compile(rb"^(?:@|def |async def |class )", re.MULTILINE)
RELATIVE = re.compile(rb"\bfrom[\s\\]*\.")


def closure_digests(texts: Mapping[str, bytes], target: str, outputs: Collection[str]) -> dict[str, str]:
    """Path of each of `outputs` (the modules with routes) → digest of all other modules of the target that it needs.

    `texts` are the target's files by path relative to the project. What `main.py` imports and has no route of its own
    (hooks, error handlers) stands around every route.
    """
    known = {path for path in texts if path.endswith(".py")}

    @cache
    def imported(path: str) -> frozenset[str]:
        return frozenset(imports(path, texts[path], known))

    main = f"{target}/main.py"
    around = imported(main) - set(outputs) if main in known else frozenset()
    return {output: _digest(output, reached(around | {output}, imported), texts) for output in outputs}


def own_digests(texts: Mapping[str, bytes], outputs: Collection[str]) -> dict[str, str]:
    """As `closure_digests` for modules that no application stands around: of what they import themselves."""
    known = {path for path in texts if path.endswith(".py")}

    @cache
    def imported(path: str) -> frozenset[str]:
        return frozenset(imports(path, texts[path], known))

    return {output: _digest(output, reached({output}, imported), texts) for output in outputs}


def reached(start: Collection[str], imported: Callable[[str], Collection[str]]) -> set[str]:
    """These modules and everything that they import in turn."""
    found = set(start)
    waiting = list(found)
    while waiting:
        new = set(imported(waiting.pop())) - found
        found |= new
        waiting += new
    return found


def imports(path: str, content: bytes, known: Collection[str]) -> Iterator[str]:
    """The files among `known` that a module imports relatively, which is how generated code imports its own."""
    for node in _statements(_parsed(content)):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        folder = path.split("/")[: -node.level]
        module = "/".join([*folder, *(node.module or "").split(".")]).rstrip("/")
        for base in (module, *(f"{module}/{alias.name}" for alias in node.names)):
            yield from (name for name in (f"{base}.py", f"{base}/__init__.py") if name in known)


def _parsed(content: bytes) -> ast.Module:
    """A module, or only what stands ahead of its definitions where these import nothing relatively."""
    first = DEFINITION.search(content)
    if first is not None and RELATIVE.search(content, first.start()) is None:
        with suppress(SyntaxError):  # what looked like a definition may be part of a text
            return ast.parse(content[: first.start()])
    return ast.parse(content)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements of a module, those within others included; expressions, which are most of it, hold none."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting += getattr(node, part, ())


def _digest(output: str, modules: Collection[str], texts: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(set(modules) - {output}):
        total.update(f"{path}\0{hashlib.sha256(texts[path]).hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()}"
