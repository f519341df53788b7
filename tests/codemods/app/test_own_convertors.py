"""Converters of the application's own: what stays on Flask, then URLs in and out compared with Flask."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.app.own_convertors import may_match_slash

HEAD = """
from flask import Flask, current_app, jsonify, request, url_for
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError
app = Flask(__name__, static_folder=None)
"""
VIEW = """
app.url_map.converters["own"] = Own

@app.get("/x/<own:value>")
def show(value):
    return jsonify(value=str(value), kind=type(value).__name__, link=url_for("show", value=value))
"""
OF_APPLICATION = (
    "class Own(BaseConverter):\n    def to_python(self, value):\n        return current_app.extensions[value]"
)
STAYS = {
    "another base": "class Own(IntegerConverter):\n    pass",
    "the URL map": "class Own(BaseConverter):\n    def __init__(self, url_map):\n"
    "        super().__init__(url_map)\n        self.other = url_map",
    "the application": OF_APPLICATION,
    "the request": "class Own(BaseConverter):\n    def to_python(self, value):\n        return request.method + value",
    "another member": "class Own(BaseConverter):\n    other = [1]",
    "a pattern that may cross slashes in FastAPI only": "class Own(BaseConverter):\n    regex = '.+'",
    "a pattern with a reference": "class Own(BaseConverter):\n    regex = r'([a-z])\\1'",
    "a class of a factory": "def make():\n    class Own(BaseConverter):\n        pass\n    return Own\nOwn = make()",
}


@pytest.mark.parametrize("text", STAYS.values(), ids=list(STAYS))
def test_what_a_convertor_cannot_do_stays_on_flask(pair: Callable[..., Any], text: str) -> None:
    both = pair(HEAD + text + VIEW)
    assert both.runtimes() == {"show": "flask"}
    assert both.findings("show")[0].startswith("FM111")


LIST = """
class Own(BaseConverter):
    'Words joined by a plus.'

    def to_python(self, value):
        return value.split("+")

    def to_url(self, values):
        return "+".join(BaseConverter.to_url(self, one) for one in values)
"""
CHECKED = """
import datetime

KNOWN = {"de": "German", "en": "English"}

class Own(BaseConverter):
    regex = "[a-z]{2}"
    weight = 50

    def to_python(self, value: str):
        if value == "fr":
            raise ValidationError("not French")
        if value not in KNOWN:
            raise ValidationError
        return KNOWN[super().to_python(value)]

    def to_url(self, value):
        return super().to_url(next(key for key, name in KNOWN.items() if name == value))

@app.get("/x/<other>")
def other(other):
    return "other"

@app.post("/x/<any(fr, xx):posted>")
def posted(posted):
    return "posted"
"""


def test_a_class_with_both_directions(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + LIST + VIEW)
    assert both.runtimes() == {"show": "native"}
    assert "class Own(Convertor[Any]):" in both.text("converters.py")
    for path in ("/x/a", "/x/a+b", "/x/a%20b+%C3%A9", "/x/a/b", "/x/"):
        both.same("GET", path)


def test_a_value_that_is_refused_is_an_unknown_url_whatever_rules_are_behind(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + CHECKED + VIEW)
    assert both.runtimes() == {"show": "native", "other": "native", "posted": "native"}
    for path in ("/x/de", "/x/fr", "/x/xx", "/x/zz", "/x/DE", "/x/eng"):
        for method in ("GET", "POST", "OPTIONS", "PUT"):
            both.same(method, path)


def test_the_pattern_as_an_argument(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class Regex(BaseConverter):
    def __init__(self, url_map, *items):
        super().__init__(url_map)
        self.regex = items[0]

app.url_map.converters["regex"] = Regex

@app.get("/code/<regex('[A-Z]{3}-[0-9]+'):code>")
def code(code):
    return jsonify(code, url_for("code", code=code))

@app.get("/code/<regex('[a-z]{3}'):word>")
def word(word):
    return jsonify(word, url_for("word", word=word))
"""
    )
    assert both.runtimes() == {"code": "native", "word": "native"}
    for path in ("/code/ABC-12", "/code/abc", "/code/AB-1", "/code/abcd"):
        both.same("GET", path)


@pytest.mark.parametrize(
    ("pattern", "may"),
    [("[^/]+", False), ("[a-z]+", False), (".+", True), ("[^a]", True), (r"\.x", False), (r"\S", True)],
)
def test_which_patterns_may_match_a_slash(pattern: str, may: bool) -> None:
    assert may_match_slash(pattern) is may
