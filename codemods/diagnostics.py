"""The index of all diagnostics. They are declared beside the code that reports them; this finds them there.

It reads the source of this tool, because importing every codemod only to look a code up would load libcst.
"""

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping

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
    """The diagnostics that a module's text declares at its top level.

    `NAME = Diagnostic(...)`, with constants, or by a function of the module that makes one. Only these statements are
    run, so nothing that the module imports is loaded. Raises NameError for one that needs more than that.
    """
    if "Diagnostic(" not in source:
        return
    makers = {"Diagnostic"}
    chosen: list[ast.stmt] = []
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if isinstance(value, ast.Constant) or _called(value) in makers:
                    chosen.append(node)
            case ast.FunctionDef(name=name, body=[*_, ast.Return(value=ast.expr() as value)]):
                if _called(value) in makers:
                    makers.add(name)
                    chosen.append(node)
    names: dict[str, object] = {"Diagnostic": Diagnostic}
    exec(compile(ast.Module(chosen, []), "<diagnostics>", "exec"), names)
    yield from (value for value in names.values() if isinstance(value, Diagnostic))


def _called(value: ast.expr) -> str | None:
    match value:
        case ast.Call(func=ast.Name(id=name)):
            return name
        case _:
            return None


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
