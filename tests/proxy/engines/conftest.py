"""Real proxies in front of two servers that tell what has reached them."""

import fcntl
import json
import random
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from migrator.marked import hidden_by
from migrator.proxying import activate, objections_to, write
from proxy.engines import load
from proxy.model import RouteTable, Upstream

from ...programs import CACHE, installed, search_path

ENCODED = re.compile("%([0-9A-Fa-f]{2})")


def url_map(rules: dict[str, str]) -> Map:
    """The URL map of rules and their methods."""
    return Map([WerkzeugRule(rule, endpoint=rule, methods=methods.split()) for rule, methods in rules.items()])


class Echo(BaseHTTPRequestHandler):
    """Answers any request with what it was, and which side it has reached."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Tell."""
        length = int(self.headers.get("Content-Length") or 0)
        told = {
            "side": self.server.side,
            "target": self.requestline.split()[1],
            "method": self.command,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "length": len(self.rfile.read(length) if length else self.chunks()),
        }
        body = json.dumps(told).encode()
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Connection", "Upgrade")
            self.send_header("Upgrade", "websocket")
            # The answer to the key of the example in RFC 6455.
            self.send_header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            self.close_connection = True
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Side", self.server.side)
        self.send_header("Location", "http://flask/elsewhere")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def chunks(self) -> bytes:
        """A body that comes in chunks."""
        body = b""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        return body

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(Echo, f"do_{method}", Echo.answer)


class EchoServer(ThreadingHTTPServer):
    """The server of an echo. A proxy that goes away with a connection open is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@contextmanager
def echoing(side: str, port: int = 0) -> Iterator[str]:
    """The address of an echo, at a port of its own or this one."""
    server = EchoServer(("127.0.0.1", port), Echo)
    server.side = side
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def upstreams() -> Iterator[list[Upstream]]:
    """Two echoes."""
    with echoing("flask") as flask, echoing("fastapi") as fastapi:
        yield [Upstream("flask", (flask,)), Upstream("fastapi", (fastapi,))]


def in_normal_form(encoded: re.Match[str]) -> str:
    """A character that was encoded without need, or its encoding in upper case (RFC 3986, 6.2.2)."""
    character = chr(int(encoded[1], 16))
    is_unreserved = character.isascii() and (character.isalnum() or character in "-._~")
    return character if is_unreserved else encoded[0].upper()


def free_port() -> int:
    """A port at which nothing listens, which no other test process is given as long as this one runs.

    It lies below those that the system gives away, so that nothing takes it before the engine does.
    """
    locks = CACHE / "ports"
    locks.mkdir(parents=True, exist_ok=True)
    while True:
        port = random.randrange(15_000, 32_000)
        lock = (locks / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        TAKEN.append(lock)
        return port


TAKEN: list[TextIOWrapper] = []
"""The locks of the ports that this process has."""


class Proxy:
    """An engine that runs a rendered table."""

    def __init__(self, name: str, directory: Path, wait_until: Callable[[Callable[[], bool]], None]) -> None:
        self.name, self.engine, self.executable = name, load(name), installed(name)
        self.directory, self.port, self.wait_until = directory, free_port(), wait_until
        self.process: subprocess.Popen[bytes] | None = None
        self.table: RouteTable | None = None

    @property
    def listen(self) -> str:
        """The address at which it listens."""
        return f"127.0.0.1:{self.port}"

    def write(self, table: RouteTable, only: str | None = None) -> None:
        """Write the files, or one of them, as the command does, where a proxy's workers, another user, find them."""
        self.table = table
        while hiding := hidden_by(self.directory):
            hiding.chmod(0o755)
        files = self.engine.render(table)
        write(self.directory, {name: text for name, text in files.items() if only in (None, name)})

    def check(self, monkeypatch: pytest.MonkeyPatch) -> str:
        """What the engine says against what has been written."""
        monkeypatch.setenv("PATH", search_path())
        return objections_to(self.name, self.engine, self.directory)

    def start(self) -> None:
        """Run it until it passes requests on."""
        self.run()
        self.wait_until(lambda: self.is_listening() and self.side("/") is not None)

    def run(self) -> None:
        """Run it."""
        command = [self.executable, *self.engine.foreground(self.directory)[1:]]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.directory)

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process is not None and self.process.poll() is None

    def is_connected(self) -> bool:
        """Whether something listens at its port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def is_listening(self) -> bool:
        """Whether it does; it fails the test when it has ended."""
        assert self.is_running(), (self.directory / "log").read_text()
        return self.is_connected()

    def promote(self, table: RouteTable, monkeypatch: pytest.MonkeyPatch) -> None:
        """Write the state only, and let the engine take it."""
        self.write(table, only=self.engine.STATE)
        monkeypatch.setenv("PATH", search_path())
        activate(self.name, self.engine.activation(self.directory, self.engine.render(table)))

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def raw(self, request: bytes) -> bytes:
        """All that is answered to some bytes, until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            received = b""
            try:
                while piece := connection.recv(65536):
                    received += piece
            except (ConnectionResetError, TimeoutError):
                pass
            return received

    def ask(self, target: str, method: str = "GET", *headers: str, host: str = "shop.example") -> dict[str, Any]:
        """What the side that has been reached tells, and the head of its answer."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
        return told(self.raw("\r\n".join(lines).encode()))

    def as_passed_on(self, target: str) -> str:
        """A target as the sides receive it: Traefik decodes what need not be encoded, which is the same to them."""
        return ENCODED.sub(in_normal_form, target) if self.name == "traefik" else target

    def side_of_match(self, target: str) -> str:
        """Which side takes a target that a promoted rule matches."""
        return "fastapi" if self.engine.DECODES or "%" not in target.partition("?")[0] else "flask"

    def side(self, target: str, method: str = "GET", *headers: str, host: str = "shop.example") -> str | None:
        """Which side a request reaches."""
        side: str | None = self.ask(target, method, *headers, host=host)["side"]
        return side


def told(response: bytes) -> dict[str, Any]:
    """What an echo tells; `side` is None where none has been reached."""
    head, _, body = response.partition(b"\r\n\r\n")
    side = re.search(rb"x-side: (\w+)", head, re.IGNORECASE)
    if b"chunked" in head.lower() and side:
        body = body[body.index(b"{") : body.rindex(b"}") + 1] if body else body
    content = json.loads(body) if body and side else {}
    return {"side": side and side[1].decode(), "status": int(head.split()[1]), "head": head.decode(), **content}


@pytest.fixture
def start(tmp_path: Path, wait_until: Any, upstreams: list[Upstream]) -> Iterator[Callable[..., Proxy]]:
    """A function that makes an engine and starts it with a table made for its address; it ends with the test."""
    with ExitStack() as stack:

        def start_proxy(name: str, table: Callable[..., RouteTable]) -> Proxy:
            directory = tmp_path / name
            directory.mkdir()
            proxy = Proxy(name, directory, wait_until)
            proxy.write(table(upstreams=upstreams, listen=proxy.listen))
            stack.callback(proxy.stop)
            proxy.start()
            return proxy

        yield start_proxy
