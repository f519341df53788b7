"""Where two answers to one request differ, in what means something to a client."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .masking import shown_body

MOST = 20
"""How many places are told of one pair."""

# Of the connection or the moment; the body is compared itself.
MEANINGLESS = frozenset({b"connection", b"content-length", b"date", b"server", b"transfer-encoding", b"x-served-by"})
SECRET = re.compile(rb"auth|cookie|token|secret|api-?key|session|signature|password|credential", re.IGNORECASE)
"""Headers whose values let somebody in, by their names."""
MISSING = object()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def described(self) -> str:
        """The response as JSON, for people to look at."""
        body = shown_body(self.headers, self.body)
        return json.dumps({"status": self.status, "headers": shown(self.headers), "body": body})


def shown(headers: Iterable[tuple[bytes, bytes]]) -> list[list[str]]:
    """Headers for people to look at, without what lets somebody in; of a cookie that is set all but its value."""
    found = []
    for name, value in headers:
        text = value.decode("latin-1")
        if name.lower() == b"set-cookie":
            first, *attributes = text.split(";")
            text = ";".join([f"{first.partition('=')[0]}=…", *attributes])
        elif SECRET.search(name):
            text = "…"
        found.append([name.decode("latin-1"), text])
    return found


def differences(one: Answer, other: Answer) -> list[str]:
    """The places, such as `status`, `header etag`, `$.items[].price`; empty where the answers are the same."""
    if one.status != other.status:
        return ["status"]
    found: list[str] = []
    for place in places(one, other):
        if place not in found:
            found.append(place)
        if len(found) == MOST:
            break
    return found


def places(one: Answer, other: Answer) -> Iterator[str]:
    """All places, some more than once."""
    first, second = meaning(one), meaning(other)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            yield f"header {name.decode('latin-1')}"
    if one.body == other.body:
        return
    left, right = json_of(one), json_of(other)
    if left is MISSING or right is MISSING:
        yield "body"
    else:
        yield from within(left, right, "$")


def meaning(answer: Answer) -> dict[bytes, list[bytes]]:
    """The headers to compare. Of cookies their names and attributes: what a signed one says changes by the second."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in answer.headers:
        if name not in MEANINGLESS:
            found.setdefault(name, []).append(cookie(value) if name == b"set-cookie" else value)
    return {name: sorted(values) for name, values in found.items()}


def cookie(value: bytes) -> bytes:
    """A cookie without its value and its expiry."""
    first, *attributes = value.split(b";")
    kept = [one.strip().lower() for one in attributes if not one.strip().lower().startswith(b"expires=")]
    return b"; ".join([first.partition(b"=")[0], *sorted(kept)])


def json_of(answer: Answer) -> Any:
    """The body's value; `MISSING` where it is no JSON."""
    kind = next((value for name, value in answer.headers if name == b"content-type"), b"")
    if b"json" not in kind.lower():
        return MISSING
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return MISSING


def within(one: Any, other: Any, place: str) -> Iterator[str]:
    """Where two values differ; members of lists have one place together."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from within(one.get(key, MISSING), other.get(key, MISSING), f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{place} (length)"
        for left, right in zip(one, other, strict=False):
            yield from within(left, right, f"{place}[]")
    elif type(one) is not type(other) or one != other:
        yield place
