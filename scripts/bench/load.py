"""A small HTTP/1.1 load generator: some connections that are kept alive, one request at a time on each."""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator, Sequence

CONNECTIONS = 10


def get(path: str) -> bytes:
    """A request without a body."""
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    """A request with a body."""
    return f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


class Client(asyncio.Protocol):
    """One connection. It sends the next request as soon as the whole answer is there."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.requests = requests
        self.answered = 0
        self.problem = ""
        self.head = b""
        self.left: int | None = None
        self.end = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.left is None:
            self.head += data
            head, found, data = self.head.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                self.problem = head.decode("latin-1")
                self.transport.close()
                return
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self.left = int(length) if length else -1
        if self.left < 0:  # in chunks
            self.end = (self.end + data)[-5:]
            is_whole = self.end == b"0\r\n\r\n"
        else:
            self.left -= len(data)
            is_whole = self.left <= 0
        if is_whole:
            self.answered += 1
            self.head, self.end, self.left = b"", b"", None
            self.transport.write(next(self.requests))

    def connection_lost(self, exc: Exception | None) -> None:
        self.problem = self.problem or "the server closed the connection"


async def load(port: int, requests: Sequence[bytes], seconds: float, warm_up: float = 0.3) -> tuple[int, float]:
    """Requests answered, and the seconds that it took. Raises RuntimeError for an answer other than 200."""
    turns = itertools.cycle(requests)
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(lambda: Client(turns), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    await asyncio.sleep(warm_up)
    before, start = sum(client.answered for client in clients), time.perf_counter()
    await asyncio.sleep(seconds)
    answered, took = sum(client.answered for client in clients) - before, time.perf_counter() - start
    problems = [client.problem for client in clients if client.problem]
    if problems:
        raise RuntimeError(problems[0])
    for client in clients:
        client.transport.close()
    return answered, took


if __name__ == "__main__":
    done, spent = asyncio.run(load(int(sys.argv[1]), [get(sys.argv[2])], float(sys.argv[3])))
    print(done / spent)
