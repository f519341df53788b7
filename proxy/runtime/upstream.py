"""HTTP/1.1 to the server of an application, over connections that are kept for the next request.

Reads what servers really send: lengths, chunks with trailers, bodies that end with the connection, answers before the
answer (1xx). Whatever is ambiguous about where a body ends (RFC 9112, 6.3) is refused, not guessed.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

IDLE_SECONDS = 1.0
"""How long a kept connection is used again: less than any server waits for the next request (gunicorn: 2 s)."""

CONNECT_SECONDS = 5.0
CONNECTIONS = 1000
"""As many as a worker of gunicorn takes (`worker_connections`)."""
PIECE = 64 * 1024
LENGTH_OF_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,15}")

Headers = list[tuple[bytes, bytes]]


class UnreachableError(OSError):
    """There is no connection to the server: nothing has been sent to it."""


class BrokenAnswerError(OSError):
    """The server has closed the connection before its answer was complete, or what it sent is no answer."""


class SilentError(OSError):
    """The server has said nothing for too long. What it does with the request nobody knows."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: a host and a port, or the path of a Unix socket."""

    host: str = ""
    port: int = 80
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> "Address":
        """`127.0.0.1:8001`, `http://127.0.0.1:8001` or `unix:/run/shop.sock`. Raises ValueError on anything else."""
        if path := text.removeprefix("unix:") if text.startswith("unix:") else "":
            return cls(path=path)
        host, _, port = text.removeprefix("http://").rstrip("/").rpartition(":")
        if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{text!r} is not the address of a server: host:port or unix:/path is expected")
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"unix:{self.path}" if self.path else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers of an answer, names in lower case."""

    version: bytes
    status: int
    headers: Headers

    def values(self, name: bytes) -> list[bytes]:
        """What a header that is a list says, all its lines together."""
        joined = b",".join(value for key, value in self.headers if key == name)
        return [value.strip() for value in joined.lower().split(b",") if value.strip()]

    @property
    def keeps_connection(self) -> bool:
        """Whether the server will take another request on this connection."""
        said = self.values(b"connection")
        return b"close" not in said and (self.version == b"HTTP/1.1" or b"keep-alive" in said)

    def is_chunked(self) -> bool:
        """Whether the body comes in chunks. Raises BrokenAnswerError for a coding that nobody asked for."""
        codings = self.values(b"transfer-encoding")
        if codings and codings != [b"chunked"]:
            raise BrokenAnswerError(f"transfer-encoding {codings!r}")
        return bool(codings)

    def length(self) -> int | None:
        """The length that is declared. Raises BrokenAnswerError for several, or none that is a number."""
        said = set(self.values(b"content-length"))
        if not said:
            return None
        if len(said) > 1 or not (text := said.pop()).isdigit() or len(text) > 18:
            raise BrokenAnswerError("its content-length is not one number")
        return int(text)


class Connection:
    """A connection to the server, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.used_at = time.monotonic()
        self.trailers: Headers = []

    @property
    def is_usable(self) -> bool:
        """Whether the server will probably still answer on it.

        Not where it has sent more than its answer: what is left would pass for the answer to the next request.
        """
        fresh = time.monotonic() - self.used_at < IDLE_SECONDS
        is_empty = not getattr(self.reader, "_buffer", b"")  # asyncio has no public name for what is unread
        return fresh and is_empty and not self.reader.at_eof() and not self.writer.is_closing()

    def close(self) -> None:
        """Close it at once; what is still to be sent is not."""
        self.writer.transport.abort()

    async def read_head(self) -> Head:
        """The head of the final answer. Raises BrokenAnswerError, also where it tells no end of its body."""
        while True:
            try:
                text = await self.reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as error:
                when = "within its answer's head" if error.partial else "before it answered"
                raise BrokenAnswerError(f"the connection was closed {when}") from error
            except asyncio.LimitOverrunError as error:
                raise BrokenAnswerError("its headers are longer than 64 kB") from error
            head = parse_head(text)
            if head.status >= 200:
                if not head.is_chunked():
                    head.length()  # before anything is passed on, while it can be refused
                return head

    async def pieces(self, head: Head, method: str) -> AsyncIterator[bytes]:
        """The body of an answer as it arrives. Raises BrokenAnswerError where it will never be whole."""
        if method == "HEAD" or head.status in (204, 304):
            return
        if head.is_chunked():
            async for piece in self._chunks():
                yield piece
            return
        length = head.length()
        left = length
        while left is None or left > 0:
            piece = await self.reader.read(PIECE if left is None else min(PIECE, left))
            if not piece:
                if left is None:
                    return
                raise BrokenAnswerError(f"the connection was closed {left} bytes before the answer's end")
            left = None if left is None else left - len(piece)
            yield piece

    async def _chunks(self) -> AsyncIterator[bytes]:
        try:
            while (left := chunk_length(await self._line())) > 0:
                while left:
                    piece = await self.reader.read(min(PIECE, left))
                    if not piece:
                        raise BrokenAnswerError("the connection was closed within a chunk")
                    left -= len(piece)
                    yield piece
                if await self._line():
                    raise BrokenAnswerError("a chunk is longer than it says")
            while line := await self._line():
                self.trailers.append(parse_header(line))
        except ValueError as error:
            raise BrokenAnswerError("a chunk does not begin with its length") from error

    async def _line(self) -> bytes:
        line = await self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise BrokenAnswerError("the connection was closed between chunks")
        return line[:-2]


