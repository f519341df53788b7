"""Answers as they are compared: headers that carry meaning, and bodies by value where they are JSON."""

import base64
import json
import re
from typing import Any

from migrator.verify.exchanges import Exchange

#: of the connection, of the server, or (the length) told by the body itself
WITHOUT_MEANING = frozenset(
    {"date", "server", "connection", "keep-alive", "transfer-encoding", "content-length", "x-served-by"}
)
SETS = frozenset({"allow", "vary", "access-control-allow-methods", "access-control-allow-headers"})
JSON_WEB_TOKEN = re.compile(r"(eyJ[\w-]+)\.(eyJ[\w-]+)\.[\w-]*")
NOT_JSON = object()


def meaningful(exchange: Exchange) -> dict[str, str]:
    """The headers that carry meaning, by lower-case name, in a form in which equal meaning is equal text."""
    found: dict[str, list[str]] = {}
    for name, value in exchange.headers:
        if name.lower() not in WITHOUT_MEANING:
            found.setdefault(name.lower(), []).append(value)
    return {name: canonical(name, values) for name, values in found.items()}


def canonical(name: str, values: list[str]) -> str:
    """A header's values as one text. Order counts for nothing in sets and between cookies."""
    if name == "set-cookie":
        return "\n".join(sorted(map(canonical_cookie, values)))
    if name in SETS:
        parts = {part.strip().lower() for value in values for part in value.split(",")}
        return ", ".join(sorted(parts - {""}))
    if name == "content-type":
        return ";".join(part.strip() for part in ", ".join(values).lower().split(";"))
    return ", ".join(values)


def canonical_cookie(value: str) -> str:
    """A cookie with its attributes in order and in lower case, but for their values."""
    first, *rest = [part.strip() for part in value.split(";")]
    attributes = []
    for part in rest:
        name, separator, content = part.partition("=")
        attributes.append(f"{name.lower()}{separator}{content}")
    return "; ".join([first, *sorted(attributes)])


def json_of(exchange: Exchange) -> Any:
    """The body by value, or NOT_JSON where it says to be something else or cannot be read."""
    kinds = [value for name, value in exchange.headers if name.lower() == "content-type"]
    if not exchange.complete or not any("json" in kind.lower() for kind in kinds):
        return NOT_JSON
    try:
        return opened(json.loads(exchange.body))
    except ValueError:
        return NOT_JSON


def text_of(body: bytes) -> str:
    """The body as text; bytes that are no UTF-8 one character each."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def opened(value: Any) -> Any:
    """A JSON value with its JSON Web Tokens opened: a clock in one may change, its subject may not."""
    match value:
        case dict():
            return {key: opened(one) for key, one in value.items()}
        case list():
            return [opened(one) for one in value]
        case str() if found := JSON_WEB_TOKEN.fullmatch(value):
            try:
                return {"token": {"header": _part(found[1]), "payload": _part(found[2])}}
            except ValueError:
                return value
    return value


def _part(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
