"""The `Cache-Control` header, directive by directive.

Preserves: `response.cache_control.max_age = 60`, `.no_store = True` and the like, in the order in which they are set;
`request.cache_control.max_age`.

To live without it: write the header as a whole, `response.headers["Cache-Control"] = "max-age=60, public"`, and look
for a directive in `request.headers["Cache-Control"]`.
"""

from fastapi import Response

from .authorization import parse_parameters
from .response_headers import quoted

NUMBERS = frozenset(["max-age", "s-maxage", "stale-if-error", "stale-while-revalidate"])
TEXTS = frozenset(["no-cache", "private"])


def cache_control(response: Response, **directives: str | int | bool | None) -> None:
    """Set directives of the header; False and None take one out, True writes it without a value.

    Raises `ValueError` for a number that is none.
    """
    present = parse_parameters(response.headers.get("Cache-Control", ""))
    for name, value in directives.items():
        key = name.replace("_", "-")
        is_switch = key not in NUMBERS | TEXTS
        if value is None or value is False or (is_switch and not value):
            present.pop(key, None)
        elif value is True or is_switch:
            present[key] = None
        else:
            present[key] = str(int(value) if key in NUMBERS else value)
    if present:
        response.headers["Cache-Control"] = ", ".join(
            key if value is None else f"{key}={quoted(value)}" for key, value in present.items()
        )
    else:
        del response.headers["Cache-Control"]


def cache_directive(response: Response, name: str) -> str | int | bool | None:
    """What a directive says: whether it is there for a switch, else its value, None without it."""
    present = parse_parameters(response.headers.get("Cache-Control", ""))
    key = name.replace("_", "-")
    if key not in NUMBERS | TEXTS:
        return key in present
    value = present.get(key)
    if value is None:
        return True if key in TEXTS and key in present else None
    try:
        return int(value) if key in NUMBERS else value
    except ValueError:
        return None


class RequestedCaching(dict[str, str | None]):
    """The directives of a request."""

    no_cache = property(lambda self: "no-cache" in self)
    no_store = property(lambda self: "no-store" in self)
    no_transform = property(lambda self: "no-transform" in self)
    only_if_cached = property(lambda self: "only-if-cached" in self)
    max_age = property(lambda self: self.seconds("max-age"))
    max_stale = property(lambda self: True if self.get("max-stale", "") is None else self.seconds("max-stale"))
    min_fresh = property(lambda self: self.seconds("min-fresh"))
    stale_if_error = property(lambda self: self.seconds("stale-if-error"))

    def seconds(self, name: str) -> int | None:
        """The number of a directive; None where it has none."""
        try:
            return int(self.get(name) or "")
        except ValueError:
            return None


def requested_caching(header: str | None) -> RequestedCaching:
    """`request.cache_control`."""
    return RequestedCaching(parse_parameters(header or ""))
