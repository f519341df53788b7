"""A line of JSON for each request, written in one go a few times a second, so that it costs a request next to nothing.

The query is not in it, which may hold what is secret; nor is any header but the trace's.
"""

import asyncio
import atexit
import logging
import os
import sys
import time
from dataclasses import dataclass
from json.encoder import encode_basestring

logger = logging.getLogger(__name__)

FELL_BACK = ', "fallback": true'
SECONDS = 0.25
"""Between a request's end and its line."""


@dataclass(slots=True)
class Line:
    """What is told of a request."""

    route: str | None
    side: str
    method: str
    path: str
    status: int
    seconds: float
    total_seconds: float
    size: int
    client: str | None
    trace: str | None
    fell_back: bool


def quoted(text: str | None) -> str:
    """A text as JSON; the encoder for whole documents takes several times as long for a line."""
    return "null" if text is None else encode_basestring(text)


class AccessLog:
    """Appends to a file, or to the standard output where its name is `-`. One that cannot be written is told once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_broken = False
        self._second = (0, "")
        atexit.register(self.flush)

    def note(self, line: Line) -> None:
        """Add a line."""
        self._lines.append(
            f'{{"at": "{self._now()}", "route": {quoted(line.route)}, "side": "{line.side}", '
            f'"method": {quoted(line.method)}, "path": {quoted(line.path)}, "status": {line.status}, '
            f'"ms": {line.seconds * 1000:.2f}, "total_ms": {line.total_seconds * 1000:.2f}, "bytes": {line.size}, '
            f'"client": {quoted(line.client)}, "trace": {quoted(line.trace)}'
            f"{FELL_BACK if line.fell_back else ''}}}\n"
        )
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(SECONDS, self.flush)

    def flush(self) -> None:
        """Write the lines that are waiting."""
        lines, self._lines, self._loop = self._lines, [], None
        if not lines:
            return
        data = "".join(lines).encode("utf-8", "surrogateescape")
        try:
            if self.file == "-":
                os.write(sys.stdout.fileno(), data)
            else:
                # Opened each time, so that a file which has been rotated away is not written any more.
                descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
                try:
                    os.write(descriptor, data)
                finally:
                    os.close(descriptor)
        except OSError as error:
            if not self._is_broken:
                logger.error("the access log %s cannot be written: %s", self.file, error)
            self._is_broken = True
        else:
            self._is_broken = False

    def _now(self) -> str:
        """The time, in UTC, to the millisecond; the calendar is asked once a second."""
        now = time.time()
        second = int(now)
        if self._second[0] != second:
            self._second = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._second[1]}.{int((now - second) * 1000):03d}Z"
