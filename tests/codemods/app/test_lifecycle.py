"""Hooks and error handlers: what stays on Flask, then Flask's own order and look-up."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Blueprint, Flask, abort, g, jsonify, make_response, redirect, request, session
from werkzeug.exceptions import Conflict, HTTPException, NotFound
app = Flask(__name__)
app.secret_key = "k"
"""
VIEW = """
@app.route("/a", methods=["GET", "POST"])
def a():
    return "a"
"""
AROUND_REFUSED = {
    "a decorated hook": "def twice(f):\n    return lambda: f()\n@app.before_request\n@twice\ndef check():\n    pass",
    "a handler that asks for more": "@app.errorhandler(500)\ndef lost(e):\n    return jsonify(e.data)",
    "an after hook that replaces the iterable": "@app.after_request\ndef note(response):\n"
    "    response.response = [b'x']\n    return response",
}


@pytest.mark.parametrize("around", AROUND_REFUSED.values(), ids=list(AROUND_REFUSED))
def test_what_has_no_counterpart_keeps_everything_in_its_reach_on_flask(pair: Callable[..., Any], around: str) -> None:
    both = pair(HEAD + around + "\n" + VIEW)
    assert both.runtimes() == {"a": "flask"}
    assert both.findings("a")


def test_a_refused_hook_of_a_blueprint_leaves_the_rest_alone(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + VIEW
        + """
bp = Blueprint("shop", __name__)

@bp.before_request
def check():
    request.environ["a"] = 1

@bp.get("/b")
def b():
    return "b"

inner = Blueprint("inner", __name__)

@inner.get("/c")
def c():
    return "c"

bp.register_blueprint(inner)
app.register_blueprint(bp)
"""
    )
    assert both.runtimes() == {"a": "native", "shop.b": "flask", "shop.inner.c": "flask"}


ORDER = """
LOG = []

def note(name):
    LOG.append(name)

@app.before_request
def first():
    note("app before 1")
    if request.args.get("stop") == "app":
        return "stopped by app", 403

@app.before_request
def second():
    note("app before 2")

@app.after_request
def after_first(response):
    note("app after 1")
    response.headers["X-After"] = response.headers.get("X-After", "") + "1"
    return response

@app.after_request
def after_second(response):
    note("app after 2")
    response.headers["X-After"] = response.headers.get("X-After", "") + "2"
    return response

@app.teardown_request
def torn(error):
    note(f"app teardown {type(error).__name__}")

outer = Blueprint("outer", __name__, url_prefix="/outer")
inner = Blueprint("inner", __name__, url_prefix="/inner")

@outer.before_request
def outer_before():
    note("outer before")
    if request.args.get("stop") == "outer":
        abort(409, "outer says no")

@inner.before_request
def inner_before():
    note("inner before")
    if request.args.get("stop") == "inner":
        return jsonify(stopped="inner")
    if request.args.get("stop") == "value":
        return {"stopped": "value"}, 202, {"X-Own": "1"}
    if request.args.get("stop") == "empty":
        return ""
    if request.args.get("stop") == "error":
        raise ValueError("inner")

@outer.after_request
def outer_after(response):
    note("outer after")
    response.headers["X-After"] = response.headers.get("X-After", "") + "o"
    return response

@inner.after_request
def inner_after(response):
    note("inner after")
    response.headers["X-After"] = response.headers.get("X-After", "") + "i"
    if request.args.get("replace"):
        return make_response("replaced", 201)
    return response

@inner.teardown_request
def inner_torn(error):
    note(f"inner teardown {type(error).__name__}")

@app.get("/a")
def a():
    note("view")
    return "a"

@outer.get("/b")
def b():
    note("view")
    return "b"

@inner.route("/c", methods=["GET", "POST"])
def c():
    note("view")
    if request.args.get("fail"):
        raise KeyError("fail")
    if request.method == "POST":
        return jsonify(request.get_json())
    return "c"

outer.register_blueprint(inner)
app.register_blueprint(outer)
"""


