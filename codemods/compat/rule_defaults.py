"""The `defaults` of a rule among the values of its URLs.

Preserves: `request.view_args` has them behind the values of the URL, for hooks and handlers that look at the values as
a whole, or take some away before the view is called.

To live without it: name the constant where it is used, and drop the dependency from the route.
"""

from typing import Any

from fastapi import Request
from starlette.types import Scope

from .routing import Condition


class RuleDefaults(Condition):
    """What all URLs of a route have for the values that its rule gives: `Depends(RuleDefaults(language="en"))`."""

    def __init__(self, /, **values: object) -> None:
        """The values by name."""
        self._values = values

    async def __call__(self, request: Request) -> None:
        """Nothing is left to do: the values are there since the route was found."""

    def values(self, scope: Scope) -> dict[str, Any]:
        """The values, for any request."""
        return self._values

    def merged(self, own: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
        """They come last, as Werkzeug has them."""
        return {**others, **own}
