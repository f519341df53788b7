"""`app.send_static_file`, and what the session and the application say of the session."""

from collections.abc import Callable
from typing import Any

HEAD = """
from datetime import timedelta
from flask import Flask, current_app, jsonify, request, session
app = Flask(__name__, static_folder="public_files", static_url_path="/files")
app.secret_key = "fixed"
"""


def test_a_static_folder_outside_the_project_stays(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD.replace('"public_files"', '"/usr/share"')
        + """
@app.get("/")
def index():
    return app.send_static_file("index.html")

@app.get("/many")
def many():
    return app.send_static_file(*["index.html"])
"""
    )
    assert both.runtimes() == {"index": "flask", "many": "flask"}


def test_an_application_without_static_files_stays(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD.replace('"public_files"', "None")
        + """
@app.get("/")
def index():
    return app.send_static_file("index.html")
"""
    )
    assert both.runtimes() == {"index": "flask"}


def test_static_files_from_views(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/")
def index():
    return app.send_static_file("index.html")

@app.get("/pages/<path:name>")
def pages(name):
    response = current_app.send_static_file(name)
    response.headers["X-After"] = "page"
    return response

def page(name):
    return current_app.send_static_file(f"{name}.html")

@app.get("/named/<name>")
def named(name):
    return page(name)
""",
        {"public_files/index.html": "<p>index</p>", "public_files/data.json": "{}"},
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/", "/pages/data.json", "/pages/none.txt", "/pages/../secret", "/named/index", "/named/none"):
        both.same("GET", path)
    both.same("GET", "/", headers={"Range": "bytes=0-3"})
    both.same("GET", "/", headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})


def test_the_session_of_itself(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
app.config["PERMANENT_SESSION_LIFETIME"] = 60

@app.get("/new")
def new():
    return jsonify(new=session.new, accessed=session.accessed, modified=session.modified)

@app.post("/touch")
def touch():
    session["user"] = "ann"
    return jsonify(new=session.new, accessed=session.accessed, modified=session.modified)

@app.get("/lifetime")
def lifetime():
    return jsonify(current_app.permanent_session_lifetime.total_seconds(), str(app.permanent_session_lifetime))
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    both.same("GET", "/new")
    both.same("POST", "/touch")
    both.same("GET", "/lifetime")


def test_lifetimes_by_default_and_by_the_attribute(pair: Callable[..., Any]) -> None:
    view = """
@app.get("/lifetime")
def lifetime():
    return jsonify(app.permanent_session_lifetime.total_seconds())
"""
    for line in ("", "app.permanent_session_lifetime = timedelta(hours=2)\n"):
        both = pair(HEAD + line + view)
        assert both.runtimes() == {"lifetime": "native"}
        both.same("GET", "/lifetime")
        assert both.alone("GET", "/lifetime")[:2] == both.same("GET", "/lifetime")[:2]
