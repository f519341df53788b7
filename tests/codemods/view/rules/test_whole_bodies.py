"""A body that is read in more than one form, or around the view: the same answers as Flask's."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, abort, jsonify, request
app = Flask(__name__)
"""
SENT = {
    "json": ("application/json", '{"a": 1}'),
    "json that is none": ("application/json", "{"),
    "form": ("application/x-www-form-urlencoded", "a=1&a=2&b="),
    "multipart": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ),
    "multipart without a boundary": ("multipart/form-data", "a=1"),
    "text": ("text/plain", "a=1"),
    "nothing": ("", ""),
}
READS = {
    "json or form": "request.get_json() if request.is_json else request.form.to_dict()",
    "silent json or form": "request.get_json(silent=True) or request.form.get('a', 'none')",
    "form, then data": "[request.form.get('a'), request.get_data(as_text=True)]",
    "data, then form": "[request.get_data(as_text=True), request.form.get('a')]",
    "request.data, then form": "[request.data.decode(), request.form.get('a'), request.get_data(as_text=True)]",
    "data not kept": "[request.get_data(cache=False, as_text=True), request.get_data(as_text=True)]",
    "data not kept, then form": "[request.get_data(cache=False, as_text=True), request.form]",
    "parsed data": "request.get_data(parse_form_data=True).decode()",
    "json twice": "[request.get_json(force=True, silent=True), request.get_json(force=True, silent=True)]",
    "json not kept": "[request.get_json(force=True, silent=True, cache=False), request.get_data(as_text=True)]",
    "stream": "[request.stream.read(2).decode(), request.get_data(as_text=True)]",
    "stream, then form": "[request.stream.read().decode(), dict(request.form)]",
    "values and json": "[request.values.get('a'), request.get_json(silent=True)]",
    "all of a key": "[request.form.getlist('a'), request.values.getlist('a'), request.is_json]",
    "item": "[request.is_json, request.form['a']]",
}


def same_for_all(both: Any, path: str) -> None:
    for kind, body in SENT.values():
        both.same("POST", path, headers={"Content-Type": kind} if kind else {}, data=body)


@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
def test_a_view_and_what_it_calls(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
def told():
    return {read}

@app.post("/view")
def view():
    return jsonify({read})

@app.post("/helper")
def helper():
    return jsonify(told())
"""
    )
    assert both.runtimes() == {"view": "native", "helper": "native"}
    for path in ("/view?a=query", "/helper"):
        same_for_all(both, path)


@pytest.mark.parametrize("first", ["request.form.get('a')", "request.get_data()", "request.get_json(silent=True)"])
@pytest.mark.parametrize("then", ["request.form.get('a')", "request.get_data(as_text=True)", "request.get_json()"])
def test_a_hook_reads_the_body_ahead_of_a_view(pair: Callable[..., Any], first: str, then: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.before_request
def look():
    if request.endpoint == "view" and {first} == "stop":
        abort(400)

@app.post("/view")
def view():
    return jsonify({then})

@app.errorhandler(400)
def wrong(error):
    return jsonify(sent=request.get_data(as_text=True)), 400
"""
    )
    assert both.runtimes() == {"view": "native"}
    same_for_all(both, "/view")
    both.same("POST", "/view", headers={"Content-Type": "application/x-www-form-urlencoded"}, data="a=stop")


def test_a_guard_reads_the_body_ahead_of_a_form(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from functools import wraps

def signed(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        if b"1" not in request.get_data():
            abort(401)
        return function(*args, **kwargs)
    return wrapper

@app.post("/view")
@signed
def view():
    return jsonify(request.form.get("a"), request.get_data(as_text=True))
"""
    )
    assert both.runtimes() == {"view": "native"}
    same_for_all(both, "/view")


def test_what_openapi_says_of_such_a_body(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.post("/mixed")
def mixed():
    data = request.get_json() if request.is_json else {}
    return jsonify(data.get("name"), request.form.getlist("tag"))

@app.post("/raw")
def raw():
    return request.get_data()

@app.post("/open")
def open_form():
    return jsonify(request.form.to_dict())
"""
    )
    paths = both.make().openapi()["paths"]
    content = {path: one["post"]["requestBody"]["content"] for path, one in paths.items() if "post" in one}
    assert content["/raw"] == {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    assert list(content["/mixed"]) == ["application/json", "application/x-www-form-urlencoded"]
    assert content["/mixed"]["application/x-www-form-urlencoded"]["schema"]["properties"] == {
        "tag": {"type": "array", "items": {"type": "string"}}
    }
    assert content["/open"]["application/x-www-form-urlencoded"]["schema"]["additionalProperties"] == {"type": "string"}
