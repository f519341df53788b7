"""Flask behind its own server: what is passed on, what is not, and what happens when one of three leaves."""

import asyncio
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import flask
import pytest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import WSGIRequestHandler, make_server

from proxy.runtime import upstream
from proxy.runtime.forwarding import request_headers, target_of
from proxy.runtime.relay import Relay
from proxy.runtime.upstream import IDLE_SECONDS, Address, BrokenAnswerError, chunk_length, parse_head

Serve = Callable[[Any], int]
Connect = Callable[[int], socket.socket]
Exchange = Callable[[int, bytes], bytes]
WaitUntil = Callable[[Callable[[], bool]], None]
Script = Callable[[socket.socket, list[bytes]], None]

PATIENCE = 30
GET = b"GET %b HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
SCOPE = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/", "query_string": b"", "headers": []}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Handler(WSGIRequestHandler):
    """Werkzeug's, with connections that are kept, and silent."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture
def behind() -> Iterator[Callable[[Any], Relay]]:
    """A function that serves a WSGI application by Werkzeug's server, and the relay to it."""
    with ExitStack() as stack:

        def start(application: Any) -> Relay:
            server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return Relay(Address("127.0.0.1", server.port))

        yield start


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[Relay, list[bytes]]]]:
    """A function that serves by a script for each connection; the relay, and the heads of all requests so far."""
    with ExitStack() as stack:

        def start(*scripts: Script) -> tuple[Relay, list[bytes]]:
            left, heads = list(scripts), []

            class Server(socketserver.BaseRequestHandler):
                def handle(self) -> None:
                    (left.pop(0) if len(left) > 1 else left[0])(self.request, heads)

            server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return Relay(Address("127.0.0.1", server.server_address[1])), heads

        yield start


