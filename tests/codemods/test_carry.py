"""What converted code takes along: imported, carried, shared as state, or left in the Flask application."""

from collections.abc import Callable
from typing import Any

HEAD = """
from flask import Flask, abort, current_app, g, jsonify, request
app = Flask(__name__)
app.config["SIZE"] = 5
"""


def test_a_helper_that_cannot_be_carried_keeps_its_view_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def body():
    return request.environ["wsgi.input"].read()

def any_keyword(**options):
    return request.args.get("a")

@app.get("/a")
def a():
    return jsonify(len(body()))

@app.get("/b")
def b():
    return jsonify(any_keyword(b=1))

@app.get("/c")
def c():
    return a()
"""
    )
    assert both.runtimes() == {"a": "flask", "b": "native", "c": "flask"}
    both.same("GET", "/b?a=1")


def test_helpers_constants_classes_and_state(pair: Callable[..., Any]) -> None:
    free = "LIMIT = 3\n\ndef double(number):\n    return number * 2\n"
    both = pair(
        HEAD
        + """
from free_carry_module import LIMIT, double
RATES = {"a": 1}
COUNTS = {}
NUMBER = 0

class Missing(Exception):
    pass

def rate(name):
    if name not in RATES:
        raise Missing(name)
    return RATES[name] * LIMIT

@app.errorhandler(Missing)
def missing(error):
    return {"missing": str(error)}, 404

@app.get("/rate/<name>")
def show(name):
    return {"rate": double(rate(name))}

@app.post("/count/<name>")
def count(name):
    COUNTS[name] = COUNTS.get(name, 0) + 1
    return dict(COUNTS)

@app.get("/size")
def size():
    return {"size": current_app.config["SIZE"]}
""",
        {"free_carry_module.py": free},
    )
    assert both.runtimes() == {"show": "native", "count": "native", "size": "native"}
    assert "from free_carry_module import double" in "".join(both.conversion.files.values())
    for url in ("/rate/a", "/rate/b", "/size"):
        both.same("GET", url)
    with both.clients() as (flask, fastapi):
        answers = [client.post("/count/a") for client in (flask, fastapi, flask, fastapi)]
        assert [one.json["a"] if hasattr(one, "get_json") else one.json()["a"] for one in answers] == [1, 2, 3, 4]


def test_a_number_that_is_bound_again_counts_on_both_sides(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
NUMBER = 0

def raise_number():
    global NUMBER
    NUMBER += 1

@app.post("/a")
def a():
    raise_number()
    return {"number": NUMBER}
"""
    )
    assert both.runtimes() == {"a": "native"}
    with both.clients() as (flask, fastapi):
        assert flask.post("/a").get_json() == {"number": 1}
        assert fastapi.post("/a").json() == {"number": 2}
        assert flask.post("/a").get_json() == {"number": 3}


