"""`make load`: promotions under load, processes that are killed, and bodies larger than memory. Exit 1 on a failure.

`python -m scripts.load switching` runs some of it. Nothing here is measured in seconds: what counts is that no request
is lost, none is done twice, and memory stays bounded.
"""

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from migrator.promotion import promote, rollback
from scripts.bench.ratio import migrate
from scripts.bench.servers import SITE, UVICORN, Server, serving
from scripts.load.clients import Asked, Outcome, clients, download, upload

CONNECTIONS = 50
MOVES = 200
GIGABYTE = 1 << 30
MEGABYTES_ALLOWED = 100
GATEWAY = [*UVICORN, "fastapi_app.asgi:app"]
ITEM = b'{"id":7,"name":"kettle","price":1999}\n'


def migrated(folder: Path, *, apart: bool = False) -> Path:
    """A fresh copy of the site, with one route on FastAPI; `apart`: with Flask in a process of its own."""
    site = folder / "site"
    shutil.copytree(SITE, site)
    run(site, "init", "--app", "shopfront:app")
    if apart:
        settings = site / "pyproject.toml"
        settings.write_text(settings.read_text() + "apart = true\n")
    run(site, "apply", "show_item")
    run(site, "promote", "show_item", "--unverified")
    return site


def run(site: Path, *command: str) -> None:
    """A command of the tool."""
    subprocess.run(migrate(*command), cwd=site, check=True, capture_output=True)


def said(name: str, outcome: Outcome, problems: list[str]) -> bool:
    """Print what came of it; whether all is well."""
    answers = ", ".join(f"{count} × {status} {side}" for (status, side), count in sorted(outcome.answers.items()))
    print(f"{'ok    ' if not problems else 'FAILED'} {name}: {outcome.total} requests ({answers})", flush=True)
    for problem in problems:
        print(f"       {problem}", flush=True)
    return not problems


def switching(folder: Path) -> bool:
    """200 promotions and rollbacks under 50 connections: every request is answered, rightly, by both sides in turn."""
    site = migrated(folder)
    environment = {"MIGRATE_SERVED_BY": "1", "MIGRATE_TRAFFIC": str(site / "traffic.sqlite")}

    async def work(server: Server) -> Outcome:
        async with clients(server.port, CONNECTIONS, itertools.repeat(Asked("GET", "/items/7", ITEM))) as outcome:
            for number in range(MOVES):
                move = rollback if number % 2 else promote
                options = {"reason": "load"} if number % 2 else {"unverified": True}
                await asyncio.to_thread(move, site, ["show_item"], **options)
                await asyncio.sleep(0.1)
        return outcome

    rollback(site, ["show_item"])
    with serving(site, [*GATEWAY, "--workers", "2"], environment) as server:
        outcome = asyncio.run(work(server))
    problems = outcome.failures + [f"status {status}" for status, _ in outcome.answers if status != 200]
    sides = {side for _, side in outcome.answers}
    problems += [] if sides == {"flask", "fastapi"} else [f"answered by {sides} only"]
    return said(f"{MOVES} promotions and rollbacks under {CONNECTIONS} connections", outcome, problems)


def orders() -> Iterator[Asked]:
    """Orders, each of which may be done once."""
    for number in itertools.count():
        yield Asked("POST", f"/legacy/orders/{number}")


