"""JSON bodies, headers, cookies, the session and what a request says of itself: Flask's answers, whatever is sent."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, abort, flash, get_flashed_messages, has_request_context, jsonify, redirect, request, session
from flask import url_for
app = Flask(__name__)
app.secret_key = "k"
"""
REFUSED = (
    "request.get_json(force=name)",
    "request.get_json(**name)",
    "request.environ.get('a')",
    "request.headers.get(*name)",
    "request.cookies.get(*name)",
    "url_for(name)",
    "url_for(**name)",
    "request is None",
    "session is None",
)


def test_what_has_no_counterpart_stays_on_flask(pair: Callable[..., Any]) -> None:
    views = "\n".join(
        f'@app.route("/{index}/<name>")\ndef view_{index}(name):\n    return jsonify({read})\n'
        for index, read in enumerate(REFUSED)
    )
    runtimes = pair(HEAD + views).runtimes()
    assert [REFUSED[int(name[5:])] for name, runtime in runtimes.items() if runtime != "flask"] == []


BODIES = {
    "get_json": "request.get_json()",
    "silent": "request.get_json(silent=True)",
    "force": "request.get_json(force=True)",
    "force and silent": "request.get_json(force=True, silent=True)",
    "json": "request.json",
    "item": 'request.json["a"]',
    "get": 'request.json.get("a", "none")',
    "or": 'request.get_json(silent=True) or {"none": True}',
    "is_json": "request.is_json",
    "data": "request.data.decode('latin-1')",
    "get_data": "request.get_data(as_text=True)",
    "twice": "[request.get_json(silent=True), request.get_json()]",
    "both": "[request.get_data(as_text=True), request.get_json(silent=True)]",
}


def test_reads_of_a_json_body(pair: Callable[..., Any]) -> None:
    views = "\n".join(
        f'@app.route("/{index}", methods=["GET", "POST"])\ndef view_{index}():\n    return jsonify(read={read})\n'
        for index, read in enumerate(BODIES.values())
    )
    both = pair(HEAD + views)
    assert set(both.runtimes().values()) == {"native"}
    json_type = {"Content-Type": "application/json"}
    sent: list[dict[str, Any]] = [
        *({"data": text, "headers": json_type} for text in
          ("", "{", "null", "[]", "0", '"a"', '{"a": 1, "a": 2}', '{"b": 1}', "NaN", " {} ", '{"a": "\u00e9"}')),
        {"data": b"\xff", "headers": json_type},
        {"data": b'\xef\xbb\xbf{"a": 1}', "headers": json_type},
        {"data": '{"a": 1}', "headers": {"Content-Type": "application/vnd.api+json"}},
        {"data": '{"a": 1}', "headers": {"Content-Type": "application/json; charset=latin-1"}},
        {"data": '{"a": 1}', "headers": {"Content-Type": "text/plain"}},
        {"data": '{"a": 1}', "headers": {"Content-Type": "APPLICATION/JSON"}},
        {"data": "a=1", "headers": {"Content-Type": "application/octet-stream"}},
        {},
    ]  # fmt: skip
    differing = []
    with both.clients() as (flask, fastapi):
        for index, name in enumerate(BODIES):
            for one in sent:
                theirs = flask.post(f"/{index}", **one)
                mine = fastapi.post(f"/{index}", content=one.get("data"), headers=one.get("headers"))
                if (theirs.status_code, theirs.data) != (mine.status_code, mine.content):
                    differing.append((name, one, theirs.status_code, mine.status_code, theirs.data, mine.content))
    assert differing == []


TOLD = (
    'request.headers.get("X-Token")',
    'request.headers.get("x-token", "none")',
    'request.headers.get("Accept")',
    'request.headers.get("X-Token", len("abc"))',
    '"x-token" in request.headers',
    'request.headers["X-Token"]',
    'request.headers.get("X-" + "Token")',
    'request.headers.get("Content-Type")',
    'request.headers.get("Authorization")',
    'request.cookies.get("c")',
    'request.cookies.get("c", "none")',
    'request.cookies["c"]',
    '"c" in request.cookies',
    "request.method",
    "request.path",
    "request.full_path",
    "request.url",
    "request.base_url",
    "request.host",
    "request.host_url",
    "request.url_root",
    "request.scheme",
    "request.is_secure",
    "request.query_string.decode()",
    "request.endpoint",
    "request.blueprint",
    "request.mimetype",
    "request.content_type",
    "request.user_agent.string",
    "request.user_agent.to_header()",
    "[request.user_agent.browser, request.user_agent.platform, request.user_agent.version]",
    "request.path.strip('/').upper()",
    "str(request.authorization)",
    "has_request_context()",
    'request.accept_mimetypes.best_match(["text/html", "application/json"])',
    'request.accept_languages.best_match(["de", "en"])',
    'url_for("view_0")',
    'url_for("view_0", a="b c", d=[1, 2])',
    'url_for("view_0", _external=True)',
    'url_for("view_0", _anchor="x")',
    'url_for("nowhere")',
)


