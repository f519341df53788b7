"""The application's JSON provider: switches, and what is made of values that JSON has no form for."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import datetime
import decimal
import enum
from flask import Flask, abort, current_app, jsonify, request
from flask.json.provider import DefaultJSONProvider, JSONProvider

app = Flask(__name__)
LIMIT = 3

class Color(enum.Enum):
    RED = "red"

class Item:
    def __init__(self, number):
        self.number = number

    def to_json(self):
        return {"number": self.number}

"""
ROUTES = """
@app.get("/values")
def values():
    return jsonify(z=datetime.date(2024, 5, 1), a=decimal.Decimal("1.50"), color=Color.RED, ü=[Item(1)], tags={2, 1})

@app.get("/dict")
def plain():
    return {"z": 1, "a": {"c": 1, "b": 2}}

@app.get("/text")
def text():
    return app.json.dumps({"z": Color.RED})

@app.get("/error")
def error():
    return {"x": object()}
"""
DEFAULT = """
    if isinstance(o, enum.Enum):
        return o.value
    if isinstance(o, (set, frozenset)):
        return sorted(o)[:LIMIT]
    if hasattr(o, "to_json"):
        return o.to_json()
"""
INDENTED = DEFAULT.replace("\n    ", "\n        ")
PROVIDERS = {
    "function": "def encode(o):" + DEFAULT + "    raise TypeError(str(o))\napp.json.default = encode\n",
    "method": "class Own(DefaultJSONProvider):\n    sort_keys = False\n    ensure_ascii = False\n"
    "    def default(self, o):" + INDENTED + "        return super().default(o)\napp.json = Own(app)\n",
    "static": "class Own(DefaultJSONProvider):\n    compact = False\n    @staticmethod\n    def default(o):" + INDENTED
    + "        return DefaultJSONProvider.default(o)\napp.json = Own(app)\n",
    "class attribute": "class Own(DefaultJSONProvider):\n    mimetype = 'application/vnd.api+json'\n"
    "    def default(self, o):" + INDENTED + "        return super().default(o)\n"
    "class Api(Flask):\n    json_provider_class = Own\napp = Api(__name__)\n",
}  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS)
def test_own_values_are_written_as_the_provider_writes_them(provider: str, pair: Callable[..., Any]) -> None:
    both = pair(HEAD + PROVIDERS[provider] + ROUTES)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/values", "/dict", "/text"):
        both.same("GET", path)
    theirs, mine = both.answers("GET", "/error")
    assert theirs[0] == mine[0] == 500


def test_provider_of_a_factory(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD + "def create_app():\n    app = Flask(__name__)\n    def default(o):\n        return str(o)\n"
        "    app.json.default = default\n    app.json.sort_keys = False\n"
        "    @app.get('/x')\n    def x():\n        return {'z': Item(1).number, 'a': 1j}\n"
        "    return app\napp = create_app()\n"
    )
    assert both.runtimes() == {"x": "native"}
    both.same("GET", "/x")


@pytest.mark.parametrize(
    ("provider", "detail"),
    [
        ("class Own(JSONProvider):\n    def dumps(self, o, **k): return ''\n    def loads(self, s, **k): return s\n"
         "app.json = Own(app)\n", "'json_provider' is '{module}.Own'"),
        ("class Own(DefaultJSONProvider):\n    def dumps(self, o, **k): return super().dumps(o, **k)\n"
         "app.json = Own(app)\n", "'json.dumps' is '{module}.Own.dumps'"),
        ("class Own(DefaultJSONProvider):\n    mimetype = 'text/plain'\napp.json = Own(app)\n",
         "'json.mimetype' is ''text/plain''"),
        ("app.json.default = lambda o: str(o)\n",
         "'json.default' is '{module}.<lambda>', which was not found in the source"),
        ("def default(o):\n    return request.path\napp.json.default = default\n",
         "'json.default' is '{module}.default', which reads the request or the application"),
    ],
)  # fmt: skip
def test_other_providers_keep_every_route_on_flask(provider: str, detail: str, pair: Callable[..., Any]) -> None:
    both = pair(HEAD + provider + "@app.get('/x')\ndef x():\n    return {}\n")
    assert both.runtimes() == {"x": "flask"}
    module = both.flask.import_name
    assert [one.partition(" ")[2] for one in both.findings("x")] == [detail.format(module=module)]


def test_change_of_the_provider_changes_the_digest_of_every_route(pair: Callable[..., Any]) -> None:
    source = HEAD + PROVIDERS["function"] + ROUTES
    one, other = pair(source), pair(source.replace("sorted(o)", "sorted(o, reverse=True)"))
    ours, theirs = one.conversion.outcomes["plain"].digest, other.conversion.outcomes["plain"].digest
    assert ours != theirs


def test_plain_subclass_of_flask_replaces_nothing(pair: Callable[..., Any]) -> None:
    both = pair(
        "from flask import Flask, current_app\nclass Shop(Flask):\n    def __init__(self, name):\n"
        "        super().__init__(name)\n        self.config['SIZE'] = 3\n    def answer(self):\n        return 1\n"
        "app = Shop(__name__)\n@app.get('/x')\ndef x():\n    return 'x'\n"
        "@app.get('/y')\ndef y():\n    return str(current_app.answer())\n"
        "@app.get('/z')\ndef z():\n    return str(app.config['SIZE'])\n"
    )
    assert both.runtimes()["x"] == "native"
    assert "native" not in (both.runtimes()["y"], both.runtimes()["z"])
    both.same("GET", "/x")
    both.same("GET", "/z")


def test_dispatch_of_its_own_keeps_every_route_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        "from flask import Flask\nclass Shop(Flask):\n    def __call__(self, environ, start_response):\n"
        "        return super().__call__(environ, start_response)\napp = Shop(__name__)\n"
        "@app.get('/x')\ndef x():\n    return 'x'\n"
    )
    assert both.runtimes() == {"x": "flask"}
