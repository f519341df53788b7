"""Werkzeug's exceptions where a project catches them.

except NotFound as error:    →    except NotFound as error:                        (the compat helpers' class)
except NotFound:             →    except (NotFound, WerkzeugNotFound):             beside a Flask application

Code that raises must then raise classes that can be told apart, instead of `HTTPException` with a status.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import libcst as cst

from codemods.model import Module, Project

from . import patterns as m
from .diagnostics import CONSTRUCT
from .imports import Need
from .names import Names, canonical
from .rule import Translation, code
from .rules.errors import CLASSES, PREFIX
from .search import findall
from .source import Sources

SHARED = frozenset({"code", "description", "name"})
"""What both libraries' errors have and say alike."""


def catches_http_errors(project: Project, sources: Sources) -> bool:
    """Whether any code of the project catches one of Werkzeug's HTTP exceptions by its class."""
    return any(
        qualified.startswith(PREFIX)
        for module in project.modules.values()
        if any(target.startswith("werkzeug") for target in module.imports.values())
        for qualified in _caught_in(project, module, sources)
    )


def _caught_in(project: Project, module: Module, sources: Sources) -> Iterator[str]:
    for handler in ast.walk(sources.tree(module.file)):
        if isinstance(handler, ast.ExceptHandler) and handler.type is not None:
            for kind in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
                head, _, rest = ast.unparse(kind).partition(".")
                target = module.imports.get(head)
                if target is not None:
                    yield canonical(project, f"{target}.{rest}" if rest else target)


def kinds_of(handler: cst.ExceptHandler, names: Names) -> list[str]:
    """The classes of Werkzeug's that a handler catches, by qualified name."""
    found = findall(handler.type, m.Name() | m.Attribute()) if handler.type else ()
    qualified = [names.qualified(one) or "" for one in found if isinstance(one, cst.Name | cst.Attribute)]
    return [one for one in dict.fromkeys(qualified) if one.startswith("werkzeug.") and one not in MODULES]


MODULES = frozenset({"werkzeug.exceptions", "werkzeug.routing", "werkzeug.routing.exceptions"})


@dataclass(frozen=True, slots=True)
class CaughtErrors:
    """The places where a function names an error that it caught: an HTTP error for sure, or maybe one."""

    certain: frozenset[cst.CSTNode]
    possible: frozenset[cst.CSTNode]


def caught_errors(function: cst.FunctionDef, names: Names) -> CaughtErrors:
    """What a function names in the handlers of Werkzeug's exceptions."""
    certain: set[cst.CSTNode] = set()
    possible: set[cst.CSTNode] = set()
    for handler in findall(function, m.ExceptHandler()):
        assert isinstance(handler, cst.ExceptHandler)
        name = _name(handler)
        rebound = findall(handler.body, m.AssignTarget(target=m.Name(name or "")))
        if name is not None and not rebound and kinds_of(handler, names):
            uses = findall(handler.body, m.Name(name))
            possible.update(uses)
            certain.update(uses if _all_http(handler, names) else ())
    return CaughtErrors(frozenset(certain), frozenset(possible))


def _all_http(handler: cst.ExceptHandler, names: Names) -> bool:
    """Whether a handler catches Werkzeug's HTTP exceptions only."""
    if handler.type is None:
        return False
    kinds = [one.value for one in handler.type.elements] if isinstance(handler.type, cst.Tuple) else [handler.type]
    return all((names.qualified(one) or "").startswith(PREFIX) for one in kinds)


def _name(handler: cst.ExceptHandler) -> str | None:
    return handler.name.name.value if handler.name and isinstance(handler.name.name, cst.Name) else None


def check(translation: Translation, handler: cst.ExceptHandler) -> None:
    """Raise `Refused` for a class that has no counterpart, and for what only one library's errors could do."""
    kinds = kinds_of(handler, translation.names)
    if any(one not in CLASSES for one in kinds):
        raise translation.refuse(CONSTRUCT, handler, f"except {code(handler.type)}" if handler.type else "except")
    name = _name(handler)
    if not kinds or name is None:
        return
    texts = any(CLASSES[one][1] == "BuildError" for one in kinds)
    if texts or (translation.beside_flask and not _uses_what_is_shared(handler.body, name)):
        raise translation.refuse(CONSTRUCT, handler, f"except {code(cst.Name(name))}")


def _uses_what_is_shared(body: cst.BaseSuite, name: str) -> bool:
    attributes = findall(body, m.Attribute(value=m.Name(name), attr=m.one_of(*map(m.Name, SHARED))))
    texts = findall(body, m.Call(func=m.Name("str"), args=[m.Arg(m.Name(name))]))
    formatted = findall(body, m.FormattedStringExpression(expression=m.Name(name)))
    return len(attributes) + len(texts) + len(formatted) == len(findall(body, m.Name(name)))


def with_werkzeugs(
    translation: Translation, written: cst.ExceptHandler, updated: cst.ExceptHandler
) -> cst.ExceptHandler:
    """The handler that beside a Flask application catches Werkzeug's own classes too."""
    kinds = kinds_of(written, translation.names)
    if not kinds or not translation.beside_flask or updated.type is None:
        return updated
    theirs = []
    for qualified in kinds:
        module, _, name = qualified.rpartition(".")
        translation.needs.add(Need(module, name, f"Werkzeug{name}"))
        theirs.append(f"Werkzeug{name}")
    return also_catching(updated, theirs)


def also_catching(handler: cst.ExceptHandler, names: Collection[str]) -> cst.ExceptHandler:
    """A handler that catches these classes too."""
    assert handler.type is not None
    kinds = handler.type.elements if isinstance(handler.type, cst.Tuple) else [cst.Element(handler.type)]
    listed = [*kinds, *(cst.Element(cst.Name(name)) for name in names)]
    separated = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in listed]
    return handler.with_changes(type=cst.Tuple(separated), whitespace_after_except=cst.SimpleWhitespace(" "))