def head(connection: socket.socket, heads: list[bytes]) -> bytes:
    """The head of the next request, noted; empty at the end."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            return b""
        data += piece
    heads.append(data)
    return data


def answering(*answers: bytes) -> Script:
    """These bytes for the requests of a connection, which is closed after the last."""

    def script(connection: socket.socket, heads: list[bytes]) -> None:
        for answer in answers:
            if not head(connection, heads):
                return
            connection.sendall(answer)

    return script


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def body_of(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


@pytest.fixture
def app() -> flask.Flask:
    return flask.Flask(__name__)


def test_an_answer_and_its_headers(app: flask.Flask, behind: Any, serve: Serve, exchange: Exchange):
    @app.route("/é/<name>", methods=["GET"])
    def view(name: str) -> flask.Response:
        response = flask.jsonify(name=name, query=flask.request.args.getlist("q"))
        response.headers.add("Set-Cookie", "a=1")
        response.headers.add("Set-Cookie", "b=2")
        return response

    answer = exchange(serve(behind(app)), GET % b"/%C3%A9/a%20b?q=1&q=%C3%BC")
    assert status_of(answer) == 200
    assert body_of(answer) == b'{"name":"a b","query":["1","\\u00fc"]}\n'
    lines = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    assert [line for line in lines if line.startswith(b"set-cookie")] == [b"set-cookie: a=1", b"set-cookie: b=2"]
    assert len([line for line in lines if line.startswith((b"server:", b"date:"))]) == 2


def test_pieces_are_passed_on_as_they_come_in_both_directions(
    app: flask.Flask, behind: Any, serve: Serve, connect: Connect
):
    @app.post("/")
    def echo() -> flask.Response:
        stream = flask.request.stream
        return flask.Response(iter(lambda: stream.read(5), b""))

    connection = connect(serve(behind(app)))
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    received = b""
    for number in range(3):
        connection.sendall(b"5\r\nab%03d\r\n" % number)
        while b"ab%03d" % number not in received:
            received += connection.recv(65536)
    connection.sendall(b"0\r\n\r\n")
    while not received.endswith(b"0\r\n\r\n"):
        received += connection.recv(65536)


def test_a_client_that_leaves_ends_the_view(
    endless: Any, ends_when_the_client_leaves: Callable[[int], bool], behind: Any, serve: Serve
):
    assert ends_when_the_client_leaves(serve(behind(endless.app)))


def test_a_client_that_leaves_while_its_server_waits_for_it_ends_the_view(
    endless: Any, leave: Callable[[Any], None], behind: Any
):
    leave(behind(endless.app))
    assert endless.closed.wait(PATIENCE)


def test_a_client_that_leaves_while_flask_takes_nothing_ends_the_connection(scripted: Any, monkeypatch: Any):
    # So that the relay hears of it, whatever the system buffers.
    monkeypatch.setattr("proxy.runtime.body.READ_AHEAD", 1 << 30)
    closed, begun = threading.Event(), threading.Event()

    def deaf(connection: socket.socket, heads: list[bytes]) -> None:
        head(connection, heads)
        begun.wait(PATIENCE)
        while connection.recv(1 << 20):
            pass
        closed.set()

    relay, _ = scripted(deaf)
    scope = {**SCOPE, "method": "POST", "headers": [(b"transfer-encoding", b"chunked")]}

    async def run() -> None:
        piece = {"type": "http.request", "body": bytes(1 << 20), "more_body": True}
        messages = iter([piece] * 8)

        async def receive() -> Any:
            return next(messages, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            pytest.fail("there is nothing to answer")

        await asyncio.wait_for(relay(scope, receive, send), PATIENCE)

    asyncio.run(run())
    begun.set()
    assert closed.wait(PATIENCE)


@pytest.mark.parametrize(("keeps", "seen"), [("", "10.0.0.9"), ("append", "6.6.6.6,10.0.0.9")])
def test_who_the_client_is_says_the_server_and_no_header_of_the_client(
    keeps: str, seen: str, app: flask.Flask, behind: Any, call: Any, monkeypatch: Any
):
    monkeypatch.setenv("MIGRATE_FORWARDED", keeps)

    @app.get("/")
    def view() -> dict[str, Any]:
        names = ("X-Forwarded-For", "X-User-Id", "Forwarded", "X-Real-Ip", "Connection", "X-Secret", "Upgrade")
        found = {name: flask.request.headers.get(name) for name in names}
        return {**found, "address": flask.request.remote_addr, "url": flask.request.url}

    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)  # type: ignore[method-assign]
    spoofed = {
        "Host": "shop.example",
        "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
        "X-Real-Ip": "6.6.6.6",
        "X_User_Id": "7",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Host": "evil.example",
        "X-Secret": "1",
        "Upgrade": "h2c",
        "Connection": "close, X-Secret",
    }
    headers = [(name.lower().encode(), value.encode()) for name, value in spoofed.items()]
    options = {"client": ("10.0.0.9", 1), "scheme": "https", "root_path": "/shop", "raw_path": b"/shop/"}
    answer = flask.json.loads(call(behind(app), "/shop/", headers=headers, **options)[2])
    assert answer["X-Forwarded-For"].replace(" ", "") == seen
    assert answer["address"] == seen.rpartition(",")[2]
    assert answer["X-User-Id"] is answer["X-Secret"] is answer["Upgrade"] is answer["Forwarded"] is None
    if not keeps:
        assert answer["url"] == "https://shop.example/shop/"
        assert answer["X-Real-Ip"] is None


def test_a_kept_connection_carries_the_next_request_unless_it_may_not_be_repeated(
    scripted: Any, serve: Serve, exchange: Exchange
):
    connections = []

    def script(connection: socket.socket, heads: list[bytes]) -> None:
        connections.append(connection)
        while head(connection, heads):
            connection.sendall(OK)

    relay, heads = scripted(script)
    port = serve(relay)
    assert [body_of(exchange(port, GET % b"/")) for _ in range(3)] == [b"ok"] * 3
    assert (len(connections), len(heads)) == (1, 3)
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert body_of(exchange(port, request)) == b"ok"
    assert len(connections) == 2


def test_http_2_without_a_body_is_passed_on_as_http_1_1_has_it(scripted: Any):
    def script(connection: socket.socket, heads: list[bytes]) -> None:
        heads.append(b"connected")
        while head(connection, heads):
            connection.sendall(OK)

    relay, heads = scripted(script)
    scope = {**SCOPE, "http_version": "2"}

    async def ask() -> None:
        messages = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            return messages.pop() if messages else await asyncio.get_running_loop().create_future()

        async def send(message: Any) -> None:
            pass

        await relay(scope, receive, send)

    async def run() -> None:
        await ask()
        await ask()

    asyncio.run(run())
    assert heads.count(b"connected") == 1
    assert not any(b"transfer-encoding" in one for one in heads)


def test_a_connection_that_closes_when_it_is_used_again(scripted: Any, serve: Serve, exchange: Exchange):
    """The second request arrives, and the server has closed by then: it is sent again, on a new connection."""

    def closing(connection: socket.socket, heads: list[bytes]) -> None:
        head(connection, heads)
        connection.sendall(OK)
        head(connection, heads)

    relay, heads = scripted(closing, answering(OK))
    port = serve(relay)
    assert [status_of(exchange(port, GET % b"/")) for _ in range(2)] == [200, 200]
    assert len(heads) == 3


@pytest.mark.parametrize("method", [b"GET", b"POST"])
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\nok",
    ],
)
def test_a_server_that_breaks_off_before_it_answers_is_asked_once(
    answer: bytes, method: bytes, scripted: Any, serve: Serve, exchange: Exchange
):
    relay, heads = scripted(answering(answer))
    request = b"%b / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % method
    response = exchange(serve(relay), request)
    assert status_of(response) == 502
    assert body_of(response) == b"The application has not answered.\n"
    assert len(heads) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf and more\r\n0\r\n\r\n",
    ],
)
def test_half_an_answer_is_cut(answer: bytes, scripted: Any, serve: Serve, exchange: Exchange):
    relay, _ = scripted(answering(answer))
    response = exchange(serve(relay), GET % b"/")
    assert status_of(response) == 200
    assert b"half" in response
    assert not response.endswith(b"0\r\n\r\n")
    assert len(body_of(response)) < 10 or b"chunked" in response.lower()


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", b""),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n",
            b"abc",
        ),
    ],
)
def test_where_an_answer_ends(answer: bytes, body: bytes, scripted: Any, call: Any):
    relay, _ = scripted(answering(answer))
    assert call(relay, "/")[2] == body


def test_a_head_is_no_body(scripted: Any, call: Any):
    relay, heads = scripted(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n"))
    assert call(relay, "/", method="HEAD")[:2] == (200, {"content-length": "700"})
    assert heads[0].startswith(b"HEAD / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "text",
    [b"HTTP/2 200 OK\r\n\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n", b"HTTP/1.1 2000\r\n\r\n", b"HTTP/1.1 200\r\n a: b\r\n\r\n"],
)
def test_what_is_no_head(text: bytes):
    with pytest.raises(BrokenAnswerError):
        parse_head(text)


@pytest.mark.parametrize("text", [b"", b"-5", b"+5", b"0x5", b"1_0", b" 5", b"5" * 16])
def test_what_is_no_length_of_a_chunk(text: bytes):
    with pytest.raises(ValueError, match="is no length"):
        chunk_length(text)


def test_a_length_of_a_chunk():
    assert [chunk_length(text) for text in (b"0", b"1a", b"FF ;name=value")] == [0, 26, 255]


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": [(b"host", b"x"), (b"x-a", b"1\r\nTransfer-Encoding: chunked")]},
        {"headers": [(b"host", b"x"), (b"x-a", b"1\n2")]},
        {"headers": [(b"host", b"x"), (b"x-a: 1\r\nx-b", b"2")]},
        {"raw_path": b"/ HTTP/1.1\r\nHost: y\r\n\r\nGET /admin"},
        {"query_string": b"a=1 HTTP/1.1"},
        {"method": "GET /admin HTTP/1.1\r\n"},
    ],
)
def test_what_would_become_another_request_is_refused(changes: Any, scripted: Any, call: Any):
    relay, heads = scripted(answering(OK))
    assert call(relay, "/", **changes)[0] == 400
    assert heads == []


def test_what_a_client_cannot_take_away_by_naming_it():
    named = [b"host", b"cookie", b"x-forwarded-proto", b"content-length", b"x-own"]
    headers = [(name, b"1") for name in named] + [(b"connection", b"close, " + b", ".join(named))]
    passed = request_headers({"type": "http", "headers": headers, "scheme": "https"})
    assert passed == [
        (b"host", b"1"),
        (b"cookie", b"1"),
        (b"content-length", b"1"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"1"),
    ]


@pytest.mark.parametrize(
    ("raw_path", "target"), [(b"/shop/a", b"/a"), (b"/shop", b"/"), (b"/shopping", b"/shopping"), (b"/a", b"/a")]
)
def test_the_target_below_a_prefix(raw_path: bytes, target: bytes):
    scope = {"root_path": "/shop", "path": raw_path.decode(), "raw_path": raw_path, "query_string": b""}
    assert target_of(scope) == target


def test_connections_that_nobody_uses_are_closed(scripted: Any):
    relay, _ = scripted(answering(OK))

    async def run() -> None:
        pool = relay.pool
        old, new = await pool.connect(), await pool.connect()
        pool.give_back(old)
        pool.give_back(new)
        old.used_at -= IDLE_SECONDS
        new.used_at += PATIENCE
        pool.sweep()
        assert (old.writer.is_closing(), new.writer.is_closing()) == (True, False)
        assert pool.take() is new
        new.close()

    asyncio.run(run())


def test_what_follows_an_answer_is_no_answer_to_the_next(scripted: Any):
    relay, _ = scripted(answering(OK + OK))

    async def run() -> None:
        pool = relay.pool
        connection = await pool.connect()
        connection.writer.write(GET % b"/")
        await connection.read_head()
        assert await connection.reader.readexactly(2) == b"ok"
        # The rest is in the same segment, or comes before what would be read next.
        connection.reader.feed_data(b"H")
        pool.give_back(connection)
        connection.used_at += PATIENCE
        assert pool.take() is None

    asyncio.run(run())


def test_trailers_go_to_servers_that_can_send_them(scripted: Any):
    answer = b"HTTP/1.1 200 OK\r\nTrailer: T\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\n"
    relay, _ = scripted(answering(answer))
    sent: list[Any] = []

    async def receive() -> Any:
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(relay({**SCOPE, "extensions": {"http.response.trailers": {}}}, receive, send))
    assert sent[0]["trailers"] is True
    assert sent[-1] == {"type": "http.response.trailers", "headers": [(b"t", b"1")]}


def test_a_server_that_answers_before_it_has_read_all(scripted: Any, serve: Serve, connect: Connect):
    def refusing(connection: socket.socket, heads: list[bytes]) -> None:
        head(connection, heads)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")

    relay, _ = scripted(refusing)
    connection = connect(serve(relay))
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\nConnection: close\r\n\r\nbegin")
    received = b""
    while not received.endswith(b"big"):
        piece = connection.recv(65536)
        assert piece
        received += piece
    assert status_of(received) == 413


def test_down_at_the_start_and_back_by_itself(app: flask.Flask, serve: Serve, exchange: Exchange, caplog: Any):
    app.add_url_rule("/", view_func=lambda: "here")
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        address = place.getsockname()
        port = serve(Relay(Address(*address)))
        for _ in range(2):
            down = exchange(port, GET % b"/")
            assert (status_of(down), b"retry-after: 1" in down.lower()) == (503, True)
            assert body_of(down) == b"The application cannot be reached. Try again in a moment.\n"
    assert len([one for one in caplog.records if "Flask cannot be reached" in one.message]) == 1
    server = make_server(*address, app, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        assert body_of(exchange(port, GET % b"/")) == b"here"
    finally:
        server.shutdown()
        server.server_close()


def silent(connection: socket.socket, heads: list[bytes]) -> None:
    """Reads, and says nothing."""
    while head(connection, heads):
        pass


@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_a_server_that_keeps_silent_is_asked_once(
    method: bytes, scripted: Any, serve: Serve, exchange: Exchange, wait_until: WaitUntil
):
    relay, heads = scripted(silent)
    relay.seconds = 0.01
    request = b"%b / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % method
    response = exchange(serve(relay), request)
    assert status_of(response) == 504
    assert body_of(response) == b"The application has not answered in time.\n"
    wait_until(lambda: bool(heads))
    assert len(heads) == 1


def test_a_kept_connection_that_falls_silent_is_not_asked_again(
    scripted: Any, serve: Serve, exchange: Exchange, wait_until: WaitUntil
):
    def once(connection: socket.socket, heads: list[bytes]) -> None:
        answering(OK)(connection, heads)
        silent(connection, heads)

    relay, heads = scripted(once)
    port = serve(relay)
    assert status_of(exchange(port, GET % b"/")) == 200
    relay.seconds = 0.01
    assert status_of(exchange(port, GET % b"/")) == 504
    wait_until(lambda: len(heads) >= 2)
    assert len(heads) == 2


def test_an_answer_that_falls_silent_is_cut(scripted: Any, serve: Serve, exchange: Exchange):
    def half(connection: socket.socket, heads: list[bytes]) -> None:
        head(connection, heads)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        silent(connection, heads)

    relay, _ = scripted(half)
    relay.seconds = 0.01
    response = exchange(serve(relay), GET % b"/")
    assert (status_of(response), body_of(response)) == (200, b"half")


def test_more_requests_than_flask_is_asked_at_once(scripted: Any, serve: Serve, exchange: Exchange, monkeypatch: Any):
    monkeypatch.setattr(upstream, "CONNECT_SECONDS", 0.01)
    relay, heads = scripted(answering(OK))
    relay.pool = upstream.Pool(relay.pool.address, connections=1)

    async def run() -> list[int]:
        found = []

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                found.append(message["status"])

        async with relay.pool.place():
            await relay(SCOPE, asyncio.get_running_loop().create_future, send)
        await relay(SCOPE, asyncio.get_running_loop().create_future, send)
        return found

    assert asyncio.run(run()) == [503, 200]
    assert len(heads) == 1


def test_a_websocket_is_refused(behind: Any, app: flask.Flask):
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(behind(app)({"type": "websocket"}, receive, send))
    assert [one["type"] for one in sent] == ["websocket.close"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8001", Address("127.0.0.1", 8001)),
        ("http://shop.internal:80/", Address("shop.internal", 80)),
        ("http://[::1]:5000", Address("::1", 5000)),
        ("unix:/run/shop.sock", Address(path="/run/shop.sock")),
    ],
)
def test_addresses(text: str, address: Address):
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    "text", ["", "shop", "https://shop:443/x", ":8001", "shop:http", "shop:0", "shop:65536", "unix:"]
)
def test_what_is_no_address(text: str):
    with pytest.raises(ValueError, match="is not the address of a server"):
        Address.parse(text)
