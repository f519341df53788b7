"""Attributes and methods of a response object, in views and hooks, compared with real Flask."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import json
from datetime import date, datetime, timedelta
from flask import Flask, Response, jsonify, make_response, redirect, request
from werkzeug.datastructures import Headers
app = Flask(__name__)

def view(response):
    return response

"""
REFUSED = [
    "response.headers['a'] = other = 'x'",
    "response.response = []",
    "response.status = response.own = 1",
    "x = response.response",
    "response.stream.write('x')",
    "x = dict(response.headers)",
    "x = list(response.headers)",
    "x = [name for name, _ in response.headers]",
    "x = response.headers.items()",
    "print(response.headers)",
    "response.headers |= {'X-After': '1'}",
    "response.headers.add(*('X-After', '1'))",
    "response.headers.get('X-After', type=int)",
    "response.vary.discard('Cookie')",
    "response.www_authenticate = None",
    "x = response.get_data(as_text=flag)",
    "response.access_control_allow_credentials = flag",
    "response.own = 1",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_parts_that_starlette_does_not_have(pair: Callable[..., Any], statement: str) -> None:
    lines = f"""    flag = bool(request.args)
    response = make_response("x")
    {statement}
    return response
"""
    both = pair(HEAD + '@app.get("/a")\ndef a():\n' + lines)
    assert both.runtimes() == {"a": "flask"}
    assert both.findings("a")[0].startswith(("FM302", "FM603"))


STATEMENTS = [
    'response.status = "202 Accepted"',
    "response.status = 202",
    'response.status = "20" + str(len(request.args) + 2) + " Own"',
    'response.headers["X-After"] = response.status',
    "response.status_code += 1",
    'response.headers.set("X-After", 5)',
    'response.headers["X-After"] = 5; response.headers["X-After"] += "6"',
    'response.headers.setdefault("X-After", 7)',
    'response.headers.setdefault("Content-Type", "a/b")',
    'response.headers.add("X-After", "form-data", filename="a b.txt", none=None, a_b="c")',
    'response.headers.add_header("X-After", "x")',
    'response.headers.set("X-After", "x", realm="a é"[:2])',
    'response.headers.extend([("X-After", "1"), ("X-Two", 2)])',
    'response.headers.extend({"X-After": ["1", "2"]})',
    'response.headers.extend({"X-After": "1"}); response.headers.update({"X-After": "3", "X-Two": 1})',
    'response.headers.update([("X-After", "1"), ("X-After", 2)])',
    'response.headers.update({"Location": "/é b"})',
    'response.headers.setlist("X-After", ["1", "2"])',
    'response.headers["X-After"] = ",".join(response.headers.getlist("Content-Type"))',
    'response.headers["X-After"] = response.headers.pop("Content-Type")',
    'response.headers.pop("X-Missing")',
    'response.headers.pop("Content-Type", None)',
    'response.headers["X-After"] = response.headers.pop("X-Missing", "none")',
    'response.headers.remove("Content-Type")',
    'del response.headers["Content-Type"]',
    'response.headers["X-After"] = "content-type" in response.headers',
    'headers = response.headers; headers["X-After"] = 1',
    'response.headers["X-After"] = response.headers.get("Content-Type", "none")',
    'response.headers["Location"] = "/é b?c=d e"',
    'response.headers["Content-Location"] = "/é"',
    'response.headers["Location"] = "/plain"',
    'response.location = "/é b"',
    'response.location = "/plain"',
    'response.content_type = "text/csv"',
    'response.mimetype = "text/csv"',
    'response.mimetype = "application/json"',
    'response.headers["X-After"] = f"{response.mimetype} {response.content_type} {response.is_json}"',
    'response.headers["X-After"] = f"{response.direct_passthrough}"; response.direct_passthrough = False',
    'response.headers["X-After"] = f"{response.is_streamed} {response.is_sequence} {response.content_length}"',
    'response.headers["X-After"] = response.mimetype.startswith("text/")',
    'response.content_encoding = "identity"',
    'response.content_language = "de"; response.headers["X-After"] = response.content_language.to_header()',
    'response.allow = ["GET", "POST"]',
    'response.allow.add("GET"); response.allow.update(["get", "PUT"])',
    "response.allow = None",
    'response.vary.add("Cookie"); response.vary.add("cookie"); response.vary.add("a b")',
    'response.vary = "Accept"; response.vary.add("Cookie")',
    'response.vary.add("Cookie"); response.headers["X-After"] = "cookie" in response.vary',
    'response.headers["X-After"] = "Cookie" not in response.vary',
    'response.vary.add("Cookie"); response.vary.clear()',
    "response.expires = datetime(2030, 1, 2, 3, 4, 5); response.headers['X-After'] = response.expires.year",
    "response.last_modified = date(2020, 1, 1)",
    "response.last_modified = 1000",
    "response.date = datetime(2030, 1, 1); response.headers['X-After'] = response.headers['Date']",
    "response.age = timedelta(minutes=1); response.headers['X-After'] = response.headers['Age']",
    "response.age = -1",
    "response.retry_after = 120; response.headers['X-After'] = response.headers['Retry-After']",
    "response.retry_after = datetime(2030, 1, 1); response.headers['X-After'] = str(response.retry_after)",
    'response.accept_ranges = "none"',
    'response.access_control_allow_origin = "*"; response.access_control_max_age = 60',
    'response.access_control_allow_methods = ["GET", "PUT"]; response.access_control_allow_credentials = True',
    "response.cache_control.max_age = 60; response.cache_control.public = True",
    "response.cache_control.no_cache = True; response.cache_control.private = 'Set-Cookie, X'",
    "response.cache_control.max_age = '5'; response.cache_control.s_maxage = 1.5",
    "response.cache_control.no_store = 1; response.cache_control.no_store = False",
    "response.cache_control.max_age = 7; response.headers['X-After'] = response.cache_control.max_age",
    "response.headers['X-After'] = f'{response.cache_control.no_store} {response.cache_control.max_age}'",
    "response.content_security_policy.default_src = \"'self'\"; response.content_security_policy.img_src = '*'",
    "response.content_security_policy = \"default-src 'self'\"; response.content_security_policy.default_src = None",
    "response.content_security_policy_report_only.img_src = '*'",
    'response.data = "other é"',
    "response.data = b'\\xff'",
    'response.set_data("other")',
    'response.data += b"more"',
    'response.set_data(response.get_data(as_text=True).upper() + "é")',
    "response.headers['X-After'] = len(response.data)",
    "response.headers['X-After'] = response.calculate_content_length()",
    "response.headers['X-After'] = response.get_json(silent=True)",
    "response.headers['X-After'] = str(response.json)",
    "response.get_json(force=True)",
    "response.set_etag('a'); response.headers['X-After'] = str(response.get_etag())",
    "response.set_etag('a', weak=True); response.headers['X-After'] = str(response.get_etag())",
    "response.headers['X-After'] = str(response.get_etag())",
    "response.add_etag()",
    "response.freeze()",
    "response.make_sequence()",
    "response.make_conditional(request)",
    "response.make_conditional(request, accept_ranges=True, complete_length=3)",
    "response.set_cookie('a', 'b c', max_age=60, expires=0, path='/x', domain='example.org', samesite='Lax')",
    "response.delete_cookie('a', path='/x'); response.set_cookie('b', expires=0)",
    "response.set_cookie(key='a', value='é', httponly=True, partitioned=True)",
    "response.set_cookie('a', samesite='never')",
]
MAKERS = {
    "text": 'make_response("one")',
    "json": "jsonify({'a': 1})",
    "stream": "Response(part for part in ('one', 'two'))",
    "parts": "Response(['one', b'two'])",
    "redirect": 'redirect("/there")',
    "empty": 'make_response("", 204)',
}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
def test_every_part_of_a_response(pair: Callable[..., Any], maker: str) -> None:
    views = "".join(
        f'@app.get("/{index}")\ndef view_{index}():\n    response = {maker}\n    {line}\n    return response\n\n'
        for index, line in enumerate(STATEMENTS)
    )
    both = pair(HEAD + views)
    on_flask = [both.findings(name) for name, runtime in both.runtimes().items() if runtime == "flask"]
    assert on_flask == []
    assert set(both.runtimes().values()) == {"native"}
    differing = []
    with both.clients() as (flask, fastapi):
        for index, line in enumerate(STATEMENTS):
            theirs, mine = flask.get(f"/{index}"), fastapi.get(f"/{index}")
            if seen(theirs, theirs.headers.getlist) != seen(mine, mine.headers.get_list):
                differing.append((line, seen(theirs, theirs.headers.getlist), seen(mine, mine.headers.get_list)))
    assert differing == []


def seen(answer: Any, values: Callable[[str], list[str]]) -> tuple[Any, ...]:
    names = {name.lower() for name in list(dict(answer.headers))} - {"date", "content-length"}
    body = answer.data if hasattr(answer, "data") else answer.content
    return answer.status_code, body, {name: values(name) for name in sorted(names)}


def test_hooks_that_change_answers(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.after_request
def change(response: Response) -> Response:
    response.headers["X-After"] = f"{response.status} {response.is_json} {response.is_streamed}"
    response.headers["X-After"] += f" {response.content_length}"
    if response.is_json and isinstance(response.get_json(), dict):
        data = response.get_json()
        data["seen"] = True
        response.data = json.dumps(data)
    elif request.args.get("read"):
        response.set_data(response.get_data(as_text=True) + "!")
    return response

@app.get("/json")
def as_json():
    return {"a": 1}

@app.get("/text")
def text():
    return "text"

@app.get("/stream")
def stream():
    return Response(part for part in ("one", "two"))

@app.get("/parts")
def parts():
    return Response(["one", "two"])

@app.get("/empty")
def empty():
    return "", 204
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for name in ("json", "text", "stream", "parts", "empty", "missing"):
        for query in ("", "?read=1"):
            both.same("GET", f"/{name}{query}")
            if name != "missing":
                both.same("HEAD", f"/{name}{query}")


def test_what_is_called_when_the_answer_is_sent(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
LOG = []

@app.get("/text")
def text():
    response = make_response("x")
    response.call_on_close(lambda: LOG.append("first"))
    @response.call_on_close
    def later():
        LOG.append("second")
    return response

@app.get("/stream")
def stream():
    def generate():
        yield "x"
        LOG.append("end")
    response = Response(generate())
    response.call_on_close(lambda: LOG.append("closed"))
    return response

@app.get("/broken")
def broken():
    def generate():
        yield "x"
        raise ValueError
    response = Response(generate())
    response.call_on_close(lambda: LOG.append("after an error"))
    return response

@app.get("/log")
def log():
    return list(LOG)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    with both.clients() as (flask, fastapi):
        for client in (flask, fastapi):
            client.get("/text")
            client.get("/stream")
        assert fastapi.get("/log").json() == ["first", "second", "end", "closed"]


def test_werkzeug_headers(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/made")
def made():
    headers = Headers()
    headers.add("X-Two", 1)
    headers.add("X-Two", 2)
    headers["X-After"] = 3
    return jsonify([1]), headers

@app.get("/given")
def given():
    headers = Headers({"X-After": ["1", "2"]})
    return Response("x", headers=headers)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    both.same("GET", "/made")
    with both.clients() as (flask, fastapi):
        for url in ("/made", "/given"):
            theirs, mine = flask.get(url), fastapi.get(url)
            for name in ("x-two", "x-after"):
                assert mine.headers.get_list(name) == theirs.headers.getlist(name)
