"""What clients talk to: the gateway, or a real proxy before both sides; kept alive, as a process manager does."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from migrator import proxying
from migrator.manifest.store import load as load_manifest
from migrator.programs import find_program
from migrator.project import load_project
from migrator.promotion import promote, rollback
from migrator.routing import route_table
from migrator.serving import Kept, Server, free_port
from migrator.settings import read_settings
from proxy.engines import ENGINES, load
from scripts.bench.ratio import migrate
from scripts.bench.servers import SITE
from scripts.load.clients import Asked, ask, orders

PATIENCE = 60
"""Seconds after which what should happen is taken to never happen."""

ENDPOINTS = ["show_item", "post_order"]
ITEM = Asked("GET", "/items/7", b'{"id":7,"name":"kettle","price":1999}\n')
GATEWAY = ["-m", "uvicorn", "--no-access-log", "--log-level", "critical", "--workers", "2"]
FLASK = ["-m", "gunicorn", "-k", "gthread", "--threads", "10", "--log-level", "critical"]


class LoadError(Exception):
    """Something did not happen that a trial needs."""


def until(condition: Callable[[], bool], what: str) -> None:
    """Return once a condition holds. Raises LoadError when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise LoadError(f"{what}: not within {PATIENCE} seconds")
        time.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Front:
    """Where clients ask; `kept` are its processes by name, `move` promotes some endpoints and rolls back the others."""

    name: str
    port: int
    site: Path
    kept: Mapping[str, Kept]
    move: Callable[[Sequence[str]], None]

    def side(self, asked: Asked) -> str | None:
        """Who answers a client that comes now; None where nobody does, or not as is expected."""
        try:
            status, side, body = ask(self.port, asked)
        except OSError:
            return None
        return (side or "flask") if (status, body) == (200, asked.body) else None

    def settle(self, items: str, ordered: str) -> None:
        """Return once items and orders are served by these sides. Raises LoadError when they never are."""
        trial = orders("trial")
        until(
            lambda: (self.side(ITEM), self.side(next(trial))) == (items, ordered),
            f"{self.name}: items are served by {items}, orders by {ordered}",
        )


def migrated(folder: Path, *, apart: bool = False) -> Path:
    """A fresh copy of the site with two routes on FastAPI; `apart`: for Flask in a process of its own."""
    site = folder / "site"
    shutil.copytree(SITE, site)
    migrate_site(site, "init", "--app", "shopfront:app")
    if apart:
        settings = site / "pyproject.toml"
        settings.write_text(settings.read_text() + "apart = true\n")
    migrate_site(site, "apply", *ENDPOINTS)
    promote(site, ENDPOINTS, unverified=True)
    return site


def migrate_site(site: Path, *command: str) -> None:
    """A command of the tool. Raises LoadError when it fails."""
    done = subprocess.run(migrate(*command), cwd=site, check=False, capture_output=True, text=True)
    if done.returncode:
        raise LoadError(f"migrate {' '.join(command)}: {done.stderr}")


@contextmanager
def keeping(name: str, command: list[str], folder: Path, **environment: str) -> Iterator[Kept]:
    """A process that is started again whenever it ends, with all that it has started."""
    server = Server(name, command, folder, {**os.environ, **environment})
    kept, is_over = Kept(server, lambda text: None), threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            kept.look()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield kept
    finally:
        is_over.set()
        watcher.join()
        kept.end()


def python(*command: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *command]


def posted(site: Path) -> dict[str, str]:
    """What every process of the site's application needs: where the orders are noted."""
    return {"BENCH_POSTED": str(site / "posted.txt"), "BENCH_RULES": "0"}


@contextmanager
def gateway(folder: Path) -> Iterator[Front]:
    """The gateway with two workers, Flask in their processes."""
    site, port = migrated(folder), free_port()
    command = python(*GATEWAY, "--port", str(port), "fastapi_app.asgi:app")
    observed = {"MIGRATE_SERVED_BY": "1", "MIGRATE_TRAFFIC": str(site / "traffic.sqlite")}
    with keeping("gateway", command, site, **observed, **posted(site)) as kept:
        yield Front("gateway", port, site, {"gateway": kept}, partial(move, site))


@contextmanager
def gateway_apart(folder: Path) -> Iterator[Front]:
    """The gateway with two workers, Flask served by gunicorn."""
    site, port, flask = migrated(folder, apart=True), free_port(), free_port()
    command = python(*GATEWAY, "--port", str(port), "fastapi_app.asgi:app")
    told = {"MIGRATE_SERVED_BY": "1", "MIGRATE_FLASK": f"127.0.0.1:{flask}", **posted(site)}
    with ExitStack() as stack:
        keep = {
            "flask": stack.enter_context(keeping("flask", flask_command(flask), site, **posted(site))),
            "gateway": stack.enter_context(keeping("gateway", command, site, **told)),
        }
        yield Front("gateway-apart", port, site, keep, partial(move, site))


def flask_command(port: int) -> list[str]:
    """Flask's own server."""
    return python(*FLASK, "--bind", f"127.0.0.1:{port}", "shopfront:app")


def move(site: Path, promoted: Sequence[str]) -> None:
    """Promote some of the endpoints that the clients ask, and roll back the others."""
    if promoted:
        promote(site, promoted, unverified=True)
    if others := [name for name in ENDPOINTS if name not in promoted]:
        rollback(site, others, reason="load")


@contextmanager
def engine(name: str, folder: Path) -> Iterator[Front]:
    """A real proxy before gunicorn with Flask and uvicorn with FastAPI, as `migrate proxy` writes and reloads it."""
    site, chosen = migrated(folder, apart=True), load(name)
    files = folder / name
    files.mkdir()
    port, flask, fastapi = free_port(), free_port(), free_port()
    settings = read_settings(site)
    assert settings is not None
    project = load_project(site, settings).project

    def rendered() -> dict[str, str]:
        sides = f"127.0.0.1:{flask}", f"127.0.0.1:{fastapi}"
        return chosen.render(route_table(site, project, load_manifest(site), *sides, f"127.0.0.1:{port}"))

    def take(promoted: Sequence[str]) -> None:
        before = proxying.read(files, rendered())
        move(site, promoted)
        after = rendered()
        proxying.write(files, after)
        proxying.replace(name, chosen, files, before, after)

    proxying.write(files, rendered())
    program, *arguments = chosen.foreground(files)
    path = find_program(program)
    assert path is not None
    server = python(*GATEWAY, "--port", str(fastapi), "--header", "X-Served-By:fastapi", "fastapi_app.main:app")
    with ExitStack() as stack:
        keep = {
            "flask": stack.enter_context(keeping("flask", flask_command(flask), site, **posted(site))),
            "fastapi": stack.enter_context(keeping("fastapi", server, site, **posted(site))),
            "proxy": stack.enter_context(quiet(name, [path, *arguments], files)),
        }
        yield Front(name, port, site, keep, take)


@contextmanager
def quiet(name: str, command: list[str], folder: Path) -> Iterator[Kept]:
    """As `keeping`, with what it prints in a file."""
    redirected = ["sh", "-c", 'exec "$@" >>log 2>&1', "sh", *command]
    with keeping(name, redirected, folder) as kept:
        yield kept


def fronts() -> dict[str, Callable[[Path], AbstractContextManager[Front]]]:
    """Each front that can be run here by its name, and how."""
    found: dict[str, Callable[[Path], AbstractContextManager[Front]]] = {
        "gateway": gateway,
        "gateway-apart": gateway_apart,
    }
    for name in ENGINES:
        if find_program(load(name).foreground(Path())[0]) is not None:
            found[name] = partial(engine, name)
    return found
