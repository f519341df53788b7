"""Groups: the endpoints that share state which Flask and FastAPI cannot share, and which therefore move together.

While both run in one interpreter that is state of the application's own (`codemods.carry.own_state`). Where they do
not, it is everything of the project's that may change while the application runs.
"""

from collections.abc import Collection, Mapping

from codemods.carry import Carrier
from codemods.carry.own_state import LOCALS
from codemods.findings import Diagnostic, Finding
from codemods.model import Endpoint
from codemods.view.context import is_flask_family

from .reach import reached_names

SEPARATE_PROCESSES = Diagnostic(
    "FM801",
    "blocked",
    "the route needs Flask and FastAPI in one interpreter",
    "its code uses Flask's application context, and the application's Python is older than FastAPI supports (3.11)",
    "move the application to Python 3.11 or newer; until then the route stays on Flask",
)
GROUPED = Diagnostic(
    "FM612",
    "blocked",
    "state that the two sides cannot share",
    "Routes that share it would see two of it if some of them were served by FastAPI and some by Flask, so that they "
    "move together or not at all; and one of those who use it stays on Flask.",
    "Convert the other ones too, or keep the state where both sides reach it: in a module, a database or a cache.",
)
HARMLESS = frozenset({"logging.getLogger", "re.compile"})
"""What makes objects of which two are as good as one."""


def unshared(carrier: Carrier, endpoint: Endpoint, is_apart: bool) -> frozenset[str]:
    """The state, by its qualified names, that an endpoint and what stands around it use and that is not shared."""
    used = {one.qualified for one in carrier.own_states.values() if endpoint.view.function.qualified in one.users}
    return frozenset(used | _changing(carrier, reached_names(carrier, endpoint))) if is_apart else frozenset(used)


def groups(carrier: Carrier, is_apart: bool) -> Mapping[str, str]:
    """The endpoints that belong to a group, with its name: the state that its members share between them."""
    shares = {one.name: unshared(carrier, one, is_apart) for one in carrier.project.endpoints}
    states = {name: names for names in _connected([one for one in shares.values() if one]) for name in names}
    shown = {name: ", ".join(sorted(one.replace(LOCALS, ".") for one in names)) for name, names in states.items()}
    return {name: shown[next(iter(used))] for name, used in shares.items() if used}


def stays(carrier: Carrier, group: str, outside: Collection[str]) -> Finding | None:
    """Why a group has to stay on Flask: one of the endpoints `outside` of the target is in it, or it is everywhere."""
    if outside:
        return Finding(GROUPED, None, f"'{group}', which '{min(outside)}' uses, too")
    shared = set(group.split(", "))
    around = [one.function for one in carrier.project.hooks]
    around += [one.function for one in carrier.project.error_handlers]
    for one in around:
        if shared & carrier.context.reach(one.qualified):
            return Finding(GROUPED, one.location, f"'{group}', which '{one.qualified}' uses, too")
    return None


def _changing(carrier: Carrier, names: Collection[str]) -> set[str]:
    """The project's objects among these names that may change; those of Flask and its extensions are not state."""
    found = set()
    for name in names:
        definition = carrier.context.definition(name)
        if definition is None or definition.kind != "state" or carrier.is_fixed(definition):
            continue
        if HARMLESS & definition.uses:
            continue
        if not any(map(is_flask_family, carrier.context.reach(definition.qualified))):
            found.add(definition.qualified)
    return found


def _connected(sets: Collection[frozenset[str]]) -> list[frozenset[str]]:
    """Sets that have a member in common made one."""
    found: list[frozenset[str]] = []
    for one in sets:
        touching = [other for other in found if one & other]
        found = [other for other in found if not one & other] + [one.union(*touching)]
    return found
