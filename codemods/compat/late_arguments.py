"""What an endpoint is sent, loaded by a schema where the endpoint asks for it, and not ahead of all that it does.

Preserves: what a schema refuses is refused there: behind a check that answers 404, or where the endpoint catches it.

To live without it: let the dependency load what was sent, so that wrong arguments are a 422 ahead of all else.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any


def late(dependency: Callable[..., Any]) -> Callable[..., Callable[[], Any]]:
    """A dependency: a function that loads what this one loads, and raises what it raises, when it is called."""

    @wraps(dependency)
    def prepared(**given: Any) -> Callable[[], Any]:
        return partial(dependency, **given)

    return prepared
