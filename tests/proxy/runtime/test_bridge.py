"""The bridge under a real server, spoken to through raw sockets."""

import contextvars
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import flask
import pytest

from proxy.runtime.bridge import WSGIBridge, thread_count

Serve = Callable[[Any], int]
Connect = Callable[[int], socket.socket]
Exchange = Callable[[int, bytes], bytes]

PATIENCE = 30
GET = b"GET %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def body_of(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


@pytest.fixture
def app() -> flask.Flask:
    return flask.Flask(__name__)


def test_a_chunked_request_body_arrives(app: flask.Flask, serve: Serve, exchange: Exchange):
    @app.post("/")
    def echo():
        return flask.request.get_data()

    request = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"
    )
    assert body_of(exchange(serve(WSGIBridge(app)), request)) == b"hello, world"


def test_a_form_in_several_pieces_is_parsed(app: flask.Flask, serve: Serve, connect: Connect):
    @app.post("/")
    def fields():
        return dict(flask.request.form)

    connection = connect(serve(WSGIBridge(app)))
    connection.sendall(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\na=1&"
    )
    connection.sendall(b"b=2")
    connection.sendall(b"&c=3")
    assert json.loads(body_of(b"".join(iter(lambda: connection.recv(65536), b"")))) == {"a": "1", "b": "2", "c": "3"}


def test_a_refused_upload_is_not_asked_for(app: flask.Flask, serve: Serve, exchange: Exchange):
    @app.post("/refused")
    def refused():
        return "no", 413

    @app.post("/read")
    def read():
        return str(len(flask.request.get_data()))

    port = serve(WSGIBridge(app))
    head = (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    assert exchange(port, head % b"/refused").startswith(b"HTTP/1.1 413")
    assert exchange(port, head % b"/read" + b"body").startswith(b"HTTP/1.1 100")


def test_a_context_variable_does_not_reach_the_next_request(app: flask.Flask, serve: Serve, exchange: Exchange):
    user: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="nobody")

    @app.get("/")
    def index():
        seen = user.get()
        user.set("alice")
        return seen

    port = serve(WSGIBridge(app, threads=1))
    assert [body_of(exchange(port, GET % b"/")) for _ in range(3)] == [b"nobody"] * 3


def test_concurrent_requests_have_contexts_of_their_own(app: flask.Flask, serve: Serve, connect: Connect):
    together = threading.Barrier(8, timeout=PATIENCE)

    @app.get("/<name>")
    def index(name: str):
        flask.g.name = name
        together.wait()
        return f"{flask.g.name} {flask.request.path}"

    port = serve(WSGIBridge(app, threads=8))
    connections = [connect(port) for _ in range(8)]
    for number, connection in enumerate(connections):
        connection.sendall(GET % b"/%d" % number)
    answers = [body_of(b"".join(iter(lambda one=one: one.recv(65536), b""))) for one in connections]
    assert answers == [b"%d /%d" % (number, number) for number in range(8)]


def test_an_application_context_of_the_caller_is_reused(app: flask.Flask, call: Callable[..., Any]):
    torn_down = []
    app.teardown_appcontext(lambda error: torn_down.append(error))

    @app.get("/")
    def index():
        return flask.g.get("name", "nothing")

    bridge = WSGIBridge(app)
    assert call(bridge)[2] == b"nothing"
    assert len(torn_down) == 1
    with app.app_context():
        flask.g.name = "of the test"
        assert call(bridge)[2] == b"of the test"
        assert len(torn_down) == 1


def test_what_runs_on_close_does_not_hold_the_response(app: flask.Flask, serve: Serve, exchange: Exchange):
    received, ran = threading.Event(), threading.Event()

    @app.get("/")
    def index():
        response = flask.Response("done")

        @response.call_on_close
        def later() -> None:
            assert received.wait(PATIENCE)
            ran.set()

        return response

    port = serve(WSGIBridge(app))
    assert body_of(exchange(port, GET % b"/")) == b"done"
    received.set()
    assert ran.wait(PATIENCE)


def test_an_exception_before_the_headers_is_a_500_and_the_server_lives(
    app: flask.Flask, serve: Serve, exchange: Exchange
):
    app.testing = True

    @app.get("/<kind>")
    def fail(kind: str):
        raise {"os": FileNotFoundError("file"), "stop": StopIteration("stop"), "exit": SystemExit(3)}[kind]

    port = serve(WSGIBridge(app))
    for kind in (b"/os", b"/stop", b"/exit", b"/os"):
        assert exchange(port, GET % kind).startswith(b"HTTP/1.1 500")


def test_head_and_an_answer_without_body_send_none(app: flask.Flask, serve: Serve, exchange: Exchange):
    @app.get("/")
    def index():
        return "twelve bytes"

    @app.delete("/")
    def delete():
        return "", 204

    port = serve(WSGIBridge(app))
    response = exchange(port, b"HEAD" + GET[3:] % b"/")
    assert b"content-length: 12\r\n" in response
    assert body_of(response) == b""
    assert exchange(port, b"DELETE" + GET[3:] % b"/").startswith(b"HTTP/1.1 204")


def test_the_number_of_threads_is_a_setting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MIGRATE_THREADS", raising=False)
    assert thread_count() == 10
    monkeypatch.setenv("MIGRATE_THREADS", "3")
    assert thread_count() == 3
