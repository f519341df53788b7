"""One gateway for each Flask application of a run, made of the target package, and the side that answers a request."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable
from http.client import responses
from pathlib import Path
from typing import Any

from .asgi import Call, StreamedBody, run_workers_here
from .lifespan import start
from .options import Options
from .recording import Exchange, Recorder, describe

ATTRIBUTE = "_migrate_verify_gateway"


class Gateways:
    """Gives each Flask application its gateway: `choose` is what the recording client asks.

    A gateway lives as long as its application, on which it is kept: a suite makes hundreds. When the configuration has
    changed since a gateway was made, it is made again: Flask would see the new values at once. `is_served` means: as a
    server runs it, with its threads and its bridge to Flask.
    """

    def __init__(self, options: Options, recorder: Recorder) -> None:
        self.options = options
        self.recorder = recorder
        self.is_served = False
        self.is_held: Callable[[], Iterable[str]] = lambda: ()
        self.when_imported: Callable[[], None] = lambda: None
        self.before_request: Callable[[], None] = lambda: None
        self._is_imported = False
        self._import_error: Exception | None = None

    def import_target(self) -> None:
        """Import the target's gateway and every module of it that stands for legacy code. Once.

        Raises what the import raises; the next request is told the same without another try.
        """
        if self._import_error is not None:
            raise self._import_error.with_traceback(None)
        if self._is_imported:
            return
        try:
            self._import_modules()
        except Exception as error:
            self._import_error = error
            self.recorder.problems.append(f"the FastAPI side cannot be imported: {describe(error)}")
            raise
        self._is_imported = True
        self.when_imported()

    def _import_modules(self) -> None:
        """The modules; `asgi` is left out, which would make an application."""
        target = self.options.target
        if self.options.target_path not in sys.path:
            sys.path.append(self.options.target_path)
        gateway = importlib.import_module(f"{target}.gateway")
        if not self.is_served:
            run_workers_here()
            hand_back(gateway)
        read_manifest(gateway, self.options.manifest)
        for name in sorted({name for names in self.options.twins.values() for name in names}):
            importlib.import_module(name)
        bridged = sys.modules.get(f"{target}.bridged")
        for module in pkgutil.walk_packages(getattr(bridged, "__path__", []), f"{target}.bridged."):
            importlib.import_module(module.name)

    def choose(self, flask_app: Any, exchange: Exchange) -> Any:
        """The WSGI callable that answers: the gateway, or Flask itself where nothing of it may be on FastAPI."""
        if not self.options.endpoints & set(flask_app.view_functions):
            return flask_app
        self.import_target()
        self.before_request()
        held = list(self.is_held())
        if held:
            return lambda environ, start_response: self._hold_back(flask_app, held, environ, start_response)
        gateway = self.gateway_of(flask_app)
        return lambda environ, start_response: answer(flask_app, gateway, exchange, environ, start_response)

    def _hold_back(self, flask_app: Any, reasons: list[str], environ: Any, start_response: Any) -> Any:
        """Flask's answer; where it stands in for FastAPI's, the test is counted apart."""
        if route_of(flask_app, environ) in self.options.routes:
            for reason in reasons:
                self.recorder.note(self.recorder.apart, reason)
        return flask_app(environ, start_response)

    def gateway_of(self, flask_app: Any) -> Any:
        """The gateway of this application. Raises what its construction raises: then the test fails, and shows it."""
        config = dict(flask_app.config)
        kept = flask_app.__dict__.get(ATTRIBUTE)
        if kept is not None:
            gateway, then = kept
            changed = changed_keys(then, config)
            if not changed:
                return gateway
            for key in changed:
                self.recorder.note(self.recorder.replaced, f"app.config[{key!r}]")
        module = sys.modules[f"{self.options.target}.gateway"]
        gateway = module.create_gateway(flask_app)
        gateway.migrate_state = start(gateway)
        setattr(flask_app, ATTRIBUTE, (gateway, config))
        return gateway


def changed_keys(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """The configuration's keys whose values differ."""
    missing = object()
    names = sorted({*then, *now}, key=str)
    return [name for name in names if not _same(then.get(name, missing), now.get(name, missing))]


