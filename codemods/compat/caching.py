"""The `Cache-Control` header, directive by directive.

Preserves: `response.cache_control.max_age = 60`, `.no_store = True` and the like, in the order in which they are set.

To live without it: write the header as a whole, `response.headers["Cache-Control"] = "max-age=60, public"`.
"""

from fastapi import Response


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
