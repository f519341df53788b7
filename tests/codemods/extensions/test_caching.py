"""Applications with Flask-Caching: what stays on Flask, and what is said of it."""

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


def test_a_view_whose_answers_are_kept_stays_on_flask(pair):
    both = pair(APP)
    assert both.runtimes() == {"cached": "flask", "plain": "native"}
    (found,) = both.conversion.outcomes["cached"].findings
    assert found.code == "FM796"
    assert found.location is not None
    assert found.detail.endswith(".cache.cached'")


KEPT = {
    "kept_store.py": "from flask_caching import Cache\ncache = Cache(config={'CACHE_TYPE': 'SimpleCache'})\n",
    "kept_counts.py": """
from kept_store import cache

COUNT = {"n": 0}

def count():
    COUNT["n"] += 1
    return COUNT["n"]

@cache.memoize(60)
def slow(a, b=2):
    return a + b + count()

@cache.cached(timeout=60)
def kept():
    return count()
""",
}
ASKING = """
from flask import Flask, jsonify
import kept_counts
from kept_store import cache

app = Flask(__name__)
cache.init_app(app)

@app.get("/own")
def own():
    value = cache.get("own")
    if value is None:
        value = kept_counts.count()
        cache.set("own", value, timeout=60)
    return jsonify(value)

@app.get("/slow/<int:a>")
def slow(a):
    return jsonify(kept_counts.slow(a))

@app.get("/kept")
def kept():
    return jsonify(kept_counts.kept())

@app.delete("/own")
def forget():
    cache.delete("own")
    cache.delete_memoized(kept_counts.slow)
    return "", 204
"""


def test_both_sides_share_what_is_kept_under_keys_of_its_own(pair):
    both = pair(ASKING, KEPT)
    assert both.runtimes() == {"own": "bridged", "slow": "bridged", "forget": "bridged", "kept": "flask"}
    assert both.findings("kept") == ["FM796 'kept_store.cache.cached'"]
    for path in ("/own", "/slow/3", "/slow/4"):
        first = both.same("GET", path)
        assert both.same("GET", path) == first
    with both.clients() as (flask, fastapi):
        assert fastapi.delete("/own").status_code == 204
        again = fastapi.get("/slow/3").text
        assert flask.get("/slow/3").text == again
        assert flask.get("/own").text == fastapi.get("/own").text
        assert flask.delete("/own").status_code == 204
        assert fastapi.get("/slow/3").text != again


def test_hits_that_are_told_of_in_headers_stay_on_flask(pair):
    source = (
        ASKING
        + '\n\n@app.get("/told")\n@cache.cached(timeout=5, response_hit_indication=True)\ndef told():\n    return ""\n'
    )
    assert set(pair(source, KEPT).runtimes().values()) == {"flask"}
