"""A generated application on both sides: as Flask runs it, and as it was converted, behind the gateway."""

import asyncio
import hashlib
import importlib
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask.blueprints import BlueprintSetupState
from werkzeug.routing import Rule

from codemods.model import Project
from codemods.pipeline import Conversion, convert
from codemods.scan.scan import scan
from migrator.runtime import runtime_modules

from .grammar import Application
from .requests import Request

CLOCK = re.compile(r"Expires=(?!Thu, 01 Jan 1970)[^;]+")
NUMBERS = itertools.count()
TARGET = "moved_"
INSIDE = Path(__file__).resolve().parents[2] / "migrator" / "inside"


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers that a server does not make itself, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Converted:
    """A conversion on disk. `gateway(keys)` makes a gateway that has these routes promoted."""

    conversion: Conversion
    keys: tuple[str, ...]
    gateway: Callable[[frozenset[str]], Any]


@contextmanager
def converted(application: Application, folder: Path) -> Iterator[Converted]:
    """Convert an application in a folder that is on `sys.path`; its modules are forgotten afterwards."""
    number = next(NUMBERS)
    name, target = f"fuzzed_{number}", f"{TARGET}{number}"
    root = folder / name
    root.mkdir()
    sys.path.insert(0, str(root))
    try:
        for path, text in {f"{name}.py": application.source, **application.files}.items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(text)
        live = live_facts(name, root)
        sources = {f"{name}.py": application.source.encode()}
        project = scan(sources, f"{name}:app", live)
        conversion = convert(project, sources, [one.name for one in project.endpoints], target)
        for path, text in {**conversion.files, **runtime_modules()}.items():
            file = root / target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        routes = dict(routes_of(project, conversion, target))
        movable = tuple(sorted(key for key, route in routes.items() if route["runtime"] != "flask"))
        flask_app = sys.modules[name].app

        def gateway(promoted: frozenset[str]) -> Any:
            for key, route in routes.items():
                state, weight = ("live", 100) if key in promoted else ("converted", 0)
                route.update({"state": state, "weight": weight})
            manifest = {"version": 1, "app": f"{name}:app", "target": target, "blueprints": {".": {"routes": routes}}}
            (root / "migration.json").write_text(json.dumps(manifest))
            return importlib.import_module(f"{target}.gateway").create_gateway(flask_app)

        yield Converted(conversion, movable, gateway)
    finally:
        sys.path.remove(str(root))
        for module in [one for one in sys.modules if one.partition(".")[0] in (name, target)]:
            del sys.modules[module]


def live_facts(name: str, root: Path) -> Any:
    """What the live application says of itself. The script expects to be alone in its process: what it leaves there is
    taken back."""
    path, bind, init = sys.path[:], Rule.bind, BlueprintSetupState.__init__
    try:
        return importlib.import_module("migrate_inventory.document").inventory(f"{name}:app", str(root))
    finally:
        sys.path[:] = path
        Rule.bind, BlueprintSetupState.__init__ = bind, init  # type: ignore[method-assign]
        importlib.import_module("migrate_inventory.loading").BOUND.clear()


def routes_of(project: Project, conversion: Conversion, target: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The manifest's entries, by key."""
    for endpoint in project.endpoints:
        outcome = conversion.outcomes[endpoint.name]
        for rule in endpoint.rules:
            for method in rule.methods:
                entry: dict[str, Any] = {
                    "endpoint": endpoint.name, "rule": rule.rule, "method": method, "runtime": outcome.runtime,
                }  # fmt: skip
                if outcome.file is not None:
                    digest = hashlib.sha256(conversion.files[outcome.file].encode()).hexdigest()
                    entry["output"] = {"file": f"{target}/{outcome.file}", "digest": f"sha256:{digest}"}
                yield f"{method} {rule.rule}", entry


def replay(application: Any, requests: tuple[Request, ...]) -> list[Answer]:
    """Send requests in order as one client that keeps its session."""

    async def send_all() -> list[Answer]:
        answers = []
        cookie = ""
        for request in requests:
            answer, session = await send_request(application, request, cookie)
            cookie = session or cookie
            answers.append(answer)
        return answers

    return asyncio.run(send_all())


async def send_request(application: Any, request: Request, session: str) -> tuple[Answer, str | None]:
    """One request to an ASGI application; the answer, and the session cookie that it set."""
    sent: list[Mapping[str, Any]] = []
    incoming = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Mapping[str, Any]:
        return incoming.pop() if incoming else await asyncio.get_running_loop().create_future()

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await application(scope_of(request, session), receive, send)
    start = sent[0]
    headers, cookie = [], None
    for raw_name, raw_value in start["headers"]:
        name, value = raw_name.decode().lower(), raw_value.decode("latin-1")
        if name == "set-cookie" and value.startswith("session="):
            cookie = value.partition(";")[0]
            value = value.partition(".")[0]  # what follows is the time, and its signature
        value = CLOCK.sub("Expires=later", value) if name == "set-cookie" else value
        if name == "date":
            value = "now"
        if name == "allow":
            value = ", ".join(sorted(value.split(", ")))
        if name != "content-length" or request.method != "HEAD":
            headers.append((name, value))
    body = b"" if request.method == "HEAD" else b"".join(one.get("body", b"") for one in sent[1:])
    return Answer(start["status"], tuple(sorted(headers)), body), cookie


def scope_of(request: Request, session: str) -> dict[str, Any]:
    """The ASGI scope of a request."""
    fields = {"Host": "localhost", **request.headers}
    if session:
        fields["Cookie"] = "; ".join(one for one in (fields.get("Cookie"), session) if one)
    if request.body:
        fields["Content-Length"] = str(len(request.body))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in fields.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
