"""Real servers for the tests of the proxy: uvicorn in a thread, and raw sockets."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule
from werkzeug.routing.converters import DEFAULT_CONVERTERS
from werkzeug.routing.rules import parse_converter_args

from proxy.model import ANY_METHOD, RouteTable, Rule, Upstream, Variable

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


@pytest.fixture(name="wait_until", scope="session")
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


def ranked(url_map: Map) -> list[WerkzeugRule]:
    """The rules of a URL map in the order in which Werkzeug's matcher tries them, literals by their text."""
    url_map.update()
    found: list[WerkzeugRule] = []

    def visit(state: Any) -> None:
        found.extend(state.rules)
        for text in sorted(state.static):
            visit(state.static[text])
        for _, following in state.dynamic:
            visit(following)

    visit(url_map._matcher._root)
    return found


def table_of(url_map: Map, promoted: Callable[[str], bool] = lambda key: True, **changes: Any) -> RouteTable:
    """The route table of a URL map, with the routes on FastAPI whose keys are `promoted`."""
    rules = []
    for rank, rule in enumerate(ranked(url_map)):
        others = [other for other in url_map.iter_rules(rule.endpoint) if other is not rule]
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) if rule.methods else [ANY_METHOD]:
            one = Rule(
                method,
                rule.rule,
                rule.endpoint,
                tuple(variables(rule)),
                host=rule.host,
                rank=rank,
                always_legacy=bool(rule.redirect_to or rule.alias or any(other.defaults for other in others)),
            )
            rules.append(replace(one, side="fastapi" if promoted(one.key) else "flask"))
    upstreams = changes.pop("upstreams", [Upstream("flask", ("127.0.0.1:1",)), Upstream("fastapi", ("127.0.0.1:2",))])
    return RouteTable.of(upstreams, rules, **changes)


def variables(rule: WerkzeugRule) -> Iterator[Variable]:
    """The variables of a rule's path."""
    for match in re.finditer(r"<(?:(\w+)(?:\((.*?)\))?:)?(\w+)>", rule.rule):
        converter, text, name = match.groups()
        values, named = parse_converter_args(text or "")
        arguments = (*((str(position), value) for position, value in enumerate(values)), *named.items())
        is_builtin = rule.map.converters.get(converter or "default") is DEFAULT_CONVERTERS.get(converter or "default")
        yield Variable(name, converter or "default", arguments, is_builtin)


@pytest.fixture(name="table_of", scope="session")
def table_of_fixture() -> Callable[..., RouteTable]:
    """`table_of`, for tests."""
    return table_of
