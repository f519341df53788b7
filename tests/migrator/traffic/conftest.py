"""A store that a gateway has written, and a project beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrator.traffic.reading import traffic_file
from proxy.runtime.counters import Counts
from proxy.runtime.store import Store

SHOW = "GET /orders/<int:order_id>"


@pytest.fixture
def applied(run: Any, project: Path) -> Path:
    """A project with everything converted, and nothing promoted."""
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    return project


@pytest.fixture
def traffic(applied: Path) -> Callable[..., None]:
    """A function that writes traffic of one route as a gateway does: how many requests, with which status, how long."""
    store = Store(str(traffic_file(applied)))

    def write(side: str = "flask", count: int = 0, status: int = 200, seconds: float = 0.01, **more: Any) -> None:
        counts = Counts()
        for _ in range(count):
            counts.note(SHOW, side, status, seconds)
        for event, number in more.get("events", {}).items():
            counts.events[SHOW, event] = number
        store._waiting.add(counts)
        store.write()
        for place in more.get("places", ()):
            store.record(SHOW, [place], '{"method": "GET"}', '{"status": 200}', '{"status": 500}')

    return write
