"""Compares an exchange of Flask alone with its twin on the gateway, less what is known to change."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from migrator.verify.content import NOT_JSON, json_of, meaningful
from migrator.verify.exchanges import Exchange
from migrator.verify.noise import MISSING, Changing, Noise, comparable, differing

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """What a client could see differ: where, and what each side said."""

    where: str
    flask: str
    gateway: str

    def __str__(self) -> str:
        return f"{self.where}: {self.gateway}, Flask gave {self.flask}"


def compare(want: Exchange, got: Exchange, noise: Noise) -> tuple[Difference, ...]:
    """What differs; empty where nothing does. Another status or error is told alone: the rest follows from it."""
    if noise.is_unstable:
        return ()
    if want.method != got.method or (want.target != got.target and not _takes(noise.target, got.target)):
        return (Difference("request", want.request, got.request),)
    if want.error or got.error:
        same = (want.error or "").partition(":")[0] == (got.error or "").partition(":")[0]
        return () if same else (Difference("answer", _answer(want), _answer(got)),)
    if want.status != got.status:
        return (Difference("status", str(want.status), str(got.status)),)
    return (*_headers(want, got, noise), *_body(want, got, noise))


def _headers(want: Exchange, got: Exchange, noise: Noise) -> Iterator[Difference]:
    first, second = meaningful(want), meaningful(got)
    for name in sorted({*first, *second}):
        one, other = first.get(name), second.get(name)
        if one != other and not (other is not None and _takes(noise.headers.get(name), other)):
            yield Difference(
                f"header {name}", _shown(MISSING if one is None else one), _shown(MISSING if other is None else other)
            )


def _body(want: Exchange, got: Exchange, noise: Noise) -> Iterator[Difference]:
    if want.method == "HEAD":
        return
    one, other = json_of(want), json_of(got)
    if one is NOT_JSON or other is NOT_JSON:
        before, after = comparable(want, got)
        if before != after and not _takes(noise.text, after):
            yield Difference("body", *_excerpts(before, after))
        return
    for place in differing(one, other):
        if not any(_takes(changing, place.got) for changing in _known(noise, place.path)):
            yield Difference(f"body {place.path}", _shown(place.want), _shown(place.got))


def _known(noise: Noise, path: str) -> Iterator[Changing]:
    """What may change at a path: what was learnt for it, or for a part that it lies in and that changes as a whole."""
    if path in noise.places:
        yield noise.places[path]
    for known, changing in noise.places.items():
        if changing == Changing() and path.startswith(known) and path[len(known) : len(known) + 1] in (".", "["):
            yield changing


def _takes(changing: Changing | None, value: object) -> bool:
    return changing is not None and changing.takes(value)


def _answer(exchange: Exchange) -> str:
    return f"raised {exchange.error}" if exchange.error else f"status {exchange.status}"


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _excerpts(one: str, other: str) -> tuple[str, str]:
    """Both texts from shortly before where they part."""
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, start - 40)
    front = "…" if start else ""
    return _shown(front + one[start:]), _shown(front + other[start:])
