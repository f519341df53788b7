"""Pages by the target's own environment: what comes out, and the same text as Flask's, beside Flask and alone."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import (
    Blueprint, Flask, flash, g, get_template_attribute, render_template, render_template_string, request, session,
    stream_template, stream_template_string, url_for,
)
app = Flask(__name__, static_folder=None)
app.secret_key = "fixed"
"""


def same(both: Any, *paths: str) -> list[bytes]:
    """The bodies of pages, which are the same with and without Flask."""
    found = []
    for path in paths:
        answer = both.same("GET", path)
        assert both.alone("GET", path) == answer, path
        found.append(answer[1])
    return found


def test_a_template_of_the_folder(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/<name>")
def page(name):
    return render_template("pages/page.html", name=name, request_id=1)
""",
        {"templates/pages/page.html": "{% extends 'base.html' %}{% block body %}{{ name }}{% endblock %}\n",
         "templates/base.html": "<p>{% block body %}{% endblock %}{{ request.path }} {{ url_for('page', name='x') }}"},
    )  # fmt: skip
    assert both.runtimes() == {"page": "native"}
    assert same(both, "/%3Cb%3E") == [b"<p>&lt;b&gt;/&lt;b&gt; /x"]
    assert 'environment(Path(__file__).parents[1] / "templates")' in both.text("templating.py")
    assert 'templates.render(request, "pages/page.html", name=name, request_id=1)' in both.text("routers/root.py")


def test_a_blueprints_folder_comes_after_the_applications(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
shop = Blueprint("shop", __name__, template_folder="shop_templates", url_prefix="/shop")
@shop.route("/<name>")
def page(name):
    try:
        return render_template(f"{name}.html")
    except Exception as error:
        return f"{type(error).__name__} {error}", 404
app.register_blueprint(shop)
""",
        {"templates/a.html": "application", "shop_templates/a.html": "shop", "shop_templates/b.html": "shop"},
    )
    assert both.runtimes() == {"shop.page": "native"}
    assert same(both, "/shop/a", "/shop/b", "/shop/c") == [b"application", b"shop", b"TemplateNotFound c.html"]


def test_filters_tests_and_globals_however_they_are_registered(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from math import sqrt
@app.template_filter("eur")
def in_euros(amount, digits=2):
    return f"{amount:.{digits}f} EUR"

def loud(text):
    return text.upper()
app.add_template_filter(loud)
app.jinja_env.filters["initials"] = lambda name: "".join(part[0] for part in name.split())
app.jinja_env.globals.update(VERSION="1.2", root=sqrt, number=len)

@app.template_test("even")
def is_even(number):
    return number % 2 == 0

@app.template_filter("link")
def wiki_link(word):
    return url_for("page", word=word)

shop = Blueprint("shop", __name__)
@shop.app_template_global()
def twice(number):
    return 2 * number
app.register_blueprint(shop)

SOURCE = (
    "{{ 3|eur }} {{ 3|eur(0) }} {{ word|loud }} {{ 'ann lee'|initials }} {{ VERSION }} {{ root(4) }} "
    "{{ number(word) }} {{ twice(2) }} {{ 2 is even }} {{ word|link }}"
)

@app.route("/page/<word>")
def page(word):
    return render_template_string(SOURCE, word=word)
""",
    )
    assert both.runtimes() == {"page": "native"}
    assert same(both, "/page/lamp") == [b"3.00 EUR 3 EUR LAMP al 1.2 2.0 4 4 True /page/lamp"]


def test_texts_put_together_of_others_that_are_written_out(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
HEADER = "<h1>{{ title }}</h1>"
PAGE = HEADER + "<p>{{ request.path }}"
@app.route("/constants")
def constants():
    return render_template_string(PAGE + "</p>", title="a&b")
@app.route("/locals")
def of_locals():
    end = "</p>"
    page = PAGE + end
    return render_template_string(page, title="two")
@app.route("/circle")
def circle():
    first = second + "1"
    second = first + "2"
    return render_template_string(first)
@app.route("/either")
def either():
    page = "one"
    if request.args:
        page = "two"
    return render_template_string(page)
@app.route("/reads")
def reads():
    page = "{{ config }}"
    return render_template_string(page)
""",
    )
    assert both.runtimes() == {
        "constants": "native", "of_locals": "native", "circle": "bridged", "either": "bridged", "reads": "bridged"
    }  # fmt: skip
    assert same(both, "/constants", "/locals") == [b"<h1>a&amp;b</h1><p>/constants</p>", b"<h1>two</h1><p>/locals</p>"]
    both.same("GET", "/circle")
    both.same("GET", "/either?x")


