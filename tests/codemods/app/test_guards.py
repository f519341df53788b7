"""Decorators as dependencies: refusals first, then the same answers, a guard always before the body."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from functools import wraps
from flask import Blueprint, Flask, abort, g, jsonify, make_response, redirect, request, session, url_for
app = Flask(__name__)
app.secret_key = "k"
"""
GUARD = """
def guard(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
{body}
    return wrapper

@app.route("/a/<int:number>", methods=["GET", "POST"])
@guard
def a(number):
    return jsonify(number=number, json=request.get_json(silent=True))
"""

REFUSED = {
    "None may be returned": "if request.args:\n    return None\nreturn view(*args, **kwargs)",
    "the view may not be called": "if request.args:\n    return view(*args, **kwargs)",
    "the arguments are read": "if args:\n    abort(400)\nreturn view(*args, **kwargs)",
    "the keywords are read": "if len(kwargs) > 1:\n    abort(400)\nreturn view(*args, **kwargs)",
    "the keywords are read around the view": "return make_response(view(*args, **kwargs), len(kwargs))",
    "the view itself is used": "if view is a:\n    abort(400)\nreturn view(*args, **kwargs)",
    "a keyword that is not in the rule": "if kwargs['other']:\n    abort(400)\nreturn view(*args, **kwargs)",
    "a keyword by a computed name": "kwargs[request.method] = 1\nreturn view(*args, **kwargs)",
    "a keyword that may be missing": "if request.args:\n    kwargs['b'] = 1\nreturn view(*args, **kwargs)",
    "a value handed on and the answer changed": "return make_response(view(1, *args, **kwargs))",
    "different values handed on": "if request.args:\n    return view(1, *args, **kwargs)\nreturn view(*args, **kwargs)",
    "arguments dropped": "return view()",
    "a yield": "yield 1\nreturn view(*args, **kwargs)",
}  # fmt: skip


def test_what_is_more_than_a_check_stays_on_flask(pair: Callable[..., Any]) -> None:
    source = HEAD
    for index, body in enumerate(REFUSED.values()):
        lines = "\n".join(f"        {line}" for line in body.splitlines())
        text = GUARD.format(body=lines).replace("guard", f"guard_{index}").replace("def a(", f"def a_{index}(")
        source += text.replace('"/a/', f'"/{index}/')
    both = pair(source)
    assert both.runtimes() == {f"a_{index}": "flask" for index in range(len(REFUSED))}
    assert all(both.findings(f"a_{index}") for index in range(len(REFUSED)))


@pytest.mark.parametrize(
    "decorator",
    [
        "def guard(view):\n    return view if app.debug else view",
        "class guard:\n    def __init__(self, view):\n        self.view, self.__name__ = view, view.__name__\n"
        "    def __call__(self, *args, **kwargs):\n        return self.view(*args, **kwargs)",
        "def guard(view):\n    async def wrapper(*args, **kwargs):\n        return view(*args, **kwargs)\n"
        "    wrapper.__name__ = view.__name__\n    return wrapper",
        "def guard(view):\n    calls = []\n    @wraps(view)\n"
        "    def wrapper(*args, **kwargs):\n        calls.append(1)\n"
        "        return view(*args, **kwargs)\n    return wrapper",
        "import functools\nguard = functools.lru_cache",
    ],
)
def test_other_shapes_of_decorators_stay_on_flask(pair: Callable[..., Any], decorator: str) -> None:
    both = pair(HEAD + decorator + '\n@app.route("/a")\n@guard\ndef a():\n    return "a"\n')
    assert both.runtimes() == {"a": "flask"}


LOGIN = """
def login_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Token") != "t":
            return jsonify(error="who?"), 401
        return view(*args, **kwargs)
    return wrapper

def role(name):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.headers.get("X-Role", "none") != name:
                abort(403, description=f"only {name}")
            return view(*args, **kwargs)
        return wrapper
    return decorate
"""


