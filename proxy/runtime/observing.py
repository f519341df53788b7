"""What is told of each request: a line in the access log, counts for Prometheus, and the store that `watch` reads.

By the environment: `MIGRATE_ACCESS_LOG` names a file (`-` is the standard output), `MIGRATE_METRICS` a path at which
the gateway answers Prometheus, `MIGRATE_TRAFFIC` the file of the store that all workers share. Without these nothing
is counted.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from time import perf_counter

from starlette.types import Message, Scope, Send

from .access_log import AccessLog, Line
from .bridge import body_message
from .counters import NO_ANSWER, OTHER, Counts, exposition
from .store import Store

SECONDS = 1.0
"""Between two writes of the counts to the store."""

Gauges = Callable[[], Mapping[str, tuple[str, float]]]


class Observer:
    """Counts requests and tells of them. `gauges` are asked when Prometheus does."""

    def __init__(self, log: AccessLog | None, store: Store | None, metrics_path: str | None, gauges: Gauges) -> None:
        self.log = log
        self.store = store
        self.metrics_path = metrics_path
        self._gauges = gauges
        self._total = Counts()
        self._fresh = Counts()
        self._loop: asyncio.AbstractEventLoop | None = None

    def happened(self, route: str, event: str) -> None:
        """Count an event."""
        self._fresh.happened(route, event)
        self._write_soon()

    def fell_back(self, exchange: "Exchange") -> None:
        """Count that FastAPI has failed in front of Flask, and how long that took."""
        route = exchange.route or OTHER
        self._fresh.note(route, exchange.side, NO_ANSWER, perf_counter() - exchange.asked_at)
        self.happened(route, "fallback")

    def note(self, exchange: "Exchange", status: int) -> None:
        """Count a request, and log it."""
        route = exchange.route or OTHER
        now = perf_counter()
        began_at = exchange.began_at or now
        self._fresh.note(route, exchange.side, status, began_at - exchange.asked_at)
        self._write_soon()
        if self.log is not None:
            scope = exchange.scope
            client = scope.get("client")
            self.log.note(
                Line(
                    route=exchange.route,
                    side=exchange.side,
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    seconds=began_at - exchange.started_at,
                    total_seconds=now - exchange.started_at,
                    size=exchange.size,
                    client=client[0] if client else None,
                    trace=trace_of(scope),
                    fell_back=exchange.fell_back,
                )
            )

    async def show(self, send: Send) -> None:
        """Answer Prometheus."""
        if self.store is not None:
            self._flush()
            await asyncio.to_thread(self.store.write)
            counts = await asyncio.to_thread(self.store.totals)
        else:
            self._flush()
            counts = self._total
        body = exposition(counts, self._gauges()).encode()
        headers = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(body_message(body))

    def _write_soon(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(SECONDS, self._flush)

    def _flush(self) -> None:
        fresh, self._fresh, self._loop = self._fresh, Counts(), None
        if self.store is not None:
            self.store.add(fresh)
        else:
            self._total.add(fresh)


class Exchange:
    """One request and what is seen of its answer."""

    __slots__ = (
        "_observer",
        "_send",
        "asked_at",
        "began_at",
        "client_left",
        "fell_back",
        "route",
        "scope",
        "side",
        "size",
        "started_at",
        "status",
    )

    def __init__(self, observer: Observer, scope: Scope, route: str | None, side: str, send: Send) -> None:
        self._observer = observer
        self._send = send
        self.scope = scope
        self.route = route
        self.side = side
        self.fell_back = False
        self.client_left = False
        self.status = 0
        self.size = 0
        self.started_at = self.asked_at = perf_counter()
        self.began_at = 0.0

    def falls_back(self) -> None:
        """From now on the other side answers, and the time until now was not its."""
        self._observer.fell_back(self)
        self.fell_back = True
        self.side = "flask"
        self.asked_at = perf_counter()

    async def send(self, message: Message) -> None:
        """Pass a message on, and look at it."""
        if message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        elif message["type"] == "http.response.start":
            self.status = message["status"]
            self.began_at = perf_counter()
        try:
            await self._send(message)
        except OSError:  # what a server raises that does not drop what nobody takes any more (ASGI 2.4)
            self.client_left = True
            raise

    def end(self, *, failed: bool) -> None:
        """Count it. One that failed is a 500, also when its answer had begun; one that nobody waited for is a 499."""
        status = max(self.status, 500) if failed and not self.client_left else self.status or 499
        self._observer.note(self, status)


def trace_of(scope: Scope) -> str | None:
    """The trace that a request belongs to, by its `traceparent`."""
    for name, value in scope["headers"]:
        if name == b"traceparent":
            parts: list[str] = value.decode("latin-1").split("-")
            return parts[1] if len(parts) == 4 else None
    return None


def observer(gauges: Gauges) -> Observer | None:
    """The observer that the environment asks for, if it does."""
    log, file = os.environ.get("MIGRATE_ACCESS_LOG"), os.environ.get("MIGRATE_TRAFFIC")
    path = os.environ.get("MIGRATE_METRICS")
    if not (log or file or path):
        return None
    return Observer(AccessLog(log) if log else None, Store(file) if file else None, path or None, gauges)