def test_what_jinja_passes_and_what_filters_read_of_the_settings(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from jinja2 import pass_context, pass_eval_context as passing
from markupsafe import Markup
app.config["CURRENCY"] = "EUR"

@app.template_filter()
def money(value):
    return f"{value} {app.config['CURRENCY']}"

@app.template_filter("greet")
@pass_context
def greeting(context, value, name="who"):
    return value + " " + context.get("who", "nobody") + context["mark"] + url_for("index")

@app.template_global()
@passing
def strong(evaluating, text):
    return Markup("<b>") + text if evaluating.autoescape else "*" + text

@app.route("/")
def index():
    return render_template_string(
        "{{ 3|money }} {{ 'hi'|greet }} {{ strong('<') }}{% autoescape false %}{{ strong('<') }}{% endautoescape %}",
        who="Ann", mark="!",
    )
"""
    )
    assert both.runtimes() == {"index": "native"}
    assert same(both, "/") == [b"3 EUR hi Ann!/ <b>&lt;*<"]


def test_context_processors_of_application_and_blueprint(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
shop = Blueprint("shop", __name__, url_prefix="/shop")
@app.context_processor
def site():
    return {"site": request.args.get("site", "none"), "title": g.title, "double": lambda number: 2 * number}
@shop.context_processor
def section():
    return dict(title="shop")
@app.before_request
def load():
    g.title = "from g"
@app.route("/")
def index():
    return render_template("page.html")
@shop.route("/")
def shop_index():
    return render_template("page.html", site="given")
app.register_blueprint(shop)
""",
        {"templates/page.html": "{{ site }} {{ title }} {{ double(2) }} {{ g.title }} {{ g.get('none', 1) }}"},
    )
    assert both.runtimes() == {"index": "native", "shop.shop_index": "native"}
    assert same(both, "/?site=a", "/shop/") == [b"a from g 4 from g 1", b"given shop 4 from g 1"]


def test_streams_and_macros(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/stream/<word>")
def stream(word):
    return stream_template("page.html", word=word)
@app.route("/text/<word>")
def text(word):
    return stream_template_string("{{ word }} {{ request.path }}", word=word), 201
@app.route("/macro/<word>")
def macro(word):
    hello = get_template_attribute("macros.html", "hello")
    return hello(word)
""",
        {"templates/page.html": "{{ word }} {{ request.path }} {{ url_for('macro', word=word) }}",
         "templates/macros.html": "{% macro hello(word) %}<b>{{ word }}</b> {{ request.path }}{% endmacro %}"},
    )  # fmt: skip
    assert set(both.runtimes().values()) == {"native"}
    assert same(both, "/stream/a", "/text/a", "/macro/%26") == [
        b"a /stream/a /macro/a", b"a /text/a", b"<b>&amp;</b> /macro/&amp;"
    ]  # fmt: skip


def test_settings_that_a_template_reads(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
app.config["SITE"] = "shop"
app.config.update(SIZE=20)
@app.route("/")
def index():
    return render_template("page.html")
""",
        {"templates/page.html": "{{ config.SITE }} {{ config['SIZE'] }} {{ config.get('NONE', 1) }} "
         "{% import 'macros.html' as macros %}{{ macros.site() }}",
         "templates/macros.html": "{% macro site() %}{{ config.SITE }}{% endmacro %}"},
    )  # fmt: skip
    assert both.runtimes() == {"index": "native"}
    assert same(both, "/") == [b"shop 20 1 shop"]


def test_flashes_and_session_in_a_template_only(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD + "@app.route('/')\ndef index():\n    return render_template('page.html')\n",
        {"templates/page.html": "{{ session.user }}{% for text in get_flashed_messages() %}{{ text }}{% endfor %}"},
    )
    assert both.runtimes() == {"index": "native"}
    assert both.same("GET", "/")[2]["vary"] == "Cookie"


