"""Templates against Flask's own rendering, alone and with the environment of a Flask application."""

from pathlib import Path
from typing import Any

import flask
import pytest
from fastapi import FastAPI, Request, Response
from jinja2 import TemplateNotFound

from codemods.compat.bridged import BridgedRoute
from codemods.compat.flash import flash
from codemods.compat.responses import text
from codemods.compat.routing import FlaskRoute
from codemods.compat.session import FlaskSessionMiddleware
from codemods.compat.shared_templates import render_template, render_template_string, shared_environment
from codemods.compat.templates import Templates, environment

FILES = {
    "plain.html": "{{ value }} {{ value|safe }} {{ value|tojson }}\n",
    "text.txt": "{{ value }}",
    "data.xml": "{{ value }}",
    "image.svg": "{{ value }}",
    "page.html.j2": "{{ value }}",
    "request.html": (
        "{{ request.method }} {{ request.path }} {{ request.full_path }} {{ request.url }} {{ request.base_url }} "
        "{{ request.args.get('q') }} {{ request.args['q'] }} {{ request.args.getlist('q') }} {{ request.endpoint }} "
        "{{ request.blueprint }} {{ request.view_args }} {{ request.host }} {{ request.remote_addr }} "
        "{{ request.cookies.get('c') }} {{ request.headers['X-One'] }} {{ request.is_secure }} {{ request.scheme }} "
        "{{ request.form.get('nothing') }} {{ request.url_root }} {{ request.host_url }} {{ request.root_url }} "
        "{{ request.root_path }} {{ request.script_root }} {{ request.referrer }} {{ request.query_string }} "
        "{{ request.blueprints }} {{ request.user_agent.browser }} {{ 'agent' if request.user_agent else 'no agent' }}"
    ),
    "urls.html": "{{ url_for('render', name='plain.html', q=1) }} {{ url_for('render', name='x', _external=True) }}",
    "macros.html": (
        "{% macro link(name) %}{{ url_for('render', name=name) }}{% endmacro %}"
        "{% macro where() %}{{ request.path }} {{ session['user'] }} {{ 'user' in session }}{% endmacro %}"
    ),
    "imports.html": "{% import 'macros.html' as macros %}{{ macros.link('plain.html') }} {{ macros.where() }}",
    "base.html": "<{% block body %}{% endblock %}>{% include 'included.html' %}",
    "included.html": "{{ request.path }}{{ get_flashed_messages() }}",
    "child.html": "{% extends 'base.html' %}{% block body %}{{ self.body is defined }}{{ given }}{% endblock %}",
    "flashes.html": (
        "{% for category, message in get_flashed_messages(with_categories=true) %}{{ category }}={{ message }};"
        "{% endfor %}"
    ),
    "session.html": "{{ session['user'] }} {{ session.get('none') }} {{ 'user' in session }} {{ session.user }}",
    "processors.html": "{{ from_processor }} {{ given }}",
    "undefined.html": "{{ nothing }}{{ nothing.more }}",
    "syntax.html": "{% nonsense %}",
}
TARGETS = [f"/{name}" for name in FILES] + [
    "/missing.html",
    "/request.html?q=1&q=%C3%A9",
    "/session.html",
    "/none.html?flash=1",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


VALUE = "<a & 'ü'>"


def flask_side(folder: Path) -> flask.Flask:
    app = flask.Flask(__name__, template_folder=str(folder))
    app.secret_key = "secret"
    app.context_processor(lambda: {"from_processor": "processed", "given": "overridden"})

    @app.get("/<name>")
    def render(name: str) -> Any:
        if "flash" in flask.request.args or name == "flashes.html":
            flask.flash("<one>")
            flask.flash("two", "error")
        if name == "session.html":
            flask.session["user"] = "ann"
        return flask.render_template(name, value=VALUE, given=1)

    @app.get("/string")
    def string() -> Any:
        return flask.render_template_string("{{ value }} {{ url_for('render', name='x') }}", value=VALUE)

    @app.get("/select")
    def select() -> Any:
        return flask.render_template(["none.html", "plain.html"], value=VALUE)

    return app


def fastapi_side(templates: Templates, flask_app: flask.Flask | None, bridged: bool = False) -> FastAPI:
    app = FastAPI()
    app.router.route_class = BridgedRoute if bridged else FlaskRoute
    app.add_middleware(FlaskSessionMiddleware, secret_key="secret")
    app.state.templates = templates
    if flask_app is not None:
        app.state.flask_app = flask_app

    @app.get("/string", name="string")
    def string(request: Request) -> Response:
        return text(render_template_string(request, "{{ value }} {{ url_for('render', name='x') }}", value=VALUE))

    @app.get("/select", name="select")
    def select(request: Request) -> Response:
        return text(render_template(request, ["none.html", "plain.html"], value=VALUE))

    @app.get("/{name}", name="render")
    def render(request: Request, name: str) -> Response:
        if "flash" in request.query_params or name == "flashes.html":
            flash(request, "<one>")
            flash(request, "two", "error")
        if name == "session.html":
            request.session["user"] = "ann"
        return text(render_template(request, name, value=VALUE, given=1))

    return app


PROCESSORS: Any = {"": [lambda request: {"from_processor": "processed", "given": "overridden"}]}


@pytest.mark.parametrize("side", ["native", "beside flask", "bridged"])
@pytest.mark.parametrize("target", [*TARGETS, "/string", "/select"])
def test_every_template(pair, folder, side, target):
    flask_app = flask_side(folder)
    if side == "native":
        app = fastapi_side(Templates(environment(folder), PROCESSORS), None)
    else:
        app = fastapi_side(Templates(shared_environment(flask_app), PROCESSORS), flask_app, side == "bridged")
    both = pair(flask_app, app)
    both.ignored = {"set-cookie"}
    both.same("GET", target, {"Cookie": "c=1", "X-One": "<1>"})


def test_filters_globals_and_g_of_the_flask_application(folder, fastapi_answer):
    flask_app = flask_side(folder)
    flask_app.template_filter("shout")(lambda value: value.upper())
    flask_app.template_global("answer")(lambda: 42)
    flask_app.config["TITLE"] = "Shop"
    own_url_for = flask_app.jinja_env.globals["url_for"]
    templates = Templates(shared_environment(flask_app))
    app = fastapi_side(templates, flask_app, bridged=True)

    @app.post("/own")
    def own(request: Request) -> Response:
        flask.g.user = "ann"
        source = "{{ 'x'|shout }} {{ answer() }} {{ config.TITLE }} {{ g.user }} {{ g.none }}"
        return text(render_template_string(request, source))

    assert fastapi_answer(app, "POST", "/own").body == b"X 42 Shop ann "
    assert flask_app.jinja_env.globals["url_for"] is own_url_for


def test_g_is_the_state_of_a_native_request(folder, fastapi_answer):
    app = fastapi_side(Templates(environment(folder)), None)

    @app.post("/own")
    def own(request: Request) -> Response:
        request.state.user = "ann"
        return text(render_template_string(request, "{{ g.user }}"))

    assert fastapi_answer(app, "POST", "/own").body == b"ann"


def test_context_processors_of_a_blueprint_come_after_those_of_the_application(folder, fastapi_answer):
    processors: Any = {
        "": [lambda request: {"a": "app", "b": "app"}],
        "shop": [lambda request: {"b": "outer", "c": "outer"}],
        "shop.cart": [lambda request: {"c": "inner"}],
    }
    app = fastapi_side(Templates(environment(folder), processors), None)

    def own(request: Request) -> Response:
        return text(render_template_string(request, "{{ a }} {{ b }} {{ c }}"))

    for name in ("plain", "shop.one", "shop.cart.one"):
        app.add_api_route(f"/own/{name}", own, methods=["POST"], name=name)
    assert fastapi_answer(app, "POST", "/own/plain").body == b"app app "
    assert fastapi_answer(app, "POST", "/own/shop.one").body == b"app outer outer"
    assert fastapi_answer(app, "POST", "/own/shop.cart.one").body == b"app outer inner"


def test_only_a_look_at_the_session_makes_the_answer_vary(folder, fastapi_answer):
    app = fastapi_side(Templates(environment(folder)), None)
    assert fastapi_answer(app, "GET", "/plain.html").header("vary") is None
    assert fastapi_answer(app, "GET", "/session.html").header("vary") == "Cookie"


def test_a_missing_template_is_an_error_of_jinja(folder):
    with pytest.raises(TemplateNotFound):
        environment(folder).select_template(["none.html"])
