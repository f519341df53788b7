"""Decorators that are another one under a name of their own."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from functools import wraps
from flask import Flask, abort, request
app = Flask(__name__)
WRITE, ADMIN = "write", "admin"

def needs(permission):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.headers.get("X-May") != permission:
                abort(403)
            return view(*args, **kwargs)
        return wrapper
    return decorate

def needs_admin(view):
    '''For administrators.'''
    return needs(ADMIN)(view)

def needs_boss(f):
    return needs_admin(f)

"""
REFUSED = {
    "does more": "def own(view):\n    print(view)\n    return needs(ADMIN)(view)\n",
    "is called": "def own(view=None):\n    return needs(ADMIN)(view)\n",
    "knows the view": "def own(view):\n    return needs(view.__name__)(view)\n",
    "adds something": "def own(view):\n    return needs(ADMIN)(view, 1)\n",
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_stays(pair: Callable[..., Any], how: str) -> None:
    both = pair(
        HEAD + REFUSED[how] + '@app.get("/")\n@own\ndef index():\n    return "in"\n'
        if how != "adds something"
        else HEAD.replace("def decorate(view):", "def decorate(view, more=0):")
        + REFUSED[how]
        + '@app.get("/")\n@own\ndef index():\n    return "in"\n'
    )
    assert both.runtimes() == {"index": "flask"}


@pytest.mark.parametrize("name", ["needs_admin", "needs_boss"])
def test_it_guards_as_the_other_one(pair: Callable[..., Any], name: str) -> None:
    both = pair(HEAD + f'@app.get("/")\n@{name}\ndef index():\n    return "in"\n')
    assert both.runtimes() == {"index": "native"}
    assert "dependencies=[Depends(needs(ADMIN))]" in both.text("routers/root.py")
    assert both.same("GET", "/", headers={"X-May": "admin"})[0] == 200
    assert both.same("GET", "/", headers={"X-May": "write"})[0] == 403
    assert both.same("GET", "/")[0] == 403


CHAINS = """
from flask import make_response

PLACES = {"all": "world"}

def tagged(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-After"] = response.headers.get("X-After", "") + "t"
        return response
    return wrapper

def quiet(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.args.get("quiet"):
            return "quiet"
        return view(*args, **kwargs)
    return wrapper

def chosen(place): return PLACES[place]

def both(view):
    return tagged(needs("all")(view))

def several(permission=WRITE):
    '''For programs.'''
    def decorate(view):
        return tagged(needs(permission)(quiet(view)))
    return decorate

def guarded(permission, code=418):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.args.get("no"):
                abort(code)
            return view(*args, **kwargs)
        return needs(permission)(wrapper)
    return decorate

def own(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-After"] = "o"
        return response
    return needs("own")(tagged(wrapper))

def made_later(permission):
    def decorate(view):
        return tagged(needs(chosen(permission))(view))
    return decorate

def named(view):
    return tagged(needs(view.__name__)(view))
"""


def test_decorators_that_are_several_others(pair: Callable[..., Any]) -> None:
    names = ("both", "several()", "several(ADMIN)", "guarded('all', code=417)", "guarded('all')", "own")
    views = "".join(
        f'@app.get("/{at}")\n@{name}\ndef view_{at}():\n    return "in"\n\n' for at, name in enumerate(names)
    )
    stays = ("made_later('all')", "named")
    views += "".join(f'@app.get("/{name[:5]}")\n@{name}\ndef {name[:5]}():\n    return "in"\n' for name in stays)
    made = pair(HEAD + CHAINS + views)
    assert made.runtimes() == {f"view_{at}": "native" for at in range(len(names))} | {
        "made_": "flask",
        "named": "flask",
    }
    router = made.text("routers/root.py")
    assert 'dependencies=[Depends(needs("all")), Depends(guarded(code=417))]' in router
    for at, permission in enumerate(("all", "write", "admin", "all", "all", "own")):
        for query in ("", "?quiet=1", "?no=1"):
            assert made.same("GET", f"/{at}{query}", headers={"X-May": permission})[0] in (200, 417, 418)
            assert made.same("GET", f"/{at}{query}", headers={"X-May": "other"})[0] in (200, 403)