def test_settings_of_the_environment(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
app.jinja_options = {"trim_blocks": True, "extensions": ["jinja2.ext.do"]}
app.jinja_env.lstrip_blocks = True
@app.route("/")
def index():
    return render_template("page.txt", items=[])
""",
        {"templates/page.txt": "  {% do items.append('<a>') %}\n{{ items[0] }}\n"},
    )
    assert both.runtimes() == {"index": "native"}
    assert same(both, "/") == [b"<a>"]


@pytest.mark.parametrize(
    ("setup", "template", "why"),
    [
        ("app.config['SITE'] = 'shop'", "{{ config|length > 1 }}", "'page.html' reads 'config'"),
        ("app.config['SITE'] = object().__class__.__name__ + str(app.name)", "{{ config.SITE }}", "'page.html' reads"),
        ("app.jinja_env.globals['now'] = object()", "{{ now }}", "'page.html' reads the global 'now'"),
        ("from flask import current_app as c\n@app.template_filter()\ndef named(x):\n    return x * len(c.extensions)",
         "{{ 'x'|named }}", "'page.html' reads the filter 'named'"),
        ("from jinja2 import pass_context\n@app.template_filter()\n@pass_context\ndef named(names, x):\n"
         "    return x * len(names['request'].path)",
         "{{ 'x'|named }}", "'page.html' reads the filter 'named'"),
        ("from jinja2 import pass_context\n@app.template_filter()\n@pass_context\ndef named(names, x):\n"
         "    return x * (len(names.get_all()) > 3)",
         "{{ 'x'|named }}", "'page.html' reads the filter 'named'"),
        ("import jinja2\napp.jinja_env.undefined = jinja2.ChainableUndefined", "{{ a.b.c }}", "the environment's own"),
        ("import jinja2\napp.jinja_loader = jinja2.DictLoader({'page.html': 'dict'})", "", "the environment's own"),
    ],
)  # fmt: skip
def test_what_the_target_cannot_give_keeps_the_page_beside_flask(
    pair: Callable[..., Any], setup: str, template: str, why: str
) -> None:
    both = pair(
        f"{HEAD}{setup}\n@app.route('/')\ndef index():\n    return render_template('page.html')\n",
        {"templates/page.html": template},
    )
    assert both.runtimes() == {"index": "bridged"}
    assert why in both.findings("index")[0]
    assert both.same("GET", "/")[0] == 200


def test_what_the_environment_itself_renders_stays_on_flask(pair: Callable[..., Any]) -> None:
    """Its templates read the request by the environment's globals, which nothing brings there beside Flask."""
    both = pair(
        HEAD + "@app.route('/')\ndef index():\n    return app.jinja_env.from_string('{{ request.path }}').render()\n"
    )
    both.stays("index", "FM601")


def test_a_name_that_only_an_included_template_reads_counts(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/<name>")
def page(name):
    return render_template(name + ".html")
@app.route("/plain")
def plain():
    return render_template("plain.html")
@app.route("/deep")
def deep():
    return render_template("deep.html")
""",
        {"templates/deep.html": "{% include 'inner.html' %}", "templates/inner.html": "{{ config.items()|length > 1 }}",
         "templates/plain.html": "plain"},
    )  # fmt: skip
    assert both.runtimes() == {"page": "bridged", "plain": "native", "deep": "bridged"}
    assert both.same("GET", "/deep")[1] == b"True"


def test_a_part_of_the_request_that_templates_have_not_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD + "@app.route('/')\ndef index():\n    return render_template('page.html')\n",
        {"templates/page.html": "{{ request.access_route }}"},
    )
    assert both.findings("index") == ["FM323 'request.access_route' in 'page.html'"]


def test_bootstraps_own_files_need_flasks_request(pair: Callable[..., Any]) -> None:
    source = (
        HEAD
        + """
app.jinja_env.globals["bootstrap_find_resource"] = str
@app.route("/")
def index():
    return render_template_string("{{ bootstrap_find_resource('a.js') }}")
@app.route("/plain")
def plain():
    return render_template_string("plain")
"""
    )
    assert pair(source).runtimes() == {"index": "native", "plain": "native"}
    both = pair(source + "app.config['BOOTSTRAP_SERVE_LOCAL'] = True\n")
    assert both.runtimes() == {"index": "flask", "plain": "native"}
    assert both.findings("index") == ["FM323 'bootstrap_find_resource' in a template in the code"]


def test_inner_functions_that_are_called_while_the_page_renders(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
import re
@app.template_filter()
def links(text):
    def link(match):
        return url_for("page", word=match[1])
    return re.sub(r"<(.+?)>", link, text)

@app.context_processor
def given():
    return {"path_of": lambda word: f"{request.path}#{word}"}

@app.route("/page/<word>")
def page(word):
    return render_template_string("{{ '<' + word + '>'|links }}{{ ('<' + word + '>')|links }} {{ path_of(word) }}",
                                  word=word)
""",
    )
    assert both.runtimes() == {"page": "native"}
    assert same(both, "/page/a") == [b"&lt;a&gt;/page/a /page/a#a"]


def test_a_librarys_context_processor_keeps_pages_on_flask(pair: Callable[..., Any]) -> None:
    source = (
        HEAD
        + "import json\napp.context_processor(json.JSONDecoder().decode)\n"
        + (
            '@app.get("/page")\ndef page():\n    return render_template("page.html")\n\n'
            '@app.get("/plain")\ndef plain():\n    return "plain"\n'
        )
    )
    both = pair(source, {"templates/page.html": "<p>page</p>"})
    assert both.runtimes() == {"page": "flask", "plain": "native"}
    assert both.findings("page")[0].startswith("FM580")
