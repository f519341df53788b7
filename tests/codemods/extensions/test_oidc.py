"""flask-oidc's objects: only whether a user is logged in is asked without Flask."""

import pytest

oidc = pytest.importorskip("flask_oidc")

APP = """
from flask import Flask, jsonify, session
from flask_oidc import OpenIDConnect

app = Flask(__name__)
app.secret_key = "key"
oidc = OpenIDConnect()


@app.before_request
def check():
    if not oidc.user_loggedin and "in" in session:
        return "who?", 401


@app.get("/in")
def log_in():
    session["in"] = 1
    session["oidc_auth_token"] = {"a": 1}
    return jsonify(oidc.user_loggedin)


@app.get("/out")
def log_out():
    session.pop("oidc_auth_token")
    return jsonify(oidc.user_loggedin)
"""


def test_who_is_logged_in_is_asked_of_the_session(pair):
    both = pair(APP)
    assert set(both.runtimes().values()) == {"native"}
    with both.clients() as (flask, fastapi):
        for path in ("/in", "/in", "/out", "/in"):
            theirs, mine = flask.get(path), fastapi.get(path)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data())


def test_anything_else_stays_on_flask(pair):
    both = pair(APP + '\n\n@app.get("/name")\ndef name():\n    return oidc.user_getfield("name")\n')
    assert both.runtimes()["name"] == "flask"
    assert "FM818" in str(both.findings("name"))
