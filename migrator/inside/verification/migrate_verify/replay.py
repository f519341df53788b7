"""Sends a list of requests to the application, on Flask or through its gateway, and records the answers.

    python -m migrate_verify.replay

One client sends them in order and keeps cookies, as a browser does. A `Cookie` header of a request is added to those.
"""

from __future__ import annotations

import sys
from http.cookies import SimpleCookie
from typing import Any

from . import client
from .gateways import Gateways
from .options import Options, read_options
from .randomness import seed
from .recording import Recorder, describe


def load_application(reference: str) -> Any:
    """The application as `flask --app` finds it. Raises whatever its import raises."""
    from flask.cli import ScriptInfo

    return ScriptInfo(app_import_path=reference).load_app()


class Jar:
    """Cookies by name: one client, one application."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def header(self, given: str | None) -> str | None:
        """The `Cookie` header of the next request; `given` is what the request itself says."""
        stored = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return "; ".join(part for part in (given, stored) if part) or None

    def take(self, values: list[str]) -> None:
        """Keep what an answer has set, forget what it has deleted."""
        for value in values:
            parsed: SimpleCookie = SimpleCookie()
            parsed.load(value)
            for name, morsel in parsed.items():
                if morsel["max-age"] == "0" or "1970" in morsel["expires"]:
                    self._cookies.pop(name, None)
                else:
                    self._cookies[name] = morsel.coded_value


def options_of(request: dict[str, Any], jar: Jar) -> dict[str, Any]:
    """The arguments of Werkzeug's client for a request of the list."""
    headers = [(name, value) for name, value in request.get("headers", []) if name.lower() != "cookie"]
    given = "; ".join(value for name, value in request.get("headers", []) if name.lower() == "cookie")
    options: dict[str, Any] = {"method": request["method"], "headers": headers}
    cookie = jar.header(given or None)
    if cookie:
        options["environ_overrides"] = {"HTTP_COOKIE": cookie}
    if "json" in request:
        options["json"] = request["json"]
    elif "form" in request:
        options["data"] = request["form"]
    elif "body" in request:
        options["data"] = request["body"].encode("utf-8")
    return options


def send_all(app: Any, options: Options, recorder: Recorder) -> None:
    """Send the requests in order."""
    from werkzeug.test import Client

    jar = Jar()
    browser = Client(app, use_cookies=False)
    for number, request in enumerate(options.requests, 1):
        recorder.test = f"request {number}"
        seed(f"{options.seed} {number}")
        try:
            answer = browser.open(request["path"], **options_of(request, jar))
            answer.get_data()
            jar.take(answer.headers.getlist("Set-Cookie"))
            answer.close()
            outcome = {"outcome": "passed", "detail": ""}
        except Exception as error:  # the application's own, which a server would log
            outcome = {"outcome": "failed", "detail": describe(error)}
        recorder.tests[recorder.test] = outcome


def main(options: Options) -> None:
    """Send and record."""
    recorder = Recorder(options.mode)
    seed(options.seed)
    try:
        app = load_application(options.app)
        if options.mode == "flask":
            client.install(recorder, lambda flask_app, _exchange: flask_app)
        else:
            gateways = Gateways(options, recorder)
            gateways.is_served = True
            client.install(recorder, gateways.choose)
        send_all(app, options, recorder)
    except (Exception, SystemExit) as error:
        recorder.problems.append(describe(error))
        raise
    finally:
        recorder.write(options.out)


if __name__ == "__main__":
    main(read_options())
    sys.exit(0)
