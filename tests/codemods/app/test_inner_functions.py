"""Views, hooks and handlers that another function defines, and lambdas: what stays on Flask, then the same answers."""

from collections.abc import Callable
from typing import Any

import pytest

Pairs = Callable[..., Any]

HEAD = """
from flask import Blueprint, Flask, current_app, g, jsonify, request
"""

REFUSED = {
    "a parameter of the function around it that is computed": """
def register(app, name):
    @app.get("/x")
    def x():
        return name
app = Flask(__name__)
register(app, "".join(["o", "ne"]))
""",
    "a parameter of a function that is called more than once for the application": """
def register(app, name):
    if name == "one":
        @app.get("/x")
        def x():
            return name
app = Flask(__name__)
register(app, "one")
register(app, "two")
""",
    "a parameter of a function that is called in a loop": """
def register(app, name):
    @app.get("/x")
    def x():
        return name
app = Flask(__name__)
for name in ("one",):
    register(app, name)
""",
    "a parameter that the function changes": """
def register(app, name):
    name = name.upper()
    @app.get("/x")
    def x():
        return name
app = Flask(__name__)
register(app, "one")
""",
    "a local that is bound twice": """
def create_app():
    app = Flask(__name__)
    name = "one"
    @app.get("/x")
    def x():
        return name
    name = "two"
    return app
app = create_app()
""",
    "a local that is not a constant": """
def create_app():
    app = Flask(__name__)
    seen = app.extensions
    @app.get("/x")
    def x():
        return str(len(seen))
    return app
app = create_app()
""",
    "a local that an inner function rebinds": """
def create_app():
    app = Flask(__name__)
    count = 0
    @app.get("/x")
    def x():
        nonlocal count
        count += 1
        return str(count)
    return app
app = create_app()
""",
    "a helper of the function around it": """
def create_app():
    app = Flask(__name__)
    def helper():
        return "x"
    @app.get("/x")
    def x():
        return helper()
    return app
app = create_app()
""",
    "the application handed on": """
def create_app():
    app = Flask(__name__)
    @app.get("/x")
    def x():
        return str(id(app) > 0)
    return app
app = create_app()
""",
    "a blueprint": """
def create_app():
    app = Flask(__name__)
    bp = Blueprint("bp", __name__)
    @app.get("/x")
    def x():
        return bp.name
    app.register_blueprint(bp)
    return app
app = create_app()
""",
    "a local in a decorator's argument": """
from functools import wraps
def needs(key):
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if key not in request.args:
                return "no", 403
            return view(*args, **kwargs)
        return wrapper
    return decorator
def create_app():
    app = Flask(__name__)
    key = "secret"
    @app.get("/x")
    @needs(key)
    def x():
        return "x"
    return app
app = create_app()
""",
    "one of two applications": """
def create_app():
    app = Flask(__name__)
    other = Flask("other")
    other.config["NAME"] = "other"
    @app.get("/x")
    def x():
        return other.config["NAME"]
    return app
app = create_app()
""",
    "one of two lambdas in a line": """
app = Flask(__name__)
app.add_url_rule("/x", "x", lambda: "x"); app.add_url_rule("/y", "y", lambda: "y")
""",
    "a lambda's default that the loop gives": """
app = Flask(__name__)
def add(value):
    app.add_url_rule("/x", "x", lambda: value)
add("x")
""",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_function_takes_otherwise_from_around_it_keeps_it_on_flask(pair: Pairs, case: str) -> None:
    both = pair(HEAD + REFUSED[case])
    assert both.runtimes()["x"] == "flask"
    assert both.findings("x")[0][:5] in ("FM115", "FM604", "FM603")


def test_a_refused_inner_hook_keeps_its_routes_on_flask(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
app = Flask(__name__)
def add_hooks(target, name):
    @target.before_request
    def before():
        g.name = name
add_hooks(app, "one")
add_hooks(app, "two")
@app.get("/x")
def x():
    return g.name
"""
    )
    assert both.runtimes() == {"x": "flask"}
    finding = "FM115 'name' in 'source.add_hooks.<locals>.before'".replace("source", both.flask.name)
    assert both.findings("x") == [finding]


def test_what_a_registering_function_is_called_with_for_each_blueprint(pair: Pairs) -> None:
    source = (
        HEAD
        + """
from flask import abort
app = Flask(__name__)
outer = Blueprint("outer", __name__, url_prefix="/outer")
inner = Blueprint("inner", __name__, url_prefix="/inner")
closed = Blueprint("closed", __name__, url_prefix="/closed")

def trace(mark):
    g.setdefault("trace", []).append(mark)

def add_hooks(target, name, limit=3):
    @target.before_request
    def before():
        trace(f"before {name} {limit}")

    @target.after_request
    def after(response):
        trace(f"after {name}")
        response.headers["X-After"] = ", ".join(g.trace)
        return response

    @target.errorhandler(404)
    def missing(error):
        return {"missing": name}, 404

    @target.get("/info")
    def info():
        return name

def guard(blueprint, *, role):
    @blueprint.before_request
    def check():
        if request.headers.get("X-Role") != role:
            abort(403)

add_hooks(inner, "inner", limit=5)
add_hooks(app, "app")
add_hooks(outer, name="outer")
for one in (closed,):
    guard(one, role="boss")

@app.route("/")
@outer.route("/view")
@inner.route("/view")
@closed.route("/view")
def view():
    return jsonify(g.get("trace"))

@outer.get("/gone")
@inner.get("/gone")
def gone():
    abort(404)

outer.register_blueprint(inner)
app.register_blueprint(outer)
app.register_blueprint(closed)
"""
    )
    both = pair(source)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/", "/outer/view", "/outer/inner/view", "/outer/gone", "/outer/inner/gone", "/outer/x", "/x"):
        for method in ("GET", "POST", "OPTIONS"):
            both.same(method, path)
    assert both.same("GET", "/outer/inner/info")[1] == b"inner"
    assert both.same("GET", "/closed/view")[0] == 403
    assert both.same("GET", "/closed/view", headers={"X-Role": "boss"})[0] == 200
    other = pair(source.replace("limit=5", "limit=6"))
    assert other.conversion.outcomes["outer.inner.view"].digest != both.conversion.outcomes["outer.inner.view"].digest


def test_a_blueprints_hook_does_not_take_the_blueprint_for_the_application(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
app = Flask(__name__)
def add_hooks(app):
    @app.before_request
    def before():
        g.name = app.name
bp = Blueprint("bp", __name__)
add_hooks(bp)
@bp.get("/x")
def x():
    return g.name
app.register_blueprint(bp)
"""
    )
    assert both.runtimes() == {"bp.x": "flask"}


def test_a_hook_answers_unless_its_value_is_none(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
app = Flask(__name__)
app.before_request(lambda: ("closed", 503) if "closed" in request.args else None)

def check():
    if "bad" in request.args:
        return {"error": "bad"}, 400

@app.before_request
def guard():
    return check()

@app.get("/x")
def x():
    return "open"
"""
    )
    assert both.runtimes() == {"x": "native"}
    assert both.same("GET", "/x")[:2] == (200, b"open")
    assert both.same("GET", "/x?closed=1")[:2] == (503, b"closed")
    assert both.same("GET", "/x?bad=1")[:2] == (400, b'{"error":"bad"}\n')


def test_decorators_that_read_their_arguments_or_return_nothing_stay(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
from functools import wraps
app = Flask(__name__)
def by_keywords(view):
    @wraps(view)
    def wrapper(*a, **k):
        if k:
            return "arguments", 400
        return view(*a, **k)
    return wrapper

def nothing(view):
    @wraps(view)
    def wrapper(*a, **k):
        if "bad" in request.args:
            return
        return view(*a, **k)
    return wrapper

@app.get("/x")
@by_keywords
def x():
    return "x"

@app.get("/y")
@nothing
def y():
    return "y"
"""
    )
    assert both.runtimes() == {"x": "flask", "y": "flask"}


def test_a_factory_s_views_hooks_and_handlers_are_converted(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Broken(Exception):
    pass

def create_app():
    from uuid import UUID
    app = Flask(__name__)
    greeting = "Hello"

    @app.before_request
    def close():
        if "closed" in request.args:
            return "closed", 503

    @app.after_request
    def tell(response):
        response.headers["X-After"] = request.headers.get("X-Seen", "no")
        return response

    @app.errorhandler(404)
    def missing(error):
        return jsonify(error="missing"), 404

    @app.errorhandler(Broken)
    def broken(error):
        return jsonify(error=str(error)), 418

    @app.get("/hello/<name>")
    def hello(name):
        \"\"\"Greet.\"\"\"
        return f"{greeting} {name}"

    @app.get("/id/<text>")
    def id(text):
        return jsonify(version=UUID(text).version)

    @app.post("/broken")
    def fail():
        raise Broken("really")

    return app

app = create_app()
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert 'greeting = "Hello"' in both.text("routers/root.py")
    assert both.same("GET", "/hello/ann", headers={"X-Seen": "yes"})[1] == b"Hello ann"
    assert both.same("GET", "/hello/ann")[2]["x-after"] == "no"
    assert both.same("GET", "/id/12345678-1234-4234-8234-1234567890ab")[1] == b'{"version":4}\n'
    assert both.same("GET", "/hello/ann?closed=1")[:2] == (503, b"closed")
    assert both.same("POST", "/broken")[:2] == (418, b'{"error":"really"}\n')
    assert both.same("GET", "/none")[:2] == (404, b'{"error":"missing"}\n')
    assert both.same("HEAD", "/hello/ann")[1] == b""


def test_the_application_is_the_current_one(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
def create_app():
    app = Flask(__name__)
    app.config["NAME"] = "shop"

    @app.get("/name")
    def name():
        return app.config["NAME"]

    return app

def register(flask_app):
    @flask_app.route("/again")
    def again():
        return jsonify(flask_app.config["NAME"])

app = create_app()
register(app)
"""
    )
    assert both.runtimes() == {"name": "native", "again": "native"}
    assert both.same("GET", "/name")[1] == b"shop"
    assert both.same("GET", "/again")[1] == b'"shop"\n'


def test_whatever_registers_on_the_application_names_it(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
from flask import render_template_string

def register(flask_app):
    @flask_app.template_filter("louder")
    def louder(text):
        return text.upper()

    @flask_app.url_value_preprocessor
    def pull(endpoint, values):
        g.mark = flask_app.config["MARK"]

    @flask_app.get("/page")
    def page():
        return render_template_string("{{ 'a'|louder }}") + g.mark

app = Flask(__name__)
app.config["MARK"] = "!"
register(app)
"""
    )
    assert both.same("GET", "/page")[1] == b"A!"
    assert both.runtimes() == {"page": "native"}


def test_lambdas_return_their_expression(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
app = Flask(__name__)
app.add_url_rule("/double/<int:n>", "lambda", lambda n: {"double": n * 2})
app.route("/called", endpoint="called")(lambda: "called")
app.register_error_handler(404, lambda error: (jsonify(error="missing"), 404))
app.register_error_handler(ValueError, lambda error: (str(error), 400))
app.add_url_rule("/method", "method", lambda: request.method)

@app.get("/fail/<text>")
def fail(text):
    raise ValueError(text)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert both.same("GET", "/double/4")[1] == b'{"double":8}\n'
    assert both.same("GET", "/called")[1] == b"called"
    assert both.same("GET", "/method")[1] == b"GET"
    assert both.same("GET", "/none")[:2] == (404, b'{"error":"missing"}\n')
    assert both.same("GET", "/fail/why")[:2] == (400, b"why")
    assert "def handle_not_found(" in both.text("errors.py")


def test_the_digest_follows_the_source_of_inner_functions_and_lambdas(pair: Pairs) -> None:
    source = """
def create_app():
    app = Flask(__name__)
    @app.get("/x")
    def x():
        return "one"
    app.add_url_rule("/y", "y", lambda: "one")
    return app
app = create_app()
"""
    first, second = (pair(HEAD + text).conversion.outcomes for text in (source, source.replace('"one"', '"two"')))
    assert first["x"].digest != second["x"].digest
    assert first["y"].digest != second["y"].digest
