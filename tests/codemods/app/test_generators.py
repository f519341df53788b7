"""Views that yield: those that would fail in Flask stay there, the others stream."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, current_app, g, request
app = Flask(__name__)
LOG = []

def path():
    return request.path
"""


@pytest.mark.parametrize(
    "body", ["yield request.path", "yield path()", "yield g.get('x', 'y')", "yield current_app.name"]
)
def test_a_generator_that_reads_the_context_stays_on_flask(pair: Callable[..., Any], body: str) -> None:
    both = pair(f"{HEAD}\n@app.get('/')\ndef view():\n    {body}\n")
    assert both.runtimes() == {"view": "flask"}


def test_generators_answer_as_under_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def cells(row):
    return ",".join(map(str, row))

@app.get("/rows/<int:count>")
def rows(count):
    "The rows of a table."
    yield "a,b\\n"
    for number in range(count):
        if number == 3:
            return
        yield cells((number, number * 2)) + "\\n"
    LOG.append(count)

@app.get("/bytes")
def raw():
    yield b"x"
    yield from [b"y", b"z"]

@app.get("/nothing")
def nothing():
    if False:
        yield ""

@app.get("/log")
def log():
    return {"log": LOG}

@app.after_request
def after(response):
    response.headers["X-After"] = str(len(LOG))
    return response
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/rows/0", "/rows/2", "/rows/9", "/bytes", "/nothing", "/log"):
        both.same("GET", path)
    both.same("HEAD", "/rows/2")
    text = both.text("routers/root.py")
    assert 'def rows(count: int) -> Response:\n    "The rows of a table."\n    def chunks():\n' in text
    assert "    return make_response(chunks())\n" in text
