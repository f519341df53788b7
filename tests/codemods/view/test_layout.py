"""The indentation of source text: nothing in strings may move with it, whatever is converted from deeper down."""

import ast
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from codemods.view.layout import dedented, indented

PLAIN = "def f(x):\n    if x:\n\n        return [\n  1,\n        ]\n# done\n"
SPANNING = [
    'def f():\n    return """\n  one\n\ttwo\n"""\n',
    "def f():\n    text = 'a\\\n    b'\n    return text + '''\n    c\n  '''\n",
    'def f(x):\n    return f"""\n  {x!r:>{\n    10}}\n   """\n',
    'async def f():\n    """What.\n\n        Deep.\n    """\n    return 1\n',
]


def test_a_text_at_the_margin_without_strings_over_lines_stays_and_moves_as_a_whole() -> None:
    assert dedented(PLAIN) == PLAIN
    assert indented(PLAIN) == textwrap.indent(PLAIN, "    ")


@pytest.mark.parametrize("text", SPANNING)
def test_strings_over_lines_mean_the_same_deeper_down_and_back_at_the_margin(text: str) -> None:
    deeper = indented(indented(text), "\t")
    within = f"if True:\n{deeper}"
    moved = ast.parse(within).body[0]
    assert isinstance(moved, ast.If)
    assert ast.dump(moved.body[0]) == ast.dump(ast.parse(text).body[0])
    assert dedented(deeper) == text


def test_what_stands_left_of_a_deeper_statement_keeps_its_lines() -> None:
    text = "    def f():\n# by hand\n        return (1 +\n  2)\n"
    assert dedented(text) == "def f():\n# by hand\n    return (1 +\n2)\n"


PAGES = '''
from functools import wraps
from flask import Flask, request
from flask.views import MethodView

class Page(MethodView):
    def get(self):
        return """<ul>
\t
            <li>one
        </ul>
    """

def create_app():
    app = Flask(__name__)

    @app.get("/inner")
    def inner():
        return """
        <ul>
      <li>one
"""

    app.add_url_rule("/page", view_func=Page.as_view("page"))
    return app

def signed_in(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-User") is None:
            return """
  nobody
      here""", 401
        return view(*args, **kwargs)
    return wrapper

app = create_app()

@app.get("/guarded")
@signed_in
def guarded():
    return """   
  blank line above"""
'''  # noqa: W291


def test_pages_written_out_deep_in_the_source_are_answered_letter_by_letter(pair: Callable[..., Any]) -> None:
    both = pair(PAGES)
    assert both.runtimes() == {"inner": "native", "page": "native", "guarded": "native"}
    for path in ("/inner", "/page", "/guarded"):
        both.same("GET", path)
    assert both.same("GET", "/guarded", headers={"X-User": "ann"})[1] == b"   \n  blank line above"
