"""The new side's answer beside Flask's, for routes that are shadowed: nobody waits for it, and nobody sees it.

Flask has answered before FastAPI is asked, and both are compared in a thread. What is kept in memory is
bounded: large bodies are not compared, and when many comparisons wait, further ones are left out and counted.
"""

import asyncio
import json
import logging
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .comparing import Answer, differences, shown
from .environ import Environ, has_body, may_be_asked_twice
from .masking import shown_body, shown_query
from .observing import Observer
from .table import Promotion

logger = logging.getLogger(__name__)

LARGEST = 256 * 1024
"""The largest body of a request or an answer that is compared."""
WAITING = 64
AT_ONCE = 4
SECONDS = 30.0


class Copied:
    """A request and its answer, copied while they pass; nothing of what becomes too large."""

    def __init__(self, receive: Receive, send: Send, environ: Environ) -> None:
        self._receive = receive
        self._send = send
        self._request: list[bytes] = []
        self._answer: list[bytes] = []
        self._start: Message = {}
        self._size = 0
        self._is_whole = False
        # Flask may answer without having read all: half a request is asked of nobody.
        self._is_received = has_body(environ) is False
        self.had_body = False

    async def receive(self) -> Message:
        """Pass a message of the request on."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._keep(self._request, message.get("body", b""))
            self._is_received = not message.get("more_body", False)
            self.had_body = self.had_body or bool(message.get("body"))
        return message

    async def send(self, message: Message) -> None:
        """Pass a message of the answer on."""
        await self._send(message)
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._keep(self._answer, message.get("body", b""))
            self._is_whole = not message.get("more_body", False)

    def _keep(self, pieces: list[bytes], piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= LARGEST:
            pieces.append(piece)
        else:
            self._request.clear()
            self._answer.clear()

    def taken(self) -> tuple[bytes, Answer] | None:
        """The body of the request and the answer; None where they are not whole."""
        if not self._is_received or not self._is_whole or not self._start or self._size > LARGEST:
            return None
        headers = [(name.lower(), value) for name, value in self._start.get("headers", ())]
        return b"".join(self._request), Answer(self._start["status"], headers, b"".join(self._answer))


class Shadow:
    """Asks an application again what Flask has answered, and writes down where it answers otherwise."""

    def __init__(self, application: ASGIApp, observer: Observer) -> None:
        self._application = application
        self._observer = observer
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def wants(self, promotion: Promotion, environ: Environ) -> bool:
        """Whether a request is compared: unsafe ones, which change something twice then, only when that was asked."""
        return promotion.shadow == "all" or (promotion.shadow == "safe" and may_be_asked_twice(environ))

    def compare(self, promotion: Promotion, scope: Scope, copied: Copied) -> None:
        """Compare what was copied, soon."""
        route, taken = promotion.key, copied.taken()
        if promotion.shadow != "all" and copied.had_body:
            return  # as the headers did not tell
        if taken is None:
            self._observer.happened(route, "shadow skipped")
        elif len(self._tasks) >= WAITING:
            self._observer.happened(route, "shadow dropped")
        else:
            task = asyncio.get_running_loop().create_task(self._ask(route, own_scope(scope), *taken))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, route: str, scope: Scope, body: bytes, flask: Answer) -> None:
        async with self._slots:
            request = described(scope, body)
            try:
                async with asyncio.timeout(SECONDS):
                    fastapi = await answer(self._application, scope, body)
            except Exception as error:
                fastapi = Answer(500, [], f"{type(error).__name__}: {error}".encode())
        if fastapi is None:
            self._observer.happened(route, "shadow skipped")
            return
        is_same = await asyncio.to_thread(self._compare, route, request, flask, fastapi)
        self._observer.happened(route, "shadow same" if is_same else "shadow different")

    def _compare(self, route: str, request: str, flask: Answer, fastapi: Answer) -> bool:
        """In a thread: write down where the answers differ; whether they are the same."""
        found = differences(flask, fastapi)
        if found and self._observer.store is not None:
            self._observer.store.record(route, found, request, flask.described(), fastapi.described())
        return not found


def own_scope(scope: Scope) -> Scope:
    """The scope for another request with the same content."""
    own: Scope = {**scope, "headers": list(scope["headers"])}
    if isinstance(scope.get("state"), MutableMapping):
        own["state"] = dict(scope["state"])
    return own


async def answer(application: ASGIApp, scope: Scope, body: bytes) -> Answer | None:
    """What an application answers to a request; None where that is too large. Raises what it raises."""
    incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    pieces: list[bytes] = []
    start: Message = {}
    size = 0
    is_answered = asyncio.Event()

    async def receive() -> Message:
        if incoming:
            return incoming.pop()
        await is_answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal start, size
        if message["type"] == "http.response.start":
            start = message
        elif message["type"] == "http.response.body":
            size += len(message.get("body", b""))
            if size <= LARGEST:
                pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                is_answered.set()

    await application(scope, receive, send)
    if not start or size > LARGEST:
        return None
    headers = [(name.lower(), value) for name, value in start.get("headers", ())]
    return Answer(start["status"], headers, b"".join(pieces))


def described(scope: Scope, body: bytes) -> str:
    """The request as JSON, for people to look at and to send again; what lets somebody in is left out."""
    query = shown_query(scope["query_string"].decode("latin-1"))
    document: dict[str, Any] = {
        "method": scope["method"],
        "target": scope["path"] + (f"?{query}" if query else ""),
        "headers": shown(scope["headers"]),
        "body": shown_body(scope["headers"], body),
    }
    return json.dumps(document)
