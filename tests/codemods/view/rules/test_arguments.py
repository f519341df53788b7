"""`request.args` by name: the same values as Werkzeug's, whatever the query holds."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.view.rules.single import default_fits, identifier

HEAD = """
from flask import Flask, jsonify, request
app = Flask(__name__)
"""

READS = {
    "get": 'request.args.get("a")',
    "default": 'request.args.get("a", "none")',
    "keywords": 'request.args.get(key="a", default="none", type=str)',
    "empty default": 'request.args.get("a", "") == ""',
    "int": 'request.args.get("a", 1, type=int)',
    "positional type": 'request.args.get("a", 1, int)',
    "negative default": 'request.args.get("a", -1, type=int)',
    "int without a default": 'request.args.get("a", type=int)',
    "int with a default of another type": 'request.args.get("a", "none", type=int)',
    "float": 'str(request.args.get("a", 1.5, type=float))',
    "float with an int as default": 'str(request.args.get("a", 1, type=float))',
    "bool": 'request.args.get("a", False, type=bool)',
    "a function of the project": 'request.args.get("a", "none", type=flag)',
    "a lambda": 'request.args.get("a", "none", type=lambda text: text.upper())',
    "a default that is a constant": 'request.args.get("a", SIZE, type=int)',
    "a local default": 'request.args.get("a", fallback)',
    "a computed default": 'request.args.get("a", len(fallback))',
    "a computed key": 'request.args.get(fallback[:1])',
    "item": 'request.args["a"]',
    "computed item": 'request.args[fallback[:1]]',
    "getlist": 'request.args.getlist("a")',
    "getlist with a type": 'request.args.getlist("a", type=int)',
    "getlist of a computed key": 'request.args.getlist(fallback[:1])',
    "membership": '"a" in request.args',
    "no membership": '"a" not in request.args',
    "one key twice": '[request.args.get("a"), request.args.get("a", 1, type=int), request.args["a"]]',
    "one key twice with two defaults": '[request.args.get("a", "x"), request.args.get("a", "y")]',
    "beside getlist": '[request.args.get("a"), request.args.getlist("a")]',
}  # fmt: skip
QUERIES = (
    "", "?a", "?a=", "?a=7", "?a=%207%20", "?a=007", "?a=-7", "?a=%2B7", "?a=1_000", "?a=1.5", "?a=1e3", "?a=nan",
    "?a=inf", "?a=x", "?a=x&a=2", "?a=2&a=x", "?a=&a=2", "?A=1", "?b=1", "?a=false", "?a=0", "?a=%D9%A3", "?a=%FF",
    "?a=1;b=2", "?a=a+b%2B", "?a=1&a=2&a=3", "?=1&a=1", "?a[]=1", "?a=true", "?a=" + "9" * 30,
)  # fmt: skip


def test_all_reads_of_all_queries(pair: Callable[..., Any]) -> None:
    views = "\n".join(
        f"""
@app.route("/{index}")
def view_{index}():
    fallback = "abc"
    return jsonify(read={read})
"""
        for index, read in enumerate(READS.values())
    )
    flag = """
SIZE = 20
def flag(text):
    return {"true": True, "false": False}[text]
"""
    both = pair(HEAD + flag + views)
    assert both.runtimes() == {f"view_{index}": "native" for index in range(len(READS))}
    differing = []
    with both.clients() as (flask, fastapi):
        for index, name in enumerate(READS):
            for query in QUERIES:
                theirs, mine = flask.get(f"/{index}{query}"), fastapi.get(f"/{index}{query}")
                if (theirs.status_code, theirs.data) != (mine.status_code, mine.content):
                    differing.append((name, query, theirs.status_code, mine.status_code, theirs.data, mine.content))
    assert differing == []


KEYS = ("from", "page-size", "1st", "é", "self", "_x", "filter[name]", "a.b", "request", "json_body", "id", "class",
        'a"b', "a\\b", "{a}", "", "Page", "a b", "jsonify")  # fmt: skip


def test_keys_that_are_no_names(pair: Callable[..., Any]) -> None:
    reads = ", ".join(f"request.args.get({key!r}), request.args[{key!r}]" for key in KEYS)
    lists = ", ".join(f"request.args.getlist({key!r})" for key in KEYS)
    both = pair(
        HEAD
        + f"""
@app.route("/a")
def a():
    id = 3
    return jsonify([id, {reads}])

@app.route("/b")
def b():
    return jsonify([{lists}])
"""
    )
    assert both.runtimes() == {"a": "native", "b": "native"}
    query = {key: f"<{index}>" for index, key in enumerate(KEYS)}
    assert both.same("GET", "/a", query_string=query)[0] == 200
    assert both.same("GET", "/a")[0] == 400
    assert both.same("GET", "/b", query_string=query)[0] == 200
    assert both.same("GET", "/b")[0] == 200


def test_a_missing_item_is_a_400_only_where_the_code_reaches_it(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    if "b" not in request.args:
        return "first"
    return request.args["a"]

@app.route("/caught")
def caught():
    try:
        return request.args["a"]
    except KeyError:
        return "caught"
"""
    )
    assert both.same("GET", "/a")[1] == b"first"
    assert both.same("GET", "/a?b=1")[0] == 400
    assert both.same("GET", "/a?b=1&a=2")[1] == b"2"
    assert both.same("GET", "/caught")[1] == b"caught"


