"""Context variables: those that only what their setter calls may see are ordinary objects, the others stay on Flask."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.scan.scan import scan

TOP = "from contextvars import ContextVar\nfrom contextlib import contextmanager\nlocale = ContextVar('locale')\n"
SET = """
def shown(name):
    token = locale.set(name)
    try:
        return work()
    finally:
        locale.reset(token)
"""
MANAGED = """
@contextmanager
def using(name):
    token = locale.set(name)
    try:
        yield
    finally:
        locale.reset(token)
"""
NESTED = """
@contextmanager
def both():
    with using('de'):
        yield
def user():
    with both():
        pass
"""
USER = "def user():\n    with using('de'), open('x'):\n        return work()\n"


@pytest.mark.parametrize(
    "code",
    [
        "", SET, "def read():\n    return locale.get('en')\n", SET + "value = locale.get(None)\n", MANAGED,
        SET.replace("def", "async def"), SET.replace("locale.reset(token)", "locale.reset(token)\n        log()"),
        MANAGED + USER, MANAGED + NESTED,
    ],
)  # fmt: skip
def test_what_is_set_and_reset_around_calls_is_confined(code: str) -> None:
    assert scan({"app.py": (TOP + code).encode()}, "app:app").confined == {"app.locale"}


@pytest.mark.parametrize(
    "code",
    [
        "def enter():\n    locale.set('de')\n", "locale.set('de')\n", "token = locale.set('de')\nlocale.reset(token)\n",
        "given = [locale]\n", "def passed():\n    return hand(locale)\n",
        "def rebound():\n    global locale\n    locale = None\n", "other = getattr(module, 'locale')\n",
        "other = vars(module)['locale']\n", SET.replace("return work()", "yield work()"),
        SET.replace("locale.reset(token)", "log()\n        locale.reset(token)"),
        SET.replace("    try", "    before()\n    try"), SET.replace("reset(token)", "reset(other)"),
        SET.replace("finally", "except KeyError"), MANAGED + "entered = using('de').__enter__()\n",
        MANAGED + USER.replace("return work()", "yield work()"), MANAGED + "hooks.append(using)\n",
        MANAGED + "with using('de'):\n    pass\n",
    ],
)  # fmt: skip
def test_what_outlives_its_setter_is_not(code: str) -> None:
    assert scan({"app.py": (TOP + code).encode()}, "app:app").confined == frozenset()


def test_other_modules_count() -> None:
    def confined(text: str) -> frozenset[str]:
        files = {"app.py": b"import shown, seen\n", "shown.py": (TOP + SET).encode(), "seen.py": text.encode()}
        return scan(files, "app:app").confined

    assert confined("from shown import locale\nimport shown\nnow = shown.locale.get()\n") == {"shown.locale"}
    assert confined("from shown import locale as kept\nkept.set('x')\n") == frozenset()
    assert confined("import shown\nshown.locale.set('x')\n") == frozenset()


def test_a_confined_variable_works_as_under_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from contextlib import contextmanager
from contextvars import ContextVar
from flask import Flask, current_app, jsonify, request
app = Flask(__name__)
locale = ContextVar("locale", default="en")
depth: ContextVar[int] = ContextVar("depth", default=0)

@contextmanager
def deeper():
    token = depth.set(depth.get() + 1)
    try:
        yield
    finally:
        depth.reset(token)

def greeting():
    return {"en": "Hello", "de": "Hallo"}[locale.get()]

def greeted(name):
    token = locale.set(name)
    try:
        with deeper():
            return greeting(), depth.get()
    finally:
        locale.reset(token)

@app.before_request
def look():
    greeted("de")

@app.get("/greet")
def greet():
    found = [greeted(one) for one in request.args.getlist("locale")]
    return jsonify(found, greeting(), depth.get())

@app.get("/inside")
def inside():
    return jsonify(greeted("de"), current_app.config["UNKNOWN_SETTING"])
"""
    )
    assert both.runtimes() == {"greet": "native", "inside": "native"}
    assert both.same("GET", "/greet?locale=de&locale=en")[0] == 200
    assert both.same("GET", "/greet?locale=fr")[0] == 500
    assert both.same("GET", "/greet")[0] == 200
