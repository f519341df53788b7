"""`request.form` and `request.values` converted: the same answers as Flask's, whatever is sent."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, jsonify, request
app = Flask(__name__)
"""
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
BODIES = ["a=1&a=2&b=", "b=x&c=%C3%A9", "", "a=%FF&size=7"]


def same_for_all(both: Any, url: str) -> None:
    for body in BODIES:
        both.same("POST", url, headers=URLENCODED, data=body)
    both.same("POST", url, headers={"Content-Type": "text/plain"}, data="a=1")
    both.same("POST", url)


EXPRESSIONS = {
    "membership": '"a" in request.form',
    "getlist": 'request.form.getlist("a")',
    "getlist beside get": '[request.form.get("a"), request.form.getlist("a")]',
    "to_dict": "request.form.to_dict()",
    "to_dict of lists": "request.form.to_dict(flat=False)",
    "dict": "dict(request.form)",
    "items": "list(request.form.items())",
    "items of all values": "list(request.form.items(multi=True))",
    "keys": "sorted(request.form.keys())",
    "values": "list(request.form.values())",
    "sorted": "sorted(request.form)",
    "len": "len(request.form)",
    "truth": "1 if request.form else 2",
    "loop": "{key: value for key, value in request.form.items()}",
    "a computed key": '[request.form.get(key, "none") for key in ("a", "b", "z")]',
    "a computed key with a type": '[request.form.get(key, type=int) for key in ("a", "size")]',
    "values by name": '[request.values.get("a"), request.values.get("q", "none")]',
    "values membership": '"q" in request.values',
}


@pytest.mark.parametrize("read", EXPRESSIONS.values(), ids=list(EXPRESSIONS))
def test_a_read_of_the_form(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.post("/a")
def a():
    return jsonify(read={read})
"""
    )
    assert both.runtimes() == {"a": "native"}
    same_for_all(both, "/a?q=1&a=query")


def test_a_key_that_is_missing_is_a_400_where_the_code_asks(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.post("/form")
def form():
    return jsonify([request.form[key] for key in ("a", "b")])

@app.post("/values")
def values():
    return jsonify(request.values["a"])
"""
    )
    assert both.runtimes() == {"form": "native", "values": "native"}
    same_for_all(both, "/form")
    same_for_all(both, "/values")


def test_values_of_a_get_are_those_of_the_query(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a", methods=["GET", "PUT", "DELETE"])
def a():
    return jsonify(request.values.get("a"))
"""
    )
    for method in ("GET", "PUT", "DELETE"):
        both.same(method, "/a?b=1", headers=URLENCODED)
        both.same(method, "/a?a=query", headers=URLENCODED)


def test_an_upload_is_no_field(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.post("/a")
def a():
    return jsonify(fields=sorted(request.form), a=[request.form.get(key) for key in ("a",)])
"""
    )
    part = b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n1\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    both.same("POST", "/a", headers=headers, data=part)


def test_a_local_name_for_the_form_is_written_out(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.post("/a")
def a():
    form = request.form
    return jsonify(a=form.get("a"), all=form.getlist("a"), kept=dict(form=1), has="b" in form)
"""
    )
    assert "request.form" not in both.text("routers/root.py")
    same_for_all(both, "/a")


def test_a_local_that_is_bound_again(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.post("/a")
def a():
    form = request.form
    if not form:
        form = {"a": "none"}
    return jsonify(form.get("a"))
"""
    )
    assert both.runtimes() == {"a": "native"}
    both.same("POST", "/a", data={"a": "1"})
    both.same("POST", "/a", data={})


@pytest.mark.parametrize("read", ["request.values.copy()", "request.values.get(*request.args)"])
def test_what_has_no_counterpart_stays_on_flask(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.post("/a")
def a():
    return jsonify({read})
"""
    )
    assert both.runtimes() == {"a": "flask"}


def test_values_that_do_not_fit_give_way_to_those_of_the_form(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a", methods=["GET", "POST"])
def a():
    found = request.values.get("n", 1, type=int), request.values.get("b", type=float)
    return jsonify(found, request.values.getlist("n", type=int), request.values.to_dict())
"""
    )
    assert both.runtimes() == {"a": "native"}
    for path in ("/a", "/a?n=2&n=3", "/a?n=x", "/a?n=&b=1.5"):
        both.same("GET", path)
        for form in ({"n": "4"}, {"n": "x", "b": "y"}, {}):
            both.same("POST", path, data=form)
