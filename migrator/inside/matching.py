"""Asks a Flask application, and the gateway over it, who takes requests; run by the application's own interpreter.

    python matching.py --app shop.wsgi:app --root DIR --requests FILE.json --out FILE.json [--target PACKAGE]

The requests are `{"requests": [[method, host, target]], "states": [[[key, endpoint]]]}`. What is written is
`{"rules": [[method, domain, rule, endpoint] or null], "gateway": [[[bool], [bool]]] or null, "routes": [name or null]
or null}`: the rule that Werkzeug matches, whether the gateway hands the request to FastAPI in each state, and whether
when it is asked again, and the first route of the FastAPI application that takes it. `problem` says why gateway and
routes are null.
"""
# ruff: noqa: PTH100, PTH123

import argparse
import importlib
import json
import os
from typing import Any, Dict, List, Optional, Tuple  # noqa: UP035
from urllib.parse import unquote, unquote_to_bytes

Request = Tuple[str, str, str]  # noqa: UP006
Found = Optional[Tuple[str, str, str, str]]  # noqa: UP006, UP045


def rule_of(app: Any, request: Request) -> Found:
    """The rule that Werkzeug matches for a request; None where it raises, as Flask then answers by itself."""
    method, host, target = request
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    try:
        rule, _ = app.create_url_adapter(app.request_class(environ)).match(return_rule=True)
    except Exception:
        return None
    domain = rule.host if rule.map.host_matching else rule.subdomain
    if rule.methods is None:
        method = "*"
    elif method == "HEAD" and "GET" in rule.methods:
        method = "GET"
    return method, domain or "", rule.rule, rule.endpoint


def scope_of(request: Request) -> Dict[str, Any]:  # noqa: UP006
    """A request as an ASGI server tells it."""
    method, host, target = request
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(b"host", host.encode("latin-1"))],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }


def ask_gateway(app: Any, target: str, asked: Dict[str, Any]) -> Dict[str, Any]:  # noqa: UP006
    """What the target's own gateway decides, with these routes promoted, and its FastAPI application matches."""
    gateway = importlib.import_module(target + ".gateway").create_gateway(app)
    package = type(gateway).__module__.rpartition(".")[0]
    build_environ = importlib.import_module(package + ".environ").build_environ
    promotion = importlib.import_module(package + ".table").Promotion
    routes = importlib.import_module(package + ".routes")
    answers = []
    for state in asked["states"]:
        table = {key: promotion(key, endpoint, 100) for key, endpoint in state}
        gateway._intentions.table = lambda table=table: table
        said = []
        for scope in map(scope_of, asked["requests"]):
            environ = build_environ(scope)
            said.append([bool(gateway.is_for_fastapi(scope, environ)) for _ in range(2)])
        answers.append([[first for first, _ in said], [again for _, again in said]])
    candidates = routes.candidates(gateway.fastapi_app)
    return {
        "gateway": answers,
        "routes": [route_of(routes, gateway.fastapi_app, candidates, one) for one in asked["requests"]],
    }


def route_of(routes: Any, fastapi_app: Any, candidates: Any, request: Request) -> Optional[str]:  # noqa: UP045
    """The name of the first route that takes a request, HEAD as GET."""
    scope = routes.routed_scope(fastapi_app, scope_of(request), "GET" if request[0] == "HEAD" else request[0])
    for candidate in candidates:
        try:
            if candidate.takes(scope):
                return str(candidate.name)
        except ValueError:
            return None
    return None


def voices(app: Any, target: Optional[str], asked: Dict[str, Any]) -> Dict[str, Any]:  # noqa: UP006, UP045
    """The whole document."""
    rules: List[Found] = [rule_of(app, request) for request in asked["requests"]]  # noqa: UP006
    document: Dict[str, Any] = {"rules": rules, "gateway": None, "routes": None, "problem": None}  # noqa: UP006
    if target:
        try:
            document.update(ask_gateway(app, target, asked))
        except Exception as error:
            document["problem"] = "{}: {}".format(type(error).__name__, error)  # noqa: UP032
    return document


def main() -> None:
    """Write the document and end the process at once, threads of the application or not."""
    parser = argparse.ArgumentParser(description="Ask a Flask application who takes requests.")
    for name in ("--app", "--root", "--requests", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--target")
    chosen = parser.parse_args()

    def document() -> Dict[str, Any]:  # noqa: UP006
        loading = importlib.import_module("migrate_inventory.loading")
        app, _, _ = loading.import_application(chosen.app, os.path.abspath(chosen.root))
        with open(chosen.requests, encoding="utf-8") as stream:
            return voices(app, chosen.target, json.load(stream))

    importlib.import_module("migrate_inventory.answering").answer(chosen.out, document)


if __name__ == "__main__":
    main()
