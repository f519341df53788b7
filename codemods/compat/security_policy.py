"""The `Content-Security-Policy` header, directive by directive.

Preserves: `response.content_security_policy.default_src = "'self'"` and the like, in the order in which they are set.

To live without it: write the header as a whole, `response.headers["Content-Security-Policy"] = "default-src 'self'"`.
"""

from fastapi import Response


def security_policy(response: Response, header: str = "Content-Security-Policy", **directives: str | None) -> None:
    """Set directives of the header; None takes one out."""
    present: dict[str, str] = {}
    for policy in response.headers.get(header, "").split(";"):
        name, has_value, value = policy.strip(" \t").partition(" ")
        if has_value:
            present[name] = value.strip(" \t")
    for name, given in directives.items():
        key = name.replace("_", "-")
        if given is None:
            present.pop(key, None)
        else:
            present[key] = given
    if present:
        response.headers[header] = "; ".join(f"{name} {value}" for name, value in present.items())
    else:
        del response.headers[header]
