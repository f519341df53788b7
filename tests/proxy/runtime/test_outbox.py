"""What a thread sends, between it and the event loop."""

import asyncio

import pytest
from starlette.types import Message

from proxy.runtime.body import DisconnectedError
from proxy.runtime.outbox import Outbox

PIECE: Message = {"type": "http.response.body", "body": b"next", "more_body": True}
MANY = 10_000


def test_a_server_that_takes_all_at_once_leaves_others_their_turn():
    sent = 0

    async def serve() -> int:
        async def deliver(message: Message) -> None:
            nonlocal sent
            sent += 1
            if sent < MANY and not told.is_set():
                outbox.put(message)  # the thread has made the next piece meanwhile

        async def other() -> None:
            for _ in range(3):
                await asyncio.sleep(0)
            told.set()

        told = asyncio.Event()
        outbox = Outbox(asyncio.get_running_loop(), deliver)
        task = asyncio.create_task(other())
        outbox.put(PIECE)
        await task
        return sent

    assert asyncio.run(serve()) < MANY


def test_pieces_that_have_come_together_go_together():
    sent: list[Message] = []

    async def serve() -> None:
        async def deliver(message: Message) -> None:
            sent.append(message)

        outbox = Outbox(asyncio.get_running_loop(), deliver)
        outbox.put({"type": "http.response.start", "status": 200}, {**PIECE, "body": b"first, "})
        outbox.put(PIECE)
        await asyncio.sleep(0)
        await outbox.emptied()

    asyncio.run(serve())
    assert sent == [{"type": "http.response.start", "status": 200}, {**PIECE, "body": b"first, next"}]


def test_what_is_closed_is_sent_no_more():
    async def serve() -> None:
        async def deliver(message: Message) -> None:
            await asyncio.get_running_loop().create_future()

        outbox = Outbox(asyncio.get_running_loop(), deliver)
        outbox.put(PIECE)
        await asyncio.sleep(0)
        outbox.close()
        with pytest.raises(DisconnectedError):
            await outbox.emptied()

    asyncio.run(serve())
