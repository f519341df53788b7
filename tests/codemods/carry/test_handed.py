"""Functions of the project that are handed the request or the application, and views that others call."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from functools import wraps
from flask import Flask, current_app, jsonify, make_response, request, url_for
app = Flask(__name__)

"""


REFUSED = {
    "bound again": ("def f(req):\n    req = req or request\n    return req.path\n", "f(request)"),
    "sometimes something else": (
        'def f(req):\n    return req.path\n@app.get("/b")\ndef b():\n    return f(request)\n',
        "f(make_response('a'))",
    ),
    "any number": ("def f(*req):\n    return req[0].path\n", "f(request)"),
    "handed on as a value": ("def f(req):\n    return [req]\n", "f(request)[0].path"),
    "an attribute without counterpart": ("def f(req):\n    return str(req.environ)\n", "f(request)"),
    "of another library": ("", "repr(request)"),
    "a class": ("class F:\n    def __init__(self, req):\n        self.path = req.path\n", "F(request).path"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_stays(pair: Callable[..., Any], name: str) -> None:
    defined, call = REFUSED[name]
    both = pair(HEAD + defined + f'\n@app.get("/a")\ndef a():\n    return {call}\n')
    assert both.runtimes()["a"] == "flask"


def test_a_keyword_that_a_function_would_take_for_its_own(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def f(**extra):
    return {**extra, "path": request.path}

@app.get("/a")
def a():
    return f(request=1)

@app.get("/b")
def b():
    return f(other=1)
"""
    )
    assert both.runtimes() == {"a": "flask", "b": "native"}
    both.same("GET", "/b")


HANDED = {
    "by place": ("def f(req):\n    return req.path\n", "f(request)"),
    "among others": ("def f(a, req, b=1):\n    return f'{a}{req.path}{b}'\n", "f(1, request, b=2)"),
    "by keyword": ("def f(*, req):\n    return req.headers.get('X-A', 'none')\n", "f(req=request)"),
    "under its own name": ("def f(request):\n    return request.args.get('a', 'none')\n", "f(request)"),
    "through another": ("def g(r):\n    return r.method\ndef f(q):\n    return g(q)\n", "f(request)"),
    "unused": ("def f(req):\n    return 'a'\n", "f(request)"),
    "getattr": ("def f(req):\n    return getattr(req, 'method', '')\n", "f(request)"),
    "the application": ("def f(app):\n    return app.make_response('made')\n", "f(app)"),
    "current_app": ("def f(it):\n    return it.name and 'named'\n", "f(current_app)"),
}


@pytest.mark.parametrize("name", HANDED)
def test_what_is_handed_on(pair: Callable[..., Any], name: str) -> None:
    defined, call = HANDED[name]
    both = pair(HEAD + defined + f'\n@app.get("/a")\ndef a():\n    return {call}\n')
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a?a=1", headers={"X-A": "x"})
    both.same("GET", "/a")


def test_a_function_of_a_module_without_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD.replace("app = ", "from shown_path_module import shown\napp = ")
        + '@app.get("/a")\ndef a():\n    return shown("at", request)\n',
        {"shown_path_module.py": "def shown(before, req):\n    return f'{before} {req.path}'\n"},
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")


VIEWS = """
@app.get("/made")
def made():
    return jsonify(path=request.path)

@app.get("/tagged")
def tagged():
    response = made()
    response.headers["X-After"] = "tagged"
    return response

@app.get("/plain")
def plain():
    return "plain"

@app.get("/again")
def again():
    return plain()
"""


def test_views_that_call_views(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + VIEWS)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/made", "/tagged", "/plain", "/again"):
        both.same("GET", path)


def test_a_decorated_view_that_is_called(pair: Callable[..., Any]) -> None:
    guarded = """
def guarded(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "key" not in request.args:
            return "no", 403
        return view(*args, **kwargs)
    return wrapper

@app.get("/made")
@guarded
def made():
    return "made"

@app.get("/again")
def again():
    return made()
"""
    both = pair(HEAD + guarded)
    assert both.runtimes()["again"] == "flask"
