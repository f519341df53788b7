"""Whose a request is: the route that it matches, whether that is promoted, and whether FastAPI would take it.

What is decided is kept for the next request of the same: until the rules, the promotions or the settings change.
"""

from collections.abc import Hashable
from typing import NamedTuple, Protocol

from starlette.types import ASGIApp, Scope

from .canary import client_identity, is_chosen
from .environ import Environ
from .matching import Matched
from .routes import Candidate, Served, candidates, routed_scope
from .table import Intentions, Promotion, Table

REMEMBERED = 4096
"""How many decisions are kept."""


class Rules(Protocol):
    """What knows the rules of the Flask application."""

    def match(self, environ: Environ) -> Matched | None:
        """The route that a request is for; None for all but a plain match."""

    def asked(self, scope: Scope) -> Hashable | None:
        """All that a match depends on; None where the next of the same may be another, which is not remembered."""


class Decision(NamedTuple):
    """Who serves a request: the route that it matches, what is promoted of that, and whether FastAPI takes it.

    `is_fastapi` is None where that is another for each client.
    """

    matched: Matched | None = None
    promotion: Promotion | None = None
    is_fastapi: bool | None = False


UNMATCHED = Decision()


class Decisions:
    """Decides by the rules of the Flask application, the table of what is promoted, and the routes of FastAPI.

    What is not promoted needs no match, unless `names_routes`: somebody wants to know the route of each request.
    """

    def __init__(self, rules: Rules, intentions: Intentions, fastapi_app: ASGIApp, *, names_routes: bool) -> None:
        self._rules = rules
        self._intentions = intentions
        self._fastapi_app = fastapi_app
        self._names_routes = names_routes
        self._candidates: tuple[Candidate, ...] | None = None
        self._served: dict[tuple[str, str], Served] = {}
        self._table: Table = {}
        self._known: dict[Hashable, Decision] = {}

    def known(self, scope: Scope) -> Decision | None:
        """What was decided before for the like of this request, without its environment; None where nothing was."""
        table = self._intentions.table()
        if table is not self._table:
            self._table = table
            self._known.clear()
        if not table and not self._names_routes:
            return UNMATCHED
        asked = self._rules.asked(scope)
        return None if asked is None else self._known.get(asked)

    def decide(self, scope: Scope, environ: Environ) -> Decision:
        """Who serves a request; for a canary, whether this client is among those that it has."""
        found = self.known(scope) or self._decided(scope, environ)
        if found.is_fastapi is None and found.promotion is not None:
            return found._replace(is_fastapi=is_chosen(client_identity(environ), found.promotion.weight))
        return found

    def _decided(self, scope: Scope, environ: Environ) -> Decision:
        asked = self._rules.asked(scope)
        matched = self._rules.match(environ)
        promotion = None if matched is None else self._table.get(matched.key)
        if matched is None or promotion is None or promotion.endpoint != matched.endpoint:
            decision = Decision(matched)
        else:
            served = self._serving(promotion, matched.method)
            decision = Decision(matched)
            if self._takes(served, scope, matched.method):
                decision = Decision(matched, promotion, {0: False, 100: True}.get(promotion.weight))
            if not served.is_plain:
                return decision
        if asked is not None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[asked] = decision
        return decision

    def _takes(self, served: Served, scope: Scope, method: str) -> bool:
        """Whether FastAPI's router would give the request to the promoted endpoint."""
        try:
            return served.takes(routed_scope(self._fastapi_app, scope, method))
        except ValueError:  # a convertor of the FastAPI application refuses the value
            return False

    def _serving(self, promotion: Promotion, method: str) -> Served:
        """The FastAPI routes of a promoted route's endpoint, found once."""
        found = self._served.get((promotion.endpoint, method))
        if found is None:
            if self._candidates is None:
                self._candidates = candidates(self._fastapi_app)
            found = self._served[promotion.endpoint, method] = Served(self._candidates, promotion.endpoint, method)
        return found
