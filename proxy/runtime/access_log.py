"""A line of JSON for each request, written in one go a few times a second, so that it costs a request next to nothing.

The query is not in it, which may hold what is secret; nor is any header but the trace's.
"""

import asyncio
import atexit
import json
import logging
import os
import sys
import time

logger = logging.getLogger(__name__)

SECONDS = 0.25
"""Between a request's end and its line."""


class AccessLog:
    """Appends to a file, or to the standard output where its name is `-`. One that cannot be written is told once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_broken = False
        self._second = (0, "")
        atexit.register(self.flush)

    def note(self, **values: object) -> None:
        """Add a line."""
        self._lines.append(f'{{"at": "{self._now()}", {json.dumps(values, ensure_ascii=False)[1:]}\n')
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
