"""Clients that never stop asking, and remember what went wrong: for a front whose sides change or die meanwhile."""

import asyncio
import http.client
import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NUMBERS = itertools.count()
"""No two orders have the same number, whoever gives them."""

LONGEST = 30
"""Seconds after which a request counts as one that is never answered."""


@dataclass
class Outcome:
    """What came of all requests: answers by status and side, the bodies of the good ones, what was wrong with them, and
    the requests without one."""

    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many requests were answered."""
        return sum(self.answers.values())

    @property
    def good(self) -> int:
        """How many were answered with 200."""
        return sum(count for (status, _), count in self.answers.items() if status == 200)

    def __str__(self) -> str:
        told = ", ".join(
            f"{count} × {status} {side or 'flask'}" for (status, side), count in sorted(self.answers.items())
        )
        return f"{told}, {len(self.unanswered)} without an answer"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the body that it has to bring, None for any."""

    method: str
    path: str
    body: bytes | None = None

    @property
    def raw(self) -> bytes:
        """The request as it is sent."""
        return f"{self.method} {self.path} HTTP/1.1\r\nhost: shop\r\ncontent-length: 0\r\n\r\n".encode()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, str, bytes, bool]:
    """Status, side and body of an answer, and whether it is the last on its connection. Raises OSError where it breaks
    off."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = await (
            reader.readexactly(int(headers["content-length"])) if "content-length" in headers else reader.read()
        )
    except (asyncio.IncompleteReadError, ValueError) as error:
        raise ConnectionError(f"the answer broke off: {error!r}") from error
    is_last = "content-length" not in headers or headers.get("connection", "").lower() == "close"
    return int(lines[0].split()[1]), headers.get("x-served-by", ""), body, is_last


async def client(port: int, requests: Iterator[Asked], outcome: Outcome, stop: threading.Event) -> None:
    """Ask on one connection, and on a new one when that is closed between two requests."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while not stop.is_set():
        asked = next(requests)
        try:
            async with asyncio.timeout(LONGEST):
                if connection is None or connection[0].at_eof():
                    connection = await asyncio.open_connection("127.0.0.1", port)
                connection[1].write(asked.raw)
                status, side, body, is_last = await read_answer(connection[0])
        except OSError:  # a timeout is one, too
            outcome.unanswered.append(asked.path)
            connection = None
            await asyncio.sleep(0.02)  # a port at which nobody listens is not asked without a pause
            continue
        if is_last:
            connection[1].close()
            connection = None
        outcome.answers[status, side] += 1
        if status == 200:
            outcome.bodies.append(body)
            if asked.body is not None and body != asked.body:
                outcome.wrong.append(f"{asked.method} {asked.path}: {body[:80]!r}")
    if connection is not None:
        connection[1].close()


@contextmanager
def clients(port: int, count: int, requests: Iterator[Asked]) -> Iterator[Outcome]:
    """So many clients, in a thread of their own, while the block runs; what came of their requests."""
    outcome, stop = Outcome(), threading.Event()

    async def work() -> None:
        await asyncio.gather(*(client(port, requests, outcome, stop) for _ in range(count)))

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    try:
        yield outcome
    finally:
        stop.set()
        thread.join()


def orders(prefix: str) -> Iterator[Asked]:
    """Orders, each of which may be done once."""
    while True:
        name = f"{prefix}-{next(NUMBERS)}"
        yield Asked("POST", f"/legacy/orders/{name}", b'{"name":"%s"}\n' % name.encode())


def miscounted(file: Path, outcome: Outcome) -> list[str]:
    """The orders that were done more than once, or answered and not done."""
    lines = Counter(file.read_text().splitlines() if file.exists() else [])
    answered = {body.decode().split('"')[3] for body in outcome.bodies}
    doubled = [f"order {name} was done {count} times" for name, count in sorted(lines.items()) if count > 1]
    lost = [f"order {name} was answered and not done" for name in sorted(answered - lines.keys())]
    return [*doubled[:5], *lost[:5]]


def ask(port: int, asked: Asked) -> tuple[int, str, bytes]:
    """Status, side and body of one request on a connection of its own. Raises OSError where there is no answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)) as connection:
        try:
            connection.request(asked.method, asked.path)
            response = connection.getresponse()
            return response.status, response.headers.get("X-Served-By", ""), response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error


def upload(port: int, path: str, size: int) -> tuple[int, bytes]:
    """POST so many bytes, never more than a piece of them in memory; status and body of the answer."""
    piece = b"x" * 65_536
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        for _ in range(size // len(piece)):
            connection.send(piece)
        response = connection.getresponse()
        return response.status, response.read()


def download(port: int, path: str) -> int:
    """How many bytes a GET brings."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        size = 0
        while piece := response.read(65_536):
            size += len(piece)
        return size
