"""`response.headers = …`, and what else a response is made of that Werkzeug's own class makes."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, make_response, request
try:
    from werkzeug.wrappers import Response
except ImportError:
    from werkzeug.wrappers import BaseResponse as Response
app = Flask(__name__)
SHARED = {"X-After": "shared"}

@app.after_request
def after(response):
    response.headers["Vary"] = "Accept"
    return response

"""


def test_a_mapping_of_the_module(pair: Callable[..., Any]) -> None:
    """Flask's hook writes into it."""
    both = pair(HEAD + '@app.get("/a")\ndef a():\n    r = make_response("a")\n    r.headers = SHARED\n    return r\n')
    assert both.runtimes() == {"a": "flask"}


@pytest.mark.parametrize(
    "value",
    ['{"X-After": "a"}', "dict(location='/é')", '{"a": {"Content-Type": "text/plain"}}["a"]', "{}", "held['x']"],
)
@pytest.mark.parametrize("status", [200, 204, 304, 401])
def test_other_headers(pair: Callable[..., Any], value: str, status: int) -> None:
    both = pair(
        HEAD
        + f"""
@app.get("/a")
def a():
    held = {{"x": {{"ETag": "y"}}}}
    r = make_response()
    r.status_code = {status}
    r.data = "text"
    r.headers = {value}
    return r
"""
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")


RESPONSES = [
    'Response("a")',
    "Response()",
    'Response("a", 201, {"X-After": "1"})',
    'Response("a", headers={"content-type": "text/css"})',
    'Response("a", headers=[("X-After", "1"), ("Content-Type", "text/css")])',
    'Response("a", mimetype="text/css")',
    'Response("a", content_type="text/css")',
    'Response("a", headers=iter([("X-After", "1")]))',
    'Response(iter(["a", "b"]))',
    'Response(["a", "b"])',
]


@pytest.mark.parametrize("made", RESPONSES)
def test_werkzeugs_own_class(pair: Callable[..., Any], made: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    return {made}\n')
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")