def test_the_outcome_says_why_a_route_is_bridged(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/a")
def a():
    return jsonify(name=current_app.extensions)

@app.get("/b")
def b():
    return jsonify(1)
"""
    )
    assert both.findings("a") == ["FM692 'current_app.extensions'"]
    assert both.runtimes() == {"a": "bridged", "b": "native"}
    assert both.findings("b") == []


NAMED = """
import logging
import os
from flask import Flask, jsonify

app = Flask(__name__, static_folder=None)
log = logging.getLogger(__name__)
HOME = os.path.dirname(__file__)


def place():
    return os.path.basename(__file__)


@app.get("/name")
def name():
    return jsonify(name=__name__, log=log.name)


@app.get("/home")
def home():
    return jsonify(home=os.path.basename(HOME))


@app.get("/place")
def show_place():
    return jsonify(place=place(), here=os.path.basename(__file__))
"""


def test_what_every_module_has_for_itself_is_that_of_its_own_module(pair):
    both = pair(NAMED)
    assert both.runtimes() == {"name": "native", "home": "native", "show_place": "flask"}
    for path in ("/name", "/home"):
        assert both.alone("GET", path)[1] == both.same("GET", path)[1]


def test_state_of_one_name_in_two_modules_is_two_objects(pair: Callable[..., Any]) -> None:
    module = """
from flask import Blueprint, jsonify
bp = Blueprint("{0}", __name__, url_prefix="/{0}")
ITEMS = {{"{0}": 1}}

@bp.get("/<key>")
def add(key):
    ITEMS[key] = 1
    return jsonify(ITEMS)
"""
    both = pair(
        "from flask import Flask\nimport one_of_two, two_of_two\napp = Flask(__name__)\n"
        "app.register_blueprint(one_of_two.bp)\napp.register_blueprint(two_of_two.bp)\n",
        {"one_of_two.py": module.format("one"), "two_of_two.py": module.format("two")},
    )
    assert both.runtimes() == {"one.add": "native", "two.add": "native"}
    assert both.same("GET", "/one/a")[1] == b'{"a":1,"one":1}\n'
    assert both.same("GET", "/two/b")[1] == b'{"b":1,"two":1}\n'


def test_a_function_that_its_package_imports_under_the_name_of_its_module(pair: Callable[..., Any]) -> None:
    files = {
        "hidden_checks/__init__.py": "from .limited import limited\nfrom .doubled import doubled\n",
        "hidden_checks/limited.py": """
from functools import wraps
from flask import jsonify

def limited(view):
    @wraps(view)
    def wrapper(number, *args, **kwargs):
        if number > 3:
            return jsonify(error="too large"), 400
        return view(number, *args, **kwargs)
    return wrapper
""",
        "hidden_checks/doubled.py": "from flask import request\n\ndef doubled(n):\n    return request.method, n * 2\n",
    }
    both = pair(
        HEAD
        + """
from hidden_checks import doubled, limited

@app.get("/<int:number>")
@limited
def show(number):
    return jsonify(doubled(number))
""",
        files,
    )
    assert both.runtimes() == {"show": "native"}
    assert both.same("GET", "/2")[0] == 200
    assert both.same("GET", "/4")[0] == 400


def test_paths_that_are_seen_from_a_module_s_own_folder(pair: Callable[..., Any], tmp_path: Any) -> None:
    files = {
        "own_place/__init__.py": """
import os
from os.path import dirname, join
from pathlib import Path
from flask import Flask, current_app

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = os.path.join(HERE, "texts")
MORE = join(os.path.abspath(dirname(__file__)), "texts")
ROOT = Path(__file__).resolve().parent
FILE = ROOT / "texts" / "a.txt"
ABOVE = Path(__file__).parent.parent
LOADED_FROM = __file__

def create_app():
    app = Flask(__name__, template_folder=TEXTS)
    here = os.path.abspath(os.path.dirname(__file__))
    app.config["FILE"] = os.path.join(here, "texts", "a.txt")

    @app.get("/a")
    def a():
        with open(os.path.join(TEXTS, "a.txt")) as file:
            return file.read()

    @app.get("/b")
    def b():
        with open(join(MORE, "a.txt")) as file:
            return FILE.read_text() + file.read()

    @app.get("/c")
    def c():
        return (ABOVE / "own_place" / "texts" / "a.txt").read_text()

    @app.get("/d")
    def d():
        with open(current_app.config["FILE"]) as file:
            return file.read()

    @app.get("/e")
    def e():
        return os.path.basename(LOADED_FROM)

    return app
""",
        "own_place/texts/a.txt": "text",
    }
    both = pair("from own_place import create_app\napp = create_app()\n", files)
    assert both.runtimes() == {"a": "native", "b": "native", "c": "native", "d": "native", "e": "bridged"}
    assert 'Path(__file__).parents[1] / "own_place"' in both.text("own_place.py").replace("'", '"')
    for path in "abcde":
        both.same("GET", f"/{path}")
    for path in "abcd":
        assert both.alone("GET", f"/{path}") == both.same("GET", f"/{path}")


def test_a_default_that_keeps_what_is_put_into_it_is_the_same_on_both_sides(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask, jsonify
app = Flask(__name__)

def remembered(value, seen=[]):
    seen.append(value)
    return seen

def numbered(key, *, known={}):
    if key not in known:
        known[key] = len(known)
    return known[key]

def shown(value, options={}):
    return options.get(value, value)

@app.route("/seen/<value>")
def seen(value):
    return jsonify(remembered(value))

@app.route("/number/<key>")
def number(key):
    return jsonify(numbered(key))

@app.route("/shown/<value>")
def show(value):
    return jsonify(shown(value))
"""
    )
    assert both.runtimes() == {"seen": "bridged", "number": "bridged", "show": "native"}
    assert both.answers("GET", "/seen/a")[1][1] == b'["a","a"]\n'
    assert both.answers("GET", "/seen/b")[0][1] == b'["a","a","b"]\n'
    for path in ("/number/a", "/number/b", "/number/a", "/shown/a"):
        both.same("GET", path)
