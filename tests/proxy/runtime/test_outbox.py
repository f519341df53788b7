"""What a thread sends, between it and the event loop."""

import asyncio

from starlette.types import Message

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
