"""Reads of the query, the headers and the cookies as a whole or by type: the same answers as Flask's."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, jsonify, request
app = Flask(__name__)
"""

QUERIES = {
    "dict": "dict(request.args)",
    "to_dict": "request.args.to_dict()",
    "items": "list(request.args.items())",
    "items of all values": "list(request.args.items(multi=True))",
    "keys": "sorted(request.args.keys())",
    "values": "list(request.args.values())",
    "len": "len(request.args)",
    "sorted": "sorted(request.args, reverse=True)",
    "truth": '"some" if request.args else "none"',
    "no truth": 'not request.args and "none" if not request.args else "some"',
    "bool": "bool(request.args)",
    "loop": "[key for key in request.args]",
}


@pytest.mark.parametrize("read", QUERIES.values(), ids=list(QUERIES))
def test_a_read_of_the_whole_query(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.route("/a")
def a():
    return jsonify(read={read})
"""
    )
    assert both.runtimes() == {"a": "native"}
    for query in ("", "?a=1", "?a=1&b=2&a=3", "?a=", "?a=%C3%A9&b=%FF"):
        both.same("GET", f"/a{query}")


HEADERS = {
    "int": 'request.headers.get("X-Limit", 10, type=int)',
    "int without a default": 'request.headers.get("X-Limit", type=int)',
    "float with a default of its own": 'request.headers.get("X-Limit", "none", type=float)',
    "a type of the project": 'request.headers.get("X-Limit", type=parsed)',
    "getlist": 'request.headers.getlist("X-Limit")',
    "underscores": '[request.headers.get("X_Limit"), "X_Limit" in request.headers]',
    "a computed name": '[request.headers.get(name) for name in ("X_Limit", "X-Limit", "X_Other")]',
    "content_length": "request.content_length",
}


@pytest.mark.parametrize("read", HEADERS.values(), ids=list(HEADERS))
def test_a_read_of_a_header(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
def parsed(text):
    return text.strip("0") or None

@app.route("/a", methods=["GET", "POST"])
def a():
    return jsonify(read={read})
"""
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")
    for value in ("7", "x", "", "1.5", "0"):
        both.same("GET", "/a", headers={"X-Limit": value})
    both.same("POST", "/a", data="12345", headers={"Content-Type": "text/plain"})


def test_a_header_with_a_type_is_a_typed_parameter(pair: Callable[..., Any]) -> None:
    text = pair(
        HEAD
        + """
@app.route("/a")
def a():
    return jsonify(request.headers.get("X-Limit", 10, type=int))
"""
    ).text("routers/root.py")
    assert "x_limit: Annotated[int, Header(), lenient(int, default=10)] = 10" in text


def test_cookies_as_a_whole(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    return jsonify(all=dict(request.cookies), items=sorted(request.cookies.items()), some=request.cookies.to_dict())
"""
    )
    assert both.runtimes() == {"a": "native"}
    with both.clients() as (flask, fastapi):
        flask.set_cookie("a", "1")
        fastapi.cookies.set("a", "1")
        theirs = flask.get("/a").get_json()
        assert theirs == {"all": {"a": "1"}, "items": [["a", "1"]], "some": {"a": "1"}}
        assert fastapi.get("/a").json() == theirs


def test_local_names_for_parts_of_the_request(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    args = request.args
    headers = request.headers
    return jsonify(page=args.get("page", 1, type=int), has="X-Key" in headers, key=headers.get("X-Key"))
"""
    )
    assert both.runtimes() == {"a": "native"}
    assert "page: Annotated[int, Query(), lenient(int, default=1)] = 1" in both.text("routers/root.py")
    both.same("GET", "/a?page=x", headers={"X-Key": "1"})
    both.same("GET", "/a?page=2")


@pytest.mark.parametrize(
    "read",
    [
        "request.args.to_dict(flat=flat)",
        "request.cookies.items(multi=True)",
        "request.headers.getlist(name)",
        "request.headers.getlist('X_Key')",
    ],
)
def test_what_has_no_counterpart_stays_on_flask(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.route("/a/<name>/<flat>")
def a(name, flat):
    return jsonify({read})
"""
    )
    assert both.runtimes() == {"a": "flask"}


LISTED = {
    "dict": "dict(request.headers)",
    "items": "dict(request.headers.items())",
    "loop": "sorted(name for name, value in request.headers if value)",
    "keys": "sorted(request.headers.keys())",
    "values": "sorted(request.headers.values())",
}


@pytest.mark.parametrize("read", LISTED.values(), ids=list(LISTED))
def test_the_names_of_headers(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.route("/a")
def a():
    return jsonify({read})
"""
    )
    sent = {"X-one-TWO": "1", "User-Agent": "t", "Accept": "*/*", "Accept-Encoding": "x", "Connection": "c"}
    both.same("GET", "/a", headers={**sent, "Content-Type": "text/plain"})


def test_a_query_that_is_unpacked(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    return jsonify({**request.args, "page": 2}, dict(**request.args), list(request.args.lists()))
"""
    )
    both.same("GET", "/a?page=1&page=3&q=x")
