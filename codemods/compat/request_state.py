"""What Starlette's `request.state` has no method for.

Preserves: `g.pop(name, default)` and `g.setdefault(name, default)` of Flask's.

To live without it: make what is kept there a dependency with `yield`, which ends it itself.
"""

from typing import Any

from starlette.datastructures import State

MISSING: Any = object()


def pop(state: State, name: str, default: Any = MISSING) -> Any:
    """Take a value away and return it; raises `KeyError` where there is none, and no default."""
    if name in state:
        value = state[name]
        del state[name]
        return value
    if default is MISSING:
        raise KeyError(name)
    return default


def setdefault(state: State, name: str, default: Any = None) -> Any:
    """The value, which is the default from now on where there was none."""
    if name not in state:
        state[name] = default
    return state[name]