def test_hooks_run_in_flasks_order_and_stop_where_flask_stops(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + ORDER)
    assert set(both.runtimes().values()) <= {"native", "bridged"}
    import_log = both.flask.import_name
    log = __import__(import_log).LOG
    requests = [
        ("GET", "/a", {}), ("GET", "/a?stop=app", {}), ("HEAD", "/a", {}),
        ("GET", "/outer/b", {}), ("GET", "/outer/b?stop=app", {}), ("GET", "/outer/b?stop=outer", {}),
        *(("GET", f"/outer/inner/c?stop={one}", {})
          for one in ("", "app", "outer", "inner", "value", "empty", "error")),
        ("GET", "/outer/inner/c?fail=1", {}), ("GET", "/outer/inner/c?replace=1", {}),
        ("GET", "/outer/inner/c?replace=1&stop=inner", {}), ("GET", "/outer/inner/c?replace=1&fail=1", {}),
        ("POST", "/outer/inner/c", {"json": [1]}), ("POST", "/outer/inner/c", {"data": "x"}),
        ("POST", "/outer/inner/c?stop=outer", {"data": "{"}),
    ]  # fmt: skip
    for method, url, options in requests:
        with both.clients() as (flask, fastapi):
            log.clear()
            theirs = flask.open(url, method=method, **options)
            expected = list(log)
            log.clear()
            sent = {("content" if name == "data" else name): value for name, value in options.items()}
            mine = fastapi.request(method, url, **sent)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), (method, url)
            assert mine.headers.get("X-After") == theirs.headers.get("X-After"), (method, url)
            assert mine.headers.get("X-Own") == theirs.headers.get("X-Own"), (method, url)
            assert log == expected, (method, url)


HANDLERS = """
class ShopError(Exception):
    status = 422

class StockError(ShopError):
    status = 409

class OtherError(Exception):
    pass

@app.errorhandler(404)
def lost(error):
    return jsonify(error=error.name, code=error.code, text=str(error), description=error.description), 404

@app.errorhandler(405)
def method(error):
    return jsonify(error="method"), 405

@app.errorhandler(HTTPException)
def http(error):
    return f"{error.code} {error.name}: {error.description}", error.code, {"X-After": "http"}

@app.errorhandler(ShopError)
def shop_error(error):
    return {"error": str(error), "arguments": list(error.args)}, error.status

@app.errorhandler(ZeroDivisionError)
def division(error):
    raise ShopError("while handling")

bp = Blueprint("bp", __name__, url_prefix="/bp")

@bp.errorhandler(404)
def bp_lost(error):
    return f"blueprint: {error.description}", 404

@bp.errorhandler(StockError)
def stock(error):
    return "blueprint stock"

@bp.errorhandler(Exception)
def anything(error):
    return "blueprint anything", 500

def raise_one(name):
    if name == "shop":
        raise ShopError("shop", 1)
    if name == "stock":
        raise StockError()
    if name == "other":
        raise OtherError("x")
    if name == "zero":
        return 1 / 0
    return name

@app.get("/status/<int:code>")
def status(code):
    if code == 404:
        abort(404)
    if code == 403:
        abort(403, "own words")
    if code == 400:
        abort(400, description="<b>bold</b>")
    if code == 409:
        raise Conflict("conflict")
    if code == 410:
        abort(410, {"a": 1})
    if code == 401:
        abort(401, None)
    if code == 302:
        abort(redirect("/elsewhere"))
    if code == 202:
        abort(make_response("accepted", 202))
    return "fine"

@app.get("/raise/<name>")
def app_raise(name):
    return raise_one(name)

@bp.get("/status/<int:code>")
def bp_status(code):
    if code == 404:
        abort(404, "in blueprint")
    if code == 403:
        abort(403)
    return "fine"

@bp.get("/raise/<name>")
def bp_raise(name):
    return raise_one(name)

app.register_blueprint(bp)
"""


def test_errors_find_the_handler_that_flask_finds(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + HANDLERS)
    assert "flask" not in both.runtimes().values()
    for code in (404, 403, 400, 409, 410, 401, 302, 202, 200):
        both.same("GET", f"/status/{code}")
    for code in (404, 403, 200):
        both.same("GET", f"/bp/status/{code}")
    for name in ("shop", "stock", "other", "zero", "fine"):
        both.same("GET", f"/raise/{name}")
        both.same("GET", f"/bp/raise/{name}")
    for url in ("/none", "/bp/none", "/status/x"):
        both.same("GET", url)
    both.same("POST", "/status/404")
    both.same("POST", "/bp/status/404")


