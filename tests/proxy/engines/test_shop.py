"""The example shop behind every engine at several stages of its migration: its clients get Flask's answers throughout.

Flask and FastAPI are processes of their own, as in production: gunicorn with the shop, and the gateway, in which the
routes run that need the shop's application context. Which side has answered is what the manifest says.
"""

import http.client
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from migrator.manifest.lock import locked
from migrator.manifest.store import load as load_manifest
from migrator.project import Choices, Loaded, load_project
from migrator.promotion import promote, rollback
from migrator.routing import route_table
from migrator.settings import read_settings
from migrator.verify.comparison import compare
from migrator.verify.exchanges import Exchange
from migrator.verify.noise import Noise, learn
from proxy.decide import Decider
from proxy.engines import ENGINES
from proxy.model import RouteTable
from proxy.probes import Probe

from .conftest import Proxy, free_port
from .shop_requests import HOST, PATIENCE, REQUESTS, exchanges

EXAMPLE = Path(__file__).parents[3] / "examples" / "shop"
DATABASE = Path("instance") / "shop.sqlite3"
SECRET = "a secret of the tests"
TOLD = ("/healthz", "/api/v1/catalogue/tags")
"""Paths whose sides tell, together, that a stage has been taken."""

ATTEMPTS = 5
CLOCK = '''"""Time stands still, so that answers can be compared."""

from datetime import datetime


def utcnow():
    """The same moment whenever it is asked for."""
    return datetime(2024, 5, 17, 9, 30)


def monotonic():
    """No time passes."""
    return 100.0
'''

WaitUntil = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """How far the migration is: what is moved to get there, and the least share of the requests on FastAPI then."""

    name: str
    move: Callable[[Path], Any]
    share: float


STAGES = [
    Stage("nothing", lambda root: rollback(root, [], everything=True), 0),
    Stage("some", lambda root: promote(root, ["health", "files", "pages"], unverified=True), 0.3),
    Stage("all", lambda root: promote(root, [], everything=True, unverified=True), 0.7),
    Stage("after a rollback", lambda root: rollback(root, ["files", "catalogue"]), 0.3),
]


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with people and goods, and all of it converted: once, however many processes run the tests."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / "converted-shop"
    with locked(base / "converted-shop.lock", patience=300):
        if not folder.exists():
            convert(base / "shop-to-convert")
            (base / "shop-to-convert").rename(folder)
    return folder


