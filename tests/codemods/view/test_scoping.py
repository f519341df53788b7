"""What a name stands for: locals of inner scopes, imports, builtins, and generated names beside them."""

from collections.abc import Callable
from typing import Any

HEAD = """
from datetime import date
from flask import Flask, abort, jsonify, request
app = Flask(__name__)
items = ["module"]

def product(number=0):
    return {"product": number}
"""


def test_a_name_with_two_meanings_in_one_view_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/comprehension")
def comprehension():
    found = [product for product in (1, 2)]
    return jsonify([found, product(3)])

@app.get("/lambda")
def lambdas():
    shown = sorted([2, 1], key=lambda product: -product)
    return jsonify([shown, product(3)])

@app.get("/import")
def imports():
    days = {date: len(date) for date in ("a", "bc")}
    return jsonify([days, date(2026, 1, 2).year])

@app.get("/inner")
def inner():
    def make(items):
        return [*items, 1]
    return jsonify([make([2]), items])

@app.get("/exception")
def exception():
    try:
        return jsonify(int(request.args["a"]))
    except ValueError as product:
        return jsonify(str(product))
"""
    )
    names = {"lambdas": "product", "inner": "items"}
    for endpoint, name in names.items():
        assert both.findings(endpoint) == [f"FM603 two meanings of the name '{name}'"]
    assert [both.runtimes()[one] for one in ("exception", "comprehension", "imports")] == ["native"] * 3
    for path in ("/exception?a=1", "/exception?a=x", "/exception", "/comprehension", "/import"):
        both.same("GET", path)


def test_generated_names_beside_a_views_own(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class HTTPException(Exception):
    pass

def make_response(value):
    return {"own": value}

def required(value, key):
    return [value, key]

@app.get("/a")
def a():
    FlaskJSONResponse, Request, router = 1, 2, 3
    if "stop" in request.args:
        abort(404)
    if "raise" in request.args:
        raise HTTPException("own")
    return jsonify([FlaskJSONResponse, Request, router, make_response(1), required(request.args["x"], "y")])

@app.errorhandler(HTTPException)
def own(error):
    return str(error), 418
"""
    )
    for query in ("", "?x=1", "?stop=1", "?raise=1"):
        both.same("GET", f"/a{query}")


def test_one_name_imported_from_two_modules(pair: Callable[..., Any]) -> None:
    files = {
        "one_source_module.py": "def title(text):\n    return f'one {text}'\n",
        "two_source_module.py": "def title(text):\n    return f'two {text}'\n",
    }
    both = pair(
        HEAD
        + """
@app.get("/one")
def one():
    from one_source_module import title
    return title("x")

@app.get("/two")
def two():
    from two_source_module import title
    return title("x")

@app.get("/local")
def local():
    title = request.args.get("title", "none")
    return title
""",
        files,
    )
    assert set(both.runtimes().values()) == {"native"}
    assert [both.same("GET", url)[1] for url in ("/one", "/two", "/local")] == [b"one x", b"two x", b"none"]


def test_parameters_of_decorators_that_are_names_of_the_module(pair: Callable[..., Any]) -> None:
    both = pair("""
from functools import wraps
from flask import Flask, abort, request
app = Flask(__name__, static_folder=None)

def guarded(role):
    def decorator(view):
        @wraps(view)
        def wrapped(**kwargs):
            if request.headers.get("X-Role") != role:
                abort(401)
            return view(**kwargs)
        return wrapped
    return decorator

@guarded("admin")
def first():
    return "first"

def second():
    return role

role = "the module's"
for view in (first, second):
    app.add_url_rule("/" + view.__name__, view_func=view)
""")
    assert both.runtimes() == {"first": "native", "second": "native"}
    for path in ("/first", "/second"):
        for headers in ({}, {"X-Role": "admin"}, {"X-Role": "the module's"}):
            both.same("GET", path, headers=headers)