def parse_head(text: bytes) -> Head:
    """Status line and headers. Raises BrokenAnswerError where it is none."""
    first, *lines = text[:-4].split(b"\r\n")
    version, _, rest = first.partition(b" ")
    status = rest[:3]
    if version not in (b"HTTP/1.0", b"HTTP/1.1") or not status.isdigit() or rest[3:4].strip():
        raise BrokenAnswerError(f"{first[:80]!r} is no status line")
    return Head(version, int(status), [parse_header(line) for line in lines])


def chunk_length(line: bytes) -> int:
    """The length at the beginning of a chunk. Raises ValueError where there is none; `int` alone takes signs, too."""
    text = line.partition(b";")[0].rstrip(b" \t")
    if not LENGTH_OF_CHUNK.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is no length")
    return int(text, 16)


def parse_header(line: bytes) -> tuple[bytes, bytes]:
    """Name in lower case, and value. Raises BrokenAnswerError where it is no header."""
    name, colon, value = line.partition(b":")
    if not colon or not name or name != name.strip():
        raise BrokenAnswerError(f"{line[:80]!r} is no header")
    return name.lower(), value.strip(b" \t")


class Pool:
    """Connections to one server, of the event loop that runs; for a number of requests at once."""

    def __init__(self, address: Address, connections: int = CONNECTIONS) -> None:
        self.address = address
        self._connections = connections
        self._places = asyncio.Semaphore(connections)
        self._idle: list[Connection] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_swept_later = False

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """The right to ask the server something. Raises UnreachableError where there is none for a while."""
        self._begin()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            raise UnreachableError(f"{self.address}: {self._connections} requests wait for it") from error
        try:
            yield
        finally:
            self._places.release()

    def take(self) -> Connection | None:
        """A connection that has been used before and probably still is one."""
        self._begin()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            connection.close()
        return None

    async def connect(self) -> Connection:
        """A new connection. Raises UnreachableError."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if self.address.path:
                    return Connection(*await asyncio.open_unix_connection(self.address.path))
                return Connection(*await asyncio.open_connection(self.address.host, self.address.port))
        except OSError as error:  # a timeout is one, too
            raise UnreachableError(f"{self.address}: {error.strerror or error or 'no connection in time'}") from error

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose answer has been read to its end."""
        loop = self._begin()
        connection.used_at = time.monotonic()
        connection.trailers = []
        self._idle.append(connection)
        if not self._is_swept_later:
            self._is_swept_later = True
            loop.call_later(IDLE_SECONDS, self.sweep)

    def _begin(self) -> asyncio.AbstractEventLoop:
        """The loop that runs; what was kept on another one is forgotten."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._idle, self._is_swept_later = loop, [], False
            self._places = asyncio.Semaphore(self._connections)
        return loop

    def sweep(self) -> None:
        """Close what nobody has used for a while, so that a burst leaves no connections behind; again until none is."""
        idle, self._idle = self._idle, []
        for one in idle:
            if one.is_usable:
                self._idle.append(one)
            else:
                one.close()
        self._is_swept_later = bool(self._idle)
        if self._idle:
            asyncio.get_running_loop().call_later(IDLE_SECONDS, self.sweep)
