"""Views that other code of the project calls: the same body once, for all endpoints that need it."""

from collections.abc import Callable
from typing import Any

HEAD = """
from functools import wraps
from flask import Flask, Response, current_app, jsonify, make_response, redirect, request, url_for
app = Flask(__name__)

def checked(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if not request.headers.get("X-Key"):
            return "no key", 401
        return view(*args, **kwargs)
    return inner
"""


def test_a_decorated_view_is_not_what_its_name_says(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/secret")
@checked
def secret():
    return {"secret": request.path}

@app.get("/calls")
def calls():
    return secret()

@app.get("/named")
def named():
    return app.view_functions["secret"]()

@app.get("/computed")
def computed():
    return app.view_functions[request.args.get("name")]()

@app.get("/passed-on")
def passed_on():
    return jsonify(list(map(secret, [])))
"""
    )
    assert {name: one for name, one in both.runtimes().items() if name != "secret"} == {
        "calls": "flask", "named": "flask", "computed": "flask", "passed_on": "flask",
    }  # fmt: skip


def test_views_that_call_views(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/users/<int:number>")
def user(number, style="plain"):
    \"\"\"One user.\"\"\"
    if number == 0:
        return {"error": "no user"}, 404
    return {"user": number, "path": request.path, "style": style, "q": request.args.get("q")}

@app.get("/first")
def first():
    return user(1, style="first")

@app.get("/none")
def none():
    response = make_response(user(0))
    response.headers["X-After"] = "none"
    return response

@app.get("/total")
def total():
    return jsonify(total=2)

@app.get("/twice")
def twice():
    response = total()
    return jsonify(inner=response.get_json(), status=response.status_code)

@app.get("/named")
def named():
    return current_app.view_functions["user"](number=9)

def behind():
    return user(number=4)

@app.get("/behind")
def through_a_helper():
    body = behind()
    return body

@app.get("/down/<int:number>")
def down(number):
    return {"down": 0} if number == 0 else down(number - 1)

@app.route("/any", methods=["GET", "POST"])
def anything():
    if request.method == "POST":
        return {"posted": request.get_json()["a"]}
    return {"got": True}

@app.post("/other")
def other():
    return anything()

@app.get("/silent")
def silent():
    pass

@app.get("/calls-silent")
def calls_silent():
    return silent()
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in (
        "/users/3", "/users/3?q=b", "/users/0", "/first", "/first?q=c", "/none", "/total", "/twice", "/named",
        "/behind", "/down/3", "/any", "/silent", "/calls-silent",
    ):  # fmt: skip
        both.same("GET", path)
    both.same("POST", "/any", json={"a": 1})
    both.same("POST", "/other", json={"a": 2})
    both.same("POST", "/other", json={})
    files = "".join(both.conversion.files.values())
    assert files.count('"no user"') == 1
    assert '"""One user."""' in both.text("routers/root.py")
