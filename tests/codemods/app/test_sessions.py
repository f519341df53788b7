"""Sessions of native routes: beside Flask in its own cookie, alone by the environment's key."""

from collections.abc import Callable
from typing import Any

import pytest

SOURCE = """
from flask import Flask, session
app = Flask(__name__, static_folder=None)
app.config.update(SECRET_KEY="fixed", SESSION_COOKIE_NAME="shop")

@app.route("/count")
def count():
    session["count"] = session.get("count", 0) + 1
    return {"count": session["count"]}
"""


def test_native_routes_alone_have_flasks_session(pair: Callable[..., Any]) -> None:
    both = pair(SOURCE)
    assert both.runtimes() == {"count": "native"}
    with both.clients() as (flask, fastapi):
        cookie = flask.get("/count").headers["Set-Cookie"].partition(";")[0]
        assert cookie.startswith("shop=")
        assert fastapi.get("/count", headers={"Cookie": cookie}).json() == {"count": 2}
        assert fastapi.get("/count").json() == {"count": 3}


def test_without_flask_the_settings_are_those_of_the_source(pair: Callable[..., Any]) -> None:
    both = pair(SOURCE)
    with both.clients() as (flask, _):
        cookie = flask.get("/count").headers["Set-Cookie"].partition(";")[0]
    assert both.alone("GET", "/count", headers={"Cookie": cookie})[1] == b'{"count":2}\n'
    assert "options(app.state.settings)" in both.text("main.py")


def test_a_key_that_only_flask_knows_is_the_environments(
    pair: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "another")
    both = pair(SOURCE.replace('SECRET_KEY="fixed"', 'SECRET_KEY=app.name + "!"'))
    assert both.alone("GET", "/count")[0] == 200
    assert 'os.environ.get("SECRET_KEY")' in both.text("main.py")
    assert '"SESSION_COOKIE_NAME": "shop"' in both.text("main.py")
