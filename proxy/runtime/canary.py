"""Which clients a canary serves: always the same ones, on every route and behind every proxy that can tell.

The hash is nginx's `split_clients`, MurmurHash2, the only one it has; configuration for other proxies brings its own.
"""

import re

from .environ import Environ

COOKIE = re.compile(r"(?:^|;\s*)migrate_id=([^;]*)")

MULTIPLIER = 0x5BD1E995
LARGEST = 0xFFFFFFFF
HUNDREDTH = LARGEST // 100
"""Of the hashes; `split_clients` adds up hundredths that it has rounded down."""


def client_identity(environ: Environ) -> str:
    """What tells one client from another: a header or cookie made for it, or else its address and program."""
    if user := environ.get("HTTP_X_USER_ID"):
        return f"user:{user}"
    if (cookie := COOKIE.search(environ.get("HTTP_COOKIE", ""))) and cookie[1]:
        return f"cookie:{cookie[1]}"
    return f"address:{environ.get('REMOTE_ADDR', '')}:{environ.get('HTTP_USER_AGENT', '')}"


def is_chosen(identity: str, weight: int) -> bool:
    """Whether a client is among the `weight` percent; one chosen for some weight is chosen for every larger one.

    The route does not count: a client that is served by FastAPI on one is on all of that weight, so that routes which
    share state move together.
    """
    return min(murmur(identity.encode("latin-1", "replace")) // HUNDREDTH, 99) < weight


def murmur(data: bytes) -> int:
    """MurmurHash2 with 32 bits and no seed, as nginx's `ngx_murmur_hash2` has it."""
    found = len(data)
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * MULTIPLIER & LARGEST
        word = (word ^ word >> 24) * MULTIPLIER & LARGEST
        found = (found * MULTIPLIER & LARGEST) ^ word
    if rest := data[whole:]:
        found = (found ^ int.from_bytes(rest, "little")) * MULTIPLIER & LARGEST
    found = (found ^ found >> 13) * MULTIPLIER & LARGEST
    return found ^ found >> 15
