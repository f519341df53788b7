"""A small HTTP/1.1 load generator: some connections that are kept alive, one request at a time on each."""

import asyncio
import sys
import time

CONNECTIONS = 10


class Client(asyncio.Protocol):
    """One connection. It sends the request again as soon as the whole answer is there."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.answered = 0
        self.buffer = b""
        self.problem = ""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.problem = head.decode("latin-1")
            self.transport.close()
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self.answered += 1
            self.buffer = b""
            self.transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.problem = self.problem or "the server closed the connection"


async def load(port: int, path: str, seconds: float, warm_up: float = 0.3) -> tuple[int, float]:
    """Requests answered, and the seconds that it took. Raises RuntimeError for an answer other than 200."""
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: Client(request), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)
    ]
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
    requests, spent = asyncio.run(load(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
    print(requests / spent)
