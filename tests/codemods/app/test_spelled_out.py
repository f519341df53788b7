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
