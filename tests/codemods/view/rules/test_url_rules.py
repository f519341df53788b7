"""What is asked of rules: the request's own, which values an endpoint's URL has, and which rule builds it."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Blueprint, Flask, g, jsonify, request, url_for
app = Flask(__name__)
"""
METRICS = (
    HEAD
    + """
bp = Blueprint("b", __name__, url_prefix="/b")

@app.after_request
def count(response):
    rule = request.url_rule
    response.headers["X-After"] = f"{rule.rule} {rule.endpoint}" if rule else "none"
    return response

def describe():
    return {"rule": str(request.url_rule), "values": request.view_args}

@app.get("/plain/<int:n>")
def plain(n):
    return describe()

@bp.route("/two/<float:x>/<path:p>", methods=["GET", "POST"])
def two(x, p):
    rule = request.url_rule
    return jsonify(describe(), rule.rule, sorted(request.url_rule.methods), sorted(request.url_rule.arguments))

@app.get("/u/<uuid:x>")
@app.get("/v/<x>/")
def many(x):
    return describe()

app.register_blueprint(bp)
"""
)


def test_rule_of_a_request(pair: Callable[..., Any]) -> None:
    both = pair(METRICS)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/plain/4", "/b/two/1.5/a/b", "/u/12345678-1234-1234-1234-123456789012", "/v/a/", "/v/a", "/nope"):
        both.same("GET", path)
    for method, path in (("POST", "/b/two/1.5/a"), ("PUT", "/plain/4"), ("OPTIONS", "/plain/4"), ("HEAD", "/plain/4")):
        both.same(method, path)


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ("/x/<int(min=1):n>", "request.url_rule.rule"),
        ("/x/<string:n>", "request.url_rule.rule"),
        ("/x/<n>", "request.url_rule.subdomain"),
        ("/x/<n>", "sorted(request.url_rule.methods)"),
    ],
)
def test_what_a_path_does_not_tell_stays_on_flask(rule: str, read: str, pair: Callable[..., Any]) -> None:
    both = pair(f"{HEAD}def text():\n    return str({read})\n@app.get({rule!r})\ndef x(n):\n    return text()\n")
    assert both.runtimes() == {"x": "flask"}


def test_literal_rule_has_any_converter(pair: Callable[..., Any]) -> None:
    both = pair(f"{HEAD}@app.get('/x/<int(min=1):n>')\ndef x(n):\n    return request.url_rule.rule\n")
    assert both.runtimes() == {"x": "native"}
    both.same("GET", "/x/3")


LANGUAGES = (
    HEAD
    + """
@app.url_defaults
def add_language(endpoint, values):
    if "lang" in values or not g.get("lang"):
        return
    if app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = g.lang

@app.url_value_preprocessor
def take_language(endpoint, values):
    g.lang = values.pop("lang", None) if values else None

@app.get("/<lang>/")
def index():
    return jsonify(g.lang, url_for("about"), url_for("ping"), url_for("about", lang="de"))

@app.get("/<lang>/about")
def about():
    return str(g.lang)

@app.get("/ping")
def ping():
    return url_for("ping", lang="x")
"""
)


def test_endpoints_that_expect_a_value(pair: Callable[..., Any]) -> None:
    both = pair(LANGUAGES)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/en/", "/fr/about", "/ping"):
        assert both.same("GET", path)[:2] == both.alone("GET", path)[:2]


def test_defaults_choose_the_rule_of_a_url(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/users/", defaults={"page": 1})
@app.get("/users/page/<int:page>")
def users(page):
    urls = [url_for("users", page=one) for one in (1, 2)] + [url_for("users", page=3, kind="x"), url_for("users")]
    return jsonify(page, urls, url_for("shown", kind="all"), url_for("shown", kind="new", page=1))

@app.get("/all", defaults={"kind": "all"})
@app.get("/new", defaults={"kind": "new"})
def shown(kind):
    return kind
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/users/", "/users/page/2"):
        assert both.same("GET", path)[:2] == both.alone("GET", path)[:2]


def test_handler_of_urls_that_cannot_be_built_needs_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
app.url_build_error_handlers.append(lambda error, endpoint, values: "/missing")

@app.get("/a")
def a():
    return url_for("nowhere")

@app.get("/b")
def b():
    return "b"
"""
    )
    assert both.runtimes() == {"a": "bridged", "b": "native"}
    both.same("GET", "/a")


def test_defaults_redirect_to_the_shorter_url(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/d/<int:n>.<kind>")
@app.get("/d/<int:n>", defaults={"kind": "html"})
def shown(n, kind):
    return f"{n} {kind}"

@app.get("/e/<name>/", defaults={"page": 1})
@app.get("/e/<name>/<int:page>")
def listed(name, page):
    return f"{name} {page} {url_for('listed', name=name, page=1)}"
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in (
        "/d/3",
        "/d/3.html",
        "/d/3.html?a=b",
        "/d/3.txt",
        "/e/a%20b/",
        "/e/a%20b/1",
        "/e/\u00e9/1?x",
        "/e/a/2",
    ):
        assert both.same("GET", path)[:2] == both.alone("GET", path)[:2]


def test_code_that_asks_for_a_context_always_has_one(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from flask import has_app_context, has_request_context

def where():
    return "request" if has_request_context() else "application" if has_app_context() else "nowhere"

@app.get("/a")
def a():
    return jsonify(where(), has_app_context())
"""
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")


def test_debug_mode_is_a_setting(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from flask import current_app

@app.get("/a")
def a():
    return str([current_app.debug, app.debug, app.config["DEBUG"]])
"""
    )
    assert both.same("GET", "/a")[1] == b"[False, False, False]"
    assert both.runtimes() == {"a": "native"}
    assert both.alone("GET", "/a")[1] == b"[False, False, False]"
    both.flask.debug = True
    assert both.same("GET", "/a")[1] == b"[True, True, True]"


def test_relative_endpoints_outside_of_views_are_those_of_the_request(pair: Callable[..., Any]) -> None:
    both = pair("""
from flask import Blueprint, Flask, g, redirect, url_for
app = Flask(__name__)
shop = Blueprint("shop", __name__, url_prefix="/shop")

def home():
    return url_for(".index")

@app.before_request
def remember():
    g.home = url_for(".index")

@app.errorhandler(KeyError)
def lost(error):
    return redirect(url_for(".index"))

@app.get("/")
def index():
    return f"{home()} {g.home} {url_for('.index')}"

@shop.get("/", endpoint="index")
def shop_index():
    return f"{home()} {g.home} {url_for('.index')}"

@shop.get("/lost")
def losing():
    raise KeyError

app.register_blueprint(shop)
""")
    assert set(both.runtimes().values()) == {"native"}
    assert both.same("GET", "/")[1] == b"/ / /"
    assert both.same("GET", "/shop/")[1] == b"/shop/ /shop/ /shop/"
    assert both.same("GET", "/shop/lost")[2]["location"] == "/shop/"
    both.same("GET", "/none")
