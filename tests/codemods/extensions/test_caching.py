"""Applications with Flask-Caching: both sides share what is kept, and what is asked by the request stays on Flask."""

import hashlib

import libcst as cst
import pytest

from codemods.extensions.caching import keeps
from codemods.findings import Location
from codemods.model import Application, Decorator, Module, Project
from codemods.view.names import Names
from codemods.view.refusal import Refused
from codemods.view.rule import code

HEAD = """
from functools import wraps
from flask import Flask, abort, jsonify, make_response, request, session
from flask_caching import Cache

app = Flask(__name__)
app.secret_key = "k"
cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
COUNT = {"n": 0}

def count():
    COUNT["n"] += 1
    return COUNT["n"]

def known(view):
    @wraps(view)
    def check(*args, **kwargs):
        if "X-User" not in request.headers:
            abort(401)
        return view(*args, **kwargs)
    return check
"""
VIEWS = """
@app.get("/")
@cache.cached()
def plain():
    return str(count())

@app.get("/named/<name>")
@known
@cache.cached(60, query_string=True)
def named(name):
    response = jsonify(name, count(), request.args.getlist("q"))
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response, 202, {"X-Test": "kept", "X-Name": name}

@app.get("/one")
@cache.cached(key_prefix="one", timeout=60)
def one():
    if request.args["q"] == "missing":
        count()
        abort(404, "missing")
    session["n"] = count()
    return {"n": count()}

@app.delete("/one")
def forget():
    cache.delete("one")
    return "", 204
"""


def test_what_a_view_answered_is_kept(pair):
    both = pair(HEAD + VIEWS)
    assert set(both.runtimes().values()) == {"bridged"}
    text = both.text("bridged/routers/root.py")
    assert "@cached_view(cache)\ndef plain" in text
    assert "@cached_view(cache, timeout=60, query_string=True)" in text
    paths = ["/", "/?q=1", "/named/a", "/named/a?q=1&q=2", "/named/a?q=2&q=1", "/named/b%20c?q=%C3%A4&q=", "/one?q=x"]
    for first in ("flask", "fastapi"):
        with both.clients() as sides:
            flask, fastapi = sides
            ahead, behind = sides if first == "flask" else (fastapi, flask)
            for path in paths:
                headers = {"X-User": "ann"}
                kept, found = ahead.get(path, headers=headers), behind.get(path, headers=headers)
                assert (kept.status_code, kept.text) == (found.status_code, found.text)
                for name in ("Content-Type", "X-Test", "X-Name", "Content-Length"):
                    assert kept.headers.get(name) == found.headers.get(name)
                cookies = flask.get(path, headers=headers).headers.getlist("Set-Cookie")
                assert fastapi.get(path, headers=headers).headers.get_list("Set-Cookie") == cookies
            next(iter(both.flask.extensions["cache"].values())).clear()


def test_a_check_above_is_made_each_time(pair):
    both = pair(HEAD + VIEWS)
    assert both.same("GET", "/named/a", headers={"X-User": "ann"})[0] == 202
    assert both.same("GET", "/named/a")[0] == 401


@pytest.mark.parametrize("first", ["/one?q=missing", "/one", "/one?q=x"])
def test_errors_are_kept_and_whatever_the_query_is(pair, first):
    both = pair(HEAD + VIEWS)
    with both.clients() as (flask, fastapi):
        for ahead, behind in ((flask, fastapi), (fastapi, flask)):
            ahead.delete("/one")
            kept = ahead.get(first)
            for path in ("/one?q=x", "/one", "/one?q=missing"):
                assert (behind.get(path).status_code, behind.get(path).text) == (kept.status_code, kept.text)
                assert ahead.get(path).text == kept.text


@pytest.mark.parametrize(
    "view",
    [
        '@app.post("/x")\n@cache.cached()\ndef x():\n    return "x"\n',
        '@app.get("/x")\n@cache.cached(unless=lambda: "now" in request.args)\ndef x():\n    return "x"\n',
        '@app.get("/x")\n@cache.cached(key_prefix=lambda: request.path)\ndef x():\n    return "x"\n',
        '@app.get("/x")\n@cache.cached(key_prefix="100% %s")\ndef x():\n    return "x"\n',
        '@app.get("/x")\n@cache.cached()\nasync def x():\n    return "x"\n',
        '@cache.cached()\ndef kept():\n    return "x"\n\n@app.get("/x")\ndef x():\n    return kept()\n',
        "from werkzeug.exceptions import Gone\n\nclass Lost(Gone):\n    pass\n\n"
        '@app.get("/x")\n@cache.cached()\ndef x():\n    raise Lost\n',
    ],
)
def test_what_is_decided_by_the_request_or_changes_something_stays_on_flask(pair, view):
    both = pair(HEAD + view)
    assert both.runtimes() == {"x": "flask"}


