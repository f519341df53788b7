"""How all tests search for examples: as far as they must, however slow the machine is. And a server of PostgreSQL."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from .programs import installed

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PATIENCE = 60


def pytest_configure() -> None:
    """A folder for the temporary ones of this checkout: pytest closes its own to other users whenever it starts, and
    the workers of a proxy that another run has started are such users."""
    checkout = hashlib.sha256(bytes(Path(__file__).resolve())).hexdigest()[:4]
    folder = Path(tempfile.gettempdir(), f"t{checkout}")  # short, as the path of a socket has to be
    folder.mkdir(exist_ok=True)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A server of PostgreSQL on a socket in a folder of its own; the folder."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = Path(installed("postgres")).resolve().parent
    # The server refuses to run as root, and nobody else could look into a folder of pytest's.
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        if user:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        made = [programs / "initdb", "--auth=trust", "--username=postgres", "--no-sync", "--pgdata", data]
        subprocess.run([*map(str, made)], cwd=folder, capture_output=True, check=True, **user)
        options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off"}
        command = [str(programs / "postgres"), "-D", data, *(f"--{name}={value}" for name, value in options.items())]
        server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, **user)
        try:
            moment = threading.Event()
            for _ in range(PATIENCE * 20):
                try:
                    psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
                    break
                except psycopg.OperationalError:
                    assert server.poll() is None
                    moment.wait(0.05)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)  # at once, where SIGTERM waits for every connection
            server.wait(PATIENCE)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A function that makes a database on a server, and tells its address."""
    numbers = count()
    with postgresql_server() as folder:

        def make() -> str:
            import psycopg

            name = f"shop{next(numbers)}"
            with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return f"postgresql://postgres:secret@/{name}?host={folder}"

        yield make


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def traffic_store(request: Any, tmp_path: Path) -> str:
    """Where gateways may write down what they count: a file, or a database's address."""
    if request.param == "SQLite":
        return str(tmp_path / "traffic.sqlite")
    return str(request.getfixturevalue("postgresql")())
