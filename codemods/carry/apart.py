"""Keeps what generated code refers to apart from names that a function has of its own.

state = request.args.get("state")      →    return FlaskJSONResponse(shared_state.JOBS[state])
return jsonify(JOBS[state])
"""

from dataclasses import replace

from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.reference import Reference
from codemods.vocabulary import of_flask

SHARED = Need(".", "state")
"""The module of the objects that both sides share."""


def apart(reference: Reference, names: Names, qualified: str) -> Reference:
    """The reference by another name where its own means something else in the function: `state` in `state.ITEMS`."""
    head, dot, rest = reference.text.partition(".")
    if reference.need is None or not _is_hidden(head, names, qualified):
        return reference
    alias = "shared_state" if reference.need == SHARED else f"{head}_"
    while _is_hidden(alias, names, qualified):
        alias += "_"
    need = Need(reference.need.module, reference.need.name, alias)
    return replace(reference, text=f"{alias}{dot}{rest}", need=need)


def _is_hidden(name: str, names: Names, qualified: str) -> bool:
    """Whether a name is a function's own, or in its module that of another thing than `qualified`."""
    meaning = names.of_name(name)
    if meaning is None:
        return name in names.local or name in names.outer
    return not (meaning.startswith("builtins.") or of_flask(meaning) or f"{qualified}.".startswith(f"{meaning}."))
