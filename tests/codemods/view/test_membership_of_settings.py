"""`"KEY" in current_app.config`, and where the application lies."""

from collections.abc import Callable
from typing import Any

SOURCE = """
from flask import Flask, current_app
app = Flask(__name__)
app.config["LIMIT"] = None

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
    assert both.runtimes() == {"known": "native", "any_key": "bridged", "root": "native"}
    for path in ("/known", "/root"):
        assert both.alone("GET", path) == both.same("GET", path)
    both.same("GET", "/any/LIMIT")
