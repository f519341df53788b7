"""Streams in both directions: who waits for whom, and what happens when one side leaves."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest

from proxy.runtime.bridge import WSGIBridge

Serve = Callable[[Any], int]
Connect = Callable[[int], socket.socket]
Exchange = Callable[[int, bytes], bytes]

PATIENCE = 30
GET = b"GET %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SCOPE = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/", "query_string": b"", "headers": []}


def body_of(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


@pytest.fixture
def app() -> flask.Flask:
    return flask.Flask(__name__)


def test_a_client_that_leaves_ends_the_stream(
    endless: Any, ends_when_the_client_leaves: Callable[[int], bool], serve: Serve
):
    assert ends_when_the_client_leaves(serve(WSGIBridge(endless.app)))


def test_a_client_that_leaves_while_its_server_waits_for_it_ends_the_stream(endless: Any, leave: Callable[[Any], None]):
    leave(WSGIBridge(endless.app))
    assert endless.closed.wait(PATIENCE)


def test_a_client_that_leaves_an_idle_stream_ends_it_at_its_next_piece(
    app: flask.Flask, serve: Serve, connect: Connect
):
    closed, go_on = threading.Event(), threading.Event()

    @app.get("/")
    def ticking():
        def pieces() -> Iterator[bytes]:
            try:
                yield b"first"
                go_on.wait(PATIENCE)
                while True:
                    yield b"next"
            finally:
                closed.set()

        return flask.Response(pieces())

    connection = connect(serve(WSGIBridge(app)))
    connection.sendall(GET % b"/")
    assert connection.recv(65536)
    connection.close()
    go_on.set()
    assert closed.wait(PATIENCE)


def test_abandoned_streams_leave_their_threads_free(
    app: flask.Flask, serve: Serve, connect: Connect, exchange: Exchange
):
    @app.get("/endless")
    def endless():
        return flask.Response(iter(lambda: b"piece" * 1000, b""))

    @app.get("/")
    def index():
        return "here"

    port = serve(WSGIBridge(app, threads=2))
    for _ in range(10):
        connection = connect(port)
        connection.sendall(GET % b"/endless")
        assert connection.recv(100)
        connection.close()
    assert body_of(exchange(port, GET % b"/")) == b"here"


def test_a_stream_waits_for_a_client_that_does_not_read(app: flask.Flask, serve: Serve, connect: Connect):
    pieces, size = 1000, 65536
    produced = []

    @app.get("/")
    def large():
        def generate() -> Iterator[bytes]:
            for number in range(pieces):
                produced.append(number)
                yield bytes(size)

        return flask.Response(generate(), headers={"Content-Length": str(pieces * size)})

    connection = connect(serve(WSGIBridge(app)))
    connection.sendall(GET % b"/")
    start = connection.recv(1)
    counts: list[int] = [-1]
    moment = threading.Event()
    while counts[-10:] != [len(produced)] * 10:
        counts.append(len(produced))
        moment.wait(0.02)
    assert 0 < len(produced) < pieces
    response = start + b"".join(iter(lambda: connection.recv(1 << 20), b""))
    assert len(body_of(response)) == pieces * size


def test_an_upload_waits_for_a_view_that_does_not_read(app: flask.Flask, serve: Serve, connect: Connect):
    size, go_on = 100_000_000, threading.Event()

    @app.post("/")
    def count():
        go_on.wait(PATIENCE)
        return str(sum(len(piece) for piece in iter(lambda: flask.request.stream.read(65536), b"")))

    connection = connect(serve(WSGIBridge(app)))
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    connection.sendall(head.encode())
    connection.setblocking(False)
    sent, refused, moment = 0, 0, threading.Event()
    while sent < size and refused < 10:
        try:
            sent += connection.send(bytes(min(1 << 20, size - sent)))
            refused = 0
        except BlockingIOError:
            refused += 1
            moment.wait(0.05)
    assert sent < size
    go_on.set()
    connection.settimeout(PATIENCE)
    while sent < size:
        sent += connection.send(bytes(min(1 << 20, size - sent)))
    assert body_of(b"".join(iter(lambda: connection.recv(65536), b""))) == str(size).encode()


def test_an_upload_that_breaks_off_is_not_taken_as_whole(app: flask.Flask, serve: Serve, connect: Connect):
    outcome: list[Any] = []
    over = threading.Event()

    @app.post("/")
    def upload():
        try:
            outcome.append(flask.request.get_data())
        except Exception as error:
            outcome.append(error)
            raise
        finally:
            over.set()
        return ""

    port = serve(WSGIBridge(app))
    for head in (b"Content-Length: 1000\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"):
        over.clear()
        connection = connect(port)
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\n" + head)
        connection.close()
        assert over.wait(PATIENCE)
    assert [isinstance(one, Exception) for one in outcome] == [True, True]


def test_a_stream_may_read_the_request_as_it_goes(app: flask.Flask, serve: Serve, connect: Connect):
    @app.post("/")
    def echo():
        stream = flask.request.stream
        return flask.Response(iter(lambda: stream.read(4), b""))

    connection = connect(serve(WSGIBridge(app)))
    connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 12\r\n\r\nabcd")
    received = b""
    while b"abcd" not in received:
        received += connection.recv(65536)
    connection.sendall(b"efghijkl")
    received += b"".join(iter(lambda: connection.recv(65536), b""))
    assert [piece for piece in (b"abcd", b"efgh", b"ijkl") if piece in received] == [b"abcd", b"efgh", b"ijkl"]


def test_an_exception_in_a_stream_cuts_the_connection(app: flask.Flask, serve: Serve, exchange: Exchange):
    @app.get("/")
    def fail():
        def pieces() -> Iterator[bytes]:
            yield b"first"
            raise ValueError("in the stream")

        return flask.Response(pieces())

    response = exchange(serve(WSGIBridge(app)), GET % b"/")
    assert b"first" in response
    assert not response.endswith(b"0\r\n\r\n")


def test_a_request_that_is_cancelled_ends_its_stream(endless: Any):
    async def cancel_after_the_first_piece() -> None:
        seen = asyncio.Event()

        async def send(message: Any) -> None:
            seen.set()

        async def receive() -> Any:
            return await asyncio.get_running_loop().create_future()

        task = asyncio.create_task(WSGIBridge(endless.app)(SCOPE, receive, send))
        await seen.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel_after_the_first_piece())
    assert endless.closed.wait(PATIENCE)


def test_a_stream_that_outlives_its_server_is_closed(app: flask.Flask):
    closed, go_on = threading.Event(), threading.Event()

    @app.get("/")
    def ticking():
        def pieces() -> Iterator[bytes]:
            try:
                yield b"first"
                go_on.wait(PATIENCE)
                yield b"next"
            finally:
                closed.set()

        return flask.Response(pieces())

    async def shut_down_after_the_first_piece() -> None:
        seen = asyncio.Event()

        async def send(message: Any) -> None:
            seen.set()

        task = asyncio.create_task(WSGIBridge(app)(SCOPE, asyncio.get_running_loop().create_future, send))
        await seen.wait()
        task.cancel()

    asyncio.run(shut_down_after_the_first_piece())
    go_on.set()
    assert closed.wait(PATIENCE)


def test_a_server_that_reports_a_lost_client_ends_the_stream(endless: Any):
    async def send_to_nobody() -> None:
        async def send(message: Any) -> None:
            raise OSError("connection lost")

        async def receive() -> Any:
            return await asyncio.get_running_loop().create_future()

        await WSGIBridge(endless.app)(SCOPE, receive, send)

    asyncio.run(send_to_nobody())
    assert endless.closed.wait(PATIENCE)
