"""The index of all diagnostics. They are declared beside the code that reports them; this finds them there.

It reads source text, because importing every codemod only to look a code up would load libcst.
"""

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from .findings import Diagnostic

AREAS = (
    "project",
    "application and routes",
    "request",
    "response",
    "schemas",
    "hooks and errors",
    "context and configuration",
    "extensions",
    "traffic",
    "internal",
)


def declared(source: str) -> Iterator[Diagnostic]:
    """The diagnostics that a module's text declares: `NAME = Diagnostic(...)` at its top level, with literal arguments.

    Raises ValueError for one whose arguments are not literals, since its page could not be shown.
    """
    if "Diagnostic(" not in source:
        return
    names = [field.name for field in fields(Diagnostic)]
    assigned = [node for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    for node in (part for assignment in assigned for part in ast.walk(assignment)):
        match node:
            case ast.Call(func=ast.Name(id="Diagnostic"), args=arguments, keywords=keywords):
                values = dict(zip(names, arguments, strict=False))
                values.update({keyword.arg: keyword.value for keyword in keywords if keyword.arg})
                yield Diagnostic(**{name: ast.literal_eval(value) for name, value in values.items()})


def index(sources: Iterable[str]) -> Mapping[str, Diagnostic]:
    """All diagnostics of some modules by code, sorted."""
    found = {diagnostic.code: diagnostic for source in sources for diagnostic in declared(source)}
    return dict(sorted(found.items()))


def area(code: str) -> str:
    """What a code is about, by its first digit: `FM302` is about responses."""
    return AREAS[int(code[2])]


def nearest(code: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The codes that look most like one that is not known, same area first."""
    wanted = code.upper()
    known = sorted(known)
    close = difflib.get_close_matches(wanted, known, n=count, cutoff=0.6)
    same_area = [one for one in known if len(wanted) > 2 and one.startswith(wanted[:3])]
    return tuple(dict.fromkeys([*close, *same_area]))[:count]
