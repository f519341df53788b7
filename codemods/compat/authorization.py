"""Who a request says it is from.

Preserves: `request.authorization`, which is None where the header is malformed: that is no error.

To live without it: `HTTPBasic` or `HTTPBearer` as dependencies, which answer a malformed header themselves.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass, field
from urllib.parse import unquote

from fastapi import Request

from .header_lists import list_items, unquoted

EXTENDED = re.compile(r"([\w!#$%&*+\-.^`|~]*)'[\w!#$%&*+\-.^`|~]*'([\w!#$%&'*+\-.^`|~]+)$", re.ASCII)

TOKEN = re.compile(r"[\w!#$%&'*+\-.^`|~]+", re.ASCII)


@dataclass(frozen=True)
class Authorization:
    """A parsed `Authorization` header: its scheme, and either parameters, also as attributes, or a token."""

    type: str
    parameters: dict[str, str | None] = field(default_factory=dict)
    token: str | None = None

    def __getattr__(self, name: str) -> str | None:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.parameters.get(name)

    def __getitem__(self, name: str) -> str | None:
        return self.parameters.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self.parameters

    def get(self, key: str, default: str | None = None) -> str | None:
        """A parameter."""
        return self.parameters.get(key, default)

    def __str__(self) -> str:
        return self.to_header()

    def to_header(self) -> str:
        """The text of the header."""
        if self.type == "basic":
            value = b64encode(f"{self.username}:{self.password}".encode()).decode("ascii")
        elif self.token is not None:
            value = self.token
        else:
            value = ", ".join(key if one is None else f"{key}={quoted(one)}" for key, one in self.parameters.items())
        return f"{self.type.title()} {value}"


def quoted(value: str) -> str:
    """A parameter's value as it stands in a header: a token as it is, all else in quotes."""
    if TOKEN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
    for item in list_items(text):
        key, separator, value = item.partition("=")
        key, value = key.strip(" \t"), value.strip(" \t")
        if not key:
            continue
        if not separator:
            parameters[key] = None
            continue
        if key.endswith("*"):
            key = key[:-1]
            if encoded := EXTENDED.match(value):
                charset, value = encoded[1].lower(), encoded[2]
                if charset in ("ascii", "us-ascii", "utf-8", "iso-8859-1"):
                    value = unquote(value, encoding=charset)
        parameters[key] = unquoted(value)
    return parameters
