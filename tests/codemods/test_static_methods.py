"""Static methods that are handed Flask's request, or need it, and what else stands in their classes."""

APP = """
from functools import wraps

from flask import Flask, abort, g, jsonify, redirect, request, url_for

app = Flask(__name__)
GROUPS = [{"id": 1}, {"id": 2}]


class Keys:
    @staticmethod
    def check(asked):
        g.key = Tokens.of(asked)
        if g.key is None:
            return redirect(url_for("open_page"))
        if g.key == "bad":
            abort(403, "bad key")
        return None

    @staticmethod
    def plain(number):
        return number + 1

    @staticmethod
    def shown():
        return request.headers.get("X-Key")


class Tokens:
    @staticmethod
    def of(asked):
        return asked.headers.get("X-Key")


@app.before_request
def check_key():
    if request.path.startswith("/open"):
        return None
    return Keys.check(request)


@app.get("/open")
def open_page():
    return "open"


@app.get("/key")
def key():
    return jsonify(key=g.key, shown=Keys.shown(), next=Keys.plain(1), groups=[g["id"] for g in GROUPS])


@app.get("/pages")
def pages():
    return shown_page()


@app.get("/others/<name>")
def others(name):
    return shown_page(name=name)


def shown_page(**values):
    endpoint = request.endpoint if request.endpoint is not None else ""
    return jsonify(url_for(endpoint, page=2, **values))
"""


def test_static_methods_are_carried_as_functions(pair):
    both = pair(APP)
    assert "flask" not in both.runtimes().values(), [both.findings(name) for name in both.runtimes()]
    for key in ({}, {"X-Key": "bad"}, {"X-Key": "k"}):
        for path in ("/open", "/key", "/nowhere", "/pages", "/others/a"):
            theirs, mine = both.answers("GET", path, headers=key)
            assert mine == theirs, (path, key)


OTHERS = {
    "a class that is decorated": ("class Keys:", "def same(kind):\n    return kind\n\n\n@same\nclass Keys:"),
    "a method that is decorated further": (
        "    @staticmethod\n    def check(asked):", "    @staticmethod\n    @wraps(abs)\n    def check(asked):"
    ),
}  # fmt: skip


def test_other_classes_stay_on_flask(pair):
    for before, after in OTHERS.values():
        both = pair(APP.replace(before, after))
        assert set(both.runtimes().values()) == {"flask"}
