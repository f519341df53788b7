"""Clients that never stop asking, and remember what went wrong: for a gateway whose sides change or die meanwhile."""

import asyncio
import http.client
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

ANSWERS_KEPT = 20


@dataclass
class Outcome:
    """What came of all requests: answers by status and side, and those that were none."""

    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many requests were answered."""
        return sum(self.answers.values())


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


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, str, bytes]:
    """Status, side and body of an answer with a length. Raises OSError where it breaks off."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
    except (asyncio.IncompleteReadError, KeyError) as error:
        raise ConnectionError(f"the answer broke off: {error!r}") from error
    return int(lines[0].split()[1]), headers.get("x-served-by", ""), body


async def client(port: int, requests: Iterator[Asked], outcome: Outcome, stop: asyncio.Event) -> None:
    """Ask on one connection, and on a new one when that is closed between two requests."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while not stop.is_set():
        asked = next(requests)
        try:
            if connection is None or connection[0].at_eof():
                connection = await asyncio.open_connection("127.0.0.1", port)
            connection[1].write(asked.raw)
            status, side, body = await read_answer(connection[0])
        except OSError as error:
            if len(outcome.failures) < ANSWERS_KEPT:
                outcome.failures.append(f"{asked.method} {asked.path}: {error}")
            connection = None
            await asyncio.sleep(0.02)
            continue
        outcome.answers[status, side] += 1
        if status == 200 and asked.body is not None and body != asked.body:
            outcome.failures.append(f"{asked.method} {asked.path}: {body[:80]!r}")
    if connection is not None:
        connection[1].close()


@asynccontextmanager
async def clients(port: int, count: int, requests: Iterator[Asked]):  # noqa: ANN201  (an async generator's manager)
    """So many clients while the block runs; what came of their requests."""
    outcome, stop = Outcome(), asyncio.Event()
    tasks = [asyncio.create_task(client(port, requests, outcome, stop)) for _ in range(count)]
    try:
        yield outcome
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def upload(port: int, path: str, size: int) -> tuple[int, bytes]:
    """POST so many bytes, never more than a piece of them in memory; status and body of the answer."""
    piece = b"x" * 65_536
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    for _ in range(size // len(piece)):
        connection.send(piece)
    response = connection.getresponse()
    return response.status, response.read()


def download(port: int, path: str) -> int:
    """How many bytes a GET brings."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", path)
    response = connection.getresponse()
    size = 0
    while piece := response.read(65_536):
        size += len(piece)
    return size
