"""What 10,000 promoted rules cost real proxies, beside the same proxy that passes everything on to one address.

Both write the same log and say the same of the client: what is measured is the decision, with all that makes it safe.
Proxies that are not here are left out: `make test` installs those that can be.
"""

import http.client
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from proxy.engines import ENGINES, load
from proxy.model import RouteTable, Rule, Upstream, Variable
from scripts.bench.load import get
from scripts.bench.ratio import Ratio
from scripts.bench.servers import Server, free_port, one_turn, running

PLAIN = Path(__file__).parent / "plain"
"""A folder for each proxy."""
ANSWERING = Path(__file__).with_name("answering.py")
RULES = 10_000
LIMITS = {"traefik": 5.0}
LIMIT = 1.5
TURNS = 24
SECONDS = 0.1
"""So short that nginx closes no connection, which it does after 1,000 requests."""
RANDOM = random.Random(0)
"""No two requests are for the same target, so that no cache of a proxy answers for it."""
PROBES = {
    "the last rule": [
        get(f"/resource{RULES // 5 - 1}/{number}/items/x") for number in RANDOM.sample(range(10**9), 999)
    ],
    "no rule": [get(f"/nothing/{number}") for number in RANDOM.sample(range(10**9), 999)],
}
READY_SECONDS = 60


def measure(cache: Path) -> Iterator[Ratio]:
    """The ratio of each proxy that is here, for the request that costs most."""
    for name in ENGINES:
        executable = shutil.which(name, path=search_path(cache.parent / "engines"))
        if executable is None:
            print(f"{name} is not measured: it is not here", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            yield ratio(name, executable, Path(folder))


def search_path(cache: Path) -> str:
    """Where proxies are looked for."""
    folders = [str(cache / "caddy" / "bin"), str(cache / "envoy" / "envoy" / "_bin"), str(cache / "traefik" / "bin")]
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", *folders])


def ratio(name: str, executable: str, folder: Path) -> Ratio:
    """The cost with all rules against that of the plain proxy, both running side by side."""
    folder.chmod(0o755)
    upstream, ports = free_port(), (free_port(), free_port())
    table = promoted(upstream, ports[0])
    for file, text in load(name).render(table).items():
        write(folder / "rules" / file, text)
    marks = {"@LISTEN@": f"127.0.0.1:{ports[1]}", "@UPSTREAM@": f"127.0.0.1:{upstream}"}
    numbers = {'"@PORT@"': str(ports[1]), '"@UPSTREAM_PORT@"': str(upstream)}
    for file in (PLAIN / name).iterdir():
        plain = file.read_text()
        for mark, value in (marks | numbers).items():
            plain = plain.replace(mark, value)
        write(folder / "plain" / file.name, plain)
    with ExitStack() as stack:
        stack.enter_context(running([sys.executable, str(ANSWERING), str(upstream)], folder, upstream))
        commands = foreground(name, executable, folder / "rules"), plain_command(name, executable)
        places = zip(commands, (folder / "rules", folder / "plain"), ports, strict=True)
        servers = [stack.enter_context(running(*one)) for one in places]
        for server in servers:
            wait_for_rules(server.port)
        costs = {probe: cost(servers, requests) for probe, requests in PROBES.items()}
    worst = max(costs, key=lambda probe: costs[probe][0] / costs[probe][1])
    much, little = costs[worst]
    detail = f"{much * 1e6:.0f} / {little * 1e6:.0f} µs, {worst}"
    return Ratio(f"{name} with {RULES} rules / plain (CPU)", much / little, detail, limit=LIMITS.get(name, LIMIT))


def write(file: Path, text: str) -> None:
    """Write a file, and make its folder."""
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(text)


def wait_for_rules(port: int) -> None:
    """Return once a proxy passes requests on: Traefik listens before it has read its rules. Raises RuntimeError."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
        with closing(connection):
            connection.request("GET", "/nothing")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise RuntimeError(f"what listens at port {port} passes nothing on")


def promoted(upstream: int, port: int) -> RouteTable:
    """Routes of three shapes, all of them on FastAPI."""
    number, text = Variable("number", "int"), Variable("text")
    rules = []
    for resource in range(RULES // 5):
        one = f"/resource{resource}"
        for method in ("GET", "POST"):
            rules.append(Rule(method, one, one, side="fastapi", rank=3 * resource))
            rules.append(Rule(method, f"{one}/<int:number>", one, (number,), side="fastapi", rank=3 * resource + 1))
        deep = f"{one}/<int:number>/items/<text>"
        rules.append(Rule("GET", deep, one, (number, text), side="fastapi", rank=3 * resource + 2))
    address = (f"127.0.0.1:{upstream}",)
    return RouteTable.of([Upstream("flask", address), Upstream("fastapi", address)], rules, f"127.0.0.1:{port}")


def foreground(name: str, executable: str, folder: Path) -> list[str]:
    """The command that runs a proxy with all rules."""
    return [executable, *load(name).foreground(folder)[1:]]


def plain_command(name: str, executable: str) -> list[str]:
    """The command that runs a plain proxy, in its folder."""
    options = {
        "nginx": ["-p", ".", "-c", "nginx.conf", "-g", "daemon off;"],
        "haproxy": ["-db", "-f", "haproxy.cfg"],
        "caddy": ["run", "--adapter", "caddyfile", "--config", "Caddyfile"],
        "envoy": ["--use-dynamic-base-id", "--log-level", "error", "--config-path", "envoy.json"],
        "traefik": ["--configFile=traefik.yml"],
    }
    return [executable, *options[name]]


def cost(servers: Sequence[Server], requests: Sequence[bytes]) -> tuple[float, float]:
    """The least CPU seconds of a request to each of two."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(TURNS + 1):
        for index in (0, 1) if number % 2 else (1, 0):
            turn = one_turn(servers[index], requests, SECONDS)
            if number:
                found[index].append(turn.cpu)
    return min(found[0]), min(found[1])
