"""Who a request says it is from.

Preserves: `request.authorization`, which is None where the header is malformed: that is no error.

To live without it: `HTTPBasic` or `HTTPBearer` as dependencies, which answer a malformed header themselves.
"""

import re
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass, field
from urllib.parse import unquote
from urllib.request import parse_http_list

from fastapi import Request


@dataclass(frozen=True)
class Authorization:
    """A parsed `Authorization` header: its scheme, and either parameters or a token."""

    type: str
    parameters: dict[str, str | None] = field(default_factory=dict)
    token: str | None = None

    @property
    def username(self) -> str | None:
        """The user's name."""
        return self.parameters.get("username")

    @property
    def password(self) -> str | None:
        """The password."""
        return self.parameters.get("password")

    def get(self, key: str, default: str | None = None) -> str | None:
        """A parameter."""
        return self.parameters.get(key, default)


def authorization(request: Request) -> Authorization | None:
    """`request.authorization`."""
    header = request.headers.get("authorization")
    if not header:
        return None
    scheme, _, rest = header.partition(" ")
    scheme, rest = scheme.lower(), rest.strip(" \t")
    if scheme == "basic":
        try:
            username, _, password = b64decode(rest, validate=True).decode().partition(":")
        except (Error, UnicodeError):
            return None
        return Authorization(scheme, {"username": username, "password": password})
    if "=" in rest.rstrip("="):
        return Authorization(scheme, parse_parameters(rest))
    return Authorization(scheme, token=rest)


def parse_parameters(text: str) -> dict[str, str | None]:
    """The parameters of a header such as `Digest username="ann", uri="/"`."""
    parameters: dict[str, str | None] = {}
    for item in parse_http_list(text):
        key, separator, value = item.partition("=")
        key, value = key.strip(" \t"), value.strip(" \t")
        if not key:
            continue
        if not separator:
            parameters[key] = None
            continue
        if key.endswith("*"):
            key = key[:-1]
            if encoded := re.fullmatch(r"([\w!#$%&*+\-.^`|~]*)'[\w!#$%&*+\-.^`|~]*'([\w!#$%&*+\-.^`|~]+)", value):
                charset = encoded[1].lower()
                if charset in ("ascii", "us-ascii", "utf-8", "iso-8859-1"):
                    value = unquote(encoded[2], encoding=charset)
        if len(value) >= 2 and value[0] == value[-1] == '"':
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        parameters[key] = value
    return parameters
