"""Which clients a canary serves: always the same ones."""

import hashlib
import re

from .environ import Environ

COOKIE = re.compile(r"(?:^|;\s*)migrate_id=([^;]*)")


def client_identity(environ: Environ) -> str:
    """What tells one client from another: a header or cookie made for it, or else its address and program."""
    if user := environ.get("HTTP_X_USER_ID"):
        return f"user:{user}"
    if cookie := COOKIE.search(environ.get("HTTP_COOKIE", "")):
        return f"cookie:{cookie[1]}"
    return f"address:{environ.get('REMOTE_ADDR', '')}:{environ.get('HTTP_USER_AGENT', '')}"


def is_chosen(key: str, identity: str, weight: int) -> bool:
    """Whether a client is among the `weight` percent; one chosen for some weight is chosen for every larger one."""
    digest = hashlib.blake2b(f"{key}\0{identity}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest) % 10_000 < weight * 100
