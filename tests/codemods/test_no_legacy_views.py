"""Converted endpoints never fall back on the views, hooks and error handlers that they were made from."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from codemods.pipeline import Conversion

OF_THE_REQUEST = frozenset({"request", "session", "url_for", "render_template", "make_response"})


def imported(text: str) -> set[str]:
    """What a file imports, qualified, of absolute modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def chains(text: str) -> set[str]:
    """Every chain of names in a file, its imports resolved."""
    tree = ast.parse(text)
    bound = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
        for alias in node.names
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            root, _, rest = ast.unparse(node).partition(".")
            found.add(f"{bound.get(root, root)}.{rest}".rstrip("."))
    return found


def generated(conversion: Conversion) -> dict[str, str]:
    """The files that are written for this application: what is copied for all is none of them."""
    return {path: text for path, text in conversion.files.items() if not path.startswith("compat/")}


def test_most_of_the_shop_is_converted(shop: tuple[Path, Conversion, frozenset[str]]) -> None:
    _, conversion, called = shop
    runtimes = [one.runtime for one in conversion.outcomes.values()]
    assert len(runtimes) - runtimes.count("flask") >= 20
    assert len(called) > 30


def test_no_generated_file_names_what_flask_calls(shop: tuple[Path, Conversion, frozenset[str]]) -> None:
    _, conversion, called = shop
    for path, text in generated(conversion).items():
        assert not (imported(text) | chains(text)) & called, path


def test_no_generated_file_uses_flasks_request(shop: tuple[Path, Conversion, frozenset[str]]) -> None:
    _, conversion, _ = shop
    forbidden = {f"flask.{name}" for name in OF_THE_REQUEST}
    for path, text in conversion.files.items():
        assert not imported(text) & forbidden, path
        assert not chains(text) & forbidden, path
        assert not re.search(
            r"\b(view_functions|before_request_funcs|dispatch_request|test_request_context)\b", text
        ), path


URLS = (
    "/", "/cart", "/shop/", "/signin", "/account", "/p/99", "/healthz", "/readyz", "/version", "/robots.txt",
    "/suggest", "/api/v1/auth/me", "/api/v1/orders", "/api/v1/products/99", "/nowhere",
)  # fmt: skip
REQUESTS = """
    import json, sys
    from shop import create_app
    from starlette.testclient import TestClient
    from fastapi_app.main import create_app as make

    converted = json.loads(sys.argv[1])
    app = create_app("testing")
    called = []

    login = {"email": "a@example.com"}
    theirs = {url: app.test_client().get(url).status_code for url in json.loads(sys.argv[2])}
    theirs["POST"] = app.test_client().post("/api/v1/auth/login", json=login).status_code

    class LegacyCalled(BaseException):
        pass

    def raising(name):
        def raise_it(*args, **kwargs):
            called.append(name)
            raise LegacyCalled(name)
        return raise_it

    own = lambda function: (getattr(function, "__module__", "") or "").startswith("shop")
    replaced = 0
    for name in converted:
        app.view_functions[name] = raising(name)
        replaced += 1
    tables = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    for table in tables:
        for scope, functions in table.items():
            for index, function in enumerate(functions):
                if own(function):
                    functions[index] = raising(function.__name__)
                    replaced += 1
    for scope in app.error_handler_spec.values():
        for handlers in scope.values():
            for kind, function in handlers.items():
                if own(function):
                    handlers[kind] = raising(function.__name__)
                    replaced += 1

    answers = {}
    with app.app_context():
        with TestClient(make(app), base_url="http://localhost", raise_server_exceptions=False) as client:
            for url in json.loads(sys.argv[2]):
                answers[url] = client.get(url, follow_redirects=False).status_code
            answers["POST"] = client.post("/api/v1/auth/login", json=login).status_code
        called_by_converted = list(called)
        proof = None
        try:
            app.test_client().get("/")
        except BaseException as error:
            proof = type(error).__name__
    found = {"called": called_by_converted, "replaced": replaced, "answers": answers, "theirs": theirs, "proof": proof}
    print(json.dumps(found))
"""


def test_converted_endpoints_answer_while_everything_of_flasks_raises(
    shop: tuple[Path, Conversion, frozenset[str]],
) -> None:
    root, conversion, _ = shop
    converted = [name for name, one in conversion.outcomes.items() if one.runtime != "flask"]
    script = root / "without_flask.py"
    script.write_text(dedent(REQUESTS))
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(script), json.dumps(converted), json.dumps(URLS)]
    finished = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    found = json.loads(finished.stdout.splitlines()[-1])
    assert found["proof"] == "LegacyCalled"
    assert found["replaced"] > len(converted) >= 20
    assert found["called"] == []
    assert found["answers"] == found["theirs"]
    assert len(found["answers"]) == len(URLS) + 1
    assert set(found["answers"].values()) >= {200, 302, 400, 401, 404}
