"""Flask in the place of a new side that fails before it has answered; with `MIGRATE_FALLBACK=1`.

Only what may be asked twice is: requests with a safe method and without a body. Where the headers do not tell of a
body (HTTP/2), what the server has delivered first does, once FastAPI has failed. A failure is an exception that nobody
handles; a status that FastAPI has chosen, a 500 too, is its answer.
"""

import logging
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

LARGEST = 64 * 1024
"""How much of an answer that may be a failure's is held back."""


class Held:
    """A `send` that keeps the answer of a failure until it is known to be one.

    Starlette answers 500 and raises then: what has a status of 500 or more is passed on when the application returns.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []
        self._size = 0
        self.is_sent = False

    async def send(self, message: Message) -> None:
        """Pass a message on, or keep it."""
        is_failure = message["type"] == "http.response.start" and message["status"] >= 500
        if not self.is_sent and (is_failure or self._messages):
            self._messages.append(message)
            self._size += len(message.get("body", b""))
            if self._size <= LARGEST:
                return
            await self.release()
            return
        self.is_sent = True
        await self._send(message)

    async def release(self) -> None:
        """Pass on what has been kept."""
        messages, self._messages = self._messages, []
        self.is_sent = True
        for message in messages:
            await self._send(message)


class Begun:
    """A `receive` that knows whether there was a body, so that a request without one can begin anew."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._had_body = False
        self._is_over = False

    async def receive(self) -> Message:
        """Pass a message on, and look at it."""
        message = await self._receive()
        self._had_body = self._had_body or bool(message.get("body"))
        self._is_over = not message.get("more_body", False)
        return message

    async def is_empty(self) -> bool:
        """Whether the request has no body; what nobody has received of it yet is received."""
        while not self._had_body and not self._is_over:
            await self.receive()
        return not self._had_body

    def again(self) -> Receive:
        """The same from the beginning, for a request that has no body."""
        kept: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            return kept.pop() if kept else await self._receive()

        return receive


async def with_fallback(
    application: ASGIApp, scope: Scope, receive: Receive, send: Send, fall_back: Callable[[Receive], Awaitable[None]]
) -> None:
    """Let an application answer, and call `fall_back` if it fails before any of its answer has been sent."""
    held, begun = Held(send), Begun(receive)
    try:
        await application(scope, begun.receive, held.send)
    except Exception:
        if held.is_sent or not await begun.is_empty():
            raise
        logger.exception("FastAPI has failed on %s %s: Flask answers", scope["method"], scope["path"])
    else:
        await held.release()
        return
    await fall_back(begun.again())
