"""Decorators that hand values on or change answers: refusals first, then the same answers as Flask's."""

from collections.abc import Callable
from typing import Any

HEAD = """
from functools import wraps
from flask import Flask, abort, current_app, g, jsonify, make_response, request
app = Flask(__name__)
USERS = {"ann": {"name": "Ann", "role": "admin"}, "bob": {"name": "Bob", "role": "user"}}

def stamped(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-After"] = request.path
        return response
    return wrapper
"""


def test_what_a_decorator_would_see_or_lose_keeps_the_view_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def answers(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        return view("x", *args, **kwargs) if request.args else ("no", 401)
    return wrapper

def loads(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not request.args:
            return "no", 401
        return view("x", *args, **kwargs)
    return wrapper

def asks_the_answer(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = view(*args, **kwargs)
        response.headers["X-After"] = "1"
        return response
    return wrapper

@app.get("/loaded-below")
@stamped
@loads
def loaded_below(value):
    return value

@app.get("/no-response")
@asks_the_answer
def no_response():
    return "text"

@app.get("/inside")
@answers
def inside(value):
    return value

async def later():
    return "later"

app.add_url_rule("/later", view_func=stamped(later))
"""
    )
    assert both.runtimes() == dict.fromkeys(("loaded_below", "no_response", "inside", "later"), "flask")
    assert all(both.findings(name)[0].startswith("FM113") for name in both.runtimes())


def test_values_are_handed_on_by_position_and_by_name(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def known(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        user = USERS.get(request.headers.get("X-User", ""))
        if user is None:
            return jsonify(error="who?"), 401
        return view(user, *args, **kwargs)
    return wrapper

def role(*names):
    def decorate(view):
        @wraps(view)
        def inner(user, *args, **kwargs):
            if user["role"] in names:
                return view(user, *args, **kwargs)
            abort(403, description=f"only {', '.join(names)}")
        return inner
    return decorate

def placed(view):
    def wrapper(*args, **kwargs):
        number = kwargs.pop("number")
        if number > 9:
            abort(404)
        kwargs["place"] = number * 2
        return view(*args, **kwargs, kind="even")
    wrapper.__name__ = view.__name__
    return wrapper

@app.get("/me")
@known
def me(user):
    return user

@app.route("/places/<int:number>/<part>", methods=["GET", "DELETE"])
@known
@role("admin", "owner")
@placed
def place(user, part, place, kind):
    return {"by": user["name"], "place": place, "part": part, "kind": kind, "method": request.method}
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for user in ("ann", "bob", "eve"):
        for path in ("/me", "/places/3/x", "/places/12/x", "/places/a/x"):
            both.same("GET", path, headers={"X-User": user})
    assert both.same("DELETE", "/places/3/x", headers={"X-User": "ann"})[0] == 200
    assert both.same("GET", "/places/12/x", headers={"X-User": "bob"})[0] == 403
    assert both.same("GET", "/places/12/x")[0] == 401


def test_answers_are_changed_as_in_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def cache_for(seconds):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            answer = view(*args, **kwargs)
            response = make_response(answer)
            if response.status_code == 200:
                response.headers["Cache-Control"] = f"public, max-age={seconds}"
            return response
        return wrapper
    return decorate

def envelope(status=200):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            response = make_response(jsonify(data=view(*args, **kwargs)), status)
            response.headers["X-After"] = view.__name__
            return response
        return wrapper
    return decorate

def shown(view):
    @wraps(view)
    def wrapper(**kwargs):
        result = view(**kwargs)
        if isinstance(result, dict):
            return jsonify(shown=result)
        return result
    return wrapper

def caught(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except (KeyError, ValueError) as error:
            return jsonify(error=type(error).__name__), 422
    return wrapper

def who(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "X-User" not in request.headers:
            return "who?", 401
        return view(*args, **kwargs)
    return wrapper

@app.get("/text")
@cache_for(60)
def text():
    return "missing", 404 if "no" in request.args else 200

@app.get("/data/<int:number>")
@cache_for(seconds=5)
@envelope(status=202)
def data(number):
    return {"number": number}

@app.get("/either")
@shown
def either():
    if "text" in request.args:
        return "text", 201
    return {"a": 1}

@app.route("/error/<kind>", methods=["GET", "POST"])
@stamped
@caught
def error(kind):
    if request.method == "POST":
        return request.get_json()
    if kind == "key":
        return {}["key"]
    if kind == "http":
        abort(409)
    if kind == "query":
        return request.args["missing"]
    return str(int(kind))

@app.get("/guarded")
@stamped
@who
@cache_for(7)
def guarded():
    return "in"

@app.get("/outside")
@who
@stamped
def outside():
    return "in"
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/text", "/text?no", "/data/3", "/data/x", "/either", "/either?text", "/guarded", "/outside"):
        both.same("GET", path)
        both.same("GET", path, headers={"X-User": "ann"})
        both.same("HEAD", path)
        both.same("POST", path)
    for kind in ("key", "http", "query", "1", "one"):
        both.same("GET", f"/error/{kind}")
    assert both.same("POST", "/error/x", data="{", headers={"Content-Type": "application/json"})[0] == 400
    assert both.same("GET", "/guarded")[2]["x-after"] == "/guarded"
    assert both.same("GET", "/outside")[2]["x-after"] is None
    assert both.same("GET", "/error/key")[2]["x-after"] == "/error/key"


def test_a_declaration_may_wrap_the_view_itself(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def login_required(view):
    def wrapper(*args, **kwargs):
        if "X-User" not in request.headers:
            abort(401)
        return view(*args, **kwargs)
    return wrapper

def stats():
    return jsonify(total=3)

app.add_url_rule("/public", "public", stats)
app.add_url_rule("/private", "private", login_required(stats))
app.add_url_rule("/both", "both", view_func=stamped(login_required(stats)), methods=["GET", "POST"])
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/public", "/private", "/both"):
        both.same("GET", path, headers={"X-User": "ann"})
    assert [both.same("GET", path)[0] for path in ("/public", "/private", "/both")] == [200, 401, 401]
    assert both.same("POST", "/both", headers={"X-User": "ann"})[2]["x-after"] == "/both"


def test_async_views_wait_where_flask_does(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def checked(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "no" in request.args:
            abort(403)
        return current_app.ensure_sync(view)(*args, **kwargs)
    return wrapper

def marked(view):
    @wraps(view)
    async def wrapper(*args, **kwargs):
        response = make_response(await view(*args, **kwargs))
        response.headers["X-After"] = "async"
        return response
    return wrapper

@app.get("/checked")
@checked
async def checked_view():
    return "checked"

@app.get("/marked")
@marked
async def marked_view():
    return "marked"

@app.get("/broken")
@stamped
async def broken():
    return "broken"
"""
    )
    assert both.runtimes() == {"checked_view": "native", "marked_view": "native", "broken": "flask"}
    assert [both.same("GET", path)[0] for path in ("/checked", "/checked?no", "/marked")] == [200, 403, 200]


def test_openapi_tells_what_a_check_asks_for(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def bearer(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        header = request.headers.get("Authorization", "")
        if not header.startswith("Bearer ") or header[7:] != "t":
            return jsonify(error="who?"), 401, {"WWW-Authenticate": "Bearer"}
        return view(*args, **kwargs)
    return wrapper

def basic(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        kind, _, sent = request.headers.get("Authorization", "").partition(" ")
        if kind != "Basic" or sent != "YW5uOnB3":
            abort(401)
        return view(*args, **kwargs)
    return wrapper

def keyed(name):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.headers.get("X-API-Key") != name:
                abort(403)
            return view(*args, **kwargs)
        return wrapper
    return decorate

@app.get("/bearer")
@bearer
def by_bearer():
    return "in"

@app.get("/basic")
@basic
def by_basic():
    return "in"

@app.get("/keyed")
@keyed("k")
def by_key():
    return "in"

@app.get("/open")
def to_all():
    return "open"
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    values = ["Bearer t", "Bearer", "bearer t", "Basic YW5uOnB3", "Basic *", "Basic"]
    for headers in ({}, {"X-API-Key": "k"}, {"X-API-Key": ""}, *({"Authorization": one} for one in values)):
        for path in ("/bearer", "/basic", "/keyed", "/open"):
            both.same("GET", path, headers=headers)
    document = both.make().openapi()
    security = {path: found["get"].get("security") for path, found in document["paths"].items()}
    kinds = {name: (one["type"], one.get("scheme")) for name, one in document["components"]["securitySchemes"].items()}
    assert {path: [kinds[name] for one in found or () for name in one] for path, found in security.items()} == {
        "/bearer": [("http", "bearer")],
        "/basic": [("http", "basic")],
        "/keyed": [("apiKey", None)],
        "/open": [],
    }


def test_decorators_that_are_made_in_other_ways(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class Role:
    '''Lets in who has the role.'''

    def __init__(self, name, *, status=403):
        self.name = name
        self.refusal = status

    def __call__(self, view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.headers.get("X-Role") != self.name:
                return "no", self.refusal
            return view(*args, **kwargs)
        return wrapper

class Counted:
    def __init__(self, limit):
        self.limit = limit
        self.count = 0

    def __call__(self, view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            self.count += 1
            return view(*args, **kwargs)
        return wrapper

def known(view=None, *, status=401):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if "X-User" not in request.headers:
                return "no", status
            return view(*args, **kwargs)
        return wrapper
    if view is None:
        return decorate
    return decorate(view)

@app.get("/role")
@Role("admin", status=404)
def role():
    return "in"

@app.get("/counted")
@Counted(3)
def counted():
    return "in"

@app.get("/bare")
@known
def bare():
    return "in"

@app.get("/called")
@known(status=418)
def called():
    return "in"
"""
    )
    assert both.runtimes() == {"role": "native", "counted": "flask", "bare": "native", "called": "native"}
    for headers in ({}, {"X-Role": "admin"}, {"X-User": "ann"}):
        for path in ("/role", "/bare", "/called"):
            both.same("GET", path, headers=headers)
    assert [both.same("GET", path)[0] for path in ("/role", "/bare", "/called")] == [404, 401, 418]
