"""`request.environ` by its keys: the same values as a WSGI server's, read from FastAPI's request."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, abort, jsonify, request
app = Flask(__name__)
"""

REFUSED = [
    'request.environ.get("wsgi.input")',
    'request.environ.get("PATH_INFO")',
    'request.environ.get("HTTP_CONTENT_TYPE")',
    'request.environ.get("HTTP_" + request.method)',
    'request.environ["SERVER_SOFTWARE"]',
    'request.environ["REMOTE_ADDR"]',
    'request.environ[request.args["key"]]',
    '"SERVER_SOFTWARE" in request.environ',
    "sorted(request.environ)",
    "dict(request.environ)",
    "request.environ.copy()",
]


@pytest.mark.parametrize("read", REFUSED)
def test_what_only_a_wsgi_server_says(pair: Callable[..., Any], read: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    return jsonify(read={read})\n')
    assert both.runtimes() == {"a": "flask"}


@pytest.mark.parametrize("statement", ['request.environ["a"] = 1', 'request.environ["REMOTE_ADDR"] = "1.2.3.4"'])
def test_a_changed_environment(pair: Callable[..., Any], statement: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    {statement}\n    return "a"\n')
    assert both.runtimes() == {"a": "flask"}


READS = [
    'request.environ.get("HTTP_X_TOKEN")',
    'request.environ.get("HTTP_X_TOKEN", "none")',
    'request.environ.get("HTTP_X_TOKEN", "").lower()',
    'request.environ["HTTP_HOST"]',
    'request.environ["HTTP_X_TOKEN"]',
    '"HTTP_X_TOKEN" in request.environ',
    '"HTTP_X_TOKEN" not in request.environ',
    '"REQUEST_METHOD" in request.environ',
    'request.environ["REQUEST_METHOD"]',
    'request.environ.get("QUERY_STRING")',
    'request.environ["wsgi.url_scheme"]',
    'request.environ.get("SERVER_SOFTWARE", "unknown")',
    'request.environ["SERVER_PROTOCOL"]',
]


@pytest.mark.parametrize("read", READS)
def test_reads(pair: Callable[..., Any], read: str) -> None:
    both = pair(HEAD + f'@app.route("/a", methods=["GET", "POST"])\ndef a():\n    return jsonify(read={read})\n')
    assert both.runtimes() == {"a": "native"}
    for method in ("GET", "POST"):
        for headers in ({}, {"X-Token": "a"}, {"X-Token": "", "User-Agent": "Me/1"}):
            both.same(method, "/a?a=%C3%A9&b=1+2", headers=headers)


def test_reads_in_a_hook_that_tells_the_end_of_a_body(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def refuse():
    if request.environ.get("HTTP_X_CODING", "").lower() == "chunked":
        if request.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn/"):
            if "wsgi.input_terminated" not in request.environ:
                request.environ["wsgi.input_terminated"] = True
        else:
            abort(501, "not here")

@app.post("/a")
def a():
    return request.get_data()
"""
    )
    assert both.runtimes() == {"a": "native"}
    assert "input_terminated" not in both.text("hooks.py")
    assert both.same("POST", "/a", data="text")[0] == 200
    assert both.same("POST", "/a", data="text", headers={"X-Coding": "Chunked"})[0] == 501


def test_an_address(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD + '@app.get("/a")\ndef a():\n    return str(request.environ.get("REMOTE_ADDR", "none") != "none")\n'
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")