def test_parameters_are_in_the_document_with_their_types(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    return jsonify(request.args.get("page", 1, type=int), request.args.get("q"), request.args.getlist("tag"))
"""
    )
    parameters = {one["name"]: one for one in both.make().openapi()["paths"]["/a"]["get"]["parameters"]}
    assert list(parameters) == ["page", "q", "tag"]
    assert parameters["page"]["schema"]["type"] == "integer"
    assert not any(one["required"] for one in parameters.values())


@pytest.mark.parametrize("read", [
    "request.args.get(*key)", "request.args.get(**key)", "request.args.getlist(*key)",
])  # fmt: skip
def test_what_cannot_be_told_stays_on_flask(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.route("/<key>")
def a(key):
    return jsonify({read})
"""
    )
    assert both.runtimes() == {"a": "flask"}


def test_helpers_get_what_they_read_handed_in(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def page():
    return request.args.get("page", 1, type=int)

def window(size=10):
    return {"from": (page() - 1) * size, "query": request.args.get("q", "none")}

@app.route("/a")
def a():
    q = "own"
    return jsonify(window(), window(size=5), q=q) if "both" in request.args else jsonify(window(), q)
"""
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a?page=3")
    assert both.same("GET", "/a?both")[0] == 500  # jsonify with both kinds of arguments
    both = pair(
        HEAD
        + """
def page():
    return request.args.get("page", 1, type=int)

def window(size=10):
    return {"from": (page() - 1) * size, "query": request.args.get("q", "none")}

@app.route("/a")
def a():
    q = "own"
    return jsonify(window(), window(size=5), q, request.args.get("page"))
"""
    )
    assert both.runtimes() == {"a": "native"}
    for query in ("", "?page=3", "?page=x&q=", "?q=1&q=2"):
        both.same("GET", f"/a{query}")


@pytest.mark.parametrize(
    ("key", "name"),
    [("page", "page"), ("page-size", "page_size"), ("from", "query_from"), ("1st", "query_1st"), ("_x", "query__x"),
     ("", "query"), ("[]", "query"), ("Page", "Page")],
)  # fmt: skip
def test_names_for_keys(key: str, name: str) -> None:
    assert identifier(key, "query") == name


@pytest.mark.parametrize(
    ("kind", "default", "fits"),
    [("int", "1", True), ("int", "-1", True), ("int", "1.5", False), ("int", '"1"', False), ("float", "1", False),
     ("float", "-1.5", True), ("bool", "True", True), ("bool", "1", False), ("str", '"a"', True), ("str", "1", False),
     ("int", "None", True), ("str", None, True), ("int", "True", False)],
)  # fmt: skip
def test_a_default_fits_its_type_or_not(kind: str, default: str | None, fits: bool) -> None:
    assert default_fits(kind, default) is fits


NAMES = (
    "len",
    "limit",
    "arg",
    "required",
    "FlaskJSONResponse",
    "helper",
    "Query",
    "request",
    "Response",
    "router",
    "int",
)


def test_a_parameter_hides_no_name_that_the_view_uses(pair: Callable[..., Any]) -> None:
    reads = ", ".join(f"request.args[{name!r}], request.args.get({name!r})" for name in NAMES)
    both = pair(
        HEAD
        + f"""
limit = 10

def helper():
    return request.args.get("helper", limit, type=int)

@app.route("/a")
def a():
    return jsonify([helper(), len("abc"), limit, {reads}, request.args.get("arg" + "", "x")])
"""
    )
    assert both.runtimes() == {"a": "native"}
    assert both.same("GET", "/a", query_string=dict.fromkeys(NAMES, "7"))[0] == 200
    assert both.same("GET", "/a", query_string=dict.fromkeys(NAMES[2:], "7"))[0] == 400


def test_a_default_is_evaluated_whether_it_is_needed_or_not(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
PAGES = {"small": 5}

@app.route("/key/<size>")
def key(size):
    return jsonify(per_page=request.args.get("per_page", PAGES[size]))

@app.route("/type/<size>")
def typed(size):
    return jsonify(per_page=request.args.get("per_page", PAGES[size], type=int))

@app.route("/own")
def own():
    return jsonify(word=request.args.get("word", type=lambda text: text[0]), again=request.args.get("word"))
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/key/small", "/key/large", "/type/small", "/type/large", "/own"):
        for query in ("", "?per_page=3&word=", "?per_page=x&word=abc"):
            both.same("GET", path + query)
    assert "per_page: Annotated[int | None, Query(), lenient(int, default=None)] = None" in both.text("routers/root.py")


def test_two_names_that_become_one_parameter(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    first = request.headers.get("X-Token")
    x_token = request.args.get("x_token")
    return jsonify([first, x_token, request.headers.get("X-Token")])
"""
    )
    both.same("GET", "/a?x_token=query", headers={"X-Token": "header"})


def test_membership_is_told_by_the_parameter(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a():
    return jsonify(["q" in request.args, "q" not in request.args, request.args.get("q"), "X-A" in request.headers])
"""
    )
    for query in ("", "?q=", "?q=1"):
        both.same("GET", f"/a{query}", headers={"X-A": "1"} if query else {})
    assert "query_params" not in both.text("routers/root.py")
