"""Decorated functions that other code calls: what is only registered means what was written.

    @app.template_global()
    def back_url(): ...
                                        →        def back_url(request: Request) -> str: ...
    def leave():
        return redirect(back_url())

Flask hands back the function that it is given (`Flask.template_global` and its neighbours). A context manager keeps its
decorator.
"""

import libcst as cst

from codemods.model import Definition, Project
from codemods.scan.registering import REGISTERING
from codemods.view.imports import Need
from codemods.view.names import Names, split

MAKERS = frozenset({"flask.Flask", "flask.Blueprint"})
MANAGER = "contextlib.contextmanager"


def keeps_meaning(project: Project, definition: Definition) -> bool:
    """Whether every decorator is a method of an application or blueprint that takes the function as it is, or the only
    one makes a context manager of it."""
    if [one.qualified for one in definition.decorators] == [MANAGER]:
        return True
    return all(_registers(project, one.qualified or "") for one in definition.decorators)


def carried_decorators(function: cst.FunctionDef, names: Names) -> tuple[list[cst.Decorator], frozenset[Need]]:
    """The decorators that a function keeps in the target, and their imports."""
    if not any(names.qualified(one.decorator) == MANAGER for one in function.decorators):
        return [], frozenset()
    home, _, name = MANAGER.rpartition(".")
    return [cst.Decorator(cst.Name(name))], frozenset({Need(home, name)})


def _registers(project: Project, decorator: str) -> bool:
    owner, _, method = decorator.rpartition(".")
    module, name = split(project, owner)
    holder = module.definitions.get(name) if module is not None else None
    return method in REGISTERING and holder is not None and not MAKERS.isdisjoint(holder.uses)
