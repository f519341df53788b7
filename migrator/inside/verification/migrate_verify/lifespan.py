"""The start of an ASGI application's lifespan, on the loop of the thread that makes the application."""

from __future__ import annotations

import asyncio
from typing import Any

from .asgi import loop_of_thread, run_here


class Lifespan:
    """Starts an ASGI application and keeps its lifespan open for as long as the application lives."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._reply: dict[str, Any] | None = None

    def start(self) -> None:
        """Run the start. Raises RuntimeError when the application says that it failed."""
        loop = loop_of_thread()
        loop.set_exception_handler(lambda _loop, _context: None)  # an application that went away with its lifespan open
        run_here(loop, self._started())
        if self._reply is not None and self._reply["type"] == "lifespan.startup.failed":
            raise RuntimeError(f"the FastAPI application did not start: {self._reply.get('message', '')}")

    async def _started(self) -> None:
        replied = asyncio.Event()
        asked = [False]

        async def receive() -> dict[str, Any]:
            if not asked[0]:
                asked[0] = True
                return {"type": "lifespan.startup"}
            await asyncio.get_running_loop().create_future()
            raise AssertionError("a lifespan is never ended here")

        async def send(message: dict[str, Any]) -> None:
            self._reply = message
            replied.set()

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        task = asyncio.ensure_future(self._application(scope, receive, send))
        waiting = asyncio.ensure_future(replied.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done() and not task.cancelled():
            task.exception()  # an application without a lifespan raises; that is its way to say so
        # kept by the application: a task that nothing else refers to may be collected while it waits
        self._application.migrate_lifespan = task
