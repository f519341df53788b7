"""The only place that asks what time it is, so that tests can stop it."""

import time
from datetime import UTC, datetime


def utcnow():
    """The time in UTC, naive, in whole seconds: as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def monotonic():
    """Seconds on a clock that never goes back."""
    return time.monotonic()
