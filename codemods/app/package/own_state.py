"""`own_state.py`: what the endpoints of one application share, which each application that is made has for itself."""

from codemods.carry import OwnState
from codemods.carry.own_state import ANY
from codemods.view.imports import Need

from .target import File

DATACLASS = frozenset({Need("dataclasses", "dataclass"), Need("dataclasses", "field")})
REQUEST = frozenset({Need("fastapi", "Request")})

STATE = '''@dataclass(slots=True)
class OwnState:
    """What the endpoints of one application share."""

{fields}
'''
OF_REQUEST = '''def own_state_of(request: Request) -> OwnState:
    """What the application that a request is for has."""
    found: OwnState = request.app.state.own
    return found
'''
GETTER = '''async def get_{name}(request: Request) -> {annotation}:
    """`{name}`, as a dependency."""
    return own_state_of(request).{name}
'''


def own_state_file(states: list[OwnState]) -> File:
    """The module of these variables."""
    file = File("What the endpoints of an application share; each application that is made has its own.")
    fields = "\n".join(f"    {one.field}" for one in states)
    file.add(STATE.format(fields=fields), (ANY | DATACLASS).union(*(one.needs for one in states)))
    file.add(OF_REQUEST, REQUEST)
    for one in states:
        file.add(GETTER.format(name=one.name, annotation=one.annotation), ANY | REQUEST)
    return file
