"""`migrate run`: refused before anything starts when it cannot work, and a real server when it can."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from migrator.cli.run import check_interpreter, check_port
from migrator.errors import MigrateError
from migrator.interpreter import NEEDED, Interpreter


@pytest.fixture
def applied(run, project):
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    return project


def test_before_apply_there_is_nothing_to_serve(run, project):
    run("init", "--app", "app:app")
    result = run("run")
    assert result.exit_code == 2
    assert "`migrate apply` writes it" in result.stderr


def test_a_port_in_use(run, applied):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = run("run", "--port", str(port))
    assert result.exit_code == 2
    assert (
        f"port {port} on 127.0.0.1 cannot be used: address already in use; choose another with --port" in result.stderr
    )


def test_a_host_that_is_none():
    with pytest.raises(MigrateError, match="--host no-such-host"):
        check_port("no-such-host.invalid", 8000)


def test_a_port_that_is_free():
    check_port("127.0.0.1", 0)


def test_an_environment_without_fastapi():
    without = Interpreter(sys.executable, "settings", "3.11.2", {"flask": "3.1"})
    with pytest.raises(MigrateError, match="fastapi, uvicorn, python-multipart, itsdangerous not installed beside"):
        check_interpreter(without)


def test_an_old_interpreter():
    old = Interpreter(sys.executable, "settings", "3.9.1", dict.fromkeys(NEEDED, "1"))
    with pytest.raises(
        MigrateError,
        match=r"is Python 3\.9\.1: FastAPI needs 3\.11; name a newer one with FastAPI under gateway-python",
    ):
        check_interpreter(old)


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.headers["X-Served-By"], response.read()


@contextmanager
def running(project, *options):
    """`migrate run` as a process, once its gateway listens: the process, and the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "migrator", "run", "--port", str(port), "--no-reload", *options],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if re.search("Uvicorn running", line):
                break
        else:
            pytest.fail("".join(printed))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield process, port
        process.terminate()
        assert process.wait(timeout=60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_both_sides_behind_one_port_and_a_promotion_without_restart(run, applied):
    with running(applied) as (_, port):
        assert get(port, "/orders/3") == (200, "flask", b'{"id":3}\n')
        run("promote", "orders.show", "--unverified")
        eventually(lambda: get(port, "/orders/3") == (200, "fastapi", b'{"id":3}\n'))
        assert get(port, "/")[1] == "flask"
        eventually(lambda: "GET /orders/<int:order_id>" in run("watch", "--once").stdout)
        run("rollback", "orders.show")
        eventually(lambda: get(port, "/orders/3") == (200, "flask", b'{"id":3}\n'))


@pytest.fixture
def apart(run, project):
    """A project whose Flask runs in a process of its own, with a view that tells which."""
    (project / "app.py").write_text((project / "app.py").read_text() + PROCESS)
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text() + "apart = true\n")
    assert run("-q", "apply", "--all").exit_code == 0
    return project


PROCESS = """

@app.get("/process")
def process():
    import os

    return str(os.getpid())
"""


def test_flask_in_a_process_of_its_own_is_started_again_when_it_ends(run, apart):
    assert "from app import" not in (apart / "fastapi_app" / "asgi.py").read_text()
    run("rollback", "--all")
    with running(apart) as (gateway, port):
        eventually(lambda: get(port, "/orders/3") == (200, "flask", b'{"id":3}\n'))
        first = int(get(port, "/process")[2])
        assert first != gateway.pid
        run("promote", "orders.show", "--unverified")
        eventually(lambda: get(port, "/orders/3") == (200, "fastapi", b'{"id":3}\n'))
        os.kill(first, signal.SIGKILL)
        assert get(port, "/orders/3") == (200, "fastapi", b'{"id":3}\n')
        eventually(lambda: get(port, "/process")[0] == 200)
        assert int(get(port, "/process")[2]) != first


GUNICORN = """
import os

bind = "127.0.0.1:1"
workers = 3
daemon = True
certfile = keyfile = "none.pem"
accesslog = errorlog = "/nowhere/at/all.log"
raw_env = ["SHOP=from the file"]


def post_worker_init(worker):
    os.environ["HOOK"] = "ran"
"""
TOLD = """

@app.get("/told")
def told():
    import os

    return f"{os.environ.get('SHOP')}, {os.environ.get('HOOK')}"
"""


def test_what_gunicorn_is_told_for_production(run, apart, monkeypatch):
    (apart / "gunicorn.conf.py").write_text(GUNICORN)
    (apart / "app.py").write_text((apart / "app.py").read_text() + TOLD)
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--bind 127.0.0.1:2 --daemon")
    run("rollback", "--all")
    with running(apart) as (_, port):
        eventually(lambda: get(port, "/told") == (200, "flask", b"from the file, ran"))


def test_a_target_that_was_written_for_the_other_way(run, apart):
    settings = apart / "pyproject.toml"
    settings.write_text(settings.read_text().replace("apart = true\n", ""))
    result = run("run")
    assert result.exit_code == 2
    assert "was not written for Flask in the gateway's process: `migrate apply --all` writes it again" in result.stderr


def eventually(claim):
    deadline = time.monotonic() + 60
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.05)