def doubled(file: Path) -> list[str]:
    """The orders that were done more than once."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [f"order {name} was done twice" for name in sorted({one for one in lines if lines.count(one) > 1})][:5]


def killing_flask(folder: Path) -> bool:
    """`kill -9` of Flask in its own process: promoted routes never notice, no order is done twice, Flask is back."""
    site = migrated(folder, apart=True)
    posted = site / "posted.txt"
    environment = {"BENCH_POSTED": str(posted), "BENCH_RULES": "0"}
    flask = ["-m", "gunicorn", "-k", "gthread", "--threads", "10", "-b", "127.0.0.1:{port}", "--log-level", "critical"]

    async def work(server: Server, behind: Server) -> tuple[Outcome, Outcome]:
        items = itertools.repeat(Asked("GET", "/items/7", ITEM))
        async with clients(server.port, 25, items) as promoted, clients(server.port, 25, orders()) as legacy:
            for _ in range(5):
                await asyncio.sleep(2)
                for child in children(behind.pid):
                    os.kill(child, signal.SIGKILL)
            await asyncio.sleep(2)
            before = legacy.answers[200, "flask"]
            await asyncio.sleep(1)
            if legacy.answers[200, "flask"] == before:
                legacy.failures.append("Flask is not back")
        return promoted, legacy

    with serving(site, [*flask, "shopfront:app"], environment) as behind:
        environment |= {"MIGRATE_FLASK": f"127.0.0.1:{behind.port}", "MIGRATE_SERVED_BY": "1"}
        with serving(site, GATEWAY, environment) as server:
            promoted, legacy = asyncio.run(work(server, behind))
    wrong = [f"status {status}" for status, _ in promoted.answers if status != 200]
    fine = said("promoted routes while Flask's worker is killed five times", promoted, promoted.failures + wrong)
    wrong = [f"status {status}" for status, _ in legacy.answers if status not in (200, 502, 503)] + doubled(posted)
    done = len(posted.read_text().splitlines())
    wrong += [] if done >= legacy.answers[200, "flask"] else ["orders that were answered are not there"]
    return said("orders meanwhile", legacy, legacy.failures + wrong) and fine


def killing_a_worker(folder: Path) -> bool:
    """`kill -9` of a worker of the gateway: its connections break, no order is done twice, and it is back by itself."""
    site = migrated(folder)
    posted = site / "posted.txt"

    async def work(server: Server) -> Outcome:
        async with clients(server.port, CONNECTIONS, orders()) as outcome:
            for _ in range(3):
                await asyncio.sleep(1)
                os.kill(children(server.pid)[-1], signal.SIGKILL)
            await asyncio.sleep(3)
        return outcome

    environment = {"BENCH_POSTED": str(posted), "MIGRATE_SERVED_BY": "1"}
    with serving(site, [*GATEWAY, "--workers", "2"], environment) as server:
        outcome = asyncio.run(work(server))
        alive = len(children(server.pid))
    problems = doubled(posted) + [f"status {status}" for status, _ in outcome.answers if status != 200]
    # A connection that breaks with the worker is no fault; one a connection and kill at most.
    problems += outcome.failures if len(outcome.failures) > 3 * CONNECTIONS else []
    problems += [] if alive >= 2 else ["the worker is not back"]
    return said("orders while a worker of the gateway is killed three times", outcome, problems)


def children(pid: int) -> list[int]:
    """The processes that a process has started, oldest first."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sorted(int(child) for task in tasks for child in (task / "children").read_text().split())


def large(folder: Path) -> bool:
    """1 GB up and 1 GB down, in process and through Flask's own server, with less than 100 MB of memory."""
    fine = True
    for apart in (False, True):
        site = migrated(folder / str(apart), apart=apart)
        behind = ["-m", "gunicorn", "-k", "gthread", "-b", "127.0.0.1:{port}", "--log-level", "critical"]
        with serving(site, [*behind, "shopfront:app"]) as flask:
            environment = {"MIGRATE_FLASK": f"127.0.0.1:{flask.port}"}
            with serving(site, GATEWAY, environment) as server:
                sent = upload(server.port, "/legacy/upload", GIGABYTE)
                got = download(server.port, f"/legacy/large/{GIGABYTE}")
                peak = peak_megabytes(server.pid)
        problems = [] if sent == (200, b'{"size":%d}\n' % GIGABYTE) else [f"upload: {sent}"]
        problems += [] if got == GIGABYTE else [f"download: {got} bytes"]
        problems += [] if peak < MEGABYTES_ALLOWED else [f"{peak:.0f} MB of memory"]
        where = "in a process of its own" if apart else "in process"
        print(f"{'FAILED' if problems else 'ok    '} 1 GB up and down, Flask {where}: {peak:.0f} MB", *problems)
        fine = fine and not problems
    return fine


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has had in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


TRIALS: dict[str, Callable[[Path], bool]] = {
    "switching": switching,
    "killing-flask": killing_flask,
    "killing-a-worker": killing_a_worker,
    "large": large,
}


def main(names: list[str]) -> int:
    """Run the trials named, or all."""
    results = []
    for name in names or TRIALS:
        with tempfile.TemporaryDirectory(prefix="migrate-load-") as folder:
            results.append(TRIALS[name](Path(folder)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