def test_what_a_request_tells(pair: Callable[..., Any]) -> None:
    views = "\n".join(
        f'@app.route("/{index}")\ndef view_{index}():\n    return jsonify(read={read})\n'
        for index, read in enumerate(TOLD)
    )
    both = pair(HEAD + views)
    assert [TOLD[int(name[5:])] for name, one in both.runtimes().items() if one == "flask"] == []
    headers: tuple[dict[str, str], ...] = (
        {"User-Agent": "", "Accept": "*/*"},
        {"X-Token": "t", "User-Agent": "u", "Accept": "application/json;q=0.9, text/html;q=0.1", "Cookie": "c=1; c=2"},
        {
            "X-Token": "",
            "User-Agent": "u",
            "Accept": "text/*",
            "Accept-Language": "de-AT, en;q=0.5",
            "Cookie": "c=",
            "Authorization": "Basic YTpi",
        },
        {"User-Agent": "u", "Accept": "*/*", "Authorization": 'Digest username="a \\"b", uri=/x, qop=auth'},
        {
            "x-token": " t ",
            "User-Agent": "u",
            "Accept": "x",
            "Authorization": "Bearer abc",
            "Content-Type": "Text/X; a=b",
        },
    )
    differing = []
    with both.clients() as (_, fastapi):
        flask = both.flask.test_client(use_cookies=False)
        for index, name in enumerate(TOLD):
            for one in headers:
                for query in ("", "?a=%20b&c"):
                    theirs = flask.get(f"/{index}{query}", headers=one)
                    mine = fastapi.get(f"/{index}{query}", headers=one)
                    if (theirs.status_code, theirs.data) != (mine.status_code, mine.content):
                        differing.append((name, one, theirs.status_code, mine.status_code, theirs.data, mine.content))
    assert differing == []


SESSION = """
@app.get("/set/<key>/<value>")
def put(key, value):
    session[key] = value
    session.setdefault("count", 0)
    session["count"] += 1
    return "set"

@app.get("/all")
def everything():
    return jsonify(dict(session.items()) if session else "empty")

@app.get("/read")
def read():
    return jsonify([session.get("a", "none"), "a" in session, len(session), session.permanent, sorted(session)])

@app.get("/item")
def item():
    return session["a"]

@app.get("/drop")
def drop():
    del session["a"]
    return "dropped"

@app.get("/pop")
def pop():
    return jsonify(session.pop("b", "none"))

@app.get("/keep")
def keep():
    session.permanent = True
    session["nested"] = {"list": [1, (2, 3)]}
    return "kept"

@app.get("/nested")
def nested():
    session.get("nested", {"list": []})["list"].append(4)
    session.modified = "save" in request.args
    return jsonify(session.get("nested"))

@app.get("/clear")
def clear():
    session.clear()
    return redirect(url_for("everything"))

@app.get("/flash")
def flashing():
    flash("one")
    flash("two", "error")
    return "flashed"

@app.get("/flashed")
def flashed():
    return jsonify([get_flashed_messages(with_categories=True), get_flashed_messages()])
"""


def test_the_session_goes_through_the_same_states(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + SESSION)
    assert "flask" not in both.runtimes().values()
    steps = (
        "/all",
        "/read",
        "/item",
        "/drop",
        "/pop",
        "/set/a/1",
        "/set/b/2",
        "/all",
        "/read",
        "/item",
        "/pop",
        "/pop",
        "/drop",
        "/keep",
        "/nested",
        "/all",
        "/nested?save=1",
        "/all",
        "/flash",
        "/flashed",
        "/flashed",
        "/clear",
        "/all",
    )
    with both.clients() as (flask, fastapi):
        for step in steps:
            theirs, mine = flask.get(step), fastapi.get(step)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), step
            assert mine.headers.get("vary") == theirs.headers.get("vary"), step
            assert ("set-cookie" in mine.headers) == ("set-cookie" in theirs.headers), step


@pytest.mark.parametrize("description", ["None", '"own"', '"<b>"', '{"a": 1}', "5", '""', 'request.args.get("a")'])
def test_errors_that_views_raise(pair: Callable[..., Any], description: str) -> None:
    codes = (400, 401, 403, 404, 406, 409, 410, 413, 415, 418, 422, 429, 500, 501, 503)
    branches = "\n".join(f"    if code == {code}:\n        abort({code}, {description})" for code in codes)
    both = pair(HEAD + f'@app.get("/<int:code>")\ndef a(code):\n{branches}\n    return "fine"\n')
    assert both.runtimes() == {"a": "native"}
    for code in codes:
        both.same("GET", f"/{code}")
