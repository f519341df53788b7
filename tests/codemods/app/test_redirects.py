"""Rules that only redirect: what stays on Flask, then the answers of FastAPI alone beside Flask's."""

from collections.abc import Callable
from typing import Any

HEAD = """
from flask import Blueprint, Flask, g, request
app = Flask(__name__, static_folder=None)

@app.get("/new/<name>")
def new(name):
    return name
"""


def test_what_cannot_be_told_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def by_adapter(adapter, name):
    return adapter.build("new", {"name": name})

app.add_url_rule("/a/<name>", "by_adapter", redirect_to=by_adapter)
app.add_url_rule("/b/<name>", "by_lambda", redirect_to=lambda adapter, name: name)
app.add_url_rule("/c/<float:number>", "by_number", redirect_to="/new/<number>")
app.add_url_rule("/d/<name>", "by_both", redirect_to="/new/<name>")
app.add_url_rule("/e/<name>", "by_both", view_func=lambda name: name)
"""
    )
    assert {name: one for name, one in both.runtimes().items() if one == "flask"}.keys() == {
        "by_adapter", "by_lambda", "by_number", "by_both",
    }  # fmt: skip


def test_hooks_that_read_the_values_of_urls_keep_them_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def note():
    g.args = request.view_args

app.add_url_rule("/a/<name>", "moved", redirect_to="/new/<name>")
"""
    )
    assert both.runtimes()["moved"] == "flask"


def test_where_and_how_they_redirect(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
shop = Blueprint("shop", __name__, url_prefix="/shop")

def renamed(adapter, name, kind):
    return f"new/{name.replace('_', '-')}-{kind}"

@app.after_request
def tell(response):
    response.headers["X-After"] = f"{request.endpoint}"
    return response

@shop.before_request
def never():
    return "not called for a redirect"

shop.add_url_rule("/old/<name>", "old", redirect_to="/new/<name>")
app.register_blueprint(shop)
app.add_url_rule("/fixed", "fixed", redirect_to="new/{x}")
app.add_url_rule("/number/<int:number>/", "number", redirect_to="/new/<number>", methods=["GET", "POST"])
app.add_url_rule("/by/<path:name>", "by", redirect_to=renamed, defaults={"kind": "x"})
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    paths = ("/shop/old/a%20b", "/shop/old/a/b", "/fixed?a=1", "/number/7/", "/number/7", "/number/x/", "/by/a_b/c")
    for path in paths:
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
            both.same(method, path)
