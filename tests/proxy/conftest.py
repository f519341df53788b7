"""Real servers for the tests of the proxy: uvicorn in a thread, raw sockets, and an nginx where there is one."""

import asyncio
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn

PATIENCE = 30
"""Seconds after which something that should happen is taken to never happen."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds; fail when it never does."""
    moment = threading.Event()
    for _ in range(PATIENCE * 100):
        if condition():
            return
        moment.wait(0.01)
    pytest.fail("what was waited for did not happen")


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[[Callable[[], bool]], None]:
    """`wait_until`, for tests."""
    return wait_until


@contextmanager
def running(application: Any) -> Iterator[int]:
    """The port on which uvicorn serves an ASGI application, in a thread."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="critical", http="h11", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert server.started
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(PATIENCE)


@pytest.fixture
def serve() -> Iterator[Callable[[Any], int]]:
    """A function that serves an ASGI application until the test is over and returns its port."""
    with ExitStack() as stack:
        yield lambda application: stack.enter_context(running(application))


@pytest.fixture(scope="module")
def serve_for_module() -> Iterator[Callable[[Any], int]]:
    """As `serve`, until the last test of the module is over."""
    with ExitStack() as stack:
        yield lambda application: stack.enter_context(running(application))


@pytest.fixture
def connect() -> Iterator[Callable[[int], socket.socket]]:
    """A function that opens a connection to a port; it is closed when the test is over."""
    with ExitStack() as stack:

        def open_connection(port: int) -> socket.socket:
            connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            return stack.enter_context(connection)

        yield open_connection


@pytest.fixture
def exchange(connect: Callable[[int], socket.socket]) -> Callable[[int, bytes], bytes]:
    """A function that sends bytes to a port and returns all that is answered until the connection is closed."""

    def send_and_receive(port: int, request: bytes) -> bytes:
        connection = connect(port)
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))

    return send_and_receive


@pytest.fixture
def call() -> Callable[..., tuple[int, dict[str, str], bytes]]:
    """A function that calls an ASGI application in this thread and context: status, headers and body."""

    def call_application(application: Any, path: str = "/", **changes: Any) -> tuple[int, dict[str, str], bytes]:
        body: bytes = changes.pop("body", b"")
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 80),
            **changes,
        }
        sent: list[Any] = []
        incoming = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            if incoming:
                return incoming.pop()
            return await asyncio.get_running_loop().create_future()

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(application(scope, receive, send))
        start, *pieces = sent
        headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return start["status"], headers, b"".join(piece["body"] for piece in pieces)

    return call_application


@pytest.fixture(scope="session")
def nginx() -> str:
    """The path of an nginx, installed where that is possible; the test is skipped where it is not."""
    found = shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "nginx-light", "nginx"], capture_output=True, check=False)
        found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if found is None:
        pytest.skip("there is no nginx here, and it cannot be installed")
    return found