def convert(folder: Path) -> None:
    """A copy of the shop, seeded and converted; hashing passwords takes no time there, and no time passes.

    Uploads are refused as soon as they are too large to be sent in one piece: of a longer one a proxy may not see the
    answer, since gunicorn closes the connection without reading it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("instance", "tests", "__pycache__", ".*_cache"))
    (folder / "shop" / "helpers" / "clock.py").write_text(CLOCK)
    config = folder / "shop" / "config.py"
    config.write_text(config.read_text().replace("sha256:600000", "sha256:10").replace("2 * 1024 * 1024", "4096"))
    migrate = [sys.executable, "-m", "migrator", "--quiet"]
    for command in (
        [sys.executable, "-m", "flask", "--app", "wsgi", "seed"],
        [*migrate, "init", "--app", "wsgi:app"],
        [*migrate, "apply", "--all"],
    ):
        done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def environment(**more: str) -> dict[str, str]:
    """What the shop's processes get: nothing that names another application or interpreter."""
    foreign = ("VIRTUAL_ENV", "FLASK_", "SHOP_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**own, "SHOP_SECRET_KEY": SECRET, **more}


@contextmanager
def process(folder: Path, *command: str, **more: str) -> Iterator[int]:
    """The port of a server of Python's that runs meanwhile; `{port}` in its command stands for that."""
    port = free_port()
    arguments = [sys.executable, "-m", *(part.replace("{port}", str(port)) for part in command)]
    log = folder / f"{command[0]}.log"
    with log.open("wb") as file:
        server = subprocess.Popen(arguments, cwd=folder, env=environment(**more), stdout=file, stderr=file)
    try:
        while not is_listening(port):
            assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def is_listening(port: int) -> bool:
    """Whether somebody listens at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Shop:
    """The shop's two servers, and what Flask alone answers to its clients."""

    def __init__(self, root: Path, flask: int, gateway: int) -> None:
        self.root, self.flask, self.gateway = root, flask, gateway
        self.before = root / "before.sqlite3"
        shutil.copy(root / DATABASE, self.before)
        settings = read_settings(root)
        assert settings is not None
        self.loaded: Loaded = load_project(root, settings, Choices(python=sys.executable))
        self.expected = self.ask(flask)
        second = int(time.time())
        while int(time.time()) == second:  # so that whatever has the time in it differs from the first time
            time.sleep(0.01)
        self.noise: list[Noise] = [learn(*both) for both in zip(self.expected, self.ask(flask), strict=True)]

    def ask(self, port: int) -> list[Exchange]:
        """What a server answers to all that clients ask, beginning with the same data."""
        with closing(sqlite3.connect(self.before)) as before, closing(sqlite3.connect(self.root / DATABASE)) as now:
            before.backup(now)
        return list(exchanges(port, SECRET))

    def table(self, listen: str) -> RouteTable:
        """What a proxy has to know, as the manifest says now."""
        sides = f"127.0.0.1:{self.flask}", f"127.0.0.1:{self.gateway}"
        return route_table(self.root, self.loaded.project, load_manifest(self.root), *sides, listen)

    def differences(self, answers: list[Exchange]) -> list[str]:
        """Where answers are not Flask's."""
        compared = zip(self.expected, answers, self.noise, strict=True)
        return [f"{want.request}: {one}" for want, got, noise in compared for one in compare(want, got, noise)]


@pytest.fixture(scope="module")
def shop(converted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A copy of the converted shop that runs."""
    root = tmp_path_factory.mktemp("shop") / "shop"
    shutil.copytree(converted, root)
    rollback(root, [], everything=True)
    gunicorn = ["gunicorn", "-k", "gthread", "--threads", "4", "-b", "127.0.0.1:{port}", "wsgi:app"]
    uvicorn = ["uvicorn", "fastapi_app.asgi:app", "--port", "{port}"]
    with ExitStack() as stack:
        flask = stack.enter_context(process(root, *gunicorn))
        gateway = stack.enter_context(process(root, *uvicorn, MIGRATE_SERVED_BY="1"))
        yield Shop(root, flask, gateway)


def side(answer: Exchange) -> str:
    """Who has answered; Flask within the gateway's process, too, says that it has."""
    return answer.served_by or "flask's own process"


def owners(table: RouteTable, answers: list[Exchange], flask: str, decider: Decider) -> list[set[str]]:
    """Who may answer each request: its rule's side, by Werkzeug's own matching, or Flask where a path is not plain."""
    adapter = Map([WerkzeugRule(one.rule, endpoint=one, methods=[one.method]) for one in table.rules]).bind(HOST)
    found = []
    for one in answers:
        try:
            rule, _ = adapter.match(unquote(one.target.partition("?")[0]), one.method)
        except HTTPException:
            found.append({flask})
            continue
        is_plain = decider.rule(Probe(one.method, HOST, one.target)) is rule
        found.append({rule.side.replace("flask", flask)} | (set() if is_plain else {flask}))
    return found


def test_the_shop_answers_as_flask_does(shop: Shop):
    """What all else here rests on: there is something to compare, and nothing in it is left to chance."""
    statuses = {one.status for one in shop.expected}
    assert {200, 201, 204, 206, 301, 302, 303, 304, 308, 400, 401, 402, 403, 404, 405, 413, 415, 416, 422} <= statuses
    assert [one.request for one, noise in zip(shop.expected, shop.noise, strict=True) if noise.is_unstable] == []
    assert len(REQUESTS) > 100


def test_every_stage_on_the_gateway(shop: Shop, wait_until: WaitUntil):
    for stage in STAGES:
        stage.move(shop.root)
        table = shop.table("127.0.0.1:1")
        settle(shop.gateway, table, wait_until)
        check(shop, stage, shop.gateway, table, "flask", Decider(table))


@pytest.mark.parametrize("name", ENGINES)
def test_every_stage_behind_an_engine(
    name: str, shop: Shop, tmp_path: Path, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
):
    proxy = Proxy(name, tmp_path, wait_until)
    try:
        for stage in STAGES:
            stage.move(shop.root)
            table = shop.table(proxy.listen)
            if proxy.process is None:
                proxy.write(table)
                proxy.run()
                wait_until(lambda: proxy.is_listening() and is_healthy(proxy.port))
            else:
                proxy.promote(table, monkeypatch)
            settle(proxy.port, table, wait_until)
            check(shop, stage, proxy.port, table, "flask's own process", Decider(table, proxy.engine.DECODES))
    finally:
        proxy.stop()


def settle(port: int, table: RouteTable, wait_until: WaitUntil) -> None:
    """Return once the gateway and whatever is before it have taken the table."""
    promoted = {one.rule for one in table.rules if one.is_promoted}

    def is_taken() -> bool:
        return all((served_by(port, path) == "fastapi") is (path in promoted) for path in TOLD)

    wait_until(is_taken)


def is_healthy(port: int) -> bool:
    """Whether the shop is reached: Traefik listens before it has read its rules."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK


def served_by(port: int, path: str) -> str | None:
    """Who answers a request without anything."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", path)
        return connection.getresponse().headers.get("X-Served-By")


def check(shop: Shop, stage: Stage, port: int, table: RouteTable, flask: str, decider: Decider) -> None:
    """At no moment is an answer another than Flask's; soon each comes from the side that the manifest says."""
    for _ in range(ATTEMPTS):
        answers = shop.ask(port)
        assert shop.differences(answers) == [], stage.name
        wanted = owners(table, answers, flask, decider)
        pairs = list(zip(answers, wanted, strict=True))
        wrong = [f"{one.request}: {side(one)}" for one, allowed in pairs if side(one) not in allowed]
        if not wrong:
            break
    assert wrong == [], stage.name
    assert (sum(side(one) == "fastapi" for one in answers) > len(answers) * stage.share) or not stage.share, stage.name
