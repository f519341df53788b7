"""`"KEY" in current_app.config`, where the application lies, and how much it takes."""

from collections.abc import Callable
from typing import Any

SOURCE = """
from flask import Flask, current_app, request
app = Flask(__name__)
app.config["LIMIT"] = None
app.config["MAX_CONTENT_LENGTH"] = 9

@app.get("/limit")
def limit():
    return {"limit": request.max_content_length}

@app.get("/own-limit")
def own_limit():
    request.max_content_length = 10
    return {"limit": request.max_content_length}

@app.get("/known")
def known():
    return {"limit": "LIMIT" in app.config, "none": "NONE" not in current_app.config, "own": "DEBUG" in app.config}

@app.get("/any/<key>")
def any_key(key):
    return {"found": key in app.config}

@app.get("/root")
def root():
    return {"same": current_app.root_path == app.root_path, "text": app.root_path.startswith("/")}
"""


def test_what_the_application_says(pair: Callable[..., Any]) -> None:
    both = pair(SOURCE)
    native = dict.fromkeys(("known", "root", "limit"), "native")
    assert both.runtimes() == {**native, "any_key": "bridged", "own_limit": "flask"}
    for path in ("/known", "/root", "/limit"):
        assert both.alone("GET", path) == both.same("GET", path)
    both.same("GET", "/any/LIMIT")
