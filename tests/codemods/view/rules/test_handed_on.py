"""The query and the form as a whole, handed on to code that may do anything with them."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import json
from flask import Flask, jsonify, make_response, request
from werkzeug.datastructures import MultiDict
app = Flask(__name__)

def flat(multi):
    if multi:
        found = multi.to_dict(flat=False)
        return {key: values[0] if len(values) == 1 else values for key, values in found.items()}
    return multi

def listed(multi):
    return [type(multi).__name__, sorted(multi.items(multi=True)), multi.getlist("a", type=int), multi.poplist]

"""


@pytest.mark.parametrize("part", ["request.files", "request.values", "request.headers", "request.environ"])
def test_other_parts(pair: Callable[..., Any], part: str) -> None:
    both = pair(HEAD + f'@app.post("/a")\ndef a():\n    return jsonify(read=flat({part}))\n')
    assert both.runtimes() == {"a": "flask"}


READS = [
    "flat({part})",
    "listed({part})[:3]",
    "{part}",
    "[{part}, 1]",
    "{part}.copy()",
    "list({part}.copy().lists())",
    "sorted(MultiDict({part}.items(multi=True)).lists())",
    "{part} == {{}}",
    "{part} or 'nothing'",
    "str({part})",
    "{part}.get('a', type=int)",
]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("part", ["request.args", "request.form"])
def test_reads(pair: Callable[..., Any], part: str, read: str) -> None:
    both = pair(HEAD + f'@app.post("/a")\ndef a():\n    return jsonify(read={read.format(part=part)})\n')
    assert both.runtimes() == {"a": "native"}
    for sent in ("", "a=1", "a=1&a=2&b=", "b=%C3%A9&a=x"):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        both.same("POST", f"/a?{sent}", data=sent, headers=headers)


def test_a_change_of_what_cannot_be_changed(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + '@app.get("/a")\ndef a():\n    request.args.update({"a": "1"})\n    return "a"\n')
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")
