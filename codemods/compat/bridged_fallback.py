"""The fallback beside a Flask application: hooks and handlers that need its context run for unknown URLs too.

Preserves: an application context around the answer to an unknown URL, a wrong method and OPTIONS.

To live without it: once no hook or handler of the application needs `flask.g` or `current_app`, `FallbackRoute` serves.
"""

from .bridged import BridgedRoute
from .fallback import FallbackRoute


class BridgedFallbackRoute(FallbackRoute, BridgedRoute):
    """The route behind all others, inside an application context."""
