"""What runs after the view: functions for this request alone, and streams that go on using it."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, Response, abort, after_this_request, copy_current_request_context, current_app, g, request
from flask import stream_with_context
app = Flask(__name__)
LOG = []

@app.get("/log")
def log():
    return list(LOG)
"""
REFUSED = {
    "several arguments": "after_this_request(*[len])",
    "a thread's function, not by a decorator": "copy_current_request_context(len)",
    "a lambda that reads the request": "after_this_request(lambda response: request.path)",
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_kept_for_later(pair: Callable[..., Any], line: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    {line}\n    return ""\n')
    assert both.runtimes()["a"] == "flask"


def test_functions_after_this_request(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def before():
    if request.args.get("mark"):
        @after_this_request
        def mark(response):
            response.headers["X-After"] = request.args["mark"]
            return response

@app.after_request
def after(response):
    response.headers["Vary"] = response.headers.get("X-After", "none")
    return response

@app.get("/a")
def a():
    def second(response):
        response.headers["X-After"] += request.path
        return response

    @after_this_request
    def first(response: Response) -> Response:
        response.headers["X-After"] = 1
        return response

    after_this_request(second)
    if "fail" in request.args:
        abort(418)
    if "crash" in request.args:
        raise ValueError
    return "x"

@app.get("/none")
def none():
    @after_this_request
    def nothing(response):
        pass
    return "x"
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert "def mark(response: Response) -> Response:" in both.text("hooks.py")
    for url in ("/a", "/a?mark=1", "/a?fail", "/a?crash", "/log?mark=2", "/missing?mark=3", "/none"):
        both.same("GET", url)


GENERATORS = """
@app.get("/called")
def called():
    def generate():
        yield "Hello "
        yield request.args.get("name", "nobody")
        LOG.append("called")
    return Response(stream_with_context(generate()), mimetype="text/plain")

@app.get("/decorated")
def decorated():
    @stream_with_context
    def generate(times):
        for _ in range(times):
            yield request.path
        LOG.append("decorated")
    return generate(2), {"X-After": "1"}

@app.get("/broken")
def broken():
    @stream_with_context
    def generate():
        yield "x"
        raise ValueError
    return Response(generate())
"""


def test_streams_of_native_routes_are_plain_generators(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + GENERATORS)
    assert set(both.runtimes().values()) == {"native"}
    assert "with_context" not in both.text("routers/root.py")
    for url in ("/called?name=Ann", "/called", "/decorated", "/log"):
        both.same("GET", url)
    assert both.same("HEAD", "/called")[1] == b""


TEARDOWNS = ("teardown_request", "teardown_appcontext")


@pytest.mark.parametrize("kind", TEARDOWNS)
def test_the_request_ends_once_more_behind_its_stream(pair: Callable[..., Any], kind: str) -> None:
    both = pair(HEAD + f'@app.{kind}\ndef end(error):\n    LOG.append("ended")\n' + GENERATORS)
    assert "flask" not in both.runtimes().values()
    log = sys.modules[both.flask.import_name].LOG
    with both.clients() as (flask, fastapi):
        logged = []
        for client, options in ((flask, {"buffered": True}), (fastapi, {})):
            log.clear()
            assert client.get("/called?name=Ann", **options).text == "Hello Ann"
            assert client.get("/decorated", **options).text == "/decorated/decorated"
            assert client.head("/called", **options).status_code == 200
            logged.append(list(log))
    assert logged[1] == logged[0]
    assert logged[0][:4] == ["ended", "called", "ended", "ended"]


def test_streams_of_bridged_routes_have_their_context(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
import threading

@app.teardown_appcontext
def end(error):
    LOG.append("ended")

def rows():
    for part in (current_app.name[:6], g.value):
        LOG.append(threading.get_ident() == g.thread)
        yield part

@app.get("/rows")
def all_rows():
    g.thread = threading.get_ident()
    g.value = str(len(current_app.extensions))
    return Response(stream_with_context(rows()))
"""
    )
    assert both.runtimes()["all_rows"] == "bridged"
    with both.clients() as (flask, fastapi):
        expected = flask.get("/rows", buffered=True).text
        sys.modules[both.flask.import_name].LOG.clear()
        assert fastapi.get("/rows").text == expected == "source0"
        assert fastapi.get("/log").json()[:4] == ["ended", True, True, "ended"]


def test_a_stream_of_what_a_request_brought(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + '@app.get("/a")\ndef a():\n    return Response(stream_with_context(request.args))\n')
    assert both.runtimes()["a"] == "native"
    assert both.same("GET", "/a?x=1&y=2&x=3")[1] == b"xy"


def test_a_label_is_no_use_of_an_inner_function_of_its_name(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/a")
def a():
    def items():
        for name in ("x", "y"):
            yield name + request.method
    return dict(items=list(items()), more=list(request.args.items()))
"""
    )
    assert both.runtimes()["a"] == "native"
    both.same("GET", "/a?x=1&y=2")


WITH_REQUEST = """
from concurrent.futures import ThreadPoolExecutor
POOL = ThreadPoolExecutor(1)
app.config["NAME"] = "shop"
def shown(text):
    return f"{text} {getattr(g, 'user', None)}"
"""
WORK = """
@app.post("/a")
def a():
    g.user = "ann"
    @copy_current_request_context
    def work(number):
        return {}
    return str(POOL.submit(work, 3).result())
"""


@pytest.mark.parametrize(
    ("work", "more"),
    [
        ("g.get('user')", ""),
        ("shown(request.path)", ""),
        ("len(request.files)", ""),
        ("request.path", "@app.teardown_request\ndef end(error):\n    LOG.append(str(error))\n"),
    ],
)
def test_what_flasks_own_copy_of_a_context_has_apart_stays_on_flask(
    pair: Callable[..., Any], work: str, more: str
) -> None:
    pair(HEAD + WITH_REQUEST + WORK.format(work) + more).stays("a", "FM605")


def test_a_function_takes_the_request_along_into_a_thread(pair: Callable[..., Any]) -> None:
    reads = "f\"{number} {request.args['q']} {request.form.get('f')} {request.path} {app.config['NAME']}\""
    both = pair(HEAD + WITH_REQUEST + WORK.format(reads))
    assert both.runtimes()["a"] == "native"
    assert both.same("POST", "/a?q=1", data={"f": "2"})[1] == b"3 1 2 /a shop"
    assert both.same("POST", "/a")[0] == 400
