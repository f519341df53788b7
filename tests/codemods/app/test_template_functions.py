"""Functions of templates that read the request, on pages that only the Flask application's environment can render."""

import re

HEAD = '''
from flask import Flask, abort, current_app, redirect, render_template, request, session, url_for

app = Flask(__name__)
app.secret_key = "x" * 32
app.config["NAMES"] = [str(one) for one in range(3)]


@app.context_processor
def given():
    return {"names": app.config["NAMES"] and current_app.extensions.get("names", "none")}


@app.template_global()
def back():
    """Where the client came from."""
    return url_for("page", word=session.get("word", "nothing"), seen=request.args.get("seen"))


def leave():
    return redirect(back())


@app.template_filter("marked")
def mark(text, by="*"):
    return f"{by}{text}{by}" if request.path == "/page/a" else f"{text} in {current_app.name}"


@app.template_test("asked")
def is_asked(text):
    return text in request.args


@app.route("/page/<word>")
def page(word):
    session["word"] = word
    return render_template("page.html", word=word)


@app.route("/leave")
def left():
    return leave()


@app.route("/plain")
def plain():
    return "plain"
'''
PAGE = {
    "templates/page.html": "{% from 'macros.html' import link %}{{ names }} {{ back() }} {{ word | marked }} "
    "{{ word | marked(by='+') }} {{ word is asked }} {{ link(word) }}",
    "templates/macros.html": "{% macro link(text) %}<a href='{{ back() }}'>{{ text | marked }}</a>{% endmacro %}",
}


def test_functions_are_given_the_request_that_is_answered(pair):
    both = pair(HEAD, PAGE)
    assert both.runtimes() == {"page": "bridged", "left": "native", "plain": "native"}
    for path in ("/page/a?a=1&seen=2", "/page/b", "/leave?seen=3", "/plain"):
        both.same("GET", path)
    text = both.text("bridged/templating.py")
    assert re.search(r'TEMPLATE_GLOBALS = \{\n\s+"back": with_request\(back\),\n\}', text)
    assert "def back(*, request: Request)" in text
    assert both.flask.jinja_env.filters["marked"].__module__ == both.flask.import_name  # Flask's own stays Flask's


def test_a_function_that_does_not_convert_keeps_such_pages_on_flask(pair):
    both = pair(HEAD.replace('request.args.get("seen")', "request.routing_exception"), PAGE)
    both.stays("page", "FM322")
    assert both.runtimes()["plain"] == "native"
    assert "bridged/templating.py" not in both.conversion.files
