"""Hooks that change the values of a URL: what cannot be foreseen stays, the rest is compared with Flask."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Blueprint, Flask, abort, g, jsonify, redirect, request, url_for
app = Flask(__name__, static_folder=None)
"""
SHOP = """
@app.get("/<lang>/shop/<int:number>")
def shop({parameters}):
    return jsonify([str(x) for x in ({parameters},)])
"""
UNFORESEEN = {
    "a key that is computed": ("values.pop(endpoint)", "lang, number"),
    "taking all away": ("values.clear()", "lang, number"),
    "values that are handed on": ("print(values)", "lang, number"),
    "values under another name": ("mine = values or {}", "lang, number"),
    "a value that a view gets in some cases": ("if g.get('x'):\n        values.pop('lang')", "number"),
    "a value that is taken away from a view that wants it": ("values.pop('lang')", "lang, number"),
    "a return on the way": ("if g.get('x'):\n        return\n    values.pop('lang')", "number"),
    "a loop": ("for key in ('lang',):\n        values.pop('lang')", "number"),
    "a parameter that the rule does not have": ("values['more'] = 1", "lang, number, more"),
    "a parameter that is bound again": ("values = dict(values)", "lang, number"),
}


@pytest.mark.parametrize(("body", "parameters"), UNFORESEEN.values(), ids=list(UNFORESEEN))
def test_what_cannot_be_foreseen_stays_on_flask(pair: Callable[..., Any], body: str, parameters: str) -> None:
    hook = f"@app.url_value_preprocessor\ndef pull(endpoint, values):\n    {body}\n"
    both = pair(HEAD + hook + SHOP.format(parameters=parameters))
    assert both.runtimes() == {"shop": "flask"}


def test_views_and_hooks_after_them_do_not_change_the_values(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/<name>")
def show(name):
    request.view_args.pop("name")
    return name

@app.get("/a/<name>")
def other(name):
    request.view_args["name"] = "x"
    return name
"""
    )
    assert both.runtimes() == {"show": "flask", "other": "flask"}


def test_a_hook_whose_values_are_only_read_changes_no_signature(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def check():
    if request.view_args and request.view_args.get("number") == 3:
        abort(403)
"""
        + SHOP.format(parameters="lang, number")
    )
    assert both.runtimes() == {"shop": "native"}
    assert "def shop(lang: str, number: int)" in both.text("routers/root.py")
    for path in ("/de/shop/1", "/de/shop/3", "/nowhere"):
        both.same("GET", path)


TENANTS = """
tenants = Blueprint("tenants", __name__, url_prefix="/t/<tenant>")
inner = Blueprint("inner", __name__, url_prefix="/in/<int:depth>")
LOG = []

@app.url_value_preprocessor
def note(endpoint, values):
    g.log = [f"app {endpoint} {sorted(values) if values is not None else None}"]

@tenants.url_value_preprocessor
def pull_tenant(endpoint, values):
    g.tenant = values.pop("tenant")
    if g.tenant == "none":
        abort(404, "no such tenant")

@inner.url_value_preprocessor
def pull_depth(endpoint, values):
    g.log.append(f"inner {endpoint} {sorted(values)}")
    if values and "depth" in values:
        g.depth = values.pop("depth", None)

@tenants.url_defaults
def push_tenant(endpoint, values):
    if "tenant" not in values:
        values["tenant"] = g.tenant

@inner.url_defaults
def push_depth(endpoint, values):
    values.setdefault("depth", g.get("depth", 0) + 1)

@app.before_request
def first():
    g.log.append(f"before {request.view_args}")

@app.after_request
def last(response):
    response.headers["X-After"] = " / ".join(g.log)
    return response

@tenants.get("/")
def home():
    return jsonify(tenant=g.tenant, item=url_for(".item", number=3), deep=url_for("tenants.inner.deep", depth=7))

@tenants.route("/items/<int:number>", methods=["GET", "POST"])
def item(number):
    return jsonify(tenant=g.tenant, number=number, home=url_for(".home"))

@inner.get("/deep")
def deep():
    return jsonify(depth=g.depth, tenant=g.tenant, again=url_for(".deep"))

tenants.register_blueprint(inner)
app.register_blueprint(tenants)

@app.get("/outside")
def outside():
    return url_for("tenants.item", tenant="a", number=1)
"""


