"""What the project's own functions return: responses are known as such where they are called."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, jsonify as flask_jsonify, make_response, request
app = Flask(__name__)

def jsonify(*args, **kwargs):
    response = flask_jsonify(*args, **kwargs)
    if not response.data.endswith(b"."):
        response.data += b"."
    return response

def made():
    return jsonify(a=1)

def either():
    if request.args:
        return "text"
    return made()

"""


@pytest.mark.parametrize("use", ["sorted(response.headers.keys())", "response.response", "response.headers.items()"])
def test_parts_without_counterpart(pair: Callable[..., Any], use: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    response = made()\n    return str({use})\n')
    assert both.runtimes() == {"a": "flask"}


USES = [
    "response.data",
    "response.data.decode().upper()",
    "response.mimetype",
    "response.status",
    "response.headers.get('Content-Type')",
    "str(response.get_json())",
]


@pytest.mark.parametrize("use", USES)
def test_uses(pair: Callable[..., Any], use: str) -> None:
    both = pair(HEAD + f'@app.get("/a")\ndef a():\n    response = made()\n    return {use}\n')
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")


def test_a_function_of_two_kinds(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + '@app.get("/a")\ndef a():\n    return either()\n')
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")
    both.same("GET", "/a?b=1")


def test_flasks_names_for_what_functions_return_need_no_flask(pair: Callable[[str], Any]) -> None:
    both = pair("""
from typing import Callable, Optional
from flask import Flask, Response, jsonify, request
from flask import typing as ft
from flask.typing import ResponseReturnValue
app = Flask(__name__)

def made(number: int, *more: ft.ResponseValue) -> "tuple[ft.ResponseReturnValue, int] | ResponseReturnValue":
    return jsonify(number=number), 201

def refused(count: int) -> Optional[ResponseReturnValue]:
    return (jsonify(error="too many"), 403) if count > 1 else None

@app.before_request
def check() -> Optional[ft.ResponseReturnValue]:
    return refused(len(request.args))

@app.after_request
def marked(response: Response) -> ResponseReturnValue:
    response.headers["X-Marked"] = "1"
    return response

@app.get("/")
def index() -> ResponseReturnValue:
    answers: list[ResponseReturnValue] = [made(1)]
    return answers[0]
""")
    assert both.runtimes() == {"index": "native"}
    assert not [name for name, text in both.conversion.files.items() if "flask.typing" in text]
    for path in ("/", "/?a=1", "/?a=1&b=2"):
        both.same("GET", path)
