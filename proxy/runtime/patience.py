"""How long the other side of a connection may be silent while it is its turn."""

import asyncio
from collections.abc import Callable
from types import TracebackType

SECONDS = 60.0
"""As nginx has it (`proxy_read_timeout`, `proxy_send_timeout`)."""


class Patience:
    """Calls `give_up` once when nothing was heard for some seconds. `with` it, somebody else is to go on.

    Hearing costs no timer: one looks after the time that was left when it was set.
    """

    def __init__(self, seconds: float, give_up: Callable[[], None]) -> None:
        self.is_over = False
        self._seconds = seconds
        self._give_up = give_up
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._others_turn = 0
        self._timer = self._loop.call_later(seconds, self._look) if seconds else None

    def heard(self) -> None:
        """The other side has said something, or taken something."""
        self._since = self._loop.time()

    def __enter__(self) -> None:
        self._others_turn += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._others_turn -= 1
        self.heard()

    def end(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        silent = 0.0 if self._others_turn else self._loop.time() - self._since
        if silent < self._seconds:
            self._timer = self._loop.call_later(self._seconds - silent, self._look)
        else:
            self.is_over = True
            self._give_up()
