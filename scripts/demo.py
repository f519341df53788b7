"""`make demo`: the whole journey on a copy of `examples/shop`, from plan to rollback.

Everything runs in `.demo/`, which is made anew each time; only the loopback is used. Exit 1 when a step does not do
what it says.
"""

import contextlib
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / ".demo" / "shop"
BLUEPRINT = "catalogue"
STARTUP_SECONDS = 30
EFFECT_SECONDS = 10


class DemoError(Exception):
    """A step did not do what the demo says."""


def main() -> int:
    """Go through the journey, saying what happens."""
    shutil.rmtree(SHOP.parent, ignore_errors=True)
    shutil.copytree(
        ROOT / "examples" / "shop", SHOP, ignore=shutil.ignore_patterns("instance", "__pycache__", ".*_cache")
    )
    try:
        journey()
    except DemoError as problem:
        print(f"\nthe demo stopped: {problem}", file=sys.stderr)
        return 1
    return 0


def journey() -> None:
    """Every step in order."""
    tell("A Flask shop with blueprints, schemas, tokens, sessions and a database: a copy is in .demo/shop.")
    run([sys.executable, "-m", "flask", "--app", "wsgi", "seed"])
    migrate("init", "--app", "wsgi:app")
    tell("What can move, what cannot, and why. Nothing is written.")
    migrate("plan")
    tell(f"Write the FastAPI side of the blueprint '{BLUEPRINT}'. No legacy file changes, no traffic moves.")
    migrate("apply", BLUEPRINT)
    tell("The proof: the shop's own tests on Flask, and again through the gateway; every answer is compared.")
    migrate("verify", BLUEPRINT, "--tests")
    tell("Move the traffic. Without the evidence this would be refused.")
    migrate("promote", BLUEPRINT)
    moved, stayed = paths()
    with gateway() as port:
        tell("One port, both sides: the header X-Served-By tells which one answered.")
        expect(port, moved, "fastapi")
        expect(port, stayed, "flask")
        migrate("status")
        tell("And back again: no restart, the running gateway sees it.")
        migrate("rollback", BLUEPRINT)
        expect(port, moved, "flask")
    migrate("status")
    tell("That was the journey. The generated code is in .demo/shop/fastapi_app: read it.")


def tell(text: str) -> None:
    print(f"\n# {text}", flush=True)


def migrate(*arguments: str) -> str:
    """Run `migrate` in the shop as a user would type it."""
    return run([str(Path(sys.executable).with_name("migrate")), *arguments], shown=["migrate", *arguments])


def run(command: Sequence[str], shown: Sequence[str] = (), quiet: bool = False) -> str:
    """Run a command, with its output shown; the output. Raises DemoError when it fails."""
    if not quiet:
        shown = shown or ["python", *command[1:]]
        print(f"\n$ {shlex.join(shown)}", flush=True)
    done = subprocess.run(command, cwd=SHOP, env=environment(), stdout=subprocess.PIPE, text=True, check=False)
    if not quiet:
        print(done.stdout, end="", flush=True)
    if done.returncode:
        raise DemoError(f"'{shlex.join(shown or command)}' ended with exit code {done.returncode}")
    return done.stdout


def environment() -> Mapping[str, str]:
    """The shop runs with this interpreter, whatever environment is active outside."""
    colour = {"FORCE_COLOR": "1"} if sys.stdout.isatty() and "NO_COLOR" not in os.environ else {}
    return {
        **os.environ,
        **colour,
        "VIRTUAL_ENV": sys.prefix,
        "COLUMNS": str(shutil.get_terminal_size((140, 50)).columns),
    }


def paths() -> tuple[str, str]:
    """The path of a route that FastAPI serves now, and of one that Flask does: GET, without variables."""
    status = run([str(Path(sys.executable).with_name("migrate")), "status", "--format", "json"], quiet=True)
    sides: dict[str, list[str]] = {"fastapi": [], "flask": []}
    for route in json.loads(status)["routes"]:
        if route["methods"] == ["GET"] and "<" not in route["rule"]:
            sides[route["served_by"]].append(route["rule"])
    for side, found in sides.items():
        if not found:
            raise DemoError(f"no GET route without variables is served by {side}")
    return sides["fastapi"][0], sides["flask"][0]


@contextmanager
def gateway() -> Iterator[int]:
    """`migrate run` on a free port; ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["run", "--port", str(port), "--no-reload"]
    print(f"\n$ {shlex.join(['migrate', *arguments])} &", flush=True)
    command = [str(Path(sys.executable).with_name("migrate")), *arguments]
    server = subprocess.Popen(
        command, cwd=SHOP, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not accepts(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise DemoError("the gateway did not start: see `migrate run` in .demo/shop")
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=15)
        server.kill()


def accepts(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def expect(port: int, path: str, side: str) -> None:
    """Ask until the side answers, since a switch takes effect within a moment. Raises DemoError when it does not."""
    deadline = time.monotonic() + EFFECT_SECONDS
    while True:
        status, served_by, body = ask(port, path)
        if served_by == side:
            break
        if time.monotonic() > deadline:
            raise DemoError(f"GET {path} was answered by '{served_by}', not by '{side}'")
        time.sleep(0.2)
    print(f"\n$ curl -i http://127.0.0.1:{port}{path}\n{status}   x-served-by: {served_by}\n{body[:160]}", flush=True)


def ask(port: int, path: str) -> tuple[int, str, str]:
    """Status, side and body of a GET request."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.headers.get("x-served-by", ""), answer.read().decode(errors="replace")
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers.get("x-served-by", ""), answer.read().decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
