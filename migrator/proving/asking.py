"""Runs a proxy between two servers that only tell which side they are, and asks it where requests go."""

import asyncio
import contextlib
import re
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from migrator.errors import MigrateError
from migrator.programs import find_program
from migrator.proxying import write
from proxy.engines import Engine
from proxy.model import RouteTable, Side, Upstream
from proxy.probes import Probe

PATIENCE = 30
"""Seconds in which a proxy must listen, and answer a request."""

CONNECTIONS = 8
SIDE = re.compile(rb"\r\nx-side: (\w+)\r\n", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)

Alter = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Running:
    """A proxy to be asked: its name, what renders and runs it; `alter` changes the text of a file of this name."""

    name: str
    engine: Engine
    alter: Alter = lambda name, text: text


def ask(proxy: Running, table: RouteTable, probes: Sequence[Probe]) -> list[str]:
    """What takes each request: `flask`, `fastapi`, or `refused` with the proxy's status.

    Raises MigrateError when the proxy is not installed here, does not take its configuration, or does not run.
    """
    return asyncio.run(_ask(proxy, table, probes))


async def _ask(proxy: Running, table: RouteTable, probes: Sequence[Probe]) -> list[str]:
    async with AsyncExitStack() as stack:
        sides: tuple[Side, ...] = ("flask", "fastapi")
        upstreams = [Upstream(side, (f"127.0.0.1:{await echo(stack, side)}",)) for side in sides]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="migrate-prove-")))
        folder.chmod(0o755)
        port = free_port()
        files = proxy.engine.render(replace(table, upstreams=tuple(upstreams), listen=f"127.0.0.1:{port}"))
        write(folder, {name: proxy.alter(name, text) for name, text in files.items()})
        await start(stack, proxy, folder, port)
        remaining = iter(enumerate(probes))
        answers = [""] * len(probes)
        await asyncio.gather(*(ask_in_turn(port, remaining, answers) for _ in range(CONNECTIONS)))
        return answers


class Echo(asyncio.Protocol):
    """Answers every request, none of which has a body, with the side that it has reached."""

    def __init__(self, side: Side) -> None:
        self._answer = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Side: {side}\r\n\r\n".encode()
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole head."""
        *heads, self._received = (self._received + data).split(b"\r\n\r\n")
        for _ in heads:
            cast(asyncio.Transport, self._transport).write(self._answer)


async def echo(stack: AsyncExitStack, side: Side) -> int:
    """Serve one side until the stack is closed, and return the port."""
    server = await asyncio.get_running_loop().create_server(lambda: Echo(side), "127.0.0.1", 0)
    stack.callback(server.close)
    port: int = server.sockets[0].getsockname()[1]
    return port


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start(stack: AsyncExitStack, proxy: Running, folder: Path, port: int) -> None:
    """Run the proxy until the stack is closed; return once it passes requests on, which may be after it listens."""
    command = proxy.engine.foreground(folder)
    executable = find_program(command[0])
    if executable is None:
        raise MigrateError(f"{command[0]} is not installed here: it cannot be asked")
    log = stack.enter_context((folder / "proof.log").open("wb"))
    process = subprocess.Popen([executable, *command[1:]], cwd=folder, stdout=log, stderr=log)
    stack.callback(end, process)
    for _ in range(PATIENCE * 50):
        if process.poll() is not None:
            text = (folder / "proof.log").read_text("utf-8", "replace")
            raise MigrateError(f"{proxy.name} does not run with the configuration that was made for it", text[-4000:])
        answers = [""]
        with contextlib.suppress(ConnectionError):
            await ask_in_turn(port, iter([(0, Probe("GET", "localhost", "/"))]), answers)
        if answers[0] in ("flask", "fastapi"):
            return
        await asyncio.sleep(0.02)
    raise MigrateError(f"{proxy.name} serves nothing at port {port} after {PATIENCE} s")


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process, if need be by force."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def ask_in_turn(port: int, remaining: Iterable[tuple[int, Probe]], answers: list[str]) -> None:
    """Ask over one connection, or a new one where the proxy has closed it, whatever is asked next."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for number, probe in remaining:
        for attempt in (1, 2):
            is_new = connection is None
            reader, writer = connection = connection or await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
            try:
                writer.write(request(probe))
                answers[number], is_open = await asyncio.wait_for(response(reader, probe.method), PATIENCE)
            except (ConnectionError, asyncio.IncompleteReadError):
                answers[number], is_open = "refused without an answer", False
            if not is_open:
                writer.close()
                connection = None
            # A proxy may have closed a connection that nothing was asked over for a while.
            if is_open or is_new or attempt == 2 or answers[number] != "refused without an answer":
                break
    if connection is not None:
        connection[1].close()


def request(probe: Probe) -> bytes:
    """The request as it is sent."""
    length = "Content-Length: 0\r\n" if probe.method in ("POST", "PUT", "PATCH") else ""
    return f"{probe.method} {probe.target} HTTP/1.1\r\nHost: {probe.host}\r\n{length}\r\n".encode("latin-1")


async def response(reader: asyncio.StreamReader, method: str) -> tuple[str, bool]:
    """Who has answered, and whether the connection is still of use."""
    head = await reader.readuntil(b"\r\n\r\n")
    side, length = SIDE.search(head), LENGTH.search(head)
    if length and method != "HEAD":
        await reader.readexactly(int(length[1]))
    is_open = side is not None and length is not None and b"\r\nconnection: close" not in head.lower()
    return (side[1].decode() if side else f"refused with {head.split()[1].decode()}"), is_open
