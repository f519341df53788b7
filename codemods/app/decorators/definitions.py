"""Where a decorator of the project's own is defined: a function or class of a module, or a static method of a class."""

from codemods.model import Definition, Module, Project
from codemods.view.names import canonical, split


def decorator_definition(project: Project, qualified: str) -> tuple[Module, Definition, str] | None:
    """The definition behind a decorator's name, its module, and the name that it has there; None for any other."""
    module, name = split(project, canonical(project, qualified))
    if module is None:
        return None
    definition = module.definitions.get(name)
    if definition is not None:
        return None if definition.decorators else (module, definition, name)
    owner, _, method = name.rpartition(".")
    known, inner = module.definitions.get(owner), module.inner.get(name)
    if known is None or inner is None or known.kind != "class" or known.rebound or known.decorators:
        return None
    is_static = [one.text for one in inner.decorators] == ["staticmethod"]
    return (module, inner, method) if is_static and not inner.rebound else None


def decorator_function(project: Project, qualified: str) -> tuple[Module, Definition, str] | None:
    """As `decorator_definition`, for functions only."""
    found = decorator_definition(project, qualified)
    return found if found is not None and found[1].kind == "function" else None
