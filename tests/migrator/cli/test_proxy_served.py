"""The whole of it: Flask and FastAPI in processes of their own, a real proxy before them, promotions while it runs."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from proxy.engines import ENGINES, load

from ...programs import installed, search_path

PATIENCE = 30


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, no two the same: all are taken before the first is let go."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def start(stack: ExitStack, command: list[str], folder: Path, port: int) -> None:
    """Run a server until the test is over; return once it listens."""
    log = stack.enter_context((folder / f"{port}.log").open("wb"))
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)

    def end() -> None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(end)
    for _ in range(PATIENCE * 20):
        assert process.poll() is None, (folder / f"{port}.log").read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"{command[0]} does not listen")


def ask(port: int, method: str, target: str, body: bytes = b"") -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, target, body or None, {"Content-Type": "application/json", "Host": "shop.example"})
    response = connection.getresponse()
    answer = (response.status, response.headers["Content-Type"], response.read())
    connection.close()
    return answer


ASKED = [
    ("GET", "/"),
    ("GET", "/orders/"),
    ("GET", "/orders/7"),
    ("GET", "/orders/x"),
    ("GET", "/orders"),
    ("HEAD", "/"),
]
ASKED += [
    ("POST", "/orders/"),
    ("PUT", "/orders/"),
    ("OPTIONS", "/orders/"),
    ("GET", "/nowhere"),
    ("GET", "/orders//7"),
]
ASKED += [("GET", "/orders/%37"), ("GET", "/orders/../orders/7"), ("GET", "//orders/7"), ("GET", "/ORDERS/7")]


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_stay_what_flask_answers_at_every_stage(engine, run, project, stack, monkeypatch):
    program = installed(engine)
    monkeypatch.setenv("PATH", search_path())
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    flask, fastapi, port = free_ports(3)
    server = [sys.executable, "-m", "flask", "--app", "app", "run", "--port", str(flask)]
    start(stack, server, project, flask)
    server = [sys.executable, "-m", "uvicorn", "fastapi_app.main:app", "--port", str(fastapi)]
    start(stack, server, project, fastapi)
    expected = [ask(flask, *one) for one in ASKED]
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)
    options = ["-o", str(folder), "--listen", f"127.0.0.1:{port}"]
    options += ["--flask", f"127.0.0.1:{flask}", "--fastapi", f"127.0.0.1:{fastapi}"]
    assert run("proxy", "--engine", engine, *options).exit_code == 0
    start(stack, [program, *load(engine).foreground(folder)[1:]], folder, port)
    for _ in range(PATIENCE * 20):  # Traefik listens before it has read its rules
        if ask(port, *ASKED[0]) == expected[0]:
            break
        time.sleep(0.05)
    assert [ask(port, *one) for one in ASKED] == expected
    assert b" 200" not in (project / f"{fastapi}.log").read_bytes()
    routes = json.loads(run("status", "--format", "json").stdout)["routes"]
    native = sorted({route["endpoint"] for route in routes if route["runtime"] == "native"})
    assert native
    for number in range(1, len(native) + 1):
        assert run("promote", *native[:number], "--unverified").exit_code == 0
        result = run("proxy", "--engine", engine, *options, "--reload")
        assert result.exit_code == 0, result.stderr
        assert [ask(port, *one) for one in ASKED] == expected
    for _ in range(PATIENCE * 20):  # an engine that watches its file, or starts new workers, needs a moment
        assert [ask(port, *one) for one in ASKED] == expected
        if b" 200" in (project / f"{fastapi}.log").read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("FastAPI has not been asked")
