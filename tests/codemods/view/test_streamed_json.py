"""`flask.json.dumps` while a stream is sent: keys in their own order without a context, sorted with one."""

from collections.abc import Callable
from typing import Any

HEAD = """
from datetime import date
from flask import Flask, Response, json, stream_with_context
app = Flask(__name__)
ROWS = [{"z": 1, "a": [date(2024, 5, 1).isoformat()]}, {"z": "\\u00e9", "b": {"y": 1, "x": 2}}]
"""


def test_what_may_be_read_before_it_is_sent_is_not_native(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/joined")
def joined():
    def lines():
        for row in ROWS:
            yield json.dumps(row)
    return "".join(lines())

@app.get("/twice")
def twice():
    def lines():
        for row in ROWS:
            yield json.dumps(row)
    length = len(list(lines()))
    return Response(lines(), headers={"X-After": length})

@app.get("/default")
def default():
    return Response(json.dumps(row, default=str) for row in ROWS)
"""
    )
    assert both.runtimes()["default"] == "flask"
    assert "native" not in both.runtimes().values()


def test_an_after_request_hook_may_read_the_stream(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.after_request
def tell(response):
    response.headers["X-After"] = "yes"
    return response

@app.get("/")
def index():
    return Response(json.dumps(row) for row in ROWS)
"""
    )
    assert both.runtimes() == {"index": "bridged"}


def test_streams_of_json(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/expression")
def expression():
    return Response((json.dumps(row) + "\\n" for row in ROWS if json.dumps(row)), mimetype="application/x-ndjson")

@app.get("/function")
def function():
    def lines():
        for row in ROWS:
            yield json.dumps({**row, "day": date(2024, 5, 1)}) + "\\n"
    return lines(), 200, {"Content-Type": "application/x-ndjson"}

@app.get("/kept")
def kept():
    def lines():
        for row in ROWS:
            yield json.dumps(row, indent=1)
    return app.response_class(stream_with_context(lines()), mimetype="application/json")

@app.get("/decorated")
def decorated():
    @stream_with_context
    def lines():
        for row in ROWS:
            yield json.dumps(row)
    return Response(lines())

@app.get("/options")
def options():
    return Response(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in ROWS)

@app.get("/first")
def first():
    return Response(text for text in [json.dumps(ROWS)])
"""
    )
    kinds = both.runtimes()
    assert kinds.pop("first") == "bridged"
    assert set(kinds.values()) == {"native"}
    for name in kinds:
        both.same("GET", f"/{name}")