def test_a_function_whose_one_answer_is_kept_is_called(pair):
    both = pair(
        HEAD
        + '@cache.cached(key_prefix="all")\ndef kept():\n    return [count()]\n\n'
        + '@app.get("/x")\ndef x():\n    return jsonify(kept())\n'
    )
    assert both.runtimes() == {"x": "bridged"}
    assert both.same("GET", "/x") == both.same("GET", "/x")


def test_an_error_of_the_store_is_passed_over(pair, monkeypatch):
    both = pair(HEAD + VIEWS)
    store = next(iter(both.flask.extensions["cache"].values()))

    def fail(*_, **__):
        raise ConnectionError

    monkeypatch.setattr(store, "set", fail)
    with both.clients() as (flask, fastapi):
        assert [side.get("/").text for side in (flask, fastapi, flask, fastapi)] == ["1", "2", "3", "4"]
        monkeypatch.setattr(store, "get", fail)
        assert [side.get("/").text for side in (flask, fastapi)] == ["5", "6"]


@pytest.mark.parametrize(
    ("version", "written", "shown"),
    [
        ("2.5.1", 'cache.cached(5, "a%s", True)', None),
        ("2.5.1", 'cache.cached(5, "a%s", query_string=True)', 'cache, timeout=5, key_prefix="a%s", query_string=True'),
        (
            "2.3.1",
            'ext.cache.cached(key_prefix="a%s", query_string=True)',
            'ext.cache, key_prefix="%s", query_string=True, hash_method="md5", keeps_errors=False',
        ),
        ("2.3.1", "cache.cached(timeout=5)", "cache, timeout=5, keeps_errors=False"),
        ("1.9.0", "cache.cached(timeout=5)", None),
        ("2.5.1", "cache.cached(timeout=5, cache_none=True)", None),
        ("2.5.1", "cache.cached(**options)", None),
    ],
)
def test_versions_make_keys_of_their_own(version, written, shown):
    project = Project(Application("app:app", versions={"flask-caching": version}), {})
    decorator = Decorator(written, "app.cache.cached", Location("app.py", 1))
    names = Names(project, Module("app", "app.py", ""), frozenset(), {})
    if shown is None:
        with pytest.raises(Refused, match="FM796"):
            keeps(decorator, cst.parse_expression(written), names)
    else:
        made = keeps(decorator, cst.parse_expression(written), names)
        assert ", ".join(code(one) for one in made.arguments).replace("'", '"') + made.more == shown


def test_a_check_below_is_passed_by_what_is_kept(pair):
    """As under Flask: whoever asks first opens the view for strangers."""
    both = pair(HEAD + '@app.get("/x")\n@cache.cached()\n@known\ndef x():\n    return str(count())\n')
    assert both.runtimes() == {"x": "bridged"}
    with both.clients() as (flask, fastapi):
        for ahead, behind in ((flask, fastapi), (fastapi, flask)):
            assert [ahead.get("/x").status_code, behind.get("/x", headers={"X-User": "ann"}).status_code] == [401, 401]
            next(iter(both.flask.extensions["cache"].values())).clear()
            assert ahead.get("/x", headers={"X-User": "ann"}).text == behind.get("/x").text
            next(iter(both.flask.extensions["cache"].values())).clear()


def test_the_key_is_that_of_the_extension(pair):
    both = pair(HEAD + VIEWS)
    with both.clients() as (_, fastapi):
        fastapi.get("/named/a?q=1", headers={"X-User": "ann"})
    pairs = hashlib.sha256(b"(('q', '1'),)").hexdigest()
    store = next(iter(both.flask.extensions["cache"].values()))
    assert store.has(f"view//named/a{pairs}")


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
    assert both.findings("kept") == ["FM796 'cache.cached(timeout=60)'"]
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
