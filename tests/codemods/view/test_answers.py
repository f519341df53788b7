"""What views answer with: unknown values, tuples, responses and their parts, as Flask makes them."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, Response, abort, jsonify, make_response, redirect, request
app = Flask(__name__)

def value(name):
    return {"none": None, "int": 3, "text": "x", "bytes": b"x", "dict": {"a": 1}, "list": [1], "pair": ("x", 202),
            "headers": ("x", {"X-After": "1"}), "triple": ({"a": 1}, 203, [("X-After", "1")]), "empty": "", "set": {1},
            "four": (1, 2, 3, 4), "status": ("x", "204 None"), "none body": (None, 200), "long": ("x", 299),
            "generator": (str(one) for one in (1, 2)), "float": 1.5, "true": True}[name]
"""
REFUSED = {
    "keywords of make_response": 'make_response(body="x")',
    "a response class": "Response",
    "a class of responses for redirects": 'redirect("/", Response=dict)',
}


@pytest.mark.parametrize("answer", REFUSED.values(), ids=list(REFUSED))
def test_what_has_no_counterpart_stays_on_flask(pair: Callable[..., Any], answer: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    return {answer}\n')
    assert both.runtimes() == {"a": "flask"}


def test_values_that_are_known_at_run_time_only(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/value/<name>")
def direct(name):
    return value(name)

@app.get("/status/<name>")
def status(name):
    return value(name), 202

@app.get("/made/<name>")
def made(name):
    response = make_response(value(name))
    response.headers["X-After"] = 5
    return response

@app.get("/end/<name>")
def end(name):
    if name == "text":
        return "x"

@app.get("/bare/<name>")
def bare(name):
    if name == "text":
        return
    return "x", 200
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    names = ("none", "int", "text", "bytes", "dict", "list", "pair", "headers", "triple", "empty", "set", "four",
             "status", "none%20body", "long", "generator", "float", "true")  # fmt: skip
    for route in ("value", "status", "made", "end", "bare"):
        for name in names:
            both.same("GET", f"/{route}/{name}")
    assert both.same("GET", "/end/int")[0] == 500
    assert both.same("HEAD", "/value/text")[0] == 200


FORMS = {
    "text": '"x"',
    "f-string": 'f"{1}"',
    "bytes": 'b"x"',
    "dict": '{"é": 1, "a": [None, True]}',
    "list": "[]",
    "text and status": '"x", 201',
    "dict and status": '{"a": 1}, 201',
    "empty and 204": '"", 204',
    "dict and 204": "{}, 204",
    "304": '"x", 304',
    "status as text": '"x", "418 Tea"',
    "headers": '"x", {"X-After": "1"}',
    "a type of its own": '"a,b", 200, {"Content-Type": "text/csv"}',
    "list of headers": '"x", 202, [("X-After", "1")]',
    "jsonify": "jsonify(1)",
    "jsonify nothing": "jsonify()",
    "jsonify several": "jsonify(1, 2)",
    "jsonify keywords": "jsonify(a=1, b=None)",
    "jsonify and status": "jsonify([]), 201",
    "jsonify, status, headers": 'jsonify([]), 201, {"X-After": "1"}',
    "jsonify spread": "jsonify(*[1, 2])",
    "jsonify keywords spread": 'jsonify(**{"a": 1})',
    "make_response": 'make_response("x", 404)',
    "make_response of nothing": "make_response()",
    "make_response of a dict": 'make_response({"a": 1}, 202, {"X-After": "1"})',
    "make_response of a response": "make_response(jsonify(1))",
    "make_response of a response and a status": "make_response(jsonify(1), 203)",
    "redirect": 'redirect("/b?c=d e")',
    "redirect with a code": 'redirect("/b", code=303)',
    "redirect é": 'redirect("/é")',
    "redirect elsewhere": 'redirect("https://example.com/", 308)',
    "redirect with a class": 'redirect("/b", Response=Response)',
    "both kinds of arguments of jsonify": "jsonify(1, a=2)",
    "direct passthrough": "Response((str(one) for one in (1, 2)), direct_passthrough=True)",
    "redirect with a bad code": 'redirect("/b", 200)',
    "Response": 'Response("x")',
    "Response with a status": 'Response("x", 201)',
    "Response status": "Response(status=204)",
    "Response type": 'Response("x", mimetype="text/plain")',
    "Response JSON": 'Response("{}", content_type="application/json")',
    "Response headers": 'Response("x", headers={"X-After": "1"})',
    "Response of parts": 'Response(["a", "b"])',
    "Response of a generator": "Response(str(one) for one in (1, 2))",
    "Response and status": 'Response("x"), 202',
    "pair in brackets": '("x", 202)',
    "a conditional": '"x" if request.args else {"a": 1}',
    "or": 'request.args.get("a") or {"none": True}',
    "None": "None",
    "number": "5",
}


def test_forms_of_answers(pair: Callable[..., Any]) -> None:
    views = "\n".join(
        f'@app.route("/{index}")\ndef view_{index}():\n    return {form}\n' for index, form in enumerate(FORMS.values())
    )
    both = pair(HEAD + views)
    names = list(FORMS)
    flask = [names[int(name[5:])] for name, runtime in both.runtimes().items() if runtime == "flask"]
    assert flask == []
    differing = []
    with both.clients() as (flask_client, fastapi):
        for index, name in enumerate(FORMS):
            for url in (f"/{index}", f"/{index}?a=1"):
                theirs, mine = flask_client.get(url), fastapi.get(url)
                ours = (mine.status_code, mine.content, mine.headers.get("content-type"), mine.headers.get("location"))
                kept = theirs.headers
                expected = (theirs.status_code, theirs.data, kept.get("content-type"), kept.get("location"))
                if (*ours, mine.headers.get("x-after")) != (*expected, kept.get("x-after")):
                    differing.append((name, expected, ours))
    assert differing == []


def test_parts_of_a_response(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/a")
def a():
    response = make_response("x")
    response.status_code = 202
    response.headers["X-After"] = 1
    response.headers.add("X-Two", "a")
    response.headers.add("X-Two", "b")
    response.headers.setdefault("X-After", "2")
    response.set_cookie("seen", "a b", max_age=60, httponly=True, samesite="Lax")
    response.delete_cookie("old", path="/x")
    response.cache_control.max_age = 60
    response.vary.add("Cookie")
    response.mimetype = "text/plain"
    return response

@app.get("/etag")
def etag():
    response = jsonify(a=1)
    response.add_etag()
    return response.make_conditional(request)

@app.get("/data")
def data():
    response = make_response("x")
    response.data = "other"
    response.headers.update({"X-After": "1"})
    return response
"""
    )
    assert "flask" not in both.runtimes().values()
    for url in ("/a", "/data", "/etag"):
        both.same("GET", url)
    with both.clients() as (flask, fastapi):
        for _ in range(5):  # the two may see the clock at two seconds
            theirs, mine = flask.get("/a"), fastapi.get("/a")
            expected = {name: theirs.headers.getlist(name) for name in ("set-cookie", "x-two")}
            found = {name: mine.headers.get_list(name) for name in expected}
            if found == expected:
                break
        assert found == expected
    tag = both.same("GET", "/etag")[2]["etag"]
    assert both.same("GET", "/etag", headers={"If-None-Match": tag})[0] == 304


def test_answers_made_by_the_application_object(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD.replace("redirect, request", "redirect, request, current_app, json, stream_with_context")
        + """
from datetime import date
app.json.sort_keys = False

def line(row):
    return json.dumps(row) + "\\n"

@app.get("/lines")
def lines():
    rows = (json.dumps({"b": n, "a": date(2024, 1, n)}) + "\\n" for n in (1, 2))
    return Response(rows, mimetype="application/x-ndjson")

@app.get("/later")
def later():
    def generate():
        yield line({"b": 1, "a": 2})
    return Response(generate())

@app.get("/own")
def own():
    def generate():
        yield line([1])
        yield line({"é": None})
    return app.response_class(stream_with_context(generate()), mimetype="application/json")

@app.get("/made")
def made():
    response = current_app.make_response(("x", 201))
    response.headers["X-After"] = json.loads("[1]")
    return response

@app.get("/text")
def text():
    answer = app.json.dumps({"b": 1, "a": "é"}, indent=1, ensure_ascii=False)
    return app.response_class(response=answer, status=202, mimetype="application/json")

@app.get("/jsonify")
def as_json():
    return current_app.json.response(b=1, a=2)

@app.get("/redirect")
def elsewhere():
    return app.redirect("/text", 303)

@app.get("/bad")
def bad():
    return json.dumps({1})
"""
    )
    bridged = {name for name, runtime in both.runtimes().items() if runtime == "bridged"}
    assert bridged == {"lines", "later", "own"}  # their JSON follows other rules where no context is
    for url in ("/lines", "/later", "/own", "/made", "/text", "/jsonify", "/redirect", "/bad"):
        both.same("GET", url)


def test_json_settings_that_change_while_the_application_runs_stay_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask, jsonify
app = Flask(__name__)

@app.get("/a")
def a():
    app.json.sort_keys = False
    return jsonify(b=1, a=2)
"""
    )
    assert both.runtimes() == {"a": "flask"}
