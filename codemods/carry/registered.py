"""Functions whose decorators only register them, and that other code calls: their names mean what was written.

    @app.template_global()
    def back_url(): ...
                                        →        def back_url(request: Request) -> str: ...
    def leave():
        return redirect(back_url())

Flask hands back the function that it is given (`Flask.template_global` and its neighbours).
"""

from codemods.model import Definition, Project
from codemods.scan.registering import REGISTERING
from codemods.view.names import split

MAKERS = frozenset({"flask.Flask", "flask.Blueprint"})


def only_registers(project: Project, definition: Definition) -> bool:
    """Whether every decorator is a method of an application or blueprint that takes the function as it is."""
    return all(_registers(project, one.qualified or "") for one in definition.decorators)


def _registers(project: Project, decorator: str) -> bool:
    owner, _, method = decorator.rpartition(".")
    module, name = split(project, owner)
    holder = module.definitions.get(name) if module is not None else None
    return method in REGISTERING and holder is not None and not MAKERS.isdisjoint(holder.uses)