def test_a_handler_of_every_exception_and_of_500(pair: Callable[..., Any]) -> None:
    for handler in (
        "@app.errorhandler(500)\ndef failed(error):\n    return jsonify(code=error.code, text=str(error)), 500",
        "@app.errorhandler(Exception)\ndef failed(error):\n    return 'any', 500",
        "@app.errorhandler(404)\ndef failed(error):\n    return error",
    ):
        both = pair(
            HEAD
            + handler
            + """
@app.get("/a")
def a():
    if "code" in request.args:
        abort(404)
    raise ValueError("a")
"""
        )
        assert both.runtimes()["a"] != "flask"
        both.same("GET", "/a")
        both.same("GET", "/a?code=1")
        both.same("GET", "/none")


def test_hooks_of_one_name_stay_apart(pair: Callable[..., Any]) -> None:
    other = """
from datetime import datetime as now
from flask import Blueprint, request
bp = Blueprint("other", __name__, url_prefix="/other")

def stamp():
    return f"other {now(2026, 1, 1).year}"

@bp.before_request
def check():
    if "other" in request.args:
        return stamp()

@bp.get("/a")
def a():
    return stamp()
"""
    both = pair(
        HEAD
        + """
from time import time as now
from other_hook_module import bp

def stamp():
    return f"own {now() > 0}"

@app.before_request
def check():
    if "own" in request.args:
        return stamp()

@app.get("/a")
def a():
    return stamp()

app.register_blueprint(bp)
""",
        {"other_hook_module.py": other},
    )
    assert "flask" not in both.runtimes().values()
    for url in ("/a", "/a?own=1", "/a?other=1", "/other/a", "/other/a?own=1", "/other/a?other=1", "/other/a?own&other"):
        both.same("GET", url)


DECORATED = """
def loud(hook):
    @wraps(hook)
    def wrapper(*args):
        return hook(*args)
    return wrapper
"""


@pytest.mark.parametrize(
    "around",
    [
        "@app.before_request\n@loud\ndef check():\n    pass",
        "@app.after_request\n@loud\ndef after(response):\n    return response",
        "@app.errorhandler(500)\n@loud\ndef lost(error):\n    return 'lost', 500",
        "@loud\ndef check():\n    pass\napp.before_request(check)",
        "@app.before_request\n@loud\n@app.teardown_request\ndef check(error=None):\n    pass",
    ],
)
def test_a_decorator_on_a_hook_is_never_dropped(pair: Callable[..., Any], around: str) -> None:
    both = pair("from functools import wraps\n" + HEAD + DECORATED + around + "\n" + VIEW)
    assert both.runtimes() == {"a": "flask"}
    assert both.findings("a")


def test_a_decorator_above_the_registration_is_of_no_account(pair: Callable[..., Any]) -> None:
    around = "@loud\n@app.before_request\ndef check():\n    if request.args:\n        return 'stopped'\n"
    both = pair("from functools import wraps\n" + HEAD + DECORATED + around + VIEW)
    assert both.runtimes() == {"a": "native"}
    assert [both.same("GET", url)[1] for url in ("/a", "/a?b=1")] == [b"a", b"stopped"]


def test_blueprints_called_like_the_modules_beside_main(pair: Callable[..., Any]) -> None:
    names = ("app", "errors", "hooks", "logging", "options", "os", "state", "templating")
    views = "".join(
        f"{name}_bp = Blueprint('{name}', __name__)\n@{name}_bp.get('/{name}')\ndef {name}_view():\n"
        f"    ROWS.append(1)\n    return jsonify(len(ROWS))\napp.register_blueprint({name}_bp)\n"
        for name in names
    )
    source = (
        "from flask import Blueprint, Flask, jsonify, session\napp = Flask(__name__)\napp.secret_key = 'k'\nROWS = []\n"
    )
    around = "@app.before_request\ndef load():\n    session['a'] = 1\n"
    both = pair(f"{source}{views}{around}")
    assert set(both.runtimes().values()) == {"native"}
    for name in names:
        assert both.alone("GET", f"/{name}")[0] == 200