def _same(one: object, other: object) -> bool:
    if one is other:
        return True
    try:
        return bool(one == other)
    except (
        Exception
    ):  # an object of the application's own that cannot be compared has not been replaced by an equal one
        return False


def hand_back(gateway: Any) -> None:
    """Have the gateway's bridge hand a request for Flask back to us, with all that its environment has.

    Flask then answers in the calling thread as under its own test client: exceptions, kept contexts, entries such as
    REMOTE_USER that no ASGI scope carries. That the bridge is right is shown by its own tests.
    """
    name = f"{gateway.__name__}.bridge"
    bridge = sys.modules.get(name)
    if bridge is None:
        return
    original = bridge.WSGIBridge.serve

    async def serve(self: Any, environ: Any, scope: Any, receive: Any, send: Any) -> None:
        mark = scope.get("migrate.verify")
        if mark is None:
            await original(self, environ, scope, receive, send)
        else:
            mark["flask"] = True

    bridge.WSGIBridge.serve = serve


def read_manifest(gateway: Any, manifest: Path) -> None:
    """Have gateways read the manifest of this run, in which the routes to verify are promoted.

    Done from here and not by a variable that a gateway in production would obey, too.
    """
    table = sys.modules.get(f"{gateway.__name__}.table")
    if table is not None:
        table.find_manifest = lambda package: manifest  # type: ignore[attr-defined]  # the target's own module


def answer(flask_app: Any, gateway: Any, exchange: Exchange, environ: Any, start_response: Any) -> Any:
    """Answer one request through the gateway; a WSGI application but for its first three parameters."""
    call = Call(gateway, environ, dict(gateway.migrate_state))
    try:
        head = call.next_message()
    except Exception:
        exchange.served_by, exchange.route = "fastapi", route_of(flask_app, environ)
        raise
    if head is None or call.mark.get("flask"):
        call.leave()
        return flask_app(environ, start_response)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head["headers"]]
    told = [value for name, value in headers if name.lower() == "x-served-by"]
    exchange.served_by = told[-1] if told else "fastapi"
    if exchange.served_by == "fastapi":
        exchange.route = route_of(flask_app, environ)
    first = call.next_message() or {}
    if not first.get("more_body"):
        finish(call, flask_app)
    status = head["status"]
    start_response(
        f"{status} {responses.get(status, 'UNKNOWN')}",
        [(title(name), value) for name, value in headers if name.lower() != "x-served-by"],
    )
    body = first.get("body", b"")
    if first.get("more_body"):
        return StreamedBody(call, body)
    return [body] if body else []


def finish(call: Call, flask_app: Any) -> None:
    """Run a request to its end. An unhandled exception is raised where Flask would raise it to the test client."""
    error: Exception | None = None
    try:
        call.finish()
    except Exception as raised:
        error = raised
    error = error or call.unhandled
    if error is not None and propagates(flask_app):
        raise error


def title(name: str) -> str:
    """A header's name as WSGI applications write it."""
    return {"etag": "ETag", "www-authenticate": "WWW-Authenticate"}.get(name.lower()) or name.title()


def propagates(flask_app: Any) -> bool:
    """Whether Flask raises an unhandled exception to the client instead of a 500 (`Flask.handle_exception`)."""
    propagate = flask_app.config.get("PROPAGATE_EXCEPTIONS")
    return bool(flask_app.testing or flask_app.debug) if propagate is None else bool(propagate)


def route_of(flask_app: Any, environ: dict[str, Any]) -> str | None:
    """The manifest's key of the route that Werkzeug matches: method, host where it has one, rule."""
    try:
        rule, _ = flask_app.create_url_adapter(flask_app.request_class(dict(environ))).match(return_rule=True)
    except Exception:  # a redirect, 404 or 405 is an exception here, and so is what a converter may raise
        return None
    method = environ["REQUEST_METHOD"]
    if method == "HEAD" and "GET" in (rule.methods or {"GET"}):
        method = "GET"
    domain = rule.host if rule.map.host_matching else rule.subdomain
    return f"{method} {domain or ''}{rule.rule}"
