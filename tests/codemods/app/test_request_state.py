"""What a request keeps on `g`, and what ends it: natively on `request.state`, beside Flask on Flask's own `g`."""

from collections.abc import Callable
from typing import Any

HEAD = """
import sqlite3
from flask import Flask, current_app, g, jsonify, request
app = Flask(__name__)
LOG = []
"""


def test_what_only_flasks_g_can_do_stays_beside_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def fill(bag):
    bag.user = "ann"

@app.get("/handed")
def handed():
    fill(g)
    return jsonify(g.user)

@app.get("/deleted")
def deleted():
    g.user = 1
    try:
        del g.user
        del g.user
    except AttributeError:
        return "gone"
    return "there"

@app.get("/true")
def true():
    return "yes" if g else "no"

@app.get("/method")
def method():
    return jsonify(callable(g.get))
"""
    )
    assert set(both.runtimes().values()) == {"bridged"}
    for endpoint in both.runtimes():
        both.same("GET", f"/{endpoint}")


def test_g_across_hooks_helpers_and_views(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def name(default):
    return g.get("name", default)

@app.before_request
def start():
    if "skip" not in request.args:
        g.name = request.args.get("name", "nobody")
        setattr(g, "second", 2)
    g.setdefault("seen", []).append("start")

@app.after_request
def tell(response):
    response.headers["X-After"] = ",".join(g.pop("seen")) + str(sorted(g))
    return response

@app.get("/name")
def show():
    g.seen.append("view")
    known = [key for key in g]
    return jsonify(name("?"), "name" in g, hasattr(g, "second"), getattr(g, "third", None), known)

@app.get("/missing")
def missing():
    return g.never

@app.get("/popped")
def popped():
    return jsonify(g.pop("a", 1), g.setdefault("a"), g.pop("a"), g.pop("a", None))

@app.get("/no-default")
def no_default():
    return g.pop("a")
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/name", "/name?name=ann", "/name?skip=1", "/missing", "/popped", "/no-default"):
        both.same("GET", path)
    assert "from flask" not in both.text("routers/root.py") + both.text("hooks.py")


def test_functions_for_the_end_of_a_context_run_natively_last_first_with_what_nobody_handled(
    pair: Callable[..., Any],
) -> None:
    both = pair(
        HEAD
        + """
class Handled(Exception):
    pass

@app.errorhandler(Handled)
def handled(error):
    return "handled", 409

def database():
    if "database" not in g:
        g.database = sqlite3.connect(":memory:")
    return g.database

@app.before_request
def connect():
    LOG.append("connect")
    database().execute("create table items (name)")

@app.teardown_appcontext
def close(error):
    connection = g.pop("database", None)
    LOG.append(f"close {connection is not None} {error!r}")
    if connection is not None:
        connection.close()

@app.teardown_appcontext
def first(error):
    LOG.append("first")

@app.teardown_request
def request_ends(error):
    LOG.append(f"request {error!r}")

@app.get("/fine")
def fine():
    database().execute("insert into items values ('a')")
    return jsonify(database().execute("select * from items").fetchall())

@app.get("/crash")
def crash():
    raise RuntimeError("no")

@app.get("/handled")
def raises():
    raise Handled

@app.get("/bridged")
def bridged():
    return jsonify(sorted(current_app.extensions), len(database().execute("select * from items").fetchall()))

@app.get("/log")
def log():
    entries = list(LOG)
    LOG.clear()
    return jsonify(entries)
"""
    )
    assert both.runtimes()["bridged"] == "bridged"
    assert {one for name, one in both.runtimes().items() if name != "bridged"} == {"native"}
    assert "check_same_thread=False" in "".join(both.conversion.files.values())
    both.flask.test_client().get("/log")
    for path in ("/fine", "/crash", "/handled", "/bridged"):
        with both.clients() as (flask, fastapi):
            theirs, their_log = flask.get(path), flask.get("/log").get_json()
            flask.get("/log")
            mine, my_log = fastapi.get(path), fastapi.get("/log").json()
            fastapi.get("/log")
        assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), path
        assert my_log == their_log, path


def test_what_is_bound_to_a_thread_keeps_the_thread_of_its_request(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
import threading
LOCAL = threading.local()

@app.before_request
def start():
    LOCAL.user = request.args.get("user")

@app.get("/user")
def user():
    return jsonify(LOCAL.user)
"""
    )
    assert both.runtimes() == {"user": "bridged"}
    assert both.findings("user") == ["FM611 'threading.local'"]
    both.same("GET", "/user?user=ann")


def test_a_hook_is_written_for_native_and_for_bridged_routes(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class Denied(Exception):
    pass

@app.errorhandler(Denied)
def denied(error):
    return f"denied {error}", 403

@app.before_request
def check():
    if "denied" in request.args:
        raise Denied(request.args["denied"])

@app.before_request
def early():
    if "early" in request.args:
        return "early", 202

@app.get("/native")
def native():
    return "native"

@app.get("/bridged")
def bridged():
    if "late" in request.args:
        raise Denied("late")
    return jsonify(sorted(current_app.extensions))
"""
    )
    assert both.runtimes() == {"native": "native", "bridged": "bridged"}
    assert "def check(" in both.text("hooks.py")
    assert "def check(" in both.text("bridged/hooks.py")
    assert "def early(" not in both.text("bridged/hooks.py")
    for path in ("/native", "/bridged"):
        for query in ("", "?denied=x", "?early=1", "?late=1"):
            both.same("GET", path + query)
