"""What changes on the wire where Flask's behaviour is not preserved, route by route: a forecast from names in use."""

from codemods.model import Endpoint, Project, Rule
from migrator.planning.reach import Reach

#: names of the Flask family (each with everything below it) → the kinds of difference that their use exposes
EXPOSED_BY = {
    "flask.jsonify": ("json-dates", "json-key-order"),
    "flask.json.jsonify": ("json-dates", "json-key-order"),
    "flask.json.dumps": ("json-dates", "json-key-order"),
    "flask.abort": ("error-pages",),
    "werkzeug.exceptions": ("error-pages",),
    "flask.request.args": ("lenient-query",),
    "flask.request.values": ("lenient-query",),
    "flask.request.get_json": ("validation-errors",),
    "flask.request.json": ("validation-errors",),
    "marshmallow": ("json-key-order",),
}
HANDLERS_OF_EVERYTHING = frozenset({"werkzeug.exceptions.HTTPException", "builtins.Exception"})


class Wire:
    """The forecast for one project; each function is looked at once."""

    def __init__(self, project: Project, reach: Reach) -> None:
        self._reach = reach
        self._known: dict[str, frozenset[str]] = {}
        handled = {one.exception for one in project.error_handlers if not one.blueprint}
        self._pages_are_handled = bool(handled & HANDLERS_OF_EVERYTHING)

    def kinds(self, endpoint: Endpoint, rule: Rule, method: str) -> tuple[str, ...]:
        """The kinds of difference (names of `codemods.parity.DIFFERENCES`) that clients of one route could see."""
        found = set(self._of(endpoint.view.function.qualified))
        for _, function in endpoint.view.methods:
            found |= self._of(function.qualified)
        if self._pages_are_handled:
            found.discard("error-pages")
        if method == "GET":
            found.add("head-options")
        if rule.strict_slashes and rule.rule.endswith("/") and rule.rule != "/":
            found.add("slash-redirects")
        return tuple(sorted(found))

    def _of(self, function: str) -> frozenset[str]:
        if function not in self._known:
            found: set[str] = set()
            for definition in self._reach.closure(function):
                if definition.returns_display:
                    found |= {"json-dates", "json-key-order"}
                for name in definition.uses:
                    for prefix, kinds in EXPOSED_BY.items():
                        if name == prefix or name.startswith(f"{prefix}."):
                            found.update(kinds)
            self._known[function] = frozenset(found)
        return self._known[function]
