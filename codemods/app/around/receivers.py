"""Receivers of the signals that Flask sends around a request, as functions like hooks.

    @request_finished.connect_via(app)                   def note(request: Request, response: Response) -> None:
    def note(sender, response, **extra):       →             …

Flask hands each the application, which is `current_app`, and what the signal is about by its name.
"""

from collections.abc import Mapping

import libcst as cst

from codemods.model import Hook
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.search import findall

from .surrounding import HOOK_KIND, Opener

NEEDED: Mapping[str, str | None] = {
    "request_started": None,
    "request_finished": "response",
    "got_request_exception": "exception",
}
"""What each signal hands its receivers beside the application."""


def receiver_opener(hook: Hook) -> Opener:
    """How a receiver is opened: as a function of what its signal is about alone."""

    def opened(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
        wanted = NEEDED[hook.kind]
        params = (*function.params.params, *function.params.kwonly_params)
        sender = params[0].name.value if params else ""
        others = [one.name.value for one in params[1:]]
        extra = function.params.star_kwarg
        unused = [sender, *(one for one in others if one != wanted)]
        unused += [extra.name.value] if extra is not None else []
        is_all_given = all(one == wanted or params[index + 1].default for index, one in enumerate(others))
        if not sender or not is_all_given or isinstance(function.params.star_arg, cst.Param):
            raise refuse(HOOK_KIND, hook.function.location, f"'{function.name.value}' takes other arguments")
        if wanted is not None and wanted not in others and (extra is None or wanted in names.local):
            raise refuse(HOOK_KIND, hook.function.location, f"'{function.name.value}' takes no '{wanted}'")
        for name in unused:
            if findall(function.body, m.Name(name)):
                raise refuse(HOOK_KIND, hook.function.location, f"'{function.name.value}' uses '{name}'")
        kept = [cst.Param(cst.Name(wanted))] if wanted is not None else []
        changed = function.with_changes(params=cst.Parameters(params=kept))
        again = Names.of(names.project, names.module, changed, names.outer)
        imported = {**names.imported, **again.imported}
        return changed, Names(names.project, names.module, again.local, imported, names.outer, again.bindings), False

    return opened
