"""What the names of a function mean: of the function itself, of its module, or of both at different places."""

import symtable

import libcst as cst

from . import patterns as m
from .context import needs_request
from .names import Names
from .search import findall


def named_outside(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """The names from outside that a function goes on using: a parameter of the same name would hide what they mean."""
    attributes = {one.attr for one in findall(function.body, m.Attribute()) if isinstance(one, cst.Attribute)}
    keywords = {one.keyword for one in findall(function.body, m.Arg()) if isinstance(one, cst.Arg)}
    used = {
        one.value
        for one in findall(function.body, m.Name())
        if isinstance(one, cst.Name) and one not in attributes and one not in keywords
    }
    meanings = ((name, names.of_name(name)) for name in used)
    return frozenset(name for name, meaning in meanings if meaning is not None and not needs_request(meaning))


def two_meanings(function: cst.FunctionDef, names: Names) -> list[str]:
    """The names that a comprehension or inner function binds while another part of the function means the module's."""
    own = names.local - names.outer - names.enclosing
    shared = {name for name in own if name in names.module.definitions or name in names.module.imports}
    if not shared:
        return []
    waiting = [symtable.symtable(cst.Module([function.with_changes(decorators=())]).code, "view", "exec")]
    found: set[str] = set()
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        if isinstance(table, symtable.Function):
            found.update(name for name in table.get_globals() if name in shared)
    return sorted(found)
