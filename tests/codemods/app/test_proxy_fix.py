"""Werkzeug's `ProxyFix` around an application; any other middleware keeps its routes on Flask."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import os
from flask import Flask, jsonify, redirect, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
app = Flask(__name__)

@app.get("/who")
def who():
    return jsonify(
        scheme=request.scheme, host=request.host, root=request.script_root, url=request.url,
        path=request.path, external=url_for("who", _external=True), local=url_for("who"),
    )

@app.get("/address")
def address():
    return jsonify(request.remote_addr)

@app.get("/go")
def go():
    return redirect(url_for("who"))

@app.get("/list/")
def listing():
    return "list"
"""


@pytest.mark.parametrize(
    "wrapped",
    [
        "app.wsgi_app = ProxyFix(app.wsgi_app, x_for=int(os.environ.get('PROXIES', 1)))",
        "if os.environ.get('PROXIES') is None:\n    app.wsgi_app = ProxyFix(app.wsgi_app)",
        "app.wsgi_app = ProxyFix(ProxyFix(app.wsgi_app))",
        "app.wsgi_app = ProxyFix(app.wsgi_app)\napp.wsgi_app = ProxyFix(app.wsgi_app)",
        "setattr(app, 'wsgi_app', ProxyFix(app.wsgi_app))",
        "class Own:\n    def __init__(self, app): self.app = app\n"
        "    def __call__(self, *args): return self.app(*args)\n"
        "app.wsgi_app = Own(app.wsgi_app)",
        "class Own(ProxyFix):\n    pass\napp.wsgi_app = Own(app.wsgi_app)",
        "app.config['TRUSTED_HOSTS'] = ['a.example']\napp.wsgi_app = ProxyFix(app.wsgi_app)",
    ],
)
def test_middleware_that_cannot_be_told_from_the_source(pair: Callable[..., Any], wrapped: str) -> None:
    both = pair(f"{HEAD}\n{wrapped}\n")
    assert set(both.runtimes().values()) == {"flask"}
    assert all(one.startswith("FM186") for one in both.findings("who"))


@pytest.mark.parametrize(
    "arguments", ["", ", 1, 1, 1, 1, 1", ", x_for=2, x_host=1, x_prefix=1", ", x_for=0, x_proto=0"]
)
def test_what_the_proxies_say_is_trusted_as_far(pair: Callable[..., Any], arguments: str) -> None:
    both = pair(f"{HEAD}\napp.wsgi_app = ProxyFix(app.wsgi_app{arguments})\n")
    assert set(both.runtimes().values()) == {"native"}
    headers = {
        "X-Forwarded-For": "1.1.1.1, 2.2.2.2", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example",
        "X-Forwarded-Port": "8443", "X-Forwarded-Prefix": "/shop",
    }  # fmt: skip
    for path in ("/who", "/go", "/list", "/list/", "/nothing"):
        both.same("GET", path, headers=headers)
        both.same("GET", path, headers={"X-Forwarded-Host": "a:1, b:82", "X-Forwarded-Proto": "https"})
        both.same("GET", path)
    if "x_for=0" not in arguments:  # the clients of both sides have addresses of their own
        both.same("GET", "/address", headers=headers)
