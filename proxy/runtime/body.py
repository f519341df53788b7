"""The body of a request, received on the event loop and read by a view that runs in a thread."""

import asyncio
import io
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.types import Receive

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Result = TypeVar("Result")

READ_AHEAD = 1024 * 1024
"""How much of an unread body is taken in while a response streams, in order to see the client leave."""


class DisconnectedError(ConnectionError):
    """The client has gone. An `OSError`, which Werkzeug's limited stream turns into its `ClientDisconnected`."""


def wait_for(work: Coroutine[Any, Any, Result], loop: asyncio.AbstractEventLoop) -> Result:
    """In a thread: what a coroutine returns on the event loop. Raises `DisconnectedError` when the loop has ended."""
    try:
        future = asyncio.run_coroutine_threadsafe(work, loop)
    except RuntimeError as error:
        work.close()
        raise DisconnectedError("the server has shut down") from error
    while True:
        try:
            return future.result(timeout=1)
        except CancelledError as error:
            raise DisconnectedError("the server is shutting down") from error
        except TimeoutError as error:
            if future.done():
                raise
            if not loop.is_running():
                future.cancel()
                raise DisconnectedError("the server has shut down") from error


class Inbox:
    """What the server delivers for one request; used on the event loop only.

    Messages are received when they are asked for, so that the server stops reading from a client that is faster
    than the view. Once `watch` runs, it alone receives, and `read` takes what it has received.
    """

    def __init__(self, receive: Receive, *, more: bool) -> None:
        self.receive = receive
        self.pieces: deque[bytes] = deque()
        self.more = more
        self.gone = False
        self._waiting_size = 0
        self._watched = False
        self._is_receiving = False
        self._changed = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read, now or later."""
        return not self.pieces and not self.more

    async def receive_one(self) -> None:
        """Receive one message: a piece of the body, or that the client has gone."""
        self._is_receiving = True
        try:
            message = await self.receive()
        finally:
            self._is_receiving = False
        if message["type"] == "http.disconnect":
            self.gone = True
        else:
            piece = message.get("body", b"")
            self.more = message.get("more_body", False)
            if piece:
                self.pieces.append(piece)
                self._waiting_size += len(piece)
        self._changed.set()

    async def read(self) -> bytes:
        """The next piece of the body, empty at its end. Raises `DisconnectedError` where it will never be whole."""
        while not self.pieces and self.more:
            if self.gone:
                raise DisconnectedError("the client has gone before its request was complete")
            if self._watched:
                await self._wait()
            else:
                await self.receive_one()
        if not self.pieces:
            return b""
        piece = self.pieces.popleft()
        self._waiting_size -= len(piece)
        self._changed.set()
        return piece

    async def watch(self) -> None:
        """Receive until the client has gone; reads ahead of the view within a limit only."""
        self._watched = True
        while self._is_receiving:  # for a view that reads while it streams
            await self._wait()
        while not self.gone:
            if self.more and self._waiting_size >= READ_AHEAD:
                await self._wait()
            else:
                await self.receive_one()

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class Body(io.RawIOBase):
    """The blocking side of an `Inbox`; wrapped in `io.BufferedReader` it is a whole `wsgi.input`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, inbox: Inbox) -> None:
        super().__init__()
        self._loop = loop
        self._inbox = inbox
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Always: it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill `buffer` with what there is, waiting for the client where there is nothing yet."""
        if not self._rest:
            self._rest = memoryview(wait_for(self._inbox.read(), self._loop))
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
