"""A project with a manifest, a switch and a target package, for gateways over applications made in a test."""

import asyncio
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
import pytest

from proxy.runtime.dispatch import Gateway

PATIENCE = 30


def write(path: Path, text: str) -> None:
    """Replace a file at once, as the tool does."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text)
    temporary.replace(path)


@dataclass(frozen=True)
class Project:
    """A directory as `init` and `apply` leave it, with one generated file."""

    root: Path

    @property
    def package(self) -> Path:
        return self.root / "fastapi_app"

    @property
    def output(self) -> Path:
        return self.package / "routers.py"

    @property
    def manifest(self) -> Path:
        return self.root / "migration.json"

    @property
    def switch(self) -> Path:
        return self.root / "migration.switch.json"

    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.output.read_bytes()).hexdigest()}"

    def route(self, key: str, endpoint: str, weight: int = 100, **changes: Any) -> dict[str, Any]:
        """A route of the manifest."""
        method, _, rule = key.partition(" ")
        return {
            "endpoint": endpoint,
            "rule": rule,
            "method": method,
            "state": "live" if weight == 100 else "canary" if weight else "converted",
            "weight": weight,
            "runtime": "native",
            "output": {"file": "fastapi_app/routers.py", "digest": self.digest()},
            **changes,
        }

    def promote(self, endpoints: Mapping[str, str], weight: int = 100, **changes: Any) -> None:
        """Write a manifest with these endpoints by their routes' keys."""
        routes = {key: self.route(key, endpoint, weight, **changes) for key, endpoint in endpoints.items()}
        document = {"version": 1, "app": "app:app", "target": "fastapi_app", "blueprints": {".": {"routes": routes}}}
        write(self.manifest, json.dumps(document))

    def override(self, weights: Mapping[str, int]) -> None:
        """Write a switch."""
        routes = {
            key: {"weight": weight, "at": "2026-01-01T00:00:00Z", "reason": "test"} for key, weight in weights.items()
        }
        write(self.switch, json.dumps({"version": 1, "routes": routes}))

    def gateway(self, flask_app: Any, fastapi_app: Any) -> Gateway:
        """A gateway that tells who has answered."""
        gateway = Gateway(flask_app, fastapi_app, package=self.package)
        gateway.shows_side = True
        return gateway


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project in which nothing is promoted."""
    project = Project(tmp_path)
    project.package.mkdir()
    project.output.write_text("# a generated module\n")
    project.promote({})
    return project


@pytest.fixture
def side(call: Callable[..., Any]) -> Callable[..., str]:
    """A function that tells which side of a gateway answers a path."""

    def side_of(gateway: Gateway, path: str, **changes: Any) -> str:
        return str(call(gateway, path, **changes)[1]["x-served-by"])

    return side_of


def keys_of(flask_app: Any, methods: Iterable[str] = ("GET", "POST", "DELETE")) -> dict[str, str]:
    """Every route of a Flask application by its key."""
    matching = flask_app.url_map.host_matching
    return {
        f"{method} {(rule.host if matching else rule.subdomain) or ''}{rule.rule}": rule.endpoint
        for rule in flask_app.url_map.iter_rules()
        for method in methods
        if method in rule.methods
    }


@pytest.fixture(name="keys_of")
def keys_of_fixture() -> Callable[..., dict[str, str]]:
    """`keys_of`, for tests."""
    return keys_of


@dataclass(frozen=True)
class Endless:
    """An application that streams for ever at `/`, and whether that has ended."""

    app: flask.Flask
    closed: threading.Event


@pytest.fixture
def endless() -> Endless:
    """An endless stream."""
    found = Endless(flask.Flask(__name__), threading.Event())

    @found.app.get("/")
    def stream() -> flask.Response:
        def pieces() -> Iterator[bytes]:
            try:
                while True:
                    yield b"piece" * 1000
            finally:
                found.closed.set()

        return flask.Response(pieces())

    return found


@pytest.fixture
def ends_when_the_client_leaves(endless: Endless, connect: Callable[[int], socket.socket]) -> Callable[[int], bool]:
    """A function that begins to read the stream at a port and leaves; whether the stream has ended then."""

    def leave_port(port: int) -> bool:
        connection = connect(port)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert connection.recv(100)
        connection.close()
        return endless.closed.wait(PATIENCE)

    return leave_port


@pytest.fixture
def leave() -> Callable[[Any], None]:
    """A function that asks an application and leaves after the first piece, for which its server waits for ever."""

    async def ask(application: Any) -> None:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": [],
        }
        taken, never = asyncio.Event(), asyncio.Event()

        async def receive() -> Any:
            await taken.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                taken.set()
                await never.wait()

        await asyncio.wait_for(application(scope, receive, send), PATIENCE)

    return lambda application: asyncio.run(ask(application))
