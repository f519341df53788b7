"""What PEP 3333 asks of a server, of the bridge called in process."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import flask
import pytest

from proxy.runtime.bridge import WSGIBridge


@pytest.fixture
def app() -> flask.Flask:
    return flask.Flask(__name__)


def test_an_exception_before_the_headers_reaches_the_server(app: flask.Flask, call: Callable[..., Any]):
    app.testing = True

    @app.get("/")
    def fail():
        raise FileNotFoundError("no such file")

    with pytest.raises(FileNotFoundError, match="no such file"):
        call(WSGIBridge(app))


def plain(environ: Any, start_response: Any) -> Iterable[bytes]:
    """A WSGI application with a case of PEP 3333 per path."""
    headers = [("Content-Type", "text/plain")]
    match environ["PATH_INFO"]:
        case "/write":
            start_response("200 OK", headers)(b"written, ")
            return [b"returned"]
        case "/twice":
            start_response("200 OK", headers)
            start_response("200 OK", headers)
            return [b""]
        case "/replaced":
            start_response("200 OK", headers)
            try:
                raise ValueError("an error after all")
            except ValueError as error:
                start_response("418 Teapot", headers, (ValueError, error, error.__traceback__))
            return [b"replaced"]
        case "/late":
            return late(start_response, headers)
        case "/lazy":
            return lazy(start_response, headers)
        case "/hops":
            start_response("200 OK", [("Connection", "close"), ("Transfer-Encoding", "chunked"), ("X-Kept", "1")])
            return [b"a", b"b"]
        case "/never":
            return [b"no start_response"]
    return [b"unknown"]


def late(start_response: Any, headers: Any) -> Iterator[bytes]:
    start_response("200 OK", headers)
    yield b"sent"
    error = ValueError("too late")
    start_response("500 Oops", headers, (ValueError, error, None))
    yield b"never"


def lazy(start_response: Any, headers: Any) -> Iterator[bytes]:
    yield b""
    start_response("200 OK", headers)
    yield b"lazily"


def test_write_comes_before_what_is_returned(call: Callable[..., Any]):
    assert call(WSGIBridge(plain), "/write")[2] == b"written, returned"


def test_a_second_start_response_is_an_error(call: Callable[..., Any]):
    with pytest.raises(AssertionError):
        call(WSGIBridge(plain), "/twice")


def test_a_second_start_response_for_an_error_replaces_the_first(call: Callable[..., Any]):
    assert call(WSGIBridge(plain), "/replaced")[::2] == (418, b"replaced")


def test_a_second_start_response_after_the_headers_raises_the_error(call: Callable[..., Any]):
    with pytest.raises(ValueError, match="too late"):
        call(WSGIBridge(plain), "/late")


def test_start_response_may_wait_for_the_first_piece(call: Callable[..., Any]):
    assert call(WSGIBridge(plain), "/lazy")[::2] == (200, b"lazily")


def test_an_application_that_does_not_start_is_an_error(call: Callable[..., Any]):
    with pytest.raises(RuntimeError, match="start_response"):
        call(WSGIBridge(plain), "/never")


def test_headers_of_the_connection_are_the_servers(call: Callable[..., Any]):
    assert call(WSGIBridge(plain), "/hops") == (200, {"x-kept": "1"}, b"ab")


def test_a_websocket_is_refused_before_it_is_accepted():
    sent = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(WSGIBridge(plain)({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]
