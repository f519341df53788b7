"""Context managers of the project's own, written with `contextlib.contextmanager`, around parts of views."""

from collections.abc import Callable
from typing import Any

HEAD = """
from contextlib import contextmanager
from flask import Flask, abort, current_app, g, jsonify, request
app = Flask(__name__)
"""


def test_a_manager_that_reads_the_request_and_sees_errors(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class Missing(Exception):
    pass

@contextmanager
def checked(name, *, shout=False):
    '''What is missing is a 404 that names what was asked for.'''
    g.steps = ["before"]
    try:
        yield name.upper() if shout else name + request.path
    except Missing as error:
        abort(404, f"{error} in {request.args.get('place', 'nowhere')}")
    finally:
        g.steps.append("after")

@app.get("/look/<name>")
def look(name):
    with checked(name, shout="shout" in request.args) as found:
        if name == "nothing":
            raise Missing(name)
        steps = list(g.steps)
    return jsonify(found, steps, g.steps)
"""
    )
    assert both.runtimes() == {"look": "native"}
    text = both.text(next(path for path in both.conversion.files if path.startswith("source_")))
    assert "@contextmanager" in text
    assert "-> Iterator[Any]:" in text
    assert "flask" not in text
    for path in ("/look/a", "/look/a?shout=1", "/look/nothing", "/look/nothing?place=here&shout="):
        both.same("GET", path)


def test_other_decorators_keep_a_function_with_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def doubled(function):
    return lambda *args: function(*args) * 2

@doubled
@contextmanager
def never():
    yield current_app.name

@contextmanager
def named():
    yield current_app.name

@doubled
def text():
    return current_app.name

@app.get("/plain")
def plain():
    with named() as name:
        return name

@app.get("/twice")
def twice():
    return text()
"""
    )
    assert both.runtimes() == {"plain": "native", "twice": "bridged"}
    both.same("GET", "/plain")
    both.same("GET", "/twice")
