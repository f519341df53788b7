"""The `Cache-Control` header, directive by directive.

Preserves: `response.cache_control.max_age = 60`, `.no_store = True` and the like, in the order in which they are set;
`request.cache_control.max_age`.

To live without it: write the header as a whole, `response.headers["Cache-Control"] = "max-age=60, public"`, and look
for a directive in `request.headers["Cache-Control"]`.
"""

from fastapi import Response

from .authorization import parse_parameters


def cache_control(response: Response, **directives: str | int | bool | None) -> None:
    """Set directives of the header; False and None take one out, True writes it without a value."""
    present = parsed(response.headers.get("Cache-Control", ""))
    for name, value in directives.items():
        key = name.replace("_", "-")
        if value is None or value is False:
            present.pop(key, None)
        else:
            present[key] = None if value is True else str(value)
    if present:
        response.headers["Cache-Control"] = ", ".join(
            key if value is None else f"{key}={value}" for key, value in present.items()
        )
    elif "Cache-Control" in response.headers:
        del response.headers["Cache-Control"]


def parsed(header: str) -> dict[str, str | None]:
    """The directives of a header, in order."""
    directives: dict[str, str | None] = {}
    for part in header.split(","):
        key, has_value, value = part.strip().partition("=")
        if key:
            directives[key.lower()] = value if has_value else None
    return directives


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
