"""Whether the threads of both sides and the connections to the database belong together; said once, at the start.

Each thread may hold a connection. With fewer connections than threads requests wait for one another, and fail after
half a minute (SQLAlchemy's `pool_timeout`), mostly on the day with the most visitors.
"""

from collections.abc import Mapping
from typing import Any

FASTAPI_THREADS = 40
"""How many threads Starlette has for endpoints that are no coroutines (anyio's limiter)."""
POOL_SIZE, MAX_OVERFLOW = 5, 10
"""SQLAlchemy's defaults."""


def connections(config: Mapping[str, Any]) -> int | None:
    """How many connections Flask-SQLAlchemy's engine of this configuration opens; None where that is not told."""
    address = str(config.get("SQLALCHEMY_DATABASE_URI") or "")
    if not address or address.startswith("sqlite"):
        return None
    options = config.get("SQLALCHEMY_ENGINE_OPTIONS") or {}
    if not isinstance(options, Mapping) or options.get("poolclass") is not None or options.get("pool") is not None:
        return None
    size, overflow = options.get("pool_size", POOL_SIZE), options.get("max_overflow", MAX_OVERFLOW)
    if not isinstance(size, int) or not isinstance(overflow, int) or size == 0 or overflow == -1:
        return None
    return size + overflow


def shortage(config: Mapping[str, Any], flask_threads: int, *, is_promoted: bool) -> str | None:
    """What does not fit, and what to do; None where all does."""
    available = connections(config)
    threads = flask_threads + (FASTAPI_THREADS if is_promoted else 0)
    if available is None or threads <= available:
        return None
    sides = f"{flask_threads} for Flask" + (f" and {FASTAPI_THREADS} for FastAPI" if is_promoted else "")
    return (
        f"{threads} threads ({sides}) share {available} database connections: under load requests wait for one and "
        f'then fail; raise "pool_size" in SQLALCHEMY_ENGINE_OPTIONS to {threads - MAX_OVERFLOW}, or lower '
        "MIGRATE_THREADS"
    )