def test_values_that_go_into_g_and_come_back_into_urls(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + TENANTS)
    assert "flask" not in both.runtimes().values()
    for path in ("/t/a/", "/t/none/", "/t/a/items/3", "/t/a/items/x", "/t/b/in/4/deep", "/outside", "/nowhere", "/t/a"):
        for method in ("GET", "POST", "OPTIONS", "HEAD"):
            both.same(method, path)


PROJECTS = """
PROJECTS = {"alpha": {"id": 1}}

@app.before_request
def load():
    if not request.headers.get("X-Key"):
        return "no key", 401
    if request.view_args and "project" in request.view_args:
        project = PROJECTS.get(request.view_args["project"])
        if project is None:
            abort(404, "no such project")
        request.view_args["project"] = project
        request.view_args.pop("ignored", None)

@app.get("/<project>/<int:number>")
def show(project, number):
    return jsonify(project=project, number=number)

@app.get("/<project>/skip/<ignored>")
def skip(project):
    return jsonify(project["id"])

@app.get("/plain/<int:ignored>/x/y")
def plain(ignored):
    return jsonify(ignored)
"""


def test_values_that_a_hook_replaces(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + PROJECTS)
    assert both.runtimes()["show"] != "flask"
    assert "def show(project: Any, number: int)" in "".join(both.conversion.files.values())
    for headers in ({}, {"X-Key": "1"}):
        for path in ("/alpha/2", "/beta/2", "/alpha/skip/x", "/plain/3/x/y", "/alpha", "/"):
            both.same("GET", path, headers=headers)


def test_an_application_hook_sees_that_no_route_takes_a_url(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def note():
    g.seen = request.view_args is None

@app.after_request
def tell(response):
    response.headers["X-After"] = f"{g.seen} {request.view_args}"
    return response

@app.get("/<name>")
def show(name):
    return name
"""
    )
    for method, path in (("GET", "/a"), ("GET", "/a/b"), ("POST", "/a"), ("OPTIONS", "/a")):
        both.same(method, path)


def test_a_crash_of_a_hook_on_unknown_urls_is_kept(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def check():
    if "name" in request.view_args:
        abort(403)

@app.get("/<name>/<other>")
def show(name, other):
    return name

@app.get("/free")
def free():
    return "free"
"""
    )
    assert both.runtimes() == {"show": "native", "free": "native"}
    for path in ("/a/b", "/free", "/a/b/c"):
        both.same("GET", path)


def test_values_of_defaults_that_a_hook_takes_away(pair: Callable[..., Any]) -> None:
    both = pair("""
from flask import Blueprint, Flask, abort, g, url_for
app = Flask(__name__, static_folder=None)
pages = Blueprint("pages", __name__)

@pages.url_value_preprocessor
def pull_language(endpoint, values):
    g.language = values.pop("language", "en")

@pages.url_defaults
def add_language(endpoint, values):
    values.setdefault("language", g.language)

@pages.before_request
def check_language():
    if g.language not in ("en", "de"):
        abort(404)

@pages.route("/", defaults={"language": "en"})
@pages.route("/<language>/")
def index():
    return [g.language, url_for(".index"), url_for(".item", number=2), url_for("pages.index", language="de")]

@pages.route("/<language>/items/", defaults={"number": 1})
@pages.route("/<language>/items/<int:number>")
def item(number):
    return [g.language, number, url_for(".item", number=number)]

app.register_blueprint(pages)
""")
    assert both.runtimes() == {"pages.index": "native", "pages.item": "native"}
    for path in ("/", "/de/", "/en/", "/fr/", "/de", "/de/items/", "/de/items/1?a=b", "/en/items/2", "/fr/items/2"):
        for method in ("GET", "OPTIONS"):
            both.same(method, path)
    assert both.alone("GET", "/de/items/2")[1] == both.same("GET", "/de/items/2")[1]
