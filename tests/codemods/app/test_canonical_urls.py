"""URLs that stand for others, and doubled slashes: what stays on Flask, then FastAPI's answers beside Flask's."""

from collections.abc import Callable
from typing import Any

HEAD = """
from functools import wraps
from flask import Blueprint, Flask, abort, request, url_for
from flask.views import MethodView
app = Flask(__name__, static_folder=None)

@app.after_request
def tell(response):
    response.headers["X-After"] = f"{request.endpoint}"
    return response
"""
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "DELETE")


def test_what_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/alias", alias=True)
@app.route("/none/<name>")
def of_nothing(name):
    return name

@app.route("/alias-of-default", alias=True, defaults={"number": 2})
@app.route("/default", defaults={"number": 1})
@app.route("/default/<int:number>")
def of_default(number):
    return str(number)

@app.route("/code/<int(fixed_digits=3):code>/", defaults={"page": 1})
@app.route("/code/<int(fixed_digits=3):code>/<int:page>")
def digits(code, page):
    return str(code)

@app.route("/exact", merge_slashes=False)
@app.route("/merged")
def mixed():
    return "mixed"
"""
    )
    for name in ("of_nothing", "of_default", "digits", "mixed"):
        both.stays(name, "FM111")


def test_rules_with_defaults_stand_for_others(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
shop = Blueprint("shop", __name__, url_prefix="/shop")

def guarded(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "X-User" not in request.headers:
            abort(401)
        return view(*args, **kwargs)
    return inner

@shop.before_request
def never_for_a_redirect():
    if "key" not in request.args:
        abort(403)

@app.route("/posts/", defaults={"page": 1, "sort": "new"})
@app.route("/posts/<int:page>", defaults={"sort": "new"})
@app.route("/posts/<int:page>/<sort>")
def posts(page, sort):
    return {"page": page, "sort": sort, "next": url_for("posts", page=page + 1, sort=sort)}

@app.route("/guarded/", defaults={"page": 1})
@app.route("/guarded/<int:page>", methods=["GET", "POST"])
@guarded
def behind_a_guard(page):
    return {"page": page}

@shop.route("/{<name>}/", defaults={"page": 1, "size": 2.5})
@shop.route("/{<name>}/<int:page>/<float:size>")
def item(name, page, size):
    return {"name": name, "page": page, "size": size}

@app.route("/one", defaults={"kind": "x"})
@app.route("/two", defaults={"kind": "x"})
@app.route("/three", defaults={"kind": "y"})
def kinds(kind):
    return kind

class Items(MethodView):
    def get(self, page):
        return str(page)

    def post(self, page):
        return f"made {page}"

items = Items.as_view("items")
app.add_url_rule("/items/", view_func=items, defaults={"page": 1}, methods=["GET"])
app.add_url_rule("/items/<int:page>", view_func=items)
app.register_blueprint(shop)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert 'dependencies=[Depends(CanonicalUrl("/guarded/", page=1)), Depends(guarded)]' in both.text("routers/root.py")
    for path in (
        "/posts/", "/posts/1?a=%20b", "/posts/2", "/posts/2/new", "/posts/1/old", "/posts/x", "/guarded/1",
        "/guarded/2", "/shop/%7Ba%20b%7D/1/2.5", "/shop/%7Bä%7D/1/3.5", "/one", "/two", "/three", "/items/1",
    ):  # fmt: skip
        for method in METHODS:
            both.same(method, path)
    assert both.same("GET", "/guarded/1")[0] == 308  # ahead of the guard
    assert both.alone("GET", "/posts/1/new")[2]["location"] == "http://localhost/posts/"


def test_aliases_redirect_and_are_not_what_urls_are_built_with(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/z/users/")
@app.route("/index.html", alias=True)
def users():
    return url_for("users")

@app.route("/user/<int:number>/<name>", methods=["GET", "POST"])
@app.route("/u/<int:number>/<name>", alias=True)
def user(number, name):
    return url_for("user", number=number, name=name)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/z/users/", "/index.html?a=b", "/index.html/", "/u/1/a%20b", "/u/x/a", "/user/1/b"):
        for method in METHODS:
            both.same(method, path)
    assert both.alone("GET", "/z/users/")[1] == b"/z/users/"
    assert set(both.make().openapi()["paths"]) == {"/z/users/", "/user/{number}/{name}"}


SLASHES = """
@app.route("/a/<b>")
def merging(b):
    return b

@app.post("/a/<b>")
def posted(b):
    return b

@app.route("/exact/<b>", merge_slashes=False)
def exact(b):
    return b

@app.route("/folder/", merge_slashes=False)
def folder():
    return "folder"

@app.route("/two//three")
def doubled():
    return url_for("doubled")
"""


def test_doubled_slashes(pair: Callable[..., Any]) -> None:
    merging, exact = pair(HEAD + SLASHES), pair(HEAD + "app.url_map.merge_slashes = False\n" + SLASHES)
    for both in (merging, exact):
        assert set(both.runtimes().values()) == {"native"}
        for path in ("/a//b?c=d", "/exact//b", "/exact/b", "/folder//", "/two//three", "/two/three", "/two///three"):
            for method in METHODS:
                both.same(method, path)
    assert merging.same("GET", "/a//b")[0] == 308
    assert exact.same("GET", "/a//b")[0] == 404
