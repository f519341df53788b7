"""The kinds of wire difference between Flask and FastAPI on which a team decides: keep Flask's, or take FastAPI's.

`[tool.migrate.parity]` says `preserve` (the default) or `adopt` for each. Where a kind is adopted, generated code is
what a new FastAPI application would have, without the helper that keeps Flask's behaviour.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Choice = Literal["preserve", "adopt"]
CHOICES: tuple[Choice, ...] = ("preserve", "adopt")
JSON = frozenset({"json-dates", "json-key-order"})
"""The kinds that one helper preserves together: Flask's JSON response."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of wire difference: what clients see as long as it is preserved, and what once it is adopted.

    `helpers` are the modules of `codemods.compat` that have less to do, or go, where it is adopted.
    """

    name: str
    preserve: str
    adopt: str
    helpers: frozenset[str]


DIFFERENCES = MappingProxyType(
    {
        one.name: one
        for one in (
            Difference(
                "error-pages",
                "errors without a handler are Werkzeug's HTML pages",
                'they are JSON: {"detail": "Not Found"}',
                frozenset({"http_errors"}),
            ),
            Difference(
                "head-options",
                "HEAD is answered like GET without its body, OPTIONS with an Allow header",
                "both are answered 405, as far as no route declares them",
                frozenset({"head"}),
            ),
            Difference(
                "json-dates",
                "dates in JSON are HTTP dates: Mon, 05 Jan 2026 00:00:00 GMT",
                "they are ISO 8601: 2026-01-05",
                frozenset({"responses"}),
            ),
            Difference(
                "json-key-order",
                "keys of JSON objects are sorted",
                "they come in the order in which the code has them",
                frozenset({"responses"}),
            ),
            Difference(
                "lenient-query",
                "a query value that its type refuses is the default",
                "it is refused with 422",
                frozenset({"query"}),
            ),
            Difference(
                "slash-redirects",
                "a URL that lacks the slash of its rule is redirected with 308",
                "it is redirected with 307, and one with a slash too many too",
                frozenset({"fallback"}),
            ),
            Difference(
                "validation-errors",
                "a body that is no JSON is answered 400 or 415, by a view that reads it behind the guards",
                'it is answered 422 with {"detail": [...]}, and so is one that is wrong for a schema of the idiomatic '
                "style whose errors the application does not answer itself; other schemas keep their own messages",
                frozenset({"json_body", "worded_models"}),
            ),
        )
    }
)
