"""Both sides of a comparison: a Flask application and a FastAPI application, asked the same in-process."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from fastapi import FastAPI
from flask import Flask

Headers = list[tuple[str, str]]
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Seen:
    """An answer: names of headers in lower case, sorted; `Allow` in order, the time of `Date` left out."""

    status: int
    headers: Headers
    body: bytes

    @classmethod
    def of(cls, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> "Seen":
        kept = []
        for name, value in headers:
            if name.lower() == "allow":
                value = ", ".join(sorted(value.split(", ")))
            if name.lower() == "date":
                value = "now"
            kept.append((name.lower(), value))
        return cls(status, sorted(kept), body)

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


def ask_flask(app: Flask, method: str, target: str, headers: Fields = (), body: bytes = b"") -> Seen:
    """Call the WSGI application with an environment made by hand."""
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": "localhost",
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items() if isinstance(headers, Mapping) else headers:
        key = name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        separator = "; " if key == "HTTP_COOKIE" else ", "
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ and key != "HTTP_HOST" else value
    started: list[Any] = []

    def start(status: str, fields: Headers, error: Any = None) -> Callable[[bytes], object]:
        started.append((status, fields))
        return started.append

    result = app.wsgi_app(environ, start)
    try:
        content = b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    status, fields = started[-1]
    return Seen.of(int(status.split()[0]), fields, content)


async def send_to(app: Any, scope: dict[str, Any], body: bytes) -> Seen:
    """Call the ASGI application with a scope made by hand."""
    messages: list[Any] = []
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.sleep(3600)
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start = next(message for message in messages if message["type"] == "http.response.start")
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    content = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    return Seen.of(start["status"], fields, content)


def scope_of(method: str, target: str, headers: Fields = (), body: bytes = b"") -> dict[str, Any]:
    """The ASGI scope of a request."""
    path, _, query = target.partition("?")
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if not any(name.lower() == "host" for name, _ in pairs):
        pairs.append(("host", "localhost"))
    if body:
        pairs.append(("content-length", str(len(body))))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode(errors="replace"),
        "raw_path": path.encode(),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
        "client": ("127.0.0.1", 1234),
        "server": ("localhost", 80),
    }


def ask_fastapi(app: FastAPI, method: str, target: str, headers: Fields = (), body: bytes = b"") -> Seen:
    """Ask the FastAPI application once, in an event loop of its own."""
    return asyncio.run(send_to(app, scope_of(method, target, headers, body), body))


@dataclass
class Pair:
    """A Flask application and the FastAPI application that should answer like it."""

    flask: Flask
    fastapi: FastAPI
    ignored: set[str] = field(default_factory=set)

    def both(self, method: str, target: str, headers: Any = (), body: bytes = b"") -> tuple[Seen, Seen]:
        return ask_flask(self.flask, method, target, headers, body), ask_fastapi(
            self.fastapi, method, target, headers, body
        )

    def same(self, method: str, target: str, headers: Any = (), body: bytes = b"") -> Seen:
        """Ask both, compare status, headers and body, and give the answer."""
        expected, found = self.both(method, target, headers, body)
        assert self.plain(found) == self.plain(expected), (method, target, headers, body[:200])
        return found

    def plain(self, seen: Seen) -> Seen:
        return Seen(seen.status, [pair for pair in seen.headers if pair[0] not in self.ignored], seen.body)


@pytest.fixture
def pair() -> Callable[[Flask, FastAPI], Pair]:
    return Pair


@pytest.fixture
def flask_answer() -> Callable[..., Seen]:
    return ask_flask


@pytest.fixture
def fastapi_answer() -> Callable[..., Seen]:
    return ask_fastapi


@pytest.fixture
def ask_together() -> Callable[..., list[Seen]]:
    """Ask the FastAPI application many things at once, in one event loop."""

    def ask(app: FastAPI, requests: Iterable[tuple[str, str]]) -> list[Seen]:
        async def everything() -> list[Seen]:
            return await asyncio.gather(*(send_to(app, scope_of(*request), b"") for request in requests))

        return asyncio.run(everything())

    return ask
