"""The debt ledger: the helpers that a conversion copies, what each keeps, how to live without it."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

COMPAT = "codemods.compat"


@dataclass(frozen=True, slots=True)
class Debt:
    """A helper's own account of itself: what it is, what it preserves, and how to get rid of it."""

    name: str
    summary: str
    preserves: str
    without: str


def note(module_text: str, name: str = "") -> Debt:
    """The account in a module's docstring; raises `ValueError` where it lacks one of its three parts."""
    docstring = ast.get_docstring(ast.parse(module_text)) or ""
    found = re.fullmatch(
        r"(?P<summary>.+?)\n\n(?:.*\n\n)?Preserves:(?P<preserves>.+?)\n\n"
        r"(?:.*\n\n)?To live without (?:it|them):(?P<without>.+)",
        docstring,
        re.DOTALL,
    )
    if found is None:
        raise ValueError(f"the docstring of '{name}' must say what it is, what it preserves and how to live without it")
    summary, preserves, without = (" ".join(found[part].split()) for part in ("summary", "preserves", "without"))
    return Debt(name, summary, preserves, without)


@cache
def source(name: str) -> str:
    """The text of a compat module, `__init__` included; raises `FileNotFoundError` for one that does not exist."""
    return resources.files(COMPAT).joinpath(f"{name}.py").read_text(encoding="utf-8")


@cache
def imports(name: str) -> frozenset[str]:
    """The compat modules that a compat module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source(name))):
        match node:
            case ast.ImportFrom(level=1, module=None, names=aliases):
                found.update(alias.name for alias in aliases)
            case ast.ImportFrom(level=1, module=str(module)):
                found.add(module.partition(".")[0])
    return frozenset(found)


def closure(names: Iterable[str]) -> tuple[str, ...]:
    """These compat modules and what they import in turn, sorted: the ones that are copied together."""
    wanted = set(names)
    waiting = list(wanted)
    while waiting:
        for module in imports(waiting.pop()) - wanted:
            wanted.add(module)
            waiting.append(module)
    return tuple(sorted(wanted))
