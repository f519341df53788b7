"""Views that are partial functions, objects or methods of objects: what stays on Flask, then the same answers."""

from collections.abc import Callable
from typing import Any

import pytest

Pairs = Callable[..., Any]

HEAD = """
import functools
from flask import Flask, abort, jsonify, request
app = Flask(__name__)

def guard(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if "X-User" not in request.headers:
            abort(401)
        return view(*args, **kwargs)
    return wrapper

def show(kind, item_id=0, suffix=""):
    return jsonify(kind=kind, id=item_id, suffix=suffix)

class Greeter:
    mark = "!"

    def __init__(self, greeting, times=1):
        self.greeting = greeting
        self.times = times

    def __call__(self, name="you"):
        return f"{self.greeting} {name}" * self.times + self.mark

    def shout(self, name):
        return f"{self.greeting} {name}".upper()

hello = Greeter("Hello")
"""
REFUSED = {
    "an object without a name": """
app.add_url_rule("/x", "x", Greeter("Hi"))
""",
    "an object that keeps something": """
class Counter:
    def __init__(self):
        self.seen = []
    def __call__(self):
        self.seen.append(1)
        return str(len(self.seen))
counter = Counter()
app.add_url_rule("/x", "x", counter)
""",
    "an object that counts": """
class Counter:
    def __init__(self):
        self.count = 0
    def __call__(self):
        self.count += 1
        return str(self.count)
counter = Counter()
app.add_url_rule("/x", "x", counter)
""",
    "an object that is changed from outside": """
app.add_url_rule("/x", "x", hello)

@app.post("/greeting")
def change():
    hello.greeting = request.get_data(as_text=True)
    return ""
""",
    "an object whose class is changed": """
app.add_url_rule("/x", "x", hello)
Greeter.mark = "?"
""",
    "an object of which any attribute may be set": """
app.add_url_rule("/x", "x", hello)

@app.post("/greeting/<name>")
def change(name):
    setattr(hello, name, request.get_data(as_text=True))
    return ""
""",
    "an object of a class with a base": """
class Loud(Greeter):
    pass
loud = Loud("Hi")
app.add_url_rule("/x", "x", loud)
""",
    "an object that hands itself on": """
def describe(one):
    return type(one).__name__
class Named:
    def __call__(self):
        return describe(self)
named = Named()
app.add_url_rule("/x", "x", named)
""",
    "an object that reads the request": """
class Reads:
    def __call__(self):
        return request.path
reads = Reads()
app.add_url_rule("/x", "x", reads)
""",
    "a decorated method": """
class Guarded:
    @guard
    def show(self):
        return "x"
guarded = Guarded()
app.add_url_rule("/x", "x", guarded.show)
""",
    "a decorator around a method": """
app.add_url_rule("/x", "x", guard(hello))
""",
    "a partial function of a list": """
app.add_url_rule("/x", "x", functools.partial(show, [1]))
""",
    "a partial function of too many arguments": """
app.add_url_rule("/x", "x", functools.partial(show, 1, 2, 3, 4))
""",
    "a partial function that the rule fills, too": """
app.add_url_rule("/x/<int:item_id>", "x", functools.partial(show, "k", item_id=3))
""",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_change_or_is_not_plain_stays_on_flask(pair: Pairs, case: str) -> None:
    both = pair(HEAD + REFUSED[case])
    assert both.runtimes()["x"] == "flask"


def test_objects_methods_and_partial_functions_answer_alike(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
twice = Greeter("Hi", times=2)
guarded = guard(show)
app.add_url_rule("/object", "object", hello)
app.add_url_rule("/object/<name>", "object_name", hello)
app.add_url_rule("/twice/<name>", "twice", view_func=twice)
app.add_url_rule("/method/<name>", "method", hello.shout)
app.add_url_rule("/partial/<int:item_id>", "partial", functools.partial(show, "one", suffix="!"))
app.add_url_rule("/keywords/<kind>", "keywords", functools.partial(show, item_id=-1))

@guard
def closed(kind, item_id):
    return jsonify(kind, item_id)

app.add_url_rule("/closed/<int:item_id>", "closed", functools.partial(closed, "k"))

@app.get("/used")
def used():
    return hello("me") + twice.shout("x")
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert both.same("GET", "/object")[1] == b"Hello you!"
    assert both.same("GET", "/object/ann")[1] == b"Hello ann!"
    assert both.same("GET", "/twice/ann")[1] == b"Hi annHi ann!"
    assert both.same("GET", "/method/ann")[1] == b"HELLO ANN"
    assert both.same("GET", "/partial/3")[1] == b'{"id":3,"kind":"one","suffix":"!"}\n'
    assert both.same("GET", "/keywords/a")[1] == b'{"id":-1,"kind":"a","suffix":""}\n'
    assert both.same("GET", "/closed/3")[0] == 401
    assert both.same("GET", "/closed/3", headers={"X-User": "ann"})[1] == b'["k",3]\n'
    assert both.same("GET", "/used")[1] == b"Hello me!HI X"
    assert both.alone("GET", "/method/ann")[1] == b"HELLO ANN"


def test_the_digest_follows_how_the_object_is_made(pair: Pairs) -> None:
    source = HEAD + 'app.add_url_rule("/x", "x", hello)\napp.add_url_rule("/y", "y", functools.partial(show, "a"))\n'
    first = pair(source).conversion.outcomes
    second = pair(source.replace('Greeter("Hello")', 'Greeter("Hi")').replace('(show, "a")', '(show, "b")'))
    assert first["x"].digest != second.conversion.outcomes["x"].digest
    assert first["y"].digest != second.conversion.outcomes["y"].digest