def test_guards_refuse_before_the_body_and_the_query_are_looked_at(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + LOGIN
        + """
@app.route("/a/<int:number>", methods=["GET", "POST"])
@login_required
@role("admin")
def a(number):
    if request.method == "POST":
        return jsonify(request.get_json()), 201
    return request.args["page"]

@app.post("/form")
@login_required
def form():
    return request.form["name"]

@app.get("/other")
@role("owner")
@login_required
def other():
    return "other"
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    broken = {"data": "{", "headers": {"Content-Type": "application/json"}}
    token = {"X-Token": "t"}
    admin = {"X-Token": "t", "X-Role": "admin"}
    assert both.same("POST", "/a/1", **broken)[0] == 401
    assert both.same("POST", "/a/1", data="x", headers=token)[0] == 403
    assert both.same("POST", "/a/1", data="{", headers={**admin, "Content-Type": "application/json"})[0] == 400
    assert both.same("POST", "/a/1", data="x", headers={**admin, "Content-Type": "text/plain"})[0] == 415
    assert both.same("POST", "/a/1", json={"a": 1}, headers=admin)[0] == 201
    assert both.same("GET", "/a/1")[0] == 401
    assert both.same("GET", "/a/1?page=2", headers=admin)[0] == 200
    assert both.same("GET", "/a/1", headers=admin)[0] == 400
    assert both.same("HEAD", "/a/1")[0] == 401
    assert both.same("PUT", "/a/1")[0] == 405
    assert both.same("GET", "/a/x")[0] == 404
    assert (
        both.same("POST", "/form", headers={"Content-Type": "application/x-www-form-urlencoded"}, data="name=")[0]
        == 401
    )
    form = {**token, "Content-Type": "application/x-www-form-urlencoded"}
    assert both.same("POST", "/form", headers=form, data="")[0] == 400
    assert both.same("POST", "/form", headers=form, data="name=")[0] == 200
    assert both.same("GET", "/other", headers=token)[0] == 403
    assert both.same("GET", "/other", headers={"X-Role": "owner"})[0] == 401
    assert both.same("GET", "/other", headers={**token, "X-Role": "owner"})[0] == 200


def test_a_guard_that_reads_the_path_and_hands_a_value_on(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
ITEMS = {1: "one", 2: "two"}

def load(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        number = kwargs.pop("number")
        if number not in ITEMS:
            abort(404)
        return view(*args, item=ITEMS[number], **kwargs)
    return wrapper

def check(view):
    @wraps(view)
    def wrapper(number, **kwargs):
        if number == 2:
            return "not two", 403
        return view(number=number, **kwargs)
    return wrapper

@app.route("/load/<int:number>/<part>")
@load
def loaded(item, part):
    return f"{item} {part}"

@app.route("/check/<int:number>")
@check
def checked(number):
    return {"number": number}
"""
    )
    assert "flask" not in both.runtimes().values()
    for number in (1, 2, 3):
        both.same("GET", f"/load/{number}/x")
        both.same("GET", f"/check/{number}")
    assert both.same("GET", "/load/3/x")[0] == 404
    assert both.same("GET", "/check/2")[:2] == (403, b"not two")


def test_a_guard_of_the_session_with_a_redirect(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def login_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "user" not in session:
            return redirect(url_for("login", next=request.path))
        return view(*args, **kwargs)
    return wrapper

@app.route("/login", methods=["POST", "GET"])
def login():
    session["user"] = request.args.get("user", "")
    return "", 204

@app.route("/cart")
@login_required
def cart():
    return session["user"]
"""
    )
    assert "flask" not in both.runtimes().values()
    assert both.same("GET", "/cart")[2]["location"] == "/login?next=/cart"
    with both.clients() as (flask, fastapi):
        for client in (flask, fastapi):
            assert client.get("/login?user=ann").status_code == 204
            assert client.get("/cart").text == "ann"


def test_guards_of_one_name_in_two_modules_stay_apart(pair: Callable[..., Any]) -> None:
    other = """
from functools import wraps
from flask import abort, Blueprint
bp = Blueprint("other", __name__, url_prefix="/other")

def guard(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        abort(418)
        return view(*args, **kwargs)
    return wrapper

@bp.get("/a")
@guard
def a():
    return "never"
"""
    both = pair(
        HEAD
        + """
from other_guard_module import bp

def guard(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "stop" in request.args:
            abort(403)
        return view(*args, **kwargs)
    return wrapper

@app.get("/a")
@guard
def a():
    return "a"

app.register_blueprint(bp)
""",
        {"other_guard_module.py": other},
    )
    assert both.findings("a") == []
    assert both.runtimes() == {"a": "native", "other.a": "native"}
    assert [both.same("GET", url)[0] for url in ("/a", "/a?stop=1", "/other/a")] == [200, 403, 418]


def test_a_guard_with_shared_state_counts_for_both_sides(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
SEEN = {}

def once(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        key = request.headers.get("X-Key", "none")
        if key in SEEN:
            return "again", 429
        SEEN[key] = True
        return view(*args, **kwargs)
    return wrapper

@app.get("/a")
@once
def a():
    return "first"
"""
    )
    assert "flask" not in both.runtimes().values()
    with both.clients() as (flask, fastapi):
        assert flask.get("/a", headers={"X-Key": "1"}).status_code == 200
        assert fastapi.get("/a", headers={"X-Key": "1"}).status_code == 429
        assert fastapi.get("/a", headers={"X-Key": "2"}).status_code == 200
        assert flask.get("/a", headers={"X-Key": "2"}).status_code == 429
