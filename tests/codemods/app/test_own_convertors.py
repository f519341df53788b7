"""Converters of the application's own: what stays on Flask, then URLs in and out compared with Flask."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.app.routes.own_convertors import may_match_slash

HEAD = """
from flask import Flask, current_app, jsonify, request, url_for
from werkzeug.routing import AnyConverter, BaseConverter, FloatConverter, IntegerConverter, PathConverter
from werkzeug.routing import UnicodeConverter, UUIDConverter, ValidationError
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
    "another base": "class Own(AnyConverter):\n    pass",
    "an own __init__ over another base": "class Own(IntegerConverter):\n    def __init__(self, url_map):\n"
    "        super().__init__(url_map)\n        self.half = True",
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


MADE_OF_WERKZEUGS = """
class Signed(IntegerConverter):
    regex = r"-?\\d+"

class Hex(IntegerConverter):
    regex = "[0-9a-f]+"

    def to_python(self, value):
        return int(value, 16)

    def to_url(self, value):
        return f"{value:x}"

class Word(IntegerConverter):
    regex = r"\\w+"

class Slug(UnicodeConverter):
    regex = "not the pattern: the base class has one for each length"

class Upper(UnicodeConverter):
    def to_python(self, value):
        return super().to_python(value).upper()

    def to_url(self, value):
        return super().to_url(value.lower())

class Short(UUIDConverter):
    def to_python(self, value):
        return super().to_python(value).hex[:8]

class Parts(PathConverter):
    def to_python(self, value):
        return [one for one in value.split("/") if one]

    def to_url(self, values):
        return "/".join(values)

class Price(FloatConverter):
    def to_python(self, value):
        return round(super().to_python(value), 1)

app.url_map.converters.update(
    signed=Signed, hex=Hex, word=Word, slug=Slug, upper=Upper, short=Short, parts=Parts, price=Price
)

@app.get("/signed/<signed:value>")
def signed(value):
    return jsonify(value, url_for("signed", value=-value))

@app.get("/few/<signed(max=3):value>")
def few(value):
    return jsonify(value)

@app.get("/digits/<word(fixed_digits=3):value>")
def digits(value):
    return jsonify(value, url_for("digits", value=7))

@app.get("/hex/<hex:value>")
def hexadecimal(value):
    return jsonify(value, url_for("hexadecimal", value=255))

@app.get("/slug/<slug:value>")
def slug(value):
    return jsonify(value, url_for("slug", value="a b"))

@app.get("/two/<upper(length=2):value>")
def two(value):
    return jsonify(value, url_for("two", value=value))

@app.get("/three/<upper(minlength=3):value>")
def three(value):
    return jsonify(value, url_for("three", value=value))

@app.get("/short/<short:value>")
def short(value):
    return value

@app.get("/parts/<parts:value>/end")
def parts(value):
    return jsonify(value, url_for("parts", value=["a", "b"]))

@app.get("/price/<price(max=9.5):value>")
def price(value):
    return jsonify(value, url_for("price", value=2))
"""


def test_converters_that_are_made_of_werkzeugs(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + MADE_OF_WERKZEUGS)
    assert set(both.runtimes().values()) == {"native"}
    for path in (
        "/signed/-3", "/signed/3", "/signed/x", "/few/3", "/few/4", "/few/-4", "/digits/012", "/digits/12",
        "/digits/abc", "/hex/ff", "/hex/fg", "/slug/a-b", "/two/de", "/two/deu", "/three/deu", "/three/de",
        "/short/12345678-1234-1234-1234-1234567890ab", "/short/12345678", "/parts/a/b//c/end", "/parts//end",
        "/price/2.55", "/price/12.5", "/price/2",
    ):  # fmt: skip
        both.same("GET", path)
        assert both.alone("GET", path)[:2] == both.same("GET", path)[:2]


@pytest.mark.parametrize(
    ("pattern", "may"),
    [("[^/]+", False), ("[a-z]+", False), (".+", True), ("[^a]", True), (r"\.x", False), (r"\S", True)],
)
def test_which_patterns_may_match_a_slash(pattern: str, may: bool) -> None:
    assert may_match_slash(pattern) is may
