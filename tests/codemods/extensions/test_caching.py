"""Applications with Flask-Caching, or with CSRFProtect: what stays on Flask, and what is said of it."""

APP = """
from flask import Flask, jsonify
from flask_caching import Cache

app = Flask(__name__)
cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})


@app.get("/cached")
@cache.cached(timeout=60)
def cached():
    return jsonify(a=1)


@app.get("/plain")
def plain():
    return jsonify(a=1)
"""
PROTECTED = """
from flask import Flask
from flask_wtf.csrf import CSRFProtect

app = Flask(__name__)
app.secret_key = "key"
csrf = CSRFProtect(app)


@app.post("/notes")
def notes():
    return {"ok": True}
"""


def test_a_view_whose_answers_are_kept_stays_on_flask(pair):
    both = pair(APP)
    assert both.runtimes() == {"cached": "flask", "plain": "native"}
    assert both.findings("cached") == ["FM796 'cache.cached(timeout=60)'"]


def test_views_behind_a_check_of_tokens_stay_on_flask(pair):
    both = pair(PROTECTED)
    assert both.runtimes() == {"notes": "flask"}
    assert both.findings("notes")[0].startswith("FM797")
