"""What a thread sends to a client: a little ahead of it, so that the two need not wait for each other at each piece."""

import asyncio
import itertools
import threading
from collections.abc import Awaitable, Callable, Sequence

from starlette.types import Message

from .body import DisconnectedError

AHEAD = 256 * 1024
"""How many bytes may be made that the server has not taken yet, besides the piece that goes beyond."""
IN_A_ROW = 8
"""So often all that waits is sent before others on the event loop have their turn: some servers take it at once."""


class Outbox:
    """Messages on their way from a thread to `deliver` on the event loop. There is more of the body behind each."""

    def __init__(self, loop: asyncio.AbstractEventLoop, deliver: Callable[[Message], Awaitable[None]]) -> None:
        self._loop = loop
        self._deliver = deliver
        self._messages: list[Message] = []
        self._size = 0
        self._is_sending = False
        self._is_closed = False
        self._failure: Exception | None = None
        self._changed = threading.Condition()
        self._task: asyncio.Task[None] | None = None

    def put(self, *messages: Message) -> None:
        """In the thread: send messages, and wait while too many are on their way. Raises what sending has raised."""
        with self._changed:
            self._check()
            self._messages.extend(messages)
            self._size += sum(map(size_of, messages))
            is_idle, self._is_sending = not self._is_sending, True
        if is_idle:
            try:
                self._loop.call_soon_threadsafe(self._start)
            except RuntimeError as error:
                raise DisconnectedError("the server has shut down") from error
        if self._size <= AHEAD:
            return  # what has failed or been closed since is told the next time
        with self._changed:
            while self._size > AHEAD:
                self._check()
                if not self._changed.wait(1) and not self._loop.is_running():
                    raise DisconnectedError("the server has shut down")
            self._check()

    async def emptied(self) -> None:
        """Wait until all is sent. Raises what sending has raised, DisconnectedError once nothing is sent any more."""
        if self._task is not None:
            await asyncio.wait({self._task})
        self._check()

    def close(self) -> None:
        """Send nothing any more; a thread that waits is told."""
        if self._task is not None:
            self._task.cancel()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_closed:
            raise DisconnectedError("the request has been cancelled")

    def _start(self) -> None:
        if not self._is_closed:
            self._task = self._loop.create_task(self._send())

    async def _send(self) -> None:
        """Send what there is, and end."""
        try:
            for number in itertools.count(1):
                if number % IN_A_ROW == 0:
                    await asyncio.sleep(0)
                with self._changed:
                    if not self._messages:
                        self._is_sending = False
                        return
                    waiting, self._messages = self._messages, []
                for message in joined(waiting):
                    await self._deliver(message)
                with self._changed:
                    self._size -= sum(map(size_of, waiting))
                    self._changed.notify_all()
        except Exception as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()


def joined(messages: Sequence[Message]) -> Sequence[Message]:
    """Messages with the pieces of a body that have come together in one, as each costs the server a call."""
    pieces = [message["body"] for message in messages if message["type"] == "http.response.body"]
    if len(pieces) < 2:
        return messages
    return [
        *(message for message in messages if message["type"] != "http.response.body"),
        {"type": "http.response.body", "body": b"".join(pieces), "more_body": True},
    ]


def size_of(message: Message) -> int:
    """How many bytes of a body a message has."""
    return len(message.get("body", b""))
