"""Flask in the place of a new side that fails before it has answered; with `MIGRATE_FALLBACK=1`.

Only what may be asked twice is: requests with a safe method and without a body. A failure is an exception that nobody
handles; a status that FastAPI has chosen, a 500 too, is its answer.
"""

import logging
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .forwarding import has_body

logger = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LARGEST = 64 * 1024
"""How much of an answer that may be a failure's is held back."""


def may_be_asked_twice(scope: Scope) -> bool:
    """Whether Flask may be asked after FastAPI has been."""
    return scope["method"] in SAFE and not has_body(scope)


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


async def with_fallback(
    application: ASGIApp, scope: Scope, receive: Receive, send: Send, fall_back: Callable[[], Awaitable[None]]
) -> None:
    """Let an application answer, and call `fall_back` if it fails before any of its answer has been sent."""
    held = Held(send)
    try:
        await application(scope, receive, held.send)
    except Exception:
        if held.is_sent:
            raise
        logger.exception("FastAPI has failed on %s %s: Flask answers", scope["method"], scope["path"])
    else:
        await held.release()
        return
    await fall_back()
